"""A program for tests of delivery: it writes down all that it can be told, and behaves as badly as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from tests.core.notebook import TITLE

from wantilan import Happening, Program, Unit, VillageFacts, hookimpl, uuid7
from wantilan.programs.delivery import Delivery
from wantilan.programs.stuck import Waiting, listed
from wantilan.programs.switching import disable, enable
from wantilan.store.cursors import EventCursor
from wantilan.store.outbox import Event
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import World

Behaviour = Callable[[VillageFacts, Happening, Unit], Awaitable[None]]


class Diary:
    """`told` lists the calls of its hooks; `behaviour` runs in each, after it has written an event itself."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.told: list[tuple[str, UUID]] = []
        self.behaviour: Behaviour | None = None

    @hookimpl
    def wantilan_program(self) -> Program:
        return Program(name=self.name, title=TITLE, summary=TITLE, version="1.0", api=">=0.1,<0.2")

    async def _write(self, village: VillageFacts, event: Happening, unit: Unit) -> None:
        self.told.append((village.code, event.id))
        unit.announce(f"{self.name}.noted", of=event.id)
        if self.behaviour is not None:
            await self.behaviour(village, event, unit)

    @hookimpl
    async def village_enabled(self, village: VillageFacts, event: Happening, unit: Unit) -> None:
        await self._write(village, event, unit)

    @hookimpl
    async def village_disabled(self, village: VillageFacts, event: Happening, unit: Unit) -> None:
        await self._write(village, event, unit)

    @hookimpl
    async def resident_registered(self, village: VillageFacts, event: Happening, unit: Unit) -> None:
        await self._write(village, event, unit)

    @hookimpl
    async def resident_left(self, village: VillageFacts, event: Happening, unit: Unit) -> None:
        await self._write(village, event, unit)

    def forget(self) -> None:
        self.told.clear()
        self.behaviour = None


@dataclass(frozen=True)
class Stage:
    """What tests do with a world: switch, let things happen, and look at what is kept."""

    world: World

    def delivery(self, **given: Any) -> Delivery:
        return Delivery(self.world.host, self.world.database, **{"pause": timedelta(0), **given})

    async def enable(self, code: str, *programs: str) -> None:
        async with self.world.unit(code) as unit:
            for program in programs:
                await enable(self.world.host, unit, program)

    async def disable(self, code: str, *programs: str) -> None:
        async with self.world.unit(code) as unit:
            for program in programs:
                await disable(self.world.host, unit, program)

    async def happen(self, code: str, *names: str) -> None:
        """Each in a transaction of its own."""
        for name in names:
            async with self.world.unit(code) as unit:
                unit.announce(name, resident=uuid7())

    async def events(self, code: str) -> Sequence[Event]:
        async with self.world.unit(code) as unit:
            return sorted(await unit.all(Event), key=lambda event: event.number)

    async def names(self, told: Sequence[tuple[str, UUID]]) -> list[str]:
        """What a diary was told, readably."""
        async with self.world.database.transaction(WHOLE_COUNTRY) as session:
            rows = await session.execute(sa.select(Event.id, Event.name))
        names = {row[0]: row[1] for row in rows}
        return [names[event] for _, event in told]

    async def noted(self, program: str, code: str) -> list[UUID]:
        """The events of which the program's hook has written something, in that order."""
        events = await self.events(code)
        return [UUID(event.subjects["of"]) for event in events if event.name == f"{program}.noted"]

    async def cursor(self, program: str, code: str) -> EventCursor:
        async with self.world.unit(code) as unit:
            found = await unit.first(EventCursor, EventCursor.program == program)
        assert found is not None
        return found

    async def waiting(self, **chosen: Any) -> list[Waiting]:
        return await listed(self.world.database, self.delivery().hearers.values(), **chosen)


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to that")
