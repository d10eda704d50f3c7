"""Outputs of code cells → blocks of a pandoc document.

    Div .output .stream | .stderr | .error | .result      with a CodeBlock
    Div .output .picture                                  with an Image
    Div .output .prose                                    with any blocks

What only a browser can show falls back to its plain text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from markdown_it.token import Token

from d2lbook.book import Output
from d2lbook.document.language import Language
from d2lbook.document.output_prose import prose_of
from d2lbook.document.outputs import WITHOUT_HTML, Form, Limits, output_forms
from d2lbook.document.pandoc import Node
from d2lbook.document.terminal import plain
from d2lbook.volume import nodes

PICTURES = "outputs"
"""Folder for the pictures that code made."""


def output_blocks(
    outputs: Iterable[Output],
    pictures: dict[str, bytes],
    prose: Callable[[Sequence[Token]], list[Node]],
    language: Language,
    limits: Limits,
) -> list[Node]:
    """The outputs of one cell, in order.

    Pictures are put into ``pictures`` by the path that their Image names; ``prose`` writes
    what is Markdown or formulas. Where
    an output is not shown whole, a text after it says so.
    """
    alt = language.text("output_picture")
    blocks: list[Node] = []
    for forms in output_forms(outputs, WITHOUT_HTML, limits):
        for form in forms:
            block = _block(form, pictures, prose, alt)
            if block:
                blocks.append(block)
            if form.whole:
                note = language.text("cut_output", size=form.whole)
                blocks.append(nodes.div([nodes.code_block(note)], "", "output", "note"))
            if block or form.whole:
                break
    return blocks


def _block(
    form: Form,
    pictures: dict[str, bytes],
    prose: Callable[[Sequence[Token]], list[Node]],
    alt: str,
) -> Node | None:
    """One form of an output; None where there is nothing to see."""
    match form.kind:
        case "markdown" | "latex":
            blocks = prose(prose_of(form))
            return nodes.div(blocks, "", "output", "prose") if blocks else None
        case "stream" | "stderr" | "error":
            return _text_block(form.text, form.kind)
        case "text":
            return _text_block(form.text, "result")
        case _:
            path = f"{PICTURES}/{form.file}"
            pictures[path] = form.picture
            return nodes.div([nodes.plain([nodes.image(path, alt)])], "", "output", "picture")


def _text_block(text: str, kind: str) -> Node | None:
    shown = plain(text).strip("\n")
    return nodes.div([nodes.code_block(shown)], "", "output", kind) if shown else None
