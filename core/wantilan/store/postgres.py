"""The read door on PostgreSQL: one statement, one value, on a connection of asyncpg's own.

Nothing is reset between two reads: the wall lives in the statement's own transaction and dies with it. A
text that is seen once runs without a name and leaves nothing behind; one that comes again is prepared, per
connection. Behind a pooler in transaction mode nothing is prepared, since the next statement may go to
another session.
"""

from __future__ import annotations

import itertools
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Literal

import asyncpg
import sqlalchemy as sa

from ..errors import ConfigurationError, LimitExceeded, Unavailable
from .pool import Pool
from .read import Statement

Pooler = Literal["none", "transaction"]
"""What stands between us and PostgreSQL: nothing (or a pooler that keeps sessions), or one that does not."""

KEPT = {"timezone": "UTC", "datestyle": "ISO", "application_name": "wantilan"}
"""Settings of a session that poolers know and keep for each of their clients."""
PREPARED = 256
"""How many statements a connection keeps."""
REMEMBERED = 4_096
"""How many texts are remembered as seen."""
WAIT_SECONDS = 5.0
"""How long a read waits for a connection, and for one to be made."""
GRACE_SECONDS = 1.0
"""The server stops a statement itself; when it has not after so long, we do."""
END_SECONDS = 2.0

LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    OSError,
)
REFUSED = (asyncpg.InsufficientResourcesError, asyncpg.InvalidAuthorizationSpecificationError)
"""The server has no room for us, or its administrator has shut us out."""
OUTDATED = (
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
    asyncpg.InvalidSQLStatementNameError,
)
"""A migration changed what a prepared statement answers, or somebody has dropped it."""
ARRAYS = ("text", "uuid", "date", "timestamptz", "integer", "bigint", "boolean", "float8")


