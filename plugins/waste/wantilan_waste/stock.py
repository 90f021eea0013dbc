"""The stock of a facility: every gram that comes, is moved or leaves passes here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wantilan import Grams, GramsChange, RuleViolated, Text, Unit

from .models import (
    Batch,
    Category,
    Intake,
    Lot,
    SaleLine,
    StockMovement,
    Trip,
    WasteStockReason,
    WasteStream,
)


async def standing_lot(
    unit: Unit, facility_id: UUID, stream: WasteStream, category: Category | None = None
) -> Lot:
    """The lot into which a facility puts a category, or what is still mixed of a stream; held until the end
    of the transaction. It is made when it is needed first.
    """
    label = category.code if category is not None else stream.name
    found = await unit.first(Lot, Lot.facility_id == facility_id, Lot.label == label, lock=True)
    if found is not None:
        return found
    made = Lot(
        facility_id=facility_id,
        label=label,
        stream=stream,
        category_id=category.id if category is not None else None,
        stock=0,
        movements=0,
        opened_on=unit.today,
    )
    await unit.add(made)
    return made


async def move(
    unit: Unit,
    lot: Lot,
    grams: int,
    reason: WasteStockReason,
    *,
    at: datetime,
    intake: Intake | None = None,
    batch: Batch | None = None,
    sale_line: SaleLine | None = None,
    trip: Trip | None = None,
    note: str | None = None,
) -> StockMovement:
    """Change the stock of a lot that is held, by so many grams: below nothing for what leaves.

    Raises RuleViolated when there is not so much in it.
    """
    if lot.stock + grams < 0:
        raise RuleViolated("waste.stock", Text("Stok tidak cukup.", "There is not so much in stock."))
    lot.stock = Grams(lot.stock + grams)
    lot.movements += 1
    made = StockMovement(
        lot_id=lot.id,
        facility_id=lot.facility_id,
        number=lot.movements,
        delta=GramsChange(grams),
        stock_after=lot.stock,
        reason=reason,
        happened_at=at,
        business_date=unit.business_date(at),
        intake_id=intake.id if intake is not None else None,
        batch_id=batch.id if batch is not None else None,
        sale_line_id=sale_line.id if sale_line is not None else None,
        trip_id=trip.id if trip is not None else None,
        note=note,
        recorded_by=unit.actor_id,
    )
    await unit.flush()
    await unit.add(made)
    return made


async def take_in(unit: Unit, intake: Intake, category: Category | None = None) -> None:
    """Write an intake, and put its mass into the facility's lot."""
    await unit.add(intake)
    lot = await standing_lot(unit, intake.facility_id, intake.stream, category)
    await move(unit, lot, intake.mass_grams, WasteStockReason.IN, at=intake.weighed_at, intake=intake)
