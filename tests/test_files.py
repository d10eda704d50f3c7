"""Files that are written whole: what becomes of the one that was there before."""

from __future__ import annotations

from pathlib import Path

from d2lbook.files import write_atomically


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
