"""The groups that statistics count by, and the days that decide who is in which. Pure.

Age is counted in years of life completed on the day. Whoever was born on 29 February completes one on the
last day of February, every year; so at the end of a month the month of birth is enough.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ..codes import (
    AgeGroup,
    CodeList,
    Education,
    HouseholdSize,
    LifeEventKind,
    MaritalStatus,
    Occupation,
    Sex,
)

Frame = Sequence[tuple[str, Sequence[str]]]
"""Every group: its key in the database, and its values as JSON."""


class Dimension(enum.Enum):
    """What totals are kept by, as `MonthTotal.dimension` says it."""

    AGE_SEX = "age and sex"
    """`03 PEREMPUAN`: the number of the age group, and the sex."""
    EDUCATION = "education"
    """The name, '' for unknown; so for the next two."""
    OCCUPATION = "occupation"
    MARITAL_STATUS = "marital status"
    HOUSEHOLD_SIZE = "household size"
    """The number of members in two digits, 10 for ten and more."""


UNKNOWN = ""
AGES = list(AgeGroup)
MOST_MEMBERS = max(size.code for size in HouseholdSize)


def age_key(group: AgeGroup) -> str:
    return f"{AGES.index(group):02d}"


def _json(value: CodeList | None) -> str:
    return json.dumps(value.name if value is not None else None)


AGE_GROUPS: Frame = [(age_key(group), [_json(group)]) for group in AgeGroup]
AGES_AND_SEXES: Frame = [
    (f"{age_key(group)} {sex.name}", [_json(group), _json(sex)]) for group in AgeGroup for sex in Sex
]
SEXES: Frame = [(sex.name, [_json(sex)]) for sex in Sex]
HOUSEHOLD_SIZES: Frame = [(f"{size.code:02d}", [_json(size)]) for size in HouseholdSize]
EVENTS: Frame = [(kind.name, [_json(kind)]) for kind in LifeEventKind if kind is not LifeEventKind.PEMBATALAN]


def with_unknown(words: type[CodeList]) -> Frame:
    """The words of a list, and at the end those of whom it is not known."""
    return [*((word.name, [_json(word)]) for word in words), (UNKNOWN, [_json(None)])]


EDUCATIONS, OCCUPATIONS = with_unknown(Education), with_unknown(Occupation)
MARITAL_STATUSES = with_unknown(MaritalStatus)


# Days


def month_end(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def last_month_end(today: date) -> date:
    """The end of the last month that is over, today included."""
    return today if today == month_end(today) else today.replace(day=1) - timedelta(days=1)


def born_by(day: date, age: int) -> date:
    """The last day on which somebody can be born who has completed `age` years on a day."""
    year = day.year - age
    if year < date.min.year:
        return date.min
    if day.month == 2 and day == month_end(day):
        return month_end(date(year, 2, 1))
    return day.replace(year=year)


def month_ends(first: date, last: date) -> Iterator[date]:
    """The ends of months from one day to another, both included."""
    end = month_end(first)
    while end <= last:
        yield end
        end = month_end(end + timedelta(days=1))
