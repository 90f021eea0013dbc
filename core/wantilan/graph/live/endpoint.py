"""The door of all that lives longer than an answer: WebSockets of `/graphql`, and its event streams."""

from __future__ import annotations

from collections.abc import Sequence

from ..http.head import picked
from ..http.protocol import Asked, Header, Receive, Scope, Send
from .hub import Hub
from .socket import Socket
from .stream import EventStream

_WANTED = frozenset((b"host", b"origin"))


class LiveEndpoint:
    """Serves websocket scopes, and what the endpoint of `/graphql` hands on.

    A browser tells from which origin a page connects; those of the own host and `cors_origins` may. Other
    clients tell none.
    """

    def __init__(self, hub: Hub, cors_origins: Sequence[str]) -> None:
        self.hub = hub
        self._origins = frozenset(origin.encode("ascii") for origin in cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_welcome(scope):
            await _refuse(scope, receive, send, 403)
        elif self.hub.full:
            await _refuse(scope, receive, send, 503)
        else:
            socket = Socket(self.hub, scope, receive, send)
            with self.hub.connected(socket):
                await socket.run()

    async def stream(self, asked: Asked, receive: Receive, send: Send, headers: Sequence[Header]) -> None:
        made = EventStream(self.hub, asked, receive, send, headers, welcome=not self.hub.full)
        with self.hub.connected(made):
            await made.run()

    def _is_welcome(self, scope: Scope) -> bool:
        head = picked(scope["headers"], _WANTED)
        origin = head.get(b"origin")
        if origin is None or origin in self._origins:
            return True
        # Whatever ends TLS before us keeps the host, and not the scheme.
        scheme, separator, authority = origin.partition(b"://")
        own = head.get(b"host", b"")
        return scheme in (b"http", b"https") and bool(separator) and authority.lower() == own.lower() != b""


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    """Before it is accepted: with a status of HTTP where the server can, else with its own 403."""
    await receive()
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "websocket.http.response.start", "status": status, "headers": []})
    await send({"type": "websocket.http.response.body", "body": b""})
