"""One request to an address that is not `/graphql`, and the answers it may get."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..errors import BadUserInput, InternalError, NotFound, Refusal, Text, Unauthenticated
from ..graph.http.endpoint import NO_STORE, NOSNIFF
from ..graph.http.head import BEARER, bearer_token, picked, preferred_language, request_id_of
from ..graph.http.protocol import Header, Scope, Send
from ..graph.http.refusal import refusal_body
from .graphiql import StaticFile

_WANTED = frozenset((b"accept-encoding", b"accept-language", b"authorization", b"x-request-id"))
_JSON: Header = (b"content-type", b"application/json; charset=utf-8")
_PLAIN: Header = (b"content-type", b"text/plain; charset=utf-8")
_IMMUTABLE: Header = (b"cache-control", b"public, max-age=31536000, immutable")
_METHOD = Text("Alamat ini hanya melayani GET dan HEAD.", "This address serves GET and HEAD only.")
_TOKEN = Text(
    "Token kurang, tidak dikenal, atau kedaluwarsa: Authorization: Bearer <token>.",
    "The token is missing, unknown or expired: Authorization: Bearer <token>.",
)


class Exchange:
    """Every answer carries the request id, `nosniff` and its length; to HEAD it goes without its body."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._head = picked(scope["headers"], _WANTED)
        self._send = send
        self.method: str = scope["method"]
        self.root: str = scope.get("root_path", "")
        self.request_id = request_id_of(self._head.get(b"x-request-id"))

    @property
    def token(self) -> str | None:
        """The bearer token, not judged. Raises Refused (401) for another form of Authorization."""
        return bearer_token(self._head.get(b"authorization"))

    async def answer(self, status: int, body: bytes, *headers: Header, cached: Header = NO_STORE) -> None:
        sent = [
            *headers,
            (b"content-length", str(len(body)).encode("ascii")),
            (b"x-request-id", self.request_id.encode("ascii")),
            cached,
            NOSNIFF,
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": sent})
        await self._send({"type": "http.response.body", "body": b"" if self.method == "HEAD" else body})

    async def json(self, status: int, value: Mapping[str, object]) -> None:
        await self.answer(status, json.dumps(value, ensure_ascii=False).encode(), _JSON)

    async def text(self, text: str) -> None:
        await self.answer(200, text.encode(), _PLAIN)

    async def file(self, file: StaticFile) -> None:
        """A file that never changes under its address, packed if the client can unpack."""
        kind: Header = (b"content-type", file.content_type)
        vary: Header = (b"vary", b"Accept-Encoding")
        if b"gzip" in self._head.get(b"accept-encoding", b""):
            packed: Header = (b"content-encoding", b"gzip")
            await self.answer(200, file.packed, kind, vary, packed, cached=_IMMUTABLE)
        else:
            await self.answer(200, file.content, kind, vary, cached=_IMMUTABLE)

    async def redirect(self, path: str) -> None:
        await self.answer(307, b"", (b"location", (self.root + path).encode("ascii", "ignore")))

    async def refuse(self, status: int, refusal: Refusal, *headers: Header) -> None:
        language = preferred_language(self._head.get(b"accept-language", b""))
        await self.answer(status, refusal_body(refusal, language, self.request_id), _JSON, *headers)

    async def not_found(self) -> None:
        await self.refuse(404, NotFound())

    async def wrong_method(self) -> None:
        await self.refuse(405, BadUserInput(_METHOD), (b"allow", b"GET, HEAD"))

    async def unauthenticated(self) -> None:
        await self.refuse(401, Unauthenticated(_TOKEN), BEARER)

    async def failed(self) -> None:
        await self.refuse(500, InternalError())
