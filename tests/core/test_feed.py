"""The feed: whoever follows a village gets each event after his number, however it was told, or not told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from wantilan.store.feed import BATCH, TAIL, Feed
from wantilan.store.hints import Hints
from wantilan.testing import BENGKEL, NEIGHBOUR, World


@pytest.fixture
async def feed(world: World) -> AsyncIterator[Feed]:
    """One of another process than the world's: nobody tells it of the world's commits."""
    await world.open(BENGKEL)
    await world.open(NEIGHBOUR)
    made = Feed(world.database)
    yield made
    await made.close()


async def announce(world: World, count: int, code: str = BENGKEL) -> None:
    async with world.unit(code) as unit:
        for _ in range(count):
            unit.announce("happened")


async def seen(feed: Feed, world: World, count: int, after: int = 0) -> list[int]:
    """The numbers that a follower gets."""
    village, found = await world.village(BENGKEL), list[int]()
    async with feed.following(village.id, BENGKEL, after) as tail, asyncio.timeout(5):
        while len(found) < count:
            got = await feed.after(village.id, tail, found[-1] if found else after)
            found += [event.number for event in got]
    return found


async def test_a_sweep_finds_what_nobody_told(world: World, feed: Feed) -> None:
    village = await world.village(BENGKEL)
    async with feed.following(village.id, BENGKEL, 0) as tail:
        waiting = asyncio.create_task(feed.after(village.id, tail, 0))
        await announce(world, 3)
        await announce(world, 2, NEIGHBOUR)
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await feed.sweep()
        assert [event.number for event in await asyncio.wait_for(waiting, 5)] == [1, 2, 3]
    assert not feed.tails


async def test_a_commit_of_the_own_process_wakes_at_once_and_reads_nothing(world: World, feed: Feed) -> None:
    world.application.listeners.append(feed.announced)
    village = await world.village(BENGKEL)
    async with feed.following(village.id, BENGKEL, 0) as tail:
        waiting = asyncio.create_task(feed.after(village.id, tail, 0))
        await announce(world, 2)
        assert [event.number for event in await asyncio.wait_for(waiting, 5)] == [1, 2]
        assert not feed._tasks


async def test_commits_that_are_told_in_another_order_come_in_theirs(world: World, feed: Feed) -> None:
    village = await world.village(BENGKEL)
    told = []
    world.application.listeners.append(lambda facts, events: told.append((facts, list(events))))
    async with feed.following(village.id, BENGKEL, 0) as tail:
        for _ in range(3):
            await announce(world, 1)
        for facts, events in reversed(told):
            feed.announced(facts, events)
        found = [event.number for event in await asyncio.wait_for(feed.after(village.id, tail, 0), 5)]
        while found[-1] < 3:
            found += [event.number for event in await feed.after(village.id, tail, found[-1])]
    assert found == [1, 2, 3]


async def test_what_is_older_than_the_tail_is_read_from_the_table(world: World, feed: Feed) -> None:
    village = await world.village(BENGKEL)
    count = TAIL + 2 * BATCH
    async with feed.following(village.id, BENGKEL, 0) as tail:
        await announce(world, count)
        await feed.sweep()
        await asyncio.wait_for(feed.after(village.id, tail, count - 1), 5)
        assert len(tail.events) == TAIL
        assert await seen(feed, world, count) == list(range(1, count + 1))


async def test_a_hint_that_is_not_true_changes_nothing(world: World, feed: Feed) -> None:
    village = await world.village(BENGKEL)
    async with feed.following(village.id, BENGKEL, 0) as tail:
        feed.told(village.id, 10**18)
        await asyncio.gather(*feed._tasks)
        assert (tail.head, tail.told) == (0, 0)
        await announce(world, 1)
        feed.told(village.id, 1)
        assert [event.number for event in await asyncio.wait_for(feed.after(village.id, tail, 0), 5)] == [1]


async def test_hints_go_from_process_to_process_and_a_lost_connection_ends_the_work(
    world: World, feed: Feed
) -> None:
    """Then the loop begins it anew."""
    if world.dialect == "sqlite":
        return  # there is nothing to tell other processes by: the sweep must do
    url, village = world.database.url, await world.village(BENGKEL)
    mine, other = Hints(url, feed.told), Hints(url, lambda village, number: None)
    world.application.listeners.append(other.announced)
    async with feed.following(village.id, BENGKEL, 0) as tail:
        for number in (1, 2):
            tasks = [asyncio.create_task(hints.work()) for hints in (mine, other)]
            async with asyncio.timeout(5):
                while await count_of(world, LISTENING) < 2:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
                await announce(world, 1)
                found = await feed.after(village.id, tail, number - 1)
                assert [event.number for event in found] == [number]
                assert await count_of(world, ENDING) == 2
                ended = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(one, Exception) or one is None for one in ended)


OURS = "datname = current_database() AND pid <> pg_backend_pid() AND query ~ '^(LISTEN|SELECT pg_notify)'"
LISTENING = f"SELECT count(*) FROM pg_stat_activity WHERE {OURS} AND state = 'idle'"
ENDING = f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {OURS}"


async def count_of(world: World, statement: str) -> int:
    async with world.database.session() as session:
        return int(await session.scalar(sa.text(statement)) or 0)
