"""The gate before cold work: one piece in each turn of the loop, in turn between askers, and not without end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from wantilan.errors import RateLimited
from wantilan.graph.gate import Gate


class Notes:
    """A gate, and who came through it in which order."""

    def __init__(self, **bounds: int) -> None:
        self.gate = Gate(**bounds)
        self.order: list[str] = []

    async def cold(self, asker: str) -> None:
        async with self.gate.turn(asker):
            self.order.append(asker)

    async def hot(self) -> None:
        self.order.append("hot")


async def together(*work: Awaitable[None]) -> list[BaseException | None]:
    return await asyncio.wait_for(asyncio.gather(*work, return_exceptions=True), timeout=10)


async def test_the_first_does_not_wait() -> None:
    notes = Notes()
    coming = notes.cold("a")
    with pytest.raises(StopIteration):
        coming.send(None)
    assert notes.order == ["a"]


async def test_what_is_hot_comes_between_pieces_of_cold_work() -> None:
    notes = Notes()
    await together(*(notes.cold("cold") for _ in range(20)), notes.hot())
    assert notes.order.index("hot") <= 1
    assert len(notes.order) == 21


async def test_without_the_gate_it_would_come_last() -> None:
    notes = Notes()

    async def at_once() -> None:
        notes.order.append("cold")

    await together(*(at_once() for _ in range(20)), notes.hot())
    assert notes.order.index("hot") == 20


async def test_askers_take_turns_however_much_one_of_them_asks() -> None:
    notes = Notes()
    await together(
        *(notes.cold("many") for _ in range(9)), notes.cold("one"), notes.cold("two"), notes.cold("one")
    )
    assert notes.order[:6] == ["many", "many", "one", "two", "many", "one"]
    assert notes.order[6:] == ["many"] * 6


async def test_who_asks_too_much_is_refused_and_others_are_not() -> None:
    notes = Notes(most_of_one=3, most=5)
    found = await together(*(notes.cold("a") for _ in range(9)), notes.cold("b"))
    assert [isinstance(one, RateLimited) for one in found] == [False] * 4 + [True] * 5 + [False]
    found = await together(*(notes.cold(name) for name in "abcdefgh"))
    assert [isinstance(one, RateLimited) for one in found] == [False] * 6 + [True] * 2
    refused = found[-1]
    assert isinstance(refused, RateLimited) and refused.extensions["retryAfter"] == 1


async def test_a_piece_that_fails_hands_the_gate_on() -> None:
    notes = Notes()

    async def failing() -> None:
        async with notes.gate.turn("a"):
            raise ValueError

    found = await together(failing(), failing(), notes.cold("b"))
    assert [type(one) for one in found] == [ValueError, ValueError, type(None)]
    assert notes.order == ["b"]


@pytest.mark.parametrize("turns", range(5))
async def test_who_goes_away_while_he_waits_holds_nobody_up(turns: int) -> None:
    notes = Notes()
    tasks = [asyncio.create_task(notes.cold(name)) for name in "abc"]
    for _ in range(turns):
        await asyncio.sleep(0)
    tasks[1].cancel()
    await together(*tasks)
    assert [name for name in notes.order if name != "b"] == ["a", "c"]
    await together(notes.cold("d"))
    assert notes.order[-1] == "d"
    assert notes.gate.waiting == 0
