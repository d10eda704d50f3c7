"""Tells what changes in a book's folder.

Watched are the folders of the book one by one, not what is built, nor hidden
folders: what a build writes is no news, and a system allows only so many watches.
Of the hidden ones that of the records of executions is watched, since a new record
means new outputs, whoever has made them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Collection, Iterator
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from d2lbook.errors import OutputError
from d2lbook.output import MARKER
from d2lbook.preview.paths import RECORDS, STATE

MILLISECONDS_OF_QUIET = 25
"""So long nothing may happen before it is told what has: a burst of saves is one change."""
MILLISECONDS_AT_MOST = 400

_is_lasting = DefaultFilter()
"""Says of a change and a path whether it is none of an editor's or a system's temporary files."""


async def changes(root: Path) -> AsyncIterator[frozenset[str]]:
    """What has changed, again and again, from when the first change is asked for.

    Each time the files and folders, relative to ``root``, with ``/``. Raises
    OutputError where the system allows no more files to be watched.
    """
    root = root.resolve()  # some systems name files so
    changed: frozenset[str] = frozenset()
    while True:
        folders = frozenset(find_folders(root))
        batches = awatch(
            *(root / folder for folder in folders),
            watch_filter=None,
            recursive=False,
            step=MILLISECONDS_OF_QUIET,
            debounce=MILLISECONDS_AT_MOST,
            ignore_permission_denied=True,
        )
        upcoming = asyncio.ensure_future(anext(batches))
        try:
            await asyncio.sleep(0)  # it watches from here on, so that nothing falls in between
            is_complete = folders.issuperset(find_folders(root))
            while is_complete:
                if changed:
                    yield changed
                batch = await upcoming
                upcoming = asyncio.ensure_future(anext(batches))
                changed = relevant(root, batch)
                added = {name for change, name in batch if change == Change.added}
                is_complete = not any(
                    str(path := root / name) in added and path.is_dir() for name in changed
                )
        except FileNotFoundError:
            continue  # a folder has gone between being found and being watched
        except (OSError, RuntimeError) as error:  # as watchfiles tells that there is a limit
            raise OutputError.of(
                f"the files of the book can't be watched: {str(error).rstrip('.')}",
                "raise the system's limit, on Linux fs.inotify.max_user_watches",
            ) from None
        finally:
            upcoming.cancel()
            await asyncio.gather(upcoming, return_exceptions=True)
            await batches.aclose()


def find_folders(root: Path) -> Iterator[str]:
    """The folders to be watched, relative to ``root``; its own name is ``.``."""
    for folder, below, _ in os.walk(root):
        path = Path(folder).relative_to(root)
        yield path.as_posix()
        below[:] = [name for name in below if _is_wanted(root, path / name)]


def relevant(root: Path, batch: Collection[tuple[Change, str]]) -> frozenset[str]:
    """What of these changes the book may depend on."""
    return frozenset(
        path.as_posix()
        for change, name in batch
        if _is_lasting(change, str(path := Path(name).relative_to(root)))
        and not path.name.startswith("#")  # Emacs
        and not (_is_gone(name) and (Change.added, name) in batch)
        and _is_wanted(root, path)
    )


def _is_gone(name: str) -> bool:
    return not Path(name).exists()


def _is_wanted(root: Path, path: Path) -> bool:
    """Whether the book may depend on a file or folder of a folder that is watched."""
    if path.parts[:1] == (STATE,):
        name = path.as_posix()
        return RECORDS.startswith(name) or name.startswith(f"{RECORDS}/")
    is_hidden = path.name.startswith(".") or path.name == "__pycache__"
    return not is_hidden and not (root / path / MARKER).exists()
