"""What is shown of tasks, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

from ..access.actor import Actor
from ..access.rules import At, Binder, Rule, Scope
from ..graph.declare import entity, localized
from ..graph.filters import by
from ..graph.known import known
from ..graph.scalars import Json
from .job_types import READ
from .models import Task, TaskState
from .reading import within

MANAGE = "program.manage"


@dataclass(frozen=True)
class started_it:
    """Whoever started the task, while he holds anything in its village."""

    @property
    def key(self) -> str:
        return "started it"

    def applies(self, actor: Actor) -> bool:
        return actor.id is not None

    def follows(self, actor: Actor) -> bool:
        return False

    def narrowed(self, actor: Actor) -> Rule:
        return self

    def place(self, at: At, bind: Binder) -> ColumnElement[bool]:
        if at.scope is Scope.REGION:
            return sa.false()
        return bind.within(at.column, "walls", lambda actor: actor.walls)

    def where(self, table: FromClause, bind: Binder) -> ColumnElement[bool]:
        own: ColumnElement[Any] = bind.value("self", lambda actor: actor.id, sa.Uuid())
        return table.c.started_by == own

    def admits(self, actor: Actor, village_id: UUID, code: str) -> bool:
        """Into any village in which he holds something; the row itself is looked at there."""
        return any(code.startswith(held) for held in actor.walls)

    def __str__(self) -> str:
        return "having started it"


@dataclass(frozen=True)
class ends_task(started_it):
    """Whoever may end a task; in the transaction it is judged by the row whether that is so."""

    def __str__(self) -> str:
        return f"having started it, what the task itself needs, or {MANAGE}"


@entity(
    Task,
    read=[within(READ), started_it()],
    order=[by(Task.created_at, downwards=True)],
    filter=[Task.state, Task.name],
)
class VillageTask:
    """Something that a program does once in this village, because somebody asked for it. It is forgotten 30
    days after its end.
    """

    name: str
    """The task's name; begins with the program's prefix."""
    description: str | None = known("tasks", Task.name, lambda task, language: task.description.in_(language))
    """What it is for, in the language of the request; null for a task that no program knows any more."""
    state: TaskState
    """How far it has come. While its program is switched off here it waits."""
    created_at: datetime
    """When it was asked for."""
    ended_at: datetime | None
    """When it ended; null until then."""
    done: int
    """How many steps are done. What a step wrote stays, however the task ends."""
    total: int | None
    """Of how many steps; null where that is not known."""
    result: Json | None
    """What came of it so far, as the task defines it: ids and counts. Null while there is nothing."""
    failure: str | None = localized(Task.failure_id, Task.failure_en)
    """Why it failed, in the language of the request; null unless its state is FAILED."""
    failure_code: str | None
    """The code of the error that it failed with, of the list of all codes."""


TYPES = (VillageTask,)
