"""One database with two doors: `read` on the raw driver, `write` on SQLAlchemy sessions inside the wall.

SQLite: WAL, foreign keys on, one writer whose transactions begin with BEGIN IMMEDIATE. PostgreSQL: the
application role; the wall is set inside each transaction, or carried by the read statement itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from ..errors import ConfigurationError, Unavailable
from ..settings import Settings
from .ending import finish
from .postgres import KEPT, Pooler, PostgresReader
from .read import Reader, SqliteReader
from .walls import wall_call

WAIT_SECONDS = 10.0
"""How long a mutation waits for a connection."""
SET_WALL = sa.select(wall_call(sa.bindparam("wall", type_=sa.Text())))
AWAY = ("08", "53", "57P", "25006")
"""SQLSTATEs of a lost connection, no room, a stop or start of the server; of a replica, which only reads."""
RACES = ("40001", "40P01")
"""SQLSTATEs of a serialization failure and of a deadlock."""
NAMELESS: dict[str, Any] = {
    "statement_cache_size": 0,
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": lambda: "",
}
"""No statement outlives its transaction: behind a pooler the next one may run in another session."""

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


def database_url(text: str) -> sa.URL:
    """A SQLAlchemy URL with our driver in it. Raises ConfigurationError for another kind of database."""
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError:
        raise ConfigurationError(
            "The database URL is not a SQLAlchemy URL (dialect://user@host/name)."
        ) from None
    kind = url.get_backend_name()
    if kind not in DRIVERS:
        raise ConfigurationError(f"The database {kind!r} is not supported; use sqlite or postgresql.")
    return url.set(drivername=DRIVERS[kind])


def write_engine(url: sa.URL, *, pooler: Pooler = "none", size: int = 8) -> AsyncEngine:
    """An engine with the settings without which each driver loses updates in silence."""
    if url.get_backend_name() == "postgresql":
        return _postgres_engine(url, NAMELESS if pooler == "transaction" else {}, size)
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, pool_size=1, max_overflow=0, poolclass=sa.AsyncAdaptedQueuePool)

    @sa.event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; the driver's own BEGIN is deferred
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine.sync_engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgres_engine(url: sa.URL, more: dict[str, Any], size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        connect_args={"server_settings": KEPT, **more},
        pool_size=size,
        max_overflow=0,
        pool_timeout=WAIT_SECONDS,
    )

    @sa.event.listens_for(engine.sync_engine, "checkout")
    def replace_dead(connection: Any, record: Any, proxy: Any) -> None:
        if connection.driver_connection.is_closed():  # the server was started anew; asking it costs nothing
            raise sa.exc.DisconnectionError

    return engine


def looking_engine(url: sa.URL) -> AsyncEngine:
    """SQLite for reading through SQLAlchemy: in WAL mode it never waits for the writer."""
    engine = create_async_engine(url, poolclass=sa.AsyncAdaptedQueuePool, pool_size=2)

    @sa.event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA query_only=ON")
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.close()

    return engine


class Database:
    """Open with `async with`. `dialect` is "sqlite" or "postgresql"; `reader` is the read door."""

    def __init__(
        self,
        url: str,
        *,
        statement_seconds: float = 5.0,
        pooler: Pooler = "none",
        readers: int = 16,
        writers: int = 8,
    ) -> None:
        self.url = database_url(url)
        self.dialect = self.url.get_backend_name()
        self.writers = 1 if self.dialect == "sqlite" else writers
        self.engine = write_engine(self.url, pooler=pooler, size=writers)
        self.looking = self.engine if self.dialect == "postgresql" else looking_engine(self.url)
        self.reader: Reader = (
            SqliteReader(Path(self.url.database or ""), statement_seconds)
            if self.dialect == "sqlite"
            else PostgresReader(self.url, statement_seconds, readers, pooler)
        )

    @classmethod
    def of(cls, settings: Settings) -> Database:
        """The database that a deployment's settings name."""
        return cls(
            settings.database_url,
            statement_seconds=settings.limits.statement_seconds,
            pooler=settings.pooler,
            readers=settings.read_connections,
            writers=settings.write_connections,
        )

    async def __aenter__(self) -> Database:
        await self.reader.open()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.reader.close()
        await self.engine.dispose()
        await self.looking.dispose()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A short look at platform and reference tables. On SQLite it does not wait for writers.

        Raises Unavailable when the database is away.
        """
        try:
            async with self.looking.connect() as connection, AsyncSession(bind=connection) as session:
                yield session
        except (sa.exc.DBAPIError, sa.exc.TimeoutError, ConnectionError, TimeoutError) as error:
            if not is_unavailable(error):
                raise
            raise Unavailable from error

    async def only_reads(self, session: AsyncSession) -> bool:
        """Whether this is a replica: what is due there is done on the leader."""
        if self.dialect != "postgresql":
            return False
        return bool(await session.scalar(sa.select(sa.func.pg_is_in_recovery())))

    @asynccontextmanager
    async def look(self, wall: str) -> AsyncIterator[AsyncSession]:
        """A short look at tables of villages inside a wall. On SQLite it does not wait for writers."""
        async with self.session() if self.dialect == "sqlite" else self.transaction(wall) as session:
            yield session

    @asynccontextmanager
    async def snapshot(self, wall: str) -> AsyncIterator[AsyncSession]:
        """A long look inside a wall that sees everything as it was at one moment. It writes nothing, and
        others write meanwhile.

        Raises Unavailable when the database is away.
        """
        async with self._reading(isolation_level="REPEATABLE READ") as session:
            await set_wall(session, wall)
            await unhurried(session)
            yield session

    @asynccontextmanager
    async def read_only(self) -> AsyncIterator[AsyncSession]:
        """A short transaction that can write nothing, and in which the wall is still to be set. On SQLite it
        does not wait for writers.

        Raises Unavailable when the database is away.
        """
        async with self._reading() as session:
            yield session

    @asynccontextmanager
    async def _reading(self, **options: str) -> AsyncIterator[AsyncSession]:
        try:
            async with self.looking.connect() as connection:
                if self.dialect == "sqlite":
                    await connection.exec_driver_sql("BEGIN")  # the driver begins none for reading
                else:
                    await connection.execution_options(**options, postgresql_readonly=True)
                async with AsyncSession(bind=connection) as session:
                    yield session
        except (sa.exc.DBAPIError, sa.exc.TimeoutError, ConnectionError, TimeoutError) as error:
            if not is_unavailable(error):
                raise
            raise Unavailable from error

    @asynccontextmanager
    async def transaction(self, wall: str = "") -> AsyncIterator[AsyncSession]:
        """One write transaction inside a wall (region codes, comma-separated; none: only platform and
        reference).

        It commits when the block ends without an exception. Raises Unavailable when the connection is lost
        during COMMIT: then nobody knows whether it was written.
        """
        async with self.engine.connect() as connection:
            transaction = await connection.begin()
            try:
                if wall:
                    await set_wall(connection, wall)
                async with AsyncSession(bind=connection, expire_on_commit=False) as session:
                    yield session
                    await finish(session)
            except BaseException:
                if transaction.is_active:  # a failed flush has rolled it back already
                    await transaction.rollback()
                raise
            try:
                await transaction.commit()
            except (sa.exc.DBAPIError, OSError) as error:
                raise Unavailable from error


def is_unavailable(error: Exception) -> bool:
    """Whether an error of the write door says that the database is away, full, or only reads just now."""
    if isinstance(error, sa.exc.DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        return error.connection_invalidated or state.startswith(AWAY)
    return isinstance(error, OSError | sa.exc.TimeoutError)


def lost_a_race(error: Exception) -> bool:
    """Whether PostgreSQL has ended a transaction because two waited for each other: to try again helps."""
    return isinstance(error, sa.exc.DBAPIError) and getattr(error.orig, "sqlstate", None) in RACES


async def set_wall(connection: AsyncConnection | AsyncSession, wall: str) -> None:
    """Set the second wall for the rest of this transaction. SQLite has the first wall only."""
    bound = await connection.run_sync(_dialect_name)
    if bound == "postgresql":
        await connection.execute(SET_WALL, {"wall": wall})


async def unhurried(connection: AsyncConnection | AsyncSession) -> None:
    """Let statements of the rest of this transaction take as long as they need: those on a whole village."""
    if await connection.run_sync(_dialect_name) == "postgresql":
        await connection.execute(sa.select(sa.func.set_config("statement_timeout", "0", True)))


def _dialect_name(connection: Any) -> str:
    bind = connection.get_bind() if hasattr(connection, "get_bind") else connection
    return str(bind.dialect.name)
