"""HTML that code has put out → HTML that shows the same, runs nothing and stays in its place.

The book's pages are shown to readers of other tabs too, and its code was written by many:
what a notebook shows must not be able to take over the page around it. Tags are closed,
and what is on none of these lists is left out, with it scripts, handlers of events,
style sheets, frames, names (``id``, ``class``) and forms.
"""

from __future__ import annotations

import re
from functools import cache

import nh3

_MEDIA = {"audio", "meter", "picture", "progress", "source", "video"}
_DRAWN = {
    "circle", "clipPath", "defs", "desc", "ellipse", "g", "line", "linearGradient", "path",
    "polygon", "polyline", "radialGradient", "rect", "stop", "svg", "text", "tspan",
}  # fmt: skip

_EVERYWHERE = {"dir", "lang", "style", "title"}
_OF_TAGS = {
    "audio": {"controls", "loop", "muted", "src"},
    "details": {"open"},
    "meter": {"high", "low", "max", "min", "optimum", "value"},
    "progress": {"max", "value"},
    "source": {"src", "type"},
    "video": {"controls", "height", "loop", "muted", "poster", "src", "width"},
}
_OF_DRAWN = {
    "cx", "cy", "d", "dx", "dy", "fill", "fill-opacity", "font-family", "font-size", "font-style",
    "font-weight", "gradientTransform", "gradientUnits", "height", "offset", "opacity", "points",
    "preserveAspectRatio", "r", "rx", "ry", "stop-color", "stop-opacity", "stroke",
    "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-opacity", "stroke-width",
    "text-anchor", "dominant-baseline", "transform", "viewBox", "width", "x", "x1", "x2", "y",
    "y1", "y2",
}  # fmt: skip

_STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-left",
    "border-right", "border-top", "color", "display", "fill", "fill-opacity", "font-family",
    "font-size", "font-style", "font-weight", "height", "line-height", "max-height", "max-width",
    "min-width", "opacity", "overflow-x", "padding", "padding-left", "padding-right", "stroke",
    "stroke-opacity", "stroke-width", "text-align", "text-decoration", "vertical-align",
    "white-space", "width",
}  # fmt: skip
"""Properties that change nothing outside; ``position`` and ``margin`` are not among them."""

_ACTIVE = re.compile(r"<(?:script|iframe|object|embed)\b", re.IGNORECASE)
_SOURCES = {"audio", "img", "source", "video"}
_DATA = re.compile(r"data:(?:image|video|audio)/", re.IGNORECASE)


def sanitized(content: str) -> str:
    """What may be shown of this HTML."""
    return _cleaner().clean(content)


def is_active(content: str) -> bool:
    """Whether this HTML does something, which is lost with what may not be shown."""
    return bool(_ACTIVE.search(content))


@cache
def _cleaner() -> nh3.Cleaner:
    attributes = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    for tag, names in {"*": _EVERYWHERE, **dict.fromkeys(_DRAWN, _OF_DRAWN), **_OF_TAGS}.items():
        attributes.setdefault(tag, set()).update(names)
    return nh3.Cleaner(
        tags=nh3.ALLOWED_TAGS | _MEDIA | _DRAWN,
        attributes=attributes,
        attribute_filter=_kept,
        allowed_classes={"table": {"dataframe"}},  # of pandas and polars; ours to style
        filter_style_properties=_STYLES,
        url_schemes={"data", "http", "https", "mailto"},
    )


def _kept(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute; None where it goes: data is for pictures, not for pages."""
    is_data = value.strip().lower().startswith("data:")
    if is_data and not (tag in _SOURCES and name in {"poster", "src"} and _DATA.match(value)):
        return None
    return value
