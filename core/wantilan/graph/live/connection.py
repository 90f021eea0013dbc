"""One client that is connected for longer than an answer: what he runs, and what can be done to him."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from uuid import UUID

from ...access.actor import Actor
from ...errors import Refusal
from .subscription import Subscription

STALL_SECONDS = 60.0
"""How long a client may take nothing of what is sent to him."""


class Running:
    """One operation of a connection, a task of its own."""

    def __init__(self) -> None:
        self.subscription: Subscription | None = None
        self.refusal: Refusal | None = None
        """Why it was ended from outside."""
        self.task: asyncio.Task[None] | None = None

    def end(self, refusal: Refusal) -> None:
        """Nothing more is sent but this error, not even what waits to be sent now."""
        if self.refusal is None and self.task is not None:
            self.refusal = refusal
            self.task.cancel()

    def turn(self, actor: Actor) -> None:
        """Go on with other rights, or end."""
        try:
            if self.subscription is not None:
                self.subscription.turn(actor)
        except Refusal as refusal:
            self.end(refusal)


class Connection(ABC):
    """A socket or an event stream. `token` is None for a visitor, and before he has said who he is."""

    token: str | None = None
    holder: UUID | str | None = None
    """Whose connection it is, for the limit of each; None before that is known."""

    def __init__(self, client: str) -> None:
        self.client = client
        self.running: dict[str, Running] = {}

    def turn(self, actor: Actor) -> None:
        for running in list(self.running.values()):
            running.turn(actor)

    @abstractmethod
    def revoke(self, refusal: Refusal) -> None:
        """The token opens nothing any more."""

    @abstractmethod
    def leave(self) -> None:
        """The server stops."""


class Gone(Exception):
    """The client is no longer there, or takes nothing."""


class Outlet:
    """What goes out to one client, a message after the other: while he does not read, each sender waits here,
    and nothing piles up.
    """

    def __init__(self, send: Callable[[dict[str, object]], Awaitable[None]]) -> None:
        self._send = send
        self._turn = asyncio.Lock()

    async def send(self, message: dict[str, object]) -> None:
        """Raises Gone."""
        try:
            async with self._turn, asyncio.timeout(STALL_SECONDS):
                await self._send(message)
        except (OSError, RuntimeError) as error:  # TimeoutError is an OSError
            raise Gone from error
