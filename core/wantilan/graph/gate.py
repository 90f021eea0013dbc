"""The gate before cold work: reading a text that was never seen, planning a shape that was never asked.

Such work takes milliseconds in which the event loop stands still. The gate lets one piece of it happen in
each turn of the loop, so that requests whose plan is known get in between; who asks much waits behind
himself, not before others. No threads: under the interpreter's lock the loop would wait for them, 5 ms each
time.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from ..errors import RateLimited

MOST_OF_ONE = 50
"""Pieces of cold work that may wait for one asker."""

MOST = 500
"""Pieces that may wait in all."""

RETRY_SECONDS = 1


class Gate:
    """`async with gate.turn(asker):` around one piece of cold work that does not await."""

    def __init__(self, *, most_of_one: int = MOST_OF_ONE, most: int = MOST) -> None:
        self.most_of_one, self.most = most_of_one, most
        self.passed = 0
        """How many pieces of cold work there were."""
        self._taken = False
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, asker: Hashable) -> AsyncIterator[None]:
        """Wait for a turn. Raises RateLimited when too much waits already."""
        if self._taken:
            await self._wait(asker)
        self._taken = True
        self.passed += 1
        try:
            yield
        finally:
            self._hand_on()

    @property
    def waiting(self) -> int:
        return sum(map(len, self._waiting.values()))

    async def _wait(self, asker: Hashable) -> None:
        mine = self._waiting.get(asker, ())
        if len(mine) >= self.most_of_one or self.waiting >= self.most:
            raise RateLimited(RETRY_SECONDS)
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(asker, deque()).append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():  # called in the moment in which the client went away
                self._hand_on()
            raise

    def _hand_on(self) -> None:
        # In the next turn of the loop, and not at once: what else is ready comes first.
        asyncio.get_running_loop().call_soon(self._call_next)

    def _call_next(self) -> None:
        """Call the next asker's first piece, and put the asker last."""
        while self._waiting:
            asker, mine = self._waiting.popitem(last=False)
            called = mine.popleft()
            if mine:
                self._waiting[asker] = mine
            if not called.done():
                called.set_result(None)
                return
        self._taken = False
