"""Rules of weighing: pure functions."""

from __future__ import annotations

from datetime import datetime, timedelta

from wantilan import Grams, Text

OLDEST = timedelta(days=31)
"""How late a weighing may be written down; older ones belong into a correction."""
HEAVIEST = Grams(100_000_000)
"""One hundred tonnes: no single weighing at a TPS3R is heavier; above it a slip of the keyboard is
certain.
"""


Fault = tuple[str, Text]
"""A code and what it says."""


def gross_fault(gross: Grams) -> Fault | None:
    if gross == 0:
        return "MUST_BE_POSITIVE", Text("Harus lebih dari 0 gram.", "Must be more than 0 grams.")
    if gross > HEAVIEST:
        return "TOO_HEAVY", Text("Lebih dari 100 ton.", "More than 100 tonnes.")
    return None


def tare_fault(gross: Grams, tare: Grams) -> Fault | None:
    """The net mass must be above nothing (invariant 5 of the notes)."""
    if tare >= gross:
        return "NOT_BELOW_GROSS", Text("Harus kurang dari berat kotor.", "Must be less than the gross mass.")
    return None


def moment_fault(weighed_at: datetime, now: datetime) -> Fault | None:
    if weighed_at > now:
        return "IN_FUTURE", Text("Tidak boleh di masa depan.", "Must not lie in the future.")
    if weighed_at < now - OLDEST:
        return "TOO_OLD", Text("Paling lama 31 hari yang lalu.", "At most 31 days ago.")
    return None
