"""The templates of the site's pages and of the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jinja2

from d2lbook.frameworks import display_name


def templates(**filters: Callable[[Any], str]) -> jinja2.Environment:
    """All templates, which know ``framework`` and these filters."""
    found = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters |= {"framework": display_name, **filters}
    return found
