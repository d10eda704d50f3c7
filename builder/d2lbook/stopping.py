"""What tells a process to stop: Ctrl-C, a terminal that is closed, a system that shuts down."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_signals() -> list[signal.Signals]:
    """The signals that tell this thread to stop.

    Only the main thread may handle any; what nohup and & ignore on purpose stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        return []
    return [each for each in _STOPPING if signal.getsignal(each) is not signal.SIG_IGN]


@contextmanager
def interrupted_by_all() -> Iterator[None]:
    """Each of them raises KeyboardInterrupt, as Ctrl-C does, so that what was begun is ended."""
    before = {each: signal.getsignal(each) for each in stop_signals()}
    for each in before:
        signal.signal(each, signal.default_int_handler)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
