"""What a schedule gives: its rule, less the days that fall out, and the days that are added. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from wantilan import Text

from ..models.words import WasteScheduleDateKind
from .recurrence import Recurrence
from .weighing import Fault

MOST_DAYS = 62
"""Days that are planned at once."""
OLDEST = timedelta(days=31)
"""How far back runs may be planned: what happened, and was not written down."""
FARTHEST = timedelta(days=366)
"""How far ahead."""
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


@dataclass(frozen=True)
class Timetable:
    """A schedule without anything of the database."""

    rule: Recurrence
    starts_on: date
    ended_on: date | None = None
    extra: frozenset[date] = frozenset()
    excluded: frozenset[date] = frozenset()

    def lasts(self, day: date) -> bool:
        return self.starts_on <= day and (self.ended_on is None or day <= self.ended_on)

    def by_rule(self, day: date) -> bool:
        """Whether the rule alone gives a day on which the schedule lasts."""
        return self.lasts(day) and self.rule.gives(day, self.starts_on)

    def days(self, first: date, last: date) -> list[date]:
        """The days of pickups from `first` to `last`, both included."""
        end = last if self.ended_on is None else min(last, self.ended_on)
        found = {*self.rule.days(self.starts_on, first, end), *(d for d in self.extra if first <= d <= end)}
        return sorted(day for day in found - self.excluded if self.lasts(day))


def minutes(clock: str) -> int | None:
    """`"06:30"` as minutes after midnight; None for what is no time of day."""
    found = _CLOCK.fullmatch(clock)
    return int(found[1]) * 60 + int(found[2]) if found else None


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def date_fault(timetable: Timetable, day: date, kind: WasteScheduleDateKind, today: date) -> Fault | None:
    """What speaks against a single date. What was is not changed afterwards."""
    if day < today:
        return "IN_PAST", Text("Tidak boleh di masa lalu.", "Must not lie in the past.")
    if not timetable.lasts(day):
        return "OUTSIDE_SCHEDULE", Text("Di luar masa berlaku jadwal.", "Outside of the schedule's time.")
    if day > today + FARTHEST:
        return "TOO_FAR", Text("Paling jauh 366 hari ke depan.", "At most 366 days ahead.")
    given = timetable.by_rule(day)
    if kind is WasteScheduleDateKind.EXTRA and given:
        return "GIVEN_ALREADY", Text("Sudah ada menurut aturan.", "The rule gives this day already.")
    if kind is WasteScheduleDateKind.EXCLUDED and not given:
        return "NOT_GIVEN", Text("Tidak ada menurut aturan.", "The rule does not give this day.")
    return None


def day_fault(day: date, today: date) -> Fault | None:
    """Of a day on which a run is planned."""
    if day < today - OLDEST:
        return "TOO_OLD", Text("Paling lama 31 hari yang lalu.", "At most 31 days ago.")
    if day > today + FARTHEST:
        return "TOO_FAR", Text("Paling jauh 366 hari ke depan.", "At most 366 days ahead.")
    return None


def period_fault(first: date, last: date) -> Fault | None:
    if last < first:
        return "BEFORE_FROM", Text("Sebelum hari pertama.", "Before the first day.")
    if (last - first).days >= MOST_DAYS:
        return "TOO_LONG", Text("Paling lama 62 hari sekaligus.", "At most 62 days at once.")
    return None
