"""What is left of HTML that code has put out."""

from __future__ import annotations

import pytest
from d2lbook.html.sanitizing import sanitized

TABLE = '<table border="1" class="dataframe"><tr style="text-align: right"><th>a</th></tr></table>'
PALETTE = '<svg width="9" height="5" viewBox="0 0 9 5"><rect x="1" width="5" style="fill:#1f77b4;{}"/></svg>'


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (
            f"<style scoped>.dataframe {{}}</style>{TABLE}",
            '<table class="dataframe"><tbody><tr style="text-align:right"><th>a</th></tr></tbody></table>',
        ),
        (
            PALETTE.format("stroke-width:2"),
            '<svg width="9" height="5" viewBox="0 0 9 5">'
            '<rect x="1" width="5" style="fill:#1f77b4;stroke-width:2"></rect></svg>',
        ),
        ('<img src="data:image/png;base64,AA">', '<img src="data:image/png;base64,AA">'),
        (
            '<video controls><source src="data:video/mp4;base64,AA" type="video/mp4"></video>',
            '<video controls=""><source src="data:video/mp4;base64,AA" type="video/mp4"></video>',
        ),
        ("<details><summary>s</summary>t</details>",) * 2,
        ('<progress value="3" max="9"></progress>',) * 2,
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
    ],
)
def test_what_shows_something_stays(given: str, shown: str) -> None:
    assert sanitized(given) == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<b>x</b><script>run()</script>", "<b>x</b>"),
        ("<b>x</b><script>run()", "<b>x</b>"),
        ('<img src="x" onerror="run()">', '<img src="x">'),
        ('<svg onload="run()"><script>run()</script></svg>', "<svg></svg>"),
        ('<svg><animate onbegin="run()" attributeName="x"></animate></svg>', "<svg></svg>"),
        ("<svg><foreignObject><p onclick=run()>x</p></foreignObject></svg>", "<svg></svg>"),
        ("<math><mi xlink:href='javascript:run()'>x</mi></math>", ""),
        ('<iframe src="https://example.org/"></iframe>', ""),
        ("<style>main { display: none }</style>x", "x"),
        ("</div></main></body>x", "x"),
        ("<div><p>x", "<div><p>x</p></div>"),
        ('<p id="search" class="enlarge" data-tab="jax">x</p>', "<p>x</p>"),
        ('<form action="/"><input name="a"><button>x</button></form>', "x"),
        (
            '<p style="position: fixed; margin: -9em; color: red">x</p>',
            '<p style="color:red">x</p>',
        ),
        ('<base href="https://example.org/"><meta http-equiv="refresh" content="0">x', "x"),
    ],
)
def test_what_would_run_or_reach_beyond_its_place_goes(given: str, shown: str) -> None:
    assert sanitized(given) == shown


@pytest.mark.parametrize(
    "address", ["javascript:run()", "JaVa\tScript:run()", "data:text/html,<p>x", "vbscript:run()"]
)
def test_links_lead_to_pages_only(address: str) -> None:
    assert sanitized(f'<a href="{address}">x</a>') == '<a rel="noopener noreferrer">x</a>'
    assert "src" not in sanitized(f'<img src="{address}">')
