"""The outbox: a village's events have numbers without gaps, in the order of their commits."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from wantilan.store.outbox import FEW, Event, OutboxHead
from wantilan.testing import BENGKEL, NEIGHBOUR, World


async def numbers(world: World, code: str) -> list[tuple[int, str]]:
    async with world.unit(code) as unit:
        return sorted((event.number, event.name) for event in await unit.all(Event))


async def announce_and_fail(world: World) -> None:
    async with world.unit(BENGKEL) as unit:
        unit.announce("never")
        raise LookupError


async def test_each_village_counts_its_own_events_from_one(world: World) -> None:
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code)
        async with world.unit(code) as unit:
            unit.announce("first")
            unit.announce("second")
        async with world.unit(code) as unit:
            unit.announce("third")
    for code in (BENGKEL, NEIGHBOUR):
        assert await numbers(world, code) == [(1, "first"), (2, "second"), (3, "third")]


async def test_an_event_knows_its_number_once_the_transaction_has_ended(world: World) -> None:
    await world.open(BENGKEL)
    async with world.unit(BENGKEL) as unit:
        event = unit.announce("first")
        assert event.number is None
    assert event.number == 1


async def test_what_is_rolled_back_leaves_no_gap(world: World) -> None:
    await world.open(BENGKEL)
    with pytest.raises(LookupError):
        await announce_and_fail(world)
    async with world.unit(BENGKEL) as unit:
        unit.announce("first")
    assert await numbers(world, BENGKEL) == [(1, "first")]


async def test_who_began_first_and_commits_last_gets_the_later_number(world: World) -> None:
    """Otherwise whoever had seen number 2 would never look for number 1."""
    if world.dialect == "sqlite":
        return  # there the second one does not begin before the first one ends
    await world.open(BENGKEL)
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with world.unit(BENGKEL) as unit:
            unit.announce("slow")
            begun.set()
            await go.wait()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(slow())
        await begun.wait()
        async with world.unit(BENGKEL) as unit:
            unit.announce("quick")
        go.set()
    assert await numbers(world, BENGKEL) == [(1, "quick"), (2, "slow")]


async def test_many_at_once_are_counted_without_gaps(world: World) -> None:
    await world.open(BENGKEL)

    async def one(number: int) -> None:
        async with world.unit(BENGKEL) as unit:
            unit.announce(f"n{number}")

    await asyncio.gather(*(one(number) for number in range(20)))
    found = await numbers(world, BENGKEL)
    assert [number for number, _ in found] == list(range(1, 21))
    assert {name for _, name in found} == {f"n{number}" for number in range(20)}
    async with world.unit(BENGKEL) as unit:
        assert await unit.session.scalar(sa.select(OutboxHead.last_number)) == 20


async def test_very_many_of_one_transaction_are_counted_like_few(world: World) -> None:
    await world.open(BENGKEL)
    names = ["resident_changed" if place < 30 else "program.thing" for place in range(FEW * 2)]
    for told in (["first.thing"], names, ["last.thing"]):
        async with world.unit(BENGKEL) as unit:
            made = [unit.announce(name) for name in told]
        assert [event.number for event in made] == list(range(made[0].number, made[0].number + len(told)))
    found = await numbers(world, BENGKEL)
    assert found == list(enumerate(["first.thing", *names, "last.thing"], start=1))
    async with world.unit(BENGKEL) as unit:
        head = await unit.first(OutboxHead)
    assert head is not None and (head.last_number, head.core_number) == (FEW * 2 + 2, 31)
