"""Starts kernels: a script, run by the interpreter of an environment.

    forkserver.py serve FD MODULE …    imports ipykernel and the modules once, then
                                       forks a process for every kernel
    forkserver.py spawn FD             starts every kernel as a program of its own
    forkserver.py kernel FD FOLDER     is such a program

It needs nothing but ipykernel, and Python 3.8 or newer; ``spawn`` not even
ipykernel. FD is one end of a socket; at the other is ``servers.py``:

    ←  {"unfit": {module: why}}    once, when all modules are imported
    →  the path of a kernel's folder, with one end of another socket, for each kernel

In the folder, ``request.json`` says how the kernel is to run. The other socket
belongs to this kernel alone:

    →  one byte for every signal that its processes are to get; the end of the
       stream: they are to be killed
    ←  {"ready": process} when the kernel listens
    ←  {"exit": code, "memory": bytes} when it has ended; the code is minus
       the signal, if it was one; the memory is the most it had

So nothing is left when the process that asks is gone, as its sockets are closed
then. Nothing is left of a kernel either when it has ended: the kernel, and after
it this process, adopts what has lost its parent, and here that is killed. Should
this process be killed itself, the system kills the kernels.

Before a fork nothing may happen but imports, and they may do nothing that a
notebook would show or share: see ``Import.objection``.
"""

from __future__ import annotations

import sys

if __name__ == "__main__" and not getattr(sys.flags, "safe_path", False):
    del sys.path[0]  # the folder of this script, whose modules are not for notebooks

import builtins
import contextlib
import ctypes
import functools
import gc
import json
import os
import select
import shutil
import signal
import socket
import typing
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

LINUX = sys.platform == "linux"
LIBRARY = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

OPTIONS = (
    "--HistoryManager.hist_file=:memory:",
    "--InteractiveShellApp.ignore_cwd=True",
    "--IPKernelApp.parent_handle=1",  # nobody has to watch the parent, see above
)

USED_LATE = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "faulthandler",
    "ipykernel.debugger",
    "psutil",
    "sqlite3",
    "tornado.platform.asyncio",
    "tornado.queues",
)
"""What ipykernel imports only when a kernel starts."""

LAZY = {"tensorflow": "keras.utils"}
"""Attributes of modules that are imported when they are first asked for."""

DEVICES = ("/dev/accel", "/dev/dri", "/dev/kfd", "/dev/nvidia")
"""How the names of accelerators begin."""

ASKS = "it asks for the notebook's shell while it is imported"


def import_all(names: Iterable[str]) -> dict[str, str]:
    """Import what every kernel needs, then these modules; returns those that are unfit, and why."""
    import_kernel()
    # What ipykernel sets before the first cell; matplotlib reads it when it is imported.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    unfit = {}
    with stand_in_for_shell() as shell, annotations_compiled_once():
        for name in names:
            objection = Import(name, shell).run()
            if objection:
                unfit[name] = objection
                shell.asked = False
    return unfit


