"""uvicorn's WebSocket, with two things that a server in the open needs: what a peer does not read never piles
up, and a peer that is silent is gone at once.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class WebSocket(WebSocketsSansIOProtocol):
    """Sending waits while the peer does not read (uvicorn's own doing)."""

    async def send(self, message: Any) -> None:
        """A refusal with a status of HTTP ends the handshake, too: uvicorn would log that nothing did."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True

    def handle_ping(self) -> None:
        """One who pings and never reads gets no more pongs than fit."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def keepalive_timeout(self) -> None:
        """Who answers no ping reads no close frame either: waiting until it is written would be for ever."""
        super().keepalive_timeout()
        self._let_go()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        super().on_task_complete(task)
        self._let_go()

    def _let_go(self) -> None:
        if not self.writable.is_set():
            self.transport.abort()
