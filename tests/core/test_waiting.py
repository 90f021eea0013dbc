"""Random lives of villages: whatever is switched, fails or happens, each program is told all it should be, in order."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from uuid import UUID

import pytest
from tests.core.diary import Diary, Stage
from tests.core.notebook import host_with

from wantilan import Happening, Unit, VillageFacts
from wantilan.programs.host import Host
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, NEIGHBOUR, World

FIRST, SECOND = Diary("first"), Diary("second")
HEARD = ("resident_registered", "resident_left")
CODES = (BENGKEL, NEIGHBOUR)


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(FIRST, SECOND)


@pytest.fixture(autouse=True)
def empty_diaries() -> Iterator[None]:
    yield
    for diary in (FIRST, SECOND):
        diary.forget()


def due(program: str, events: Sequence[Event]) -> list[UUID]:
    """What a program should have been told by now, after all that happened in one village.

    Written from the sentence in the documentation, not from the statements: everything while it is on; when it
    is off, everything up to the last disabling.
    """
    heard, told = list[UUID](), list[UUID]()
    on = False
    for event in events:
        own = event.subjects.get("program") == program
        if event.name in HEARD or own:
            heard.append(event.id)
        if own:
            on = event.name == "village_enabled"
            if not on:
                told = list(heard)
    return heard if on else told


def once(calls: Sequence[UUID]) -> list[UUID]:
    """Without the repetitions, which follow each other directly."""
    return [event for before, event in zip([None, *calls], calls, strict=False) if event != before]


@pytest.mark.parametrize("seed", range(4))
async def test_each_program_is_told_all_and_in_order(world: World, seed: int) -> None:
    stage, dice = Stage(world), random.Random(seed)
    for code in CODES:
        await world.open(code)
    failing = 0.0

    async def misbehave(village: VillageFacts, event: Happening, unit: Unit) -> None:
        if dice.random() < failing:
            raise RuntimeError

    on = {(code, diary.name): False for code in CODES for diary in (FIRST, SECOND)}
    failures = 0
    for diary in (FIRST, SECOND):
        diary.behaviour = misbehave
    delivery = stage.delivery()
    for _ in range(40):
        code, diary = dice.choice(CODES), dice.choice((FIRST, SECOND))
        what = dice.choice(("switch", "happen", "happen", "happen", "deliver"))
        if what == "switch":
            await (stage.disable if on[code, diary.name] else stage.enable)(code, diary.name)
            on[code, diary.name] = not on[code, diary.name]
        elif what == "happen":
            await stage.happen(code, dice.choice((*HEARD, "resident_changed", "waste.intake_recorded")))
        else:
            failing = dice.choice((0.0, 0.4))
            await delivery.deliver()
            failures += delivery.counted.stuck
            await judge(stage, complete=False)
    failing = 0.0
    await delivery.deliver()
    await judge(stage, complete=True)
    assert failures > 0 or seed != 0, "some have failed meanwhile"
    assert await stage.waiting() == []


async def judge(stage: Stage, *, complete: bool) -> None:
    for code in CODES:
        events = await stage.events(code)
        for diary in (FIRST, SECOND):
            expected = due(diary.name, events)
            told = once([event for where, event in diary.told if where == code])
            assert told == expected[: len(told)]
            written = await stage.noted(diary.name, code)
            assert written == expected[: len(written)], "effects are there exactly once"
            assert len(told) - len(written) in (0, 1)
            if complete:
                assert written == told == expected


async def test_what_comes_before_a_disabling_is_told_before_it_and_the_rest_when_it_is_on_again(
    world: World,
) -> None:
    stage = Stage(world)
    await world.open(BENGKEL)
    await stage.happen(BENGKEL, "resident_registered")
    await stage.enable(BENGKEL, "first")
    await stage.happen(BENGKEL, "resident_left")
    await stage.disable(BENGKEL, "first")
    await stage.happen(BENGKEL, "resident_registered")
    assert await stage.delivery().deliver() == 4
    first = ["resident_registered", "village_enabled", "resident_left", "village_disabled"]
    assert await stage.names(FIRST.told) == first
    assert await stage.delivery().deliver() == 0
    await stage.enable(BENGKEL, "first")
    assert await stage.delivery().deliver() == 2
    assert await stage.names(FIRST.told) == [*first, "resident_registered", "village_enabled"]
    assert SECOND.told == [], "all that was another's"


async def test_what_was_to_be_told_before_a_disabling_is_tried_again_behind_it(world: World) -> None:
    async def fail(village: VillageFacts, event: Happening, unit: Unit) -> None:
        raise RuntimeError

    stage = Stage(world)
    await world.open(BENGKEL, "first")
    FIRST.behaviour = fail
    await stage.delivery().deliver()
    await stage.disable(BENGKEL, "first")
    await stage.delivery().deliver()
    assert await stage.names(FIRST.told) == ["village_enabled"] * 2
    FIRST.told.clear()
    FIRST.behaviour = None
    assert await stage.delivery().deliver() == 2
    assert await stage.names(FIRST.told) == ["village_enabled", "village_disabled"]