def import_kernel() -> None:
    """Import ipykernel, but not the debugger, which nobody will use."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    try:
        import_module("ipykernel.kernelapp")
        for name in USED_LATE:
            with contextlib.suppress(ImportError):
                import_module(name)
    finally:
        del sys.modules["debugpy"]


class Import:
    """A module that is to be imported before the forks."""

    def __init__(self, name: str, shell: StandIn) -> None:
        self.name = name
        self.shell = shell

    def run(self) -> str:
        """Import it, as a cell would; returns what speaks against forking with it, or nothing."""
        self.printed = count_printed()
        self.threads = threads()
        self.devices = devices()
        self.holders = self.count_holders()
        modules = len(sys.modules)
        parent, _, last = self.name.rpartition(".")
        try:
            if not hasattr(sys.modules.get(parent), last):  # nothing that is no module itself
                exec("import " + self.name, {"__name__": "__main__"})
                self.import_lazy_parts()
        except ModuleNotFoundError as error:
            # The notebook that wants it will say so.
            is_missing = f"{self.name}.".startswith(f"{error.name}.")
            return "" if is_missing and modules == len(sys.modules) else self.describe(error)
        except BaseException as error:  # noqa: BLE001, it is somebody else's code
            return self.describe(error)
        return self.objection()

    def count_holders(self) -> int:
        """How many keep the shell."""
        return sys.getrefcount(self.shell)

    def describe(self, error: BaseException) -> str:
        return (
            ASKS if self.shell.asked else f"it can't be imported: {type(error).__name__}: {error}"
        )

    def import_lazy_parts(self) -> None:
        part = sys.modules[self.name]
        with contextlib.suppress(AttributeError, ImportError):
            for attribute in filter(None, LAZY.get(self.name, "").split(".")):
                part = getattr(part, attribute)

    def objection(self) -> str:
        """What speaks against forking now that it is imported; empty where nothing does."""
        if count_printed() != self.printed:
            return "it prints while it is imported: " + first_line_after(self.printed)
        if self.shell.asked or self.count_holders() > self.holders:
            return ASKS
        if lasting_threads() - self.threads:
            return "it starts threads while it is imported"
        if devices() - self.devices:
            return "it opens a device while it is imported"
        return ""


class StandIn:
    """What a module gets that asks for the shell (``get_ipython``) before there is one.

    It answers the one question whose answer is known: what kind of shell it will be.
    Modules ask by the name of the class, by the configuration, or whether it has a kernel.
    """

    def __init__(self) -> None:
        self.config: dict[str, Any] = {"IPKernelApp": {}}
        self.kernel = self  # of which there is nothing to be had either
        self.asked = False

    def __getattr__(self, name: str) -> Any:
        self.asked = True
        raise AttributeError(name)


StandIn.__name__ = "ZMQInteractiveShell"
StandIn.__module__ = "ipykernel.zmqshell"


@contextlib.contextmanager
def stand_in_for_shell() -> Iterator[StandIn]:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.display import display

    shell = StandIn()
    # What get_ipython asks; the class itself inherits both.
    methods = {"initialized": lambda: True, "instance": lambda: shell}
    # What cells, and the modules they import, have without an import.
    own = {"get_ipython": lambda: shell, "display": display, "__IPYTHON__": True}
    for name, method in methods.items():
        setattr(InteractiveShell, name, staticmethod(method))
    vars(builtins).update(own)
    try:
        yield shell
    finally:
        for name in methods:
            delattr(InteractiveShell, name)
        for name in own:
            delattr(builtins, name)


@contextlib.contextmanager
def annotations_compiled_once() -> Iterator[None]:
    """Let ``typing`` compile each annotation that is text only once.

    TensorFlow has 18,000 of them, and 100 different ones. Python 3.14 compiles none of them.
    """
    vars(typing)["compile"] = functools.lru_cache(maxsize=None)(compile)
    try:
        yield
    finally:
        del vars(typing)["compile"]


def count_printed() -> int:
    """How many bytes have been written to the log of this process."""
    sys.stdout.flush()
    sys.stderr.flush()
    LIBRARY.fflush(None)
    return os.fstat(2).st_size


def first_line_after(size: int) -> str:
    """The first line in the log after so many bytes."""
    text = Path("/proc/self/fd/2").read_bytes()[size:]
    return text.decode("utf-8", "replace").strip().split("\n")[0]


def lasting_threads() -> set[str]:
    """The threads that go on when this process is forked; some libraries end theirs before."""
    before = threads()
    if len(before) > 1:
        process = os.fork()
        if process == 0:
            os._exit(0)
        os.waitpid(process, 0)
    return before & threads() - {str(os.getpid())}


def threads() -> set[str]:
    return {file.name for file in Path("/proc/self/task").iterdir()}


def devices() -> set[str]:
    """The accelerators that are open."""
    files = map(os.path.realpath, Path("/proc/self/fd").iterdir())
    return {file for file in files if file.startswith(DEVICES)}


class Server:
    """Forks a process for every kernel, and looks after them until its socket is closed."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.process = os.getpid()
        self.kernels: dict[int, socket.socket] = {}
        """By process."""
        self.folders: dict[int, Path] = {}
        """Of those kernels."""
        self.abandoned: list[Path] = []
        """Of kernels that ended after whoever asked for them had gone, or had given them up."""
        self.listening: set[socket.socket] = set()
        """Those at whose other end somebody still is."""
        if LINUX:
            LIBRARY.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.wakeup, self.alarm = os.pipe()
        os.set_blocking(self.alarm, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.alarm, warn_on_full_buffer=False)

    def run(self) -> tuple[socket.socket, Path] | None:
        """Serve; returns None in the end, and in each forked process its kernel's request."""
        while True:
            poll = select.poll()
            poll.register(self.wakeup, select.POLLIN)
            poll.register(self.control, select.POLLIN)
            for connection in self.listening:
                poll.register(connection, select.POLLIN)
            ready = {number for number, _ in poll.poll()}
            if self.wakeup in ready:
                os.read(self.wakeup, 4096)
                self.reap(os.WNOHANG)
            for process, connection in self.kernels.items():
                if connection in self.listening and connection.fileno() in ready:
                    self.pass_signals(process, connection)
            if self.control.fileno() in ready:
                request = receive(self.control)
                if request is None:
                    self.end()
                    return None
                process = os.fork()
                if process == 0:
                    self.leave()
                    return request
                self.kernels[process], self.folders[process] = request
                self.listening.add(request[0])

    def pass_signals(self, process: int, connection: socket.socket) -> None:
        numbers = b""
        with contextlib.suppress(OSError):
            numbers = connection.recv(64)
        if not numbers:
            self.listening.discard(connection)
        for number in numbers or [signal.SIGKILL]:
            send_signal(process, number)

    def reap(self, flags: int) -> None:
        """Take note of the processes that have ended, and leave nothing behind of a kernel."""
        while True:
            try:
                process, status, usage = os.wait4(-1, flags)
            except ChildProcessError:
                return
            if not process:
                return
            connection = self.kernels.pop(process, None)
            if connection is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process, signal.SIGKILL)
            for orphan in set(children()) - set(self.kernels):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(orphan, signal.SIGKILL)
            if connection is not None:
                folder = self.folders.pop(process)
                if connection not in self.listening:
                    self.abandoned.append(folder)
                self.listening.discard(connection)
                code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
                tell(connection, {"exit": code, "memory": most_memory(usage)})
                connection.close()

    def end(self) -> None:
        """Kill all kernels, wait until they are gone, and delete what nobody else will."""
        folders = [Path.cwd(), *self.folders.values(), *self.abandoned]
        for process in self.kernels:
            send_signal(process, signal.SIGKILL)
        self.reap(0)
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)

    def leave(self) -> None:
        """Be no server any more, but the process of a kernel."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self.wakeup)
        os.close(self.alarm)
        for connection in (self.control, *self.kernels.values()):
            connection.close()
        os.setsid()
        if LINUX:
            LIBRARY.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            LIBRARY.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        if os.getppid() != self.process:
            os._exit(1)


def receive(control: socket.socket) -> tuple[socket.socket, Path] | None:
    """The connection and the folder of a kernel that is asked for; None at the end."""
    text, ancillary, _, _ = control.recvmsg(8192, socket.CMSG_SPACE(4))
    if not text:
        return None
    number = int.from_bytes(ancillary[0][2][:4], sys.byteorder)
    os.set_inheritable(number, False)
    while not text.endswith(b"\n"):
        text += control.recv(8192)
    return socket.socket(fileno=number), Path(os.fsdecode(text[:-1]))


def tell(connection: socket.socket, message: dict[str, Any]) -> None:
    """Say it to whoever is at the other end, if anybody still is."""
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(message).encode() + b"\n")


def most_memory(usage: Any) -> int:
    """The most bytes of memory that a process had; macOS counts bytes, other systems kilobytes."""
    most: int = usage.ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def children() -> list[int]:
    """The processes whose parent is this one."""
    with contextlib.suppress(OSError):
        file = Path(f"/proc/self/task/{os.getpid()}/children")
        return [int(number) for number in file.read_text().split()]
    return []


def send_signal(process: int, number: int) -> None:
    """Send a signal to the group of a kernel's process."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        try:
            os.killpg(process, number)
        except ProcessLookupError:  # it has been forked just now
            os.kill(process, number)


