"""A process killed in the middle of tasks: the step that it was in is not there, and another process goes on
with each of them where it was.
"""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
import sqlalchemy as sa
from tests.core.errands import ERRANDS, RUN, Order
from tests.core.notebook import host_with
from tests.system.jobbing import process_at_work

from wantilan import start_task
from wantilan.programs.host import Host
from wantilan.programs.task_runner import TaskRunner
from wantilan.store.jobs import JobOutcome
from wantilan.store.outbox import Event
from wantilan.store.tasks import Task, TaskState
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import World

CODES = [f"51.02.06.{number}" for number in range(2001, 2004)]
STEPS = 4


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(ERRANDS)


async def books(world: World) -> tuple[dict[str, int], dict[str, int]]:
    """For each village the steps that left their event, and those that the task says to be done, with the
    result that was written beside.
    """
    async with world.database.transaction(WHOLE_COUNTRY) as session:
        events = await session.scalars(sa.select(Event.village_id).where(Event.name == "errand.done"))
        tasks = (await session.scalars(sa.select(Task))).all()
    for task in tasks:
        assert (task.result or {"done": []}) == {"done": list(range(task.done))}
    done = {task.village_id.hex: task.done for task in tasks if task.done}
    return dict(Counter(village.hex for village in events)), done


async def test_a_kill_between_a_step_and_its_commit_loses_no_step_and_doubles_none(world: World) -> None:
    for code in CODES:
        await world.open(code, "errand")
        async with world.unit(code) as unit:
            await start_task(unit, RUN, Order(steps=STEPS))
    with process_at_work(world, "tests.system.task_victim", "0.5", "6") as process:
        assert process.wait(20) == -9
    events, done = await books(world)
    assert events == done, "no step without its note, no note without its step"
    assert 0 < sum(done.values()) <= 5
    await asyncio.sleep(0.6)  # the lease of who died
    runner = TaskRunner(world.host, world.database)
    await runner.run_due()
    events, done = await books(world)
    assert events == done == dict.fromkeys(done, STEPS)
    assert len(done) == len(CODES)
    async with world.database.transaction(WHOLE_COUNTRY) as session:
        assert set(await session.scalars(sa.select(Task.state))) == {TaskState.DONE}
    assert runner.ended[JobOutcome.LOST] >= 1
