"""The ASGI application of `/graphql`: reads a request, asks the engine, sends the answer."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence

from ...errors import BadUserInput, InternalError, Language
from ...settings import Limits
from . import events
from .body import parameters_of_address, parameters_of_body, read_body
from .cors import Cors
from .head import (
    BEARER,
    EVENT_STREAM,
    GRAPHQL_RESPONSE,
    JSON,
    accepts_stream,
    bearer_token,
    idempotency_key,
    is_json,
    negotiated,
    picked,
    preferred_language,
    request_id_of,
)
from .protocol import Answer, Answers, Asked, Header, Receive, Scope, Send, Streams
from .refusal import ACCEPT, CSRF, MEDIA, METHOD, Refused, refusal_body, without_values

NO_STORE: Header = (b"cache-control", b"no-store")
NOSNIFF: Header = (b"x-content-type-options", b"nosniff")

log = logging.getLogger("wantilan")

_WANTED = frozenset(
    b"accept accept-language apollo-require-preflight authorization content-encoding content-length "
    b"content-type graphql-require-preflight idempotency-key if-none-match origin x-request-id "
    b"x-wantilan-explain".split()
)
_CONTENT_TYPES: Mapping[bytes, Header] = {
    media: (b"content-type", media + b"; charset=utf-8") for media in (JSON, GRAPHQL_RESPONSE)
}
_PLAIN_JSON = _CONTENT_TYPES[JSON]
_PROOFS = (b"authorization", b"graphql-require-preflight", b"apollo-require-preflight")
"""Headers that a page of another origin can send only after a preflight."""
_ALLOW: Header = (b"allow", b"GET, POST, OPTIONS")
_METHODS = b"GET, POST"
_HEADERS = (
    b"accept-language, apollo-require-preflight, apollographql-client-name, "
    b"apollographql-client-version, authorization, content-type, graphql-require-preflight, "
    b"idempotency-key, traceparent, x-apollo-operation-name, x-request-id, x-wantilan-explain"
)


class GraphQLEndpoint:
    """Serves http scopes only.

    `cors_origins` are the origins whose pages may call; with none, no page of another origin may. Raises
    ConfigurationError for an origin that is none.
    """

    def __init__(
        self,
        engine: Answers,
        *,
        limits: Limits,
        cors_origins: Sequence[str],
        streams: Streams | None = None,
    ) -> None:
        self._engine, self._streams = engine, streams
        self._body_bytes = limits.body_bytes
        self._cors = Cors(cors_origins, methods=_METHODS, headers=_HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method: str = scope["method"]
        head = picked(scope["headers"], _WANTED)
        language = preferred_language(head.get(b"accept-language", b""))
        request_id = request_id_of(head.get(b"x-request-id"))
        media = JSON
        try:
            if method == "OPTIONS":
                await self._preflight(head.get(b"origin"), request_id, send)
                return
            accept = head.get(b"accept", b"")
            media = _media(method, accept)
            asked = await self._asked(scope, head, receive, language, request_id)
            if asked is None:
                return
            answer = await self._engine.answer(asked)
            if answer.subscribes and self._streams is not None and accepts_stream(accept):
                headers = [*self._always(head.get(b"origin"), request_id), NO_STORE]
                await self._streams.stream(asked, receive, send, headers)
                return
            status = _told_status(answer.status, media)
        except Refused as refused:
            status = refused.status
            answer = Answer(
                refusal_body(refused.refusal, language, request_id), refused.status, refused.headers
            )
        except Exception as error:
            log.error("request %s failed: %s", request_id, without_values(error))
            status = 500
            answer = Answer(refusal_body(InternalError(), language, request_id), 500)
        if method == "GET" and status == 200:
            status, answer = _unchanged(answer, head.get(b"if-none-match", b""))
        if media == EVENT_STREAM and status == 200:
            answer = Answer(events.next_event(answer.body) + events.COMPLETE, 200, answer.headers)
        headers = _headers(answer, status, media, request_id)
        headers += self._cors.headers(head.get(b"origin"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})

    async def _asked(
        self, scope: Scope, head: Mapping[bytes, bytes], receive: Receive, language: Language, request_id: str
    ) -> Asked | None:
        """The operation of this request; None when the client went away. Raises Refused."""
        read_only = scope["method"] == "GET"
        _guard(head, read_only)
        token = bearer_token(head.get(b"authorization"))
        if read_only:
            parameters = parameters_of_address(scope.get("query_string", b""), self._body_bytes)
        else:
            body = await read_body(receive, head.get(b"content-length", b""), self._body_bytes)
            if body is None:
                return None
            parameters = parameters_of_body(body)
        client = scope.get("client")
        return Asked(
            parameters.query,
            parameters.operation_name,
            parameters.variables,
            parameters.extensions,
            read_only=read_only,
            token=token,
            language=language,
            idempotency_key=idempotency_key(head.get(b"idempotency-key"), parameters.extensions),
            request_id=request_id,
            client=client[0] if client else "",
            explain=head.get(b"x-wantilan-explain") == b"1",
            document_id=parameters.document_id,
        )

    def _always(self, origin: bytes | None, request_id: str) -> list[Header]:
        """What stands on every answer."""
        return [(b"x-request-id", request_id.encode("ascii")), NOSNIFF, *self._cors.headers(origin)]

    async def _preflight(self, origin: bytes | None, request_id: str, send: Send) -> None:
        headers = [_ALLOW, (b"x-request-id", request_id.encode("ascii")), NO_STORE, NOSNIFF]
        headers += self._cors.preflight(origin)
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _media(method: str, accept: bytes) -> bytes:
    if method not in ("POST", "GET"):
        raise Refused(405, BadUserInput(METHOD), _ALLOW)
    media = negotiated(accept)
    if media is None and method == "POST" and accepts_stream(accept):
        return EVENT_STREAM
    if media is None:
        raise Refused(406, BadUserInput(ACCEPT))
    return media


def _guard(head: Mapping[bytes, bytes], read_only: bool) -> None:
    """Only what a page of another origin cannot send without a preflight. Raises Refused (400, 415)."""
    json_sent = is_json(head.get(b"content-type", b""))
    if not read_only:
        if not json_sent or head.get(b"content-encoding", b"identity").lower() != b"identity":
            raise Refused(415, BadUserInput(MEDIA))
        return
    # A browser sends `Authorization` by itself only as Basic or the like, which is no token and refused next.
    if not (json_sent or any(head.get(name) for name in _PROOFS)):
        raise Refused(400, BadUserInput(CSRF))


def _unchanged(answer: Answer, known: bytes) -> tuple[int, Answer]:
    """An answer that may be kept (it brings its own `cache-control`) gets an ETag; one that is known, 304."""
    if not any(name == b"cache-control" for name, _ in answer.headers):
        return 200, answer
    etag = b'"' + hashlib.sha256(answer.body).hexdigest()[:32].encode("ascii") + b'"'
    same = etag in [tag.strip().removeprefix(b"W/") for tag in known.split(b",")]
    body = b"" if same else answer.body
    return 304 if same else 200, Answer(body, answer.status, (*answer.headers, (b"etag", etag)))


def _told_status(status: int, media: bytes) -> int:
    """The draft: as application/json a client can trust only 200, so what was asked wrongly is told inside.

    405 is a MUST for a mutation by GET; 406 says that a subscription needs another way; faults on our side
    stay visible to whatever watches the server.
    """
    if media == JSON and 400 <= status < 500 and status not in (405, 406):
        return 200
    if media == EVENT_STREAM and 400 <= status < 500:
        return 200
    return status


def _headers(answer: Answer, status: int, media: bytes, request_id: str) -> list[Header]:
    headers: list[Header] = [
        *(
            events.HEADERS
            if media == EVENT_STREAM and status == 200
            else (_CONTENT_TYPES.get(media, _PLAIN_JSON),)
        ),
        (b"content-length", str(len(answer.body)).encode("ascii")),
        (b"x-request-id", request_id.encode("ascii")),
        NOSNIFF,
        *answer.headers,
    ]
    given = {name for name, _ in answer.headers}
    if b"cache-control" not in given:
        headers.append(NO_STORE)
    if status == 401 and BEARER[0] not in given:
        headers.append(BEARER)
    if status == 405 and b"allow" not in given:
        headers.append((b"allow", b"POST"))
    return headers
