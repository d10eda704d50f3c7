"""Who is let in, and when; no kernel runs here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from d2lbook.execute import capacity as module
from d2lbook.execute.capacity import Capacity, available_memory
from hypothesis import given
from hypothesis import strategies as st


class Visitors:
    """Kernels that stay until they are told to go."""

    def __init__(self, capacity: Capacity) -> None:
        self.capacity = capacity
        self.inside: dict[str, tuple[str, ...]] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.leave: dict[str, asyncio.Event] = {}

    async def come(self, name: str, memory: int = 1, gpus: int = 0, turn: int = 0) -> None:
        self.leave[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self.visit(name, memory, gpus, turn))
        await settle()

    async def visit(self, name: str, memory: int, gpus: int, turn: int) -> None:
        async with self.capacity.reserved(memory, gpus, turn=turn) as granted:
            self.inside[name] = granted
            try:
                await self.leave[name].wait()
            finally:
                del self.inside[name]

    async def go(self, name: str) -> None:
        self.leave[name].set()
        await settle()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


Story = Callable[[Visitors], Awaitable[None]]


def play(capacity: Capacity, story: Story) -> None:
    async def run() -> None:
        visitors = Visitors(capacity)
        await story(visitors)
        for task in visitors.tasks.values():
            task.cancel()
        await asyncio.gather(*visitors.tasks.values(), return_exceptions=True)

    asyncio.run(run())


def test_whose_turn_is_earlier_goes_first() -> None:
    async def story(all_: Visitors) -> None:
        for turn, name in ((5, "a"), (3, "b"), (1, "c"), (3, "d")):
            await all_.come(name, turn=turn)
        order = [*all_.inside]
        for _ in range(3):
            await all_.go(order[-1])
            order += all_.inside
        assert order == ["a", "c", "b", "d"]

    play(Capacity(1, 100), story)


def test_only_so_many_at_once() -> None:
    async def story(all_: Visitors) -> None:
        for name in "abc":
            await all_.come(name)
        assert set(all_.inside) == {"a", "b"}
        await all_.go("a")
        assert set(all_.inside) == {"b", "c"}

    play(Capacity(2, 100), story)


def test_memory_is_not_given_twice_and_small_ones_do_not_overtake() -> None:
    async def story(all_: Visitors) -> None:
        await all_.come("a", 60)
        await all_.come("large", 80)
        await all_.come("small", 10)
        assert set(all_.inside) == {"a"}
        await all_.go("a")
        assert set(all_.inside) == {"large", "small"}

    play(Capacity(9, 100), story)


def test_what_needs_more_than_there_is_runs_alone() -> None:
    async def story(all_: Visitors) -> None:
        await all_.come("a", 10)
        await all_.come("huge", 1000)
        assert set(all_.inside) == {"a"}
        await all_.go("a")
        await all_.come("b", 1)
        assert set(all_.inside) == {"huge"}

    play(Capacity(9, 100), story)


def test_a_gpu_is_one_kernels_alone_and_keeps_nobody_waiting_who_needs_none() -> None:
    async def story(all_: Visitors) -> None:
        await all_.come("a", gpus=1)
        await all_.come("two", gpus=2)
        await all_.come("plain")
        assert all_.inside == {"a": ("x",), "plain": ()}
        await all_.go("a")
        assert set(all_.inside["two"]) == {"x", "y"}
        await all_.go("two")
        await all_.come("greedy", gpus=3)
        assert len(all_.inside["greedy"]) == 2

    play(Capacity(9, 100, ["x", "y"]), story)


def test_who_gives_up_waiting_keeps_nothing() -> None:
    async def story(all_: Visitors) -> None:
        await all_.come("a", gpus=1)
        await all_.come("b", gpus=1)
        await all_.come("c", gpus=1)
        all_.tasks["b"].cancel()
        all_.tasks["a"].cancel()
        await settle()
        assert set(all_.inside) == {"c"}
        await all_.go("c")
        await all_.come("d", 100, gpus=1)
        assert set(all_.inside) == {"d"}

    play(Capacity(1, 100, ["x"]), story)


def test_who_is_cancelled_while_being_let_in_keeps_nothing() -> None:
    async def story(all_: Visitors) -> None:
        await all_.come("a")
        await all_.come("b")
        all_.leave["a"].set()
        await asyncio.sleep(0)  # b has its room, and does not know it yet
        all_.tasks["b"].cancel()
        await settle()
        await all_.come("c", 100)
        assert set(all_.inside) == {"c"}

    play(Capacity(1, 100), story)


@given(st.lists(st.tuples(st.integers(0, 150), st.integers(0, 3)), max_size=20))
def test_in_the_end_everybody_was_in_and_never_too_many(needs: list[tuple[int, int]]) -> None:
    capacity = Capacity(3, 100, ["x", "y"])
    running: list[tuple[int, tuple[str, ...]]] = []
    served = 0

    async def visit(memory: int, gpus: int) -> None:
        nonlocal served
        async with capacity.reserved(memory, gpus) as granted:
            running.append((min(memory, 100), granted))
            taken = [gpu for _, gpus_ in running for gpu in gpus_]
            assert len(running) <= 3
            assert sum(amount for amount, _ in running) <= 100
            assert len(taken) == len(set(taken))
            await asyncio.sleep(0)
            running.remove((min(memory, 100), granted))
            served += 1

    async def run() -> None:
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            for memory, gpus in needs:
                group.create_task(visit(memory, gpus))

    asyncio.run(run())
    assert served == len(needs)


@pytest.mark.parametrize(("limit", "most"), [("3000", 1800), ("max\n", None), ("900", 0)])
def test_a_container_has_no_more_memory_than_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int | None
) -> None:
    monkeypatch.setattr(module, "CGROUP", tmp_path)
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text("1000\n")
    found = available_memory()
    assert found > 10_000 if most is None else found == most
