"""Outputs as the notebook format 4 has them, from where somebody else may have written them.

https://nbformat.readthedocs.io/en/latest/format_description.html#code-cell-outputs
"""

from __future__ import annotations

import json
from typing import Any

from d2lbook.book import Output

_TYPES = {"stream", "display_data", "execute_result", "error"}


def parse_outputs(text: str) -> tuple[Output, ...]:
    """Outputs from a JSON list of them. Raises ValueError where it is none."""
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()  # halves of characters are no text
        if not isinstance(found, list):
            raise ValueError("no list")
        return tuple(checked(_joined(output)) for output in found)
    except (TypeError, LookupError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from None


def checked(output: Any) -> Output:
    """The output, if it has what every other part of the tool relies on.

    Raises ValueError, TypeError or LookupError if it has not.
    """
    kind = output["output_type"]
    parts = {"stream": ("name", "text"), "error": ("ename", "evalue")}.get(kind, ())
    sound = kind in _TYPES and all(isinstance(output[part], str) for part in parts)
    if kind == "error":
        sound = sound and all(isinstance(line, str) for line in output["traceback"])
    elif not parts:
        sound = sound and isinstance(output["data"], dict)
        sound = sound and isinstance(output.get("metadata", {}), dict)
    if not sound:
        raise ValueError(kind)
    result: Output = output
    return result


def _joined(output: Any) -> Any:
    """The output with its text in one piece, which files keep by lines."""
    if isinstance(output.get("text"), list):
        return {**output, "text": "".join(output["text"])}
    return output
