"""Every link, image and piece of HTML in a line of text knows the line it stands on."""

from __future__ import annotations

from d2lbook.document.prose import parse_prose
from d2lbook.document.spans import walk_inlines

TEXT = """\
first

* one
  [two `x`](a) text
  **[three](b) ![four](c)** <https://d>
  <kbd>five</kbd> [six
  seven](e)
"""


def test_lines_of_links_images_and_html() -> None:
    tokens = parse_prose(TEXT).tokens
    found = [
        (child.map and child.map[0], child.attrs.get("href") or child.attrs.get("src"))
        for token in tokens
        for child in walk_inlines(token)
        if child.type in {"link_open", "image", "html_inline"}
    ]
    html = [(5, None), (5, None)]
    assert found == [(3, "a"), (4, "b"), (4, "c"), (4, "https://d"), *html, (5, "e")]
