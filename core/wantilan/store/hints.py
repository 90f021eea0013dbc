"""Hints between processes on PostgreSQL: which village has come how far, never what happened.

They are sent after the commit, on a connection of their own: NOTIFY inside the transactions of mutations
would make all commits wait for each other. A hint that is lost costs time, not an event; see `feed`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa

from .outbox import Event
from .postgres import END_SECONDS, KEPT, WAIT_SECONDS
from .write import VillageFacts

CHANNEL = "wantilan_events"
SENDING = "SELECT pg_notify($1, told) FROM unnest($2::text[]) told"
IDLE_SECONDS = 20.0
"""How often a connection on which nothing happens is asked whether it lives."""


class Hints:
    """`told` is called with what other processes say, and with what this one says itself."""

    def __init__(self, url: sa.URL, told: Callable[[UUID, int], None]) -> None:
        self.url, self.told = url, told
        self._waiting: dict[UUID, int] = {}
        self._wake = asyncio.Event()

    def announced(self, village: VillageFacts, events: Sequence[Event]) -> None:
        """Called after a commit of this process."""
        if events:
            self._waiting[village.id] = max(events[-1].number, self._waiting.get(village.id, 0))
            self._wake.set()

    async def work(self) -> None:
        """Listen and send, until the connection is lost or the task is cancelled."""
        dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await asyncpg.connect(dsn, timeout=WAIT_SECONDS, server_settings=KEPT)
        try:
            connection.add_termination_listener(lambda lost: self._wake.set())
            await connection.add_listener(CHANNEL, self._heard)
            while not connection.is_closed():
                await self._send(connection)
        finally:
            with suppress(Exception):
                await connection.close(timeout=END_SECONDS)

    async def _send(self, connection: Any) -> None:
        """Everything that waits, in one statement; the newest number of each village."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), IDLE_SECONDS)
        self._wake.clear()
        waiting, self._waiting = self._waiting, {}
        said = [f"{village.hex} {number}" for village, number in waiting.items()]
        await connection.execute(SENDING, CHANNEL, said, timeout=WAIT_SECONDS)

    def _heard(self, connection: object, sender: int, channel: str, said: object) -> None:
        """Whoever may connect may say anything here: it decides only when somebody looks."""
        village, _, number = str(said).partition(" ")
        with suppress(ValueError):
            self.told(UUID(hex=village), int(number))
