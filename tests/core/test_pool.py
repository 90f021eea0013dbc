"""The pool of the read door: lends what was used last, serves in turn, and never loses a place."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

import pytest

from wantilan.errors import Unavailable
from wantilan.store.pool import Pool


class Thing:
    """What is lent. `closed` is how it dies by itself; `ending` holds its end up."""

    def __init__(self, number: int) -> None:
        self.number, self.closed, self.ended = number, False, False
        self.ending = asyncio.Event()
        self.ending.set()

    def is_closed(self) -> bool:
        return self.closed

    async def end(self) -> None:
        await self.ending.wait()
        self.closed = self.ended = True


class Maker:
    """Counts what it makes. It fails while `failing`, and takes its time while `slow`."""

    def __init__(self) -> None:
        self.made: list[Thing] = []
        self.failing = False
        self.slow: asyncio.Event | None = None

    async def __call__(self) -> Thing:
        if self.slow is not None:
            await self.slow.wait()
        if self.failing:
            raise ConnectionRefusedError
        self.made.append(Thing(len(self.made)))
        return self.made[-1]


def pool_of(size: int, maker: Maker | None = None, wait_seconds: float = 5.0) -> Pool[Thing]:
    return Pool(maker or Maker(), size, wait_seconds)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_it_lends_what_was_used_last() -> None:
    pool = pool_of(3)
    first, second = await pool.take(), await pool.take()
    pool.give_back(first)
    pool.give_back(second)
    assert await pool.take() is second
    assert await pool.take() is first


async def test_it_makes_no_more_than_wanted_and_no_more_than_its_size() -> None:
    maker = Maker()
    pool = pool_of(2, maker)
    for _ in range(3):
        async with pool.lent():
            pass
    assert len(maker.made) == 1
    _, lent = await pool.take(), await pool.take()
    waiting = asyncio.create_task(pool.take())
    await settled()
    assert (len(maker.made), waiting.done()) == (2, False)
    pool.give_back(lent)
    assert await waiting is lent


async def test_who_waits_is_served_in_the_order_of_coming_and_before_who_comes_later() -> None:
    pool = pool_of(1)
    lent, served = await pool.take(), []

    async def want(name: str) -> None:
        one = await pool.take()
        served.append(name)
        await asyncio.sleep(0)
        pool.give_back(one)

    waiting = [asyncio.create_task(want(name)) for name in "abc"]
    await settled()
    pool.give_back(lent)
    late = asyncio.create_task(want("late"))
    await asyncio.gather(*waiting, late)
    assert served == ["a", "b", "c", "late"]


async def test_who_waits_too_long_is_told_and_loses_nobody_a_place() -> None:
    pool = pool_of(1, wait_seconds=0.02)
    lent = await pool.take()
    with pytest.raises(Unavailable):
        await pool.take()
    pool.give_back(lent)
    assert await pool.take() is lent


async def test_a_dead_one_is_replaced() -> None:
    pool = pool_of(1)
    one = await pool.take()
    pool.give_back(one)
    one.closed = True
    assert (await pool.take()).number == 1
    assert pool.places == 1


async def test_one_that_may_be_busy_is_never_lent_again_and_keeps_its_place_until_it_is_gone() -> None:
    maker = Maker()
    pool = pool_of(1, maker)
    busy = await pool.take()
    busy.ending.clear()
    pool.discard(busy)
    waiting = asyncio.create_task(pool.take())
    await settled()
    assert (len(maker.made), waiting.done()) == (1, False)
    busy.ending.set()
    assert (await waiting).number == 1
    assert (busy.ended, pool.places) == (True, 1)


async def test_a_cancelled_block_puts_nothing_back() -> None:
    pool = pool_of(1)

    async def work() -> None:
        async with pool.lent():
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await settled()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert (await pool.take()).number == 1


async def test_who_is_cancelled_while_waiting_loses_no_place() -> None:
    pool = pool_of(1)
    lent = await pool.take()
    waiting = [asyncio.create_task(pool.take()) for _ in range(3)]
    await settled()
    waiting[0].cancel()
    pool.give_back(lent)
    assert await waiting[1] is lent
    waiting[2].cancel()
    await settled()
    pool.give_back(lent)
    assert pool.free == [lent]


async def test_who_is_cancelled_in_the_moment_of_being_served_passes_it_on() -> None:
    pool = pool_of(1)
    lent = await pool.take()
    served, next_ = asyncio.create_task(pool.take()), asyncio.create_task(pool.take())
    await settled()
    pool.give_back(lent)  # the first has it now, and has not run yet
    served.cancel()
    assert await asyncio.wait_for(next_, 1) is lent
    assert served.cancelled()


async def test_who_is_cancelled_in_the_moment_of_being_given_a_place_passes_that_on() -> None:
    pool = pool_of(1)
    lent = await pool.take()
    served, next_ = asyncio.create_task(pool.take()), asyncio.create_task(pool.take())
    await settled()
    pool.discard(lent)
    for _ in range(3):  # until the place is handed on, whichever turn of the loop that is
        if lent.ended:
            break
        await asyncio.sleep(0)
    served.cancel()
    assert (await asyncio.wait_for(next_, 1)).number >= 1
    assert pool.places == 1


async def test_who_is_cancelled_while_one_is_made_for_him_frees_the_place() -> None:
    maker = Maker()
    maker.slow = asyncio.Event()
    pool = pool_of(1, maker)
    making, waiting = asyncio.create_task(pool.take()), asyncio.create_task(pool.take())
    await settled()
    making.cancel()
    maker.slow.set()
    assert (await asyncio.wait_for(waiting, 1)).number == 0
    assert pool.places == 1


async def test_one_that_cannot_be_made_frees_its_place() -> None:
    maker = Maker()
    maker.failing = True
    pool = pool_of(1, maker)
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            await pool.take()
    maker.failing = False
    assert (await pool.take()).number == 0


async def test_after_closing_nothing_is_left_and_nobody_waits() -> None:
    maker = Maker()
    pool = pool_of(2, maker)
    lent, other = await pool.take(), await pool.take()
    waiting = asyncio.create_task(pool.take())
    await settled()
    await pool.close()
    with pytest.raises(Unavailable):
        await waiting
    pool.give_back(lent)
    pool.give_back(other)
    await settled()
    assert all(one.ended for one in maker.made)
    assert (pool.places, pool.free) == (0, [])
    with pytest.raises(Unavailable):
        await pool.take()


async def test_a_storm_of_takers_of_whom_many_are_cancelled_leaves_the_pool_whole() -> None:
    dice, maker = random.Random(3), Maker()
    pool, busy = pool_of(3, maker), set()

    async def work() -> None:
        async with pool.lent() as one:
            assert one not in busy
            busy.add(one)
            try:
                for _ in range(dice.randrange(4)):
                    await asyncio.sleep(0)
                if dice.random() < 0.1:
                    one.closed = True
            finally:
                busy.discard(one)

    tasks = []
    for _ in range(600):
        tasks.append(asyncio.create_task(work()))
        if dice.random() < 0.5:
            dice.choice(tasks[-8:]).cancel()
        if dice.random() < 0.3:
            await asyncio.sleep(0)
    done = await asyncio.gather(*tasks, return_exceptions=True)
    await settled()
    assert {type(result) for result in done} == {type(None), asyncio.CancelledError}
    assert len(await asyncio.gather(*(pool.take() for _ in range(3)))) == 3
    assert pool.places == 3
