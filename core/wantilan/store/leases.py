"""Work that several processes share: who claims a row has it for a while, and nobody else does it meanwhile.

A claim is an UPDATE, so it works alike on both databases. Who dies loses the claim by time; who only slept
too long finds out in `keep`, in the transaction of the work itself, and leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .tables import sql_table
from .travel import stays
from .types import Instant

LONGEST_PAUSE = timedelta(hours=1)


class Leased:
    """Columns of a table whose rows are work. `failure` is the class of what was raised, never its text.

    Give the table an index that begins with `due_at`: who looks for work looks into all villages.
    """

    due_at: Mapped[datetime]
    """Not before this moment."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often it has failed since it last went well."""
    failure: Mapped[str | None]
    leased_by: Mapped[UUID | None] = stays("a process of this deployment")
    leased_until: Mapped[datetime | None] = stays("a process of this deployment")


L = TypeVar("L", bound=Leased)


class LeaseLost(Exception):
    """Somebody else has the work by now, or it was switched off: nothing more may be written."""


async def claim(
    session: AsyncSession,
    model: type[L],
    *conditions: sa.ColumnElement[bool],
    owner: UUID,
    lease: timedelta,
    most: int = 1,
) -> Sequence[L]:
    """Rows that are due and nobody's, now `owner`'s until the lease ends; at most so many, those due longest
    first.
    """
    table, dialect = sql_table(model), session.get_bind().dialect.name
    key, now = list(table.primary_key), moment_of(dialect)
    free = (
        sa.select(*key)
        .where(
            table.c.due_at <= now,
            sa.or_(table.c.leased_until.is_(None), table.c.leased_until < now),
            *conditions,
        )
        .order_by(table.c.due_at, *key)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    taken = (
        sa.update(model)
        .where(sa.tuple_(*key).in_(sa.select(free)))
        .values(leased_by=owner, leased_until=moment_of(dialect, lease))
        .returning(model)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    rows = (await session.scalars(taken)).all()
    return sorted(rows, key=lambda row: (row.due_at, *(getattr(row, column.key) for column in key)))


async def keep(session: AsyncSession, row: Any, *, owner: UUID, lease: timedelta, **values: Any) -> bool:
    """Prolong a claim, with what is to be written beside it, and hold the row until the transaction ends.
    False when it is another's by now: then the work must not be written.
    """
    table, dialect = sql_table(type(row)), session.get_bind().dialect.name
    prolonged: Any = (
        table.update()
        .where(*_held(table, row, owner))
        .values(leased_until=moment_of(dialect, lease), **values)
        .returning(sa.literal_column("1"))
    )
    return (await session.execute(prolonged)).first() is not None


async def release(session: AsyncSession, row: Any, *, owner: UUID, **values: Any) -> bool:
    """Give a row back with what came of the work; False when it is another's by now."""
    table = sql_table(type(row))
    given: Any = (
        table.update()
        .where(*_held(table, row, owner))
        .values(leased_by=None, leased_until=None, **values)
        .returning(sa.literal_column("1"))
    )
    return (await session.execute(given)).first() is not None


def _held(table: sa.Table, row: Any, owner: UUID) -> list[sa.ColumnElement[bool]]:
    own = [column == getattr(row, column.key) for column in table.primary_key]
    return [*own, table.c.leased_by == owner]


def moment_of(dialect: str, later: timedelta = timedelta()) -> Any:
    """Now, or so much later, by the clock of the database: those of several machines differ."""
    if dialect == "postgresql":
        # clock_timestamp() is another one for each row, so that no index could be asked for it.
        return sa.cast(sa.func.statement_timestamp() + sa.literal(later, sa.Interval()), Instant())
    return sa.literal(datetime.now(UTC) + later, Instant())


def pause_after(attempts: int, first: timedelta, longest: timedelta = LONGEST_PAUSE) -> timedelta:
    """How long to wait after so many failures in a row: twice as long each time."""
    doublings = min(max(attempts - 1, 0), 16)
    return min(longest, first * (1 << doublings))
