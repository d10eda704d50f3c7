"""Run as text in every kernel before the first cell; the cells see nothing of it.

Works with nothing but IPython and any Python from 3.8 on. It

- seeds Python before the first cell, NumPy and the frameworks right after a cell has imported
  them (not before: a cell may set variables that an import reads), or at once
  where they were imported before the kernel was there;
- lets imports draw no random numbers, so that it does not matter which of these
  it was;
- is silent about the cache of JAX, which no output may depend on;
- makes figures SVG, with the same bytes each time, or PNG where the SVG is too large;
- gives live widgets the text that they have in the end;
- stops a flood of output where it arises, cuts endless messages of errors, and loses no text
  that can't be encoded;
- gives what libraries in C and child processes print to the cell that had them do so;
- ends the input of commands after ``!``, which would wait for it;
- finds modules in the working folder, such as cells write;
- gives the code of cells names of the kind that libraries know, but without a process
  number, as warnings show them;
- knows which line of which cell an error came from;
- lets the exit handlers of cells run, and then ends the process, without waiting for children
  that have ended.
"""

from __future__ import annotations

import atexit
import codecs
import contextlib
import ctypes
import difflib
import functools
import importlib.abc
import importlib.machinery
import os
import random
import re
import select
import sys
import sysconfig
import termios
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from IPython import get_ipython
from IPython.core import pylabtools

SEED: int = globals().get("SEED", 0)

LIBRARY = ctypes.CDLL(None)

MOST_OUTPUT = 20_000_000
"""Characters of output that one cell may have."""

MOST_ERROR = 10_000
"""Characters that the message of an error may have, and each frame of its traceback."""

MOST_SVG = 1_000_000
"""Bytes that the SVG of a figure may have: one of many thousand points has more."""

OUTPUTS = {"display_data", "execute_result", "stream", "update_display_data"}
ERRORS = {"error", "execute_reply"}
"""What tells of an error: the output, and the answer to whoever has had the cell run."""

CUT = {
    "application/vnd.d2lbook.cut+json": {"most": MOST_OUTPUT},
    "text/plain": f"[more than {MOST_OUTPUT:,} characters of output; the rest is left out]",
}
"""What is put out in place of all that would have been too much."""


def seed_python(_info: Any) -> None:
    """The first cell is about to run: for ``pre_run_cell`` of IPython.

    Not earlier: whenever a kernel is asked what it is, IPython draws a tip of the day.
    """
    get_ipython().events.unregister("pre_run_cell", seed_python)
    random.seed(SEED)


def seed_keras(keras: Any) -> None:
    """Seed Keras and its backend, and nothing else."""
    numpy = sys.modules["numpy"]
    python_state, numpy_state = random.getstate(), numpy.random.get_state()
    keras.utils.set_random_seed(SEED)
    random.setstate(python_state)
    numpy.random.set_state(numpy_state)


def seed_tensorflow(tensorflow: Any) -> None:
    tensorflow.random.set_seed(SEED)
    # Keras comes when it is first used, and seeding it seeds TensorFlow again:
    # better now than after a cell has. Where Keras is what imports TensorFlow,
    # it is in the list of modules already, half imported.
    if not {"keras", "tf_keras"} & set(sys.modules):
        with contextlib.suppress(ImportError):
            tensorflow.keras.utils  # noqa: B018


def fix_figures(matplotlib: Any) -> None:
    for parameters in (matplotlib.rcParams, matplotlib.rcParamsDefault):
        parameters["svg.hashsalt"] = "d2lbook"


def share_working_folder(spawn: Any) -> None:
    """Let the processes that ``multiprocessing`` starts find modules as ``WorkingFolder`` does."""
    prepare = spawn.get_preparation_data

    def get_preparation_data(*arguments: Any) -> dict[str, Any]:
        data: dict[str, Any] = prepare(*arguments)
        return dict(data, sys_path=[*data["sys_path"], os.getcwd()])  # noqa: PTH109

    spawn.get_preparation_data = get_preparation_data


