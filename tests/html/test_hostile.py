"""Hostile words in every place that shows them: nothing runs, nothing breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, expect

from tests.browser import DESKTOP, PHONE, serve
from tests.html.sites import build_site

EVIL = """<script>alert(1)</script>"'><img src=x onerror=alert(2)>\u202e{{ x }} ${y}"""
"""Tags, quotes, a character that turns the direction, and the marks of templates."""

TAKES_OVER = f"""</div></main>{EVIL}<svg onload="alert(9)"></svg>
<style>main {{ display: none }}</style><p style="position: fixed; width: 9999px">Shown</p>
<details open ontoggle="alert(10)"><summary>x</summary></details><iframe srcdoc="{EVIL}"></iframe>"""

AS_TEXT = EVIL.replace("<", "\\<").replace("{", "\\{").replace("$", "\\$")
LONG = "w" * 400

CONFIG = f"""
[project]
title = {EVIL}
author = {EVIL}
copyright = {EVIL}
release = {EVIL}
[build]
tabs = pytorch, jax
[html]
header_links = {EVIL}, https://example.org/"><script>alert(3)</script>
"""

PAGE = f"""
# {AS_TEXT} {LONG}
:label:`sec_"><script>alert(4)</script>`

{AS_TEXT} {LONG} :numref:`sec_"><script>alert(4)</script>` :numref:`"><script>alert(5)</script>`[^1]

## {AS_TEXT}

![{AS_TEXT}]("><script>alert(6)</script>.png)
:label:`fig_"onload="alert(7)`

: {AS_TEXT}

| {AS_TEXT} |
|---|
| {LONG} |

```{{.python .input}}
%%tab pytorch
# {EVIL} {LONG}
```

```{{.python .input}}
%%tab jax
'''{EVIL}'''
```

:begin_fold: {AS_TEXT} {LONG}
{AS_TEXT}
:end_fold:

:begin_box: {AS_TEXT} {LONG}
{AS_TEXT}
:end_box:

[a](javascript:alert(8)) [b](../../../etc/passwd)

[^1]: {AS_TEXT}
"""

OUTPUTS = {
    "pytorch": {
        "one": {
            1: (
                {"output_type": "stream", "name": "stdout", "text": f"{EVIL}\n{LONG}\n" * 5000},
                {"output_type": "error", "traceback": [EVIL], "ename": EVIL, "evalue": EVIL},
                {"output_type": "display_data", "data": {"text/html": TAKES_OVER}},
                {"output_type": "display_data", "data": {"text/markdown": TAKES_OVER}},
            )
        }
    }
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for name, text in {
        "config.ini": CONFIG,
        "index.md": "# Book\n\n```toc\n:numbered:\n\none\ntwo\n```\n",
        "one.md": PAGE,
        "two.md": '# Two\n\n:numref:`sec_"><script>alert(4)</script>`\n',
    }.items():
        (folder / "book").mkdir(exist_ok=True)
        (folder / "book" / name).write_text(text, encoding="utf-8")
    build_site(folder / "book", folder / "site", OUTPUTS)
    return folder / "site"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_runs_and_nothing_breaks(
    chromium: Browser, site: Path, viewport: dict[str, int]
) -> None:
    ran: list[str] = []
    failed: list[str] = []

    def note(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    with serve(site) as address, chromium.new_context(viewport=viewport) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.on("dialog", note)
        page.on("pageerror", lambda error: failed.append(str(error)))
        for name in ("index", "one", "two", "404"):
            page.goto(f"{address}/{name}.html?tab=%22%3E%3Cscript%3E#%22%3E%3Cscript%3E%E0")
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name
        page.locator("a.reference").or_(page.get_by_role("heading")).first.hover()
        page.goto(f"{address}/one.html?find=%3Cscript%3E&find=(")
        for output in page.get_by_text("Shown", exact=True).all():
            assert output.evaluate("shown => getComputedStyle(shown).position") == "static"
            assert output.evaluate("shown => shown.closest('main .outputs') !== null")
        assert page.get_by_text("Shown", exact=True).count() == 2
        for button in page.locator(".split, .enlarge, .more, .view-button").all():
            button.dispatch_event("click")
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.get_by_role("searchbox").fill("alert")
        expect(page.locator(".search .results a").first).to_be_visible()
        expect(page.locator(".search")).to_contain_text("<script>alert(1)</script>")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert page.locator("script:not([src])").count() == 1
    assert ran == []
    assert failed == []
