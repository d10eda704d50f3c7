"""Reading text, and files that are written whole: what becomes of the one that was there."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.errors import SourceError
from d2lbook.files import read_text, write_atomically


def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    write_atomically(path, b"one")
    usual = path.stat().st_mode & 0o777
    for mode in (0o600, 0o755):
        path.chmod(mode)
        write_atomically(path, b"two")
        assert path.read_bytes() == b"two"
        assert path.stat().st_mode & 0o777 == mode
    write_atomically(tmp_path / "other.md", b"one")
    assert (tmp_path / "other.md").stat().st_mode & 0o777 == usual


def test_text_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_bytes("\ufeffeins\r\nzwö\r".encode())
    assert read_text(path, "page.md", SourceError) == "\ufeffeins\r\nzwö\r"


def test_what_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_bytes("\ufeffeins\n".encode() + b"z\n\n\xff")
    with pytest.raises(SourceError, match=r"^a/page\.md:4: error: the file is not UTF-8; save"):
        read_text(path, "a/page.md", SourceError)
    with pytest.raises(SourceError, match="this page is not UTF-8"):
        read_text(path, "a/page.md", SourceError, "this page")
