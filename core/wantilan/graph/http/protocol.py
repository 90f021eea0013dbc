"""What the HTTP side and the engine say to each other, and the shapes of ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ...errors import Language

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]


@dataclass(frozen=True)
class Asked:
    """One operation as it arrived.

    query            the document; empty when `extensions.persistedQuery` or `document_id` alone names one
    variables        without NUL characters, infinite numbers and lone surrogates, at most 50 levels deep
    read_only        the request was a GET: only queries may run, the engine refuses others with status 405
    token            the bearer token, well-formed, not judged
    language         of the messages, from Accept-Language
    idempotency_key  from the header Idempotency-Key, else from `extensions.idempotencyKey`
    client           the client's address, for the limits of visitors; empty when the server does not tell
    explain          whether `x-wantilan-explain` asks how it is planned; the engine judges who may
    document_id      the name of a document that is not sent: `documentId` of the draft
    """

    query: str
    operation_name: str | None
    variables: Mapping[str, object]
    extensions: Mapping[str, object]
    read_only: bool
    token: str | None
    language: Language
    idempotency_key: str | None
    request_id: str
    client: str
    explain: bool = False
    document_id: str | None = None


@dataclass(frozen=True)
class Answer:
    """What the engine answers.

    body     the complete JSON response
    status   the honest one: 200 when there is `data` (also partial), else why the operation was refused
    headers  of its own, names in lower case; its `cache-control` replaces `no-store`
    subscribes  whether a subscription was asked for, which is not answered but followed; see `live`
    """

    body: bytes
    status: int = 200
    headers: tuple[Header, ...] = ()
    subscribes: bool = False


class Streams(Protocol):
    """Follows a subscription for as long as both are there; `headers` are those of every answer."""

    async def stream(self, asked: Asked, receive: Receive, send: Send, headers: Sequence[Header]) -> None: ...


class Answers(Protocol):
    """The engine: answers one operation. What it raises becomes a masked 500."""

    async def answer(self, asked: Asked) -> Answer: ...
