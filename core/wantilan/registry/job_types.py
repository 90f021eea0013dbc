"""What is shown of jobs: when each is due in a village, and how its runs ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..graph.declare import column, connection, entity, expression, one
from ..graph.known import known
from ..graph.relay import Connection
from ..store.types import Instant
from .models import Job, JobOutcome, JobRun
from .reading import within

READ = "job.read"


def _next(table: Any) -> Any:
    return sa.case((table.c.paused, sa.null()), else_=table.c.due_at)


@entity(JobRun, read=[within(READ)])
class VillageJobRun:
    """One run of a job."""

    planned_at: datetime
    """The moment of the schedule for which it ran."""
    missed: int
    """How many moments before it nobody saw to, because no server ran; they are made up for by this run."""
    started_at: datetime
    """When it began."""
    ended_at: datetime
    """When it ended."""
    outcome: JobOutcome
    """How it ended."""
    failure: str | None
    """The kind of the error; null for a run that did its work."""


@entity(Job, read=[within(READ)])
class VillageJob:
    """Something that a program does by the clock in this village."""

    name: str
    """The job's name, as `runJob` takes it."""
    program: str
    """The program that does it."""
    description: str | None = known("jobs", Job.name, lambda job, language: job.description.in_(language))
    """What it is for, in the language of the request; null for a job that no program knows any more."""
    schedule: str
    """When it is due, as a cron expression: minute, hour, day of month, month, day of week."""
    time_zone: str
    """The zone in which the schedule is meant: the village's."""
    next_at: datetime | None = expression(_next, type=Instant())
    """When it runs next; after a failure, when it is tried again. Null while it is paused."""
    paused: bool
    """Whether its program is switched off here, or does not know it any more."""
    attempts: int
    """How often it has failed since it last went well."""
    failure: str | None
    """The kind of the error that it last failed with; null since it went well."""
    running_since: datetime | None = column(Job.started_at)
    """When it was begun, while it runs."""
    done: int
    """How far a run that works in steps has come."""
    total: int | None
    """Of how many steps; null where that is not known."""
    last_run: VillageJobRun | None = one(only=JobRun.latest.is_(True))
    """The run that ended last."""
    runs: Connection[VillageJobRun] | None = connection()
    """The last hundred runs, the oldest first."""


TYPES = (VillageJobRun, VillageJob)
