"""What `wantilan jobs list` says of tasks."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ..programs.host import Host
from ..store.database import Database
from ..store.places import Village
from ..store.tasks import Task, TaskState
from ..store.walls import WHOLE_COUNTRY
from .printing import moment

HEADINGS = ("VILLAGE", "PROGRAM", "TASK", "STATE", "CREATED", "DONE", "ATTEMPTS", "FAILURE")
SHOWN = (TaskState.WAITING, TaskState.RUNNING, TaskState.FAILED)


async def task_rows(
    database: Database, host: Host, village: str | None, program: str | None
) -> list[Sequence[object]]:
    """Those that wait, run or failed, the oldest first; `-` is a program that is there no more."""
    query = (
        sa.select(Task, Village.code)
        .join(Village, Village.id == Task.village_id)
        .where(Task.state.in_(SHOWN))
        .order_by(Task.created_at, Task.id)
    )
    if village is not None:
        query = query.where(Village.code == village)
    if program is not None:
        names = [name for name, (owner, _) in host.tasks.items() if owner.name == program]
        query = query.where(Task.name.in_(names))
    async with database.transaction(WHOLE_COUNTRY) as session:
        return [
            (code, _program(host, row.name), row.name, row.state.value, moment(row.created_at), _done(row),
             row.attempts, row.failure or "-")
            for row, code in await session.execute(query)
        ]  # fmt: skip


def _program(host: Host, name: str) -> str:
    return host.tasks[name][0].name if name in host.tasks else "-"


def _done(row: Task) -> str:
    return str(row.done) if row.total is None else f"{row.done}/{row.total}"
