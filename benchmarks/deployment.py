"""What the servers stand on: a database with the real schema, migrated and filled, and actors with tokens."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from wantilan.access.granting import grant_role
from wantilan.access.permissions import PlaceKind
from wantilan.access.tokens import actor_named, issue_token
from wantilan.programs.host import Host
from wantilan.settings import Settings
from wantilan.store.database import Database
from wantilan.store.migrations import Lineage, migrate
from wantilan.store.secrets import Keys
from wantilan.testing.postgres import PostgresServer, postgres_server
from wantilan.web.application import host_of

from .dataset import PROVINCE, village_code
from .ground import BYPASS as BYPASS
from .ground import Deployment as Deployment
from .ground import Size as Size
from .loading import fill_postgres, fill_sqlite

ZONE = ZoneInfo("Asia/Makassar")
CREATE_BYPASS = f"CREATE ROLE {BYPASS} LOGIN BYPASSRLS NOSUPERUSER"

MEASURING = {
    "shared_buffers": "2GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "1h",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "autovacuum": "off",
    "max_connections": "200",
}
"""As in production, but for what would come at its own time: autovacuum, checkpoints, parallel workers."""


@contextmanager
def measured_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL on a disk, with the settings above, that logs no statement, and a role past the walls."""
    with postgres_server(MEASURING, on_disk=True) as server:
        server.sql("ALTER ROLE wantilan_app RESET log_statement")
        server.sql(CREATE_BYPASS)
        yield server


async def on_postgres(server: PostgresServer, name: str, size: Size) -> Deployment:
    """A new database on the server, migrated and filled."""
    host = host_of(Settings(strict=True))
    server.create_database(name)
    await migrate(server.url(name, "wantilan_owner"), lineages(host), "wantilan_app")
    return await filled_postgres(server, name, host, size)


async def filled_postgres(server: PostgresServer, name: str, host: Host, size: Size) -> Deployment:
    """A migrated database filled, and opened to the role past the walls."""
    keys, today = Keys.generate(), datetime.now(ZONE).date()
    rollups = [rollup for program in host.programs for rollup in program.rollups]
    await fill_postgres(server.url(name, "postgres"), size, today, Keys.parse(keys), rollups)
    server.sql(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {BYPASS}", name)
    return await _with_actors(server.url(name), server.url(name, BYPASS), keys, host, size, today)


async def filled_sqlite(path: Path, host: Host, size: Size) -> Deployment:
    """A migrated database file filled."""
    keys, today, url = Keys.generate(), datetime.now(ZONE).date(), f"sqlite:///{path}"
    fill_sqlite(path, size, today, Keys.parse(keys))
    return await _with_actors(url, url, keys, host, size, today)


@asynccontextmanager
async def sqlite_deployment(size: Size) -> AsyncIterator[Deployment]:
    """One in a folder of its own, gone with the block."""
    with tempfile.TemporaryDirectory(prefix="wantilan-bench-", dir="/var/tmp") as folder:
        host, path = host_of(Settings(strict=True)), Path(folder) / "village.db"
        await migrate(f"sqlite:///{path}", lineages(host), None)
        yield await filled_sqlite(path, host, size)


def lineages(host: Host) -> list[Lineage]:
    return [Lineage(p.name, p.migrations, p.models, p.rollups) for p in host.programs if p.migrations]


async def _with_actors(
    url: str, bypass_url: str, keys: str, host: Host, size: Size, today: date
) -> Deployment:
    places = [village_code(number) for number in size.staffed]
    async with Database(url) as database, database.transaction() as session:
        operators = [await _token(session, host, f"operator {n}", place) for n, place in enumerate(places)]
        officer = await _token(session, host, "officer", PROVINCE)
    return Deployment(url, bypass_url, keys, size, today.isoformat(), operators, officer)


async def _token(session: AsyncSession, host: Host, name: str, place: str) -> str:
    actor = await actor_named(session, name)
    await grant_role(
        session, host.catalogue, actor.id, "village_operator", PlaceKind.REGION, place,
        village_id=None, object_id=None, by=None,
    )  # fmt: skip
    _, text = await issue_token(session, actor.id, label="benchmark", days=30)
    return text
