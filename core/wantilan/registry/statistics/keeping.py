"""Keeping the totals of months that are over.

Nobody has to: a month that a village does not keep is counted from its periods, and gives the same numbers.
Once it is kept, the triggers of migration 0014 add to it whatever is written of that day later.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ...store.tables import sql_table
from ..models import KeptMonth, MonthTotal, ResidentPeriod
from . import tallies
from .doors import STATISTICS
from .groups import Dimension, last_month_end, month_ends

LOCK = 7598821
"""Who counts a month waits for all who write periods of the village, and they for him: nobody is missed."""
MOST_MONTHS = 240
"""So far back months are kept by themselves: twenty years."""
SOURCES = {
    Dimension.AGE_SEX: tallies.AGE_AND_SEX[1],
    Dimension.EDUCATION: tallies.EDUCATION[1],
    Dimension.OCCUPATION: tallies.OCCUPATION[1],
    Dimension.MARITAL_STATUS: tallies.MARITAL_STATUS[1],
    Dimension.HOUSEHOLD_SIZE: tallies.SIZE[1],
}


async def keep_ended_months(session: AsyncSession, village: UUID, today: date) -> list[date]:
    """Keep every month that is over and is not kept yet, from the one in which the register began."""
    first = await session.scalar(
        sa.select(sa.func.min(ResidentPeriod.since)).where(ResidentPeriod.village_id == village)
    )
    if first is None:
        return []
    kept = set(await session.scalars(sa.select(KeptMonth.month_end).where(KeptMonth.village_id == village)))
    over = list(month_ends(first, last_month_end(today)))[-MOST_MONTHS:]
    missing = [month for month in over if month not in kept]
    await keep(session, village, missing)
    return missing


async def keep(session: AsyncSession, village: UUID, months: Iterable[date]) -> None:
    """Count months, and count them anew if they are kept already."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(  # a statement of its own: the next one sees what was written until then
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(str(village), LOCK)))
        )
    for month in months:
        await forget(session, village, [month])
        columns = ["village_id", "month_end", "dimension", "value", "amount"]
        await session.execute(sa.insert(MonthTotal).from_select(columns, _counted(village, month)))
        await session.execute(sa.insert(KeptMonth).values(village_id=village, month_end=month))


async def forget(session: AsyncSession, village: UUID, months: Iterable[date]) -> None:
    """Keep months no longer: they are counted from the periods again."""
    for month in months:
        for model in (KeptMonth, MonthTotal):
            own = model.village_id == village, model.month_end == month
            await session.execute(sa.delete(model).where(*own))


async def wrong_months(session: AsyncSession, village: UUID) -> list[date]:
    """Kept months whose totals are not what the periods say. Empty groups may have a row, or none."""
    months = await session.scalars(
        sa.select(KeptMonth.month_end).where(KeptMonth.village_id == village).order_by(KeptMonth.month_end)
    )
    return [month for month in months if await _differs(session, village, month)]


async def _differs(session: AsyncSession, village: UUID, month: date) -> bool:
    own = MonthTotal.village_id == village, MonthTotal.month_end == month, MonthTotal.amount != 0
    kept = await session.execute(
        sa.select(MonthTotal.dimension, MonthTotal.value, MonthTotal.amount).where(*own)
    )
    true = await session.execute(_counted(village, month))
    return {tuple(row) for row in kept} != {(row[2], row[3], row[4]) for row in true}


def _counted(village: UUID, month: date) -> sa.CompoundSelect[Any]:
    """All groups at the end of a month, as `MonthTotal` has them."""
    return sa.union_all(*(_counted_by(dimension, village, month) for dimension in SOURCES))


def _counted_by(dimension: Dimension, village: UUID, month: date) -> sa.Select[Any]:
    tally = SOURCES[dimension]
    rows = sql_table(tally.model).alias("r")
    at = {name: sa.literal(get(month), type_) for name, (get, type_) in STATISTICS.values.items()}
    value = tally.key(rows, at).label("value")
    counted = sa.select(value).where(rows.c.village_id == village, tally.where(rows, at)).subquery()
    return sa.select(
        sa.literal(village, sa.Uuid()),
        sa.literal(month, sa.Date()),
        sa.literal(dimension.name),
        counted.c.value,
        sa.func.count(),
    ).group_by(counted.c.value)
