"""Bringing messages to residents by the channels of their village, which are programs: after the commit, at
least once for each (message, channel), again after a failure, each without the others.

While a channel talks to somebody outside, no transaction is open: a mail server that hangs keeps nobody else
from writing. Each channel has a loop of its own, so that none waits for another.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import sqlalchemy as sa

from ...errors import Text
from ...programs import hookspecs
from ...programs.background import Loop
from ...programs.delivery import SQLITE_SECONDS
from ...programs.host import Host
from ...programs.values import Begin, ResidentFacts
from ...programs.values import Message as Told
from ...store import leases
from ...store.database import Database
from ...store.leases import LeaseLost
from ...store.outbox import Event
from ...store.places import VillageProgram
from ...store.walls import IDS, WHOLE_COUNTRY
from ...store.write import Announced, Unit, VillageFacts, village_facts
from ..models import Message, MessageDelivery, MessageOutcome
from .notifying import SENT
from .queueing import is_new, queue

log = logging.getLogger("wantilan")
Channel = Callable[[Told, VillageFacts, Begin], Awaitable[object]]
MOST_ATTEMPTS = 12
"""About two days after the first one."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
PAUSE = timedelta(seconds=5)
"""Between two looks, if nothing is announced."""
LEASE = timedelta(minutes=2)


class NoAnswer(Exception):
    """A channel answered neither True nor False, or was cancelled by somebody, and not because we stop."""


