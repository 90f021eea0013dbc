"""How rollups come to be kept and cease to be: what `migrate` does around its steps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from .places import Village
from .rollup_sql import differing, rebuilt
from .rollup_triggers import (
    all_kept,
    counted_statements,
    ended,
    keeping_statements,
    outdated,
    uncounted,
    undeclared,
)
from .rollups import Rollup

Doing = AsyncConnection | AsyncSession
"""A transaction of the caller, its wall open to the village."""
Begin = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
"""Begins a transaction of the tables' owner that sees every village."""


def make_way(connection: sa.Connection, rollups: Sequence[Rollup], *, steps: bool) -> list[str]:
    """Take down the triggers that must be gone before the steps of a migration, and give the names of the
    rollups that nobody declares. Triggers that are not as declared would count into what the steps change;
    SQLite drops and renames no table that a trigger names, so there all must go if there are any `steps`.
    """
    dialect, strange = connection.dialect.name, undeclared(connection, rollups)
    going = set(all_kept(connection))
    if dialect != "sqlite" or not steps:
        left = {one.name for one in _not_begun(connection, rollups)}
        going &= left.union(strange)
    for name in sorted(going):
        execute(connection, ended(name, dialect))
    return strange


def keep(connection: sa.Connection, rollups: Sequence[Rollup]) -> None:
    """Put up the triggers that are missing or not as declared. `count_left` has to follow."""
    dialect = connection.dialect.name
    for rollup in _not_begun(connection, rollups):
        execute(connection, keeping_statements(rollup, dialect, counted=False))


def _not_begun(connection: sa.Connection, rollups: Sequence[Rollup]) -> list[Rollup]:
    begun = uncounted(connection, rollups)
    return [one for one in outdated(connection, rollups) if one not in begun]


async def count_left(begin: Begin, rollups: Sequence[Rollup]) -> AsyncIterator[Rollup]:
    """Count the rows that were there before the triggers; each rollup when that is done. Where no village is
    open there are none.

    Each village has a transaction of its own. Stopped half-way it is begun again, and finds done what was
    done.
    """
    async with begin() as connection:
        dialect = connection.dialect.name
        left = await connection.run_sync(uncounted, rollups)
        villages = list(await connection.scalars(sa.select(Village.id))) if left else []
    for rollup in left:
        for village in villages:
            async with begin() as connection:
                if await wrong_rows(connection, rollup, village, dialect):
                    await make_anew(connection, rollup, village, dialect)
        async with begin() as connection:
            await connection.run_sync(execute, counted_statements(rollup, dialect))
        if villages:
            yield rollup


def unkept(connection: sa.Connection, rollups: Sequence[Rollup]) -> Iterator[str]:
    """What of the rollups in the database is not as declared, a line for each."""
    begun = uncounted(connection, rollups)
    for rollup in outdated(connection, rollups):
        yield (
            f"the rollup {rollup.name}, which is not counted to the end"
            if rollup in begun
            else f"the triggers of rollup {rollup.name}"
        )
    for name in undeclared(connection, rollups):
        yield f"the triggers of rollup {name}, which no installed program declares"


async def wrong_rows(doing: Doing, rollup: Rollup, village: UUID, dialect: str) -> int:
    """How many rows of a village's totals are not what its table says."""
    return int(await doing.scalar(_of(differing(rollup, dialect), village)) or 0)


async def make_anew(doing: Doing, rollup: Rollup, village: UUID, dialect: str) -> None:
    """A village's totals from its table. Who writes there meanwhile waits and is counted."""
    for statement in rebuilt(rollup, dialect):
        await doing.execute(_of(statement, village))


def _of(statement: str, village: UUID) -> sa.TextClause:
    return sa.text(statement).bindparams(sa.bindparam("village", village, sa.Uuid()))


def execute(connection: sa.Connection, statements: Iterable[str]) -> None:
    """Run DDL of ours, one statement after the other."""
    for statement in statements:
        connection.exec_driver_sql(statement)
