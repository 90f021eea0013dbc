"""What the function of a job or of a task has in hand beside the village: how far it has come, and how it
works in steps.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from ..errors import ConfigurationError
from ..store.database import Database
from ..store.jobs import Job, PlatformJob
from ..store.leases import LeaseLost, keep
from ..store.outbox import Event
from ..store.tasks import PROGRESSED as TASK_PROGRESSED
from ..store.tasks import Task as TaskRow
from ..store.write import Unit, VillageFacts
from .plain import plain

S = TypeVar("S")
R = TypeVar("R", bound=BaseModel)
Announced = Callable[[VillageFacts, Sequence[Event]], None]
PROGRESSED = "job_progressed"


@dataclass(frozen=True)
class Claim:
    """A row that is ours, until when nobody prolongs it."""

    row: Job | PlatformJob | TaskRow
    owner: UUID
    lease: timedelta


@dataclass(frozen=True)
class Surroundings:
    """What a runner gives to all that it runs."""

    database: Database
    services: Mapping[type, Any]
    tell: Announced


class InSteps:
    """What runs of jobs and of tasks have in common."""

    event: ClassVar[str]
    """What is announced when it has come further."""
    subject: ClassVar[str]
    """Under which key the event names its row."""

    def __init__(
        self, claim: Claim, village: VillageFacts | None, around: Surroundings, *, actor_id: UUID | None
    ) -> None:
        row = claim.row
        self.name, self.attempt = row.name, row.attempts + 1
        self.done: int = 0 if isinstance(row, PlatformJob) else row.done
        self.total: int | None = None if isinstance(row, PlatformJob) else row.total
        self._claim, self._village, self._around, self._actor_id = claim, village, around, actor_id

    def service(self, kind: type[S]) -> S:
        """What the application gives to jobs and tasks, by its type: settings, keys. Core only."""
        found = self._around.services.get(kind)
        if not isinstance(found, kind):
            raise ConfigurationError(f"{kind.__name__} is not configured in this deployment.")
        return found

    @asynccontextmanager
    async def step(self, *, done: int | None = None, total: int | None = None) -> AsyncIterator[Unit]:
        """One transaction, for work that is too long for a single one. `done` of `total` are done when it is
        written: a run that is tried again finds that in `run.done`, and whoever looks sees it.

        Raises LeaseLost when another process has taken the work over, or somebody has ended it: let it
        through.
        """
        village, claim, around = self._where(), self._claim, self._around
        async with around.database.transaction(village.code) as session:
            unit = Unit(session, village, self._actor_id)
            yield unit
            told = {name: value for name, value in (("done", done), ("total", total)) if value is not None}
            beside = self._beside(told)
            if not await keep(session, claim.row, owner=claim.owner, lease=claim.lease, **told, **beside):
                raise LeaseLost
            if told:
                assert not isinstance(claim.row, PlatformJob)
                unit.announce(self.event, **{self.subject: claim.row.id})
        self.done, self.total = told.get("done", self.done), told.get("total", self.total)
        self._written(beside)
        if unit.events:
            around.tell(village, unit.events)

    def _where(self) -> VillageFacts:
        if self._village is None:
            raise RuntimeError("run.step() is for what runs in a village.")
        return self._village

    def _beside(self, told: Mapping[str, int]) -> dict[str, Any]:
        """What else a step writes."""
        return {}

    def _written(self, beside: Mapping[str, Any]) -> None:
        """A step was written with this beside."""


class Run(InSteps):
    """One run of a job.

    `planned_at`: the moment of its schedule; `missed`: how many before it nobody saw to, because no process
    ran; `attempt`: 1 for the first one at this work; `done` and `total`: how far it has come, in steps.
    """

    event, subject = PROGRESSED, "job"

    def __init__(
        self,
        claim: Claim,
        village: VillageFacts | None,
        around: Surroundings,
        *,
        planned_at: datetime,
        missed: int,
        has_unit: bool,
    ) -> None:
        super().__init__(claim, village, around, actor_id=None)
        self.planned_at, self.missed, self._has_unit = planned_at, missed, has_unit

    def _where(self) -> VillageFacts:
        if self._village is None or self._has_unit:
            raise RuntimeError("run.step() is for jobs of a village that do not take `unit`.")
        return self._village


class TaskRun(InSteps, Generic[R]):
    """One run of a task.

    `id`: the task's, the same in each of its runs; `attempt`: 1 for the first one since it last came further;
    `done` and `total`: how far it has come, in steps. `result`: what came of it so far, of the model that the
    task names; it is written with each step and at the end, so that a run which goes on where another one was
    broken off finds it here.
    """

    event, subject = TASK_PROGRESSED, "task"

    def __init__(
        self, claim: Claim, village: VillageFacts, around: Surroundings, *, result: type[R] | None
    ) -> None:
        row = claim.row
        assert isinstance(row, TaskRow)
        super().__init__(claim, village, around, actor_id=row.started_by)
        self.id, self._kind = row.id, result
        self.result: R | None = None
        if result is not None and row.result is not None:
            self.result = result.model_validate_json(json.dumps(row.result))

    def outcome(self) -> dict[str, Any] | None:
        """The result as it is kept. Raises TaskMisused for what is not of the task's model, or too long."""
        if self.result is None:
            return None
        return plain(self.result, self._kind, f"Task {self.name!r}: run.result")

    def _beside(self, told: Mapping[str, int]) -> dict[str, Any]:
        result = self.outcome()
        kept: dict[str, Any] = {} if result is None else {"result": result}
        return {**kept, "attempts": 0} if told.get("done", 0) > self.done else kept

    def _written(self, beside: Mapping[str, Any]) -> None:
        row = self._claim.row
        row.attempts = beside.get("attempts", row.attempts)  # who comes further has not failed in vain
