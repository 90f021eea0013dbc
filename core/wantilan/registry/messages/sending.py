"""Bringing messages to residents by the channels of their village, which are programs: after the commit, at
least once for each (message, channel), again after a failure, each without the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ...errors import Text
from ...programs import hookspecs
from ...programs.background import Loop
from ...programs.delivery import SQLITE_SECONDS
from ...programs.host import Host
from ...programs.values import Message as Told
from ...programs.values import ResidentFacts
from ...store import leases
from ...store.database import Database
from ...store.ids import uuid7
from ...store.outbox import Event
from ...store.places import Village, VillageProgram
from ...store.walls import WHOLE_COUNTRY
from ...store.write import Unit, VillageFacts
from ..models import Message, MessageDelivery, MessageOutcome
from .notifying import SENT

log = logging.getLogger("wantilan")
Channel = Callable[[Told, VillageFacts, Unit], Awaitable[bool]]
MOST_ATTEMPTS = 12
"""About two days after the first one."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
AT_ONCE = 200
PAUSE = timedelta(seconds=5)
"""Between two looks, if nothing is announced."""


class Sending:
    """Runs inside `serve`. In a demo nothing is sent: nothing may leave the machine."""

    def __init__(
        self,
        host: Host,
        database: Database,
        *,
        lease: timedelta = timedelta(minutes=2),
        seconds: float = 60.0,
        first_pause: timedelta = FIRST_PAUSE,
        together: int = 8,
    ) -> None:
        self.database, self.lease, self.first_pause = database, lease, first_pause
        self.seconds = min(seconds, SQLITE_SECONDS) if database.dialect == "sqlite" else seconds
        self.loop = Loop("messages", self.send, pause=PAUSE)
        self.owner = uuid4()
        self.channels: dict[str, Channel] = {
            program.name: call
            for program, call in host.loaded.implementations(hookspecs.deliver_message)
            if program in host.programs
        }
        self.together = together

    def announced(self, village: VillageFacts, events: Sequence[Event]) -> None:
        """Called after a commit: a new message is brought at once."""
        if any(event.name == SENT for event in events):
            self.loop.wake()

    async def send(self) -> int:
        """Bring what is due; how many deliveries were tried."""
        tried = 0
        await self.queue()
        while True:
            async with self.database.transaction(WHOLE_COUNTRY) as session:
                rows = await leases.claim(
                    session,
                    MessageDelivery,
                    MessageDelivery.outcome == MessageOutcome.WAITING,
                    MessageDelivery.channel.in_(self.channels),
                    owner=self.owner,
                    lease=self.lease,
                    most=self.together,
                )
            if not rows:
                return tried
            await asyncio.gather(*(self._deliver(row) for row in rows))
            tried += len(rows)

    async def queue(self) -> None:
        """Give each channel its part of the new messages: those of villages that have enabled it. A program
        that is enabled later begins with the messages that come then.
        """
        while True:
            async with self.database.transaction(WHOLE_COUNTRY) as session:
                if not await self._queue_some(session):
                    return

    async def _queue_some(self, session: AsyncSession) -> bool:
        new = (
            sa.select(Message.village_id, Message.id)
            .where(Message.queued_at.is_(None))
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        found = [(row[0], row[1]) for row in await session.execute(new)]
        if not found:
            return False
        on = await session.execute(
            sa.select(VillageProgram.village_id, VillageProgram.program).where(
                VillageProgram.village_id.in_({village for village, _ in found}),
                VillageProgram.program.in_(self.channels),
            )
        )
        enabled: dict[UUID, list[str]] = {}
        for village, program in on:
            enabled.setdefault(village, []).append(program)
        now = datetime.now(UTC)
        rows = [
            MessageDelivery(
                village_id=village, id=uuid7(), message_id=message, channel=channel, due_at=now, attempts=0
            )
            for village, message in found
            for channel in sorted(enabled.get(village, ()))
        ]
        session.add_all(rows)
        await session.execute(
            sa.update(Message)
            .where(sa.tuple_(Message.village_id, Message.id).in_(found))
            .values(queued_at=now)
            .execution_options(synchronize_session=False)
        )
        return True

    async def _deliver(self, row: MessageDelivery) -> None:
        try:
            async with asyncio.timeout(self.seconds):
                await self._hand_over(row)
        except Exception as error:
            log.error("channel %s: %s for message %s", row.channel, type(error).__name__, row.message_id)
            await self._failed(row, type(error).__name__)

    async def _hand_over(self, row: MessageDelivery) -> None:
        """What the channel writes, and what came of it, are one transaction."""
        async with self.database.transaction(WHOLE_COUNTRY) as session:
            facts = VillageFacts.of(await session.get_one(Village, row.village_id))
        async with self.database.transaction(facts.code) as session:
            if not await leases.keep(session, row, owner=self.owner, lease=self.lease):
                return
            message = await session.get_one(Message, (row.village_id, row.message_id))
            taken = await self.channels[row.channel](_told(message), facts, Unit(session, facts, None))
            outcome = MessageOutcome.TAKEN if taken else MessageOutcome.NOT_REACHED
            await leases.release(
                session, row, owner=self.owner, outcome=outcome, ended_at=datetime.now(UTC), failure=None
            )

    async def _failed(self, row: MessageDelivery, failure: str) -> None:
        attempts, now = row.attempts + 1, datetime.now(UTC)
        pause = leases.pause_after(attempts, self.first_pause, LONGEST_PAUSE)
        given_up = attempts >= MOST_ATTEMPTS
        async with self.database.transaction(WHOLE_COUNTRY) as session:
            await leases.release(
                session,
                row,
                owner=self.owner,
                attempts=attempts,
                failure=failure,
                due_at=now + pause,
                outcome=MessageOutcome.GIVEN_UP if given_up else MessageOutcome.WAITING,
                ended_at=now if given_up else None,
            )


def _told(message: Message) -> Told:
    return Told(
        id=message.id,
        to=ResidentFacts(message.resident_id, message.village_id),
        subject=Text(message.subject_id, message.subject_en),
        body=Text(message.body_id, message.body_en),
    )
