"""What ``d2lbook build`` can make: each target writes one stage of a build to its folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from d2lbook.checks import check_links, check_outputs, check_tabs
from d2lbook.config import Config
from d2lbook.errors import Problem, SourceError, raise_all
from d2lbook.execute.workspace import companions, copy_companions
from d2lbook.files import write_file
from d2lbook.library import check_library, library_text, with_version
from d2lbook.notebooks.ipynb import notebook_json
from d2lbook.output import claim, epub_file, package_file, pdf_file, remove_others
from d2lbook.parallel import map_in_processes, map_in_two_steps
from d2lbook.pipeline import Build
from d2lbook.publishing import (
    SitePages,
    hosted_tabs,
    write_colab,
    write_package,
    write_sagemaker,
    write_slides,
)
from d2lbook.receipts import Made, Receipts
from d2lbook.source.files import find_non_notebooks

if TYPE_CHECKING:
    from d2lbook.book import Book, Notebook
    from d2lbook.document.citations import References
    from d2lbook.document.whole import Documents
    from d2lbook.html.site import Written
    from d2lbook.publish.hosts import Service

    WriteVolume = Callable[[Book, Documents, References, str, Config, Path], list[Problem]]
    """Writes one tab's book to a file; returns what is wrong in it."""

Target = Callable[[Build], list[Path]]
"""Writes what a build makes; returns where a person looks for it."""


FEW_PAGES = 20
"""So few are written before another process has started."""


def write_ipynb(build: Build) -> list[Path]:
    """The notebooks as written, without outputs.

    Raises SourceError, with all that is wrong, before anything is written.
    """
    folder = claim(build.config) / "ipynb"
    folders = [folder / tab for tab in build.tabs]
    copying: list[Future[None]] = []

    def make(name: str) -> tuple[Mapping[str, Notebook], SourceError | None]:
        try:
            return build.notebooks_on(name), None
        except SourceError as error:
            return {}, error

    def copy_beside(errors: list[SourceError | None]) -> None:
        found = [each for each in errors if each]
        raise_all(SourceError, (each for error in found for each in error.problems))
        # While others write the notebooks.
        copying.append(pool.submit(copy_companions, build.config, *folders))

    def write(made: list[Mapping[str, Notebook]], _: None) -> list[set[Path]]:
        return [_write_notebooks_of_page(folder, notebooks) for notebooks in made]

    names = list(build.book.pages)
    with ThreadPoolExecutor(1) as pool:
        written = map_in_two_steps(
            names, first=make, between=copy_beside, second=write, worth=len(names) > FEW_PAGES
        )
    copying[0].result()
    for each in folders:
        beside = {each / name for name in companions(build.config)}
        remove_others(each, beside.union(*written), "*.ipynb")
    return [folder]


def _write_notebooks_of_page(folder: Path, notebooks: Mapping[str, Notebook]) -> set[Path]:
    """Write the notebooks of one page, by tab; returns where."""
    texts = {
        folder / tab / f"{notebook.page.name}.ipynb": notebook_json(notebook)
        for tab, notebook in notebooks.items()
    }
    for path, text in texts.items():
        write_file(path, text)
    return set(texts)


def write_eval(build: Build) -> list[Path]:
    """The notebooks with the outputs of their execution.

    Raises an error with all failures (see ``raise_failures``) once those that didn't fail
    are written.
    """
    folder = claim(build.config) / "eval"
    texts: dict[str, dict[str, str]] = {tab: {} for tab in build.tabs}
    for each in build.executions:
        if each.status != "failed":
            outputs = None if each.status == "skipped" else each.outputs
            origin = build.origins.get(each.notebook.tab) if outputs else None
            texts[each.notebook.tab][each.notebook.page.name] = notebook_json(
                each.notebook, outputs, origin
            )
    for tab, of_tab in texts.items():
        _write_notebooks(folder / tab, of_tab)
        copy_companions(build.config, folder / tab)
    build.raise_failures()
    return [folder]


def write_html(build: Build) -> list[Path]:
    """The site: pages with all tabs, notebooks to download, the PDFs and zips that are there."""
    write_pages(build)
    return [claim(build.config) / "html" / "index.html"]


def write_pages(build: Build, before: Written | None = None) -> Written:
    """The same, given what it wrote last, if only pages have changed since; see ``write_site``."""
    from d2lbook.html.site import write_site
    from d2lbook.publish.hosts import colab_address

    folder = claim(build.config) / "html"
    _ = build.outputs  # executed here, not in a copy of this process
    written = write_site(
        SitePages(build),
        build.config,
        folder,
        pdfs=_that_are_there(build, pdf_file),
        epubs=_that_are_there(build, epub_file),
        packages=_that_are_there(build, package_file),
        colab=partial(colab_address, config=build.config),
        before=before,
    )
    build.tell(written.problems)
    _copy_non_notebooks(build.config, folder)
    return written


def _that_are_there(build: Build, file: Callable[[Config, str], Path]) -> Mapping[str, Path]:
    """The files of these tabs that an earlier target has written, by tab."""
    return {tab: path for tab in build.tabs if (path := file(build.config, tab)).is_file()}


def write_pdfs(build: Build) -> list[Path]:
    """A PDF for each tab."""
    from d2lbook.pdf.typst import write_pdf

    return _write_volumes(build, write_pdf, pdf_file)