class Sending:
    """Runs inside `serve`. In a demo nothing is sent: nothing may leave the machine.

    `seconds` is how long a channel may take for one message, `lease` how long others wait for a process that
    died, `together` how many messages one channel is given at a time.
    """

    def __init__(
        self,
        host: Host,
        database: Database,
        *,
        announced: Announced = lambda village, events: None,
        seconds: float = 60.0,
        lease: timedelta | None = None,
        first_pause: timedelta = FIRST_PAUSE,
        together: int = 8,
    ) -> None:
        self.database, self.tell, self.seconds, self.first_pause = database, announced, seconds, first_pause
        self.lease = lease or max(LEASE, 2 * timedelta(seconds=seconds))  # who is only slow keeps it
        self.owner, self.together = uuid4(), together
        self.channels: dict[str, Channel] = {
            program.name: call
            for program, call in host.loaded.implementations(hookspecs.deliver_message)
            if program in host.programs
        }
        self.queueing = Loop("messages", self.queue, pause=PAUSE)
        self.loops = {
            name: Loop(f"messages by {name}", partial(self.send_by, name), pause=PAUSE)
            for name in self.channels
        }
        self._holding = SQLITE_SECONDS if database.dialect == "sqlite" else None
        self._places = asyncio.Semaphore(max(1, database.writers // 2))  # the other half: those who ask

    def announced(self, village: VillageFacts, events: Sequence[Event]) -> None:
        """Called after a commit: a new message is brought at once."""
        if any(event.name == SENT for event in events):
            self.queueing.wake()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Bring messages for as long as the process serves."""
        async with AsyncExitStack() as stack:
            for loop in (self.queueing, *self.loops.values()):
                await stack.enter_async_context(loop.running())
            yield

    async def queue(self) -> None:
        """Give each channel its part of what is new, and wake them."""
        async with self.database.look(WHOLE_COUNTRY) as session:
            if await self.database.only_reads(session) or not await is_new(session):
                return
        await queue(self.database, self.channels)
        for loop in self.loops.values():
            loop.wake()

    async def send(self) -> int:
        """Bring all that is due now; how many deliveries were tried."""
        await self.queue()
        return sum(await asyncio.gather(*(self.send_by(name) for name in self.channels)))

    async def send_by(self, channel: str) -> int:
        """Bring what is due by one channel; how many deliveries were tried."""
        tried, running = 0, set[asyncio.Task[None]]()
        try:
            while True:
                rows = await self._claimed(channel, self.together - len(running))
                running |= {asyncio.create_task(self._deliver(row), name="messages") for row in rows}
                tried += len(rows)
                if not running:
                    return tried
                _, running = await asyncio.wait(running, timeout=1, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _claimed(self, channel: str, most: int) -> Sequence[MessageDelivery]:
        if most < 1:
            return ()
        waiting = (MessageDelivery.outcome == MessageOutcome.WAITING, MessageDelivery.channel == channel)
        now = leases.moment_of(self.database.dialect)
        due = sa.select(sa.exists().where(*waiting, MessageDelivery.due_at <= now))
        async with self.database.look(WHOLE_COUNTRY) as session:
            if await self.database.only_reads(session) or not await session.scalar(due):
                return ()
        async with self.database.transaction(WHOLE_COUNTRY) as session:
            return await leases.claim(
                session, MessageDelivery, *waiting, owner=self.owner, lease=self.lease, most=most
            )

    # One delivery
    async def _deliver(self, row: MessageDelivery) -> None:
        """What came of it is written down, unless it is another process's by now."""
        try:
            taken = await self._hand_over(row)
            outcome = MessageOutcome.TAKEN if taken else MessageOutcome.NOT_REACHED
            await self._write(row, outcome=outcome, ended_at=datetime.now(UTC), failure=None)
        except LeaseLost:
            log.warning("channel %s: another process has message %s by now", row.channel, row.message_id)
        except (Exception, SystemExit) as error:
            log.error("channel %s: %s for message %s", row.channel, type(error).__name__, row.message_id)
            await self._failed(row, type(error).__name__)

    async def _hand_over(self, row: MessageDelivery) -> bool:
        async with self.database.look(f"{IDS}{row.village_id}") as session:
            village = await village_facts(session, row.village_id)
            message = await session.get_one(Message, (row.village_id, row.message_id))
            on = await session.scalar(_enabled(row))
        if village is None or not on:  # switched off since: what it has not brought, it does not bring
            return False
        task = asyncio.current_task()
        try:
            async with asyncio.timeout(self.seconds):
                begin = partial(self._begin, row, village)
                taken = await self.channels[row.channel](_told(message), village, begin)
        except asyncio.CancelledError as error:
            if task is None or task.cancelling():
                raise
            raise NoAnswer from error
        if not isinstance(taken, bool):
            raise NoAnswer
        return taken

    @asynccontextmanager
    async def _begin(self, row: MessageDelivery, village: VillageFacts) -> AsyncIterator[Unit]:
        """One transaction of a channel, if the delivery is still ours."""
        async with (
            self._places,
            self.database.transaction(village.code) as session,
            asyncio.timeout(self._holding),
        ):
            if not await leases.keep(session, row, owner=self.owner, lease=self.lease):
                raise LeaseLost
            unit = Unit(session, village, None)
            yield unit
        if unit.events:
            self.tell(village, unit.events)

    async def _failed(self, row: MessageDelivery, failure: str) -> None:
        """If the database is away, the lease ends by itself."""
        attempts, now = row.attempts + 1, datetime.now(UTC)
        over = attempts >= MOST_ATTEMPTS
        try:
            await self._write(
                row,
                attempts=attempts,
                failure=failure,
                due_at=now + leases.pause_after(attempts, self.first_pause, LONGEST_PAUSE),
                outcome=MessageOutcome.GIVEN_UP if over else MessageOutcome.WAITING,
                ended_at=now if over else None,
            )
        except Exception as error:
            log.error("channel %s: a failure could not be written (%s)", row.channel, type(error).__name__)

    async def _write(self, row: MessageDelivery, **values: object) -> None:
        async with self.database.transaction(f"{IDS}{row.village_id}") as session:
            if not await leases.release(session, row, owner=self.owner, **values):
                raise LeaseLost


def _enabled(row: MessageDelivery) -> sa.Select[tuple[bool]]:
    own = (VillageProgram.village_id == row.village_id, VillageProgram.program == row.channel)
    return sa.select(sa.exists().where(*own))


def _told(message: Message) -> Told:
    return Told(
        id=message.id,
        to=ResidentFacts(message.resident_id, message.village_id),
        subject=Text(message.subject_id, message.subject_en),
        body=Text(message.body_id, message.body_en),
    )