def prepare(connection: socket.socket, folder: Path) -> None:
    """Turn this process into one for the kernel of this folder."""
    with Path(os.devnull).open("rb") as nothing, (folder / "log.txt").open("ab") as log:
        for file, number in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(file.fileno(), number)
    request = json.loads((folder / "request.json").read_text("utf-8"))
    os.chdir(request["folder"])
    program = request["program"]
    if program:
        connection.set_inheritable(True)
        arguments = [*program, "kernel", str(connection.fileno()), str(folder)]
        os.execve(program[0], arguments, request["variables"])
    for name, value in request["variables"].items():
        if VARIABLES.get(name) != value:  # else a module may have changed it for its own use
            os.environ[name] = value


def run_kernel(connection: socket.socket, folder: Path) -> None:
    import ipykernel
    from ipykernel import kernelapp

    class IPKernelApp(kernelapp.IPKernelApp):  # cells see its name in what is configured
        def init_iopub(self, context: Any) -> None:
            # Of outputs that nobody has had time to take up, zeromq would keep but a thousand. It
            # only listens to this before the socket is bound.
            context.sndhwm = 0
            super().init_iopub(context)  # type: ignore[no-untyped-call]

    # As when Jupyter starts it, for the libraries that look at it.
    launcher = Path(ipykernel.__file__).parent.with_name("ipykernel_launcher.py")
    sys.argv = [str(launcher), "-f", str(folder / "connection.json")]
    kernel: Any = IPKernelApp.instance()
    kernel.initialize([*sys.argv[1:], *OPTIONS])
    request = json.loads((folder / "request.json").read_text("utf-8"))
    exec(STARTUP, {"__name__": "d2lbook_kernel", "SEED": request["seed"]})
    tell(connection, {"ready": os.getpid()})
    connection.close()
    kernel.start()


def main(mode: str, number: str, *arguments: str) -> tuple[socket.socket, Path] | None:
    """Returns the request of the kernel that this process is to be; None when all is done."""
    connection = socket.socket(fileno=int(number))
    connection.set_inheritable(False)
    if mode == "kernel":
        import_kernel()
        return connection, Path(arguments[0])
    unfit: dict[str, str] = {}
    if mode == "serve":
        gc.disable()
        unfit = import_all(arguments)
        gc.freeze()  # the collector does not touch, and so does not copy, what all kernels share
        gc.enable()
    tell(connection, {"unfit": unfit})
    request = Server(connection).run()
    if request:
        prepare(*request)
    return request


if __name__ == "__main__":
    VARIABLES = dict(os.environ)
    STARTUP = compile(
        Path(__file__).with_name("startup.py").read_text("utf-8"), "<d2lbook>", "exec"
    )
    REQUEST = main(*sys.argv[1:])
    if REQUEST:
        # Here, as cells may show what has called them: that does not depend on the kind of kernel.
        run_kernel(*REQUEST)
    else:
        os._exit(0)  # the modules' own tidying up takes long
