"""From what was recorded to what regencies and the ministry ask for: versioned, every factor with its source.

Whether recycling and composting at a TPS3R count as reduction or as handling differs by year and guide. So
each version of the mapping says it, and none is ever changed: an old report keeps its own.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from ..models import (
    WasteMeasure,
    WasteOrganicHandling,
    WasteSipsnClass,
    WasteSourceClass,
    WasteStockReason,
    WasteStopOutcome,
    WasteStream,
    WasteTripKind,
)
from .reports import WasteReportGap, WasteReportWarning

Inputs = Mapping[str, Any]
"""Sums and counts of a month, as `reporting.inputs_of` makes them: whole numbers and texts."""

ASSUMPTION = "assumption of this program, to be confirmed with the regency"
SNI = "SNI 19-3983-1995, upper rate of a permanent house, as quoted in copies of the standard"
JAKSTRANAS = "Perpres 97/2017 (Jakstranas): reduction is limiting, recycling and reuse"
HANDLING = (
    "Perpres 97/2017 (Jakstranas): handling is sorting, collecting, hauling, processing, final disposal"
)
SIPSN = "composition classes of SIPSN"
SDG = "UNSD metadata of SDG 11.6.1: collected and managed in controlled facilities / generated"
DERIVED = "derived by this program from what was recorded"


class Stage(enum.Enum):
    """Where mass ends."""

    RECYCLED = "sold and not organic"
    COMPOSTED = "organic, and composted, fed to larvae or processed otherwise"
    REUSED = "given away and not organic"
    LANDFILLED = "hauled to a landfill"
    B3 = "hazardous, handed over"


@dataclass(frozen=True)
class Mapped:
    """One version: which stages are reduction and which are handling, and why."""

    version: str
    reduction: Mapping[Stage, str]
    handling: Mapping[Stage, str]


RECYCLING = {
    Stage.RECYCLED: f"{JAKSTRANAS}; at a TPS3R: {ASSUMPTION}",
    Stage.COMPOSTED: f"{JAKSTRANAS}; at a TPS3R: {ASSUMPTION}",
    Stage.REUSED: JAKSTRANAS,
}
HAULING = {Stage.LANDFILLED: HANDLING, Stage.B3: f"{HANDLING}; for hazardous waste: {ASSUMPTION}"}
VERSIONS: Mapping[str, Mapped] = {
    one.version: one
    for one in (
        Mapped("2025-1", reduction=RECYCLING, handling=HAULING),
        Mapped(
            "2025-2",
            reduction={Stage.REUSED: JAKSTRANAS},
            handling={
                Stage.RECYCLED: f"{HANDLING}; at a TPS3R: {ASSUMPTION}",
                Stage.COMPOSTED: f"{HANDLING}; at a TPS3R: {ASSUMPTION}",
                **HAULING,
            },
        ),
    )
}
"""`2025-1` counts recycling and composting at the TPS3R as reduction, `2025-2` as handling."""


class Indicator(NamedTuple):
    code: str
    value: str | None
    """A whole number of grams, or a percentage with two decimals; None where it cannot be told."""
    unit: str
    source: str

    def as_json(self) -> dict[str, str | None]:
        return dict(self._asdict())


def percent(part: int, whole: int) -> str | None:
    if whole <= 0:
        return None
    return str((Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP))


def total(rows: list[list[Any]], column: int, **chosen: Any) -> int:
    """The sum of a column of rows, of those whose columns `c0`, `c1`… have the values."""
    wanted = [(int(name[1:]), value) for name, value in chosen.items()]
    return sum(int(row[column]) for row in rows if all(row[index] == value for index, value in wanted))


# Masses


def mass_in(inputs: Inputs) -> int:
    """Rows of intakes: stream, source class, method, SIPSN class, how many, grams."""
    return total(inputs["intakes"], 5)


def stages(inputs: Inputs) -> Mapping[Stage, int]:
    """Compost that is sold or given away was counted when it went into the batch, and not again; what is not
    organic is counted when it leaves, and not when it is shredded before. Rows of what was processed: kind of
    the batch, stream, change of the stock.
    """
    organic = WasteStream.ORGANIK.name
    return {
        Stage.RECYCLED: sum(row[2] for row in inputs["sales"] if row[0] != organic),
        Stage.COMPOSTED: -total(inputs["processed"], 2, c1=organic),
        Stage.REUSED: sum(
            row[4] for row in inputs["trips"] if row[0] == WasteTripKind.GIVEN.name and row[1] != organic
        ),
        Stage.LANDFILLED: total(inputs["trips"], 4, c0=WasteTripKind.RESIDUE.name),
        Stage.B3: total(inputs["trips"], 4, c0=WasteTripKind.B3_HANDOVER.name),
    }


def composition(inputs: Inputs) -> Mapping[str, int]:
    """By SIPSN class: what came in with a category, and by how much sorting changed it: what went in with a
    category is not counted again by what came out. `` is unknown.
    """
    known = {one.name: total(inputs["intakes"], 5, c3=one.name) for one in WasteSipsnClass}
    for sipsn_class, grams in inputs["sorted"]:
        if sipsn_class:
            known[sipsn_class] += grams
    known = {name: max(grams, 0) for name, grams in known.items()}  # below 0: it came in earlier
    return {**known, "": max(mass_in(inputs) - sum(known.values()), 0)}


def generation(inputs: Inputs, days: int) -> int:
    """sum(people x rate) x days, in grams; the rates are those that the village had set."""
    basis = inputs["basis"]
    people = {source: people for source, _, people in inputs["points"]}
    daily = inputs["population"] * basis["household_grams"]
    for source, rate in (
        (WasteSourceClass.WARUNG_TOKO, basis["shop_grams"]),
        (WasteSourceClass.KANTOR, basis["office_grams"]),
        (WasteSourceClass.SEKOLAH, basis["school_grams"]),
    ):
        daily += people.get(source.name, 0) * rate
    return int(daily * days)


def stock_gap(inputs: Inputs) -> int:
    """By how many grams documents and stock differ: intakes, sales and trips, each against its movements."""
    moved = {(reason, intake): grams for reason, intake, grams in inputs["movements"]}
    intake = mass_in(inputs) - moved.get((WasteStockReason.IN.name, 1), 0)
    sold = total(inputs["sales"], 2) + moved.get((WasteStockReason.SALE.name, 0), 0)
    hauled = total(inputs["trips"], 4) + sum(
        moved.get((reason.name, 0), 0) for reason in (WasteStockReason.RESIDUE, WasteStockReason.HANDOVER)
    )
    return int(abs(intake) + abs(sold) + abs(hauled))


# Indicators


def figures_of(inputs: Inputs, version: str, days: int) -> dict[str, Any]:
    """Everything that a report says, from its inputs and the version of the mapping alone."""
    made = list(indicators(inputs, VERSIONS[version], days))
    return {
        "inputs": dict(inputs),
        "mapping": version,
        "indicators": [one.as_json() for one in made],
        "warnings": [one.name for one in warnings(inputs, made)],
        "gaps": [one.name for one in gaps(inputs)],
    }


def indicators(inputs: Inputs, mapped: Mapped, days: int) -> Iterator[Indicator]:
    basis = inputs["basis"]
    sni, measured, ends = generation(inputs, days), mass_in(inputs), stages(inputs)
    generated = measured if basis["generation"] == "MEASURED" else sni
    yield Indicator("GENERATION_BASIS", basis["generation"], "basis", DERIVED)
    yield Indicator("GENERATION_SNI", str(sni), "g", f"{SNI}; rates as set by the village")
    yield Indicator("GENERATION_MEASURED", str(measured), "g", "what the facilities took in")
    reduced = sum(ends[stage] for stage in mapped.reduction)
    handled = sum(ends[stage] for stage in mapped.handling)
    for stage, source in (*mapped.reduction.items(), *mapped.handling.items()):
        of = "REDUCTION" if stage in mapped.reduction else "HANDLING"
        yield Indicator(f"{of}_{stage.name}", str(ends[stage]), "g", source)
    yield Indicator("REDUCTION", str(reduced), "g", JAKSTRANAS)
    yield Indicator("HANDLING", str(handled), "g", HANDLING)
    yield Indicator("REDUCTION_PERCENT", percent(reduced, generated), "%", "reduction / generation")
    yield Indicator("HANDLING_PERCENT", percent(handled, generated), "%", "handling / generation")
    unmanaged = percent(max(generated - reduced - handled, 0), generated)
    yield Indicator("UNMANAGED_PERCENT", unmanaged, "%", "100 - reduction - handling, not below 0")
    for name, grams in composition(inputs).items():
        yield Indicator(f"SIPSN_{name or 'UNKNOWN'}", str(grams), "g", SIPSN if name else DERIVED)
    controlled = measured - (0 if basis["landfill_controlled"] else ends[Stage.LANDFILLED])
    yield Indicator("SDG_COLLECTED", str(measured), "g", SDG)
    yield Indicator(
        "SDG_CONTROLLED", str(max(controlled, 0)), "g", f"{SDG}; TPS3R as controlled: {ASSUMPTION}"
    )
    yield Indicator("SDG_11_6_1", percent(max(controlled, 0), generated), "%", SDG)
    yield from _sorting(inputs)


def _sorting(inputs: Inputs) -> Iterator[Indicator]:
    surveys = inputs["surveys"]
    asked, sorting = sum(row[2] for row in surveys), total(surveys, 2, c0=1)
    yield Indicator("POINTS_SURVEYED", str(asked), "points", "the last survey of each service point")
    yield Indicator("POINTS_SORTING_PERCENT", percent(sorting, asked), "%", DERIVED)
    for handling in WasteOrganicHandling:
        count = total(surveys, 2, c1=handling.name)
        yield Indicator(f"ORGANIC_{handling.name}", str(count), "points", "the last survey of each point")
    outcomes = {WasteStopOutcome.COLLECTED.name, WasteStopOutcome.PARTIAL.name}
    taken = sum(row[2] for row in inputs["visits"] if row[1] in outcomes)
    yield Indicator("STOPS_COLLECTED", str(taken), "stops", DERIVED)
    served, homes = inputs["households"]
    yield Indicator("HOUSEHOLDS_SERVED_PERCENT", percent(served, homes), "%", DERIVED)


def public_of(figures: Mapping[str, Any]) -> dict[str, int]:
    """What of a report's figures everybody may read: sums of the whole village."""
    values = {one["code"]: one["value"] for one in figures["indicators"]}
    inputs = figures["inputs"]
    served, homes = inputs["households"]
    return {
        "mass_in": mass_in(inputs),
        "reduced": int(values["REDUCTION"] or 0),
        "handled": int(values["HANDLING"] or 0),
        "residue_out": stages(inputs)[Stage.LANDFILLED],
        "points_surveyed": sum(row[2] for row in inputs["surveys"]),
        "points_sorting": total(inputs["surveys"], 2, c0=1),
        "households": homes,
        "households_served": served,
    }


