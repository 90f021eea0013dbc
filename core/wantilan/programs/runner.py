"""Who does the jobs: claims what is due, does it, and writes what came of it together with the work itself.

So an effect in the database happens once for each moment of a schedule, however many processes run. A process
that is killed loses what it had not committed; another one takes its jobs over when their lease has ended.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from types import MappingProxyType
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..store.database import Database
from ..store.ids import uuid7
from ..store.jobs import Job as Row
from ..store.jobs import JobOutcome, JobRun, PlatformJob, remember
from ..store.leases import LONGEST_PAUSE, LeaseLost, claim, keep, release
from ..store.places import Village
from ..store.walls import WHOLE_COUNTRY
from ..store.write import Unit, VillageFacts
from .background import Loop
from .host import Host
from .job import call, takes
from .run import Announced, Claim, Run
from .tasks import Chosen, Task, Turn
from .timetable import Timetable

log = logging.getLogger("wantilan")

LEASE = timedelta(seconds=30)
LOOK = timedelta(seconds=5)
"""How often a process looks for what is due."""
LAY_OUT = timedelta(minutes=10)
"""How often a process looks whether every job has its row."""
LOST_AT_ONCE = 2
"""So often a job whose process died is taken up at once; then it waits: perhaps it is what kills them."""


class Runner:
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
        self.timetable, self.database = Timetable(host, time_zone), database
        self.services, self.announced = services, announced
        self.at_once, self.of_one = at_once, max(1, at_once // 2)
        self.lease, self.pause, self.chosen = lease, pause, chosen or Chosen()
        self.ended: Counter[JobOutcome] = Counter()
        """How many runs ended in which way, in this process; lost are those of others that it took up."""
        self._running: dict[asyncio.Task[None], Task] = {}
        self._lay_out_at = 0.0
        self.loop = Loop("jobs", self.work, pause=LOOK)

    @property
    def tried(self) -> int:
        """How many runs ended here, well or not."""
        return self.ended.total() - self.ended[JobOutcome.LOST]

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

    async def run_due(self) -> int:
        """Do what is due until nothing is; how many runs ended. A job that takes long holds up no other."""
        before = self.tried
        try:
            while True:
                for task in await self._claimed_beside():
                    self._running[asyncio.create_task(self._run(task), name=task.job.name)] = task
                if not self._running:
                    return self.tried - before
                done, _ = await asyncio.wait(self._running, timeout=1, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    del self._running[one]
        finally:
            for one in self._running:
                one.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            self._running.clear()

    async def _only_reads(self) -> bool:
        if self.database.dialect != "postgresql":
            return False
        async with self.database.session() as session:
            return await self.database.only_reads(session)

    # Claiming
    async def _claimed_beside(self) -> list[Task]:
        """What else is ours. That it cannot be known just now is no reason to end what runs: on SQLite a long
        job keeps the one connection that writes.
        """
        try:
            return await self._claimed()
        except Exception as error:
            if not self._running:
                raise
            log.warning("jobs: nothing more is begun beside those that run: %s", type(error).__name__)
            return []

    async def _claimed(self) -> list[Task]:
        """Jobs that are due and now ours, as many as may run beside those that do."""
        free = self.at_once - len(self._running)
        if free <= 0:
            return []
        busy = Counter(task.program.name for task in self._running.values())
        full = {name for name, count in busy.items() if count >= self.of_one}
        owner, most = uuid7(), min(free, self.of_one)  # these might all be one program's
        async with self.database.transaction(WHOLE_COUNTRY) as session:
            ours: dict[str, Any] = {"owner": owner, "lease": self.lease}
            known = PlatformJob.name.in_(self.timetable.platform)
            own = await claim(session, PlatformJob, known, *self.chosen.of_platform(), **ours)
            waiting = [~Row.paused, self.timetable.runnable(but=full), *self.chosen.of_villages()]
            rows = await claim(session, Row, *waiting, most=most, **ours)
            villages = await _villages(session, [row.village_id for row in rows])
            tasks = [await self._taken(session, row, owner, None) for row in own]
            tasks += [await self._taken(session, row, owner, villages[row.village_id]) for row in rows]
        return [task for task in tasks if task is not None]

    async def _taken(
        self, session: AsyncSession, row: Row | PlatformJob, owner: UUID, village: VillageFacts | None
    ) -> Task | None:
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
        task = Task(Claim(row, owner, self.lease), turn, program, job, village, now)
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
    async def _run(self, task: Task) -> None:
        """Do one job, whatever it does."""
        renewing = asyncio.create_task(self._renew(task.claim))
        limit = asyncio.timeout(task.job.timeout.total_seconds())
        try:
            await self._work(task, limit)
            self.ended[JobOutcome.DONE] += 1
        except asyncio.CancelledError as error:
            if not _is_stopped():
                await self._fail(task, JobOutcome.FAILED, error)
                return
            await asyncio.shield(self._give_back(task))
            raise
        except LeaseLost:
            log.warning("%s: somebody else has it by now; nothing was written here", task)
        except (Exception, SystemExit) as error:
            late = limit.expired()
            log.error("%s %s", task, "took too long" if late else f"raised {type(error).__name__}")
            await self._fail(task, JobOutcome.TIMED_OUT if late else JobOutcome.FAILED, error)
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _work(self, task: Task, limit: asyncio.Timeout) -> None:
        """The job's function, and in the last transaction what came of it. Its time is not that for which it
        waits to write.
        """
        job, village, turn = task.job, task.village, task.turn
        whole = takes(job, "unit", "session")
        run = Run(
            task.claim, village, turn.planned_at, turn.missed, self.database, self.services, self.announced,
            has_unit=whole,
        )  # fmt: skip
        if not whole:
            async with limit:
                await call(job, village=village, run=run)
        async with self.database.transaction(_wall(task)) as session:
            unit = Unit(session, village, None) if village else None
            if whole:
                async with limit:
                    await call(job, village=village, unit=unit, run=run, session=session)
            row = task.claim.row
            values = {"planned_at": turn.next_at, "due_at": turn.next_at, "attempts": 0}
            come = {"done": 0, "total": None} if isinstance(row, Row) else {}
            if not await self._end(session, task, JobOutcome.DONE, None, **values, **come):
                raise LeaseLost
        if unit is not None and unit.events:
            self.announced(unit.village, unit.events)

    async def _fail(self, task: Task, outcome: JobOutcome, error: BaseException) -> None:
        """Write the failure down. If the database is away, the lease ends by itself."""
        again = task.again(task.claim.row.attempts + 1, datetime.now(UTC), self.pause)
        try:
            async with self.database.transaction(_wall(task)) as session:
                if await self._end(session, task, outcome, type(error).__name__, **again):
                    self.ended[outcome] += 1
        except Exception as fault:
            log.error("%s: its failure could not be written (%s)", task, type(fault).__name__)

    async def _end(
        self, session: AsyncSession, task: Task, outcome: JobOutcome, failure: str | None, **values: Any
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
        task: Task,
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

    async def _give_back(self, task: Task) -> None:
        """This process stops: another one may begin at once."""
        with suppress(Exception):
            async with self.database.transaction(_wall(task)) as session:
                await release(session, task.claim.row, owner=task.claim.owner, started_at=None)

    async def _renew(self, held: Claim) -> None:
        """Prolong a lease for as long as it is ours."""
        while True:
            await asyncio.sleep(self.lease.total_seconds() / 3)
            try:
                async with self.database.transaction(WHOLE_COUNTRY) as session:
                    if not await keep(session, held.row, owner=held.owner, lease=self.lease):
                        return
            except Exception as error:
                log.warning("a lease could not be prolonged: %s", type(error).__name__)


def _is_stopped() -> bool:
    """Whether somebody cancels this very task: a job may also let through what it cancelled itself."""
    current = asyncio.current_task()
    return current is not None and current.cancelling() > 0


def _wall(task: Task) -> str:
    return task.village.code if task.village else WHOLE_COUNTRY


async def _villages(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, VillageFacts]:
    found = await session.scalars(sa.select(Village).where(Village.id.in_(ids)))
    return {row.id: VillageFacts.of(row) for row in found}
