"""Pickups as a calendar that phones read: RFC 5545 text, made without a look at anything.

Times are the village's own, with its zone written out. The zones of Indonesia do not shift their clocks, so
that one offset is the whole zone. No line says whose pickup it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .models.words import WasteStream
from .rules.schedules import Timetable

FOLDED_AT = 75
"""Octets of a line, without its end."""
SUMMARIES = {
    WasteStream.ORGANIK: "Angkut sampah organik",
    WasteStream.ANORGANIK: "Angkut sampah anorganik",
    WasteStream.B3: "Angkut sampah B3",
    WasteStream.RESIDU: "Angkut sampah residu",
}


@dataclass(frozen=True)
class Series:
    """The pickups of one schedule. `key` tells it from all others and never changes; the window is in minutes
    after midnight.
    """

    key: str
    stream: WasteStream
    timetable: Timetable
    window: tuple[int, int]
    changed_at: datetime


def calendar(name: str, zone: str, series: Iterable[Series]) -> str:
    """The text of a calendar. What did not change is the same text again."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Wantilan//Sampah//ID",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        f"X-WR-TIMEZONE:{zone}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        *_zone(zone),
        *(line for one in series for line in _events(one, zone)),
        "END:VCALENDAR",
    ]
    return "".join(folded(line) + "\r\n" for line in lines)


def escaped(text: str) -> str:
    """A text as a value: RFC 5545, 3.3.11. What is no character of a text is left out."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, "\\" + sign)
    lines = text.replace("\r\n", "\n").split("\n")
    return "\\n".join("".join(c for c in line if c >= " " and c != "\x7f") for line in lines)


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets, none of which cuts a character in two."""
    pieces, piece, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > FOLDED_AT:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + character, size + octets
    return "\r\n".join([*pieces, piece])


def _zone(zone: str) -> Iterator[str]:
    moment = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone))
    offset = moment.strftime("%z")
    yield from ("BEGIN:VTIMEZONE", f"TZID:{zone}", "BEGIN:STANDARD", "DTSTART:19700101T000000")
    yield from (f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}", f"TZNAME:{moment.tzname()}")
    yield from ("END:STANDARD", "END:VTIMEZONE")


def _events(series: Series, zone: str) -> Iterator[str]:
    """One event that recurs. Days that were added before its first one stand by themselves: no calendar takes
    a day that lies before the beginning.
    """
    table = series.timetable
    first = table.rule.first(table.starts_on, table.ended_on)
    extra = sorted(day for day in table.extra - table.excluded if table.lasts(day))
    alone = [day for day in extra if first is None or day < first]
    for day in alone:
        yield from _event(series, zone, f"{series.key}-{day:%Y%m%d}", day)
    if first is not None:
        rule = str(table.rule)
        if table.ended_on is not None:
            last = datetime.combine(table.ended_on, time(23, 59, 59), ZoneInfo(zone))
            rule += f";UNTIL={last.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        more = [f"RRULE:{rule}"]
        out = sorted(day for day in table.excluded if table.by_rule(day))
        for name, days in (("EXDATE", out), ("RDATE", [day for day in extra if day > first])):
            if days:
                more.append(f"{name};TZID={zone}:{','.join(_local(day, series.window[0]) for day in days)}")
        yield from _event(series, zone, series.key, first, more)


def _event(series: Series, zone: str, key: str, day: date, more: Sequence[str] = ()) -> Iterator[str]:
    start, end = series.window
    yield from ("BEGIN:VEVENT", f"UID:{key}@wantilan")
    yield f"DTSTAMP:{series.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;TZID={zone}:{_local(day, start)}"
    yield f"DTEND;TZID={zone}:{_local(day, end)}"
    yield from more
    yield f"SUMMARY:{escaped(SUMMARIES[series.stream])}"
    yield from ("TRANSP:TRANSPARENT", "END:VEVENT")


def _local(day: date, minutes: int) -> str:
    moment = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return f"{moment:%Y%m%dT%H%M%S}"
