"""The read door: one finished statement in, the JSON text of the answer out. Raw drivers, never the ORM.

Here is what both databases share, and the door on SQLite; `postgres` holds the other one.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import Any, NamedTuple, Protocol

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
        self.closed = False

    async def open(self) -> None:
        self.closed = False
        if not self.path.exists():
            raise ConfigurationError(f"The database {self.path} is not there; run `wantilan migrate`.")

    async def close(self) -> None:
        self.closed = True
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
            if self.closed:
                self.free.pop().close()
        return str(text)
