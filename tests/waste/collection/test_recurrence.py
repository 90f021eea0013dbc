"""The days that a rule gives, beside what an independent library makes of it; hostile rules cost nothing."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from wantilan_waste.rules.recurrence import WEEKDAYS, Recurrence, never_fault, read

PLAIN = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True)
NUMBERED = st.lists(
    st.builds(
        lambda n, day: f"{n}{day}", st.sampled_from((-5, -2, -1, 1, 2, 3, 4, 5)), st.sampled_from(WEEKDAYS)
    ),
    min_size=1,
    max_size=3,
    unique=True,
)
MONTH_DAYS = st.lists(st.integers(-31, 31).filter(bool).map(str), min_size=1, max_size=3, unique=True)
MONTHS = st.lists(st.integers(1, 12).map(str), min_size=1, max_size=6, unique=True)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Any rule of the grammar, its parts in any order."""
    frequency = draw(st.sampled_from(("DAILY", "WEEKLY", "MONTHLY")))
    parts = [f"FREQ={frequency}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 6))}")
    if draw(st.booleans()):
        days = draw(st.one_of(PLAIN, NUMBERED) if frequency == "MONTHLY" else PLAIN)
        parts.append(f"BYDAY={','.join(days)}")
    if frequency != "WEEKLY" and draw(st.booleans()):
        parts.append(f"BYMONTHDAY={','.join(draw(MONTH_DAYS))}")
    if draw(st.booleans()):
        parts.append(f"BYMONTH={','.join(draw(MONTHS))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(WEEKDAYS))}")
    return ";".join(draw(st.permutations(parts)))


def by_library(text: str, start: date, last: date) -> list[date]:
    found = rrulestr(f"{text};UNTIL={last:%Y%m%d}", dtstart=datetime.combine(start, datetime.min.time()))
    return [moment.date() for moment in found]


@settings(max_examples=300, deadline=None)
@given(rules(), st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_the_days_of_a_rule_are_those_of_an_independent_library(text: str, start: date) -> None:
    rule, last = read(text), start + timedelta(days=500)
    assert isinstance(rule, Recurrence)
    days = list(rule.days(start, start, last))
    if days:  # the library looks for the first day of a rule that gives none until the year 9999
        assert days == by_library(text, start, last)
        assert rule.first(start) == days[0]
    assert read(str(rule)) == rule


def test_a_rule_that_gives_a_day_rarely_is_one_and_a_rule_that_gives_none_is_not() -> None:
    leap, never = read("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=29"), read("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31")
    assert isinstance(leap, Recurrence) and isinstance(never, Recurrence)
    assert leap.first(date(2026, 3, 1)) == date(2028, 2, 29)
    assert never_fault(leap, date(2026, 3, 1)) is None
    begun = time.perf_counter()
    fault = never_fault(never, date(2026, 3, 1))
    assert fault is not None and fault[0] == "NEVER"
    assert time.perf_counter() - begun < 1


FAULTS = {
    "": "LENGTH",
    "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 100): "LENGTH",
    "every Monday": "NOT_A_RULE",
    "FREQ=WEEKLY;FREQ=DAILY": "NOT_A_RULE",
    "FREQ=WEEKLY;BYDAY=": "NOT_A_RULE",
    "FREQ=WEEKLY;BYDAY=XX": "NOT_A_RULE",
    "FREQ=WEEKLY;BYDAY=1MO": "NOT_A_RULE",
    "FREQ=WEEKLY;BYMONTHDAY=1": "NOT_A_RULE",
    "FREQ=MONTHLY;BYDAY=1MO,TU": "NOT_A_RULE",
    "FREQ=MONTHLY;BYDAY=6MO": "NOT_A_RULE",
    "FREQ=MONTHLY;BYMONTHDAY=32": "NOT_A_RULE",
    "FREQ=MONTHLY;BYMONTHDAY=0": "NOT_A_RULE",
    "FREQ=MONTHLY;BYMONTHDAY=1_0": "NOT_A_RULE",
    "FREQ=DAILY;BYMONTH=13": "NOT_A_RULE",
    "FREQ=DAILY;INTERVAL=0": "NOT_A_RULE",
    "FREQ=DAILY;INTERVAL=100": "NOT_A_RULE",
    "FREQ=DAILY;INTERVAL=1,2": "NOT_A_RULE",
    "FREQ=DAILY;WKST=XX": "NOT_A_RULE",
    "INTERVAL=2": "UNSUPPORTED_FREQUENCY",
    "FREQ=YEARLY": "UNSUPPORTED_FREQUENCY",
    "FREQ=HOURLY": "UNSUPPORTED_FREQUENCY",
    "FREQ=SECONDLY": "UNSUPPORTED_FREQUENCY",
    "FREQ=DAILY;BYHOUR=6": "UNSUPPORTED_PART",
    "FREQ=DAILY;BYSECOND=1": "UNSUPPORTED_PART",
    "FREQ=MONTHLY;BYSETPOS=1;BYDAY=MO": "UNSUPPORTED_PART",
    "FREQ=DAILY;COUNT=10": "ENDS_BY_ITSELF",
    "FREQ=DAILY;UNTIL=20270101": "ENDS_BY_ITSELF",
    "RRULE:FREQ=DAILY": "UNSUPPORTED_PART",
}


@pytest.mark.parametrize("text", FAULTS)
def test_what_is_no_rule_of_ours_is_named(text: str) -> None:
    fault = read(text)
    assert not isinstance(fault, Recurrence) and fault[0] == FAULTS[text]


def test_a_rule_is_read_however_it_is_written_and_kept_in_one_way() -> None:
    rule = read("byday=th,mo;freq=weekly;interval=2")
    assert str(rule) == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"