def warnings(inputs: Inputs, made: list[Indicator]) -> Iterator[WasteReportWarning]:
    values = {one.code: one.value for one in made}
    shares = [values["REDUCTION_PERCENT"], values["HANDLING_PERCENT"]]
    if sum(Decimal(share) for share in shares if share is not None) > 100:
        yield WasteReportWarning.OVER_100_PERCENT
    weighed = total(inputs["intakes"], 5, c2=WasteMeasure.WEIGHED.name)
    if 2 * weighed < mass_in(inputs):
        yield WasteReportWarning.MOSTLY_NOT_WEIGHED
    if stock_gap(inputs):
        yield WasteReportWarning.STOCK_GAP


def gaps(inputs: Inputs) -> Iterator[WasteReportGap]:
    if not mass_in(inputs):
        yield WasteReportGap.NO_INTAKE
    elif composition(inputs)[""]:
        yield WasteReportGap.UNKNOWN_COMPOSITION
    if not inputs["surveys"]:
        yield WasteReportGap.NO_SURVEY
    if not inputs["visits"]:
        yield WasteReportGap.NO_VISIT
    if not inputs["population"]:
        yield WasteReportGap.NO_POPULATION
    if not inputs["basis"]["legal"]:
        yield WasteReportGap.NO_LEGAL_BASIS
