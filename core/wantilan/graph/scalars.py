"""The scalars of the API. In inputs they are lenient: a bad value becomes a `Faulty`, judged with all the
others.

So a client learns every faulty field at once, and no parser prints what was sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NewType

import strawberry

from ..errors import Text
from ..store.types import MAX_SAFE_INTEGER, Grams, GramsChange, Rupiah, RupiahChange, instant_text
from ..store.types import RegionCode as RegionCode

Nik = NewType("Nik", str)
KkNumber = NewType("KkNumber", str)
Month = NewType("Month", str)
Url = NewType("Url", str)
GeoJSONPoint = NewType("GeoJSONPoint", dict[str, Any])
Json = NewType("Json", dict[str, Any])


@dataclass(frozen=True)
class Faulty:
    """Stands in an input where a value should be. It keeps what is wrong, not what was sent."""

    code: str
    text: Text


def _amount(unit_id: str, unit_en: str, least: int = 0) -> Callable[[object], int | Faulty]:
    def parse(value: object) -> int | Faulty:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            return Faulty(
                "NOT_A_WHOLE_NUMBER", Text(f"Harus bilangan bulat {unit_id}.", f"Must be whole {unit_en}.")
            )
        if not least <= value <= MAX_SAFE_INTEGER:
            return Faulty(
                "OUT_OF_RANGE",
                Text(
                    f"Harus antara {least} dan {MAX_SAFE_INTEGER}.",
                    f"Must be between {least} and {MAX_SAFE_INTEGER}.",
                ),
            )
        return int(value)

    return parse


FIRST_YEAR, LAST_YEAR = 1000, 2999
"""What a client can mean. The first and the last day that Python has are -infinity and infinity to
PostgreSQL's driver, and there is no day before the one nor after the other.
"""


def _within_years(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _out_of_years() -> Faulty:
    return Faulty(
        "OUT_OF_RANGE",
        Text(
            f"Tahunnya harus antara {FIRST_YEAR} dan {LAST_YEAR}.",
            f"Its year must be between {FIRST_YEAR} and {LAST_YEAR}.",
        ),
    )


def _parse_date(value: object) -> date | Faulty:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            return day if _within_years(day) else _out_of_years()
    return Faulty(
        "NOT_A_DATE", Text("Harus tanggal yang ada: YYYY-MM-DD.", "Must be a date that exists: YYYY-MM-DD.")
    )


def _parse_month(value: object) -> date | Faulty:
    """Its last day."""
    if isinstance(value, str) and re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])", value, re.ASCII):
        year, month = int(value[:4]), int(value[5:])
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return Faulty(
        "NOT_A_MONTH", Text("Harus bulan yang ada: YYYY-MM.", "Must be a month that exists: YYYY-MM.")
    )


def _parse_instant(value: object) -> datetime | Faulty:
    if isinstance(value, str) and len(value) >= 20 and value[10:11] in "Tt":
        try:
            moment = datetime.fromisoformat(value.upper())
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            try:
                moment = moment.astimezone(UTC)
            except OverflowError:
                return _out_of_years()
            return moment if _within_years(moment) else _out_of_years()
    return Faulty(
        "NOT_A_DATE_TIME",
        Text("Harus waktu RFC 3339 dengan zona.", "Must be an RFC 3339 date-time with its offset."),
    )


def _parse_region_code(value: object) -> str | Faulty:
    """Dotted or compact; what comes out is dotted."""
    if isinstance(value, str):
        digits = value.replace(".", "")
        dotted = ".".join(filter(None, (digits[:2], digits[2:4], digits[4:6], digits[6:])))
        if (
            digits.isascii()
            and digits.isdigit()
            and len(digits) in (2, 4, 6, 10)
            and value in (digits, dotted)
        ):
            return dotted
    return Faulty(
        "NOT_A_REGION_CODE", Text("Harus kode Kemendagri.", "Must be a Kemendagri code: 51.02.06.2001.")
    )


def _parse_digits(value: object) -> str | Faulty:
    if isinstance(value, str):
        return value
    return Faulty("NOT_TEXT", Text("Harus teks 16 angka.", "Must be text of 16 digits."))


def _parse_point(value: object) -> dict[str, Any] | Faulty:
    fault = Faulty(
        "NOT_A_POINT",
        Text(
            "Harus Point GeoJSON: bujur dahulu, lalu lintang.",
            "Must be a GeoJSON Point: longitude first, then latitude.",
        ),
    )
    if not isinstance(value, dict) or value.get("type") != "Point" or set(value) != {"type", "coordinates"}:
        return fault
    at = value["coordinates"]
    numbers = isinstance(at, list) and len(at) == 2 and all(type(c) in (int, float) for c in at)
    if not numbers or not (-180 <= at[0] <= 180 and -90 <= at[1] <= 90):
        return fault
    return {"type": "Point", "coordinates": [round(float(c), 6) for c in at]}


def _parse_url(value: object) -> str | Faulty:
    if isinstance(value, str) and re.fullmatch(r"https?://[^\s/]+(/\S*)?", value) and len(value) <= 2000:
        return value
    return Faulty("NOT_A_URL", Text("Harus alamat http(s).", "Must be an http(s) address."))


def _parse_json(value: object) -> object:
    return value


def _scalar(
    name: str,
    description: str,
    parse: Callable[[Any], Any],
    serialize: Callable[[Any], Any] = lambda value: value,
) -> Any:
    return strawberry.scalar(name=name, description=description, parse_value=parse, serialize=serialize)


SCALARS: dict[Any, Any] = {
    date: _scalar(
        "Date", f"A calendar date of the years {FIRST_YEAR} to {LAST_YEAR}: `2026-11-23`.",
        _parse_date, lambda value: value.isoformat(),
    ),
    datetime: _scalar(
        "DateTime", "A moment, RFC 3339 in UTC with milliseconds: `2026-11-23T02:15:00.000Z`. Going in it "
        f"may have any offset, and is of the years {FIRST_YEAR} to {LAST_YEAR}.",
        _parse_instant, instant_text,
    ),
    Month: _scalar("Month", "A month of the calendar, `2026-11`.", _parse_month),
    Grams: _scalar("Grams", "Whole grams, from 0 to 2^53-1.", _amount("gram", "grams")),
    Rupiah: _scalar("Rupiah", "Whole rupiah, from 0 to 2^53-1.", _amount("rupiah", "rupiah")),
    GramsChange: _scalar(
        "GramsChange", "Whole grams by which a mass changed, from -(2^53-1) to 2^53-1.",
        _amount("gram", "grams", -MAX_SAFE_INTEGER),
    ),
    RupiahChange: _scalar(
        "RupiahChange", "Whole rupiah by which an amount changed, from -(2^53-1) to 2^53-1.",
        _amount("rupiah", "rupiah", -MAX_SAFE_INTEGER),
    ),
    RegionCode: _scalar(
        "RegionCode",
        "An administrative code of Kemendagri, of a province down to a village. Dotted (`51.02.06.2001`) or "
        "compact (`5102062001`) going in, dotted coming out.",
        _parse_region_code,
    ),
    Nik: _scalar("Nik", "A NIK, 16 digits. It only goes in; what comes out is masked text.", _parse_digits),
    KkNumber: _scalar("KkNumber", "The number of a KK, 16 digits. It only goes in.", _parse_digits),
    GeoJSONPoint: _scalar("GeoJSONPoint", "A Point of RFC 7946 in WGS84: longitude first.", _parse_point),
    Url: _scalar("Url", "An http or https address.", _parse_url),
    Json: _scalar("JSON", "Any JSON value.", _parse_json),
}  # fmt: skip
