"""What a village counted on the last day of a month, kept so that nobody has to count it again."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ...store.tables import VillageTable
from ...store.travel import staying

COUNTED = {
    "sqlite_with_rowid": False,
    **staying("counted anew from the periods: it would count twice"),
}


class KeptMonth(VillageTable):
    """That the totals of a month are kept: then there is one for each group that is not empty, and triggers
    bring them up to date with whatever is written of that day, however late.
    """

    __tablename__ = "statistic_month"
    __table_args__ = COUNTED

    id = None  # type: ignore[assignment]  # nothing points at a row of it
    month_end: Mapped[date] = mapped_column(primary_key=True)
    """Its last day."""


class MonthTotal(VillageTable):
    """How many were in one group at the end of one month. `dimension` and `value` are those of
    `registry/statistics/groups.py`.
    """

    __tablename__ = "statistic_total"
    __table_args__ = COUNTED

    id = None  # type: ignore[assignment]
    month_end: Mapped[date] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    amount: Mapped[int] = mapped_column(sa.BigInteger)
