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

import pytest
from pydantic import SecretStr

from ..programs.host import Host
from ..registry.places import import_regions
from ..registry.regions import home_regions
from ..settings import Files, Settings
from ..store.database import Database
from ..store.migrations import Lineage, migrate
from ..store.secrets import Keys
from ..web.application import application, host_of
from .postgres import PostgresServer, postgres_server
from .world import World


class Templates:
    """A migrated database of each kind, copied for each test. PostgreSQL starts only when a test wants it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.keys = Keys.generate()
        self._ready: dict[tuple[str, tuple[str, ...]], str] = {}
        self._server: PostgresServer | None = None
        self._left: list[str] = []

    @property
    def server(self) -> PostgresServer:
        if self._server is None:
            self._server = self.stack.enter_context(postgres_server())
        return self._server

    def template(self, dialect: str, host: Host) -> str:
        """The name of the migrated template for these programs."""
        key = (dialect, tuple(p.name for p in host.programs))
        if key not in self._ready:
            name = f"template_{len(self._ready)}"
            if dialect == "postgresql":
                self.server.create_database(name)
            urls = self.urls(dialect, name)
            asyncio.run(prepare(*urls, host))
            self._ready[key] = name
        return self._ready[key]

    def urls(self, dialect: str, name: str) -> tuple[str, str]:
        """Application's and owner's URL."""
        if dialect == "sqlite":
            url = f"sqlite:///{self.folder / name}.db"
            return url, url
        return self.server.url(name), self.server.url(name, "wantilan_owner")

    def fresh(self, dialect: str, host: Host) -> str:
        """A copy of the template; its application URL."""
        template, name = self.template(dialect, host), f"t{uuid.uuid4().hex[:12]}"
        if dialect == "postgresql":
            self.server.create_database(name, template=template, instead=self._left)
            self._left = []
        else:
            shutil.copy(self.folder / f"{template}.db", self.folder / f"{name}.db")
        return self.urls(dialect, name)[0]

    def drop(self, url: str) -> None:
        """Nobody needs it any more. On PostgreSQL it goes when the next one comes, in the same session."""
        name = url.rsplit("/", 1)[1]
        if url.startswith("postgresql"):
            self._left.append(name)
        else:
            for left in self.folder.glob(f"{name}*"):
                left.unlink()


async def prepare(url: str, owner_url: str, host: Host) -> None:
    """Migrate, put the walls up, and take in the home regency's regions."""
    lineages = [Lineage(p.name, p.migrations, p.models, p.rollups) for p in host.programs if p.migrations]
    await migrate(owner_url, lineages, "wantilan_app")
    database = Database(url)
    async with database.transaction() as session:
        await import_regions(session, home_regions())
    await database.engine.dispose()
    await database.looking.dispose()


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
def wantilan_database_url(
    wantilan_dialect: str, wantilan_templates: Templates, wantilan_host: Host
) -> Iterator[str]:
    url = wantilan_templates.fresh(wantilan_dialect, wantilan_host)
    yield url
    wantilan_templates.drop(url)


@pytest.fixture
async def world(
    wantilan_database_url: str, wantilan_templates: Templates, wantilan_host: Host, tmp_path: Path
) -> AsyncIterator[World]:
    """One deployment with the regions of Tabanan and no village open."""
    settings = Settings(
        database_url=wantilan_database_url,
        keys=SecretStr(wantilan_templates.keys),
        introspection=True,
        files=Files(folder=tmp_path / "files"),
    )
    made = application(settings, wantilan_host)
    async with made.running(deliver=False):
        yield World(made)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
