"""The output folder: whose it is, who writes to it now, and clearing it.

Nothing is removed that a build didn't write.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from d2lbook.config import Config
from d2lbook.errors import OutputError
from d2lbook.files import unwritable, write_file

MARKER = ".d2lbook-output"
"""File that says that a folder is d2lbook's to write to and to clear."""


@contextmanager
def reserved(config: Config, wait: Callable[[], None]) -> Iterator[None]:
    """Be the only process that builds this book, as long as the body runs.

    ``wait`` is called once if another process is at it, before its end is waited
    for. A process that was killed holds up nobody. Raises OutputError where the
    book's folder can't be written.
    """
    import filelock

    lock = filelock.FileLock(config.state / "build.lock")
    try:
        write_file(config.state / ".gitignore", "*\n")
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            wait()
            lock.acquire()
        except NotImplementedError:
            pass  # a disk without locks; two builds at once only undo each other's work
    except OSError as error:
        raise unwritable(config.state, error) from None
    try:
        yield
    finally:
        lock.release()


def claim(config: Config) -> Path:
    """Make the output folder if needed, mark it as ours, and return it.

    Raises OutputError where it can't be written, or where it holds files and
    was never ours.
    """
    folder = config.output
    place = config.place("build", "output_dir")
    try:
        if not (folder / MARKER).is_file():
            folder.mkdir(parents=True, exist_ok=True)
            if folder == config.root or any(folder.iterdir()):
                raise OutputError.at(
                    place.path,
                    place.line,
                    f"the output folder {config.build.output} holds files that d2lbook didn't make",
                    "empty it, or name another one in [build] output_dir",
                )
        write_file(folder / MARKER, "d2lbook writes and clears this folder.\n")
        write_file(folder / ".gitignore", "*\n")
    except OSError as error:
        raise unwritable(folder, error) from None
    return folder


def clear(config: Config) -> bool:
    """Remove the output folder; False where there is none. OutputError where it is not ours.

    Where the author has made a link of it, what it leads to is emptied, and both stay.
    """
    folder = config.output
    if not folder.exists():
        return False
    if not (folder / MARKER).is_file():
        if not any(folder.iterdir()):
            return False  # as a build leaves it that could not even mark it
        raise OutputError.of(
            f"{config.build.output} was not made by d2lbook", "delete it yourself if you mean it"
        )
    try:
        if folder.is_symlink():
            _empty(folder)
        else:
            shutil.rmtree(folder)
    except OSError as error:
        raise unwritable(folder, error) from None
    return True


def _empty(folder: Path) -> None:
    """Remove all that is in a folder, the marker last: until then it is ours."""
    for path in sorted(folder.iterdir(), key=lambda path: path.name == MARKER):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def pdf_file(config: Config, tab: str) -> Path:
    """The file of a tab's PDF."""
    of_tab = f"-{tab}" if config.has_tabs else ""
    return config.output / "pdf" / f"{config.project.name}{of_tab}.pdf"


def epub_file(config: Config, tab: str) -> Path:
    """The file of a tab's EPUB."""
    of_tab = f"-{tab}" if config.has_tabs else ""
    return config.output / "epub" / f"{config.project.name}{of_tab}.epub"


def package_file(config: Config, tab: str = "") -> Path:
    """The file of the zip with the notebooks of a tab, or of all tabs."""
    of_tab = f"-{tab}" if tab and config.has_tabs else ""
    return config.output / f"{config.project.name}{of_tab}.zip"


def remove_others(folder: Path, keep: Iterable[Path], pattern: str) -> None:
    """Remove the files below the folder that match the pattern and are not to be kept.

    Raises OutputError where one can't be removed.
    """
    kept = set(keep)
    for path in folder.rglob(pattern):
        if path not in kept:
            try:
                path.unlink()
            except OSError as error:
                raise unwritable(path, error) from error
