"""What a sale is worth: pure functions."""

from __future__ import annotations

from collections.abc import Iterable

from wantilan import Grams, RuleViolated, Rupiah, Text

from ..models import WasteStream

DEAREST = Rupiah(1_000_000_000)
"""A thousand million rupiah per kilogram: above it a slip of the keyboard is certain."""
TOO_DEAR = Text("Lebih dari 1 miliar rupiah per kilogram.", "More than 1,000,000,000 rupiah per kilogram.")
B3_NOT_SOLD = Text("B3 tidak boleh dijual.", "Hazardous waste is never sold.")


def value_of(mass: Grams, price_per_kg: Rupiah) -> Rupiah:
    """floor(mass x price per kilogram / 1000), in whole rupiah."""
    return Rupiah(mass * price_per_kg // 1000)


def check_sold(streams: Iterable[WasteStream]) -> None:
    """Raises RuleViolated for hazardous waste (invariant 11 of the notes)."""
    if WasteStream.B3 in streams:
        raise RuleViolated("waste.b3", B3_NOT_SOLD)
