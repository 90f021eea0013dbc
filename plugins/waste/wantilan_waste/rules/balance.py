"""The mass balance of a facility or a village over a period, and how good its figures are: pure functions.

Two records are kept apart: what was done (intakes, sales, trips, finished batches) and what moved (the
movements of the lots). Both speak of the same grams; what they do not agree on is the gap. It is shown
and never hidden.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from wantilan import GramsChange, Row

from ..models import WasteGrade

BEST, GOOD, FAIR = 95, 50, 50
"""In percent, see `grade_of`."""
FEW_GUESSES = 10


@dataclass(frozen=True)
class Balance:
    """One period, in grams. `adjusted` and `lost` are changes, `lost` is never above 0; the rest is what lay
    there, came or left.
    """

    opening: int
    intake: int
    adjusted: int
    lost: int
    sold: int
    residue_out: int
    other_out: int
    process_loss: int
    closing: int

    @property
    def gap(self) -> int:
        """How much of what lay there and came is not explained by what left and what lies there still.
        Below 0: more left or lies there than came, as when an intake was never written down.

        opening + intake + adjusted + lost = sold + residue out + other out + process loss + closing + gap
        """
        there = self.opening + self.intake + self.adjusted + self.lost
        return there - self.sold - self.residue_out - self.other_out - self.process_loss - self.closing


@dataclass(frozen=True)
class StreamBalance:
    """One period of one stream, in grams. Batches turn one stream into another: `into_batches` is what went
    into them, a change that is never above 0, `from_batches` what came out.
    """

    opening: int
    intake: int
    from_batches: int
    into_batches: int
    adjusted: int
    lost: int
    sold: int
    residue_out: int
    other_out: int
    closing: int

    @property
    def gap(self) -> int:
        there = self.opening + self.intake + self.from_batches + self.into_batches + self.adjusted + self.lost
        return there - self.sold - self.residue_out - self.other_out - self.closing


@dataclass(frozen=True)
class Measured:
    """A mass in grams, by how it became known."""

    weighed: int
    by_volume: int
    counted: int
    estimated: int


def grade_of(measured: Measured) -> WasteGrade | None:
    """None where there is no mass."""
    whole = measured.weighed + measured.by_volume + measured.counted + measured.estimated
    if whole == 0:
        return None
    if measured.weighed * 100 >= whole * BEST:
        return WasteGrade.A
    if measured.weighed * 100 >= whole * GOOD and measured.estimated * 100 <= whole * FEW_GUESSES:
        return WasteGrade.B
    return WasteGrade.C if measured.estimated * 100 <= whole * FAIR else WasteGrade.D


# Of rows, for figures

PERIOD = (
    "opening_stock", "opening_fed", "opening_finished", "intake", "adjusted", "lost", "sold", "residue_out",
    "other_out", "process_loss", "closing_stock", "closing_fed", "closing_finished",
)  # fmt: skip
"""The figures of which the balance of a period is made."""
STREAM = tuple(field.name for field in fields(StreamBalance))


def balance_of(row: Row) -> Balance:
    """What is in batches that are not finished counts as stock."""
    known = {name: _grams(row, name) for name in PERIOD}
    return Balance(
        opening=in_all(known, "opening"),
        closing=in_all(known, "closing"),
        **{name: known[name] for name in PERIOD if not name.startswith(("opening", "closing"))},
    )


def in_all(known: dict[str, int], when: str) -> int:
    return known[f"{when}_stock"] + in_batches(known, when)


def in_batches(known: dict[str, int], when: str) -> int:
    """`fed` is the change of the lots by what ever went into batches, so never above 0; `finished` is the
    input of the batches that were finished since.
    """
    return -known[f"{when}_fed"] - known[f"{when}_finished"]


def openings(rows: list[Row]) -> list[GramsChange]:
    return [GramsChange(balance_of(row).opening) for row in rows]


def closings(rows: list[Row]) -> list[GramsChange]:
    return [GramsChange(balance_of(row).closing) for row in rows]


def gaps(rows: list[Row]) -> list[GramsChange]:
    return [GramsChange(balance_of(row).gap) for row in rows]


def stream_gaps(rows: list[Row]) -> list[GramsChange]:
    return [GramsChange(StreamBalance(**{name: _grams(row, name) for name in STREAM}).gap) for row in rows]


def _grams(row: Row, name: str) -> int:
    value = row[name]
    assert isinstance(value, int), "sums are numbers"
    return value
