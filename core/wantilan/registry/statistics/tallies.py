"""Which rows are counted. A day has two sources that count different villages: the kept totals where that
day is the end of a month that the village keeps, and the periods themselves everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

from ...graph.sources import At, Tally
from ...store.tables import sql_table
from ..codes import AgeGroup, LifeEventKind, ResidentStatus
from ..models import Hamlet, HouseholdPeriod, KeptMonth, LifeEvent, MonthTotal, ResidentPeriod
from .groups import AGES, MOST_MEMBERS, UNKNOWN, Dimension, age_key, born_by

Key = Callable[[FromClause, At], ColumnElement[str]]
DAY, MONTH_BEGIN = "day", "month_begin"


def _born(group: AgeGroup) -> str:
    return f"born_{group.code}"


BIRTHS: Mapping[str, tuple[Callable[[date], object], sa.types.TypeEngine[Any]]] = {
    _born(group): (partial(born_by, age=group.code), sa.Date()) for group in AGES[1:]
}
"""The last days of birth of those who are in each age group, the youngest aside."""


# The day


def _lasting(rows: FromClause, at: At) -> ColumnElement[bool]:
    return sa.and_(rows.c.since <= at[DAY], sa.or_(rows.c.until.is_(None), rows.c.until >= at[DAY]))


def _alive(rows: FromClause, at: At) -> ColumnElement[bool]:
    return sa.and_(_text(rows, "status") == ResidentStatus.HIDUP.name, _lasting(rows, at))


def _kept(village: ColumnElement[Any], at: At) -> ColumnElement[bool]:
    month = sql_table(KeptMonth).alias("km")
    return sa.exists().where(month.c.village_id == village, month.c.month_end == at[DAY])


def _not_kept(village: ColumnElement[Any], at: At) -> ColumnElement[bool]:
    return sa.not_(_kept(village, at))


# The groups


def _text(rows: FromClause, name: str) -> ColumnElement[str]:
    """A word as text, however its column is declared."""
    return sa.type_coerce(rows.c[name], sa.String())


def _known(name: str) -> Key:
    return lambda rows, at: sa.func.coalesce(_text(rows, name), sa.literal(UNKNOWN))


def _age(rows: FromClause, at: At) -> ColumnElement[str]:
    """Days of birth are compared, no ages computed: both databases do that alike, and fast."""
    younger = [
        (rows.c.birth_date > at[_born(older)], sa.literal(age_key(group))) for group, older in pairwise(AGES)
    ]
    return sa.case(*younger, else_=sa.literal(age_key(AGES[-1])))


def _age_and_sex(rows: FromClause, at: At) -> ColumnElement[str]:
    return _age(rows, at).concat(sa.literal(" ")).concat(_text(rows, "sex"))


def _size(rows: FromClause, at: At) -> ColumnElement[str]:
    ten = sa.literal(str(MOST_MEMBERS))
    digits = sa.literal("0").concat(sa.cast(rows.c.members, sa.String()))
    return sa.case((rows.c.members >= MOST_MEMBERS, ten), else_=digits)


def _value(rows: FromClause, at: At) -> ColumnElement[str]:
    return _text(rows, "value")


def _age_of_value(rows: FromClause, at: At) -> ColumnElement[str]:
    return sa.func.substr(_text(rows, "value"), 1, 2)


def _sex_of_value(rows: FromClause, at: At) -> ColumnElement[str]:
    return sa.func.substr(_text(rows, "value"), 4)


# The tallies


def _of_residents(key: Key) -> Tally:
    return Tally(ResidentPeriod, _alive, key, villages=_not_kept)


def _of_month(dimension: Dimension, key: Key = _value) -> Tally:
    def where(rows: FromClause, at: At) -> ColumnElement[bool]:
        return sa.and_(rows.c.month_end == at[DAY], rows.c.dimension == dimension.name)

    return Tally(MonthTotal, where, key, amount=MonthTotal.amount)


def _pair(dimension: Dimension, key: Key, kept: Key = _value) -> tuple[Tally, Tally]:
    return _of_month(dimension, kept), _of_residents(key)


AGE = _pair(Dimension.AGE_SEX, _age, _age_of_value)
SEX = _pair(Dimension.AGE_SEX, lambda rows, at: _text(rows, "sex"), _sex_of_value)
AGE_AND_SEX = _pair(Dimension.AGE_SEX, _age_and_sex)
EDUCATION = _pair(Dimension.EDUCATION, _known("education"))
OCCUPATION = _pair(Dimension.OCCUPATION, _known("occupation"))
MARITAL_STATUS = _pair(Dimension.MARITAL_STATUS, _known("marital_status"))
SIZE = (_of_month(Dimension.HOUSEHOLD_SIZE), Tally(HouseholdPeriod, _lasting, _size, villages=_not_kept))


def counted_anew(tallies: tuple[Tally, ...]) -> tuple[Tally, ...]:
    """Of a hamlet no totals are kept: it is counted from the periods on every day."""
    return tuple(Tally(one.model, one.where, one.key) for one in tallies if one.model is not MonthTotal)


def _of_the_month(rows: FromClause, at: At) -> ColumnElement[bool]:
    """From the first of the month to the day, without those that were undone and what undid them."""
    undoing = sql_table(LifeEvent).alias("un")
    undone = sa.exists().where(undoing.c.village_id == rows.c.village_id, undoing.c.undoes_id == rows.c.id)
    return sa.and_(
        rows.c.happened_on >= at[MONTH_BEGIN],
        rows.c.happened_on <= at[DAY],
        _text(rows, "kind") != LifeEventKind.PEMBATALAN.name,
        sa.not_(undone),
    )


def _lived_there(hamlet: FromClause, rows: FromClause) -> ColumnElement[bool]:
    """Whom it was about was of the hamlet on that day."""
    period = sql_table(ResidentPeriod).alias("lp")
    return sa.exists().where(
        period.c.village_id == rows.c.village_id,
        period.c.resident_id == rows.c.resident_id,
        period.c.hamlet_id == hamlet.c.id,
        period.c.since <= rows.c.happened_on,
        sa.or_(period.c.until.is_(None), period.c.until >= rows.c.happened_on),
    )


EVENTS = Tally(LifeEvent, _of_the_month, lambda rows, at: _text(rows, "kind"))
EVENTS_OF_HAMLET = Tally(
    LifeEvent, EVENTS.where, EVENTS.key, via=(Hamlet.village_id, LifeEvent.village_id), tie=_lived_there
)

BEGUN = Tally(ResidentPeriod, lambda rows, at: rows.c.since <= at[DAY], _known("status"))
"""Whether anybody was in the register by that day."""
