"""All that is connected to one process: admitted within limits, looked after while it lasts, sent away at the
end.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from uuid import UUID

from ...errors import Refusal, Unauthenticated
from ...settings import Settings
from ...store.feed import Feed
from ..engine import Engine
from ..http.protocol import Answer, Asked
from .connection import Connection, Running
from .reading import Readings
from .subscription import Subscription

STOP_SECONDS = 4.0
"""How long connections may take to hear that the server stops."""


class Hub:
    """`renew` makes sure that what is remembered of tokens is true now."""

    def __init__(
        self, engine: Engine, feed: Feed, settings: Settings, renew: Callable[[], Awaitable[None]]
    ) -> None:
        self.engine, self.feed, self.limits, self._renew = engine, feed, settings.limits, renew
        self.readings = Readings(engine, max(1, settings.read_connections // 2))
        self.connections: set[Connection] = set()
        self.stopping = False
        self.subscriptions = self.sent = 0
        """How many there are now; how many events were sent."""
        self._holders: Counter[UUID | str] = Counter()
        self._empty = asyncio.Event()
        self._answering: set[asyncio.Task[Answer]] = set()

    # Connections
    @property
    def full(self) -> bool:
        return self.stopping or len(self.connections) >= self.limits.connections

    @contextmanager
    def connected(self, connection: Connection) -> Iterator[None]:
        """One of us meanwhile."""
        self.connections.add(connection)
        try:
            yield
        finally:
            self.connections.discard(connection)
            if connection.holder is not None:
                self._holders[connection.holder] -= 1
                if self._holders[connection.holder] <= 0:
                    del self._holders[connection.holder]
            if not self.connections:
                self._empty.set()

    def may_hold(self, connection: Connection, holder: UUID | str) -> bool:
        """Whether this token (or visitor's address) may have one connection more; it is counted."""
        if self._holders[holder] >= self.limits.connections_per_token:
            return False
        self._holders[holder] += 1
        connection.holder = holder
        return True

    @asynccontextmanager
    async def subscribed(self, asked: Asked, running: Running) -> AsyncIterator[AsyncGenerator[str, None]]:
        """The results of a subscription, settled when the block begins. Raises why it cannot begin."""
        subscription = Subscription(self.engine, self.feed, self.readings, asked)
        await subscription.settle()
        running.subscription = subscription
        self.subscriptions += 1
        try:
            async with aclosing(subscription.results()) as results:
                yield results
        finally:
            self.subscriptions -= 1
            running.subscription = None

    async def answered(self, asked: Asked) -> Answer:
        """As by POST: what has begun is finished, also when nobody waits for the answer any more."""
        task = asyncio.create_task(self.engine.answer(asked))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        return await asyncio.shield(task)

    # Rights
    async def check(self) -> None:
        """Look at each token anew: what was revoked or has expired ends, changed rights are followed."""
        by_token: defaultdict[str, list[Connection]] = defaultdict(list)
        for connection in self.connections:
            if connection.token is not None:
                by_token[connection.token].append(connection)
        if not by_token:
            return
        await self._renew()
        for token, connections in by_token.items():
            await self._check(token, connections)

    async def _check(self, token: str, connections: list[Connection]) -> None:
        try:
            actor = await self.engine.resolve(token)
        except Unauthenticated as refusal:
            for connection in connections:
                connection.revoke(refusal)
        except Refusal:
            return  # the database is away: nothing is read meanwhile, and nothing sent
        else:
            for connection in connections:
                connection.turn(actor)

    # The end
    async def stop(self) -> None:
        """Send everybody away, and wait until they are gone."""
        self.stopping = True
        for connection in list(self.connections):
            connection.leave()
        if self.connections:
            self._empty.clear()
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await self._empty.wait()
            except TimeoutError:
                return
