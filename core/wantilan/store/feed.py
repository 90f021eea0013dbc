"""The newest events of the villages that somebody in this process follows.

Followers pull: each knows the number of the last event that it has seen and asks for those after it. So one
who does not read holds up nobody and keeps nothing in memory; what is older than the tail he finds in the
table. That there is something new is told by commits of this process and by hints of others; `sweep` finds
what neither has told, so that no hint is essential.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from ..errors import Unavailable
from .database import Database, set_wall
from .outbox import Event, OutboxHead
from .tables import sql_table
from .walls import WHOLE_COUNTRY
from .write import VillageFacts

TAIL = 256
"""How many events of a village are kept in memory."""
BATCH = 64
"""How many are handed out at a time."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What a follower needs of an event."""

    number: int
    name: str
    subjects: Mapping[str, Any]


class Tail:
    """One followed village: the number of its last known event, and the newest events themselves."""

    def __init__(self, code: str, head: int) -> None:
        self.code, self.head = code, head
        self.events: deque[Happened] = deque(maxlen=TAIL)
        self.followers = 0
        self.told = head
        """The highest number that anybody has spoken of."""
        self._grown = asyncio.Event()
        self._loading = asyncio.Lock()

    def extend(self, events: Sequence[Happened]) -> None:
        """Take in the next events; what is known already is passed over."""
        before = self.head
        for event in events:
            if event.number == self.head + 1:
                self.events.append(event)
                self.head = event.number
        if self.head > before:
            self._grown.set()
            self._grown = asyncio.Event()

    def after(self, number: int) -> list[Happened] | None:
        """The next events after this one; None when the tail does not reach back so far."""
        missing = self.head - number
        if missing > len(self.events):
            return None
        begin = len(self.events) - missing
        return [self.events[i] for i in range(begin, min(begin + BATCH, len(self.events)))]

    async def grown(self) -> None:
        """Wait for the next event."""
        await self._grown.wait()

    async def load(self, database: Database, village: UUID) -> None:
        """Read what was spoken of and is not here yet; who comes meanwhile waits for the one reading."""
        async with self._loading:
            while self.told > self.head:
                found = await events_after(database, village, self.code, self.head, TAIL)
                if not found:
                    self.told = self.head  # spoken of and not there: nothing to wait for
                    return
                self.extend(found)


class Feed:
    """The tails of one process. Villages that nobody follows cost nothing."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tails: dict[UUID, Tail] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def following(self, village: UUID, code: str, head: int) -> AsyncIterator[Tail]:
        """Keep the tail of a village meanwhile. `head`: the number of its last event, as just read."""
        tail = self.tails.get(village)
        if tail is None:
            tail = self.tails[village] = Tail(code, head)
        tail.followers += 1
        self.told(village, head)
        try:
            yield tail
        finally:
            tail.followers -= 1
            if tail.followers == 0:
                self.tails.pop(village, None)

    async def after(self, village: UUID, tail: Tail, number: int) -> Sequence[Happened]:
        """The next events after this one, at least one; waits until there is one. Raises Unavailable."""
        while tail.head <= number:
            await tail.grown()
        found = tail.after(number)
        if found is None:
            found = await events_after(self.database, village, tail.code, number, BATCH)
            if not found:
                raise Unavailable
        return found

    # Who tells that there is something new
    def announced(self, village: VillageFacts, events: Sequence[Event]) -> None:
        """Called after a commit of this process."""
        tail = self.tails.get(village.id)
        if tail is not None and events:
            tail.extend([Happened(event.number, event.name, event.subjects) for event in events])
            self.told(village.id, events[-1].number)

    def told(self, village: UUID, number: int) -> None:
        """Somebody says that a village has come so far. A followed one is looked at, once at a time."""
        tail = self.tails.get(village)
        if tail is None or number <= max(tail.head, tail.told):
            return
        tail.told = number
        task = asyncio.get_running_loop().create_task(self._load(village, tail))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _load(self, village: UUID, tail: Tail) -> None:
        try:
            await tail.load(self.database, village)
        except Exception:
            tail.told = tail.head  # the next sweep tries again

    async def sweep(self) -> None:
        """Look how far the followed villages have come, in one statement."""
        if not self.tails:
            return
        head = sql_table(OutboxHead)
        query = sa.select(head.c.village_id, head.c.last_number).where(head.c.village_id.in_(self.tails))
        async with self.database.session() as session:
            await set_wall(session, WHOLE_COUNTRY)
            rows = (await session.execute(query)).all()
        for village, number in rows:
            self.told(village, number)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def events_after(
    database: Database, village: UUID, code: str, number: int, most: int
) -> list[Happened]:
    """From the table, in their order."""
    event = sql_table(Event)
    query = (
        sa.select(event.c.number, event.c.name, event.c.subjects)
        .where(event.c.village_id == village, event.c.number > number)
        .order_by(event.c.number)
        .limit(most)
    )
    async with database.session() as session:
        await set_wall(session, code)
        rows = (await session.execute(query)).all()
    return [Happened(*row) for row in rows]
