"""Two processes that do jobs, and kills of either at any moment: every job once for each moment, none lost."""

from __future__ import annotations

import asyncio
import random
from contextlib import ExitStack

from tests.proof.conftest import Say
from tests.system.jobbing import JobBooks, job_books, job_process, make_due, villages_with_a_job

from wantilan.testing import World

CODES = [f"51.02.{district:02}.20{number:02}" for district in (5, 6) for number in range(1, 13)]
ROUNDS, LEASE = 10, "1.0"


async def test_two_processes_that_are_killed_lose_no_job_and_double_none(world: World, say: Say) -> None:
    dice = random.Random(5102)
    await villages_with_a_job(world, CODES)
    kills = 0
    for round_ in range(ROUNDS):
        with ExitStack() as stack:
            dying = [str(dice.randrange(1, len(CODES) // 2))] if round_ % 2 else []
            first = stack.enter_context(job_process(world, LEASE, *dying))
            second = stack.enter_context(job_process(world, LEASE))
            await make_due(world)
            if not dying:
                await asyncio.sleep(dice.random() * 0.2)
                first.kill()
            kills += 1
            books = await settled(world)
            assert second.poll() is None
        assert set(books.done.values()) == {round_ + 1} and len(books.done) == len(CODES), round_
        assert books.events == books.done, round_
    assert books.lost > 0, "no kill fell into a job"
    say(
        f"{world.dialect}: {books.done.total()} due in {len(CODES)} villages, {kills} kills, {books.lost} of them "
        "in the middle of a job; 0 lost, 0 doubled"
    )


async def settled(world: World) -> JobBooks:
    """The books when nothing is due any more."""
    for _ in range(600):
        books = await job_books(world)
        if not books.overdue:
            return books
        await asyncio.sleep(0.1)
    raise AssertionError("something is due for ever")
