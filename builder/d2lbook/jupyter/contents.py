"""The files of a book, as Jupyter's server sees them.

Markdown stays what it is for Jupyter, unless a notebook is asked for: then the
page is opened as one, and its text is written when that is saved.

jupytext, which does this for its own formats, can't be taught ours: it takes
every ``python`` fence for a cell, and writes the whole page anew.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError
from traitlets import Unicode

from d2lbook.errors import SourceError
from d2lbook.jupyter.pages import open_page, save_page

Model = dict[str, Any]
"""A file as the server's contents API describes it."""


class PageContentsManager(AsyncLargeFileManager):
    """Reads and writes files; pages also as notebooks."""

    kernel_name = Unicode("python3", help="The kernel that pages are opened with.").tag(config=True)

    async def get(
        self,
        path: str,
        content: bool = True,
        type: str | None = None,  # noqa: A002
        format: str | None = None,  # noqa: A002
        require_hash: bool = False,
    ) -> Model:
        """A file, with its content if that is wanted.

        Raises HTTPError; with status 400 for a page that can't be read.
        """
        if type != "notebook" or not path.endswith(".md"):
            return await self._get(path, content, type, format, require_hash)
        model = await self._get(path, content, "file", "text" if content else None, require_hash)
        model |= {"type": "notebook", "mimetype": None}
        if content:
            model |= {"format": "json", "content": self._open(model["content"], path)}
        return model

    async def save(self, model: Model, path: str = "") -> Model:
        """Write a file, and describe it.

        Raises HTTPError; with status 400 for a notebook that a page can't hold.
        """
        if model.get("type") != "notebook" or not path.endswith(".md"):
            return await self._save(model, path)
        try:
            text = save_page(model["content"], path.strip("/"))
        except SourceError as error:
            raise HTTPError(400, str(error)) from None
        page = {**model, "type": "file", "format": "text", "content": text}
        saved = await self._save(page, path)
        return {**saved, "type": "notebook", "mimetype": None}

    def _open(self, text: str, path: str) -> dict[str, Any]:
        try:
            notebook = open_page(text, path.strip("/"))
        except SourceError as error:
            raise HTTPError(400, str(error)) from None
        kernel = {"name": self.kernel_name, "display_name": self.kernel_name}
        notebook["metadata"]["kernelspec"] = kernel
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["metadata"]["trusted"] = True  # there are no outputs to distrust
        return notebook

    async def _get(self, *arguments: Any) -> Model:
        model: Model = await super().get(*arguments)  # type: ignore[no-untyped-call]
        return model

    async def _save(self, model: Model, path: str) -> Model:
        saved: Model = await super().save(model, path)  # type: ignore[no-untyped-call]
        return saved
