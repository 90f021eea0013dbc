"""One WebSocket that speaks graphql-transport-ws. Queries and mutations run on it as by POST."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

from ...errors import Language, LimitExceeded, Refusal, Unauthenticated
from ..http.head import bearer_token, idempotency_key, picked, preferred_language, request_id_of
from ..http.protocol import Asked, Receive, Scope, Send
from ..http.refusal import Refused
from ..response import refusals
from .connection import Connection, Gone, Outlet, Running
from .hub import Hub
from .protocol import (
    ACK,
    PONG,
    SUBPROTOCOL,
    Close,
    Closing,
    Complete,
    Init,
    Ping,
    Subscribe,
    complete_message,
    error_message,
    incoming,
    next_message,
)

INIT_SECONDS = 3.0
CLOSE_SECONDS = 2.0
_WANTED = frozenset((b"accept-language",))


class Socket(Connection):
    """Accepted by `run`, which returns when it is over."""

    def __init__(self, hub: Hub, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__((scope.get("client") or ("",))[0])
        self.hub, self.scope, self._receive = hub, scope, receive
        self._outlet = Outlet(send)
        self.language: Language = preferred_language(
            picked(scope["headers"], _WANTED).get(b"accept-language", b"")
        )
        self.ready = False
        """Whether the client was acknowledged."""
        self._initialised = False
        self._closing: asyncio.Future[Close] = asyncio.get_running_loop().create_future()
        self._allowance = Allowance(hub.limits.messages_per_second)

    async def run(self) -> None:
        """Until one of the two goes away."""
        if SUBPROTOCOL not in self.scope.get("subprotocols", ()):
            await self._accept(None)
            await self._say_goodbye(Close.SUBPROTOCOL)
            return
        await self._accept(SUBPROTOCOL)
        patience = asyncio.get_running_loop().call_later(INIT_SECONDS, self._lose_patience)
        reading = asyncio.create_task(self._read())
        try:
            either: set[asyncio.Future[Any]] = {reading, self._closing}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
            await self._end_all(reading)
        if self._closing.done():
            await self._say_goodbye(self._closing.result())

    def close(self, close: Close) -> None:
        if not self._closing.done():
            self._closing.set_result(close)

    def revoke(self, refusal: Refusal) -> None:
        self.close(Close.FORBIDDEN)

    def leave(self) -> None:
        self.close(Close.GOING_AWAY)

    # What comes in
    async def _read(self) -> None:
        try:
            while True:
                message = await self._receive()
                if message["type"] == "websocket.disconnect":
                    return
                self._allowance.take()
                await self._handle(message)
        except Closing as closing:
            self.close(closing.close)
        except Gone:
            return

    async def _handle(self, message: Mapping[str, Any]) -> None:
        match incoming(message):
            case Init() as init:
                await self._initialise(init)
            case Ping():
                await self._send(PONG)
            case Subscribe() as asked:
                await self._subscribe(asked)
            case Complete(id=id) if (running := self.running.pop(id, None)) is not None:
                if running.task is not None:
                    running.task.cancel()

    async def _initialise(self, init: Init) -> None:
        if self._initialised:
            raise Closing(Close.TOO_MANY_INITS)
        self._initialised = True
        self.language = init.language or self.language
        given = init.authorization if init.authorization is not None else init.token
        if given is not None and init.authorization is None:
            given = f"Bearer {given}"
        try:
            token = bearer_token(given.encode("latin-1", "replace")) if given is not None else None
            actor = await self.hub.engine.resolve(token)
        except (Refused, Unauthenticated):
            raise Closing(Close.FORBIDDEN) from None
        except Refusal:
            raise Closing(Close.TRY_AGAIN_LATER) from None
        self.token = token
        if not self.hub.may_hold(self, actor.token_id or self.client):
            raise Closing(Close.TRY_AGAIN_LATER)
        await self._send(ACK)
        self.ready = True

    def _lose_patience(self) -> None:
        if not self._initialised:
            self.close(Close.INIT_TIMEOUT)

    async def _subscribe(self, message: Subscribe) -> None:
        if not self.ready:
            raise Closing(Close.UNAUTHORIZED)
        if message.id in self.running:
            raise Closing(Close.TAKEN)
        most = self.hub.limits.operations
        if len(self.running) >= most:
            await self._send(self._failed(message.id, LimitExceeded("operations", most), request_id_of(None)))
            return
        running = Running()
        self.running[message.id] = running
        running.task = asyncio.create_task(self._operate(message, running))

    # What goes out
    async def _operate(self, message: Subscribe, running: Running) -> None:
        """One operation, to its `complete` or its `error`."""
        try:
            last = await self._last(message, running)
            if self._runs(message.id, running):
                await self._send(last)
        except Gone:
            self.close(Close.GOING_AWAY)  # he takes nothing any more: what waits for him is let go of
        finally:
            # Not before it is said: one who does not read may have no more of them than those that run.
            if self._runs(message.id, running):
                del self.running[message.id]

    def _runs(self, name: str, running: Running) -> bool:
        return self.running.get(name) is running

    async def _last(self, message: Subscribe, running: Running) -> str:
        """Run it; what is to be said at its end."""
        request_id = request_id_of(None)
        try:
            return await self._answer(message, running, request_id)
        except asyncio.CancelledError:
            if running.refusal is None:
                raise
            return self._failed(message.id, running.refusal, request_id)
        except Gone:
            raise
        except Exception as error:
            return self._failed(message.id, error, request_id)

    async def _answer(self, message: Subscribe, running: Running, request_id: str) -> str:
        asked = self._asked(message, request_id)
        answer = await self.hub.answered(asked)
        if not answer.subscribes:
            body = answer.body.decode()
            if answer.status != 200:
                return _refusal(message.id, body)
            await self._send(next_message(message.id, body))
            return complete_message(message.id)
        async with self.hub.subscribed(asked, running) as results:
            async for result in results:
                await self._send(next_message(message.id, result))
                self.hub.sent += 1
        return complete_message(message.id)

    def _asked(self, message: Subscribe, request_id: str) -> Asked:
        given = message.parameters
        try:
            key = idempotency_key(None, given.extensions)
        except Refused as refused:
            raise refused.refusal from None
        return Asked(
            given.query,
            given.operation_name,
            given.variables,
            given.extensions,
            read_only=False,
            token=self.token,
            language=self.language,
            idempotency_key=key,
            request_id=request_id,
            client=self.client,
            document_id=given.document_id,
        )

    def _failed(self, id: str, error: BaseException, request_id: str) -> str:
        found = refusals(error, request_id)
        self.hub.engine.counts.errors.update(one.code for one in found)
        return error_message(id, found, self.language, request_id)

    async def _send(self, text: str) -> None:
        await self._outlet.send({"type": "websocket.send", "text": text})

    async def _accept(self, subprotocol: str | None) -> None:
        await self._receive()  # websocket.connect
        await self._outlet.send({"type": "websocket.accept", "subprotocol": subprotocol})

    # The end
    async def _end_all(self, reading: asyncio.Task[None]) -> None:
        tasks = [reading, *(one.task for one in self.running.values() if one.task is not None)]
        self.running.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _say_goodbye(self, close: Close) -> None:
        code, reason = close.value
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._outlet.send({"type": "websocket.close", "code": code, "reason": reason})
        except (Gone, TimeoutError):
            return


class Allowance:
    """So many messages a second, and twice as many at once."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._left, self._at = 2.0 * per_second, time.monotonic()

    def take(self) -> None:
        """Raises Closing when nothing is left."""
        now = time.monotonic()
        self._left = min(2.0 * self.per_second, self._left + (now - self._at) * self.per_second)
        self._at = now
        if self._left < 1:
            raise Closing(Close.TOO_MANY_MESSAGES)
        self._left -= 1


def _refusal(id: str, body: str) -> str:
    """An operation that was refused before it ran, as the protocol tells it."""
    payload = json.loads(body)["errors"]
    return json.dumps({"id": id, "type": "error", "payload": payload}, ensure_ascii=False)
