"""Columns that hold a day: a real date, the number by which a workbook counts it, or a spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ....errors import Text
from ...numbers import Finding
from ...rules import EARLIEST, TOO_EARLY, day_fault
from .base import CELL_BOOLEAN, Raw, Sense, text_of

LATEST = date(2100, 12, 31)

DATE_FORM = Finding(
    "DATE_FORM",
    Text(
        "Bukan tanggal: tulis dd-mm-yyyy, dd/mm/yyyy atau yyyy-mm-dd.",
        "Not a date: write dd-mm-yyyy, dd/mm/yyyy or yyyy-mm-dd.",
    ),
)
DATE_TIME = Finding("DATE_TIME", Text("Tanggal tanpa jam.", "A date without a time of day."))
TOO_LATE = Finding(
    "TOO_LATE", Text(f"Tidak boleh sesudah {LATEST.year}.", f"Must not lie after {LATEST.year}.")
)

_NULL = frozenset(("0000-00-00", "00-00-0000", "00/00/0000"))
"""How MySQL writes that there is no date."""
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?$")
_DAY_FIRST = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})", re.ASCII)
_COUNTED = re.compile(r"(\d{5})([.,]0+)?", re.ASCII)

_DAY_ZERO = date(1899, 12, 30)
_SHIFT_1904 = 1462
_FIRST_COUNTED, _LAST_COUNTED = 10_000, 99_999
"""From 1927 on: a smaller number is more likely a year (1990) than the day that it counts (12 June 1905)."""


@dataclass(frozen=True)
class Day:
    """A column of days. Written: yyyy-mm-dd.

    Codes: DATE_FORM, DATE_TIME, IN_FUTURE, TOO_EARLY, TOO_LATE, and those of `text_of`.
    """

    future: bool = False
    """Whether it may lie ahead, as the last day of a passport does."""

    def read(self, raw: Raw, sense: Sense) -> date | Finding | None:
        day = _day_of(raw, sense)
        if not isinstance(day, date):
            return day
        if not self.future:
            return day_fault(day, sense.today) or day
        if day > LATEST:
            return TOO_LATE
        return TOO_EARLY if day < EARLIEST else day

    def write(self, value: date | None) -> str:
        return "" if value is None else value.isoformat()


def _day_of(raw: Raw, sense: Sense) -> date | Finding | None:
    if isinstance(raw, bool):
        return CELL_BOOLEAN
    if isinstance(raw, datetime):
        return raw.date() if raw.time() == time() else DATE_TIME
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float):
        return _counted(raw, sense)
    if isinstance(raw, time | timedelta):
        return DATE_FORM
    text = text_of(raw)
    if isinstance(text, Finding) or not text:
        return text or None
    text = _MIDNIGHT.sub("", text)
    if text in _NULL:
        return None
    counted = _COUNTED.fullmatch(text)
    return _counted(int(counted[1]), sense) if counted else _spelt(text)


def _counted(number: int | float, sense: Sense) -> date | Finding:
    if not _FIRST_COUNTED <= number <= _LAST_COUNTED:
        return DATE_FORM
    if number != int(number):
        return DATE_TIME
    return _DAY_ZERO + timedelta(days=int(number) + (_SHIFT_1904 if sense.epoch_1904 else 0))


def _spelt(text: str) -> date | Finding:
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found[1], found[3], found[4]
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found[1], found[3], found[4]
    else:
        return DATE_FORM
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return DATE_FORM
