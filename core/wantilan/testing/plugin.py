"""The fixtures of `wantilan.testing`: `world` on both databases, with every installed program.

Override `wantilan_host` (scope session) to test with programs of your own.
"""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.util import LRUCache

from ..programs.host import Host
from ..registry.places import import_regions
from ..registry.regions import home_regions
from ..settings import Files, Settings
from ..store.database import Database
from ..store.migrations import Lineage, migrate
from ..store.secrets import Keys
from ..web.application import Application, application, host_of
from .keeping import Setting, again, kept
from .postgres import PostgresServer, postgres_server
from .world import World


class Statements:
    """What SQLAlchemy has compiled, kept from test to test. By itself it does so per engine, and each test,
    which has an engine of its own, would spend most of its time on compiling what the last one did.
    """

    def __init__(self) -> None:
        self._compiled: dict[str, tuple[sa.Dialect, LRUCache[Any, Any]]] = {}

    def share(self, database: Database) -> None:
        """Before it is opened. The first that was connected lends its dialect, which is part of the keys."""
        for engine in {database.engine.sync_engine, database.looking.sync_engine}:
            if database.dialect in self._compiled:
                engine.dialect, compiled = self._compiled[database.dialect]
                engine.update_execution_options(compiled_cache=compiled)

    def keep(self, database: Database) -> None:
        """From a database that was connected: a dialect learns from the server."""
        if database.dialect not in self._compiled:
            self._compiled[database.dialect] = database.engine.dialect, LRUCache(2000)


class Templates:
    """A migrated database of each kind, copied for each test. PostgreSQL starts only when a test wants it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.keys = Keys.generate()
        self.statements = Statements()
        self._ready: dict[tuple[str, tuple[str, ...], Setting | None], str] = {}
        self._scenes: dict[str, bytes] = {}
        self._server: PostgresServer | None = None
        self._left: list[str] = []
        self._settings: Settings | None = None

    @property
    def server(self) -> PostgresServer:
        if self._server is None:
            self._server = self.stack.enter_context(postgres_server())
        return self._server

    def template(self, dialect: str, host: Host, setting: Setting | None = None) -> str:
        """The name of the migrated template for these programs, on which the setting has played."""
        names = tuple(p.name for p in host.programs if setting is not None or p.migrations)
        key = (dialect, names, setting)
        if key not in self._ready:
            bare = self.template(dialect, host) if setting is not None else None
            name = f"template_{len(self._ready)}"
            if setting is not None and bare is not None:
                url = self._copied(dialect, bare, name)
                self._scenes[name] = asyncio.run(self._played(url, host, setting))
            else:
                if dialect == "postgresql":
                    self.server.create_database(name)
                self.statements.keep(asyncio.run(prepare(*self.urls(dialect, name), host)))
            self._ready[key] = name
        return self._ready[key]

    def urls(self, dialect: str, name: str) -> tuple[str, str]:
        """Application's and owner's URL."""
        if dialect == "sqlite":
            url = f"sqlite:///{self.folder / name}.db"
            return url, url
        return self.server.url(name), self.server.url(name, "wantilan_owner")

    def fresh(self, dialect: str, host: Host, setting: Setting | None = None) -> str:
        """A copy of the template; its application URL."""
        template = self.template(dialect, host, setting)
        return self._copied(dialect, template, f"t{uuid.uuid4().hex[:12]}")

    def _copied(self, dialect: str, template: str, name: str) -> str:
        if dialect == "postgresql":
            self.server.create_database(name, template=template, instead=self._left)
            self._left = []
        else:
            shutil.copy(self.folder / f"{template}.db", self.folder / f"{name}.db")
        return self.urls(dialect, name)[0]

    async def _played(self, url: str, host: Host, setting: Setting) -> bytes:
        made = self.application(url, self.folder / _name(url), host)
        async with made.running(deliver=False):
            return kept(await setting(World(made)))

    def scene(self, world: World, setting: Setting) -> Any:
        """What the setting has given, as if it had just played in this world: a copy of its own."""
        key = (world.dialect, tuple(p.name for p in world.host.programs), setting)
        return again(self._scenes[self._ready[key]], world)

    def application(self, url: str, folder: Path, host: Host, setting: Setting | None = None) -> Application:
        """Of a world, not yet running, on a copy of the template; its files are in the folder."""
        dialect = "postgresql" if url.startswith("postgresql") else "sqlite"
        files = self.folder / self.template(dialect, host, setting) / "files" if setting else None
        if files is not None and files.exists():
            shutil.copytree(files, folder / "files")
        made = application(self.settings(url, folder), host)
        self.statements.share(made.database)
        return made

    def settings(self, url: str, folder: Path) -> Settings:
        """Those of a world. The environment is read once: for each test anew it would cost 5 ms."""
        if self._settings is None:
            self._settings = Settings(keys=SecretStr(self.keys), introspection=True, files=Files())
        files = self._settings.files.model_copy(update={"folder": folder / "files"})
        return self._settings.model_copy(update={"database_url": url, "files": files})

    def drop(self, url: str) -> None:
        """Nobody needs it any more. On PostgreSQL it goes when the next one comes, in the same session."""
        name = _name(url)
        if url.startswith("postgresql"):
            self._left.append(name)
        else:
            for left in self.folder.glob(f"{name}*"):
                left.unlink()


def _name(url: str) -> str:
    return url.rsplit("/", 1)[1].removesuffix(".db")


async def prepare(url: str, owner_url: str, host: Host) -> Database:
    """Migrate, put the walls up, and take in the home regency's regions; the database, closed again."""
    lineages = [Lineage(p.name, p.migrations, p.models, p.rollups) for p in host.programs if p.migrations]
    await migrate(owner_url, lineages, "wantilan_app")
    database = Database(url)
    async with database.transaction() as session:
        await import_regions(session, home_regions())
    await database.engine.dispose()
    await database.looking.dispose()
    return database


