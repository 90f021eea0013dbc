"""Leases: of several who look for work, each row is one's; who dies loses it, who slept too long is told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from wantilan import uuid7
from wantilan.store.jobs import Job
from wantilan.store.leases import claim, keep, moment_of, pause_after, release
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR, World

on_postgres = pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
HERE, THERE = uuid7(), uuid7()
"""Two owners."""
MINUTE, PAST = timedelta(minutes=1), timedelta(seconds=-1)


class Work:
    """Rows of a table of work, in two villages."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def put(self, name: str, due: timedelta, code: str = BENGKEL) -> None:
        async with self.world.unit(code) as unit:
            at = datetime.now(UTC) + due
            await unit.add(
                Job(
                    name=name, program="test", schedule="* * * * *", time_zone="UTC", planned_at=at, due_at=at
                )
            )

    async def claim(
        self, owner: UUID, *conditions: Any, lease: timedelta = MINUTE, most: int = 1
    ) -> list[str]:
        async with self.world.database.transaction(WHOLE_COUNTRY) as session:
            rows = await claim(session, Job, *conditions, owner=owner, lease=lease, most=most)
            return [row.name for row in rows]

    async def rows(self) -> Sequence[Job]:
        async with self.world.database.transaction(WHOLE_COUNTRY) as session:
            return (await session.scalars(sa.select(Job).order_by(Job.name))).all()

    async def row(self) -> Job:
        (found,) = await self.rows()
        return found


@pytest.fixture
async def work(world: World) -> Work:
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code)
    return Work(world)


async def test_what_is_due_is_claimed_longest_due_first_and_what_is_not_stays(work: Work) -> None:
    await work.put("later", -MINUTE)
    await work.put("first", -3 * MINUTE, NEIGHBOUR)
    await work.put("second", -2 * MINUTE)
    await work.put("tomorrow", timedelta(days=1))
    assert await work.claim(HERE, most=2) == ["first", "second"]
    assert await work.claim(HERE, most=5) == ["later"]
    assert await work.claim(HERE, most=5) == []


async def test_what_falls_due_at_the_same_moment_comes_in_the_same_order_everywhere(work: Work) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(6):
        await work.put(f"n{number}", -MINUTE, (BENGKEL, NEIGHBOUR)[number % 2])
    async with work.world.database.transaction(WHOLE_COUNTRY) as session:
        await session.execute(sa.update(Job).values(due_at=at))
    keys = {row.name: (row.village_id, row.id) for row in await work.rows()}
    claimed = [name for _ in range(3) for name in await work.claim(HERE, most=2)]
    assert claimed == sorted(keys, key=lambda name: keys[name])


async def test_conditions_say_what_may_be_claimed(work: Work) -> None:
    await work.put("one", -MINUTE)
    await work.put("other", -MINUTE)
    assert await work.claim(HERE, Job.name == "other", most=5) == ["other"]


async def test_two_owners_never_hold_one_row(work: Work) -> None:
    await work.put("one", -MINUTE)
    assert await work.claim(HERE) == ["one"]
    assert await work.claim(THERE) == []
    row = await work.row()
    assert row.leased_by == HERE
    assert row.leased_until is not None and row.leased_until > datetime.now(UTC)


async def test_a_lease_that_ended_is_taken_over_and_who_lost_it_can_neither_keep_nor_release(
    work: Work,
) -> None:
    await work.put("one", -MINUTE)
    await work.claim(HERE, lease=PAST)
    mine = await work.row()
    assert await work.claim(THERE) == ["one"]
    async with work.world.database.transaction(WHOLE_COUNTRY) as session:
        assert not await keep(session, mine, owner=HERE, lease=MINUTE)
        assert not await release(session, mine, owner=HERE, attempts=9)
        assert await keep(session, mine, owner=THERE, lease=MINUTE)  # the control
    row = await work.row()
    assert (row.leased_by, row.attempts) == (THERE, 0)


async def test_who_was_late_and_was_not_missed_keeps_his_row(work: Work) -> None:
    await work.put("one", -MINUTE)
    await work.claim(HERE, lease=PAST)
    mine = await work.row()
    async with work.world.database.transaction(WHOLE_COUNTRY) as session:
        assert await keep(session, mine, owner=HERE, lease=MINUTE, done=4)
    assert await work.claim(THERE) == []
    assert (await work.row()).done == 4


