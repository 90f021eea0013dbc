"""Serves what programs answer over plain HTTP. What stands in a path may be a secret: it is in no answer of
ours and in no log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import sqlalchemy as sa

from ..access.actor import Actor
from ..errors import (
    BadUserInput,
    InternalError,
    NotFound,
    RateLimited,
    Refusal,
    Text,
    Unauthenticated,
    Unavailable,
)
from ..graph.http.cors import Cors
from ..graph.http.head import BEARER, bearer_token
from ..graph.http.protocol import Header, Receive, Scope, Send
from ..graph.http.refusal import Refused, without_values
from ..programs.counter import Counter
from ..programs.endpoint import FEEDS, Endpoint, EndpointRequest
from ..programs.host import Host
from ..programs.manifest import Program
from ..store.database import is_unavailable
from .answering import EndpointExchange
from .asking import body_of, request_of

Resolve = Callable[[str | None], Awaitable[Actor]]
Charge = Callable[[Actor, str], object]
Found = tuple[Program, Endpoint, dict[str, str]]

log = logging.getLogger("wantilan")

_METHOD = Text("Metode ini tidak dilayani di sini.", "This method is not served here.")
_STATUS = {
    "UNAUTHENTICATED": 401, "FORBIDDEN": 403, "NOT_FOUND": 404, "PROGRAM_NOT_ENABLED": 404, "CONFLICT": 409,
    "INVALID_TRANSITION": 409, "IDEMPOTENCY_CONFLICT": 409, "LIMIT_EXCEEDED": 413, "RULE_VIOLATED": 422,
    "RATE_LIMITED": 429, "INTERNAL_SERVER_ERROR": 500, "UNAVAILABLE": 503,
}  # fmt: skip


class GoneAway(Exception):
    """The client broke off; there is nobody to answer."""


class Endpoints:
    """Serves http scopes at the endpoints of all programs.

    `charge` takes a request off the asker's bucket, or refuses it.
    """

    def __init__(
        self,
        host: Host,
        counter: Counter,
        resolve: Resolve,
        charge: Charge,
        *,
        body_bytes: int,
        cors_origins: Sequence[str],
    ) -> None:
        self._counter, self._resolve, self._charge = counter, resolve, charge
        self._body_bytes = body_bytes
        allowed = b"accept-language, authorization, content-type, x-request-id"
        self._cors = Cors(cors_origins, methods=b"GET, POST", headers=allowed)
        self._all = host.endpoints
        self._tops = {endpoint.top for _, endpoint in self._all} | {FEEDS.rstrip("/")}

    def serves(self, path: str) -> bool:
        """Whether a path is answered here, if only that there is nothing."""
        return path[:1] == "/" and "/" + path[1:].partition("/")[0] in self._tops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = EndpointExchange(scope, send, self._cors)
        found = self._at(scope["path"].removeprefix(scope.get("root_path", "")))
        allow = _allow({method for _, endpoint, _ in found for method in endpoint.methods})
        method = {"HEAD": "GET"}.get(scope["method"], scope["method"])
        mine = next((one for one in found if method in one[1].methods), None)
        try:
            if mine is not None:
                await self._serve(exchange, scope, receive, mine)
            elif method == "OPTIONS":
                await exchange.preflight(allow)
            else:
                await self._settled(exchange, scope)
                raise Refused(405, BadUserInput(_METHOD), allow) if found else NotFound
        except GoneAway:
            return
        except Exception as error:
            status, refusal, headers = _judged(error, exchange.request_id)
            await exchange.refuse(status, refusal, *headers)

    def _at(self, path: str) -> list[Found]:
        matches = ((program, endpoint, endpoint.pattern.fullmatch(path)) for program, endpoint in self._all)
        return [(program, endpoint, match.groupdict()) for program, endpoint, match in matches if match]

    async def _serve(self, exchange: EndpointExchange, scope: Scope, receive: Receive, found: Found) -> None:
        program, endpoint, parts = found
        body = await self._body(scope, receive, endpoint) if scope["method"] == "POST" else b""
        request = request_of(scope, parts, body)
        try:
            actor = await self._settled(exchange, scope, request.form.get(endpoint.token_field, ""))
            answer = await self._counter.ask(program, endpoint, request, actor)
        except Exception as error:
            await _refuse(exchange, endpoint, request, error)
            return
        private = endpoint.secret or actor.id is not None
        await exchange.tell(answer, private=private, max_age=endpoint.max_age)

    async def _body(self, scope: Scope, receive: Receive, endpoint: Endpoint) -> bytes:
        async with asyncio.timeout(endpoint.seconds):
            body = await body_of(scope, receive, self._body_bytes)
        if body is None:
            raise GoneAway
        return body

    async def _settled(self, exchange: EndpointExchange, scope: Scope, posted: str = "") -> Actor:
        """Who asks, and that he may still ask in this minute. Raises Refused, Refusal."""
        token = exchange.token
        if token is None and posted:
            token = bearer_token(b"Bearer " + posted.encode())
        actor = await self._resolve(token)
        client = scope.get("client")
        self._charge(actor, client[0] if client else "")
        return actor


async def _refuse(
    exchange: EndpointExchange, endpoint: Endpoint, request: EndpointRequest, error: Exception
) -> None:
    """In the format of the endpoint, if it has one of its own."""
    status, refusal, headers = _judged(error, exchange.request_id)
    if endpoint.refused is None:
        await exchange.refuse(status, refusal, *headers)
        return
    told = endpoint.refused(request, refusal, status)
    await exchange.tell(told, *headers, status=told.status if told.status >= 400 else status)


def _judged(error: Exception, request_id: str) -> tuple[int, Refusal, tuple[Header, ...]]:
    """What is told of a failure; of one that is ours the log has the rest, without values."""
    if isinstance(error, Refused):
        return error.status, error.refusal, error.headers
    if isinstance(error, Refusal):
        return _STATUS.get(error.code, 400), error, _more(error)
    if isinstance(error, TimeoutError | ConnectionError) or _is_away(error):
        log.warning("request %s was not answered in time, or the database is away", request_id)
        return 503, Unavailable(), ()
    log.error("request %s failed: %s", request_id, without_values(error))
    return 500, InternalError(), ()


def _is_away(error: Exception) -> bool:
    return isinstance(error, sa.exc.SQLAlchemyError) and is_unavailable(error)


def _allow(methods: set[str]) -> Header:
    known = [*sorted(methods), *(["HEAD"] if "GET" in methods else []), "OPTIONS"]
    return (b"allow", ", ".join(known).encode("ascii"))


def _more(refusal: Refusal) -> tuple[Header, ...]:
    if isinstance(refusal, Unauthenticated):
        return (BEARER,)
    if isinstance(refusal, RateLimited):
        return ((b"retry-after", str(refusal.extensions["retryAfter"]).encode("ascii")),)
    return ()
