"""Marking messages as read."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
import strawberry

from ...errors import NotFound, Text
from ...graph.context import Info
from ...graph.declare import input, payload, ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...graph.relay import GlobalId
from ...store.tables import sql_table
from .. import models
from ..message_types import Message
from ..reading import oneself
from ..types import Resident

MESSAGE = sql_table(models.Message)
MOST = 100
HOW_MANY = Text("Berikan 1 sampai 100 id.", "Give 1 to 100 ids.")
ONE_WAY = Text("Berikan messageIds atau upTo, salah satu.", "Give messageIds or upTo, one of them.")


@input
class MarkMessagesReadInput:
    """Which messages have been read: these, or one with all before it."""

    message_ids: list[strawberry.ID] | None = None
    """Their ids, 1 to 100."""
    up_to: strawberry.ID | None = None
    """The newest of them: it and every older one."""


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
    keys = _keys(info, input)
    if len({key.village for key in keys}) != 1 or keys[0].village is None:
        raise NotFound
    async with info.context.write(keys[0].village) as unit:
        rows = [await unit.target(models.Message, key.id) for key in keys]
        meant = _up_to(rows[0]) if input.up_to is not None else MESSAGE.c.id.in_([row.id for row in rows])
        unread: Any = (
            MESSAGE.update()
            .where(MESSAGE.c.village_id == unit.village.id, meant, MESSAGE.c.read_at.is_(None))
            .values(read_at=unit.now)
            .returning(MESSAGE.c.id)
        )
        changed = len((await unit.session.execute(unread)).all())
        resident = await unit.get(models.Resident, rows[0].resident_id)
    return MarkMessagesReadPayload(resident=ref(Resident, resident), changed=changed)


def _up_to(row: models.Message) -> sa.ColumnElement[bool]:
    """It and all that its resident was told before it."""
    order, there = (MESSAGE.c.created_at, MESSAGE.c.id), (row.created_at, row.id)
    bound = [sa.literal(value, column.type) for column, value in zip(order, there, strict=True)]
    return sa.and_(MESSAGE.c.resident_id == row.resident_id, sa.tuple_(*order) <= sa.tuple_(*bound))


def _keys(info: Info, input: MarkMessagesReadInput) -> list[GlobalId]:
    """Of the messages that were named. Raises BadUserInput."""
    judge, ids = Judge(input), input.message_ids
    if (ids is None) == (input.up_to is None):
        judge.refuse("message_ids", "ONE_WAY", ONE_WAY)
    elif ids is not None and not 1 <= len(ids) <= MOST:
        judge.refuse("message_ids", "HOW_MANY", HOW_MANY)
    judge.check()
    if input.up_to is not None:
        return [info.context.key_of(Message, input.up_to, "input", "upTo")]
    return [
        info.context.key_of(Message, text, "input", "messageIds", place)
        for place, text in enumerate(ids or ())
    ]
