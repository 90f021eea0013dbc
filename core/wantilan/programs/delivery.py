"""Delivery of events: per program and village, after the commit, at least once, in order.

Every process delivers. It looks at once at a village in which it has announced something, and now and then at
all, for what others left undone: a failure whose pause is over, a process that died. A program that raises or
hangs harms no other: its cursor in that village waits, with growing pauses, and everything else goes on.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

from ..store.database import Database
from ..store.ids import uuid7
from ..store.outbox import Event
from ..store.walls import WHOLE_COUNTRY
from ..store.write import Announced, VillageFacts
from .background import Loop
from .hearing import hearers
from .host import Host
from .telling import Teller, Told
from .waiting import Counted, Lookout, Open

log = logging.getLogger("wantilan")
Key: TypeAlias = tuple[UUID, str]
"""A village and the name of a program."""
MOST = 500
"""How many villages of one program are taken on at a time, and how many are looked at one by one."""
SHARE = 50
"""To look at all villages may take this part of the time: with many villages it is done less often."""
SQLITE_SECONDS = 5.0
"""There the hook has the one place for writing, and others wait for it no longer than ten seconds."""


class Delivery:
    """Runs inside `serve`, and once at the end of commands that change something.

    `announced` is told what hooks announced. `seconds` is how long a hook may take, `lease` how long others
    wait for a process that died, `pause` the time between two looks at everything and after a first failure.
    """

    def __init__(
        self,
        host: Host,
        database: Database,
        *,
        announced: Announced = lambda village, events: None,
        seconds: float = 60.0,
        lease: timedelta = timedelta(seconds=15),
        pause: timedelta = timedelta(seconds=2),
    ) -> None:
        self.database, self.pause = database, pause
        self.hearers = hearers(host)
        self.counted = Counted()
        """What waited when it last looked at everything."""
        self.loop = Loop("delivery", self._round, pause=pause)
        self._lookout = Lookout(self.hearers.values(), database.dialect)
        self.teller = Teller(
            database,
            self.hearers,
            self._lookout,
            announced,
            owner=uuid7(),
            seconds=min(seconds, SQLITE_SECONDS) if database.dialect == "sqlite" else seconds,
            lease=lease,
            pause=pause,
            failed=self._look_later,
        )
        places = max(1, database.writers // 2)  # the other half is for those who ask
        self._places = asyncio.Semaphore(places)
        each = places if len(self.hearers) < 2 else max(1, places // 2)
        self._places_of = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(each))
        self._villages: set[UUID] = set()
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._again: set[Key] = set()
        self._next_sweep = 0.0
        self._more = False

    # What wakes it
    def announced(self, village: VillageFacts, events: Sequence[Event]) -> None:
        """Called after a commit of this process that put something into the outbox."""
        if any(hearer.hears(event) for hearer in self.hearers.values() for event in events):
            self.look_at(village.id)

    def look_at(self, village_id: UUID) -> None:
        """Something may be to be told in this village. To be called from the event loop's own thread.

        A process delivers what it announced itself; another one needs to be told only to be quicker than its
        next look at everything, should that process die.
        """
        self._villages.add(village_id)
        self.loop.wake()

    # In the background
    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver for as long as the process serves."""
        try:
            async with self.loop.running():
                yield
        finally:
            tasks = list(self._tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _round(self) -> None:
        villages, self._villages = self._villages, set()
        if time.monotonic() >= self._next_sweep or len(villages) > MOST:
            await self._sweep()
        elif villages:
            for one in await self._ready(list(villages)):
                self._start((one.village_id, one.program), again=True)

    async def _sweep(self) -> None:
        began = time.monotonic()
        found = await self._ready(None)
        self._next_sweep = time.monotonic() + max(
            self.pause.total_seconds(), SHARE * (time.monotonic() - began)
        )
        self._more = len(found) >= MOST
        for one in found:
            self._start((one.village_id, one.program))

    def _start(self, key: Key, *, again: bool = False) -> None:
        """One task for each key. One that runs already may have looked too early: it is then run `again`."""
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._work(key), name="delivery")
        elif again:
            self._again.add(key)

    async def _work(self, key: Key) -> None:
        try:
            await self._tell(key)
        except Exception as error:
            self._more = False  # whatever it is, it would come again at once
            log.error("delivery paused: %s", type(error).__name__)
        finally:
            del self._tasks[key]
        if key in self._again:
            self._again.discard(key)
            self._start(key)
        if self._more and not self._tasks:
            self._next_sweep = 0.0
            self.loop.wake()

    def _look_later(self, village_id: UUID, pause: timedelta) -> None:
        asyncio.get_running_loop().call_later(pause.total_seconds(), self.look_at, village_id)

    async def _tell(self, key: Key) -> Told:
        """All that waits, taking turns with others: one village that has missed much holds nobody up."""
        events = 0
        while told := await self._tell_some(key):
            events += told.events
            if not told.well:
                return Told(events, well=False)
        return Told(events, well=events > 0)

    async def _tell_some(self, key: Key) -> Told | None:
        """A program that hangs in many villages takes half of the places at most."""
        async with self._places_of[key[1]], self._places:
            return await self.teller.tell(*key)

    # At once
    async def deliver(self, *, program: str | None = None, village: UUID | None = None) -> int:
        """Tell everybody what is due now, or one program, or in one village; how many events were told."""
        total, left = 0, set[Key]()
        while keys := [
            key
            for one in await self._ready([village] if village is not None else None)
            if (key := (one.village_id, one.program)) not in left and program in (None, one.program)
        ]:
            told = await asyncio.gather(*(self._tell(key) for key in keys))
            left |= {key for key, one in zip(keys, told, strict=True) if not one.well}
            total += sum(one.events for one in told)
        return total

    async def _ready(self, villages: Sequence[UUID] | None) -> list[Open]:
        if not self.hearers:
            return []
        async with self.database.look(WHOLE_COUNTRY) as session:
            found, counted = await self._lookout.look(session, villages, most=MOST)
        if villages is None:
            self.counted = counted
        return [one for one in found if one.ready]
