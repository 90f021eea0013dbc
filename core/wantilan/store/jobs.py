"""Work by the clock, in each village and for the deployment: what is due when, and what became of it.

A job of a village is one row for as long as it is declared. Its row waits for one moment of its schedule,
`planned_at`, and is tried at `due_at`: the same moment, or a later one after a failure.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .leases import Leased
from .tables import PlatformTable, VillageTable, reference, sql_table

KEPT_RUNS = 100
"""How many runs of a job are remembered."""


class JobOutcome(enum.Enum):
    """How a run of a job ended."""

    DONE = "done"
    """It did its work, and that is written."""
    FAILED = "failed"
    """It raised, and nothing of it is written; it is tried again."""
    TIMED_OUT = "timed out"
    """It took longer than it may, and nothing of it is written; it is tried again."""
    LOST = "lost"
    """The process that ran it is gone; what was not finished is not written, and it is tried again."""


class Planned(Leased):
    """What jobs have in common, of a village or not."""

    schedule: Mapped[str]
    """The cron expression by which `planned_at` was found."""
    planned_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    """Set while somebody runs it. Who claims it and finds it set knows that the one before is gone."""


class Job(VillageTable, Planned):
    """A job of a program in one village. `paused`: the program is off there, or knows the job no more."""

    __tablename__ = "job"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "name"),
        sa.Index(
            "ix_job_waiting",
            "due_at",
            sqlite_where=sa.text("paused = 0"),
            postgresql_where=sa.text("NOT paused"),
        ),
    )

    name: Mapped[str]
    program: Mapped[str]
    time_zone: Mapped[str]
    paused: Mapped[bool] = mapped_column(default=False)
    done: Mapped[int] = mapped_column(default=0)
    """How far a run has come that works in steps. What is done stays done when it is tried again."""
    total: Mapped[int | None]


class JobRun(VillageTable):
    """One run of a job: for which moment of its schedule, how many before it were missed, and its end."""

    __tablename__ = "job_run"
    __table_args__ = (
        sa.Index(
            "uq_job_run_latest",
            "village_id",
            "job_id",
            unique=True,
            sqlite_where=sa.text("latest IS 1"),
            postgresql_where=sa.text("latest IS true"),
        ),
        sa.Index(None, "village_id", "job_id", "id"),
        sa.CheckConstraint("missed >= 0", name="missed"),
    )

    job_id: Mapped[UUID] = reference(Job)
    planned_at: Mapped[datetime]
    missed: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    outcome: Mapped[JobOutcome]
    failure: Mapped[str | None]
    latest: Mapped[bool]


class PlatformJob(PlatformTable, Planned):
    """A job of the deployment itself, which lies in no village; of its runs only the last is remembered."""

    __tablename__ = "platform_job"

    name: Mapped[str] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime | None]
    outcome: Mapped[JobOutcome | None]


async def plan(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows of `Job`; where there is one already, it waits for its new moment."""
    if not rows:
        return
    made = _insert(session)(_JOB)
    changed = ("schedule", "time_zone", "planned_at", "due_at", "paused")
    await session.execute(
        made.on_conflict_do_update(
            index_elements=["village_id", "name"], set_={name: made.excluded[name] for name in changed}
        ),
        list(rows),
    )


async def plan_platform(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows of `PlatformJob`; one of another schedule waits for its new moment."""
    if not rows:
        return
    made = _insert(session)(_PLATFORM)
    changed = {name: made.excluded[name] for name in ("schedule", "planned_at", "due_at")}
    other = _PLATFORM.c.schedule != made.excluded.schedule
    await session.execute(
        made.on_conflict_do_update(index_elements=["name"], set_=changed, where=other), list(rows)
    )


async def remember(session: AsyncSession, run: JobRun) -> None:
    """Write down a run as the latest of its job, and forget the oldest."""
    own = [_RUN.c.village_id == run.village_id, _RUN.c.job_id == run.job_id]
    await session.execute(sa.update(_RUN).where(*own, _RUN.c.latest.is_(True)).values(latest=False))
    session.add(run)
    await session.flush()
    oldest = sa.select(_RUN.c.id).where(*own).order_by(_RUN.c.id.desc()).offset(KEPT_RUNS).limit(1)
    await session.execute(sa.delete(_RUN).where(*own, _RUN.c.id <= oldest.scalar_subquery()))


def _insert(session: AsyncSession) -> Any:
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert


_JOB, _RUN, _PLATFORM = sql_table(Job), sql_table(JobRun), sql_table(PlatformJob)
MODELS = (Job, JobRun, PlatformJob)
