"""The mass balance of each stream over a period, as clients see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa

from wantilan import Grams, GramsChange, derived, figures, first_day, last_day, sum_of

from ..models import Intake, SaleLine, StockMovement, Trip, WasteStockReason, WasteStream
from ..rules.balance import STREAM, stream_gaps
from .balances import READERS, because, elsewhere, landfill

Where = Callable[[sa.FromClause], sa.ColumnElement[bool]]


class Of:
    """The figures of one stream."""

    def __init__(self, stream: WasteStream) -> None:
        self.stream = stream

    def all(self, *more: Where) -> Where:
        return lambda t: sa.and_(t.c.stream == self.stream, *(one(t) for one in more))

    def moved(self, reason: WasteStockReason, *more: Where) -> GramsChange:
        return sum_of(
            StockMovement.delta, day=StockMovement.business_date, where=self.all(because(reason), *more)
        )

    def opening(self) -> GramsChange:
        return sum_of(StockMovement.delta, before=StockMovement.business_date, where=self.all())

    def closing(self) -> GramsChange:
        return sum_of(StockMovement.delta, until=StockMovement.business_date, where=self.all())

    def intake(self) -> Grams:
        return sum_of(Intake.mass_grams, day=Intake.business_date, where=self.all())

    def sold(self) -> Grams:
        return sum_of(SaleLine.mass, day=SaleLine.business_date, where=self.all())

    def out(self, kind: Where) -> Grams:
        return sum_of(Trip.mass, day=Trip.business_date, where=self.all(kind))


def of_batch(t: sa.FromClause) -> sa.ColumnElement[bool]:
    return t.c.batch_id.is_not(None)


OF_ORGANIK = Of(WasteStream.ORGANIK)


@figures(read=READERS)
class WasteOrganikBalance:
    """The mass balance of ORGANIK over a period:
    opening + intake + fromBatches + intoBatches + adjusted + lost
    = sold + residueOut + otherOut + closing + gap.
    A batch may turn one stream into another, and what is in it lies in no lot.
    """

    begins: date = first_day()
    """The first day of the period."""
    ends: date = last_day()
    """The last day of the period."""
    opening: GramsChange = OF_ORGANIK.opening()
    """What lay in lots when the period began."""
    intake: Grams = OF_ORGANIK.intake()
    """What came."""
    from_batches: GramsChange = OF_ORGANIK.moved(WasteStockReason.IN, of_batch)
    """What came out of batches."""
    into_batches: GramsChange = OF_ORGANIK.moved(WasteStockReason.OUT)
    """What went into batches; never above 0."""
    adjusted: GramsChange = OF_ORGANIK.moved(WasteStockReason.ADJUST)
    """By how much lots were put right when they were counted."""
    lost: GramsChange = OF_ORGANIK.moved(WasteStockReason.LOSS)
    """What was lost of lots; never above 0."""
    sold: Grams = OF_ORGANIK.sold()
    """What was sold."""
    residue_out: Grams = OF_ORGANIK.out(landfill)
    """What went to the landfill."""
    other_out: Grams = OF_ORGANIK.out(elsewhere)
    """What was handed over or given away."""
    closing: GramsChange = OF_ORGANIK.closing()
    """What lay in lots when the period ended."""
    gap: GramsChange = derived(stream_gaps, needs=STREAM)
    """What does not add up; 0 if all was written down."""


OF_ANORGANIK = Of(WasteStream.ANORGANIK)


@figures(read=READERS)
class WasteAnorganikBalance:
    """The mass balance of ANORGANIK over a period:
    opening + intake + fromBatches + intoBatches + adjusted + lost
    = sold + residueOut + otherOut + closing + gap.
    A batch may turn one stream into another, and what is in it lies in no lot.
    """

    begins: date = first_day()
    """The first day of the period."""
    ends: date = last_day()
    """The last day of the period."""
    opening: GramsChange = OF_ANORGANIK.opening()
    """What lay in lots when the period began."""
    intake: Grams = OF_ANORGANIK.intake()
    """What came."""
    from_batches: GramsChange = OF_ANORGANIK.moved(WasteStockReason.IN, of_batch)
    """What came out of batches."""
    into_batches: GramsChange = OF_ANORGANIK.moved(WasteStockReason.OUT)
    """What went into batches; never above 0."""
    adjusted: GramsChange = OF_ANORGANIK.moved(WasteStockReason.ADJUST)
    """By how much lots were put right when they were counted."""
    lost: GramsChange = OF_ANORGANIK.moved(WasteStockReason.LOSS)
    """What was lost of lots; never above 0."""
    sold: Grams = OF_ANORGANIK.sold()
    """What was sold."""
    residue_out: Grams = OF_ANORGANIK.out(landfill)
    """What went to the landfill."""
    other_out: Grams = OF_ANORGANIK.out(elsewhere)
    """What was handed over or given away."""
    closing: GramsChange = OF_ANORGANIK.closing()
    """What lay in lots when the period ended."""
    gap: GramsChange = derived(stream_gaps, needs=STREAM)
    """What does not add up; 0 if all was written down."""


OF_B3 = Of(WasteStream.B3)


@figures(read=READERS)
class WasteB3Balance:
    """The mass balance of B3 over a period:
    opening + intake + fromBatches + intoBatches + adjusted + lost
    = sold + residueOut + otherOut + closing + gap.
    A batch may turn one stream into another, and what is in it lies in no lot.
    """

    begins: date = first_day()
    """The first day of the period."""
    ends: date = last_day()
    """The last day of the period."""
    opening: GramsChange = OF_B3.opening()
    """What lay in lots when the period began."""
    intake: Grams = OF_B3.intake()
    """What came."""
    from_batches: GramsChange = OF_B3.moved(WasteStockReason.IN, of_batch)
    """What came out of batches."""
    into_batches: GramsChange = OF_B3.moved(WasteStockReason.OUT)
    """What went into batches; never above 0."""
    adjusted: GramsChange = OF_B3.moved(WasteStockReason.ADJUST)
    """By how much lots were put right when they were counted."""
    lost: GramsChange = OF_B3.moved(WasteStockReason.LOSS)
    """What was lost of lots; never above 0."""
    sold: Grams = OF_B3.sold()
    """What was sold."""
    residue_out: Grams = OF_B3.out(landfill)
    """What went to the landfill."""
    other_out: Grams = OF_B3.out(elsewhere)
    """What was handed over or given away."""
    closing: GramsChange = OF_B3.closing()
    """What lay in lots when the period ended."""
    gap: GramsChange = derived(stream_gaps, needs=STREAM)
    """What does not add up; 0 if all was written down."""


OF_RESIDU = Of(WasteStream.RESIDU)


@figures(read=READERS)
class WasteResiduBalance:
    """The mass balance of RESIDU over a period:
    opening + intake + fromBatches + intoBatches + adjusted + lost
    = sold + residueOut + otherOut + closing + gap.
    A batch may turn one stream into another, and what is in it lies in no lot.
    """

    begins: date = first_day()
    """The first day of the period."""
    ends: date = last_day()
    """The last day of the period."""
    opening: GramsChange = OF_RESIDU.opening()
    """What lay in lots when the period began."""
    intake: Grams = OF_RESIDU.intake()
    """What came."""
    from_batches: GramsChange = OF_RESIDU.moved(WasteStockReason.IN, of_batch)
    """What came out of batches."""
    into_batches: GramsChange = OF_RESIDU.moved(WasteStockReason.OUT)
    """What went into batches; never above 0."""
    adjusted: GramsChange = OF_RESIDU.moved(WasteStockReason.ADJUST)
    """By how much lots were put right when they were counted."""
    lost: GramsChange = OF_RESIDU.moved(WasteStockReason.LOSS)
    """What was lost of lots; never above 0."""
    sold: Grams = OF_RESIDU.sold()
    """What was sold."""
    residue_out: Grams = OF_RESIDU.out(landfill)
    """What went to the landfill."""
    other_out: Grams = OF_RESIDU.out(elsewhere)
    """What was handed over or given away."""
    closing: GramsChange = OF_RESIDU.closing()
    """What lay in lots when the period ended."""
    gap: GramsChange = derived(stream_gaps, needs=STREAM)
    """What does not add up; 0 if all was written down."""


TYPES = (WasteOrganikBalance, WasteAnorganikBalance, WasteB3Balance, WasteResiduBalance)
