"""The container of an EPUB: a zip that begins with what it is.

https://www.w3.org/TR/epub-33/#sec-ocf
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from d2lbook.archives import archive_entry

_CONTAINER = """\
<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles>
    <rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
  </rootfiles>
</container>
"""


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """An EPUB of these files, by name; ``EPUB/package.opf`` is among them."""
    written = io.BytesIO()
    with ZipFile(written, "w") as target:
        _add(target, "mimetype", "application/epub+zip", ZIP_STORED)
        _add(target, "META-INF/container.xml", _CONTAINER)
        for name in sorted(files):
            _add(target, name, files[name])
    return written.getvalue()


def _add(target: ZipFile, name: str, content: str | bytes, how: int = ZIP_DEFLATED) -> None:
    target.writestr(archive_entry(name), content, how)
