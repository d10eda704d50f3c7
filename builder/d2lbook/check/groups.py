"""Groups: what different tabs have in the same place of a page, as the author wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from d2lbook.document.model import Block, Document


def tab_groups(document: Document) -> Iterator[tuple[Block, ...]]:
    """Consecutive pieces of prose, or of code, that are marked for some tabs each."""
    for (is_marked, _), blocks in groupby(document.blocks, _kind):
        if is_marked:
            yield tuple(blocks)


def _kind(block: Block) -> tuple[bool, str]:
    return block.cell.tabs is not None, block.cell.kind
