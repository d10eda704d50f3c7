"""One build of a book: its stages, each worked out when first asked for.

    config.ini ─► book ─► notebooks ─► executions ─► documents ─► references

The targets of ``d2lbook build`` (``targets``) ask for the stage they write
out; a stage asks for the one before it. So targets given together share all
their work, and a target pays for nothing it doesn't need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import product
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from d2lbook.book import Book, Notebook, Outputs, Page
from d2lbook.config import Config
from d2lbook.document.language import Language, language_of, missing_language
from d2lbook.errors import (
    ConfigError,
    EnvironmentFault,
    ExecutionError,
    Problem,
    SourceError,
    UsageError,
    raise_all,
)
from d2lbook.memory import Memory
from d2lbook.notebooks.aliases import AliasError, Aliases, parse_aliases
from d2lbook.notebooks.rewrite import rewrite_notebook
from d2lbook.notebooks.select import select
from d2lbook.source.files import read_book

if TYPE_CHECKING:
    from d2lbook.document.citations import References
    from d2lbook.document.model import Document
    from d2lbook.document.rst.sources import BookSources
    from d2lbook.document.whole import Documents
    from d2lbook.execute.environments import Environment, OnProgress
    from d2lbook.execute.executors import Executor
    from d2lbook.execute.jobs import Execution, Observer
    from d2lbook.execute.keeping import Keeper
    from d2lbook.execute.selection import Selection
    from d2lbook.execute.staleness import Choose, Found
    from d2lbook.execute.status import Status
    from d2lbook.receipts import Receipts

Notebooks = Mapping[str, Mapping[str, Notebook]]
"""By tab, then by the page's name, in reading order; a tab has not every page."""


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """Who is told what while a build goes on."""

    warn: Callable[[Problem], None]
    """Takes what is odd but stops nothing."""
    note: Callable[[Problem], None]
    """Takes what is only good to know."""
    caution: Callable[[Problem], None]
    """Takes what is wrong around the book, with a cache or a disk; stops nothing, ever."""
    on_environment: OnProgress
    """Is told of the steps in making an environment."""
    observer: Observer
    """Is told how the execution goes on."""


def chosen_tabs(config: Config, tab: str) -> tuple[str, ...]:
    """The tabs that ``--tab`` names. Raises UsageError when there is no such tab."""
    if tab == "all":
        return config.tabs
    if tab.lower() not in config.tabs:
        known = ", ".join(config.tabs)
        raise UsageError.of(f"unknown tab '{tab}'", f"known are: {known}, all")
    return (tab.lower(),)


