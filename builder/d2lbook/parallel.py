"""Work on several processors, in copies of this process.

The copies (``fork``) share what has been worked out so far, so that only the
results have to be sent back. Where there is no ``fork``, one processor, or too
little to do, the work is done here.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from d2lbook.errors import RenderError

if TYPE_CHECKING:
    # When it is needed: most builds of a page or two have no use for it.
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Item = TypeVar("Item")
Kept = TypeVar("Kept")
Told = TypeVar("Told")
Shared = TypeVar("Shared")
Result = TypeVar("Result")


def usable_processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_in_processes(
    function: Callable[[Item], Result], items: Sequence[Item], *, worth: bool = True
) -> list[Result]:
    """The results of the function for all items, in their order.

    ``worth`` says whether there is enough to do to make copies of this process.
    What the function changes, it changes in the copy; the results are pickled.
    An error that it raises for an item is raised here.
    """
    return map_in_two_steps(
        items,
        first=lambda item: (item, None),
        between=lambda _: None,
        second=lambda kept, _: [function(item) for item in kept],
        worth=worth,
    )


def map_in_two_steps(
    items: Sequence[Item],
    *,
    first: Callable[[Item], tuple[Kept, Told]],
    between: Callable[[list[Told]], Shared],
    second: Callable[[list[Kept], Shared], list[Result]],
    effort: Callable[[Item], float] = lambda _: 1.0,
    worth: bool = True,
) -> list[Result]:
    """Work that needs to know of all items half-way; the results, in the order of the items.

    ``first`` makes of an item what is kept where it is, and what is told to all;
    ``between`` makes of all that was told what everybody has to know; ``second``
    makes of that the results for all that was kept in one place. ``effort`` guesses
    how long an item takes, so that all have as much to do. What is told,
    shared and returned is pickled, what is kept is not. An error that one of them
    raises is raised here.
    """
    processes = min(usable_processors(), len(items))
    if not worth or processes < 2 or not hasattr(os, "fork"):
        pairs = [first(item) for item in items]
        shared = between([told for _, told in pairs])
        return second([kept for kept, _ in pairs], shared)

    def work(connection: Connection, own: Sequence[Item]) -> None:
        pairs = [first(item) for item in own]
        connection.send((None, [told for _, told in pairs]))
        shared = connection.recv()
        connection.send((None, second([kept for kept, _ in pairs], shared)))

    import pickle

    shares = _shares([effort(item) for item in items], processes)
    given = [[items[index] for index in share] for share in shares]
    with _without_collector(), _copies(work, given) as copies:
        told = _in_order(shares, [_answer(copy) for copy in copies])
        to_all = pickle.dumps(between(told))
        try:
            for copy in copies:
                copy.send_bytes(to_all)
        except ConnectionError:
            raise _died() from None
        del told, to_all  # may be large
        return _in_order(shares, [_answer(copy) for copy in copies])


def in_a_copy(function: Callable[[], Result]) -> Result:
    """The result of the function, called in a copy of this process.

    For what starts threads of its own, as Typst does: they would be missing in copies that
    are made later, which then wait for them for ever. The result is pickled; an error
    that the function raises is raised here. Where there is no ``fork``, it is called here.
    """
    if not hasattr(os, "fork"):
        return function()

    def work(connection: Connection, _: Sequence[None]) -> None:
        connection.send((None, function()))

    with _copies(work, [[]]) as (copy,):
        answer: Result = _answer(copy)
        return answer


@contextmanager
def _copies(
    work: Callable[[Connection, Sequence[Any]], None], shares: Sequence[Sequence[Any]]
) -> Iterator[list[Connection]]:
    """A copy of this process for each share of the work; none is left behind."""
    import multiprocessing

    context = multiprocessing.get_context("fork")
    processes: list[BaseProcess] = []
    connections: list[Connection] = []
    try:
        for share in shares:
            ours, theirs = context.Pipe()
            inherited = [*connections, ours]
            process = context.Process(target=_guarded, args=(work, theirs, share, inherited))
            process.start()
            theirs.close()
            processes.append(process)
            connections.append(ours)
        yield connections
    except BaseException:
        for started in processes:
            started.terminate()
        raise
    finally:
        for started in processes:
            started.join()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Here and in copies made meanwhile, nothing looks for garbage.

    There is hardly any: what is made is kept until the end. But the collector would look
    through all of it again and again, for a tenth of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _guarded(
    work: Callable[[Connection, Sequence[Any]], None],
    connection: Connection,
    share: Sequence[Any],
    inherited: Sequence[Connection],
) -> None:
    """Do the work in the copy; what goes wrong is the caller's to tell.

    ``inherited`` are the caller's own ends of connections: as long as anybody has one of
    them open, the copy at its other end doesn't see that the caller has died.
    """
    for each in inherited:
        each.close()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        work(connection, share)
    except KeyboardInterrupt:
        os._exit(1)
    except Exception as error:  # noqa: BLE001
        with suppress(OSError):  # the caller may be gone
            connection.send((error, None))


def _answer(connection: Connection) -> Any:
    try:
        error, answer = connection.recv()
    except (EOFError, ConnectionError):
        raise _died() from None
    if error:
        raise error
    return answer


def _died() -> RenderError:
    return RenderError.of(
        "a process that worked for this one was killed",
        "often there was too little memory; close other programs, or build fewer things at once",
    )


def _shares(efforts: Sequence[float], count: int) -> list[list[int]]:
    """The indices of all items in shares of about the same effort, each in order."""
    shares: list[list[int]] = [[] for _ in range(count)]
    sums = [0.0] * count
    for index in sorted(range(len(efforts)), key=lambda index: -efforts[index]):
        least = sums.index(min(sums))
        shares[least].append(index)
        sums[least] += efforts[index]
    return [sorted(share) for share in shares]


def _in_order(shares: Sequence[Sequence[int]], found: Sequence[Sequence[Any]]) -> list[Any]:
    """What was found for the items of each share, in the order of the items."""
    pairs = [
        pair
        for share, results in zip(shares, found, strict=True)
        for pair in zip(share, results, strict=True)
    ]
    return [result for _, result in sorted(pairs, key=lambda pair: pair[0])]
