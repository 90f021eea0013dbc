"""What the crash tests of jobs share: villages whose job leaves an event, processes that do it, and the books.

`waste.look_for_gaps` announces each TPS3R that weighed nothing yesterday. Here none ever did, so that each
moment for which the job is done leaves one event in each village: fewer were lost, more were done twice.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from tests.system.crashing import ROOT, environment

from wantilan.store.jobs import Job, JobOutcome, JobRun
from wantilan.store.outbox import Event
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import World
from wantilan_waste.jobs import NO_INTAKE
from wantilan_waste.models import Facility, WasteFacilityKind

NAME = "waste.look_for_gaps"


@dataclass(frozen=True)
class JobBooks:
    """For each village: how often the job left its event, and how often it says that it was done."""

    events: Counter[UUID]
    done: Counter[UUID]
    lost: int
    overdue: int
    """How many are due and not done, or being done."""


async def villages_with_a_job(world: World, codes: Sequence[str]) -> None:
    """Open villages with a TPS3R that takes in nothing."""
    for code in codes:
        await world.open(code, "waste")
        async with world.unit(code) as unit:
            await unit.add(Facility(name="TPS3R", kind=WasteFacilityKind.TPS3R))


async def make_due(world: World) -> None:
    """Have the job of every village wait since a minute ago. None may be running."""
    past = datetime.now(UTC) - timedelta(minutes=1)
    async with world.database.transaction(WHOLE_COUNTRY) as session:
        its = sa.update(Job).where(Job.name == NAME, Job.leased_by.is_(None))
        await session.execute(its.values(due_at=past, planned_at=past))


async def job_books(world: World) -> JobBooks:
    now = datetime.now(UTC)
    async with world.database.transaction(WHOLE_COUNTRY) as session:
        events = await session.scalars(sa.select(Event.village_id).where(Event.name == NO_INTAKE))
        runs = (await session.execute(sa.select(JobRun.village_id, JobRun.outcome))).all()
        waiting = sa.or_(Job.due_at <= now, Job.leased_by.is_not(None))
        overdue = await session.scalar(sa.select(sa.func.count()).where(Job.name == NAME, waiting))
    done = Counter(village for village, outcome in runs if outcome is JobOutcome.DONE)
    lost = sum(outcome is JobOutcome.LOST for _, outcome in runs)
    return JobBooks(Counter(events), done, lost, int(overdue or 0))


@contextmanager
def job_process(world: World, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process that does jobs over the database of the world, once it is at work."""
    with process_at_work(world, "tests.system.job_victim", *arguments) as process:
        yield process


@contextmanager
def process_at_work(world: World, module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process over the database of the world, once it says that it is at work."""
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, env=environment(world), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        yield process
    finally:
        process.kill()
        process.communicate()
