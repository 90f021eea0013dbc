"""The read door: one finished statement in, the JSON text of the answer out. Raw drivers, never the ORM."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import asyncpg
import sqlalchemy as sa

from ..errors import ConfigurationError, LimitExceeded, Unavailable


class Statement(NamedTuple):
    """SQL and its bound values: a mapping for SQLite, a list for PostgreSQL. `heavy` plans leave the event
    loop.
    """

    sql: str
    values: Any
    heavy: bool = False


class Reader(Protocol):
    async def open(self) -> None: ...
    async def close(self) -> None: ...
    async def read(self, statement: Statement) -> str:
        """The one text value of the one row. Raises LimitExceeded (time) or Unavailable."""
        ...


class SqliteReader:
    """Read-only connections, last used first: its page cache is the warm one."""

    STEPS = 20_000  # virtual machine steps between two looks at the clock

    def __init__(self, path: Path, seconds: float) -> None:
        self.path, self.seconds = path, seconds
        self.free: list[sqlite3.Connection] = []
        self.deadlines: dict[int, float] = {}

    async def open(self) -> None:
        if not self.path.exists():
            raise ConfigurationError(f"The database {self.path} is not there; run `wantilan migrate`.")

    async def close(self) -> None:
        while self.free:
            self.free.pop().close()

    def connect(self) -> sqlite3.Connection:
        made = sqlite3.connect(
            f"file:{self.path}?mode=ro",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
        made.execute("PRAGMA query_only=ON")
        made.execute("PRAGMA busy_timeout=5000")
        key = id(made)
        made.set_progress_handler(
            lambda: time.monotonic() > self.deadlines.get(key, float("inf")), self.STEPS
        )
        return made

    async def read(self, statement: Statement) -> str:
        if statement.heavy:
            return await asyncio.to_thread(self.run, statement)
        return self.run(statement)

    def run(self, statement: Statement) -> str:
        connection = self.free.pop() if self.free else self.connect()
        self.deadlines[id(connection)] = time.monotonic() + self.seconds
        try:
            (text,) = connection.execute(statement.sql, statement.values).fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise LimitExceeded("statementSeconds", self.seconds) from None
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise Unavailable from error
            if "stack overflow" in str(error):  # the parser of SQLite before 3.46 has a stack of 100
                raise LimitExceeded("nesting", 100) from None
            raise
        finally:
            self.free.append(connection)
        return str(text)


class PostgresReader:
    """A pool that hands out the connection used last and sends no reset query.

    Nothing needs a reset: the wall lives in the statement's own transaction and dies with it.
    """

    def __init__(self, url: sa.URL, seconds: float, size: int = 16) -> None:
        self.url, self.seconds, self.size = url, seconds, size
        self.pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def open(self) -> None:
        dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            self.pool = await asyncpg.create_pool(
                dsn,
                min_size=1,
                max_size=self.size,
                max_cacheable_statement_size=0,
                max_inactive_connection_lifetime=0,
                reset=_no_reset,
                init=_learn_arrays,
                server_settings={
                    "timezone": "UTC",
                    "datestyle": "ISO",
                    "application_name": "wantilan",
                    "statement_timeout": str(int(self.seconds * 1000)),
                    "default_transaction_read_only": "on",
                    "jit": "off",
                },
            )
        except (OSError, asyncpg.PostgresError) as error:
            raise ConfigurationError(f"The database cannot be reached ({type(error).__name__}).") from error

    async def close(self) -> None:
        if self.pool is not None:
            await self.pool.close()

    async def read(self, statement: Statement) -> str:
        assert self.pool is not None, "the reader is not open"
        try:
            return str(await self.pool.fetchval(statement.sql, *statement.values))
        except asyncpg.QueryCanceledError:
            raise LimitExceeded("statementSeconds", self.seconds) from None
        except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError) as error:
            raise Unavailable from error


ARRAYS = ("text", "uuid", "date", "timestamptz", "integer", "bigint", "boolean", "float8")


async def _learn_arrays(connection: Any) -> None:
    """asyncpg asks the server for each array type, once per connection: here, not beside somebody's
    statement.
    """
    asked = ",".join(f"${i}::{name}[]" for i, name in enumerate(ARRAYS, start=1))
    await connection.fetchval(f"SELECT {asked}", *[None] * len(ARRAYS))


async def _no_reset(connection: Any) -> None:
    return None
