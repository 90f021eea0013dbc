"""Ending a task."""

from __future__ import annotations

import strawberry

from ...errors import NotFound
from ...graph.context import Info, WriteUnit
from ...graph.declare import input, payload, ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...programs.host import Host
from ...programs.starting import cancel
from ...store.tasks import Task
from ..task_types import MANAGE, VillageTask, ends_task
from ..types import Village


@input
class CancelTaskInput:
    """Which task is to be ended."""

    id: strawberry.ID
    """The task."""


@payload
class CancelTaskPayload:
    """A task that was ended."""

    task: VillageTask | None
    """The task; null for those who may not see it."""
    village: Village
    """The village, for reading its tasks again."""
    changed: bool
    """False when it was cancelled already."""


@mutation(needs=ends_task())
async def cancel_task(info: Info, input: CancelTaskInput) -> CancelTaskPayload:
    """End a task that waits or runs; what its steps have written stays."""
    judge = Judge(input)
    key = judge.key(VillageTask, "id")
    judge.check()
    assert key is not None
    async with info.context.write(key.village_id) as unit:
        row = await unit.get(Task, key.id, lock=True)
        if row is None or not _may_end(unit, info.context.service(Host), row):
            raise NotFound
        changed = await cancel(unit, row)
        village = await unit.own_village()
    return CancelTaskPayload(task=ref(VillageTask, row), village=ref(Village, village), changed=changed)


def _may_end(unit: WriteUnit, host: Host, row: Task) -> bool:
    needs = [MANAGE] if row.name not in host.tasks else [MANAGE, host.tasks[row.name][1].needs]
    mine = row.started_by is not None and row.started_by == unit.actor_id
    return mine or any(unit.actor.may(permission, unit.village.code) for permission in needs)