async def test_a_released_row_has_what_came_of_it_and_is_anybodys(work: Work) -> None:
    await work.put("one", -MINUTE)
    await work.claim(HERE)
    mine = await work.row()
    async with work.world.database.transaction(WHOLE_COUNTRY) as session:
        assert await release(session, mine, owner=HERE, attempts=2, failure="KeyError")
        assert not await release(session, mine, owner=HERE), "once only"
    row = await work.row()
    assert (row.attempts, row.failure, row.leased_by, row.leased_until) == (2, "KeyError", None, None)
    assert await work.claim(THERE) == ["one"]


async def test_many_who_look_at_once_find_each_row_once(work: Work) -> None:
    for number in range(24):
        await work.put(f"n{number:02}", -MINUTE, (BENGKEL, NEIGHBOUR)[number % 2])
    found: dict[UUID, list[str]] = {}

    async def look(owner: UUID) -> None:
        while names := await work.claim(owner, most=2):
            found.setdefault(owner, []).extend(names)

    await asyncio.gather(*(look(uuid7()) for _ in range(6)))
    names = [name for mine in found.values() for name in mine]
    assert sorted(names) == [f"n{number:02}" for number in range(24)]
    by_row = {row.name: row.leased_by for row in await work.rows()}
    assert all(by_row[name] == owner for owner, mine in found.items() for name in mine)


async def test_it_is_the_clock_of_the_database_that_says_what_is_due(work: Work) -> None:
    async with work.world.database.transaction() as session:
        later = await session.scalar(sa.select(moment_of(work.world.dialect, MINUTE)))
    assert later is not None
    assert abs((later - datetime.now(UTC) - MINUTE).total_seconds()) < 5


@on_postgres
async def test_two_claims_at_once_do_not_wait_for_each_other(work: Work) -> None:
    await work.put("first", -2 * MINUTE)
    await work.put("second", -MINUTE)
    database, taken = work.world.database, {"lease": MINUTE, "most": 1}
    async with asyncio.timeout(5), database.transaction(WHOLE_COUNTRY) as one:
        assert [row.name for row in await claim(one, Job, owner=HERE, **taken)] == ["first"]
        async with database.transaction(WHOLE_COUNTRY) as other:
            assert [row.name for row in await claim(other, Job, owner=THERE, **taken)] == ["second"]
    assert {row.name: row.leased_by for row in await work.rows()} == {"first": HERE, "second": THERE}


@on_postgres
async def test_the_moment_is_that_of_the_statement_and_not_of_the_transaction(work: Work) -> None:
    """In a long transaction a lease would end before it began."""
    async with work.world.database.transaction() as session:
        first = await session.scalar(sa.select(moment_of("postgresql")))
        await session.execute(sa.text("SELECT pg_sleep(0.02)"))
        second = await session.scalar(sa.select(moment_of("postgresql")))
    assert second > first


@on_postgres
async def test_what_is_due_is_found_by_the_index_among_many(work: Work) -> None:
    async with work.world.database.transaction(WHOLE_COUNTRY) as session:
        await session.execute(
            sa.text(
                "INSERT INTO job (village_id, id, due_at, attempts, schedule, planned_at, name, program, "
                "time_zone, paused, done) SELECT v.id, gen_random_uuid(), now() + n * interval '1 minute', 0, "
                "'* * * * *', now(), 'n' || n, 'test', 'UTC', false, 0 FROM village v, generate_series(1, 5000) n"
            )
        )
        await session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        due = sa.select(Job.id).where(Job.due_at <= moment_of("postgresql"), ~Job.paused)
        text = str(due.compile(dialect=session.get_bind().dialect, compile_kwargs={"literal_binds": True}))
        plan = "\n".join((await session.scalars(sa.text(f"EXPLAIN {text}"))).all())
    assert "ix_job_waiting" in plan and "Index Cond: (due_at <=" in plan, plan


def test_pauses_grow_twice_as_long_each_time_up_to_the_longest() -> None:
    first, longest = timedelta(seconds=2), timedelta(minutes=1)
    found = [pause_after(attempts, first, longest).total_seconds() for attempts in (1, 2, 3, 6, 7, 10_000)]
    assert found == [2, 4, 8, 60, 60, 60]
    assert pause_after(0, first) == first
