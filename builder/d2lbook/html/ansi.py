"""Text with the colour codes of terminals → HTML."""

from __future__ import annotations

from html import escape

from d2lbook.document.terminal import Style, runs


def ansi_to_html(text: str) -> str:
    """The text with its eight colours and bold as spans; all other codes are left out."""
    return "".join(_span(piece, style) for piece, style in runs(text))


def _span(text: str, style: Style) -> str:
    content = escape(text, quote=False)
    classes = sorted(filter(None, ["bold" if style.is_bold else "", style.colour]))
    names = " ".join(f"ansi-{name}" for name in classes)
    return f'<span class="{names}">{content}</span>' if names else content
