"""The two doors: exact on any day, for who may see the residents; rounded at the ends of months, for who may
see figures only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from ...errors import BadUserInput, FieldFault, Text
from ...graph.scalars import Month
from ...graph.sources import Tabled
from .groups import last_month_end, month_end
from .tallies import BEGUN, BIRTHS, DAY, MONTH_BEGIN

ROUNDED = 5
IN_FUTURE = "IN_THE_FUTURE"


def _any_day(given: date | None, today: date, path: Sequence[str | int]) -> date:
    if given is not None and given > today:
        raise _future(path, Text("Hari itu belum tiba.", "That day is still to come."))
    return given or today


def _month(given: date | None, today: date, path: Sequence[str | int]) -> date:
    """Months that are over: whoever could ask each day would see every single change."""
    if given is not None and given > today:
        raise _future(path, Text("Bulan itu belum berakhir.", "That month is not over yet."))
    return given or last_month_end(today)


def _future(path: Sequence[str | int], text: Text) -> BadUserInput:
    return BadUserInput(fields=[FieldFault(tuple(path), IN_FUTURE, text)])


STATISTICS = Tabled(
    argument="asOf",
    kind=date,
    says="The day, today or earlier; default: today. Whoever came or changed on it counts as in the evening.",
    day=_any_day,
    values={
        DAY: (lambda day: day, sa.Date()),
        MONTH_BEGIN: (lambda day: day.replace(day=1), sa.Date()),
        "month": (lambda day: day.isoformat()[:7], sa.Text()),
        "month_end": (month_end, sa.Date()),
        "rounded": (lambda day: ROUNDED, sa.Integer()),
        **BIRTHS,
    },
    begun=BEGUN,
)
FIGURES = replace(
    STATISTICS,
    argument="month",
    kind=Month,
    says="A month that is over; default: the last one.",
    day=_month,
    rounded=ROUNDED,
)
