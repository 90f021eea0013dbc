"""Telling: one event, one transaction; what a hook does wrong stays with its program in its village."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from tests.core.diary import Behaviour, Diary, Stage, until
from tests.core.notebook import host_with

from wantilan import Happening, Unit, VillageFacts, uuid7
from wantilan.programs.delivery import Delivery
from wantilan.programs.host import Host
from wantilan.store.cursors import EventCursor
from wantilan.testing import BENGKEL, NEIGHBOUR, World

FIRST, SECOND = Diary("first"), Diary("second")
TWIN = Diary("first")
"""The same program as another process has it."""
POSTGRESQL = pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
REGISTERED = "resident_registered"


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(FIRST, SECOND)


@pytest.fixture(scope="session")
def other_host() -> Host:
    return host_with(TWIN)


@pytest.fixture(autouse=True)
def empty_diaries() -> Iterator[None]:
    yield
    for diary in (FIRST, SECOND, TWIN):
        diary.forget()


@pytest.fixture
async def stage(world: World) -> Stage:
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code, "first", "second")
    made = Stage(world)
    await made.delivery().deliver()
    FIRST.told.clear()
    SECOND.told.clear()
    return made


async def hang(village: VillageFacts, event: Happening, unit: Unit) -> None:
    await asyncio.Event().wait()


async def test_a_hook_that_hangs_is_stopped_and_leaves_nothing(stage: Stage) -> None:
    await stage.happen(BENGKEL, REGISTERED)
    FIRST.behaviour = hang
    assert await stage.delivery(seconds=0.05).deliver() == 1
    assert len(SECOND.told) == 1
    cursor = await stage.cursor("first", BENGKEL)
    assert (cursor.attempts, cursor.failure, cursor.leased_by) == (1, "TimeoutError", None)
    assert len(await stage.noted("first", BENGKEL)) == 1, "of being enabled, nothing more"
    FIRST.behaviour = None
    assert await stage.delivery().deliver() == 1
    assert len(await stage.noted("first", BENGKEL)) == 2


@POSTGRESQL
async def test_while_a_hook_hangs_in_one_village_others_are_told(stage: Stage) -> None:
    """Its program in other villages, and other programs in the same one."""
    await stage.happen(BENGKEL, REGISTERED)
    await stage.happen(NEIGHBOUR, REGISTERED)
    hanging = asyncio.Event()

    async def hang_in_bengkel(village: VillageFacts, event: Happening, unit: Unit) -> None:
        if village.code == BENGKEL:
            hanging.set()
            await asyncio.Event().wait()

    FIRST.behaviour = hang_in_bengkel
    delivery = stage.delivery(pause=timedelta(hours=1))
    async with delivery.running():
        await asyncio.wait_for(hanging.wait(), 5)
        await until(lambda: len(SECOND.told) == len(FIRST.told) == 2)
    assert {code for code, _ in FIRST.told} == {BENGKEL, NEIGHBOUR}
    cursor = await stage.cursor("first", BENGKEL)
    assert (cursor.attempts, cursor.leased_by) == (0, None), "a process that ends gives back what it has"


@pytest.mark.parametrize("raised", [SystemExit(), asyncio.CancelledError(), ValueError("Ni Wayan")])
async def test_whatever_a_hook_raises_is_a_failure_of_its_own(
    stage: Stage, raised: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(village: VillageFacts, event: Happening, unit: Unit) -> None:
        raise raised

    await stage.happen(BENGKEL, REGISTERED)
    FIRST.behaviour = fail
    assert await stage.delivery().deliver() == 1
    cursor = await stage.cursor("first", BENGKEL)
    failures = {SystemExit: "SystemExit", asyncio.CancelledError: "Cancelled", ValueError: "ValueError"}
    assert (cursor.attempts, cursor.failure) == (1, failures[type(raised)])
    assert "Ni Wayan" not in caplog.text


async def test_an_event_that_ends_processes_counts_as_failed_and_waits_longer_each_time(stage: Stage) -> None:
    """It must not kill one process after the other."""
    await stage.happen(BENGKEL, REGISTERED)
    delivery = stage.delivery(pause=timedelta(minutes=1))
    village = await stage.world.village(BENGKEL)
    assert await delivery.teller.take(village.id, delivery.hearers["first"]) is not None
    for attempts in (1, 2, 3):
        assert await stage.delivery().deliver(program="first") == 0, "it is another's, for a while"
        await lease_ends(stage)
        assert await delivery.teller.take(village.id, delivery.hearers["first"]) is not None
        cursor = await stage.cursor("first", BENGKEL)
        assert (cursor.attempts, cursor.failure) == (attempts, "Died")
        assert cursor.leased_until is not None
        left = cursor.leased_until - datetime.now(UTC)
        assert abs(left.total_seconds() - 60 * 2 ** (attempts - 1)) < 10
    await lease_ends(stage)
    assert await stage.delivery().deliver(program="first") == 1
    cursor = await stage.cursor("first", BENGKEL)
    assert (cursor.attempts, cursor.failure, cursor.leased_by) == (0, None, None)


async def lease_ends(stage: Stage) -> None:
    async with stage.world.unit(BENGKEL) as unit:
        own = sa.update(EventCursor).where(EventCursor.program == "first")
        await unit.session.execute(own.values(leased_until=unit.now - timedelta(seconds=1)))


async def test_a_lease_that_is_lost_leaves_nothing_of_the_hook(stage: Stage) -> None:
    await stage.happen(BENGKEL, REGISTERED, REGISTERED)
    delivery = stage.delivery(pause=timedelta(minutes=1))
    village = await stage.world.village(BENGKEL)
    taken = await delivery.teller.take(village.id, delivery.hearers["first"])
    assert taken is not None and len(taken.events) == 2
    async with stage.world.unit(BENGKEL) as unit:
        lost = sa.update(EventCursor).where(EventCursor.program == "first").values(leased_by=uuid7())
        await unit.session.execute(lost)
    assert not await delivery.teller.call(taken, taken.events[0])
    assert FIRST.told == []
    assert (await stage.cursor("first", BENGKEL)).attempts == 0, "that is no failure of the program"


@POSTGRESQL
async def test_two_processes_share_the_work_and_tell_nothing_twice(stage: Stage, other_host: Host) -> None:
    codes = [BENGKEL, NEIGHBOUR, *(f"51.02.06.200{number}" for number in range(3, 9))]
    for code in codes[2:]:
        await stage.world.open(code, "first")
    for code in codes:
        await stage.happen(code, *[REGISTERED] * 4)
    calls: list[tuple[str, UUID]] = []
    running: set[tuple[str, str]] = set()
    together: set[frozenset[str]] = set()

    def worker(process: str) -> Behaviour:
        async def work(village: VillageFacts, event: Happening, unit: Unit) -> None:
            assert village.code not in {code for _, code in running}, "one at a time in each village"
            if event.name == REGISTERED:
                calls.append((village.code, event.id))
            running.add((process, village.code))
            together.add(frozenset(name for name, _ in running))
            await asyncio.sleep(0.005)
            running.remove((process, village.code))

        return work

    FIRST.behaviour, TWIN.behaviour = worker("one"), worker("two")
    one = stage.delivery()
    two = Delivery(other_host, stage.world.database, pause=timedelta(0))
    for _ in range(2):
        await asyncio.gather(one.deliver(program="first"), two.deliver(program="first"))
        for code in codes:
            await stage.happen(code, REGISTERED)
    await asyncio.gather(one.deliver(program="first"), two.deliver(program="first"))
    assert frozenset({"one", "two"}) in together, "they worked side by side"
    for code in codes:
        expected = [event.id for event in await stage.events(code) if event.name == REGISTERED]
        assert [event for where, event in calls if where == code] == expected
        assert [of for of in await stage.noted("first", code) if of in expected] == expected


async def test_a_village_with_more_than_is_read_at_a_time_is_told_in_order(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches and stretches end anywhere, also where nothing is heard."""
    monkeypatch.setattr("wantilan.programs.telling.BATCH", 3)
    monkeypatch.setattr("wantilan.programs.telling.STRETCH", 5)
    async with stage.world.unit(BENGKEL) as unit:
        for number in range(40):
            heard = number % 7 == 0 or 20 < number < 29
            unit.announce(REGISTERED if heard else "resident_changed", resident=uuid7())
    expected = [event.id for event in await stage.events(BENGKEL) if event.name == REGISTERED]
    assert await stage.delivery().deliver(program="first") == len(expected)
    assert [event for _, event in FIRST.told] == expected
    assert await stage.delivery().deliver(program="first") == 0


@POSTGRESQL
async def test_the_database_ends_the_transaction_of_a_machine_that_is_gone(stage: Stage) -> None:
    """Otherwise its hook would hold the cursor until TCP gives up, in two hours."""
    seen: list[str] = []
    setting = sa.text("SELECT current_setting('idle_in_transaction_session_timeout')")

    async def look(village: VillageFacts, event: Happening, unit: Unit) -> None:
        seen.append(str(await unit.session.scalar(setting)))

    await stage.happen(BENGKEL, REGISTERED)
    FIRST.behaviour = look
    await stage.delivery(seconds=50).deliver()
    async with stage.world.database.session() as session:
        seen.append(str(await session.scalar(setting)))
    assert seen == ["1min", "0"]


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
async def test_a_village_that_has_missed_much_takes_turns_with_others(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is one place on SQLite."""
    monkeypatch.setattr("wantilan.programs.telling.BATCH", 5)
    for code in (BENGKEL, NEIGHBOUR):
        await stage.happen(code, *[REGISTERED] * 12)
    assert await stage.delivery().deliver(program="first") == 24
    first = [code for code, _ in FIRST.told][:10]
    assert first.count(BENGKEL) == first.count(NEIGHBOUR) == 5