class Build:
    """The stages of one build of these tabs."""

    def __init__(
        self,
        config: Config,
        tabs: tuple[str, ...],
        reporter: Reporter,
        selection: Selection | None = None,
        memory: Memory | None = None,
        executor: Executor | None = None,
        receipts: Receipts | None = None,
    ) -> None:
        self.config = config
        self.tabs = tabs
        self.reporter = reporter
        self.selection = selection
        """Which notebooks may be executed; None: all."""
        self.memory = memory or Memory()
        """What an earlier build with the same configuration and tabs has left for this one."""
        self.executor = executor
        """Where notebooks are executed; None: here, by an executor of this build's own."""
        self.receipts = receipts
        """What earlier builds have made, known before anything of the book was read; None:
        whoever asks looks then."""
        self.told: list[Problem] = []
        """What is odd in the book as far as it was looked at, in the order it was told."""
        self.told_by_target: list[Problem] = []
        """What was odd when the target at hand was written."""

    @cached_property
    def book(self) -> Book:
        """All pages; SourceError where one can't be read."""
        book, problems = read_book(self.config, self.memory)
        self.warn(problems)
        if left_out := self._left_out(book):
            what = f"left out is what stands for {', '.join(left_out)} alone"
            remedy = "name the tab in [build] tabs to have it"
            place = self.config.place("build", "tabs")
            self.reporter.note(Problem(what=what, place=place, remedy=remedy))
        for page in book.loose:
            what = "no table of contents names this page, so readers hardly find it"
            remedy = "name it in a toc block, or leave it out with [build] exclusions"
            self.reporter.note(Problem(what=what, place=page.place(0), remedy=remedy))
        if missing := missing_language(self.config):
            self.reporter.note(missing)
        return book

    def _left_out(self, book: Book) -> list[str]:
        """The tabs for which the book has cells, but which are not in this edition of it."""
        tabs = set(self.config.tabs)
        cells = (cell for page in book.pages.values() for cell in page.cells)
        return sorted(
            {tab for cell in cells if not tabs & set(cell.tabs or tabs) for tab in cell.tabs or ()}
        )

    @cached_property
    def language(self) -> Language:
        """The language of the book; ConfigError where its own texts can't be read."""
        return language_of(self.config)

    @cached_property
    def selected(self) -> Notebooks:
        """What each tab sees of each page, as written; SourceError where that can't be decided."""
        errors: list[Problem] = []
        found: dict[str, dict[str, Notebook]] = {tab: {} for tab in self.tabs}
        for tab, (name, page) in product(self.tabs, self.book.pages.items()):
            try:
                notebook = self._select_page(page, tab)
            except SourceError as error:
                errors.extend(error.problems)
            else:
                if notebook:
                    found[tab][name] = notebook
        raise_all(SourceError, dict.fromkeys(errors))
        return found

    @cached_property
    def notebooks(self) -> Notebooks:
        """The notebooks with the framework's own calls in place of aliases, imports sorted."""
        return {
            tab: {name: self._rewritten(notebook) for name, notebook in selected.items()}
            for tab, selected in self.selected.items()
        }

    def notebooks_on(self, name: str) -> Mapping[str, Notebook]:
        """The notebooks of one page by tab, without working out the other pages.

        Raises SourceError where it can't be decided what a tab sees.
        """
        page = self.book.pages[name]
        selected = {tab: self._select_page(page, tab) for tab in self.tabs}
        return {tab: self._rewritten(each) for tab, each in selected.items() if each}

    def _select_page(self, page: Page, tab: str) -> Notebook | None:
        return self.memory.recall(
            ("selected", page.name, tab), page, lambda: select(page, tab, self.config.default_tab)
        )

    def _rewritten(self, notebook: Notebook) -> Notebook:
        return self.memory.recall(
            ("rewritten", notebook.page.name, notebook.tab),
            notebook,
            lambda: rewrite_notebook(notebook, self._aliases[notebook.tab], self._local_packages),
        )

    @cached_property
    def _local_packages(self) -> tuple[str, ...]:
        """Names of the packages that are the book's own."""
        files = (library.file for library in self.config.libraries.values() if library.file)
        names = (PurePosixPath(file).with_suffix("").parts[0] for file in files)
        return tuple(dict.fromkeys(names))

    @cached_property
    def _aliases(self) -> Mapping[str, Aliases | None]:
        return {tab: self.aliases(tab) for tab in self.tabs}

    def aliases(self, tab: str) -> Aliases | None:
        """The aliases of a tab; ConfigError where one can't be understood."""
        library = self.config.libraries.get(tab)
        if library is None:
            return None
        try:
            return parse_aliases(library)
        except AliasError as error:
            place = self.config.place(f"library-{tab}", error.key)
            raise ConfigError(Problem(what=str(error), place=place)) from None

    @cached_property
    def found_results(self) -> Sequence[Found]:
        """What the cache has of every notebook; makes no environment."""
        from d2lbook.execute.devices import find_gpus, made_without_gpu
        from d2lbook.execute.staleness import look_up

        def gpus() -> int:
            return self.executor.gpus if self.executor else len(find_gpus())

        return look_up(
            self.config,
            self.all_notebooks,
            self._environments,
            self._keeper,
            choose=self.choose,
            force=bool(self.selection and self.selection.force),
            object_to=made_without_gpu(self.config, gpus),
        )

    @cached_property
    def choose(self) -> Choose | None:
        """Says which notebooks may be executed; None: all.

        UsageError where the selection names a page or a revision that there is not.
        """
        if not self.selection:
            return None
        from d2lbook.execute.selection import chooser

        return chooser(self.config, self.book, self.selection, lambda: self.all_notebooks)

    @property
    def all_notebooks(self) -> list[Notebook]:
        """Those of all tabs."""
        return [each for of_tab in self.notebooks.values() for each in of_tab.values()]

    @cached_property
    def _keeper(self) -> Keeper:
        from d2lbook.execute.keeping import Keeper

        return Keeper(self.config, self.reporter.caution)

    @cached_property
    def _environments(self) -> Mapping[str, Environment]:
        """The environments of all tabs with code, as they are described."""
        from d2lbook.execute.environments import find_environment

        if not self.config.build.eval_notebook:
            return {}
        return {
            tab: find_environment(self.config, tab)
            for tab, of_tab in self.notebooks.items()
            if any(any(each.code_cells()) for each in of_tab.values())
        }

    @property
    def origins(self) -> Mapping[str, Mapping[str, str]]:
        """By tab what its outputs are made with: the versions of Python and the framework."""
        return {tab: environment.origin for tab, environment in self._environments.items()}

    @cached_property
    def keys(self) -> Set[str]:
        """The keys of the results of all notebooks, as they are now; makes no environment."""
        from d2lbook.execute.staleness import inputs_of

        inputs = inputs_of(self.config, self.all_notebooks, self._environments, self._keeper)
        return {each.key for each in inputs if each}

    @cached_property
    def statuses(self) -> Sequence[Status]:
        """How things stand with each notebook, by page and tab; makes no environment.

        An environment that can't be described is cautioned about.
        """
        from d2lbook.document.outputs import Limits, readable
        from d2lbook.execute.environments import find_environment
        from d2lbook.execute.status import survey

        environments: dict[str, Environment] = {}
        for tab in self.tabs if self.config.build.eval_notebook else ():
            try:
                environments[tab] = find_environment(self.config, tab)
            except EnvironmentFault as fault:
                for problem in fault.problems:
                    self.reporter.caution(problem)
        notebooks = [each for name in self.book.pages for each in self.notebooks_on(name).values()]
        read = partial(readable, limits=Limits.of(self.config))
        statuses = survey(self.config, notebooks, environments, self._keeper, read)
        self._keeper.close(self.book.pages)
        return statuses

    @cached_property
    def executions(self) -> Sequence[Execution]:
        """Every notebook, executed or taken from the cache, failed ones too.

        Makes the environments that are needed; EnvironmentFault where one can't be made.
        Raises OutputError where the output folder, in which kernels work, is not ours.
        """
        from d2lbook.execute.schedule import execute_notebooks
        from d2lbook.output import claim

        environments = dict(self._environments)
        stale = dict.fromkeys(
            each.notebook.tab for each in self.found_results if not each.execution
        )
        if stale:
            claim(self.config)
        if stale and (self.executor is None or self.executor.is_local):
            from d2lbook.execute.environments import make_environments

            made = make_environments(self.config, stale, self.reporter.on_environment)
            environments.update(made)
        executions = execute_notebooks(
            self.config,
            self.found_results,
            environments,
            self._keeper,
            self.reporter.observer,
            self.executor,
        )
        self._keeper.close(self.book.pages)
        if missing := sum(each.is_missing for each in self.found_results):
            what = f"{missing} of {len(executions)} notebooks are shown without outputs"
            remedy = "they were not selected, and the cache has none for them as they are now"
            self.reporter.note(Problem(what=what, remedy=remedy))
        for execution in executions:
            self.warn(execution.warnings)
        for note in dict.fromkeys(note for each in executions for note in each.notes):
            self.reporter.note(note)
        return executions

    @property
    def executed(self) -> Sequence[Execution]:
        """The same, without executing anything that has not been."""
        return self.executions if "executions" in self.__dict__ else ()

    @cached_property
    def outputs(self) -> Mapping[str, Mapping[str, Outputs]]:
        """The outputs by tab and page name; raises what ``raise_failures`` does."""
        if not self.config.build.eval_notebook:
            return {tab: {} for tab in self.tabs}
        self.raise_failures()
        found: dict[str, dict[str, Outputs]] = {tab: {} for tab in self.tabs}
        for each in self.executions:
            if each.status != "skipped":
                found[each.notebook.tab][each.notebook.page.name] = each.outputs
        return found

    @property
    def failures(self) -> Sequence[Problem]:
        """Why notebooks failed, and last how many did; empty where none did."""
        failures = [each.problem for each in self.executions if each.problem]
        if not failures:
            return ()
        total = sum(each.status != "skipped" for each in self.executions)
        what = f"{len(failures)} of {total} notebooks failed"
        remedy = "pages, PDFs and the like are made once all of them run"
        return (*failures, Problem(what=what, remedy=remedy))

    def raise_failures(self) -> None:
        """Raise an error with all failures, if there are any.

        EnvironmentFault where a kernel could not be started, else ExecutionError.
        """
        if failures := self.failures:
            can_start = all(each.has_kernel for each in self.executions)
            raise (ExecutionError if can_start else EnvironmentFault)(*failures)

    def outputs_on(self, name: str) -> Mapping[str, Outputs]:
        """The outputs of one page, by tab."""
        return {tab: found[name] for tab, found in self.outputs.items() if name in found}

    @cached_property
    def documents(self) -> Documents:
        """The pages with outputs and numbers, references resolved; SourceError for labels."""
        documents, problems = self._documents(self.notebooks, self.outputs)
        self.warn(problems)
        return documents

    def document(self, name: str) -> tuple[Document, list[Problem]]:
        """One page with its outputs, and what is odd in it, without working out the others."""
        from d2lbook.document.build import build_document

        if "documents" in self.__dict__:
            return self.documents.pages[name], []
        return build_document(
            self.book.pages[name],
            self.notebooks_on(name),
            self.outputs_on(name),
            quotes=self.language.quotes,
            sources=self._sources,
        )

    @cached_property
    def _sources(self) -> BookSources:
        """The files of the book that reStructuredText may name."""
        from d2lbook.document.rst.sources import book_sources

        return book_sources(self.config)

    def connect(self, pages: Mapping[str, Document]) -> tuple[Documents, References]:
        """All pages, as outlines, with numbers, references resolved and citations formatted."""
        from d2lbook.document.whole import connect_documents

        if "documents" in self.__dict__:
            return self.documents, self.references
        documents, problems = connect_documents(self.book, pages)
        self.warn(problems)
        return documents, self._references(documents)

    @cached_property
    def documents_as_written(self) -> Documents:
        """The same without outputs and rewriting, for checks; nothing is executed or told."""
        return self._documents(self.selected, {})[0]

    def _documents(
        self, notebooks: Notebooks, outputs: Mapping[str, Mapping[str, Outputs]]
    ) -> tuple[Documents, list[Problem]]:
        from d2lbook.document.whole import build_documents

        return build_documents(self.book, notebooks, outputs, self.language, self._sources)

    @cached_property
    def references(self) -> References:
        """All citations and the list of references, formatted."""
        return self._references(self.documents)

    def _references(self, documents: Documents) -> References:
        from d2lbook.document.bibliography import read_bibliography
        from d2lbook.document.citations import format_citations

        bibliography, missing = read_bibliography(self.config, documents.bibliographies())
        references, problems = format_citations(
            documents.citations(),
            bibliography=bibliography,
            language=self.config.project.language,
            cache=self.config.state / "citations",
            memory=self.memory,
        )
        self.warn([*missing, *problems])
        return references

    def warn(self, problems: Iterable[Problem]) -> None:
        """Tell what is odd in the book, to whichever target."""
        for problem in problems:
            self.told.append(problem)
            self.reporter.warn(problem)

    def tell(self, problems: Iterable[Problem]) -> None:
        """Tell what is odd in what a target writes."""
        for problem in problems:
            self.told_by_target.append(problem)
            self.reporter.warn(problem)
