"""Which jobs wait where: each declared job has a row in each village that enabled its program.

Rows come into being when a program is enabled, and for a program that was upgraded when a process next looks.
They stay when a program is disabled, with what is remembered of their runs, and are paused.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from ..store.database import Database
from ..store.jobs import Job as Row
from ..store.jobs import plan, plan_platform
from ..store.places import Village, VillageProgram
from ..store.walls import WHOLE_COUNTRY
from ..store.write import Unit
from .host import Host
from .job import Job
from .manifest import Program
from .schedule import Schedule

log = logging.getLogger("wantilan")

BATCH = 1_000
FORGOTTEN = timedelta(days=1)
"""What nobody will run is put aside when it has been due for so long: it would stand before all the rest."""


class Timetable:
    """The declared jobs of one host, and their rows. `time_zone` is that of jobs which lie in no village."""

    def __init__(self, host: Host, time_zone: str) -> None:
        self.declared = host.jobs
        self.platform = [name for name, (_, job) in host.jobs.items() if job.platform]
        self.time_zone = time_zone

    def runnable(self, *, but: Collection[str] = ()) -> sa.ColumnElement[bool]:
        """That a row's job is declared here, and its program enabled in its village and not in `but`."""
        villages = {name: one for name, one in self.declared.items() if not one[1].platform}
        return runnable(Row, villages, but=but)

    async def lay_out(self, database: Database) -> int:
        """Have every job wait that is to be done; how many rows were written. Several processes may do it."""
        written = 0
        for query in (*self._missing(), self._moved()):
            while True:
                found = await self._planned(database, query)
                written += found
                if found < BATCH:
                    break
        async with database.transaction(WHOLE_COUNTRY) as session:
            await plan_platform(session, self._platform())
            await session.execute(self._forgotten())
        return written

    async def _planned(self, database: Database, query: sa.Select[str, UUID, str]) -> int:
        """Have the found jobs, or so many of them as is done at a time, wait for their next moment."""
        now = datetime.now(UTC)
        async with database.transaction(WHOLE_COUNTRY) as session:
            found = (await session.execute(query.order_by(Village.id).limit(BATCH))).all()
            rows = list(self._rows(found, now))
            # In one order everywhere: two processes that write the same rows must not wait for each other.
            await plan(session, sorted(rows, key=lambda row: (row["village_id"], row["name"])))
        return len(rows)

    def _rows(self, found: Sequence[Any], now: datetime) -> Iterator[dict[str, Any]]:
        for name, village, zone in found:
            try:
                yield _row(*self.declared[name], village, zone, now)
            except Exception as error:  # of one village; the others must not wait for its cure
                log.error("job %s has no next moment in time zone %r: %s", name, zone, type(error).__name__)

    def _missing(self) -> Iterator[sa.Select[str, UUID, str]]:
        """Where a job has no row yet: the program was upgraded, or the village opened."""
        for program, job in self.declared.values():
            if job.platform:
                continue
            there = sa.exists().where(Row.village_id == Village.id, Row.name == job.name)
            on = sa.true() if program.core else _gate(program, Village.id)
            yield sa.select(sa.literal(job.name), Village.id, Village.time_zone).where(on, ~there)

    def _moved(self) -> sa.Select[str, UUID, str]:
        """What waits for a moment that is not its own any more, or is paused though it should wait."""
        crons = {name: job.cron for name, (_, job) in self.declared.items()}
        other = [Row.time_zone != Village.time_zone, Row.paused]
        if crons:
            other.append(Row.schedule != sa.case(crons, value=Row.name, else_=Row.schedule))
        return (
            sa.select(Row.name, Village.id, Village.time_zone)
            .join(Village, Village.id == Row.village_id)
            .where(sa.or_(*other), Row.leased_by.is_(None), self.runnable())
        )

    def _forgotten(self) -> sa.Update:
        """What has been due for long and will not be run: it would stand before all the rest."""
        since = datetime.now(UTC) - FORGOTTEN
        lost = [Row.due_at < since, ~Row.paused, Row.leased_by.is_(None), ~self.runnable()]
        return sa.update(Row).where(*lost).values(paused=True)

    def _platform(self) -> list[dict[str, Any]]:
        jobs, now = [self.declared[name][1] for name in self.platform], datetime.now(UTC)
        return [{"name": job.name, **_waiting(job, self.time_zone, now)} for job in jobs]


def runnable(
    model: Any, declared: Mapping[str, tuple[Program, Any]], *, but: Collection[str] = ()
) -> sa.ColumnElement[bool]:
    """That the name of a row is declared here, and its program enabled in its village and not in `but`."""
    names: dict[Program, list[str]] = {}
    for name, (program, _) in declared.items():
        if program.name not in but:
            names.setdefault(program, []).append(name)
    return sa.or_(
        sa.false(),
        *(
            sa.and_(model.name.in_(its), sa.true() if program.core else _gate(program, model.village_id))
            for program, its in names.items()
        ),
    )


async def start_jobs(unit: Unit, program: Program) -> None:
    """A program was switched on: its jobs wait for their next moment, also those that waited before."""
    village = unit.village
    jobs = [job for job in program.jobs if not job.platform]
    await plan(unit.session, [_row(program, job, village.id, village.time_zone, unit.now) for job in jobs])


async def pause_jobs(unit: Unit, program: Program) -> None:
    """A program was switched off: its jobs are paused, and one that is running will leave nothing."""
    its = sa.update(Row).where(Row.village_id == unit.village.id, Row.program == program.name)
    await unit.session.execute(
        its.values(paused=True, leased_by=None, leased_until=None, started_at=None),
        execution_options={"synchronize_session": False},
    )


def _gate(program: Program, village: Any) -> sa.ColumnElement[bool]:
    on = [VillageProgram.village_id == village, VillageProgram.program == program.name]
    return sa.exists().where(*on)


def _row(program: Program, job: Job, village: UUID, zone: str, now: datetime) -> dict[str, Any]:
    waiting = _waiting(job, zone, now)
    return {
        "village_id": village, "name": job.name, "program": program.name, "time_zone": zone, "paused": False,
        **waiting,
    }  # fmt: skip


def _waiting(job: Job, zone: str, now: datetime) -> dict[str, Any]:
    due = Schedule.of(job.cron, zone).after(now)
    return {"schedule": job.cron, "planned_at": due, "due_at": due}
