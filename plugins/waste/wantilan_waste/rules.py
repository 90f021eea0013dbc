"""Rules of weighing: pure functions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from wantilan import Grams, Text

OLDEST = timedelta(days=31)
"""How late a weighing may be written down; older ones belong into a correction."""
HEAVIEST = Grams(100_000_000)
"""One hundred tonnes: no single weighing at a TPS3R is heavier; above it a slip of the keyboard is
certain.
"""


def weighing_faults(
    gross: Grams, tare: Grams, weighed_at: datetime, now: datetime
) -> Iterator[tuple[str, str, Text]]:
    """Every fault of a weighing as (field, code, text). Net mass must be above nothing (invariant 5 of the
    notes).
    """
    if gross == 0:
        yield "gross", "MUST_BE_POSITIVE", Text("Harus lebih dari 0 gram.", "Must be more than 0 grams.")
    elif gross > HEAVIEST:
        yield "gross", "TOO_HEAVY", Text("Lebih dari 100 ton.", "More than 100 tonnes.")
    elif tare >= gross:
        yield (
            "tare",
            "NOT_BELOW_GROSS",
            Text("Harus kurang dari berat kotor.", "Must be less than the gross mass."),
        )
    if weighed_at > now:
        yield "weighed_at", "IN_FUTURE", Text("Tidak boleh di masa depan.", "Must not lie in the future.")
    elif weighed_at < now - OLDEST:
        yield "weighed_at", "TOO_OLD", Text("Paling lama 31 hari yang lalu.", "At most 31 days ago.")
