"""The HTTP side of files: PUT brings a content to a one-time address, GET fetches one from it.

What comes is counted and written to a temporary place while it comes. Who may, and what a content is, the
desk knows. What goes out goes so that no browser runs it: as what it was judged to be, attached, sandboxed.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from tempfile import mkdtemp

import sqlalchemy as sa

from ..access.actor import Actor
from ..errors import (
    BadUserInput,
    InternalError,
    LimitExceeded,
    NotFound,
    Refusal,
    Text,
    Unauthenticated,
    Unavailable,
)
from ..graph.http.cors import Cors
from ..graph.http.endpoint import NOSNIFF
from ..graph.http.head import BEARER, picked
from ..graph.http.protocol import Header, Receive, Scope, Send
from ..graph.http.refusal import PLAIN, Refused, without_values
from ..graph.relay import encode_id
from ..graph.shapes import shape_of
from ..programs.files import FileType
from ..registry.files.addresses import EXPIRED, Address, address_of
from ..registry.files.desk import Desk, Stored
from ..registry.types import File
from ..settings import Files
from ..store.contents import PIECE
from ..store.database import is_unavailable
from .exchange import Exchange

Resolve = Callable[[str | None], Awaitable[Actor]]
Charge = Callable[[Actor, str], object]

log = logging.getLogger("wantilan")

_WANTED = frozenset((b"content-encoding", b"content-length", b"origin"))
_ALLOW: Header = (b"allow", b"GET, PUT, OPTIONS")
_PRIVATE: Header = (b"cache-control", b"private, no-store")
_SANDBOX: Header = (b"content-security-policy", b"sandbox; default-src 'none'")
_DRAINED = 4
"""How much too long a content may be and still be taken off the wire, so that the client sees the answer."""

_METHOD = Text("Alamat ini melayani PUT dan GET saja.", "This address serves PUT and GET only.")
_TOKEN = Text(
    "Perlu token dari yang meminta alamat ini: Authorization: Bearer <token>.",
    "Needs the token that asked for this address: Authorization: Bearer <token>.",
)
_STATUS = {
    "UNAUTHENTICATED": 401, "FORBIDDEN": 403, "PROGRAM_NOT_ENABLED": 403, "NOT_FOUND": 404, "CONFLICT": 409,
    "LIMIT_EXCEEDED": 413, "RULE_VIOLATED": 415, "RATE_LIMITED": 429, "INTERNAL_SERVER_ERROR": 500,
    "UNAVAILABLE": 503,
}  # fmt: skip


class GoneAway(Exception):
    """The client broke off; there is nobody to answer."""


class FilesEndpoint:
    """Serves http scopes below `/files`. `charge` takes a request off the asker's bucket, or refuses it."""

    def __init__(
        self, desk: Desk, resolve: Resolve, charge: Charge, files: Files, *, cors_origins: list[str]
    ) -> None:
        self._desk, self._resolve, self._charge, self._files = desk, resolve, charge, files
        allowed = b"accept-language, authorization, content-type, x-request-id"
        self._cors = Cors(cors_origins, methods=b"GET, PUT", headers=allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = _FileExchange(scope, send, self._cors)
        try:
            await self._serve(exchange, scope, receive)
        except GoneAway:
            return
        except Refused as refused:
            await exchange.refuse(refused.status, refused.refusal, *refused.headers)
        except Refusal as refusal:
            await exchange.refuse(status_of(refusal), refusal)
        except Exception as error:
            away = isinstance(error, sa.exc.SQLAlchemyError) and is_unavailable(error)
            if not away:
                log.error("request %s failed: %s", exchange.request_id, without_values(error))
            if not exchange.started:  # else the server closes the connection: half a file is no file
                told = Unavailable() if away else InternalError()
                await exchange.refuse(status_of(told), told)

    async def _serve(self, exchange: _FileExchange, scope: Scope, receive: Receive) -> None:
        method: str = scope["method"]
        if method == "OPTIONS":
            await exchange.preflight()
            return
        if method not in ("GET", "PUT"):
            raise Refused(405, BadUserInput(_METHOD), _ALLOW)
        token = exchange.token
        if token is None:
            raise Refused(401, Unauthenticated(_TOKEN), BEARER)
        actor = await self._resolve(token)
        client = scope.get("client")
        self._charge(actor, client[0] if client else "")
        root: str = scope.get("root_path", "")
        address = address_of(scope["path"].removeprefix(root), scope.get("query_string", b""))
        if address is None:
            raise NotFound
        if method == "PUT":
            await self._take(exchange, receive, actor, address)
        else:
            await self._give(exchange, actor, address)

    # Bringing
    async def _take(self, exchange: _FileExchange, receive: Receive, actor: Actor, address: Address) -> None:
        if exchange.head.get(b"content-encoding", b"identity").lower() != b"identity":
            raise Refused(415, BadUserInput(PLAIN))
        coming = await self._desk.expect(actor, address)
        most = coming.kind.most_bytes
        length = exchange.head.get(b"content-length", b"")
        if length.isdigit() and int(length[:20]) > most:
            raise LimitExceeded("fileBytes", most)
        folder = await asyncio.to_thread(_folder, self._desk.contents.incoming)
        try:
            await self._receive(receive, folder / "content", most)
            stored = await self._desk.store(actor, coming, folder / "content")
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        await exchange.json(201, _told(stored))

    async def _receive(self, receive: Receive, target: Path, most: int) -> None:
        """Write down what comes. Raises LimitExceeded when it is too much or too slow, GoneAway."""
        size, waiting, more = 0, bytearray(), True
        with target.open("wb") as file:
            try:
                async with asyncio.timeout(self._files.upload_seconds):
                    while more and size <= _DRAINED * most:
                        async with asyncio.timeout(self._files.idle_seconds):
                            message = await receive()
                        if message["type"] != "http.request":
                            raise GoneAway
                        piece: bytes = message.get("body", b"")
                        more = message.get("more_body", False)
                        size += len(piece)
                        if size > most:
                            continue
                        waiting += piece
                        if len(waiting) >= PIECE or not more:
                            await asyncio.to_thread(file.write, bytes(waiting))
                            waiting.clear()
            except TimeoutError:
                late = LimitExceeded("uploadSeconds", self._files.upload_seconds)
                raise Refused(408, late, (b"connection", b"close")) from None
        if size > most:
            raise LimitExceeded("fileBytes", most)

    # Fetching
    async def _give(self, exchange: _FileExchange, actor: Actor, address: Address) -> None:
        stored = await self._desk.hand_out(actor, address)
        async with self._desk.contents.opened(stored.place) as pieces:
            await exchange.stream(_described(stored), pieces, self._files.idle_seconds)


class _FileExchange(Exchange):
    """Every answer says beside the rest that no browser may run or keep it, and which pages may read it."""

    def __init__(self, scope: Scope, send: Send, cors: Cors) -> None:
        super().__init__(scope, send)
        self.head = picked(scope["headers"], _WANTED)
        self.started = False
        self._cors = cors

    async def answer(self, status: int, body: bytes, *headers: Header, cached: Header = _PRIVATE) -> None:
        self.started = True
        more = (_SANDBOX, *self._cors.headers(self.head.get(b"origin")))
        await super().answer(status, body, *headers, *more, cached=cached)

    async def preflight(self) -> None:
        named = (b"x-request-id", self.request_id.encode("ascii"))
        headers = [_ALLOW, named, _PRIVATE, NOSNIFF, *self._cors.preflight(self.head.get(b"origin"))]
        await self._send({"type": "http.response.start", "status": 204, "headers": headers})
        await self._send({"type": "http.response.body", "body": b""})

    async def stream(self, headers: Iterable[Header], pieces: AsyncIterator[bytes], idle: float) -> None:
        """Raises TimeoutError when the client takes nothing for so many seconds."""
        self.started = True
        named = (b"x-request-id", self.request_id.encode("ascii"))
        more = (named, _PRIVATE, NOSNIFF, _SANDBOX, *self._cors.headers(self.head.get(b"origin")))
        await self._send({"type": "http.response.start", "status": 200, "headers": [*headers, *more]})
        async for piece in pieces:
            async with asyncio.timeout(idle):
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        await self._send({"type": "http.response.body", "body": b""})


def status_of(refusal: Refusal) -> int:
    """410 for an address that is late; else by the code."""
    if refusal.extensions.get("rule") == EXPIRED:
        return 410
    return _STATUS.get(refusal.code, 400)


def _folder(incoming: Path) -> Path:
    incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(mkdtemp(dir=incoming))


def _told(stored: Stored) -> dict[str, object]:
    return {
        "id": encode_id(shape_of(File).tag, stored.village_id, stored.id),
        "contentType": stored.type,
        "size": stored.size,
    }


def _described(stored: Stored) -> tuple[Header, ...]:
    """The name under which it is saved is made of kind and id: what somebody called it was never kept."""
    name = f"{stored.kind}-{stored.id.hex}.{FileType(stored.type).name.lower()}"
    return (
        (b"content-type", stored.type.encode("ascii")),
        (b"content-length", str(stored.size).encode("ascii")),
        (b"content-disposition", f'attachment; filename="{name}"'.encode("ascii")),
    )