@pytest.fixture(scope="session")
def wantilan_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    with ExitStack() as stack:
        yield Templates(tmp_path_factory.mktemp("wantilan"), stack)


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    """The programs under test: all that are installed."""
    return host_of(Settings(strict=True))


@pytest.fixture(params=["sqlite", "postgresql"])
def wantilan_dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def wantilan_setting() -> Setting | None:
    """Override it with a function that fills a world and gives what it made, `scene`.

    A test that asks for `scene` then gets a copy of a database on which it has played once, and of what it
    gave. To play it for each test takes longer than most tests. A test without `scene` gets an empty world.
    """
    return None


@pytest.fixture
def wantilan_played(request: pytest.FixtureRequest, wantilan_setting: Setting | None) -> Setting | None:
    """The setting, where the test asks for the scene."""
    return wantilan_setting if "scene" in request.fixturenames else None


@pytest.fixture
def wantilan_database_url(
    wantilan_dialect: str,
    wantilan_templates: Templates,
    wantilan_host: Host,
    wantilan_played: Setting | None,
) -> Iterator[str]:
    url = wantilan_templates.fresh(wantilan_dialect, wantilan_host, wantilan_played)
    yield url
    wantilan_templates.drop(url)


@pytest.fixture
async def world(
    wantilan_database_url: str,
    wantilan_templates: Templates,
    wantilan_host: Host,
    wantilan_played: Setting | None,
    tmp_path: Path,
) -> AsyncIterator[World]:
    """One deployment with the regions of Tabanan and no village open."""
    made = wantilan_templates.application(wantilan_database_url, tmp_path, wantilan_host, wantilan_played)
    async with made.running(deliver=False):
        yield World(made)


@pytest.fixture
def scene(world: World, wantilan_templates: Templates, wantilan_setting: Setting) -> Any:
    """What `wantilan_setting` has made in this world."""
    return wantilan_templates.scene(world, wantilan_setting)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
