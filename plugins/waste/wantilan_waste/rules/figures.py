"""What is derived from the sums of a period: pure functions. Percentages have two decimals; where there is
nothing to divide by there is none.
"""

from __future__ import annotations

from wantilan import Row, Rupiah

from ..models import WasteGrade
from .balance import Measured, grade_of


def percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def diversion_rates(rows: list[Row]) -> list[float | None]:
    """Of what came in, the part that did not go to the landfill: (mass in - residue out) / mass in. Below 0
    where residue of earlier days goes out.
    """
    return [percent(row["mass_in"] - row["residue_out"], row["mass_in"]) for row in rows]


def grades(rows: list[Row]) -> list[WasteGrade | None]:
    methods = ("weighed", "by_volume", "counted", "estimated")
    return [grade_of(Measured(*(row[method] for method in methods))) for row in rows]


def sorting_rates(rows: list[Row]) -> list[float | None]:
    return [percent(row["visits_well_sorted"], row["visits_judged"]) for row in rows]


def coverages(rows: list[Row]) -> list[float | None]:
    return [percent(row["households_served"], row["households"]) for row in rows]


def surveyed_rates(rows: list[Row]) -> list[float | None]:
    return [percent(row["surveys_sorting"], row["surveys"]) for row in rows]


def payments(rows: list[Row]) -> list[Rupiah]:
    """What came in less what was reversed; not below nothing, should a reversal be of an earlier period."""
    return [Rupiah(max(row["taken"] - row["taken_back"], 0)) for row in rows]


def in_time_rates(rows: list[Row]) -> list[float | None]:
    resolved = [(row["complaints_in_time"], row["complaints_late"]) for row in rows]
    return [percent(in_time, in_time + late) for in_time, late in resolved]


def turnovers(rows: list[Row]) -> list[Rupiah]:
    """What was credited to savers and what was paid out to them."""
    return [Rupiah(row["bank_credited"] + row["bank_paid_out"]) for row in rows]
