"""Tasks: asked for once, done step by step, each step once, whatever processes die, hang or refuse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic import BaseModel
from tests.core.errands import ERRANDS, QUICK, RUN, Counts, Order, Run, step_by_step
from tests.core.notebook import host_with

from wantilan import RuleViolated, Task, Text, VillageFacts, start_task
from wantilan.errors import Unavailable
from wantilan.programs import hookspecs
from wantilan.programs.host import Host
from wantilan.programs.plain import TaskMisused
from wantilan.programs.starting import cancel
from wantilan.programs.switching import disable, enable
from wantilan.programs.task_runner import TaskRunner
from wantilan.registry.jobs import TASKS_KEPT, forget_tasks
from wantilan.store import outbox as store_outbox
from wantilan.store import tasks as store
from wantilan.store.database import Database
from wantilan.store.jobs import JobOutcome
from wantilan.store.outbox import Event, OutboxHead
from wantilan.store.tasks import Task as Row
from wantilan.store.tasks import TaskState
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR, World

on_postgres = pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
on_sqlite = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
NUMBER = "3171234567890001"
PAST = timedelta(seconds=1)


@dataclass(frozen=True)
class Place:
    """Two villages in which the program is on, and nothing waits."""

    world: World

    @property
    def database(self) -> Database:
        return self.world.database

    def runner(self, **given: Any) -> TaskRunner:
        return TaskRunner(self.world.host, self.database, **given)

    async def start(self, code: str = BENGKEL, *, steps: int = 2, task: Task = RUN) -> UUID:
        async with self.world.unit(code) as unit:
            return (await start_task(unit, task, Order(steps=steps))).id

    async def rows(self) -> Sequence[Row]:
        async with self.database.transaction(WHOLE_COUNTRY) as session:
            return (await session.scalars(sa.select(Row).order_by(Row.id))).all()

    async def row(self) -> Row:
        (found,) = await self.rows()
        return found

    async def states(self) -> list[str]:
        return [row.state.name for row in await self.rows()]

    async def change(self, **values: Any) -> None:
        async with self.database.transaction(WHOLE_COUNTRY) as session:
            await session.execute(sa.update(Row).values(**values))

    async def announced(self, name: str = "errand.done") -> int:
        async with self.database.transaction(WHOLE_COUNTRY) as session:
            found = sa.select(sa.func.count()).select_from(Event).where(Event.name == name)
            return int(await session.scalar(found) or 0)


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(ERRANDS)


@pytest.fixture(autouse=True)
def wound_up() -> Iterator[None]:
    yield
    ERRANDS.forget()


@pytest.fixture
async def place(world: World) -> Place:
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code, "errand")
    return Place(world)


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to be")


def then(*deeds: Any) -> Any:
    """The first time the first of them, then the others; the last one from then on."""

    async def deed(village: VillageFacts, run: Run, given: Order) -> None:
        await deeds[min(len(ERRANDS.told), len(deeds)) - 1](village, run, given)

    return deed


# Asking for them


async def test_a_task_is_done_step_by_step_and_keeps_what_came_of_it(place: Place) -> None:
    await place.start(steps=3)
    assert await place.states() == ["WAITING"]
    runner = place.runner()
    assert await runner.run_due() == 1
    assert await runner.run_due() == 0
    row = await place.row()
    assert (row.state, row.done, row.total, row.result) == (TaskState.DONE, 3, 3, {"done": [0, 1, 2]})
    assert (row.failure, row.failure_code, row.leased_by, row.attempts) == (None, None, None, 0)
    assert row.ended_at is not None and row.ended_at >= row.created_at
    assert (ERRANDS.told, await place.announced()) == ([(BENGKEL, 1, 0)], 3)
    assert await place.announced("task_started") == 1
    assert await place.announced("task_progressed") == 1 + 3 + 1, "the begin, each step, the end"
    async with place.world.unit(BENGKEL) as unit:
        events = await unit.all(Event, Event.name.in_(("task_started", "task_progressed")))
        head = await unit.first(OutboxHead)
    assert head is not None and head.core_number < min(event.number for event in events), "no hook is told"
    assert not store_outbox.UNHEARD & hookspecs.ACT.keys()
    assert {tuple(event.subjects.items()) for event in events} == {(("task", str(row.id)),)}


@on_sqlite
async def test_a_change_that_is_rolled_back_asks_for_nothing(place: Place) -> None:
    async def refused() -> None:
        async with place.world.unit(BENGKEL) as unit:
            await start_task(unit, RUN, Order(steps=1))
            raise KeyError

    with pytest.raises(KeyError):
        await refused()
    assert (await place.rows(), await place.announced("task_started")) == ([], 0)


class Other(BaseModel):
    """Not what an errand is given."""

    steps: int = 1


@on_sqlite
@pytest.mark.parametrize(
    ("task", "given", "said"),
    [
        (RUN, Other(), "input must be a Order, not a Other"),
        (RUN, None, "input must be a Order, not a NoneType"),
        (RUN, Order.model_construct(steps=1, note="x" * 20_000), "input is longer than 10000 bytes"),
        (QUICK.run, Order(steps=1), "start_task() takes a Task that the program declares, not a function"),
    ],
)
async def test_what_does_not_fit_a_task_is_not_started(
    place: Place, task: Any, given: Any, said: str
) -> None:
    async with place.world.unit(BENGKEL) as unit:
        with pytest.raises(TaskMisused) as raised:
            await start_task(unit, task, given)
    assert said in str(raised.value) and "xxx" not in str(raised.value)
    assert (await place.rows(), await place.announced("task_started")) == ([], 0)


# Failing


async def refuse(village: VillageFacts, run: Run, given: Order) -> None:
    async with run.step(done=1, total=2) as unit:
        unit.announce("errand.done")
    async with run.step(done=2, total=2) as unit:
        unit.announce("errand.done")
        raise RuleViolated("NO_WAY", Text("Jalan\n ditutup.", "The road is\n closed."))


async def stumble(village: VillageFacts, run: Run, given: Order) -> None:
    raise KeyError(NUMBER)


async def wrong_result(village: VillageFacts, run: Run, given: Order) -> None:
    run.result = Other()  # type: ignore[assignment]


async def hang(village: VillageFacts, run: Run, given: Order) -> None:
    await asyncio.sleep(3600)


async def test_a_refusal_ends_a_task_with_its_code_and_text_and_what_was_written_stays(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    ERRANDS.deed = refuse
    await place.start()
    runner = place.runner()
    assert await runner.run_due() == 1
    row = await place.row()
    assert (row.state, row.failure, row.failure_code) == (TaskState.FAILED, "RuleViolated", "RULE_VIOLATED")
    assert (row.failure_id, row.failure_en) == ("Jalan ditutup.", "The road is closed.")
    assert (row.done, row.ended_at is not None, await place.announced()) == (1, True, 1)
    assert await runner.run_due() == 0
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize("deed", [stumble, wrong_result])
async def test_what_nobody_expected_is_tried_again_then_fails_and_is_masked(
    place: Place, caplog: pytest.LogCaptureFixture, deed: Any
) -> None:
    ERRANDS.deed = deed
    name = "KeyError" if deed is stumble else "TaskMisused"
    await place.start()
    runner, pauses = place.runner(pause=timedelta(seconds=40)), []
    for _ in range(2):
        assert await runner.run_due() == 1
        row = await place.row()
        assert (row.state, row.failure, row.failure_code) == (TaskState.WAITING, name, None)
        pauses.append(round((row.due_at - datetime.now(UTC)) / timedelta(seconds=40)))
        await place.change(due_at=datetime.now(UTC) - PAST)
    assert await runner.run_due() == 1
    row = await place.row()
    assert (pauses, row.state, row.failure) == ([1, 2], TaskState.FAILED, name)
    assert (row.failure_code, row.failure_en) == (
        "INTERNAL_SERVER_ERROR",
        "Something went wrong on our side.",
    )
    assert (row.result, [attempt for _, attempt, _ in ERRANDS.told]) == (None, [1, 2, 3])
    assert f"task errand.run in {BENGKEL} raised {name}" in caplog.text
    assert NUMBER not in caplog.text


@on_sqlite
async def test_a_database_that_was_away_is_no_refusal(place: Place) -> None:
    async def away(village: VillageFacts, run: Run, given: Order) -> None:
        raise Unavailable

    ERRANDS.deed = then(away, step_by_step)
    await place.start()
    assert await place.runner(pause=timedelta()).run_due() == 2
    assert await place.states() == ["DONE"]


@on_sqlite
async def test_who_comes_a_step_further_each_time_has_not_failed_in_vain(place: Place) -> None:
    async def one_step(village: VillageFacts, run: Run, given: Order) -> None:
        async with run.step(done=run.done + 1, total=given.steps):
            pass
        if run.done < given.steps:
            raise ConnectionError

    ERRANDS.deed = one_step
    await place.start(steps=7)
    assert await place.runner(pause=timedelta()).run_due() == 7
    row = await place.row()
    assert (row.state, row.done, row.attempts) == (TaskState.DONE, 7, 0)


async def test_a_task_that_hangs_is_stopped_when_its_time_is_over(place: Place) -> None:
    ERRANDS.deed = hang
    await place.start(task=QUICK)
    runner = place.runner()
    async with asyncio.timeout(10):
        assert await runner.run_due() == 1
    row = await place.row()
    assert (row.state, row.failure_code) == (TaskState.FAILED, "LIMIT_EXCEEDED")
    assert row.failure_en == "Over the limit taskSeconds: at most 0.3."
    assert runner.ended == {JobOutcome.TIMED_OUT: 1}


# Broken off, and gone on with


async def test_a_task_that_was_broken_off_goes_on_where_it_was_with_what_had_come_of_it(place: Place) -> None:
    async def break_off(village: VillageFacts, run: Run, given: Order) -> None:
        counts = Counts()
        for number in range(3):
            async with run.step(done=number + 1, total=5) as unit:
                counts.done.append(number)
                run.result = counts
                unit.announce("errand.done")
                if number == 2:
                    raise ConnectionError

    ERRANDS.deed = then(break_off, step_by_step)
    await place.start(steps=5)
    assert await place.runner(pause=timedelta()).run_due() == 2
    row = await place.row()
    assert (row.state, row.done, row.result) == (TaskState.DONE, 5, {"done": [0, 1, 2, 3, 4]})
    assert (ERRANDS.told, await place.announced()) == ([(BENGKEL, 1, 0), (BENGKEL, 2, 2)], 5)


async def test_a_task_whose_process_died_is_taken_up_until_it_seems_to_be_what_kills_them(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    await place.start()
    died = {"state": TaskState.RUNNING, "leased_until": datetime.now(UTC) - PAST, "done": 1}
    await place.change(**died, result={"done": [0]})
    runner = place.runner()
    assert await runner.run_due() == 1
    row = await place.row()
    assert (row.state, row.result) == (TaskState.DONE, {"done": [0, 1]})
    assert (ERRANDS.told, runner.ended[JobOutcome.LOST]) == ([(BENGKEL, 2, 1)], 1)
    assert "the process that ran it is gone" in caplog.text
    await place.change(**died, ended_at=None, attempts=2)
    assert await runner.run_due() == 1
    row = await place.row()
    assert (row.state, row.failure, row.failure_code) == (
        TaskState.FAILED,
        "ProcessGone",
        "INTERNAL_SERVER_ERROR",
    )
    assert len(ERRANDS.told) == 1


@on_postgres
async def test_a_step_of_a_task_that_somebody_else_has_is_not_written(place: Place) -> None:
    async def overtaken(village: VillageFacts, run: Run, given: Order) -> None:
        async with run.step(done=1, total=2) as unit:
            unit.announce("errand.done")
        await place.change(leased_until=datetime.now(UTC) - PAST)
        assert await place.runner().run_due() == 1
        async with run.step(done=2, total=2) as unit:
            unit.announce("errand.done")

    ERRANDS.deed = then(overtaken, step_by_step)
    await place.start()
    assert await place.runner().run_due() == 0
    assert (await place.announced(), await place.states()) == (2, ["DONE"])


async def test_a_process_that_stops_gives_back_what_it_has(place: Place) -> None:
    ERRANDS.deed = hang
    await place.start()
    running = asyncio.create_task(place.runner().run_due())
    await until(lambda: bool(ERRANDS.told))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    row = await place.row()
    assert (row.state, row.leased_by, row.attempts) == (TaskState.WAITING, None, 0)
    ERRANDS.forget()
    assert await place.runner().run_due() == 1
    assert await place.states() == ["DONE"]


# Ended by somebody


async def test_a_task_that_is_cancelled_while_it_runs_writes_nothing_more(place: Place) -> None:
    async def ended(village: VillageFacts, run: Run, given: Order) -> None:
        async with run.step(done=1, total=2) as unit:
            unit.announce("errand.done")
        async with place.world.unit(BENGKEL) as unit:
            row = await unit.get(Row, run.id, lock=True)
            assert row is not None and await cancel(unit, row)
        async with run.step(done=2, total=2) as unit:
            unit.announce("errand.done")

    ERRANDS.deed = ended
    await place.start()
    assert await place.runner().run_due() == 0
    row = await place.row()
    assert (row.state, row.done, row.failure, await place.announced()) == (TaskState.CANCELLED, 1, None, 1)
    assert await place.runner().run_due() == 0


async def test_while_its_program_is_off_a_task_waits_and_one_that_runs_leaves_nothing_more(
    place: Place,
) -> None:
    async def switched_off(village: VillageFacts, run: Run, given: Order) -> None:
        async with place.world.unit(BENGKEL) as unit:
            await disable(place.world.host, unit, "errand")
        await step_by_step(village, run, given)

    ERRANDS.deed = then(switched_off, step_by_step)
    await place.start()
    runner = place.runner()
    assert await runner.run_due() == 0
    assert (await place.states(), await place.announced()) == (["WAITING"], 0)
    await place.start(NEIGHBOUR)
    assert await runner.run_due() == 1, "elsewhere it is on"
    async with place.world.unit(BENGKEL) as unit:
        await enable(place.world.host, unit, "errand")
    assert await runner.run_due() == 1
    assert await place.states() == ["DONE", "DONE"]


@on_sqlite
async def test_what_ended_long_ago_is_forgotten_and_nothing_else(place: Place) -> None:
    for _ in range(2):
        await place.start()
    await place.runner().run_due()
    await place.start()
    old, young, waiting = await place.rows()
    ended = datetime.now(UTC) - TASKS_KEPT
    async with place.database.transaction(WHOLE_COUNTRY) as session:
        for row, shift in ((old, -PAST), (young, PAST * 60)):
            await session.execute(sa.update(Row).where(Row.id == row.id).values(ended_at=ended + shift))
        await session.execute(sa.update(Row).where(Row.id == waiting.id).values(created_at=ended - PAST))
        await forget_tasks(session)
    assert [row.id for row in await place.rows()] == [young.id, waiting.id]


# Several processes and villages


async def test_two_runners_lose_none_and_double_none(place: Place) -> None:
    codes = [BENGKEL, NEIGHBOUR, "51.02.06.2003", "51.02.06.2004"]
    for code in codes[2:]:
        await place.world.open(code, "errand")
    for code in codes * 3:
        await place.start(code)
    async with Database(place.world.application.settings.database_url) as other:
        runners = [place.runner(), TaskRunner(place.world.host, other)]
        ended = await asyncio.gather(*(runner.run_due() for runner in runners))
    assert (sum(ended), set(await place.states())) == (12, {"DONE"})
    assert (await place.announced(), len(ERRANDS.told)) == (24, 12)
    assert [row.result for row in await place.rows()] == [{"done": [0, 1]}] * 12


@on_postgres
async def test_of_one_village_two_run_at_a_time_in_all_processes_together(place: Place) -> None:
    here: list[str] = []
    most: list[int] = []

    async def linger(village: VillageFacts, run: Run, given: Order) -> None:
        here.append(village.code)
        most.append(here.count(BENGKEL))
        await asyncio.sleep(0.05)
        here.remove(village.code)

    ERRANDS.deed = linger
    for _ in range(9):
        await place.start()
    url = place.world.application.settings.database_url
    async with Database(url) as second, Database(url) as third:
        runners = [TaskRunner(place.world.host, one, at_once=8) for one in (place.database, second, third)]
        await asyncio.gather(*(runner.run_due() for runner in runners))
    assert (max(most), set(await place.states())) == (store.OF_ONE_VILLAGE, {"DONE"})


@on_postgres
async def test_who_claims_in_a_village_is_the_only_one_until_his_claims_are_committed(place: Place) -> None:
    """A task that was asked for earlier may be committed later: it comes before those that the other one took."""
    for _ in range(2):
        await place.start()
    owner = (await place.world.village(BENGKEL)).id
    given: dict[str, Any] = {"owner": owner, "lease": timedelta(minutes=1), "most": 2}
    async with place.database.transaction(WHOLE_COUNTRY) as first:
        assert len(await store.take(first, **given)) == 2
        async with place.world.unit(BENGKEL) as unit:
            (await start_task(unit, RUN, Order(steps=1))).due_at -= timedelta(hours=1)
            await unit.flush()
        async with place.database.transaction(WHOLE_COUNTRY) as second:
            assert await store.take(second, **given) == ()
    await place.change(leased_until=None)
    async with place.database.transaction(WHOLE_COUNTRY) as third:
        assert len(await store.take(third, **given)) == 2, "the control"


async def test_the_village_of_which_the_fewest_run_comes_next(place: Place) -> None:
    for _ in range(5):
        await place.start()
    await place.start(NEIGHBOUR)
    neighbour = (await place.world.village(NEIGHBOUR)).id
    async with place.database.transaction(WHOLE_COUNTRY) as session:
        given: dict[str, Any] = {"owner": neighbour, "lease": timedelta(minutes=1), "most": 2}
        first = await store.take(session, **given)
        second = await store.take(session, **given)
        third = await store.take(session, **given)
    taken = [[row.village_id == neighbour for row in rows] for rows in (first, second, third)]
    assert taken == [[False, True], [False], []]


@on_sqlite
async def test_tasks_that_run_everywhere_leave_room_for_another_program(place: Place) -> None:
    ERRANDS.deed = hang
    for code in (BENGKEL, NEIGHBOUR):
        await place.start(code)
    running = asyncio.create_task(place.runner(at_once=2).run_due())
    await until(lambda: bool(ERRANDS.told))
    await asyncio.sleep(0.05)
    assert len(ERRANDS.told) == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


# Inside a server


async def test_a_serving_process_begins_a_task_at_the_commit_unless_it_is_told_not_to(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wantilan.programs import task_runner
    from wantilan.settings import Settings
    from wantilan.web.application import Application

    monkeypatch.setattr(task_runner, "LOOK", timedelta(hours=1))  # only what it is told wakes it
    here = place.world.application.settings
    for jobs in (True, False):
        settings = Settings(database_url=here.database_url, keys=here.keys, jobs=jobs)
        async with Application(settings, place.world.host).running() as served:
            await asyncio.sleep(0.1)  # its first look
            operator = await place.world.token("village_operator", BENGKEL)
            await World(served).ask(SEND, operator, input={"villageCode": BENGKEL, "steps": 1})
            if jobs:
                await until(lambda: served.tasks.tried == 1)
            else:
                await asyncio.sleep(0.2)
                assert await place.states() == ["DONE", "WAITING"]


SEND = "mutation ($input: ErrandSendInput!) { errandSend(input: $input) { task { name state } } }"
