"""The days that an RRULE of iCalendar (RFC 5545) gives: pure.

Days only, and a part of the grammar: what a village's haulage needs. Each day is asked for by itself, so that
no rule, however it was written, takes longer than the days that somebody looks at.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from wantilan import Text

from .weighing import Fault

LONGEST = 200
"""Characters of a rule."""
WIDEST_INTERVAL = 99
LOOKED_AHEAD = 5 * 366
"""Days in which a rule must give one at least: a 29 February comes within four years."""
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,2}", re.ASCII)


@dataclass(frozen=True)
class Recurrence:
    """A rule that was read. `weekdays` are (which of the month, or 0 for each; Monday is 0)."""

    frequency: str
    interval: int = 1
    weekdays: frozenset[tuple[int, int]] = frozenset()
    month_days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    week_start: int = 0

    def __str__(self) -> str:
        """The rule as it is kept: one way to write each."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.months:
            parts.append(f"BYMONTH={','.join(map(str, sorted(self.months)))}")
        if self.month_days:
            parts.append(f"BYMONTHDAY={','.join(map(str, sorted(self.month_days)))}")
        if self.weekdays:
            ordered = sorted((day, n) for n, day in self.weekdays)
            parts.append(f"BYDAY={','.join(_word(day, n) for day, n in ordered)}")
        if self.week_start:
            parts.append(f"WKST={WEEKDAYS[self.week_start]}")
        return ";".join(parts)

    def gives(self, day: date, start: date) -> bool:
        """Whether the rule, begun on `start`, gives this day."""
        if day < start or (self.months and day.month not in self.months):
            return False
        return _GIVES[self.frequency](self, day, start)

    def days(self, start: date, first: date, last: date) -> Iterator[date]:
        """The days from `first` to `last`, both included."""
        day = max(first, start)
        while day <= last:
            if self.gives(day, start):
                yield day
            day += timedelta(days=1)

    def first(self, start: date, last: date | None = None) -> date | None:
        """The first day of all, looked for as far as `LOOKED_AHEAD`."""
        end = start + timedelta(days=LOOKED_AHEAD)
        return next(self.days(start, start, min(end, last) if last is not None else end), None)


def _word(day: int, n: int) -> str:
    return f"{n or ''}{WEEKDAYS[day]}"


def _daily(rule: Recurrence, day: date, start: date) -> bool:
    return (
        (day - start).days % rule.interval == 0
        and (not rule.weekdays or (0, day.weekday()) in rule.weekdays)
        and (not rule.month_days or _is_month_day(rule, day))
    )


def _weekly(rule: Recurrence, day: date, start: date) -> bool:
    """Weeks are counted from the one in which `start` lies; without BYDAY its weekday counts."""
    weeks = (_week(day, rule.week_start) - _week(start, rule.week_start)).days // 7
    named = (0, day.weekday()) in rule.weekdays if rule.weekdays else day.weekday() == start.weekday()
    return weeks % rule.interval == 0 and named


def _monthly(rule: Recurrence, day: date, start: date) -> bool:
    """Without BYDAY and BYMONTHDAY the day of the month of `start` counts: a month without it is left out."""
    months = (day.year - start.year) * 12 + day.month - start.month
    if months % rule.interval:
        return False
    if not rule.weekdays and not rule.month_days:
        return day.day == start.day
    return (not rule.weekdays or _is_nth(rule, day)) and (not rule.month_days or _is_month_day(rule, day))


_GIVES: dict[str, Callable[[Recurrence, date, date], bool]] = {
    "DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly,
}  # fmt: skip


def _week(day: date, week_start: int) -> date:
    return day - timedelta(days=(day.weekday() - week_start) % 7)


def _days_left(day: date) -> int:
    return monthrange(day.year, day.month)[1] - day.day


def _is_month_day(rule: Recurrence, day: date) -> bool:
    return day.day in rule.month_days or -_days_left(day) - 1 in rule.month_days


def _is_nth(rule: Recurrence, day: date) -> bool:
    which = (0, (day.day - 1) // 7 + 1, -(_days_left(day) // 7) - 1)
    return any((n, day.weekday()) in rule.weekdays for n in which)


# Reading a rule

NOT_A_RULE = Text("Bukan RRULE yang dapat dibaca.", "Not an RRULE that can be read.")
UNSUPPORTED = Text(
    "Hanya FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, dan WKST.",
    "Only FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH and WKST.",
)
FREQUENCY = Text("FREQ harus DAILY, WEEKLY, atau MONTHLY.", "FREQ must be DAILY, WEEKLY or MONTHLY.")
ENDS = Text(
    "Tanpa COUNT dan UNTIL: jadwal diakhiri tersendiri.",
    "Without COUNT and UNTIL: a schedule is ended by itself.",
)
NEVER = Text("Aturan ini tidak memberi satu hari pun.", "This rule gives no day at all.")


def read(text: str) -> Recurrence | Fault:
    """A rule as `FREQ=WEEKLY;BYDAY=MO,TH`, or what is wrong with it."""
    if not 0 < len(text) <= LONGEST:
        return "LENGTH", Text("1 sampai 200 karakter.", "1 to 200 characters.")
    pairs = [part.partition("=") for part in text.strip().upper().split(";")]
    parts = {key: value for key, _, value in pairs}
    if len(parts) != len(pairs) or not all(parts.values()):
        return "NOT_A_RULE", NOT_A_RULE
    if parts.keys() & {"COUNT", "UNTIL"}:
        return "ENDS_BY_ITSELF", ENDS
    if parts.keys() - {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"}:
        return "UNSUPPORTED_PART", UNSUPPORTED
    if parts.get("FREQ") not in FREQUENCIES:
        return "UNSUPPORTED_FREQUENCY", FREQUENCY
    try:
        return _made(parts)
    except ValueError:
        return "NOT_A_RULE", NOT_A_RULE


def never_fault(rule: Recurrence, start: date) -> Fault | None:
    return ("NEVER", NEVER) if rule.first(start) is None else None


def _made(parts: dict[str, str]) -> Recurrence:
    """Raises ValueError for what the grammar has not."""
    frequency = parts["FREQ"]
    weekdays = _weekdays(parts["BYDAY"]) if "BYDAY" in parts else frozenset()
    month_days = _numbers(parts["BYMONTHDAY"], -31, 31) if "BYMONTHDAY" in parts else frozenset()
    numbered = {n != 0 for n, _ in weekdays}
    # A mixture of both kinds is read differently by different calendars.
    if len(numbered) > 1 or (True in numbered and frequency != "MONTHLY"):
        raise ValueError
    if month_days and frequency == "WEEKLY":
        raise ValueError
    (interval,) = _numbers(parts.get("INTERVAL", "1"), 1, WIDEST_INTERVAL)
    return Recurrence(
        frequency=frequency,
        interval=interval,
        weekdays=weekdays,
        month_days=month_days,
        months=_numbers(parts["BYMONTH"], 1, 12) if "BYMONTH" in parts else frozenset(),
        week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
    )


def _weekdays(text: str) -> frozenset[tuple[int, int]]:
    found = [_WEEKDAY.fullmatch(word) for word in text.split(",")]
    if not all(found):
        raise ValueError
    return frozenset((int(one[1] or 0), WEEKDAYS.index(one[2])) for one in found if one)


def _numbers(text: str, least: int, most: int) -> frozenset[int]:
    words = text.split(",")
    if not all(_NUMBER.fullmatch(word) for word in words):
        raise ValueError
    found = frozenset(map(int, words))
    if not all(least <= number <= most and number != 0 for number in found):
        raise ValueError
    return found
