"""Work that somebody asked for, once, with arguments: what waits, who does it, and what became of it."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .leases import Leased, claim, moment_of
from .places import Village
from .tables import VillageTable, sql_table

STARTED, PROGRESSED = "task_started", "task_progressed"
"""The events of a task, whose subject is `task`: it waits; it has come further, or has ended."""
OF_ONE_VILLAGE = 2
"""So many tasks of a village run at a time, in all processes together: what others want is done beside."""
OPEN = "state IN ('WAITING', 'RUNNING')"


class TaskState(enum.Enum):
    """How far a task has come."""

    WAITING = "waiting"
    """It is to be done, or to be gone on with."""
    RUNNING = "running"
    """It is being done."""
    DONE = "done"
    """It did its work."""
    FAILED = "failed"
    """It was refused, or failed as often as is tried; what its steps had written until then stays."""
    CANCELLED = "cancelled"
    """Somebody ended it; what its steps had written until then stays."""


class Task(Leased, VillageTable):
    """One task. `failure` is the class of what was raised; the code and the texts are what may be told."""

    __tablename__ = "task"
    __table_args__ = (
        sa.CheckConstraint("(ended_at IS NULL) = (state IN ('WAITING', 'RUNNING'))", name="ended"),
        sa.Index(None, "village_id", "created_at", "id"),
        sa.Index(
            "ix_task_open", "due_at", sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN)
        ),
        sa.Index(None, "village_id", "state"),
        sa.Index(None, "village_id", "name"),
    )  # fmt: skip

    name: Mapped[str]
    input: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None]
    state: Mapped[TaskState] = mapped_column(default=TaskState.WAITING)
    started_by: Mapped[UUID | None]
    """The actor who asked for it; null for what a job asked for."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    """How many steps are done. They stay done when it is tried again."""
    total: Mapped[int | None]
    failure_code: Mapped[str | None]
    failure_id: Mapped[str | None]
    failure_en: Mapped[str | None]


async def is_due(session: AsyncSession, *conditions: sa.ColumnElement[bool]) -> bool:
    """Whether there is anything to be claimed."""
    now = moment_of(session.get_bind().dialect.name)
    return bool(await session.scalar(sa.select(sa.exists().where(*_free(now), *conditions))))


async def take(
    session: AsyncSession, *conditions: sa.ColumnElement[bool], owner: UUID, lease: timedelta, most: int
) -> Sequence[Task]:
    """Tasks that are due and nobody's, now `owner`'s until the lease ends: of no village more than may run at
    a time, and first of those villages of which the fewest run.
    """
    dialect = session.get_bind().dialect.name
    villages = {village for village, _ in await session.execute(_next(dialect, conditions, most))}
    if not villages:
        return ()
    if dialect == "postgresql":
        # Who counts what runs in a village must be the only one who does, until his claims are committed. It
        # is no lock that foreign keys would wait for; and a village that another process has, it sees to.
        lock = sa.select(Village.id).where(Village.id.in_(villages)).order_by(Village.id)
        locked = lock.with_for_update(skip_locked=True, key_share=True)
        villages = set(await session.scalars(locked))
    ours = (*conditions, Task.village_id.in_(villages))
    keys = [tuple(row) for row in await session.execute(_next(dialect, ours, most))]
    chosen = sa.tuple_(Task.village_id, Task.id).in_(keys)
    return await claim(session, Task, _OPEN, chosen, owner=owner, lease=lease, most=most) if keys else ()


def _next(dialect: str, conditions: Sequence[sa.ColumnElement[bool]], most: int) -> sa.Select[UUID, UUID]:
    """Village and id of what may be claimed, the fairest first."""
    now = moment_of(dialect)
    order = (Task.due_at, Task.id)
    running = (
        sa.select(_OTHER.c.village_id, sa.func.count().label("count"))
        .where(_OTHER.c.state.in_(_OPEN_STATES), _OTHER.c.leased_until >= now)
        .group_by(_OTHER.c.village_id)
        .subquery("running")
    )
    place = sa.func.row_number().over(partition_by=Task.village_id, order_by=order)
    waiting = (
        sa.select(Task.village_id, Task.id, Task.due_at, place.label("place"))
        .where(*_free(now), *conditions)
        .subquery("waiting")
    )
    beside = waiting.c.place + sa.func.coalesce(running.c.count, 0)
    return (
        sa.select(waiting.c.village_id, waiting.c.id)
        .select_from(waiting.outerjoin(running, running.c.village_id == waiting.c.village_id))
        .where(beside <= OF_ONE_VILLAGE)
        .order_by(beside, waiting.c.due_at, waiting.c.id)
        .limit(most)
    )


def _free(now: Any) -> list[sa.ColumnElement[bool]]:
    return [_OPEN, Task.due_at <= now, sa.or_(Task.leased_until.is_(None), Task.leased_until < now)]


_OTHER = sql_table(Task).alias("other")
_OPEN_STATES: list[sa.ColumnElement[Any]] = [
    sa.literal_column(f"'{state.name}'") for state in (TaskState.WAITING, TaskState.RUNNING)
]
_OPEN = Task.state.in_(_OPEN_STATES)
"""Spelt out, as the partial index says it."""
MODELS = (Task,)
