"""Having a task done, ending it, and setting tasks aside while their program is off."""

from __future__ import annotations

import sqlalchemy as sa
from pydantic import BaseModel

from ..errors import Forbidden, InvalidTransition, Text
from ..graph.context import WriteUnit
from ..store.ids import uuid7
from ..store.tasks import PROGRESSED, STARTED, TaskState
from ..store.tasks import Task as Row
from ..store.write import Unit
from .manifest import Program
from .plain import TaskMisused, plain
from .task import Task

ENDED = Text("Tugas ini sudah selesai.", "This task has ended already.")


async def start_task(unit: Unit, task: Task, input: BaseModel | None = None) -> Row:
    """Have a task done in the unit's village once this transaction is committed; never, if it is rolled back.
    `input` is of the model that the task names. The row is for the payload: `ref(VillageTask, row)`.

    Raises Forbidden unless whoever asks holds what the task needs; TaskMisused, a TypeError, for what is no
    task and for arguments that do not fit it. Nothing is written then.
    """
    if not isinstance(task, Task):
        raise TaskMisused(
            f"start_task() takes a Task that the program declares, not a {type(task).__name__}."
        )
    given = plain(input, task.input, f"start_task({task.name!r}): input")
    if isinstance(unit, WriteUnit) and not unit.actor.may(task.needs, unit.village.code):
        raise Forbidden(task.needs)
    row = Row(
        village_id=unit.village.id,
        id=uuid7(),
        name=task.name,
        input=given,
        started_by=unit.actor_id,
        created_at=unit.now,
        due_at=unit.now,
        state=TaskState.WAITING,
    )
    await unit.add(row)
    unit.announce(STARTED, task=row.id)
    return row


async def cancel(unit: Unit, row: Row) -> bool:
    """End a task, held by this transaction: what it has in hand is not written. False when it was cancelled
    before. Raises InvalidTransition when it has ended otherwise.
    """
    if row.state is TaskState.CANCELLED:
        return False
    if row.ended_at is not None:
        raise InvalidTransition(ENDED)
    row.state, row.ended_at, row.leased_by, row.leased_until = TaskState.CANCELLED, unit.now, None, None
    await unit.flush()
    unit.announce(PROGRESSED, task=row.id)
    return True


async def set_aside(unit: Unit, program: Program) -> None:
    """A program was switched off: its tasks wait until it is on again, and one that is running leaves nothing
    more.
    """
    names = [task.name for task in program.tasks]
    running = [Row.village_id == unit.village.id, Row.name.in_(names), Row.state == TaskState.RUNNING]
    waits = {"state": TaskState.WAITING, "leased_by": None, "leased_until": None}
    set_back = sa.update(Row).where(*running).values(waits)
    await unit.session.execute(set_back, execution_options={"synchronize_session": False})
