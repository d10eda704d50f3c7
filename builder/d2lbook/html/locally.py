"""How readers run the book on their own machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from d2lbook.config import Config
from d2lbook.document.made_with import version_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """The zip with all notebooks of one tab."""

    file: str
    """File of the site."""
    folder: str
    """What it unpacks to; empty where it has no folder of its own."""
    python: str
    """The version that its requirements are locked for; empty where they are not."""
    has_requirements: bool
    is_complete: bool
    """Whether the requirements name all that they need themselves."""

    def commands(self, page: str) -> str:
        """What to type to run the notebook of a page, line by line."""
        return "\n".join(self._lines(page))

    def _lines(self, page: str) -> Iterator[str]:
        name = self.file.rpartition("/")[2]
        folder = self.folder or name.removesuffix(".zip")
        yield f"unzip {name}" if self.folder else f"unzip {name} -d {folder}"
        yield f"cd {folder}"
        yield f"python{self.python or '3'} -m venv .venv"
        if self.has_requirements:
            alone = " --no-deps" if self.is_complete else ""
            yield f".venv/bin/pip install{alone} -r requirements.txt"
        yield ".venv/bin/pip install jupyterlab"
        # The book's own modules lie beside its folders of notebooks.
        yield f"PYTHONPATH=\"$PWD\" .venv/bin/jupyter lab '{page}.ipynb'"


def package_of(config: Config, tab: str, file: str) -> Package:
    """The zip of a tab, which is this file of the site."""
    environment = config.environments[tab]
    return Package(
        file=file,
        folder=Path(file).stem if config.has_tabs else "",
        python=version_of(environment.python) if environment.requirements else "",
        has_requirements=bool(environment.requirements),
        is_complete=not environment.unlocked,
    )
