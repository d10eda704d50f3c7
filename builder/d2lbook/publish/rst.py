"""reStructuredText of ``eval_rst`` blocks → plain paragraphs, by docutils.

A notebook shows neither HTML pages put in whole nor what Sphinx makes of code,
so of those nothing is left.
"""

from __future__ import annotations

from functools import cache

_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,  # nothing; the pages' own build says what is wrong
    "halt_level": 6,  # never
    "doctitle_xform": False,
    "_disable_config": True,
}


@cache
def rst_to_text(source: str) -> str:
    """The text of these paragraphs and headings; empty where there is none."""
    # Few books have any of it, and docutils takes long to import.
    from docutils.core import publish_doctree
    from docutils.nodes import TextElement, raw, system_message

    tree = publish_doctree(source, settings_overrides=_SETTINGS)
    for kind in (system_message, raw):
        for node in list(tree.findall(kind)):
            node.parent.remove(node)
    return "\n\n".join(
        node.astext()
        for node in tree.findall(TextElement)
        if not isinstance(node.parent, TextElement)
    )
