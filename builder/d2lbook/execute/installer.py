"""Runs uv: makes virtual environments, installs into them, resolves requirements.

Each run is a child process in a process group of its own, without standard
input, in a temporary folder whose ``uv.toml`` holds pip's settings; as a file,
because an index's address can contain a password, and arguments are for
everybody to see. What the user has set for uv itself (``UV_…``) wins over it.

Security: uv builds and runs what the requirements name, as pip does. It never
downloads a Python.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import uv

from d2lbook.execute.pip_settings import PipSettings

Report = Callable[[str], None]
"""Is told what uv begins to do."""

STEPS = {
    "Using": "",
    "Resolved": "fetching packages",
    "Downloading": "{}",
    "Downloaded": "",
    "Building": "{}",
    "Built": "",
    "Prepared": "installing packages",
    "Installed": "compiling bytecode",
}
"""What uv does next, by the first word of each message about its progress."""

DETAIL_LINES = 12
GRACE = 5.0
"""Seconds a child has to end by itself before it is killed."""

ALWAYS = ("--no-python-downloads", "--no-progress", "--color=never")


def _ignore(_: str) -> None:
    pass


class InstallerError(Exception):
    """uv failed; the text is the end of what it said."""


class Stopped(Exception):
    """uv was ended, or not started, because of ``Installer.stop``."""


class Installer:
    """uv with the same settings for all runs, which can be used by several threads."""

    def __init__(self, settings: PipSettings) -> None:
        self._settings = settings
        # Here and not in each run: looking for it is not safe in several threads.
        self._uv = uv.find_uv_bin()
        self._guard = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._stopped = False

    def create(self, folder: Path, python: str) -> None:
        """Make an empty virtual environment in this folder, which can be moved later.

        ``python`` is a version or the path of an interpreter. Raises
        InstallerError when there is no such Python.
        """
        flags = ["--relocatable", "--allow-existing", "--quiet", "--python", python]
        self._run(["venv", *flags, str(folder)])

    def install(
        self, python: Path, requirements: Path, no_dependencies: Iterable[str], report: Report
    ) -> None:
        """Install what a requirements file names into this interpreter's environment.

        Of the packages in ``no_dependencies`` it is believed that they need
        nothing else. Bytecode is compiled too. Raises InstallerError.
        """
        flags = ["--python", str(python), "--compile-bytecode", "--requirements", str(requirements)]
        self._run(["pip", "install", *flags], no_dependencies, report)

    def resolve(
        self, source: Path, target: Path, flags: Sequence[str], no_dependencies: Iterable[str]
    ) -> None:
        """Write what a file of requirements comes down to, on any platform, to ``target``.

        Versions that ``target`` already names are kept. Raises InstallerError.
        """
        files = [str(source), "--output-file", str(target)]
        arguments = ["pip", "compile", "--quiet", "--universal", "--no-header", "--no-annotate"]
        self._run([*arguments, *flags, *files], no_dependencies)

    def stop(self) -> None:
        """End all running children; those still to be started raise Stopped."""
        with self._guard:
            self._stopped = True
            running = tuple(self._running)
        for process in running:
            _signal(process, signal.SIGTERM)
        for process in running:
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)

    def check_stopped(self) -> None:
        """Raise Stopped after ``stop``."""
        if self._stopped:
            raise Stopped

    def _run(
        self,
        arguments: Sequence[str],
        no_dependencies: Iterable[str] = (),
        report: Report = _ignore,
    ) -> None:
        with tempfile.TemporaryDirectory(prefix="d2lbook-") as folder:
            content = uv_configuration(self._settings, no_dependencies)
            Path(folder, "uv.toml").write_text(content, encoding="utf-8")
            process = self._start([self._uv, *arguments, *ALWAYS], folder)
            try:
                last = _follow(process, report)
            finally:
                with self._guard:
                    self._running.discard(process)
        self.check_stopped()
        if process.returncode:
            raise InstallerError(last)

    def _start(self, command: Sequence[str], folder: str) -> subprocess.Popen[str]:
        # Under the guard, so that no child is started unseen while all are stopped.
        with self._guard:
            self.check_stopped()
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=uv_variables(self._settings, os.environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
            self._running.add(process)
        return process


def _follow(process: subprocess.Popen[str], report: Report) -> str:
    """Report each step until the process ends; return the last lines of what it said."""
    last: deque[str] = deque(maxlen=DETAIL_LINES)
    assert process.stderr is not None
    with process:
        try:
            for line in process.stderr:
                step = STEPS.get(line.strip().partition(" ")[0])
                if step is None:
                    last.append(line.rstrip())
                elif step:
                    report(step.format(line.strip()))
        except BaseException:
            _signal(process, signal.SIGTERM)
            raise
    return "\n".join(last)


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Signal a child and its own children."""
    with suppress(ProcessLookupError):
        if process.poll() is None:
            os.killpg(process.pid, number)


def uv_configuration(settings: PipSettings, no_dependencies: Iterable[str] = ()) -> str:
    """The text of a ``uv.toml`` (uv's documentation, "Settings") with these settings."""
    values: dict[str, object] = {
        "index-url": settings.index_url,
        "extra-index-url": settings.extra_index_urls,
        "find-links": settings.find_links,
        "no-index": settings.no_index,
        "allow-insecure-host": settings.trusted_hosts,
        # pip looks at all indexes and takes the best version of any.
        "index-strategy": "unsafe-best-match",
    }
    lines = [f"{key} = {_toml(value)}" for key, value in values.items() if value]
    for name in no_dependencies:
        lines += ["[[dependency-metadata]]", f"name = {_toml(name)}", "requires-dist = []"]
    return "\n".join([*lines, ""])


def _toml(value: object) -> str:
    """Strings, lists and truth values look the same in JSON and TOML."""
    return json.dumps(value, ensure_ascii=False)


def uv_variables(settings: PipSettings, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process, with the settings that uv takes from variables only.

    As for pip, they win over variables that many programs heed.
    """
    values = {
        "SSL_CERT_FILE": settings.certificate,
        "SSL_CLIENT_CERT": settings.client_certificate,
        "HTTP_PROXY": settings.proxy,
        "HTTPS_PROXY": settings.proxy,
        "UV_HTTP_TIMEOUT": environment.get("UV_HTTP_TIMEOUT", settings.timeout),
    }
    return {**environment, **{name: value for name, value in values.items() if value}}
