"""What may be written down of a stop: pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from wantilan import Grams, Text

from ..models.words import WasteStopOutcome as O
from .weighing import HEAVIEST, Fault

MOST_VISITS = 500
"""Visits of one batch."""
SKEW = timedelta(minutes=10)
"""How far a phone's clock may be ahead of ours."""
DAY_TOLERANCE = timedelta(hours=6)
"""How far outside of the run's day a visit may lie: tours that go past midnight, phones that tell the hour of
another zone.
"""
LONGEST_FEEDBACK = 500
JUDGED = frozenset({O.COLLECTED, O.PARTIAL, O.REJECTED_UNSORTED})
"""Outcomes at which the waste was looked at, so that its sorting was judged."""
TAKEN = frozenset({O.COLLECTED, O.PARTIAL})

Named = tuple[str, str, Text]
"""A field by its Python name, a code and what it says."""


def visit_faults(
    outcome: O, quality: int | None, mass: Grams | None, feedback: str | None, sequence: int
) -> Iterator[Named]:
    """What speaks against a visit whatever its run is."""
    if fault := quality_fault(outcome, quality):
        yield "sort_quality", *fault
    if mass is not None and outcome not in TAKEN:
        yield "mass", "NOT_APPLICABLE", Text("Tidak ada yang diangkut.", "Nothing was taken.")
    elif mass is not None and not 0 < mass <= HEAVIEST:
        yield (
            "mass",
            "OUT_OF_RANGE",
            Text("Di atas 0, paling banyak 100 ton.", "Above 0 and at most 100 t."),
        )
    if feedback is not None and len(feedback) > LONGEST_FEEDBACK:
        yield "feedback", "LENGTH", Text("Paling banyak 500 karakter.", "At most 500 characters.")
    if sequence < 0:
        yield "device_seq", "OUT_OF_RANGE", Text("Tidak boleh di bawah 0.", "Must not be below 0.")


def quality_fault(outcome: O, quality: int | None) -> Fault | None:
    if outcome not in JUDGED:
        if quality is not None:
            return "NOT_APPLICABLE", Text("Pemilahan tidak dilihat.", "The sorting was not looked at.")
        return None
    if quality is None:
        return "REQUIRED", Text("Wajib diisi untuk hasil ini.", "Required for this outcome.")
    if not 0 <= quality <= 3:
        return "OUT_OF_RANGE", Text("0 sampai 3.", "0 to 3.")
    if outcome is O.REJECTED_UNSORTED and quality != 0:
        return "MUST_BE_ZERO", Text("Yang tidak dipilah bernilai 0.", "What was not sorted is a 0.")
    return None


def moment_fault(visited_at: datetime, midnight: datetime, now: datetime) -> Fault | None:
    """`midnight`: when the run's day begins."""
    if visited_at > now + SKEW:
        return "IN_FUTURE", Text("Tidak boleh di masa depan.", "Must not lie in the future.")
    day_after = midnight + timedelta(days=1)
    if not midnight - DAY_TOLERANCE <= visited_at < day_after + DAY_TOLERANCE:
        return "NOT_ON_RUNS_DAY", Text("Bukan pada hari pengangkutan itu.", "Not on the day of the run.")
    return None


def moment_warning(visited_at: datetime, day: date, run_day: date, now: datetime) -> Fault | None:
    """`day`: that of the visit in the village."""
    if visited_at > now:
        return "CLOCK_AHEAD", Text("Jam perangkat terlalu cepat.", "The device's clock is ahead.")
    if day != run_day:
        return "OTHER_DAY", Text("Di luar hari pengangkutan itu.", "Outside of the run's day.")
    return None
