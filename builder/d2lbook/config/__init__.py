"""The configuration of a book: ``config.ini`` → frozen dataclasses.

``sections.py`` says which keys there are and what they mean, ``values.py`` what
their texts can be, ``defaults.ini`` what a book gets that says nothing.
"""

from d2lbook.config.reading import parse_config, read_config
from d2lbook.config.retired import NO_LONGER_NEEDED
from d2lbook.config.sections import (
    ALONE,
    SECTIONS,
    SECTIONS_PER_TAB,
    Config,
    EnvironmentConfig,
    Library,
)

__all__ = [
    "ALONE",
    "NO_LONGER_NEEDED",
    "SECTIONS",
    "SECTIONS_PER_TAB",
    "Config",
    "EnvironmentConfig",
    "Library",
    "parse_config",
    "read_config",
]
