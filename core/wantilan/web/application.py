"""One deployment, put together: host, database, access, engine, delivery, and the ASGI application over
them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

from ..access.actor import Actor
from ..access.tokens import Actors
from ..errors import ConfigurationError, WantilanError
from ..graph.engine import INTROSPECT, Engine
from ..graph.http import GraphQLEndpoint
from ..graph.live import Hub, LiveEndpoint
from ..programs import hookspecs
from ..programs.background import Loop
from ..programs.counter import Counter
from ..programs.delivery import Delivery
from ..programs.host import Host, build_host
from ..programs.runner import Runner
from ..programs.task_runner import TaskRunner
from ..programs.values import Deployment
from ..registry import program as registry
from ..registry.files.desk import Desk
from ..registry.messages.sending import Sending
from ..registry.permissions import PLATFORM_ADMIN
from ..settings import Settings
from ..store.contents import contents_of
from ..store.database import Database
from ..store.feed import Feed
from ..store.hints import Hints
from ..store.outbox import Event
from ..store.secrets import Keys
from ..store.write import Announced, VillageFacts
from .app import Metrics, WebApp
from .endpoints import Endpoints
from .files import FilesEndpoint

SWEEP = timedelta(seconds=2)
"""How often the followed villages are looked at for events of which nobody told."""
CHECK = timedelta(seconds=2.5)
"""How often the tokens of all who are connected are looked at."""


class Application:
    """Everything of one deployment in one process. Two of them share nothing."""

    def __init__(self, settings: Settings, host: Host, *, walls: bool = True) -> None:
        self.settings, self.host = settings, host
        self.database = Database.of(settings)
        self.actors = Actors(self.database, host.catalogue)
        self.delivery = Delivery(host, self.database, announced=self.announced, seconds=settings.hook_seconds)
        self.sending = Sending(host, self.database, announced=self.announced, seconds=settings.hook_seconds)
        self.feed = Feed(self.database)
        self.listeners: list[Announced] = [
            self.delivery.announced,
            self.sending.announced,
            self.feed.announced,
        ]
        """Told, in this order, what this process has put into the outbox, after the commit."""
        self.keys = Keys.parse(settings.keys.get_secret_value()) if settings.keys is not None else None
        self.desk = Desk(self.database, host, contents_of(settings), settings.files)
        services: dict[type, Any] = {
            Host: host, Actors: self.actors, Settings: settings, Desk: self.desk, Database: self.database,
        }  # fmt: skip
        if self.keys is not None:
            services[Keys] = self.keys
        self.jobs = services[Runner] = Runner(
            host,
            self.database,
            time_zone=settings.time_zone,
            services=services,
            announced=self.announced,
        )
        self.tasks = TaskRunner(host, self.database, services=services, announced=self.announced)
        self.listeners.append(self.tasks.announced)
        self.engine = Engine(
            host.schema,
            self.database,
            self.actors.resolve,
            settings,
            self.announced,
            services=services,
            walls=walls,
        )
        self.hub = Hub(self.engine, self.feed, settings, self.actors.renew)

    def announced(self, village: VillageFacts, events: Sequence[Event]) -> None:
        """After a commit, of a mutation or of a hook."""
        for listener in self.listeners:
            listener(village, events)

    @asynccontextmanager
    async def running(self, *, deliver: bool = True) -> AsyncIterator[Application]:
        """Open the database, run the programs' lifespans; in the background deliver events and do jobs."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.database)
            deployment = Deployment(self.settings.time_zone, self.settings.demo)
            for program, lifespan in self.host.loaded.implementations(hookspecs.lifespan):
                try:
                    await stack.enter_async_context(lifespan(deployment))
                except Exception as error:
                    why = str(error) if isinstance(error, WantilanError) else f"{type(error).__name__}."
                    raise ConfigurationError(f"Program {program.name!r} does not start: {why}") from error
            if deliver:
                await stack.enter_async_context(self.delivery.running())
                for loop in self._loops():
                    await stack.enter_async_context(loop.running())
            if deliver and not self.settings.demo:  # nothing leaves the machine there
                await stack.enter_async_context(self.sending.running())
            if deliver and self.settings.jobs:
                await stack.enter_async_context(self.jobs.loop.running())
                await stack.enter_async_context(self.tasks.loop.running())
            stack.push_async_callback(self.feed.close)
            stack.push_async_callback(self.hub.stop)
            yield self

    def _loops(self) -> Sequence[Loop]:
        """What lets the connected see events of other processes, and lose what they lost the right to."""
        loops = [
            Loop("feed", self.feed.sweep, pause=SWEEP),
            Loop("hub", self.hub.check, pause=CHECK),
        ]
        # A pooler that changes sessions between transactions cannot LISTEN: there the sweep must do.
        if self.database.dialect == "postgresql" and self.settings.pooler == "none":
            hints = Hints(self.database.url, self.feed.told)
            self.listeners.append(hints.announced)
            loops.append(Loop("hints", hints.work, pause=SWEEP))
        return loops

    def asgi(self) -> WebApp:
        """The application for uvicorn."""
        stack = AsyncExitStack()

        async def start() -> None:
            await stack.enter_async_context(self.running())

        settings = self.settings
        live = LiveEndpoint(self.hub, settings.cors_origins)
        return WebApp(
            graphql=GraphQLEndpoint(
                self.engine, limits=settings.limits, cors_origins=settings.cors_origins, streams=live
            ),
            live=live,
            files=FilesEndpoint(
                self.desk,
                self.actors.resolve,
                self.engine.meter.check,
                settings.files,
                cors_origins=settings.cors_origins,
            ),
            endpoints=Endpoints(
                self.host,
                Counter(self.database, self.announced),
                self.actors.resolve,
                self.engine.meter.check,
                body_bytes=settings.limits.body_bytes,
                cors_origins=settings.cors_origins,
            ),
            ready=self.ready,
            schema_text=self.schema_text,
            metrics=self.metrics(),
            graphiql=True,
            routes=self.routes(),
            startup=[start],
            shutdown=[stack.aclose],
        )

    def metrics(self) -> Metrics | None:
        """What `/metrics` answers; None without a token for it."""
        token = self.settings.metrics_token
        if token is None:
            return None
        from .metrics import exposed  # the library is loaded only where somebody measures

        secret = token.get_secret_value()
        return exposed(self.engine, self.delivery, self.jobs, self.tasks, self.hub, secret)

    def routes(self) -> Mapping[str, Any]:
        """The programs' own ASGI applications, each below `/programs/<name>`."""
        return {
            f"/programs/{program.name}{path.rstrip('/')}": app
            for program in self.host.optional
            for path, app in program.routes.items()
        }

    async def ready(self) -> Mapping[str, bool]:
        try:
            async with self.database.session() as session:
                await session.connection()
        except Exception:
            return {"database": False}
        return {"database": True}

    async def schema_text(self, token: str | None) -> str | None:
        actor: Actor = await self.actors.resolve(token)
        if self.settings.demo or self.settings.introspection or INTROSPECT in actor.ranges:
            return self.host.schema.as_str()
        return None


def core_plugins() -> Sequence[object]:
    return (registry,)


def host_of(settings: Settings, **given: Any) -> Host:
    """Load what is installed here."""
    return build_host(core_plugins(), strict=settings.strict, admin_role=PLATFORM_ADMIN, **given)


def application(settings: Settings, host: Host | None = None, *, walls: bool = True) -> Application:
    """Raises ConfigurationError when keys are missing: outside of tests nothing serves persons without
    them.
    """
    if settings.keys is None:
        raise ConfigurationError(
            "WANTILAN_KEYS is not set. Make keys with `wantilan keys new` and keep them safe."
        )
    return Application(settings, host or host_of(settings), walls=walls)
