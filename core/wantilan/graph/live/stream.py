"""One subscription over server-sent events: the distinct connections mode of graphql-sse."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ...errors import LimitExceeded, Refusal
from ..http import events
from ..http.protocol import Asked, Header, Receive, Send
from ..response import encode, formatted, refusals
from .connection import Connection, Gone, Outlet, Running
from .hub import Hub

ALIVE_SECONDS = 12.0


class EventStream(Connection):
    """`run` returns when it is over. Its one operation needs no name."""

    def __init__(
        self,
        hub: Hub,
        asked: Asked,
        receive: Receive,
        send: Send,
        headers: Sequence[Header],
        *,
        welcome: bool = True,
    ) -> None:
        super().__init__(asked.client)
        self.hub, self.asked, self.headers, self._receive = hub, asked, headers, receive
        self._outlet = Outlet(send)
        self.token = asked.token
        self._welcome, self._leaving = welcome, False

    async def run(self) -> None:
        """Until one of the two goes away."""
        running = self.running[""] = Running()
        running.task = asyncio.create_task(self._follow(running))
        beside = [asyncio.create_task(self._watch()), asyncio.create_task(self._stay_alive())]
        try:
            await asyncio.wait({running.task, beside[0]}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (running.task, *beside):
                task.cancel()
            await asyncio.gather(running.task, *beside, return_exceptions=True)

    def revoke(self, refusal: Refusal) -> None:
        self.running[""].end(refusal)

    def leave(self) -> None:
        self._leaving = True
        task = self.running[""].task
        if task is not None:
            task.cancel()

    async def _follow(self, running: Running) -> None:
        status_and_headers = {"status": 200, "headers": [*events.HEADERS, *self.headers]}
        try:
            await self._outlet.send({"type": "http.response.start", **status_and_headers})
            last = await self._results(running)
            await self._send(last + events.COMPLETE, more=False)
        except Gone:
            return

    async def _results(self, running: Running) -> bytes:
        """Sends them; what is to be said last."""
        try:
            await self._hold()
            async with self.hub.subscribed(self.asked, running) as results:
                async for result in results:
                    await self._send(events.next_event(result.encode()))
                    self.hub.sent += 1
        except asyncio.CancelledError:
            if running.refusal is not None:
                return self._failed(running.refusal)
            if not self._leaving:
                raise
        except Gone:
            raise
        except Exception as error:
            return self._failed(error)
        return b""

    async def _hold(self) -> None:
        limits = self.hub.limits
        if not self._welcome:
            raise LimitExceeded("connections", limits.connections)
        actor = await self.hub.engine.resolve(self.token)
        if not self.hub.may_hold(self, actor.token_id or self.client):
            raise LimitExceeded("connectionsPerToken", limits.connections_per_token)

    def _failed(self, error: BaseException) -> bytes:
        found = refusals(error, self.asked.request_id)
        self.hub.engine.counts.errors.update(one.code for one in found)
        body = [formatted(one, self.asked.language, self.asked.request_id) for one in found]
        return events.next_event(encode(None, body, {}, has_data=False))

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _stay_alive(self) -> None:
        try:
            while True:
                await asyncio.sleep(ALIVE_SECONDS)
                await self._send(events.ALIVE)
        except Gone:
            return

    async def _send(self, body: bytes, *, more: bool = True) -> None:
        await self._outlet.send({"type": "http.response.body", "body": body, "more_body": more})
