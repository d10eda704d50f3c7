"""reStructuredText of ``eval_rst`` blocks → HTML, by docutils.

Nothing is read from files or run: `include`, `:file:` and `:url:` are off.
Directives of Sphinx are unknown here and reported.
"""

from __future__ import annotations

import re
from functools import cache

_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": True,
    "report_level": 2,  # warnings
    "halt_level": 6,  # never
    "initial_header_level": 2,
    "doctitle_xform": False,
    "_disable_config": True,
}
_COMPLAINT = re.compile(r"<string>:(\d+): \(\w+/\d\) (.*)")
_SHOWN_COMPLAINT = re.compile(r'<aside class="system-message">.*?</aside>\n?', re.DOTALL)


@cache
def rst_to_html(source: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The HTML of this text; what docutils finds wrong, each once, with its line, from 0."""
    # Few books have any of it, and docutils takes long to import.
    from docutils.core import publish_parts

    complaints: dict[str, int] = {}

    class Listener:
        def write(self, text: str) -> None:
            if match := _COMPLAINT.match(text):
                complaints.setdefault(match[2], int(match[1]) - 1)

    settings = {**_SETTINGS, "warning_stream": Listener()}
    parts = publish_parts(source, writer="html5", settings_overrides=settings)
    found = tuple((line, text.rstrip(".")) for text, line in complaints.items())
    return _SHOWN_COMPLAINT.sub("", parts["body"]), found
