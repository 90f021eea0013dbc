"""Jobs: done once for each moment of their schedule, whatever processes die, hang or come late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.core.clockwork import Clockwork
from tests.core.notebook import host_with

from wantilan import Run, Unit, VillageFacts
from wantilan.programs.host import Host
from wantilan.programs.runner import Runner
from wantilan.programs.schedule import Schedule
from wantilan.programs.switching import disable, enable
from wantilan.programs.timetable import Timetable
from wantilan.programs.turns import Claimed, Turn
from wantilan.settings import Settings
from wantilan.store import jobs as store
from wantilan.store.database import Database
from wantilan.store.jobs import Job, JobOutcome, JobRun, PlatformJob
from wantilan.store.outbox import Event, Idempotency
from wantilan.store.places import Village
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR, World

on_postgres = pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
FIRST, SECOND = Clockwork("first"), Clockwork("second")
SIX = Schedule.of("0 6 * * *", "Asia/Makassar")
DAY, HOUR, SECOND_LONG = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


@dataclass(frozen=True)
class Place:
    """Two villages in which both programs are on, and nothing is due."""

    world: World

    @property
    def database(self) -> Database:
        return self.world.database

    def runner(self, **given: Any) -> Runner:
        return Runner(self.world.host, self.database, **given)

    async def rows(self, *conditions: Any) -> Sequence[Job]:
        async with self.database.transaction(WHOLE_COUNTRY) as session:
            query = sa.select(Job).join(Village, Village.id == Job.village_id).where(*conditions)
            return (await session.scalars(query.order_by(Village.code, Job.name))).all()

    async def row(self, name: str = "first.tick", code: str = BENGKEL) -> Job:
        (found,) = await self.rows(Job.name == name, Village.code == code)
        return found

    async def runs(self, name: str = "first.tick", code: str = BENGKEL) -> Sequence[JobRun]:
        row = await self.row(name, code)
        async with self.database.transaction(WHOLE_COUNTRY) as session:
            query = sa.select(JobRun).where(JobRun.village_id == row.village_id, JobRun.job_id == row.id)
            return (await session.scalars(query.order_by(JobRun.id))).all()

    async def outcomes(self, name: str = "first.tick", code: str = BENGKEL) -> list[str]:
        return [run.outcome.name for run in await self.runs(name, code)]

    async def change(self, name: str = "first.tick", code: str = BENGKEL, **values: Any) -> None:
        row = await self.row(name, code)
        async with self.database.transaction(code) as session:
            its = sa.update(Job).where(Job.village_id == row.village_id, Job.id == row.id)
            await session.execute(its.values(**values))

    async def due(self, name: str = "first.tick", code: str = BENGKEL, *, days: int = 0) -> datetime:
        """Have a job wait since the last moment of its schedule, or since so many days before; since when."""
        moment = SIX.last(datetime.now(UTC)) - days * DAY
        await self.change(name, code, planned_at=moment, due_at=moment)
        return moment

    async def ticked(self, name: str = "first.ticked") -> int:
        """How often it was announced: what the jobs wrote."""
        async with self.database.transaction(WHOLE_COUNTRY) as session:
            found = sa.select(sa.func.count()).select_from(Event).where(Event.name == name)
            return int(await session.scalar(found) or 0)


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(FIRST, SECOND)


@pytest.fixture(autouse=True)
def wound_up() -> Iterator[None]:
    yield
    for clockwork in (FIRST, SECOND):
        clockwork.forget()


@pytest.fixture
async def place(world: World) -> Place:
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code, "first", "second")
    return Place(world)


def next_six() -> datetime:
    return SIX.after(datetime.now(UTC))


# Which jobs wait


async def test_the_jobs_of_an_enabled_program_wait_for_their_next_moment_in_the_villages_zone(
    place: Place,
) -> None:
    names = ["first.long", "first.quick", "first.tick", "second.long", "second.quick", "second.tick"]
    assert [row.name for row in await place.rows()] == 2 * names
    row = await place.row()
    assert (row.program, row.schedule, row.time_zone, row.paused) == (
        "first",
        "0 6 * * *",
        "Asia/Makassar",
        False,
    )
    assert row.planned_at == row.due_at == next_six()


async def test_a_program_that_is_upgraded_gets_rows_for_its_new_jobs_once_however_many_look(
    place: Place,
) -> None:
    async with place.database.transaction(WHOLE_COUNTRY) as session:
        await session.execute(sa.delete(Job).where(Job.name == "second.tick"))
    looking = [Timetable(place.world.host, "UTC").lay_out(place.database) for _ in range(3)]
    assert 2 <= sum(await asyncio.gather(*looking)) <= 12  # core's own job too
    assert len(await place.rows(Job.name == "second.tick")) == 2
    assert await Timetable(place.world.host, "UTC").lay_out(place.database) == 0


async def test_more_rows_than_are_written_at_a_time_are_all_written(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Timetable(place.world.host, "UTC").lay_out(place.database)  # the core's own jobs in villages
    monkeypatch.setattr("wantilan.programs.timetable.BATCH", 1)
    async with place.database.transaction(WHOLE_COUNTRY) as session:
        await session.execute(sa.delete(Job).where(Job.program == "second"))
    assert await Timetable(place.world.host, "UTC").lay_out(place.database) == 6
    assert len(await place.rows(Job.program != "registry")) == 12


@pytest.mark.parametrize("was", [{"schedule": "0 7 * * *"}, {"time_zone": "Asia/Jakarta"}])
async def test_another_schedule_or_zone_moves_a_job_to_its_new_moment(
    place: Place, was: dict[str, str]
) -> None:
    await Timetable(place.world.host, "UTC").lay_out(place.database)  # the core's own jobs in villages
    await place.change(due_at=datetime.now(UTC) - HOUR, planned_at=datetime.now(UTC) - HOUR, **was)
    await place.due("second.tick")
    await Timetable(place.world.host, "UTC").lay_out(place.database)  # core's own job too
    await place.change(due_at=datetime.now(UTC) - HOUR, planned_at=datetime.now(UTC) - HOUR, **was)
    assert await Timetable(place.world.host, "UTC").lay_out(place.database) == 1
    row = await place.row()
    assert (row.schedule, row.time_zone) == ("0 6 * * *", "Asia/Makassar")
    assert row.due_at == row.planned_at == next_six()
    assert (await place.row("second.tick")).due_at < datetime.now(UTC), "what is due stays due"


async def test_a_disabled_programs_jobs_are_paused_and_enabled_again_they_have_missed_nothing(
    place: Place,
) -> None:
    async with place.world.unit(BENGKEL) as unit:
        await disable(place.world.host, unit, "first")
    assert (await place.row()).paused and not (await place.row(code=NEIGHBOUR)).paused
    await place.due(days=3)
    await place.due(code=NEIGHBOUR)
    assert await place.runner().run_due() == 1
    assert [told.village for told in FIRST.told] == [NEIGHBOUR]
    async with place.world.unit(BENGKEL) as unit:
        await enable(place.world.host, unit, "first")
    row = await place.row()
    assert (row.paused, row.due_at) == (False, next_six())
    assert await place.runner().run_due() == 0


async def test_a_job_of_a_closed_program_does_not_run_even_if_its_row_says_so(place: Place) -> None:
    async with place.world.unit(BENGKEL) as unit:
        await disable(place.world.host, unit, "first")
    await place.due()
    await place.change(paused=False)
    assert await place.runner().run_due() == 0
    await place.change(due_at=datetime.now(UTC) - 2 * DAY)
    await Timetable(place.world.host, "UTC").lay_out(place.database)
    assert (await place.row()).paused, "it would stand before all that is due"


async def test_a_job_that_nobody_declares_any_more_does_not_run_and_is_put_aside(place: Place) -> None:
    await place.due("second.tick", days=3)
    without = host_with(FIRST)
    assert await Runner(without, place.database).run_due() == 0
    await Timetable(without, "UTC").lay_out(place.database)
    assert (await place.row("second.tick")).paused
    await Timetable(place.world.host, "UTC").lay_out(place.database)
    row = await place.row("second.tick")
    assert (row.paused, row.due_at) == (False, next_six()), "known again, it waits again"


# Doing them


async def test_what_is_due_is_done_once_and_waits_for_its_next_moment(place: Place) -> None:
    moment = await place.due()
    runner = place.runner()
    assert await runner.run_due() == 1
    assert await runner.run_due() == 0
    (told,) = FIRST.told
    assert (told.village, told.planned_at, told.missed, told.attempt) == (BENGKEL, moment, 0, 1)
    assert await place.ticked() == 1
    row, (run,) = await place.row(), await place.runs()
    assert row.due_at == row.planned_at == next_six()
    assert (row.attempts, row.failure, row.leased_by, row.leased_until, row.started_at) == (
        0,
        None,
        None,
        None,
        None,
    )
    assert (run.planned_at, run.outcome, run.failure, run.missed, run.latest) == (
        moment,
        JobOutcome.DONE,
        None,
        0,
        True,
    )
    assert run.started_at <= run.ended_at


async def test_what_is_not_due_is_not_done(place: Place) -> None:
    assert await place.runner().run_due() == 0
    assert FIRST.told == []


async def test_what_was_missed_is_done_once_for_the_last_moment_and_told_how_many_there_were(
    place: Place,
) -> None:
    await place.due(days=5)
    assert await place.runner().run_due() == 1
    last = SIX.last(datetime.now(UTC))
    assert [(told.planned_at, told.missed) for told in FIRST.told] == [(last, 5)]
    (run,) = await place.runs()
    assert (run.planned_at, run.missed) == (last, 5)
    assert (await place.row()).due_at == next_six()


async def test_only_the_last_runs_are_remembered(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "KEPT_RUNS", 3)
    for _ in range(5):
        await place.due()
        await place.runner().run_due()
    runs = await place.runs()
    assert [run.latest for run in runs] == [False, False, True]
    assert await place.ticked() == 5


# Failing


async def stumble(village: VillageFacts, unit: Unit) -> None:
    raise KeyError("3171234567890001")


async def test_a_job_that_raises_writes_nothing_is_tried_again_and_harms_no_other(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    FIRST.deed = stumble
    moment = await place.due()
    await place.due(code=NEIGHBOUR)
    await place.due("second.tick")
    before = datetime.now(UTC)
    assert await place.runner(pause=timedelta(minutes=1)).run_due() == 3
    assert (await place.ticked(), await place.ticked("second.ticked")) == (0, 1)
    row, (run,) = await place.row(), await place.runs()
    assert (row.attempts, row.failure, row.planned_at, row.leased_by) == (1, "KeyError", moment, None)
    assert before + timedelta(seconds=59) < row.due_at < before + timedelta(seconds=90)
    assert (run.outcome, run.failure, run.planned_at) == (JobOutcome.FAILED, "KeyError", moment)
    assert f"program first: job first.tick in {BENGKEL} raised KeyError" in caplog.text
    assert "3171234567890001" not in caplog.text


async def test_it_is_tried_again_with_growing_pauses_until_it_succeeds(place: Place) -> None:
    FIRST.deed = stumble
    moment = await place.due()
    runner, pauses = place.runner(pause=timedelta(seconds=40)), []
    for _ in range(3):
        assert await runner.run_due() == 1
        pauses.append(round(((await place.row()).due_at - datetime.now(UTC)) / timedelta(seconds=40)))
        await place.change(due_at=datetime.now(UTC) - SECOND_LONG)
    assert pauses == [1, 2, 4]
    FIRST.forget()
    assert await runner.run_due() == 1
    assert [(told.planned_at, told.missed, told.attempt) for told in FIRST.told] == [(moment, 0, 4)]
    assert await place.outcomes() == ["FAILED", "FAILED", "FAILED", "DONE"]
    row = await place.row()
    assert (row.attempts, row.failure, row.due_at, await place.ticked()) == (0, None, next_six(), 1)


async def test_a_failure_is_not_tried_again_beyond_the_next_moment(place: Place) -> None:
    FIRST.deed = stumble
    await place.due()
    assert await place.runner(pause=2 * DAY).run_due() == 1
    row = await place.row()
    # The pause is an hour at most: the next moment is later, or this one stands before it.
    assert row.due_at <= next_six()
    await place.due()
    await place.change(attempts=9)
    await place.runner(pause=DAY).run_due()
    assert (await place.row()).due_at <= datetime.now(UTC) + HOUR


def test_the_next_moment_takes_the_place_of_a_trial_that_would_come_later() -> None:
    now = datetime(2026, 1, 1, 12, 59, 30, tzinfo=UTC)
    row = Job(name="x", schedule="* * * * *", planned_at=now.replace(second=0), due_at=now.replace(second=0))
    turn = Turn.of(row, "UTC", now)
    claimed = Claimed(None, turn, None, None, None, now)  # type: ignore[arg-type]
    assert turn == Turn(now.replace(second=0), 0, now.replace(hour=13, minute=0, second=0))
    assert claimed.again(1, now, timedelta(seconds=20)) == {
        "attempts": 1, "planned_at": turn.planned_at, "due_at": now + timedelta(seconds=20)
    }  # fmt: skip
    assert claimed.again(1, now, timedelta(minutes=1)) == {
        "attempts": 1, "planned_at": turn.next_at, "due_at": turn.next_at
    }  # fmt: skip


async def test_a_job_that_exits_the_process_does_not(place: Place) -> None:
    async def leave(village: VillageFacts, unit: Unit) -> None:
        raise SystemExit(3)

    FIRST.deed = leave
    await place.due()
    await place.due("second.tick")
    assert await place.runner().run_due() == 2
    assert (await place.row()).failure == "SystemExit"
    assert await place.outcomes("second.tick") == ["DONE"]


async def test_that_no_more_can_be_claimed_just_now_ends_nothing_that_runs(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = asyncio.Event()

    async def wait(village: VillageFacts, unit: Unit) -> None:
        await go.wait()

    async def away(self: Runner) -> list[Claimed]:
        go.set()
        if self.tried:
            return []
        raise sa.exc.TimeoutError

    FIRST.deed = wait
    await place.due()
    runner = place.runner()
    running = asyncio.create_task(runner.run_due())
    await until(lambda: bool(FIRST.told))
    with monkeypatch.context() as broken:
        broken.setattr(Runner, "_claimed", away)
        assert await running == 1
    assert await place.outcomes() == ["DONE"]


async def test_a_job_that_lets_a_cancellation_through_has_failed_and_is_not_begun_at_once(
    place: Place,
) -> None:
    async def cancelled(village: VillageFacts, unit: Unit) -> None:
        raise asyncio.CancelledError

    FIRST.deed = cancelled
    await place.due()
    async with asyncio.timeout(10):
        assert await place.runner().run_due() == 1
    assert (await place.outcomes(), len(FIRST.told)) == (["FAILED"], 1)


async def test_a_village_whose_zone_nobody_knows_holds_up_no_other(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    for code in (BENGKEL, NEIGHBOUR):
        await place.due(code=code)
    await place.change(time_zone="Mars/Olympus")
    assert await place.runner().run_due() == 1
    row = await place.row()
    assert (row.failure, row.leased_by) == ("ZoneInfoNotFoundError", None)
    assert row.due_at > datetime.now(UTC)
    assert (await place.outcomes(code=NEIGHBOUR), await place.outcomes()) == (["DONE"], [])
    async with place.database.transaction(WHOLE_COUNTRY) as session:
        await session.execute(
            sa.update(Village).where(Village.code == BENGKEL).values(time_zone="Mars/Olympus")
        )
        await session.execute(sa.delete(JobRun))
        await session.execute(sa.delete(Job))
    assert await Timetable(place.world.host, "UTC").lay_out(place.database) == 6 + 2, "the core has two too"
    assert "has no next moment in time zone 'Mars/Olympus'" in caplog.text


async def hang(village: VillageFacts, unit: Unit) -> None:
    await asyncio.sleep(3600)


async def test_a_job_that_hangs_is_stopped_when_its_time_is_over(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    FIRST.deed = hang
    await place.due("first.quick")
    await place.due("second.tick")
    async with asyncio.timeout(10):
        assert await place.runner().run_due() == 2
    (run,) = await place.runs("first.quick")
    assert (run.outcome, run.failure, await place.ticked()) == (JobOutcome.TIMED_OUT, "TimeoutError", 0)
    assert await place.outcomes("second.tick") == ["DONE"]
    assert "took too long" in caplog.text


async def test_a_job_that_raises_the_error_of_a_timeout_itself_has_failed(place: Place) -> None:
    async def give_up(village: VillageFacts, unit: Unit) -> None:
        raise TimeoutError

    FIRST.deed = give_up
    await place.due()
    await place.runner().run_due()
    assert await place.outcomes() == ["FAILED"]


@on_postgres
async def test_a_program_whose_jobs_hang_everywhere_leaves_room_for_the_others(place: Place) -> None:
    """On SQLite there is one writer: there a job that hangs holds up whoever writes, until its time is over."""
    FIRST.deed = hang
    for code in (BENGKEL, NEIGHBOUR):
        await place.due("first.tick", code, days=1)
    await place.due("second.tick")
    runner = place.runner(at_once=2)
    running = asyncio.create_task(runner.run_due())
    await until(lambda: runner.ended[JobOutcome.DONE] == 1)
    assert len(FIRST.told) == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await place.outcomes("second.tick") == ["DONE"]


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to be")


# Several processes, and those that die


async def test_two_runners_lose_none_and_double_none(place: Place) -> None:
    others = ["51.02.06.2003", "51.02.06.2004", "51.02.06.2005", "51.02.06.2006"]
    for code in others:
        await place.world.open(code, "first", "second")
    names, codes = ("first.tick", "first.quick", "second.tick", "second.quick"), [BENGKEL, NEIGHBOUR, *others]
    async with place.database.transaction(WHOLE_COUNTRY) as session:
        past = datetime.now(UTC) - HOUR
        its = sa.update(Job).where(Job.name.in_(names)).values(due_at=past, planned_at=past)
        await session.execute(its)
    settings = Settings(database_url=place.world.application.settings.database_url)
    async with Database.of(settings) as other:
        runners = [place.runner(at_once=6), Runner(place.world.host, other, at_once=6)]
        ended = await asyncio.gather(*(runner.run_due() for runner in runners))
    assert sum(ended) == len(names) * len(codes)
    assert await place.ticked() == await place.ticked("second.ticked") == 2 * len(codes)
    for name in names:
        for code in codes:
            assert await place.outcomes(name, code) == ["DONE"]
    if place.world.dialect == "postgresql":
        assert min(ended) > 0


@on_postgres
async def test_two_runners_work_at_the_same_time(place: Place) -> None:
    """Each of the two jobs waits for the other one: neither could end if they came one after the other."""
    here, both = asyncio.Event(), asyncio.Event()

    async def meet(village: VillageFacts, unit: Unit) -> None:
        (both if here.is_set() else here).set()
        await both.wait()

    FIRST.deed = SECOND.deed = meet
    await place.due("first.tick")
    await place.due("second.tick", NEIGHBOUR)
    async with Database(place.world.application.settings.database_url) as other, asyncio.timeout(10):
        runners = [place.runner(at_once=1), Runner(place.world.host, other, at_once=1)]
        assert await asyncio.gather(*(runner.run_due() for runner in runners)) == [1, 1]


@on_postgres
async def test_a_long_run_prolongs_its_lease(place: Place) -> None:
    done = asyncio.Event()

    async def wait(village: VillageFacts, unit: Unit) -> None:
        await done.wait()

    FIRST.deed = wait
    await place.due()
    lease = timedelta(seconds=0.3)
    running = asyncio.create_task(place.runner(lease=lease).run_due())
    await until(lambda: bool(FIRST.told))
    await asyncio.sleep(0.7)
    assert await place.runner(lease=lease).run_due() == 0
    done.set()
    assert await running == 1
    assert (len(FIRST.told), await place.ticked()) == (1, 1)


@on_postgres
async def test_who_slept_too_long_finds_out_and_leaves_nothing_behind(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    go = asyncio.Event()

    async def sleep_once(village: VillageFacts, unit: Unit) -> None:
        if len(FIRST.told) == 1:
            await go.wait()

    async def never(self: Runner, held: Any) -> None:
        """A process that is held up prolongs nothing."""

    FIRST.deed = sleep_once
    await place.due()
    with monkeypatch.context() as held_up:
        held_up.setattr(Runner, "_renew", never)
        slow = asyncio.create_task(place.runner(lease=timedelta(seconds=0.1)).run_due())
        await until(lambda: bool(FIRST.told))
    await asyncio.sleep(0.15)
    assert await place.runner().run_due() == 1
    go.set()
    assert await slow == 0
    assert (len(FIRST.told), await place.ticked()) == (2, 1)
    assert await place.outcomes() == ["LOST", "DONE"]
    assert "somebody else has it by now" in caplog.text


async def test_a_job_whose_process_died_is_taken_up_at_once_and_then_more_and_more_patiently(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    FIRST.deed = stumble
    moment = await place.due()
    died = {"leased_until": datetime.now(UTC) - SECOND_LONG, "started_at": datetime.now(UTC) - HOUR}
    await place.change(**died)
    assert await place.runner().run_due() == 1
    (told,) = FIRST.told
    assert (told.planned_at, told.attempt) == (moment, 2)
    assert "the process that ran it is gone" in caplog.text
    await place.change(due_at=moment, attempts=2, **died)
    assert await place.runner().run_due() == 0
    row = await place.row()
    assert len(FIRST.told) == 1, "perhaps it is this job that they die of"
    assert (row.attempts, row.started_at, row.leased_by) == (3, None, None)
    assert row.due_at > datetime.now(UTC)
    assert await place.outcomes() == ["LOST", "FAILED", "LOST"]


async def test_a_process_that_stops_gives_back_what_it_has(place: Place) -> None:
    FIRST.deed = hang
    moment = await place.due()
    running = asyncio.create_task(place.runner().run_due())
    await until(lambda: bool(FIRST.told))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    row = await place.row()
    assert (row.leased_by, row.started_at, row.attempts, row.due_at) == (None, None, 0, moment)
    FIRST.forget()
    assert await place.runner().run_due() == 1
    assert (await place.outcomes(), await place.ticked()) == (["DONE"], 1)


@on_postgres
async def test_a_program_that_is_disabled_while_its_job_runs_leaves_nothing_of_it(place: Place) -> None:
    go = asyncio.Event()

    async def wait(village: VillageFacts, unit: Unit) -> None:
        await go.wait()

    FIRST.deed = wait
    await place.due()
    running = asyncio.create_task(place.runner().run_due())
    await until(lambda: bool(FIRST.told))
    async with place.world.unit(BENGKEL) as unit:
        await disable(place.world.host, unit, "first")
    go.set()
    assert await running == 0
    assert (await place.ticked(), await place.outcomes()) == (0, [])


# In steps


async def test_a_job_in_steps_goes_on_where_it_was_and_does_each_step_once(place: Place) -> None:
    seen: list[tuple[int, int | None]] = []

    async def five(run: Run) -> None:
        for number in range(run.done, 5):
            async with run.step(done=number + 1, total=5) as unit:
                unit.announce("first.ticked")
                if number == 3 and run.attempt == 1:
                    raise ConnectionError
            row = await place.row("first.long")
            seen.append((row.done, row.total))

    FIRST.steps = five
    await place.due("first.long")
    assert await place.runner().run_due() == 1
    row = await place.row("first.long")
    assert (row.done, row.total, row.attempts, await place.ticked()) == (3, 5, 1, 3)
    await place.change("first.long", due_at=datetime.now(UTC) - SECOND_LONG)
    assert await place.runner().run_due() == 1
    assert seen == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    row = await place.row("first.long")
    assert (row.done, row.total, row.due_at, await place.ticked()) == (0, None, next_six(), 5)
    assert await place.outcomes("first.long") == ["FAILED", "DONE"]
    assert await place.ticked("job_progressed") == 5
    async with place.world.unit(BENGKEL) as unit:
        event = await unit.first(Event, Event.name == "job_progressed")
    assert event is not None and event.subjects == {"job": str(row.id)}


@on_postgres
async def test_a_step_of_a_job_that_somebody_else_has_is_not_written(place: Place) -> None:
    async def two(run: Run) -> None:
        async with run.step(done=1) as unit:
            unit.announce("first.ticked")
        if run.attempt == 1:
            await place.change("first.long", leased_until=datetime.now(UTC) - SECOND_LONG)
            assert await place.runner().run_due() == 1
        async with run.step(done=2) as unit:
            unit.announce("first.ticked")

    FIRST.steps = two
    await place.due("first.long")
    assert await place.runner().run_due() == 0
    assert await place.ticked() == 3, "one step here, two there"
    assert await place.outcomes("first.long") == ["LOST", "DONE"]


async def test_what_a_job_announces_is_told_at_once(place: Place) -> None:
    told: list[tuple[str, str]] = []

    async def one(run: Run) -> None:
        async with run.step() as unit:
            unit.announce("first.ticked")

    FIRST.steps = one
    await place.due()
    await place.due("first.long", NEIGHBOUR)
    runner = place.runner(
        announced=lambda village, events: told.extend((village.code, e.name) for e in events)
    )
    await runner.run_due()
    assert sorted(told) == [(BENGKEL, "first.ticked"), (NEIGHBOUR, "first.ticked")]


# The deployment's own


async def test_records_of_requests_are_forgotten_after_the_days_that_the_deployment_says(
    place: Place,
) -> None:
    now = datetime.now(UTC)
    async with place.database.transaction() as session:
        for key, days in (("old", 8), ("young", 6)):
            kept = {"actor_id": (await place.world.village(BENGKEL)).id, "key": key, "response_name": "x"}
            session.add(Idempotency(**kept, input_hash=b"", result={}, at=now - days * DAY))
    services = {Settings: Settings(idempotency_days=7)}
    runner = place.runner(services=services, time_zone="Asia/Makassar")
    await runner.work()
    async with place.database.transaction() as session:
        job = await session.get_one(PlatformJob, "idempotency.forget")
        assert job.due_at == Schedule.of("15 2 * * *", "Asia/Makassar").after(now)
        job.due_at = job.planned_at = now - HOUR
    assert await runner.run_due() == 1
    async with place.database.transaction() as session:
        assert list(await session.scalars(sa.select(Idempotency.key))) == ["young"]
        job = await session.get_one(PlatformJob, "idempotency.forget")
        assert (job.outcome, job.attempts, job.leased_by) == (JobOutcome.DONE, 0, None)
    assert await runner.run_due() == 0


async def test_a_job_of_the_deployment_that_fails_is_tried_again(place: Place) -> None:
    runner = place.runner()  # without the settings that it asks for
    await runner.work()
    async with place.database.transaction() as session:
        job = await session.get_one(PlatformJob, "idempotency.forget")
        job.due_at = datetime.now(UTC) - HOUR
    assert await runner.run_due() == 1
    async with place.database.transaction() as session:
        job = await session.get_one(PlatformJob, "idempotency.forget")
    assert (job.outcome, job.failure, job.attempts) == (JobOutcome.FAILED, "ConfigurationError", 1)
    assert datetime.now(UTC) < job.due_at < datetime.now(UTC) + HOUR


# Inside a server


@pytest.mark.parametrize("jobs", [True, False])
async def test_a_serving_process_does_jobs_unless_it_is_told_not_to(place: Place, jobs: bool) -> None:
    from wantilan.web.application import Application

    here = place.world.application.settings
    settings = Settings(database_url=here.database_url, keys=here.keys, jobs=jobs)
    await place.due()
    async with Application(settings, place.world.host).running() as served:
        if jobs:
            await until(lambda: bool(FIRST.told))
            await until(lambda: served.jobs.ended.total() == 1)
            await place.due(code=NEIGHBOUR)
            served.jobs.wake()
            await until(lambda: len(FIRST.told) == 2)
        else:
            await asyncio.sleep(0.2)
            assert FIRST.told == []
