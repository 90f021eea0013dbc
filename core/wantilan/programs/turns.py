"""A claimed job: for which moment of its schedule it runs, and when it is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from ..store.jobs import Job as Row
from ..store.jobs import PlatformJob
from ..store.leases import pause_after
from ..store.write import VillageFacts
from .job import Job
from .manifest import Program
from .run import Claim
from .schedule import Schedule


@dataclass(frozen=True)
class Turn:
    """For which moment of its schedule a job runs, how many before it were missed, and what comes next."""

    planned_at: datetime
    missed: int
    next_at: datetime

    @classmethod
    def of(cls, row: Row | PlatformJob, zone: str, now: datetime) -> Turn:
        """What was missed is done once, as the last of it. One that is done early keeps its moment."""
        if now < row.planned_at:
            return cls(row.due_at, 0, row.planned_at)
        schedule = Schedule.of(row.schedule, zone)
        last = max(schedule.last(now), row.planned_at)
        return cls(last, schedule.missed(row.planned_at, last), schedule.after(last))


@dataclass(frozen=True)
class Claimed:
    """One claimed job."""

    claim: Claim
    turn: Turn
    program: Program
    job: Job
    village: VillageFacts | None
    started_at: datetime

    @property
    def timeout(self) -> timedelta:
        return self.job.timeout

    def again(self, attempts: int, now: datetime, pause: timedelta) -> dict[str, Any]:
        """After a failure: later, but not so late that its next moment is there; then that one counts."""
        later = now + pause_after(attempts, pause)
        if later < self.turn.next_at:
            return {"attempts": attempts, "planned_at": self.turn.planned_at, "due_at": later}
        return {"attempts": attempts, "planned_at": self.turn.next_at, "due_at": self.turn.next_at}

    def __str__(self) -> str:
        where = f" in {self.village.code}" if self.village else ""
        return f"program {self.program.name}: job {self.job.name}{where}"


@dataclass(frozen=True)
class Chosen:
    """Which jobs: all, those of a name, those of a village."""

    name: str | None = None
    village: UUID | None = None

    def of_villages(self) -> list[sa.ColumnElement[bool]]:
        named = [] if self.name is None else [Row.name == self.name]
        return named if self.village is None else [*named, Row.village_id == self.village]

    def of_platform(self) -> list[sa.ColumnElement[bool]]:
        if self.village is not None:
            return [sa.false()]
        return [] if self.name is None else [PlatformJob.name == self.name]
