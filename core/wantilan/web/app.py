"""The router: which path is whose. Bare ASGI, `/graphql` first; everything that answers is passed in."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType

from ..errors import ConfigurationError, Unauthenticated, WantilanError
from ..graph.http.protocol import ASGIApp, Message, Receive, Scope, Send
from ..graph.http.refusal import Refused, without_values
from .endpoints import Endpoints
from .exchange import Exchange
from .graphiql import GraphiQL

Step = Callable[[], Awaitable[None]]
Ready = Callable[[], Awaitable[Mapping[str, bool]]]
Metrics = Callable[[str | None], tuple[bytes, bytes] | None]
SchemaText = Callable[[str | None], str | Awaitable[str | None] | None]

log = logging.getLogger("wantilan")

_OWN = ("/files", "/graphql", "/graphiql", "/livez", "/metrics", "/readyz", "/schema.graphql")
_READY_SECONDS = 5.0
_NAMES_A_DOCUMENT = (b"query=", b"documentId=", b"persistedQuery")


class WebApp:
    """The ASGI application of a deployment.

    graphql      serves http scopes of `/graphql`
    ready        names the parts that must work and whether each does; `/readyz` tells the names, nothing else
    files        serves http scopes below `/files`
    endpoints    serves http scopes of what programs answer over plain HTTP
    live         serves websocket scopes of `/graphql`; without it they are refused
    schema_text  the SDL for a bearer token (or none), None if it may not be read; may raise Unauthenticated
    metrics      content type and text for the bearer token of `/metrics`, None for another one; without it
                 there are none
    graphiql     whether browsers get GraphiQL at `/graphql`
    routes       applications by path prefix (`/hooks/cctv`); the longest prefix wins, `root_path` grows by it
    startup      run in this order before the first request; the first failure stops the start
    shutdown     run in this order at the end, each of them, whatever the others do

    Raises ConfigurationError for a prefix that is malformed or ours.
    """

    def __init__(
        self,
        *,
        graphql: ASGIApp,
        ready: Ready,
        files: ASGIApp | None = None,
        endpoints: Endpoints | None = None,
        live: ASGIApp | None = None,
        schema_text: SchemaText | None = None,
        metrics: Metrics | None = None,
        graphiql: bool = False,
        routes: Mapping[str, ASGIApp] = MappingProxyType({}),
        startup: Sequence[Step] = (),
        shutdown: Sequence[Step] = (),
    ) -> None:
        self._graphql = graphql
        self._ready = ready
        self._files = files
        self._endpoints = endpoints
        self._live = live
        self._schema_text = schema_text
        self._metrics = metrics
        self._graphiql = GraphiQL() if graphiql else None
        self._routes = _ordered(routes)
        self._startup = tuple(startup)
        self._shutdown = tuple(shutdown)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http":
            path = _path(scope)
            if path == "/graphql" and not (self._graphiql and _wants_page(scope)):
                await self._graphql(scope, receive, send)
            elif self._files is not None and path.startswith("/files/"):
                await self._files(scope, receive, send)
            elif self._endpoints is not None and self._endpoints.serves(path):
                await self._endpoints(scope, receive, send)
            else:
                await self._http(path, scope, receive, send)
        elif kind == "websocket":
            await self._websocket(_path(scope), scope, receive, send)
        else:
            await self._lifespan(receive, send)

    async def _http(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        exchange = Exchange(scope, watched)
        try:
            route = self._route(path)
            if route is not None:
                await route[1](_below(scope, route[0]), receive, watched)
            else:
                await self._own(path, exchange)
        except Exception as error:
            log.error("request %s failed: %s", exchange.request_id, without_values(error))
            if not started:
                await exchange.failed()

    async def _websocket(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._route(path)
        if path == "/graphql" and self._live is not None:
            await self._live(scope, receive, send)
        elif route is not None:
            await route[1](_below(scope, route[0]), receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _route(self, path: str) -> tuple[str, ASGIApp] | None:
        for prefix, app in self._routes:
            if path == prefix or path.startswith(prefix + "/"):
                return prefix, app
        return None

    async def _own(self, path: str, exchange: Exchange) -> None:
        file = self._graphiql.file(path) if self._graphiql else None
        serve = {"/livez": self._livez, "/readyz": self._readyz}.get(path)
        if path == "/schema.graphql" and self._schema_text is not None:
            serve = self._schema
        elif path == "/metrics" and self._metrics is not None:
            serve = self._measured
        elif self._graphiql and path in ("/", "/graphql"):
            serve = self._home if path == "/" else self._page
        if serve is None and file is None:
            await exchange.not_found()
        elif exchange.method not in ("GET", "HEAD"):
            await exchange.wrong_method()
        elif serve is not None:
            await serve(exchange)
        elif file is not None:
            await exchange.file(file)

    async def _home(self, exchange: Exchange) -> None:
        await exchange.redirect("/graphql")

    async def _page(self, exchange: Exchange) -> None:
        if self._graphiql:
            body, headers = self._graphiql.page()
            await exchange.answer(200, body, *headers)

    async def _livez(self, exchange: Exchange) -> None:
        await exchange.json(200, {"status": "ok"})

    async def _readyz(self, exchange: Exchange) -> None:
        try:
            async with asyncio.timeout(_READY_SECONDS):
                parts = await self._ready()
        except Exception as error:
            log.error("readiness could not be checked: %s", without_values(error))
            parts = {"check": False}
        failing = sorted(name for name, works in parts.items() if not works)
        if failing:
            await exchange.json(503, {"status": "unavailable", "failing": failing})
        else:
            await exchange.json(200, {"status": "ok"})

    async def _schema(self, exchange: Exchange) -> None:
        """To a token that may not read it the schema is not there; a visitor is told to bring a token."""
        if self._schema_text is None:
            return
        try:
            token = exchange.token
            text = self._schema_text(token)
            if inspect.isawaitable(text):
                text = await text
        except (Refused, Unauthenticated):
            await exchange.unauthenticated()
            return
        if text is not None:
            await exchange.text(text)
        elif token is None:
            await exchange.unauthenticated()
        else:
            await exchange.not_found()

    async def _measured(self, exchange: Exchange) -> None:
        try:
            told = self._metrics(exchange.token) if self._metrics is not None else None
        except Refused:
            told = None
        if told is None:
            await exchange.unauthenticated()
        else:
            await exchange.answer(200, told[1], (b"content-type", told[0]))

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            for step in self._startup:
                await step()
        except Exception as error:
            log.error("the start failed: %s", without_values(error))
            told = str(error) if isinstance(error, WantilanError) else type(error).__name__
            await send({"type": "lifespan.startup.failed", "message": told})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if await self._close():
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await send({"type": "lifespan.shutdown.failed", "message": "A part did not close; see the log."})

    async def _close(self) -> bool:
        closed = True
        for step in self._shutdown:
            try:
                await step()
            except Exception as error:
                log.error("a part did not close: %s", without_values(error))
                closed = False
        return closed


def _path(scope: Scope) -> str:
    """The path below the server's own root path."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root + "/") else path


def _below(scope: Scope, prefix: str) -> Scope:
    return {**scope, "root_path": scope.get("root_path", "") + prefix}


def _wants_page(scope: Scope) -> bool:
    """A browser that opens the address, not a program that asks: html is accepted and nothing is queried."""
    asked: bytes = scope.get("query_string", b"")
    if scope["method"] not in ("GET", "HEAD") or any(name in asked for name in _NAMES_A_DOCUMENT):
        return False
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def _ordered(routes: Mapping[str, ASGIApp]) -> tuple[tuple[str, ASGIApp], ...]:
    """The routes, the longest prefix first. Raises ConfigurationError."""
    for prefix in routes:
        if not prefix.startswith("/") or prefix.endswith("/"):
            raise ConfigurationError(
                f"Route {prefix!r}: a prefix begins with a slash and does not end with one: '/hooks/cctv'."
            )
        if any(prefix == own or prefix.startswith(own + "/") for own in _OWN):
            raise ConfigurationError(
                f"Route {prefix!r}: this path belongs to the host; choose another prefix."
            )
    return tuple(sorted(routes.items(), key=lambda route: len(route[0]), reverse=True))
