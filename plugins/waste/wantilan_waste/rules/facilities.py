"""What a facility is: pure functions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from wantilan import Grams, Text

Fault = tuple[str, str, Text]
"""A field of the input by its Python name, a code, and what it says."""

POSITIVE = Text("Harus lebih dari 0.", "Must be more than 0.")
TOO_MANY = Text("Terlalu besar untuk sebuah desa.", "More than any village has.")
LARGEST, MOST_STAFF = 1_000_000, 10_000
"""A square kilometre, and more people than work at any facility: above it a slip of the keyboard is
certain.
"""
BEFORE_OPENING = Text("Sebelum hari dibuka.", "Before the day of opening.")


def facility_faults(
    area: int | None, capacity: Grams | None, staff: int | None, opened: date | None, closed: date | None
) -> Iterator[Fault]:
    if area is not None and not 0 < area <= LARGEST:
        yield (
            "area_square_metres",
            *(("MUST_BE_POSITIVE", POSITIVE) if area <= 0 else ("TOO_LARGE", TOO_MANY)),
        )
    if capacity == 0:
        yield "daily_capacity", "MUST_BE_POSITIVE", POSITIVE
    if staff is not None and not 0 <= staff <= MOST_STAFF:
        yield "staff", "OUT_OF_RANGE", Text("Antara 0 dan 10.000.", "Between 0 and 10,000.")
    if closed is not None and opened is not None and closed < opened:
        yield "closed_on", "BEFORE_OPENING", BEFORE_OPENING
