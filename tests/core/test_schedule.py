"""Cron expressions in a time zone, against a reading of our own, minute by minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wantilan.programs.schedule import MOST_MISSED, BadCron, Schedule, check_cron

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CHANGES = {
    "Asia/Makassar": (), "Asia/Jayapura": (), "UTC": (),
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
}  # fmt: skip
"""Zones, and the days of 2026 on which their clocks are changed: by an hour, on the island by half of one."""


# A reading of our own


@dataclass(frozen=True)
class Fields:
    """Which minutes, hours, days, months and weekdays (0 is Sunday) an expression names."""

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    @property
    def hourly(self) -> bool:
        return self.text.split()[1] == "*"

    def on(self, day: date) -> bool:
        """Of two that are both restricted, one is enough: cron's oldest quirk."""
        in_month, in_week = day.day in self.days, (day.weekday() + 1) % 7 in self.weekdays
        stars = [field.startswith("*") for field in (self.text.split()[2], self.text.split()[4])]
        return day.month in self.months and ((in_month and in_week) if any(stars) else (in_month or in_week))

    def at(self, moment: datetime) -> bool:
        return moment.minute in self.minutes and moment.hour in self.hours and self.on(moment.date())


def moments(fields: Fields, zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """Every moment after `start` up to `end`, found by looking at each minute."""
    if fields.hourly:
        found = {one for one in minutes(start, end) if fields.at(one.astimezone(zone))}
    else:
        shown = minutes(start.replace(tzinfo=None) - 2 * DAY, end.replace(tzinfo=None) + 2 * DAY)
        found = {first_after(one, zone) for one in shown if fields.at(one)}
    return sorted(one for one in found if start < one <= end)


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    one = start.replace(second=0, microsecond=0)
    while one <= end:
        yield one
        one += MINUTE


def first_after(shown: datetime, zone: ZoneInfo) -> datetime:
    """When the clocks of the zone show this for the first time, or something later if they pass over it."""
    while True:
        moment = shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == shown:
            return moment
        shown += MINUTE


@st.composite
def field(draw: st.DrawFn, first: int, last: int) -> tuple[str, frozenset[int]]:
    """One field and what it names."""
    everything = range(first, last + 1)
    match draw(st.sampled_from(["*", "*/", "one", "list", "range"])):
        case "*":
            return "*", frozenset(everything)
        case "*/":
            step = draw(st.integers(1, last))
            return f"*/{step}", frozenset(everything[::step])
        case "range":
            # From a number to itself by steps (`5-5/2`) the library reads as from there to the end.
            low = draw(st.integers(first, last - 1))
            high, step = draw(st.integers(low + 1, last)), draw(st.integers(1, 5))
            return f"{low}-{high}/{step}", frozenset(range(low, high + 1, step))
        case kind:
            some = draw(st.sets(st.integers(first, last), min_size=1, max_size=1 if kind == "one" else 4))
            return ",".join(map(str, sorted(some))), frozenset(some)


@st.composite
def expressions(draw: st.DrawFn) -> Fields:
    parts = [draw(field(*bounds)) for bounds in ((0, 59), (0, 23), (1, 31))]
    months = "*", frozenset(range(1, 13))
    parts += [months, draw(field(0, 6)) if draw(st.booleans()) else ("*", frozenset(range(7)))]
    return Fields(" ".join(text for text, _ in parts), *(named for _, named in parts))


@st.composite
def starts(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone, and a moment: most often shortly before its clocks are changed."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    days = CHANGES[zone] or (date(2026, 2, 28), date(2026, 12, 31))
    day = datetime.combine(draw(st.sampled_from(days)), datetime.min.time(), UTC)
    return zone, day + draw(st.integers(-36 * 60, 12 * 60)) * MINUTE + timedelta(
        seconds=draw(st.integers(0, 59))
    )


@settings(max_examples=100, deadline=None)
@given(expressions(), starts())
def test_every_moment_of_some_days_is_found_once_and_no_other(
    fields: Fields, start: tuple[str, datetime]
) -> None:
    zone, begin = start
    end = begin + timedelta(days=2, hours=7)
    schedule, expected = Schedule.of(fields.text, zone), moments(fields, ZoneInfo(zone), begin, end)
    found, moment = [], begin
    for _ in range(40):
        moment = schedule.after(moment)
        if moment > end:
            break
        found.append(moment)
    assert found == expected[:40]
    for one in (*expected[:2], *expected[-2:]):
        before = [other for other in expected if other < one]
        assert schedule.last(one) == schedule.last(one + timedelta(seconds=59)) == one
        if before:
            assert schedule.last(one - timedelta(milliseconds=1)) == before[-1]
    if expected:
        assert schedule.missed(expected[0], expected[-1]) == min(MOST_MISSED, len(expected) - 1)
        assert schedule.missed(expected[0], expected[0]) == 0


# Told one by one


def local(schedule: Schedule, first: str, count: int) -> list[str]:
    """What the clocks show at the next moments, with their distance from UTC."""
    moment, found = datetime.fromisoformat(first).replace(tzinfo=schedule.zone).astimezone(UTC), []
    for _ in range(count):
        moment = schedule.after(moment)
        found.append(moment.astimezone(schedule.zone).isoformat(" ", "minutes"))
    return found


def test_a_village_means_its_own_morning() -> None:
    six = datetime(2026, 11, 23, 22, tzinfo=UTC)
    assert Schedule.of("0 6 * * *", "Asia/Makassar").after(six - MINUTE) == six
    assert Schedule.of("0 6 * * *", "Asia/Jayapura").after(six - MINUTE) == six + timedelta(hours=23)


def test_an_hour_that_the_clocks_pass_over_is_made_up_for_once_as_soon_as_they_have() -> None:
    assert local(Schedule.of("30 2 * * *", "Europe/Berlin"), "2026-03-28", 3) == [
        "2026-03-28 02:30+01:00", "2026-03-29 03:00+02:00", "2026-03-30 02:30+02:00",
    ]  # fmt: skip
    assert local(Schedule.of("*/20 2 * * *", "Europe/Berlin"), "2026-03-29", 2) == [
        "2026-03-29 03:00+02:00", "2026-03-30 02:00+02:00"
    ]  # fmt: skip


def test_an_hour_that_the_clocks_show_twice_counts_once() -> None:
    assert local(Schedule.of("30 2 * * *", "Europe/Berlin"), "2026-10-24T12:00", 2) == [
        "2026-10-25 02:30+02:00", "2026-10-26 02:30+01:00"
    ]  # fmt: skip
    assert local(Schedule.of("0 */2 * * *", "Europe/Berlin"), "2026-10-25T01:00", 2) == [
        "2026-10-25 02:00+02:00", "2026-10-25 04:00+01:00"
    ]  # fmt: skip


def test_what_is_due_every_hour_goes_on_evenly() -> None:
    for day in ("2026-03-29", "2026-10-25"):
        schedule = Schedule.of("15 * * * *", "Europe/Berlin")
        moment = schedule.after(datetime.fromisoformat(day).replace(tzinfo=UTC) - DAY)
        for _ in range(48):
            assert schedule.after(moment) == moment + timedelta(hours=1)
            moment += timedelta(hours=1)


def test_what_was_missed_is_counted_up_to_a_limit() -> None:
    schedule, noon = Schedule.of("* * * * *", "UTC"), datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert schedule.missed(noon, noon + 5 * MINUTE) == 5
    assert schedule.missed(noon, noon + 400 * DAY) == MOST_MISSED


@pytest.mark.parametrize(
    "cron, why",
    [
        ("0 6 * *", "five fields"), ("0 0 6 * * *", "five fields"), ("@daily", "five fields"), ("", "five fields"),
        (None, "five fields"), ("61 * * * *", "Bad minute"), ("0 24 * * *", "Bad hour"), ("0 6 * * 8", "day-of-week"),
        ("0 6 * * 1#2/3", "cannot be read"), ("0 6 5-2 * *", "day-of-month"), ("a b c d e", "cannot be read"),
        ("0 0 30 2 *", "cannot be read"), ("0 0 */20 * 1L", "never comes"),
    ],
)  # fmt: skip
def test_a_bad_expression_is_refused_with_the_reason(cron: object, why: str) -> None:
    with pytest.raises(BadCron, match=why):
        check_cron(cron)


@pytest.mark.parametrize(
    "cron", ["0 6 * * *", "*/5 * * * *", "0 6 * * MON-FRI", "0 0 L * *", "0 0 29 2 *", "5 4 * * 7"]
)
def test_a_good_expression_is_not(cron: str) -> None:
    check_cron(cron)
