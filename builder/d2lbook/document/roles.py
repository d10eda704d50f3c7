"""Roles: `:name:`text`` in a line of prose.

    reference     meta: {"role": "numref" | "ref" | "eqref", "label": str}
    citation      meta: {"role": "cite" | "citet", "keys": [str]}
    code_inline   `:class:`, `:func:`, `:mod:` name Python objects

A role may touch the text on both of its sides. One that is unknown or damaged
stays in the text as it was written, and is reported.
"""

from __future__ import annotations

import difflib
import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from d2lbook.document.directives import DIRECTIVES
from d2lbook.document.spans import lines_before, noting_place, push_damaged

REFERENCES = ("numref", "ref", "eqref")
CITATIONS = {"cite": "cite", "citep": "cite", "citet": "citet"}
CODE = ("class", "func", "mod")
TAB_MARKS = ("begin_tab", "end_tab")
FRAME_MARKS = ("begin_fold", "end_fold", "begin_box", "end_box")
KNOWN = (*REFERENCES, *CITATIONS, *CODE, *DIRECTIVES, *TAB_MARKS)

# Only a list of keys goes on after its comma in the next line; otherwise a backtick is missing.
_ROLE = re.compile(r":(?P<name>[A-Za-z][\w-]*):`(?P<text>(?=\s*[^`\s])(?:[^`\n]|(?<=,)\n)+)`")
_DAMAGED = re.compile(
    rf"""
      :[ \t]*(?P<name>{"|".join(KNOWN)})[ \t]*:[ \t]*`[^`\n]*`?  # blanks inside, or no end
    | :(?:{"|".join(KNOWN)}):(?:[\w.,+-]*`?)                     # no backtick before the text
    | :[ \t]*(?:end_tab|{"|".join(FRAME_MARKS)})[ \t]*:
    """,
    re.VERBOSE,
)


def roles_plugin(md: MarkdownIt) -> None:
    """Teach the parser roles."""
    md.inline.ruler.after("escape", "role", noting_place(_role))


def _role(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != ":":
        return False
    if match := _ROLE.match(state.src, state.pos):
        return _push(state, silent, match)
    if match := _DAMAGED.match(state.src, state.pos):
        what = f"damaged directive {' '.join(match[0].split())}"
        is_frame = any(name in match[0] for name in FRAME_MARKS)
        remedy = "let it begin a line of its own" if is_frame else "write it as :name:`text`"
        return push_damaged(state, silent, match[0], what, remedy)
    return False


def _push(state: StateInline, silent: bool, match: re.Match[str]) -> bool:
    name, text = match["name"], " ".join(match["text"].split())
    if name in TAB_MARKS:
        what, remedy = f":{name}: does nothing here", "give it a line of its own, not in a list"
        return push_damaged(state, silent, match[0], what, f"{remedy}, in a book that has tabs")
    if name in (*DIRECTIVES, *FRAME_MARKS):
        what = f":{name}: does nothing in the middle of a line"
        return push_damaged(state, silent, match[0], what, "give it a line of its own")
    if name not in KNOWN:
        near = difflib.get_close_matches(name, KNOWN, n=1)
        remedy = f"did you mean :{near[0]}:?" if near else ""
        return push_damaged(state, silent, match[0], f"unknown role :{name}:", remedy)
    if not silent:
        line = lines_before(state)
        kind = "reference" if name in REFERENCES else "citation"
        token = state.push("code_inline" if name in CODE else kind, "", 0)
        token.map = [line, line + match[0].count("\n") + 1]
        if name in REFERENCES:
            token.meta = {"role": name, "label": text}
        elif name in CITATIONS:
            keys = [key.strip() for key in text.split(",") if key.strip()]
            token.meta = {"role": CITATIONS[name], "keys": keys}
        else:
            token.tag = "code"
            token.content = text.lstrip("~")
    state.pos = match.end()
    return True
