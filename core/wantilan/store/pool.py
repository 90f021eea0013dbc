"""A bounded pool that lends what was used last, and never loses a place.

Ours, because a pool that wraps each connection and resets it at every return costs a read more than the rest
of the way: here a loan is a pop from a list. Who waits is served in the order of coming.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Generic, Protocol, TypeVar

from ..errors import Unavailable


class Lendable(Protocol):
    def is_closed(self) -> bool: ...

    async def end(self) -> None:
        """Let go of it, in bounded time; never raises."""
        ...


L = TypeVar("L", bound=Lendable)


class Pool(Generic[L]):
    """At most `size` of them, made when wanted. Who waits longer than `wait_seconds` gets Unavailable."""

    def __init__(self, make: Callable[[], Awaitable[L]], size: int, wait_seconds: float) -> None:
        self._make, self.size, self.wait_seconds = make, size, wait_seconds
        self.free: list[L] = []
        self.places = 0
        """How many there are, with those that are being made or let go."""
        self._waiting: deque[asyncio.Future[L | None]] = deque()
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[L]:
        """One of them, for the block. Whatever the block raises, it is put back only when that is safe."""
        one = await self.take()
        try:
            yield one
        except BaseException:
            self.discard(one)
            raise
        self.give_back(one)

    async def take(self) -> L:
        """Whoever takes one gives it back or discards it, whatever happens."""
        while self.free:
            one = self.free.pop()
            if not one.is_closed():
                return one
            self._leave_place()  # it died while nobody used it
        if self._closed:
            raise Unavailable
        if self.places < self.size:
            self.places += 1
            return await self._fill_place()
        return await self._wait()

    def give_back(self, one: L) -> None:
        """It is clean: the next one may have it as it is."""
        if self._closed or one.is_closed():
            self.discard(one)
        elif (waiter := self._first_waiter()) is not None:
            waiter.set_result(one)
        else:
            self.free.append(one)

    def discard(self, one: L) -> None:
        """It may still be busy: nobody gets it again, and its place only when it is gone."""
        task = asyncio.get_running_loop().create_task(self._end(one))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Let go of the free ones now, of those lent when they come back. Who waits gets Unavailable."""
        self._closed = True
        while (waiter := self._first_waiter()) is not None:
            waiter.set_exception(Unavailable())
        while self.free:
            self.discard(self.free.pop())
        await asyncio.gather(*self._ending)

    async def _end(self, one: L) -> None:
        try:
            await one.end()
        finally:
            self._leave_place()

    async def _fill_place(self) -> L:
        try:
            return await self._make()
        except BaseException:
            self._leave_place()
            raise

    def _leave_place(self) -> None:
        """The first who waits may make one in this place; without any it is free."""
        if (waiter := self._first_waiter()) is not None:
            waiter.set_result(None)
        else:
            self.places -= 1

    def _first_waiter(self) -> asyncio.Future[L | None] | None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                return waiter
        return None

    async def _wait(self) -> L:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[L | None] = loop.create_future()
        self._waiting.append(waiter)
        patience = loop.call_later(self.wait_seconds, _give_up, waiter)
        try:
            given = await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._pass_on(waiter.result())  # served and cancelled in the same turn of the loop
            else:
                self._forget(waiter)
            raise
        finally:
            patience.cancel()
        return given if given is not None else await self._fill_place()

    def _pass_on(self, given: L | None) -> None:
        if given is None:
            self._leave_place()
        else:
            self.give_back(given)

    def _forget(self, waiter: asyncio.Future[L | None]) -> None:
        if waiter in self._waiting:
            self._waiting.remove(waiter)


def _give_up(waiter: asyncio.Future[L | None]) -> None:
    if not waiter.done():
        waiter.set_exception(Unavailable())
