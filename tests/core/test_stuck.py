"""Stuck deliveries: seen, tried again, passed over; a program that is not installed waits without harm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.core.diary import Diary, Stage
from tests.core.notebook import host_with

from wantilan import Happening, Unit, VillageFacts
from wantilan.programs.delivery import Delivery
from wantilan.programs.host import Host
from wantilan.programs.stuck import pass_over, release
from wantilan.testing import BENGKEL, NEIGHBOUR, World

FIRST, SECOND = Diary("first"), Diary("second")
REGISTERED = "resident_registered"
LONG = timedelta(hours=1)
STATE = '{ village(code: "51.02.06.2001") { programs { name deliveryFailures } } }'


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(FIRST, SECOND)


@pytest.fixture(autouse=True)
def empty_diaries() -> Iterator[None]:
    yield
    for diary in (FIRST, SECOND):
        diary.forget()


async def fail(village: VillageFacts, event: Happening, unit: Unit) -> None:
    if event.name == REGISTERED:
        raise RuntimeError


@pytest.fixture
async def stage(world: World) -> Stage:
    """In Bengkel, `first` is stuck at the first of three events, the fifth of its village."""
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code, "first", "second")
    made = Stage(world)
    await made.happen(BENGKEL, REGISTERED, "resident_changed", "resident_left", REGISTERED)
    FIRST.behaviour = fail
    await made.delivery(pause=LONG).deliver()
    return made


async def test_what_is_stuck_is_listed_with_what_waits_behind_it(stage: Stage) -> None:
    (one,) = await stage.waiting()
    assert (one.code, one.program, one.event, one.events) == (BENGKEL, "first", REGISTERED, 3)
    assert (one.attempts, one.failure) == (1, "RuntimeError")
    stuck_at = next(event for event in await stage.events(BENGKEL) if event.name == REGISTERED)
    assert (one.number, one.at) == (stuck_at.number, stuck_at.at)
    assert one.due_at is not None and one.due_at > datetime.now(UTC) + LONG / 2
    await stage.happen(NEIGHBOUR, REGISTERED)
    listed = [(w.code, w.program, w.events, w.attempts) for w in await stage.waiting()]
    assert listed == [(BENGKEL, "first", 3, 1), (NEIGHBOUR, "first", 1, 0), (NEIGHBOUR, "second", 1, 0)]
    assert [w.code for w in await stage.waiting(program="second")] == [NEIGHBOUR]


async def test_released_it_is_tried_at_once_and_the_rest_follows(stage: Stage) -> None:
    assert await stage.delivery().deliver() == 0
    await release(stage.world.database, await stage.waiting())
    FIRST.behaviour = None
    assert await stage.delivery().deliver() == 3
    assert await stage.waiting() == []


async def test_passed_over_it_is_never_told_and_the_rest_follows(stage: Stage) -> None:
    (one,) = await stage.waiting()
    FIRST.behaviour = None
    FIRST.told.clear()
    assert await pass_over(stage.world.database, one)
    assert not await pass_over(stage.world.database, one), "once is enough"
    assert await stage.delivery().deliver() == 2
    assert await stage.names(FIRST.told) == ["resident_left", REGISTERED]


async def test_what_is_not_stuck_or_is_told_at_this_moment_is_not_passed_over(stage: Stage) -> None:
    (one,) = await stage.waiting()
    await release(stage.world.database, [one])
    delivery = stage.delivery()
    taken = await delivery.teller.take(one.village_id, delivery.hearers["first"])
    assert taken is not None
    assert not await pass_over(stage.world.database, one)
    await delivery.teller.give_back(taken)
    FIRST.behaviour = None
    assert await delivery.deliver() == 3
    await stage.happen(BENGKEL, REGISTERED)
    (fresh,) = await stage.waiting(program="first")
    assert not await pass_over(stage.world.database, fresh)
    assert await delivery.deliver(program="first") == 1


async def test_a_program_that_is_not_installed_any_more_waits_without_harm(stage: Stage) -> None:
    """Its cursor stands; installed again, it goes on where it was."""
    await stage.happen(BENGKEL, REGISTERED)
    without = Delivery(host_with(SECOND), stage.world.database, pause=timedelta(0))
    FIRST.told.clear()
    assert await without.deliver() == 1
    assert (FIRST.told, without.counted.stuck) == ([], 0)
    FIRST.behaviour = None
    await release(stage.world.database, await stage.waiting())
    assert await stage.delivery().deliver() == 4


async def test_who_manages_programs_sees_that_one_is_stuck(stage: Stage) -> None:
    perbekel = await stage.world.token("perbekel", BENGKEL)
    reply = await stage.world.ask(STATE, perbekel)
    assert reply.data["village"]["programs"] == [
        {"name": "first", "deliveryFailures": 1},
        {"name": "second", "deliveryFailures": 0},
    ]
    operator = await stage.world.token("village_operator", BENGKEL)
    assert (await stage.world.ask(STATE, operator)).codes == ["FORBIDDEN"]
    elsewhere = await stage.world.token("perbekel", NEIGHBOUR)
    refused = await stage.world.ask(STATE, elsewhere)
    assert [one["deliveryFailures"] for one in refused.body["data"]["village"]["programs"]] == [None, None]
