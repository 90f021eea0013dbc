"""A server in the test's own loop, and clients that speak both protocols by hand."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from wantilan.cli.serve import Server, server_config
from wantilan.graph.live import Hub
from wantilan.web.application import Application

SECONDS = 8.0
"""Longer than anything takes here."""
SUBPROTOCOL: Any = "graphql-transport-ws"


@dataclass(frozen=True)
class Serving:
    """Where it listens, and what it serves."""

    port: int
    application: Application

    @property
    def hub(self) -> Hub:
        return self.application.hub

    @property
    def live(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"


@asynccontextmanager
async def serving(served: Application) -> AsyncIterator[Serving]:
    """Served as `wantilan serve` does, on a port of its own; stopped as by SIGTERM."""
    config = server_config(served, log_level="error")
    config.host, config.port = "127.0.0.1", 0
    up = asyncio.Event()
    server = Server(config, up.set, served.hub.stop)
    task = asyncio.create_task(server._serve())
    try:
        await asyncio.wait_for(up.wait(), SECONDS)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Serving(port, served)
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, 2 * SECONDS)


class Client:
    """One WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def hear(self, seconds: float = SECONDS) -> Any:
        """The next message."""
        async with asyncio.timeout(seconds):
            return json.loads(await self.socket.recv())

    async def begin(self, token: str | None = None, **payload: Any) -> None:
        given = {"authorization": f"Bearer {token}"} if token is not None else {}
        await self.say(type="connection_init", payload={**given, **payload})
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, name: str, query: str, **variables: Any) -> None:
        await self.say(id=name, type="subscribe", payload={"query": query, "variables": variables})

    async def closed(self, seconds: float = SECONDS) -> tuple[int, str]:
        """Code and reason with which the server closes; what it says before that is passed over."""
        async with asyncio.timeout(seconds):
            with suppress(ConnectionClosed):
                while True:
                    await self.socket.recv()
        assert self.socket.close_code is not None
        return self.socket.close_code, self.socket.close_reason or ""


@asynccontextmanager
async def connected(
    serving: Serving, token: str | None = None, *, begin: bool = True, **options: Any
) -> AsyncIterator[Client]:
    """A client that was acknowledged, unless it is to begin by itself."""
    given = {"subprotocols": [SUBPROTOCOL], "compression": None, "proxy": None, "max_size": None, **options}
    async with connect(serving.live, **given) as socket:
        client = Client(socket)
        if begin:
            await client.begin(token)
        yield client


class RawClient:
    """One WebSocket over plain TCP: it sends what no library would, and reads only when it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def frame(self, opcode: int, data: bytes, *, said_to_be: int | None = None) -> None:
        """A masked frame; the mask is zero, so the bytes stand as they are."""
        size = len(data) if said_to_be is None else said_to_be
        self.writer.write(struct.pack("!BBQI", 0x80 | opcode, 0x80 | 127, size, 0) + data)
        await self.writer.drain()

    async def text(self, **message: Any) -> None:
        await self.frame(1, json.dumps(message).encode())


@asynccontextmanager
async def raw(serving: Serving, token: str | None = None) -> AsyncIterator[RawClient]:
    """Connected and acknowledged."""
    reader, writer = await asyncio.open_connection("127.0.0.1", serving.port, limit=2**16)
    writer.write(
        f"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{serving.port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n".encode()
    )
    try:
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), SECONDS)
        client = RawClient(reader, writer)
        await client.text(type="connection_init", payload={"token": token} if token else {})
        await asyncio.wait_for(reader.readuntil(b'{"type":"connection_ack"}'), SECONDS)
        yield client
    finally:
        writer.transport.abort()


async def followed(serving: Serving, subscriptions: int = 1) -> None:
    """Wait until so many subscriptions run: the protocol does not say when one has begun."""
    await eventually(lambda: serving.hub.subscriptions == subscriptions)


async def eventually(test: Callable[[], bool], seconds: float = SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while not test():  # noqa: ASYNC110  what is waited for has no event of its own
            await asyncio.sleep(0.01)
