"""Delivery of events: per (event, program), after commit, at least once, in order per village.

What a hook writes and the note that it was told are one transaction. A program that raises harms no other:
its failure is recorded, and its later events of that village wait behind the stuck one, with growing
pauses.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..store.database import Database
from ..store.outbox import Event, EventDelivery
from ..store.places import Village, VillageProgram
from ..store.walls import WHOLE_COUNTRY
from ..store.write import Unit, VillageFacts
from . import hookspecs
from .host import Host
from .manifest import Program
from .values import Happening

log = logging.getLogger("wantilan")
Hook = Callable[[VillageFacts, Happening, Unit], Awaitable[None]]
LONGEST_PAUSE = timedelta(hours=1)
SWITCHING = ("village_enabled", "village_disabled")


@dataclass(frozen=True)
class Due:
    """One event that one program has not been told."""

    event: Happening
    village: VillageFacts
    program: Program
    call: Hook
    attempts: int


class Delivery:
    """Runs inside `serve`, and once at the end of commands that change something."""

    BATCH = 500

    def __init__(self, host: Host, database: Database, *, pause: timedelta = timedelta(seconds=2)) -> None:
        self.host, self.database, self.pause = host, database, pause
        self.hooks: dict[Program, dict[str, Hook]] = {}
        for name, hook in hookspecs.ACT.items():
            for program, call in host.loaded.implementations(hook):
                if program in host.programs:
                    self.hooks.setdefault(program, {})[name] = call
        self.waiting = 0
        """How many were due when it last looked and have not been told since."""
        self._wake = asyncio.Event()
        self._retry: dict[tuple[UUID, str], datetime] = {}

    def announced(self, village: VillageFacts, events: Sequence[Event]) -> None:
        """Called after a commit that put something into the outbox; looks at once if it tells anybody."""
        if any(event.name in calls for event in events for calls in self.hooks.values()):
            self._wake.set()

    async def run(self) -> None:
        """Deliver for as long as the process serves."""
        while True:
            self._wake.clear()
            try:
                await self.deliver()
            except Exception as error:
                log.error("delivery paused: %s", type(error).__name__)
            try:
                await asyncio.wait_for(self._wake.wait(), timeout=self.pause.total_seconds())
            except TimeoutError:
                continue

    async def deliver(self) -> int:
        """Tell everybody what is due now; how many were told."""
        told = 0
        stuck: set[tuple[UUID, str]] = set()
        found = await self.due()
        self.waiting = len(found)
        for due in found:
            key = (due.village.id, due.program.name)
            if key in stuck:
                continue
            if self._retry.get(
                (due.event.id, due.program.name), datetime.min.replace(tzinfo=UTC)
            ) > datetime.now(UTC):
                stuck.add(key)
                continue
            if await self._tell(due):
                told += 1
                self.waiting -= 1
            else:
                stuck.add(key)
        return told

    async def due(self) -> list[Due]:
        """What is undelivered, in the order in which it is to be told; the oldest `BATCH` of each program."""
        found: list[Due] = []
        async with self.database.transaction(WHOLE_COUNTRY) as session:
            for program, calls in self.hooks.items():
                rows = await session.execute(_undelivered(program, list(calls)).limit(self.BATCH))
                found += [
                    Due(happening(event), VillageFacts.of(village), program, calls[event.name], attempts or 0)
                    for event, village, attempts in rows
                ]
        return sorted(found, key=lambda due: (due.event.at, due.event.id))

    async def _tell(self, due: Due) -> bool:
        try:
            async with self.database.transaction(due.village.code) as session:
                unit = Unit(session, due.village, None)
                await due.call(due.village, due.event, unit)
                await self._record(session, due, None)
        except Exception as error:
            log.error("program %s: %s raised %s", due.program.name, due.event.name, type(error).__name__)
            async with self.database.transaction(due.village.code) as session:
                await self._record(session, due, type(error).__name__)
            pause = min(LONGEST_PAUSE, self.pause * 2 ** min(due.attempts, 12))
            self._retry[(due.event.id, due.program.name)] = datetime.now(UTC) + pause
            return False
        return True

    async def _record(self, session: AsyncSession, due: Due, failure: str | None) -> None:
        record = await session.scalar(
            sa.select(EventDelivery).where(
                EventDelivery.village_id == due.village.id,
                EventDelivery.event_id == due.event.id,
                EventDelivery.program == due.program.name,
            )
        )
        if record is None:
            record = EventDelivery(
                village_id=due.village.id, event_id=due.event.id, program=due.program.name, attempts=0
            )
            session.add(record)
        record.attempts += 1
        record.failure = failure
        record.delivered_at = None if failure else datetime.now(UTC)
        await session.flush()


def _undelivered(program: Program, names: list[str]) -> Any:
    """Events that one program has not been told. The switching events concern the switched program alone, all
    others the programs that are enabled.
    """
    told = sa.and_(
        EventDelivery.village_id == Event.village_id,
        EventDelivery.event_id == Event.id,
        EventDelivery.program == program.name,
    )
    gate = sa.exists().where(
        VillageProgram.village_id == Event.village_id, VillageProgram.program == program.name
    )
    switched = Event.subjects["program"].as_string() == program.name
    concerns = sa.case((Event.name.in_(SWITCHING), switched), else_=sa.true() if program.core else gate)
    return (
        sa.select(Event, Village, EventDelivery.attempts)
        .join(Village, Village.id == Event.village_id)
        .outerjoin(EventDelivery, told)
        .where(Event.name.in_(names), EventDelivery.delivered_at.is_(None), concerns)
        .order_by(Event.at, Event.id)
    )


def happening(event: Event) -> Happening:
    return Happening(event.id, event.name, event.at, event.village_id, event.subjects, event.actor_id)