class Sightings:
    """Which texts this process has seen before; by hash, since a text may be long."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self.remembered = remembered
        self._seen: OrderedDict[int, None] = OrderedDict()

    def again(self, text: str) -> bool:
        """Whether it was seen before; from now on it was."""
        key = hash(text)
        if key in self._seen:
            self._seen.move_to_end(key)
            return True
        self._seen[key] = None
        if len(self._seen) > self.remembered:
            self._seen.popitem(last=False)
        return False


class Backend:
    """One connection and what it has prepared, last used last."""

    _process = secrets.token_hex(4)
    _numbers = itertools.count()
    # Names of our own: should a pooler mix up sessions after all, a name never means another process' text.

    def __init__(
        self, connection: asyncpg.Connection[asyncpg.Record], seconds: float, sightings: Sightings | None
    ) -> None:
        self.connection, self.seconds, self.sightings = connection, seconds, sightings
        self.prepared: OrderedDict[str, Any] = OrderedDict()
        self.is_closed = connection.is_closed

    async def value(self, sql: str, values: Sequence[Any]) -> Any:
        """The one value of a statement."""
        prepared = self.prepared.get(sql)
        if prepared is not None:
            self.prepared.move_to_end(sql)
        elif self.sightings is None or not self.sightings.again(sql):
            return await self.connection.fetchval(sql, *values, timeout=self.seconds)
        else:
            prepared = await self._prepare(sql)
        return await prepared.fetchval(*values, timeout=self.seconds)

    def forget(self, sql: str) -> bool:
        """Whether it was prepared here; now it is not."""
        return self.prepared.pop(sql, None) is not None

    async def end(self) -> None:
        # close() first sends the server word to stop what still runs; terminate() would leave it running.
        try:
            await self.connection.close(timeout=END_SECONDS)
        except Exception:
            self.connection.terminate()

    async def _prepare(self, sql: str) -> Any:
        name = f"wantilan_{self._process}_{next(self._numbers)}"
        made = self.prepared[sql] = await self.connection.prepare(sql, name=name, timeout=self.seconds)
        if len(self.prepared) > PREPARED:
            self.prepared.popitem(last=False)  # asyncpg closes it on the server once nobody holds it
        return made


class PostgresReader:
    """A pool of connections that read. A lost one is replaced, and its read begun once more."""

    def __init__(self, url: sa.URL, seconds: float, size: int = 16, pooler: Pooler = "none") -> None:
        self.url, self.seconds, self.size, self.pooler = url, seconds, size, pooler
        self.sightings = Sightings()
        self._pool: Pool[Backend] | None = None

    @property
    def pool(self) -> Pool[Backend]:
        assert self._pool is not None, "the reader is not open"
        return self._pool

    async def open(self) -> None:
        """Raises ConfigurationError when the database cannot be reached."""
        self._pool = Pool(self._connect, self.size, WAIT_SECONDS)
        try:
            self._pool.give_back(await self._pool.take())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            kind = type(error).__name__
            hint = (
                " Behind pgbouncer in transaction mode set WANTILAN_POOLER=transaction."
                if isinstance(error, asyncpg.ProtocolViolationError)
                else ""
            )
            raise ConfigurationError(f"The database cannot be reached ({kind}).{hint}") from error

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def read(self, statement: Statement) -> str:
        """The one text value of the one row. Raises LimitExceeded (time) or Unavailable."""
        try:
            try:
                return await self._read(statement)
            except OUTDATED:
                return await self._read(statement)  # the connection has forgotten the statement
            except (TimeoutError, asyncpg.DataError):
                raise
            except LOST:
                return await self._read(statement)  # on another connection; reading twice harms nobody
        except (asyncpg.QueryCanceledError, TimeoutError):
            raise LimitExceeded("statementSeconds", self.seconds) from None
        except (asyncpg.DataError, *OUTDATED):
            raise
        except (*LOST, *REFUSED) as error:
            raise Unavailable from error

    async def _read(self, statement: Statement) -> str:
        pool = self.pool
        lent = await pool.take()
        try:
            text = await lent.value(statement.sql, statement.values)
        except asyncpg.PostgresError as error:
            # The server said no: it is done with the statement, and its transaction is over.
            if isinstance(error, OUTDATED):
                lent.forget(statement.sql)
            pool.give_back(lent)
            raise
        except BaseException:
            pool.discard(lent)
            raise
        pool.give_back(lent)
        return str(text)

    async def _connect(self) -> Backend:
        dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            made = await asyncpg.connect(
                dsn, timeout=WAIT_SECONDS, server_settings=self._settings(), **self._cache()
            )
        except TimeoutError as error:
            raise ConnectionError("the database does not answer") from error
        try:
            await _learn_arrays(made)
        except BaseException:
            made.terminate()
            raise
        own = self.pooler == "none"
        seconds = self.seconds + (GRACE_SECONDS if own else 0.0)
        return Backend(made, seconds, self.sightings if own else None)

    def _settings(self) -> dict[str, str]:
        """What a session begins with. A pooler refuses what it cannot keep: there the role has the rest."""
        if self.pooler == "transaction":
            return KEPT
        return KEPT | {
            "statement_timeout": str(int(self.seconds * 1000)),
            "default_transaction_read_only": "on",
            "jit": "off",
            # Planning anew each time costs a page as much as running it; values decide no plan of ours.
            "plan_cache_mode": "force_generic_plan",
        }

    def _cache(self) -> dict[str, int]:
        """asyncpg's own cache is of no use here. With size 0 it parses each statement twice, which only a
        pooler needs; so nothing is short enough for it.
        """
        if self.pooler == "transaction":
            return {"statement_cache_size": 0}
        return {"statement_cache_size": 1, "max_cacheable_statement_size": 1}


async def _learn_arrays(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """asyncpg asks the server for each array type, once per connection: here, not beside somebody's
    statement.
    """
    asked = ",".join(f"${i}::{name}[]" for i, name in enumerate(ARRAYS, start=1))
    await connection.fetchval(f"SELECT {asked}", *[None] * len(ARRAYS))
