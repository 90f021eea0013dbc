"""The calendar's text: what an independent library reads in it, and how it is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
from dateutil.rrule import rruleset, rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.waste.collection.test_recurrence import rules

from wantilan_waste.calendars import Series, calendar, escaped, folded
from wantilan_waste.models import WasteStream
from wantilan_waste.rules.recurrence import Recurrence, read
from wantilan_waste.rules.schedules import Timetable

ZONE = "Asia/Makassar"
CHANGED = datetime(2026, 11, 30, 1, 2, 3, tzinfo=UTC)


def series(timetable: Timetable, key: str = "0190") -> Series:
    return Series(key, WasteStream.ORGANIK, timetable, (390, 480), CHANGED)


def timetable(text: str, starts_on: date, **more: Any) -> Timetable:
    rule = read(text)
    assert isinstance(rule, Recurrence)
    return Timetable(rule, starts_on, **more)


def expanded(text: str, last: date) -> list[datetime]:
    """The beginnings of all events, by libraries that know nothing of us."""
    parsed = icalendar.Calendar.from_ical(text)
    return sorted(moment for event in parsed.walk("VEVENT") for moment in _moments(event, last))


def _moments(event: Any, last: date) -> Iterator[datetime]:
    start = event["DTSTART"].dt
    found = rruleset()
    if "RRULE" in event:
        found.rrule(rrulestr(event["RRULE"].to_ical().decode(), dtstart=start))
    else:
        found.rdate(start)
    for name, take in (("EXDATE", found.exdate), ("RDATE", found.rdate)):
        lists = event.get(name, [])
        for one in lists if isinstance(lists, list) else [lists]:
            for value in one.dts:
                take(value.dt)
    end = datetime.combine(last, datetime.max.time(), start.tzinfo)
    yield from found.between(start, end, inc=True)


@settings(max_examples=150, deadline=None)
@given(
    rules(),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.none() | st.integers(0, 400),
    st.sets(st.integers(0, 400), max_size=5),
    st.sets(st.integers(0, 400), max_size=5),
)
def test_a_calendar_expands_to_the_days_of_its_schedule(
    text: str, starts_on: date, length: int | None, extra: set[int], excluded: set[int]
) -> None:
    ended_on = None if length is None else starts_on + timedelta(days=length)
    plan = timetable(text, starts_on, ended_on=ended_on)
    plan = timetable(
        text,
        starts_on,
        ended_on=ended_on,
        extra=frozenset(d for n in extra if not plan.by_rule(d := starts_on + timedelta(days=n))),
        excluded=frozenset(d for n in excluded if plan.by_rule(d := starts_on + timedelta(days=n))),
    )
    last = starts_on + timedelta(days=450)
    found = expanded(calendar("Jadwal", ZONE, [series(plan)]), last)
    assert [moment.date() for moment in found] == plan.days(starts_on, last)
    assert all((m.hour, m.minute, m.utcoffset()) == (6, 30, timedelta(hours=8)) for m in found)


def test_the_text_is_as_calendars_want_it() -> None:
    plan = timetable("FREQ=WEEKLY;BYDAY=MO,TH", date(2026, 11, 28), ended_on=date(2027, 1, 31))
    text = calendar("Angkut sampah; Bengkel", ZONE, [series(plan)])
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    event = text[text.index("BEGIN:VEVENT") : text.index("END:VEVENT")].split("\r\n")
    assert event[1:-1] == [
        "UID:0190@wantilan",
        "DTSTAMP:20261130T010203Z",
        "DTSTART;TZID=Asia/Makassar:20261130T063000",
        "DTEND;TZID=Asia/Makassar:20261130T080000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20270131T155959Z",
        "SUMMARY:Angkut sampah organik",
        "TRANSP:TRANSPARENT",
    ]
    assert "X-WR-CALNAME:Angkut sampah\\; Bengkel\r\n" in text
    assert "TZOFFSETTO:+0800\r\nTZNAME:WITA\r\n" in text
    parsed: Any = icalendar.Calendar.from_ical(text)
    assert not parsed.errors and not [e for one in parsed.walk() for e in one.errors]
    assert calendar("Angkut sampah; Bengkel", ZONE, [series(plan)]) == text


@given(st.text(max_size=200))
def test_no_line_is_too_long_and_none_cuts_a_character(text: str) -> None:
    line = f"SUMMARY:{escaped(text)}"
    pieces = folded(line).split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert all(piece.startswith(" ") for piece in pieces[1:])


def test_what_a_text_holds_is_no_grammar() -> None:
    assert escaped("a;b,c\\d\r\ne\x00") == "a\\;b\\,c\\\\d\\ne"


def test_a_schedule_that_never_gave_a_day_says_nothing_and_an_added_day_before_it_stands_alone() -> None:
    start = date(2026, 12, 1)
    empty = timetable("FREQ=WEEKLY;BYDAY=MO", start, ended_on=date(2026, 12, 3))
    assert "VEVENT" not in calendar("x", ZONE, [series(empty)])
    added = timetable("FREQ=WEEKLY;BYDAY=MO", start, extra=frozenset({date(2026, 12, 2)}))
    text = calendar("x", ZONE, [series(added)])
    assert "UID:0190-20261202@wantilan\r\n" in text and "UID:0190@wantilan\r\n" in text