def write_epubs(build: Build) -> list[Path]:
    """An EPUB for each tab."""
    from d2lbook.epub.book import write_epub

    return _write_volumes(build, write_epub, epub_file)


def _write_volumes(
    build: Build, write: WriteVolume, file: Callable[[Config, str], Path]
) -> list[Path]:
    claim(build.config)
    parts = (build.book, build.documents, build.references)

    def write_tab(tab: str) -> list[Problem]:
        return write(*parts, tab, build.config, file(build.config, tab))

    problems = map_in_processes(write_tab, build.tabs)
    build.tell(dict.fromkeys(chain.from_iterable(problems)))
    return [file(build.config, tab) for tab in build.tabs]


def write_library(build: Build) -> list[Path]:
    """The library of the cells marked ``#@save``, one file per tab, and its version."""
    config = build.config
    pages = [node.page.name for node in build.book.tree.walk()]
    written: list[Path] = []
    for tab in build.tabs:
        library = config.libraries.get(tab)
        if library and library.file:
            path = config.root / library.file
            top = _text_of(path, config) if path.is_file() else ""
            notebooks = [build.selected[tab][name] for name in pages if name in build.selected[tab]]
            text = library_text(notebooks, top, build.aliases(tab))
            check_library(text, library.file)
            write_file(path, text)
            _make_packages(config.source, path)
            written.append(path)
    if config.library.file:
        _write_version(build)
    elif not written:
        what = "no library is written: none is named"
        remedy = "name its file with lib_file in [library-TAB] of config.ini"
        build.reporter.note(Problem(what=what, remedy=remedy))
    return written


def _make_packages(source: Path, module: Path) -> None:
    """Let notebooks import this module: each folder on the way to it needs an ``__init__.py``."""
    if module.is_relative_to(source):
        for folder in module.relative_to(source).parents[:-1]:
            init = source / folder / "__init__.py"
            if not init.exists():
                write_file(init, "")


def _write_version(build: Build) -> None:
    path = build.config.root / build.config.library.file
    if not path.is_file():
        what = f"there is no {build.config.library.file} to write the version to"
        place = build.config.place("library", "version_file")
        build.tell([Problem(what=what, place=place)])
        return
    text = _text_of(path, build.config)
    write_file(path, with_version(text, build.config.project.release))


def _text_of(path: Path, config: Config) -> str:
    """The text of a module of the book."""
    content = path.read_bytes()
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        name = path.relative_to(config.root).as_posix()
        raise SourceError.at(name, line, "the file is not UTF-8", "save it as UTF-8") from None


def _write_notebooks(folder: Path, texts: Mapping[str, str]) -> None:
    """Write notebooks by page name, and remove those that an earlier build left here."""
    paths = {folder / f"{name}.ipynb": text for name, text in texts.items()}
    for path, text in paths.items():
        write_file(path, text)
    remove_others(folder, paths, "*.ipynb")


def _copy_non_notebooks(config: Config, folder: Path) -> None:
    """Write the files of ``[build] non-notebooks`` below this folder, as they are."""
    for name in find_non_notebooks(config):
        write_file(folder / name, (config.source / name).read_bytes())


def _once(name: str, make: Target, made_from: Callable[[Build], str]) -> Target:
    """The target, but nothing is done where its receipt says that nothing has changed.

    ``made_from`` is what it is made from besides the files of the book.
    """

    def make_if_needed(build: Build) -> list[Path]:
        receipts = build.receipts or Receipts(build.config)
        build.told_by_target.clear()
        what = f"{build.tabs} {made_from(build)}"
        if found := receipts.find(name, what):
            build.tell(found.problems)
            return list(found.results)
        results = make(build)
        problems = [*build.told, *build.told_by_target]
        receipts.keep(name, what, Made(results=results, problems=problems))
        return results

    return make_if_needed


def _nothing_else(_build: Build) -> str:
    return ""


def _outputs(build: Build) -> str:
    """What the cells of all notebooks have put out."""
    found = {
        tab: {page: sorted(outputs.items()) for page, outputs in of_tab.items()}
        for tab, of_tab in build.outputs.items()
    }
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def _outputs_for(service: Service, build: Build) -> str:
    """The same, if there is a repository at all: else nothing is executed in vain."""
    hosted_tabs(build, service)
    return _outputs(build)


def _outputs_and_fonts(build: Build) -> str:
    from d2lbook.pdf import fonts

    return f"{_outputs(build)} {sorted(fonts.installed())}"


def _outputs_and_downloads(build: Build) -> str:
    files = [
        path
        for file in (pdf_file, epub_file, package_file)
        for path in _that_are_there(build, file).values()
    ]
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return f"{_outputs(build)} {digests}"


TARGETS: Mapping[str, Target] = {
    "lib": write_library,
    "eval": write_eval,
    "ipynb": _once("ipynb", write_ipynb, _nothing_else),
    "pdf": _once("pdf", write_pdfs, _outputs_and_fonts),
    "epub": _once("epub", write_epubs, _outputs),
    "html": _once("html", write_html, _outputs_and_downloads),
    "outputcheck": check_outputs,
    "pkg": _once("pkg", write_package, _outputs),
    "colab": _once("colab", write_colab, partial(_outputs_for, "colab")),
    "sagemaker": _once("sagemaker", write_sagemaker, partial(_outputs_for, "sagemaker")),
    "slides": _once("slides", write_slides, _outputs),
    "tabcheck": check_tabs,
    "linkcheck": check_links,
}
