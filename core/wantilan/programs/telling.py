"""Telling one program what happened in one village: claimed by lease, each event in one transaction.

What a hook writes and the step of the cursor are one transaction, whose first statement takes the row of the
cursor: nobody else can be at the same event meanwhile, however long the hook takes and whatever became of the
lease. So effects in the database are there exactly once; a hook may be called again for an event whose
transaction did not commit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from ..store.cursors import EventCursor
from ..store.database import Database
from ..store.ids import uuid7
from ..store.leases import claim, keep, moment_of, pause_after, release
from ..store.outbox import Event
from ..store.walls import IDS
from ..store.write import Announced, Unit, VillageFacts, village_facts
from .hearing import Hearer, happening
from .waiting import Lookout, Open

log = logging.getLogger("wantilan")
BATCH = 100
"""How many events are read at a time."""
STRETCH = 10_000
"""How many numbers are looked through for them at a time; most may be events that nobody hears."""
DIED = "Died"
"""The failure of a process that has not given back its lease."""
IDLE_SECONDS = 10
"""How long after its time the database waits for a process of which nothing is heard any more."""


class Cancelled(Exception):
    """What a hook waited for was cancelled by somebody, and not because the process ends."""


@dataclass(frozen=True)
class Taken:
    """A claimed cursor, and the next events to be told; with them all up to `upto` is told."""

    cursor: EventCursor
    village: VillageFacts
    hearer: Hearer
    events: Sequence[Event]
    upto: int


@dataclass(frozen=True)
class Told:
    """How many events were told, and whether it went well."""

    events: int
    well: bool


class Teller:
    """What one process tells. `seconds`: how long a hook may take; `pause`: after a first failure; `failed`
    is told in which village it is to be tried again, and when.
    """

    def __init__(
        self,
        database: Database,
        hearers: Mapping[str, Hearer],
        lookout: Lookout,
        announced: Announced,
        *,
        owner: UUID,
        seconds: float,
        lease: timedelta,
        pause: timedelta,
        failed: Callable[[UUID, timedelta], None],
    ) -> None:
        self.database, self.hearers, self.lookout, self.announced = database, hearers, lookout, announced
        self.owner, self.seconds, self.lease, self.pause = owner, seconds, lease, pause
        self.failed = failed

    async def tell(self, village_id: UUID, program: str) -> Told | None:
        """Tell a program some of what waits for it in a village, until something fails. None when there is
        nothing to be taken: there may be more otherwise.
        """
        taken = await self.take(village_id, self.hearers[program])
        if taken is None:
            return None
        told = 0
        try:
            for event in taken.events:
                if not await self.call(taken, event):
                    return Told(told, well=False)
                told += 1
        except asyncio.CancelledError:
            await self.give_back(taken)
            raise
        return Told(told, well=True)

    async def take(self, village_id: UUID, hearer: Hearer) -> Taken | None:
        """Claim what waits. None when nothing does, when a pause is not over or another has it."""
        async with self.database.transaction(f"{IDS}{village_id}") as session:
            found, _ = await self.lookout.look(session, [village_id], most=1)
            open_ = next((one for one in found if one.program == hearer.name), None)
            if open_ is None or not open_.ready:
                return None
            cursor = await self._claim(session, open_)
            village = await village_facts(session, village_id)
            if cursor is None or village is None:
                return None
            end = min(open_.upto, cursor.position + STRETCH)
            events = await _ahead(session, hearer, cursor, end)
            if not events:
                await release(session, cursor, owner=self.owner, position=max(end, cursor.position))
            return Taken(cursor, village, hearer, events, events[-1].number if len(events) == BATCH else end)

    async def _claim(self, session: AsyncSession, open_: Open) -> EventCursor | None:
        dialect = session.get_bind().dialect.name
        if open_.position is None:
            first = {"village_id": open_.village_id, "id": uuid7(), "program": open_.program, "position": 0}
            await session.execute(_beginning(dialect), {**first, "attempts": 0})
        own = (EventCursor.village_id == open_.village_id, EventCursor.program == open_.program)
        claimed = await claim(session, EventCursor, *own, owner=self.owner, lease=self.lease)
        if not claimed:
            return None
        (cursor,) = claimed
        if open_.leased_by is not None:
            cursor.attempts, cursor.failure = cursor.attempts + 1, DIED
        if cursor.attempts:  # if this kills the process again, others do not follow at once
            lease = max(self.lease, pause_after(cursor.attempts, self.pause))
            values = {"attempts": cursor.attempts, "failure": cursor.failure}
            await keep(session, cursor, owner=self.owner, lease=lease, **values)
        return cursor

    async def call(self, taken: Taken, event: Event) -> bool:
        """Whether the program was told, and the cursor stands behind the event."""
        name = taken.hearer.name
        try:
            async with self.database.transaction(taken.village.code) as session:
                await self._end_with_the_process(session)
                if not await self._step(session, taken, event):
                    log.warning("program %s: another process goes on with %s", name, event.name)
                    return False
                unit = Unit(session, taken.village, None)
                await self._hook(taken, event, unit)
        except (Exception, SystemExit) as error:
            log.error("program %s: %s raised %s", name, event.name, type(error).__name__)
            await self._failed(taken, event, type(error).__name__)
            return False
        if unit.events:
            self.announced(taken.village, unit.events)
        return True

    async def _hook(self, taken: Taken, event: Event, unit: Unit) -> None:
        task = asyncio.current_task()
        try:
            async with asyncio.timeout(self.seconds):
                await taken.hearer.hooks[event.name](taken.village, happening(event), unit)
        except asyncio.CancelledError as error:
            if task is None or task.cancelling():
                raise
            raise Cancelled from error

    async def _step(self, session: AsyncSession, taken: Taken, event: Event) -> bool:
        """Put the cursor behind an event, or to the end of what was read, and hold it until the commit."""
        if event is taken.events[-1]:
            return await release(
                session, taken.cursor, owner=self.owner, position=taken.upto, attempts=0, failure=None
            )
        values = {"position": event.number, "attempts": 0, "failure": None}
        return await keep(session, taken.cursor, owner=self.owner, lease=self.lease, **values)

    async def _end_with_the_process(self, session: AsyncSession) -> None:
        """A machine without power says no good-bye, and its transaction would hold the cursor for hours."""
        if self.database.dialect == "postgresql":
            milliseconds = str(int((self.seconds + IDLE_SECONDS) * 1000))
            await session.execute(_IDLE, {"milliseconds": milliseconds})

    async def _failed(self, taken: Taken, event: Event, failure: str) -> None:
        attempts = (taken.cursor.attempts if event is taken.events[0] else 0) + 1
        pause = pause_after(attempts, self.pause)
        async with self.database.transaction(taken.village.code) as session:
            due = moment_of(self.database.dialect, pause)
            values = {"attempts": attempts, "failure": failure, "due_at": due, "position": event.number - 1}
            await release(session, taken.cursor, owner=self.owner, **values)
        self.failed(taken.village.id, pause)

    async def give_back(self, taken: Taken) -> None:
        """Let others have it at once."""
        async with self.database.transaction(taken.village.code) as session:
            await release(session, taken.cursor, owner=self.owner)


async def _ahead(session: AsyncSession, hearer: Hearer, cursor: EventCursor, end: int) -> Sequence[Event]:
    """What comes next. Numbers are given in the order of the commits: whatever is below one that can be seen
    can be seen too.
    """
    query = sa.select(Event).where(
        Event.village_id == cursor.village_id,
        Event.number > cursor.position,
        Event.number <= end,
        hearer.heard,
    )
    return (await session.scalars(query.order_by(Event.number).limit(BATCH))).all()


def _beginning(dialect: str) -> Any:
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return (
        insert(EventCursor)
        .values(due_at=moment_of(dialect))
        .on_conflict_do_nothing(index_elements=["village_id", "program"])
    )


_IDLE = sa.select(
    sa.func.set_config(
        "idle_in_transaction_session_timeout", sa.bindparam("milliseconds", type_=sa.Text()), True
    )
)
