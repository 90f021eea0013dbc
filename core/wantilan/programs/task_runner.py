"""Who does the tasks: right after the commit that asked for them, in steps, each at most once.

What a step has written stays. A process that is killed loses the step that it was in; another one goes on
from there when the lease has ended.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from ..errors import InternalError, LimitExceeded, Refusal, Unavailable
from ..store.database import Database
from ..store.ids import uuid7
from ..store.jobs import JobOutcome
from ..store.leases import LeaseLost, keep, pause_after, release
from ..store.outbox import Event
from ..store.tasks import PROGRESSED, STARTED, TaskState, is_due, take
from ..store.tasks import Task as Row
from ..store.walls import WHOLE_COUNTRY
from ..store.write import Unit, VillageFacts
from .background import Loop
from .host import Host
from .job import call
from .manifest import Program
from .run import Announced, Claim, Surroundings, TaskRun
from .task import Task
from .timetable import runnable
from .worker import LEASE, Worker, villages_of

log = logging.getLogger("wantilan")

LOOK = timedelta(seconds=5)
"""How often a process looks for what another one was asked for, or left undone."""
FIRST_PAUSE = timedelta(seconds=10)
MOST_ATTEMPTS = 3
"""So often it is tried without coming a step further; then it has failed."""
LONGEST_FAILURE = 500


class ProcessGone(Exception):
    """The processes that ran a task are gone: perhaps it is what kills them."""


@dataclass(frozen=True)
class Begun:
    """One claimed task."""

    claim: Claim
    row: Row
    program: Program
    task: Task
    village: VillageFacts

    @property
    def timeout(self) -> timedelta:
        return self.task.timeout

    def __str__(self) -> str:
        return f"program {self.program.name}: task {self.task.name} in {self.village.code}"


class TaskRunner(Worker[Begun]):
    """Runs inside `serve`, and once in `wantilan jobs run-due`."""

    def __init__(
        self,
        host: Host,
        database: Database,
        *,
        services: Mapping[type, Any] = MappingProxyType({}),
        announced: Announced = lambda village, events: None,
        at_once: int = 4,
        lease: timedelta = LEASE,
        pause: timedelta = FIRST_PAUSE,
    ) -> None:
        super().__init__("tasks", Surroundings(database, services, announced), at_once=at_once, lease=lease)
        self.declared, self.pause = host.tasks, pause
        self.loop = Loop("tasks", self.work, pause=LOOK)

    def announced(self, village: VillageFacts, events: Sequence[Event]) -> None:
        """Called after a commit of this process: what was asked for is begun at once."""
        if any(event.name == STARTED for event in events):
            self.loop.wake()

    async def work(self) -> None:
        """Do what is due."""
        if not await self._only_reads():
            await self.run_due()

    async def _claimed(self) -> list[Begun]:
        free = self.at_once - len(self._running)
        if free <= 0:
            return []
        ours = runnable(Row, self.declared, but=self._full())
        async with self.database.look(WHOLE_COUNTRY) as session:
            if not await is_due(session, ours):
                return []
        owner = uuid7()
        async with self.database.transaction(WHOLE_COUNTRY) as session:
            # These might all be one program's.
            rows = await take(session, ours, owner=owner, lease=self.lease, most=min(free, self.of_one))
            villages = await villages_of(session, rows)
        return [
            Begun(Claim(row, owner, self.lease), row, *self.declared[row.name], villages[row.village_id])
            for row in rows
        ]

    async def _work(self, work: Begun, limit: asyncio.Timeout) -> None:
        await self._begin(work)
        task, village, given = work.task, work.village, None
        if task.input is not None:
            given = task.input.model_validate_json(json.dumps(work.row.input))
        run: TaskRun[Any] = TaskRun(work.claim, village, self.around, result=task.result)
        async with limit:
            await call(task.run, village=village, run=run, input=given)
        result = run.outcome()
        came = {} if result is None else {"result": result}  # None would be written as JSON's null
        if not await self._end(work, TaskState.DONE, failure=None, attempts=0, **came):
            raise LeaseLost

    async def _begin(self, work: Begun) -> None:
        """Say that it runs. Raises ProcessGone when the processes that ran it before are gone too often."""
        row = work.row
        if row.state is TaskState.RUNNING:
            log.error("%s: the process that ran it is gone", work)
            row.attempts += 1
            self.ended[JobOutcome.LOST] += 1
            if row.attempts >= MOST_ATTEMPTS:
                raise ProcessGone
        async with self.database.transaction(work.village.code) as session:
            running = {"state": TaskState.RUNNING, "attempts": row.attempts}
            if not await keep(session, row, owner=work.claim.owner, lease=self.lease, **running):
                raise LeaseLost
            unit = Unit(session, work.village, row.started_by)
            unit.announce(PROGRESSED, task=row.id)
        self.around.tell(unit.village, unit.events)

    def _expected(self, error: BaseException) -> bool:
        return isinstance(error, Refusal) and not isinstance(error, Unavailable | InternalError)

    async def _failed(self, work: Begun, outcome: JobOutcome, error: BaseException) -> bool:
        """A refusal is final, and so is that its time is over; what nobody expected is tried again."""
        attempts, failure = work.row.attempts + 1, type(error).__name__
        final = outcome is JobOutcome.TIMED_OUT or self._expected(error)
        if not final and attempts < MOST_ATTEMPTS:
            later = datetime.now(UTC) + pause_after(attempts, self.pause)
            return await self._end(work, TaskState.WAITING, due_at=later, attempts=attempts, failure=failure)
        told: Refusal = InternalError()
        if outcome is JobOutcome.TIMED_OUT:
            told = LimitExceeded("taskSeconds", round(work.timeout.total_seconds(), 3))
        elif isinstance(error, Refusal) and self._expected(error):
            told = error
        texts = [" ".join(text.split())[:LONGEST_FAILURE] for text in told.text]
        kept = dict(zip(("failure_id", "failure_en"), texts, strict=True), failure_code=told.code)
        return await self._end(work, TaskState.FAILED, attempts=attempts, failure=failure, **kept)

    async def _given_back(self, work: Begun) -> None:
        await self._end(work, TaskState.WAITING)

    async def _end(self, work: Begun, state: TaskState, **values: Any) -> bool:
        """Give the row back with what came of it; False when it is another's by now."""
        async with self.database.transaction(work.village.code) as session:
            unit = Unit(session, work.village, work.row.started_by)
            ended = None if state is TaskState.WAITING else unit.now
            owner = work.claim.owner
            if not await release(session, work.row, owner=owner, state=state, ended_at=ended, **values):
                return False
            unit.announce(PROGRESSED, task=work.row.id)
        self.around.tell(unit.village, unit.events)
        return True
