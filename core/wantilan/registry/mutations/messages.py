"""Marking messages as read."""

from __future__ import annotations

import strawberry

from ...errors import NotFound, Text
from ...graph.context import Info
from ...graph.declare import input, payload, ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from .. import models
from ..message_types import Message
from ..reading import oneself
from ..types import Resident

MOST = 100
HOW_MANY = Text("Berikan 1 sampai 100 id.", "Give 1 to 100 ids.")


@input
class MarkMessagesReadInput:
    """Which messages have been read."""

    message_ids: list[strawberry.ID]
    """Their ids, 1 to 100."""


@payload
class MarkMessagesReadPayload:
    """What was marked."""

    resident: Resident | None
    """Whose messages they are, for reading them again."""
    changed: int
    """How many were not marked before."""


@mutation(needs=oneself(models.Message.resident_id))
async def mark_messages_read(info: Info, input: MarkMessagesReadInput) -> MarkMessagesReadPayload:
    """Mark messages of one's own as read; what is marked already stays as it is."""
    judge = Judge(input)
    if not 1 <= len(input.message_ids) <= MOST:
        judge.refuse("message_ids", "HOW_MANY", HOW_MANY)
    judge.check()
    keys = [
        info.context.key_of(Message, text, "input", "messageIds", place)
        for place, text in enumerate(input.message_ids)
    ]
    if len({key.village for key in keys}) != 1 or keys[0].village is None:
        raise NotFound
    changed = 0
    async with info.context.write(keys[0].village) as unit:
        rows = [await unit.target(models.Message, key.id, lock=True) for key in keys]
        for row in rows:
            if row.read_at is None:
                row.read_at = unit.now
                changed += 1
        await unit.flush()
        resident = await unit.get(models.Resident, rows[0].resident_id)
    return MarkMessagesReadPayload(resident=ref(Resident, resident), changed=changed)
