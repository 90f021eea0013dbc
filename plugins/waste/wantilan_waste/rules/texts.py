"""Rules of texts, days and amounts that clients send: pure functions."""

from __future__ import annotations

from datetime import date, timedelta

from wantilan import Text

from .weighing import Fault

NOT_POSSIBLE = Text("Langkah ini tidak mungkin dari keadaan sekarang.", "Not possible as it stands now.")
"""Of a step that a state machine does not allow."""
MOST_RUPIAH = 1_000_000_000
"""A thousand million rupiah: no fee of a village and no payment is larger; above it a slip of the keyboard is
certain.
"""
FARTHEST = timedelta(days=366)
"""How far ahead a day may lie."""


def text_fault(value: str, most: int) -> Fault | None:
    if not 0 < len(value.strip()) <= most:
        return "LENGTH", Text(f"1 sampai {most} karakter.", f"1 to {most} characters.")
    return None


def amount_fault(rupiah: int) -> Fault | None:
    if rupiah == 0:
        return "MUST_BE_POSITIVE", Text("Harus lebih dari 0 rupiah.", "Must be more than 0 rupiah.")
    if rupiah > MOST_RUPIAH:
        return "TOO_MUCH", Text("Lebih dari satu miliar rupiah.", "More than a thousand million rupiah.")
    return None


def past_fault(day: date, today: date, earliest: date | None = None) -> Fault | None:
    """Of a day on which something was."""
    if day > today:
        return "IN_FUTURE", Text("Tidak boleh di masa depan.", "Must not lie in the future.")
    if earliest is not None and day < earliest:
        return "TOO_EARLY", Text("Terlalu awal.", "Too early.")
    return None


def ahead_fault(day: date, today: date, earliest: date) -> Fault | None:
    """Of a day from which something is to be so."""
    if day < earliest:
        return "TOO_EARLY", Text("Terlalu awal.", "Too early.")
    if day > today + FARTHEST:
        return "TOO_LATE", Text("Paling lambat setahun lagi.", "At most a year ahead.")
    return None
