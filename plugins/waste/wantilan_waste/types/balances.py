"""The mass balance of a facility, a village or a region over a period, as clients see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa

from wantilan import Grams, GramsChange, Row, derived, figures, first_day, last_day, sum_of, within

from ..models import (
    Batch,
    Intake,
    SaleLine,
    StockMovement,
    Trip,
    WasteGrade,
    WasteMeasure,
    WasteStockReason,
    WasteTripKind,
)
from ..permissions import FIGURES, STOCK_READ
from ..rules.balance import PERIOD, Measured, closings, gaps, grade_of, openings

READERS = [within(STOCK_READ), within(FIGURES)]


def because(reason: WasteStockReason) -> Callable[[sa.FromClause], sa.ColumnElement[bool]]:
    """The movements of one reason."""
    return lambda t: t.c.reason == reason


def landfill(t: sa.FromClause) -> sa.ColumnElement[bool]:
    return t.c.kind == WasteTripKind.RESIDUE


def elsewhere(t: sa.FromClause) -> sa.ColumnElement[bool]:
    return t.c.kind != WasteTripKind.RESIDUE


@figures(read=READERS)
class WasteMassBalance:
    """What lay there, came, left and lies there still, over a period:
    opening + intake + adjusted + lost = sold + residueOut + otherOut + processLoss + closing + gap.

    What came, left and was lost in processing is read from the intakes, sales, trips and batches, what lay
    there from the movements of stock: two records of the same grams.
    """

    begins: date = first_day()
    """The first day of the period."""
    ends: date = last_day()
    """The last day of the period."""
    opening: GramsChange = derived(openings, needs=PERIOD)
    """What lay there when the period began, in lots and in batches that were not finished."""
    intake: Grams = sum_of(Intake.mass_grams, day=Intake.business_date)
    """What came."""
    adjusted: GramsChange = sum_of(
        StockMovement.delta, day=StockMovement.business_date, where=because(WasteStockReason.ADJUST)
    )
    """By how much lots were put right when they were counted; below 0 for what was missing."""
    lost: GramsChange = sum_of(
        StockMovement.delta, day=StockMovement.business_date, where=because(WasteStockReason.LOSS)
    )
    """What was lost of lots: spoilt, burnt, stolen; never above 0."""
    sold: Grams = sum_of(SaleLine.mass, day=SaleLine.business_date)
    """What was sold."""
    residue_out: Grams = sum_of(Trip.mass, day=Trip.business_date, where=landfill)
    """What went to the landfill."""
    other_out: Grams = sum_of(Trip.mass, day=Trip.business_date, where=elsewhere)
    """What was handed over or given away."""
    process_loss: Grams = sum_of(Batch.loss, day=Batch.finished_on)
    """What was lost in the batches that were finished: water, gas, spillage."""
    closing: GramsChange = derived(closings, needs=PERIOD)
    """What lay there when the period ended, in lots and in batches that were not finished."""
    gap: GramsChange = derived(gaps, needs=PERIOD)
    """What does not add up; 0 if all was written down. Below 0: more left or lies there than came."""
    opening_stock: GramsChange = sum_of(StockMovement.delta, before=StockMovement.business_date)
    """What lay in lots when the period began. Below 0 only if something was sold by an earlier date than it
    came.
    """
    opening_fed: GramsChange = sum_of(
        StockMovement.delta, before=StockMovement.business_date, where=because(WasteStockReason.OUT)
    )
    """The change of the lots by all that had gone into batches before the period; never above 0."""
    opening_finished: Grams = sum_of(Batch.input, before=Batch.finished_on)
    """The input of all batches that were finished before the period."""
    closing_stock: GramsChange = sum_of(StockMovement.delta, until=StockMovement.business_date)
    """What lay in lots when the period ended."""
    closing_fed: GramsChange = sum_of(
        StockMovement.delta, until=StockMovement.business_date, where=because(WasteStockReason.OUT)
    )
    """The change of the lots by all that had gone into batches by the end of the period; never above 0."""
    closing_finished: Grams = sum_of(Batch.input, until=Batch.finished_on)
    """The input of all batches that were finished by the end of the period."""


def measured(method: WasteMeasure) -> Callable[[sa.FromClause], sa.ColumnElement[bool]]:
    """The rows whose mass became known in one way."""
    return lambda t: t.c.method == method


def measured_trips(
    method: WasteMeasure, kind: Callable[[sa.FromClause], sa.ColumnElement[bool]]
) -> Callable[[sa.FromClause], sa.ColumnElement[bool]]:
    return lambda t: sa.and_(t.c.method == method, kind(t))


METHODS = ("weighed", "by_volume", "counted", "estimated")


def grades(what: str) -> Callable[[list[Row]], list[WasteGrade | None]]:
    """How good one of the figures is."""

    def of(rows: list[Row]) -> list[WasteGrade | None]:
        return [grade_of(Measured(*(row[f"{what}_{method}"] for method in METHODS))) for row in rows]

    return of


def needs(what: str) -> tuple[str, ...]:
    return tuple(f"{what}_{method}" for method in METHODS)


@figures(read=READERS)
class WasteMassQuality:
    """How the masses of a mass balance became known, and how good they are by that. The grades are a rule of
    this program, of no authority.
    """

    begins: date = first_day()
    """The first day of the period."""
    ends: date = last_day()
    """The last day of the period."""
    intake_grade: WasteGrade | None = derived(grades("intake"), needs=needs("intake"))
    """How good the figure of what came is; null if it is 0."""
    intake_weighed: Grams = sum_of(
        Intake.mass_grams, day=Intake.business_date, where=measured(WasteMeasure.WEIGHED)
    )
    """How much of what came was weighed."""
    intake_by_volume: Grams = sum_of(
        Intake.mass_grams, day=Intake.business_date, where=measured(WasteMeasure.VOLUME)
    )
    """How much of what came was measured by volume."""
    intake_counted: Grams = sum_of(
        Intake.mass_grams, day=Intake.business_date, where=measured(WasteMeasure.COUNT)
    )
    """How much of what came was counted."""
    intake_estimated: Grams = sum_of(
        Intake.mass_grams, day=Intake.business_date, where=measured(WasteMeasure.ESTIMATE)
    )
    """How much of what came was estimated."""
    sold_grade: WasteGrade | None = derived(grades("sold"), needs=needs("sold"))
    """How good the figure of what was sold is; null if it is 0."""
    sold_weighed: Grams = sum_of(
        SaleLine.mass, day=SaleLine.business_date, where=measured(WasteMeasure.WEIGHED)
    )
    """How much of what was sold was weighed."""
    sold_by_volume: Grams = sum_of(
        SaleLine.mass, day=SaleLine.business_date, where=measured(WasteMeasure.VOLUME)
    )
    """How much of what was sold was measured by volume."""
    sold_counted: Grams = sum_of(
        SaleLine.mass, day=SaleLine.business_date, where=measured(WasteMeasure.COUNT)
    )
    """How much of what was sold was counted."""
    sold_estimated: Grams = sum_of(
        SaleLine.mass, day=SaleLine.business_date, where=measured(WasteMeasure.ESTIMATE)
    )
    """How much of what was sold was estimated."""
    residue_out_grade: WasteGrade | None = derived(grades("residue_out"), needs=needs("residue_out"))
    """How good the figure of what went to the landfill is; null if it is 0."""
    residue_out_weighed: Grams = sum_of(
        Trip.mass, day=Trip.business_date, where=measured_trips(WasteMeasure.WEIGHED, landfill)
    )
    """How much of what went to the landfill was weighed."""
    residue_out_by_volume: Grams = sum_of(
        Trip.mass, day=Trip.business_date, where=measured_trips(WasteMeasure.VOLUME, landfill)
    )
    """How much of what went to the landfill was measured by volume."""
    residue_out_counted: Grams = sum_of(
        Trip.mass, day=Trip.business_date, where=measured_trips(WasteMeasure.COUNT, landfill)
    )
    """How much of what went to the landfill was counted."""
    residue_out_estimated: Grams = sum_of(
        Trip.mass, day=Trip.business_date, where=measured_trips(WasteMeasure.ESTIMATE, landfill)
    )
    """How much of what went to the landfill was estimated."""
    other_out_grade: WasteGrade | None = derived(grades("other_out"), needs=needs("other_out"))
    """How good the figure of what was handed over or given away is; null if it is 0."""
    other_out_weighed: Grams = sum_of(
        Trip.mass, day=Trip.business_date, where=measured_trips(WasteMeasure.WEIGHED, elsewhere)
    )
    """How much of what was handed over or given away was weighed."""
    other_out_by_volume: Grams = sum_of(
        Trip.mass, day=Trip.business_date, where=measured_trips(WasteMeasure.VOLUME, elsewhere)
    )
    """How much of what was handed over or given away was measured by volume."""
    other_out_counted: Grams = sum_of(
        Trip.mass, day=Trip.business_date, where=measured_trips(WasteMeasure.COUNT, elsewhere)
    )
    """How much of what was handed over or given away was counted."""
    other_out_estimated: Grams = sum_of(
        Trip.mass, day=Trip.business_date, where=measured_trips(WasteMeasure.ESTIMATE, elsewhere)
    )
    """How much of what was handed over or given away was estimated."""


TYPES = (WasteMassBalance, WasteMassQuality)