AFTER_IMPORT: dict[str, Callable[[Any], object]] = {
    "joblib.externals.loky.backend.spawn": share_working_folder,
    "keras": seed_keras,
    "matplotlib": fix_figures,
    "multiprocessing.spawn": share_working_folder,
    "mxnet": lambda mxnet: mxnet.random.seed(SEED),
    "numpy.random": lambda random: random.seed(SEED),
    "tensorflow": seed_tensorflow,
    "tf_keras": seed_keras,
    "torch": lambda torch: torch.manual_seed(SEED),
}


LIBRARIES = tuple(
    os.path.join(sysconfig.get_paths()[name], "")  # noqa: PTH118
    for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
"""Where modules are that are not the book's own."""


IMPORT_SYSTEM = "<frozen importlib._bootstrap>"


class AfterImport(importlib.abc.MetaPathFinder):
    """Calls the function of ``AFTER_IMPORT`` once its module has been imported.

    The generators that are seeded are after an import as they were before it,
    but where a module of the book's own draws from them, or seeds them.
    """

    def __init__(self) -> None:
        self.is_importing = False
        self.waiting = dict(AFTER_IMPORT)
        for name in AFTER_IMPORT:
            if name in sys.modules:
                self.waiting.pop(name)(sys.modules[name])

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if self.is_importing and name not in self.waiting:
            return None
        finders = (finder for finder in sys.meta_path if finder is not self)
        specs = (finder.find_spec(name, path, target) for finder in finders)
        spec = next((spec for spec in specs if spec is not None), None)
        if spec is not None and spec.loader is not None and self.concerns(spec):
            self.follow(spec.loader)
        return spec

    def concerns(self, spec: Any) -> bool:
        return spec.name in self.waiting or (spec.origin or "").startswith(LIBRARIES)

    def follow(self, loader: Any) -> None:
        execute = loader.exec_module

        def exec_module(module: Any) -> None:
            with self.undisturbed_generators():
                execute(module)
                after = self.waiting.pop(module.__name__, None)
                if after is not None:
                    after(module)

        # Of frames of the import system Python does not tell when an import fails.
        named = exec_module.__code__.replace(co_filename=IMPORT_SYSTEM)
        exec_module.__code__ = named
        loader.exec_module = exec_module

    @contextlib.contextmanager
    def undisturbed_generators(self) -> Iterator[None]:
        if self.is_importing:
            yield
            return
        state = random.getstate()
        numpy: Any = sys.modules.get("numpy.random")
        # It has none when it is what is about to be executed.
        numpy_state = numpy.get_state() if hasattr(numpy, "get_state") else None
        self.is_importing = True
        try:
            yield
        finally:
            self.is_importing = False
            random.setstate(state)
        numpy = sys.modules.get("numpy.random")
        if numpy and numpy_state:
            numpy.set_state(numpy_state)
        elif numpy:
            numpy.seed(SEED)


class WorkingFolder(importlib.abc.MetaPathFinder):
    """Finds modules in the folder the kernel works in, as Jupyter does, but after all others.

    A folder without ``__init__.py`` is a package if it has modules: one with pages about
    JAX is not JAX.
    """

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if path is not None:
            return None
        here = ""  # also where that folder has been deleted
        spec = importlib.machinery.PathFinder.find_spec(name, [here], target)
        is_module = spec and (spec.has_location or any(Path(name).glob("*.py")))
        return spec if is_module else None


class Dam:
    """Lets no more than ``MOST_OUTPUT`` of each cell through.

    It stands before ``send`` of the session (``jupyter_client``), which all outputs pass.
    """

    def __init__(self, session: Any) -> None:
        self.send = session.send
        session.send = self.pass_on
        self.open()

    def open(self) -> None:
        self.left = MOST_OUTPUT
        self.is_shut = False

    def begin(self, info: Any) -> None:
        """A cell is about to run: for ``pre_run_cell`` of IPython."""
        if info.store_history:
            self.open()

    def pass_on(self, stream: Any, message: Any, *args: Any, **options: Any) -> Any:
        if isinstance(message, str) and message in ERRORS:
            self.shorten(args[0])  # a kind is followed by the content
        sent = None
        for part in self.admitted(message) if isinstance(message, dict) else [message]:
            sent = self.send(stream, part, *args, **options)
        return sent

    def admitted(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """What is to be sent in place of this message."""
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "clear_output":
            self.open()
        if kind not in OUTPUTS:
            return [message]
        texts = content.get("data", content)
        texts.update({name: encodable(text) for name, text in texts.items()})
        size = sum(len(text) for text in texts.values() if isinstance(text, str))
        is_update = kind == "update_display_data"  # it takes the place of another
        if size <= self.left and not self.is_shut:
            self.left -= 0 if is_update else size
            return [message]
        if is_update or self.is_shut:
            return []
        cut = [changed(message, "display_data", {"data": CUT, "metadata": {}})]
        if kind == "stream":
            cut.insert(0, changed(message, kind, dict(content, text=content["text"][: self.left])))
        self.is_shut = True
        return cut

    def shorten(self, content: dict[str, Any]) -> None:
        """Leave the beginning of what tells of an error, which is never kept back altogether."""
        if "traceback" not in content:  # the answer to a cell that has raised nothing
            return
        content.update({name: beginning(content[name]) for name in ("ename", "evalue")})
        content["traceback"] = [beginning(part) for part in content["traceback"]]
        size = sum(map(len, content["traceback"]))
        if size <= self.left:
            self.left -= size
        else:
            content["traceback"] = [CUT["text/plain"]]


def beginning(text: str) -> str:
    """The text, or no more of it than an error may have; a colour that it sets ends with it."""
    if len(text) <= MOST_ERROR:
        return text
    kept = re.sub("\x1b[^m]*$", "", text[:MOST_ERROR])  # no half of a control sequence
    after = "\x1b[0m" if "\x1b" in kept else ""
    return f"{kept}{after} [the rest is left out]"


def encodable(text: Any) -> Any:
    """The text with escapes for half characters, on which ipykernel loses an output."""
    if not isinstance(text, str) or text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()


def changed(message: dict[str, Any], kind: str, content: dict[str, Any]) -> dict[str, Any]:
    header = dict(message["header"], msg_type=kind)
    return dict(message, header=header, msg_type=kind, content=content)


class Widgets:
    """Puts out the text of live widgets as it is at the end of the cell that shows them.

    Pages show it in their place: of a progress bar, its end. It stands before ``publish``
    of the shell's publisher of displays.
    """

    KIND = "application/vnd.jupyter.widget-view+json"

    def __init__(self, shell: Any) -> None:
        self.format = shell.display_formatter.format
        self.publish = shell.display_pub.publish
        self.shown: dict[str, Any] = {}
        """What was put out for widgets in this cell, by the name of the display."""
        shell.display_pub.publish = self.pass_on

    def pass_on(self, data: Any, metadata: Any = None, **options: Any) -> Any:
        if self.KIND in data and not options.get("update"):
            transient = dict(options.get("transient") or {})
            name = transient.setdefault("display_id", data[self.KIND]["model_id"])
            self.shown[name] = data
            options["transient"] = transient
        return self.publish(data, metadata, **options)

    def end(self, _result: Any) -> None:
        """A cell has run: for ``post_run_cell`` of IPython."""
        there = getattr(sys.modules.get("ipywidgets.widgets.widget"), "_instances", {})
        for name, data in self.shown.items():
            widget = there.get(data[self.KIND]["model_id"])
            # One that has been closed would not be seen any more.
            now = self.format(widget)[0] if widget else {self.KIND: data[self.KIND]}
            if now != data:
                self.publish(now, transient={"display_id": name}, update=True)
        self.shown.clear()


class Pipe:
    """What is printed without Python's knowledge, by libraries in C and by child processes.

    A thread of ipykernel passes it on whenever it comes to that, maybe in the next cell, or
    never. Here that is done before anything else is printed, and at the end of every cell.
    """

    MOST = 65536
    """Bytes that a pipe of Linux holds."""

    def __init__(self, stream: Any) -> None:
        self.process = os.getpid()
        self.stream = stream
        self.private: dict[str, Any] = vars(stream)
        self.end: int = self.private["_fid"]
        self.log: int = self.private["_original_stdstream_copy"]
        self.lock = threading.RLock()  # a handler of signals may print, too
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.end_watch()
        os.set_blocking(self.end, False)
        self.stream_write, self.stream_flush = stream.write, stream.flush
        stream.write, stream.flush = self.write, self.flush
        stream.watch_fd_thread = threading.Thread(target=self.watch, daemon=True)
        stream.watch_fd_thread.start()

    def end_watch(self) -> None:
        """End ipykernel's own thread."""
        self.private["_should_watch"] = False
        os.write(self.private["_original_stdstream_fd"], b"\0")  # otherwise it would not notice
        self.stream.watch_fd_thread.join()
        self.private["_should_watch"] = True

    def watch(self) -> None:
        poll = select.poll()
        poll.register(self.end, select.POLLIN)
        while self.private["_should_watch"]:
            poll.poll()
            self.pass_on()

    def pass_on(self) -> None:
        """Print what is in the pipe now."""
        if os.getpid() != self.process:  # a copy that a cell has made, which has the same pipe
            return
        with self.lock, contextlib.suppress(BlockingIOError):
            found = os.read(self.end, self.MOST)
            self.stream_write(self.decode(found))
            os.write(self.log, found)

    def write(self, text: str) -> Any:
        self.pass_on()
        return self.stream_write(text)

    def flush(self) -> None:
        LIBRARY.fflush(None)
        self.pass_on()
        self.stream_flush()


class Figures:
    """Makes a figure PNG, in twice the resolution of the screen, where its SVG is too large.

    It takes the place of ``print_figure`` in ``IPython.core.pylabtools``, with which
    figures are made whichever kind of picture the cells ask for.
    """

    def __init__(self, pylabtools: Any, formatters: Any) -> None:
        self.pylabtools = pylabtools
        self.formatters = formatters
        self.print_figure = pylabtools.print_figure
        self.too_large: Any = None
        pylabtools.print_figure = self.print

    def print(self, figure: Any, fmt: str = "png", **options: Any) -> Any:
        """What ``print_figure`` makes; None for an SVG in place of which comes a PNG."""
        made = self.print_figure(figure, fmt, **options)
        if fmt != "svg" or not made or len(made) <= MOST_SVG:
            return made
        png = self.formatters["image/png"]  # of the same figure, it is asked after the SVG
        if type(figure) not in png.type_printers:
            png.for_type(type(figure), self.png)
        self.too_large = figure
        return None

    def png(self, figure: Any) -> Any:
        """The PNG of the figure whose SVG was too large, with its size; None of any other."""
        is_wanted, self.too_large = figure is self.too_large, None
        return self.pylabtools.retina_figure(figure, base64=True) if is_wanted else None


TIMED = ("<timed exec>", "<timed eval>", "<magic-timeit>")
"""What IPython calls code that it measures."""


class Cells:
    """The code that was compiled, to tell an author's line from a line of a traceback."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.number = 0
        self.source = ""
        self.parts: dict[str, tuple[int, int, str, str]] = {}
        """By name: number of the cell, its lines before the part, the part, what was compiled."""

    def begin(self, info: Any) -> None:
        """A cell is about to run: for ``pre_run_cell`` of IPython."""
        if info.store_history:  # not one that a magic runs in the course of another
            self.number += 1
            self.source = info.raw_cell

    def name(self, raw: str, compiled: str, _count: int) -> str:
        """A name for code that is about to be compiled: for ``get_code_name`` of IPython.

        It is like those by which libraries know a cell, to show or to keep what it defines.
        """
        earlier = sum(number == self.number for number, *_ in self.parts.values())
        name = f"<ipython-input-{self.number}-{earlier + 1}>"
        start = self.source.find(raw.rstrip())
        if start >= 0:
            self.parts[name] = self.number, self.source.count("\n", 0, start), raw, compiled
        return name

    def failing_line(self) -> list[int] | None:
        """Where in the cells the last error was raised: number of the cell and line, from 1.

        The innermost line that is in a cell, as an author can't mend a library.
        """
        self.add_timed_part()
        frames = traceback.walk_tb(getattr(sys, "last_traceback", None))
        places = [(frame.f_code.co_filename, line) for frame, line in frames]
        error = getattr(sys, "last_value", None)
        if isinstance(error, SyntaxError):
            places.append((error.filename or "", error.lineno or 1))
        known = [self.line(name, line) for name, line in places if name in self.parts]
        return known[-1] if known else None

    def add_timed_part(self) -> None:
        """What ``%%time`` and ``%%timeit`` compile is the cell without the first line."""
        first, _, rest = self.source.partition("\n")
        if first.startswith("%%"):
            part = self.number, 1, rest, self.shell.transform_cell(rest)
            self.parts.update(dict.fromkeys(TIMED, part))

    def line(self, name: str, line: int) -> list[int]:
        """The line of the cell that became this line of the part with this name.

        They differ: IPython drops blank lines at the start and joins continued magics.
        """
        number, before, raw, compiled = self.parts[name]
        matcher = difflib.SequenceMatcher(
            None, compiled.splitlines(), raw.splitlines(), autojunk=False
        )
        same = [block for block in matcher.get_matching_blocks() if block.size]
        nearest = [block for block in same if block.a < line][-1:] or same[:1]
        return [number, before + line + sum(block.b - block.a for block in nearest)]


def end_input_of_commands(zmqshell: Any) -> None:
    """Let what cells run with ``!`` find the end of its input, for which it would wait for ever.

    Its input is a terminal, which stays one.
    """
    system = zmqshell.system

    def without_input(command: str) -> Any:
        pexpect: Any = importlib.import_module("pexpect")
        spawn = pexpect.spawn
        pexpect.spawn = functools.partial(spawn, preexec_fn=end_input)
        try:
            return system(command)
        finally:
            pexpect.spawn = spawn

    zmqshell.system = without_input


def end_input() -> None:
    """Let reading from the terminal that is standard input wait for nothing."""
    settings = termios.tcgetattr(0)
    settings[3] &= ~termios.ICANON
    settings[6][termios.VMIN] = settings[6][termios.VTIME] = 0
    termios.tcsetattr(0, termios.TCSANOW, settings)


def wait_for_the_living(kernel: Any) -> None:
    """Let ipykernel, when it ends, wait for no child that has ended.

    It tells its children to end and waits until there are none; but those that nobody has
    asked how they ended are there, as zombies, as long as it is there itself.
    """
    find_children = getattr(kernel, "_process_children", None)
    if find_children is not None:
        vars(kernel)["_process_children"] = lambda: list(filter(is_alive, find_children()))


def is_alive(child: Any) -> bool:
    psutil = sys.modules["psutil"]  # with which ipykernel has found the child
    try:
        return bool(child.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def prepare(shell: Any) -> None:
    # After the exit handlers of the cells, and before those of ipykernel, which
    # now and then wait for each other.
    atexit.register(os._exit, 0)
    os.environ.pop("PYTHONSAFEPATH", None)  # scripts that cells start have modules beside them
    sys.meta_path.insert(0, AfterImport())
    sys.meta_path.append(WorkingFolder())
    warnings.filterwarnings("ignore", "Error (reading|writing) persistent compilation cache")
    shell.config.InlineBackend.figure_formats = {"svg"}
    Figures(pylabtools, shell.display_formatter.formatters)
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, "_should_watch", False):
            Pipe(stream)
    end_input_of_commands(sys.modules["ipykernel.zmqshell"])
    wait_for_the_living(shell.kernel)
    cells, dam, widgets = Cells(shell), Dam(shell.kernel.session), Widgets(shell)
    for begin in (seed_python, cells.begin, dam.begin):
        shell.events.register("pre_run_cell", begin)
    shell.events.register("post_run_cell", widgets.end)
    shell.compile.get_code_name = cells.name
    sys.modules[__name__] = cells  # type: ignore[assignment]


if __name__ == "d2lbook_kernel":
    prepare(get_ipython())
