"""The answers of an endpoint of a program: what may be kept of them, and for which pages."""

from __future__ import annotations

import hashlib

from ..graph.http.cors import Cors
from ..graph.http.endpoint import NO_STORE, NOSNIFF
from ..graph.http.head import picked
from ..graph.http.protocol import Header, Scope, Send
from ..programs.endpoint import EndpointAnswer
from .exchange import Exchange

_WANTED = frozenset((b"if-none-match", b"origin"))
_VARY: Header = (b"vary", b"accept, accept-language, authorization")
_SANDBOX: Header = (b"content-security-policy", b"sandbox; default-src 'none'")
_NO_REFERRER: Header = (b"referrer-policy", b"no-referrer")


class EndpointExchange(Exchange):
    """No browser runs what a program answers, and none tells another site from where it came: the address
    may be a secret.
    """

    def __init__(self, scope: Scope, send: Send, cors: Cors) -> None:
        super().__init__(scope, send)
        self._more = picked(scope["headers"], _WANTED)
        self._cors = cors

    async def answer(self, status: int, body: bytes, *headers: Header, cached: Header = NO_STORE) -> None:
        allowed = self._cors.headers(self._more.get(b"origin"))
        await super().answer(status, body, *headers, _SANDBOX, _NO_REFERRER, *allowed, cached=cached)

    async def tell(
        self,
        answer: EndpointAnswer,
        *more: Header,
        status: int | None = None,
        private: bool = True,
        max_age: int = 0,
    ) -> None:
        """What a program answered. A good answer to GET may be kept, and asked for again by its ETag."""
        code, body = status or answer.status, answer.content
        headers = [
            (b"content-type", answer.content_type.encode("ascii")),
            *((name.encode("ascii"), value.encode("ascii")) for name, value in answer.headers.items()),
            *more,
        ]
        if code != 200 or self.method not in ("GET", "HEAD"):
            await self.answer(code, body, *headers)
            return
        digest = hashlib.sha256(answer.content_type.encode() + b"\n" + body).hexdigest()[:32]
        etag = b'"' + digest.encode("ascii") + b'"'
        whose = "private" if private else "public"
        cached = (b"cache-control", f"{whose}, max-age={max_age}, must-revalidate".encode("ascii"))
        if self._knows(etag):
            await self._unchanged((b"etag", etag), _VARY, cached)
        else:
            await self.answer(200, body, *headers, (b"etag", etag), _VARY, cached=cached)

    async def preflight(self, allow: Header) -> None:
        origin = self._more.get(b"origin")
        await self._empty(204, allow, NO_STORE, *self._cors.preflight(origin))

    def _knows(self, etag: bytes) -> bool:
        known = [tag.strip().removeprefix(b"W/") for tag in self._more.get(b"if-none-match", b"").split(b",")]
        return etag in known or known == [b"*"]

    async def _unchanged(self, *headers: Header) -> None:
        await self._empty(304, *headers, *self._cors.headers(self._more.get(b"origin")))

    async def _empty(self, status: int, *headers: Header) -> None:
        named = (b"x-request-id", self.request_id.encode("ascii"))
        await self._send(
            {"type": "http.response.start", "status": status, "headers": [*headers, named, NOSNIFF]}
        )
        await self._send({"type": "http.response.body", "body": b""})
