"""Giving each channel its part of the new messages: a delivery for each (message, channel)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ...store.database import Database
from ...store.ids import uuid7
from ...store.places import VillageProgram
from ...store.walls import WHOLE_COUNTRY
from ..models import Message, MessageDelivery

AT_ONCE = 200


async def queue(database: Database, channels: Collection[str]) -> None:
    """All that is new, to the channels that the village had enabled when it was written. Messages of villages
    without a channel are marked too: a program that is enabled later begins with those that come then.
    """
    while True:
        async with database.transaction(WHOLE_COUNTRY) as session:
            if not await _queue_some(session, channels):
                return


async def is_new(session: AsyncSession) -> bool:
    """Whether there is anything to queue."""
    return bool(await session.scalar(sa.select(sa.exists().where(Message.queued_at.is_(None)))))


async def _queue_some(session: AsyncSession, channels: Collection[str]) -> bool:
    new = (
        sa.select(Message.village_id, Message.id, Message.created_at)
        .where(Message.queued_at.is_(None))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = [(row[0], row[1], row[2]) for row in await session.execute(new)]
    if not found:
        return False
    enabled = await _enabled(session, {village for village, _, _ in found}, channels)
    now = datetime.now(UTC)
    session.add_all(
        MessageDelivery(
            village_id=village, id=uuid7(), message_id=message, channel=channel, due_at=now, attempts=0
        )
        for village, message, written in found
        for channel, since in enabled.get(village, ())
        if since <= written
    )
    await session.execute(
        sa.update(Message)
        .where(sa.tuple_(Message.village_id, Message.id).in_([row[:2] for row in found]))
        .values(queued_at=now)
        .execution_options(synchronize_session=False)
    )
    return True


async def _enabled(
    session: AsyncSession, villages: Collection[UUID], channels: Collection[str]
) -> dict[UUID, list[tuple[str, datetime]]]:
    """The channels of each village, and since when it has them."""
    rows = await session.execute(
        sa.select(VillageProgram.village_id, VillageProgram.program, VillageProgram.enabled_at)
        .where(VillageProgram.village_id.in_(villages), VillageProgram.program.in_(channels))
        .order_by(VillageProgram.program)
    )
    found: dict[UUID, list[tuple[str, datetime]]] = {}
    for village, program, since in rows:
        found.setdefault(village, []).append((program, since))
    return found
