"""What the servers stand on: a database with the real schema, migrated and filled, and actors with tokens."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo


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

from .dataset import PROVINCE, Size, village_code
from .loading import fill_postgres, fill_sqlite

ZONE = ZoneInfo("Asia/Makassar")
NO_LIMIT = 1_000_000_000
OPERATORS = 100
"""So many tokens, whatever the number of villages: what looking them up costs does not grow with it."""
BYPASS = "wantilan_peer"
"""The role of servers that know no wall; ours takes it to show what the second wall costs."""

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


@dataclass(frozen=True)
class Deployment:
    """A filled database as its servers see it. `bypass_url` is the same one without row security."""

    url: str
    bypass_url: str
    keys: str = field(repr=False)
    size: Size
    today: str
    operators: Sequence[str] = field(repr=False)
    """Tokens of village operators: the one of village n is at n modulo their number."""
    officer: str = field(repr=False)
    """A token that holds the same role at the whole province."""

    def operator(self, village: int) -> str:
        return self.operators[village % len(self.operators)]

    @property
    def dialect(self) -> str:
        return self.url.partition(":")[0]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Deployment:
        read = json.loads(text)
        return cls(**{**read, "size": Size(**read["size"])})


@contextmanager
def measured_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL on a disk, with the settings above, that logs no statement, and a role past the walls."""
    with postgres_server(MEASURING, on_disk=True) as server:
        server.sql("ALTER ROLE wantilan_app RESET log_statement")
        server.sql(f"CREATE ROLE {BYPASS} LOGIN BYPASSRLS NOSUPERUSER")
        yield server


async def on_postgres(server: PostgresServer, name: str, size: Size) -> Deployment:
    """A new database on the server, migrated and filled."""
    keys = Keys.generate()
    today = datetime.now(ZONE).date()
    server.create_database(name)
    url, owner = server.url(name), server.url(name, "wantilan_owner")
    host = host_of(Settings(strict=True))
    await migrate(owner, lineages(host), "wantilan_app")
    await fill_postgres(server.url(name, "postgres"), size, today, Keys.parse(keys))
    for what in ("SELECT, INSERT, UPDATE ON ALL TABLES", "USAGE ON ALL SEQUENCES"):
        server.sql(f"GRANT {what} IN SCHEMA public TO {BYPASS}", name)
    return await _with_actors(url, server.url(name, BYPASS), keys, host, size, today)


async def on_sqlite(path: Path, size: Size) -> Deployment:
    """A new database file, migrated and filled."""
    keys = Keys.generate()
    today = datetime.now(ZONE).date()
    url = f"sqlite:///{path}"
    host = host_of(Settings(strict=True))
    await migrate(url, lineages(host), None)
    fill_sqlite(path, size, today, Keys.parse(keys))
    return await _with_actors(url, url, keys, host, size, today)


@asynccontextmanager
async def sqlite_deployment(size: Size) -> AsyncIterator[Deployment]:
    """One in a folder of its own, gone with the block."""
    with tempfile.TemporaryDirectory(prefix="wantilan-bench-", dir="/var/tmp") as folder:
        yield await on_sqlite(Path(folder) / "village.db", size)


def lineages(host: Host) -> list[Lineage]:
    return [Lineage(p.name, p.migrations, p.models) for p in host.programs if p.migrations]


async def _with_actors(
    url: str, bypass_url: str, keys: str, host: Host, size: Size, today: date
) -> Deployment:
    places = [village_code(number % size.villages) for number in range(OPERATORS)]
    async with Database(url) as database:
        operators = [await _token(database, host, f"operator {n}", place) for n, place in enumerate(places)]
        officer = await _token(database, host, "officer", PROVINCE)
    return Deployment(url, bypass_url, keys, size, today.isoformat(), operators, officer)


async def _token(database: Database, host: Host, name: str, place: str) -> str:
    async with database.transaction() as session:
        actor = await actor_named(session, name)
        await grant_role(
            session, host.catalogue, actor.id, "village_operator", PlaceKind.REGION, place,
            village_id=None, object_id=None, by=None,
        )  # fmt: skip
        _, text = await issue_token(session, actor.id, label="benchmark", days=30)
    return text


