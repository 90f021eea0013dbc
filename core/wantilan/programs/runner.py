"""Who does the jobs: claims what is due, does it, and writes what came of it together with the work itself.

So an effect in the database happens once for each moment of a schedule, however many processes run. A process
that is killed loses what it had not committed; another one takes its jobs over when their lease has ended.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..store.database import Database
from ..store.ids import uuid7
from ..store.jobs import Job as Row
from ..store.jobs import JobOutcome, JobRun, PlatformJob, remember
from ..store.leases import LONGEST_PAUSE, LeaseLost, claim, release
from ..store.walls import WHOLE_COUNTRY
from ..store.write import Unit, VillageFacts
from .background import Loop
from .host import Host
from .job import call, takes
from .run import Announced, Claim, Run, Surroundings
from .timetable import Timetable
from .turns import Chosen, Claimed, Turn
from .worker import LEASE, Worker, villages_of

log = logging.getLogger("wantilan")

LOOK = timedelta(seconds=5)
"""How often a process looks for what is due."""
LAY_OUT = timedelta(minutes=10)
"""How often a process looks whether every job has its row."""
LOST_AT_ONCE = 2
"""So often a job whose process died is taken up at once; then it waits: perhaps it is what kills them."""


class Runner(Worker[Claimed]):
    """Runs inside `serve`, and once in `wantilan jobs run-due`."""

    def __init__(
        self,
        host: Host,
        database: Database,
        *,
        time_zone: str = "UTC",
        services: Mapping[type, Any] = MappingProxyType({}),
        announced: Announced = lambda village, events: None,
        at_once: int = 4,
        lease: timedelta = LEASE,
        pause: timedelta = timedelta(minutes=1),
        chosen: Chosen | None = None,
    ) -> None:
        around = Surroundings(database, services, announced)
        super().__init__("jobs", around, at_once=at_once, lease=lease)
        self.timetable = Timetable(host, time_zone)
        self.pause, self.chosen = pause, chosen or Chosen()
        self._lay_out_at = 0.0
        self.loop = Loop("jobs", self.work, pause=LOOK)

    def wake(self) -> None:
        """Something is due."""
        self.loop.wake()

    async def work(self) -> None:
        """Do what is due, after a look now and then whether every job has its row."""
        if await self._only_reads():
            return
        if self._lay_out_at <= monotonic():
            try:
                await self.timetable.lay_out(self.database)
                self._lay_out_at = monotonic() + LAY_OUT.total_seconds()
            except Exception as error:
                log.error("jobs: some may have no row yet: %s", type(error).__name__)
        await self.run_due()

    # Claiming
    async def _claimed(self) -> list[Claimed]:
        """Jobs that are due and now ours, as many as may run beside those that do."""
        free = self.at_once - len(self._running)
        if free <= 0:
            return []
        full = self._full()
        owner, most = uuid7(), min(free, self.of_one)  # these might all be one program's
        async with self.database.transaction(WHOLE_COUNTRY) as session:
            ours: dict[str, Any] = {"owner": owner, "lease": self.lease}
            known = PlatformJob.name.in_(self.timetable.platform)
            own = await claim(session, PlatformJob, known, *self.chosen.of_platform(), **ours)
            waiting = [~Row.paused, self.timetable.runnable(but=full), *self.chosen.of_villages()]
            rows = await claim(session, Row, *waiting, most=most, **ours)
            villages = await villages_of(session, rows)
            tasks = [await self._taken(session, row, owner, None) for row in own]
            tasks += [await self._taken(session, row, owner, villages[row.village_id]) for row in rows]
        return [task for task in tasks if task is not None]

    async def _taken(
        self, session: AsyncSession, row: Row | PlatformJob, owner: UUID, village: VillageFacts | None
    ) -> Claimed | None:
        """The work of a claimed row; None where it is put off: nobody can say when it is due next, or the
        last processes died of it.
        """
        now = max(datetime.now(UTC), row.due_at)
        program, job = self.timetable.declared[row.name]
        zone = row.time_zone if isinstance(row, Row) else self.timetable.time_zone
        try:
            turn = Turn.of(row, zone, now)
        except Exception as error:  # of one row; the others must not wait for its cure
            log.error("job %s: its schedule or time zone cannot be read: %s", row.name, type(error).__name__)
            later = now + LONGEST_PAUSE
            await release(session, row, owner=owner, due_at=later, failure=type(error).__name__)
            return None
        task = Claimed(Claim(row, owner, self.lease), turn, program, job, village, now)
        if row.started_at is not None:
            log.error("%s: the process that ran it is gone", task)
            row.attempts += 1
            self.ended[JobOutcome.LOST] += 1
            await self._note(session, task, JobOutcome.LOST, None, began=row.started_at)
            if row.attempts > LOST_AT_ONCE:
                await release(
                    session, row, owner=owner, started_at=None, **task.again(row.attempts, now, self.pause)
                )
                return None
        row.started_at = now
        await session.flush()
        return task

    # Running
    async def _work(self, task: Claimed, limit: asyncio.Timeout) -> None:
        """The job's function, and in the last transaction what came of it. Its time is not that for which it
        waits to write.
        """
        job, village, turn = task.job, task.village, task.turn
        whole = takes(job.run, "unit", "session")
        run = Run(
            task.claim, village, self.around,
            planned_at=turn.planned_at, missed=turn.missed, has_unit=whole,
        )  # fmt: skip
        if not whole:
            async with limit:
                await call(job.run, village=village, run=run)
        async with self.database.transaction(_wall(task)) as session:
            unit = Unit(session, village, None) if village else None
            if whole:
                async with limit:
                    await call(job.run, village=village, unit=unit, run=run, session=session)
            row = task.claim.row
            values = {"planned_at": turn.next_at, "due_at": turn.next_at, "attempts": 0}
            come = {"done": 0, "total": None} if isinstance(row, Row) else {}
            if not await self._end(session, task, JobOutcome.DONE, None, **values, **come):
                raise LeaseLost
        if unit is not None and unit.events:
            self.around.tell(unit.village, unit.events)

    async def _failed(self, task: Claimed, outcome: JobOutcome, error: BaseException) -> bool:
        again = task.again(task.claim.row.attempts + 1, datetime.now(UTC), self.pause)
        async with self.database.transaction(_wall(task)) as session:
            return await self._end(session, task, outcome, type(error).__name__, **again)

    async def _end(
        self, session: AsyncSession, task: Claimed, outcome: JobOutcome, failure: str | None, **values: Any
    ) -> bool:
        """Give the row back and remember the run; False when it is another's by now."""
        row = task.claim.row
        if isinstance(row, PlatformJob):
            values |= {"ended_at": datetime.now(UTC), "outcome": outcome}
        values |= {"failure": failure, "started_at": None}
        if not await release(session, row, owner=task.claim.owner, **values):
            return False
        await self._note(session, task, outcome, failure, began=task.started_at)
        return True

    async def _note(
        self,
        session: AsyncSession,
        task: Claimed,
        outcome: JobOutcome,
        failure: str | None,
        *,
        began: datetime,
    ) -> None:
        row, turn = task.claim.row, task.turn
        if isinstance(row, Row):
            run = JobRun(
                village_id=row.village_id, job_id=row.id, planned_at=turn.planned_at, missed=turn.missed,
                started_at=began, ended_at=datetime.now(UTC), outcome=outcome, failure=failure, latest=True,
            )  # fmt: skip
            await remember(session, run)

    async def _given_back(self, task: Claimed) -> None:
        async with self.database.transaction(_wall(task)) as session:
            await release(session, task.claim.row, owner=task.claim.owner, started_at=None)


def _wall(task: Claimed) -> str:
    return task.village.code if task.village else WHOLE_COUNTRY
