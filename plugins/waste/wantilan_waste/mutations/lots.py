"""Lots are counted, and what is lost of them is written down: how a wrong figure is put right."""

from __future__ import annotations

from datetime import datetime

import strawberry

from wantilan import Grams, Info, Judge, NotFound, Text, Village, WriteUnit, input, mutation, payload, ref

from ..models import Category, Facility, Lot, WasteMeasure, WasteStockReason, WasteStream
from ..permissions import STOCK_RECORD
from ..rules.wording import text_fault
from ..stock import move, standing_lot
from ..stock_events import STOCK_COUNTED, STOCK_LOST
from ..types.categories import WasteCategory
from ..types.facilities import WasteFacility
from ..types.stock import WasteLot, WasteStockMovement
from .judging import Key, found, judge_mass, judge_moment, refuse

MOST_REASON = 500
LARGEST_HEAP = 10_000_000_000
"""Ten thousand tonnes: above it a slip of the keyboard is certain."""
ONE_OF_BOTH = Text(
    "Isi lot, atau fasilitas dengan kategori atau aliran.",
    "Give either a lot, or a facility with a category or a stream.",
)
TOO_HEAVY = Text("Lebih dari 10.000 ton.", "More than 10,000 tonnes.")


@input
class WasteCountStockInput:
    """What was found in one lot. Name the lot; or, for a heap that nobody wrote down yet, the facility and
    what lies in it.
    """

    counted: Grams
    """How much lies there."""
    reason: str
    """Why it was counted, or what was wrong before, 1 to 500 characters."""
    lot_id: strawberry.ID | None = None
    """The lot."""
    facility_id: strawberry.ID | None = None
    """The facility, where no lot is named."""
    category_id: strawberry.ID | None = None
    """What lies there."""
    stream: WasteStream | None = None
    """The stream of what lies there mixed."""
    method: WasteMeasure = WasteMeasure.WEIGHED
    """How the mass became known."""


@payload
class WasteCountStockPayload:
    """What the count changed."""

    lot: WasteLot | None
    """The lot as it is now; null for those who may record but not read."""
    movement: WasteStockMovement | None
    """The difference; null where there is none."""
    village: Village
    """The village, for reading its stock again."""


@input
class WasteRecordLossInput:
    """What was lost of a lot: spoilt, burnt, stolen."""

    lot_id: strawberry.ID
    """The lot."""
    mass: Grams
    """How much."""
    reason: str
    """What happened, 1 to 500 characters."""
    method: WasteMeasure = WasteMeasure.WEIGHED
    """How the mass became known."""
    happened_at: datetime | None = None
    """When; now, if left out."""


@payload
class WasteRecordLossPayload:
    """What the loss changed."""

    lot: WasteLot | None
    """The lot as it is now; null for those who may record but not read."""
    movement: WasteStockMovement | None
    """The loss; null for those who may record but not read."""
    village: Village
    """The village, for reading its stock again."""


@mutation(needs=STOCK_RECORD)
async def waste_count_stock(info: Info, input: WasteCountStockInput) -> WasteCountStockPayload:
    """Set the stock of a lot to what was counted. The difference is a movement of its own, an adjustment of
    the mass balance: what was recorded before is never changed.
    """
    judge = Judge(input)
    lot_key, place = judge.key(WasteLot, "lot_id"), judge.key(WasteFacility, "facility_id")
    category_key = judge.key(WasteCategory, "category_id")
    refuse(judge, "reason", text_fault(input.reason, MOST_REASON))
    if judge.good("counted") and input.counted > LARGEST_HEAP:
        judge.refuse("counted", "TOO_HEAVY", TOO_HEAVY)
    of_place = (input.category_id is None) != (input.stream is None)
    by_place = input.facility_id is not None and of_place
    by_lot = (input.facility_id, input.category_id, input.stream) == (None, None, None)
    if by_lot == (input.lot_id is None) or (input.lot_id is None and not by_place):
        judge.refuse("lot_id", "ONE_OF_BOTH", ONE_OF_BOTH)
    judge.check()
    named = lot_key or place
    assert named is not None, "judged"
    async with info.context.write(named.village_id) as unit:
        if lot_key is not None:
            lot = await found(unit, Lot, lot_key, lock=True)
        else:
            lot = await _heap(unit, named, category_key, input.stream)
        difference, movement = input.counted - lot.stock, None
        if difference:
            movement = await move(
                unit,
                lot,
                difference,
                WasteStockReason.ADJUST,
                at=unit.now,
                method=input.method,
                note=input.reason.strip(),
            )
        unit.announce(STOCK_COUNTED, lot=lot.id)
        village = await unit.own_village()
    return WasteCountStockPayload(
        lot=ref(WasteLot, lot),
        movement=ref(WasteStockMovement, movement) if movement is not None else None,
        village=ref(Village, village),
    )


@mutation(needs=STOCK_RECORD)
async def waste_record_loss(info: Info, input: WasteRecordLossInput) -> WasteRecordLossPayload:
    """Write down what was lost of a lot. RULE_VIOLATED: `waste.stock` when there is not so much."""
    judge = Judge(input)
    key = judge.key(WasteLot, "lot_id")
    refuse(judge, "reason", text_fault(input.reason, MOST_REASON))
    judge_mass(judge, "mass", input.mass)
    judge_moment(judge, "happened_at", input.happened_at)
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        lot = await found(unit, Lot, key)
        movement = await move(
            unit,
            lot,
            -input.mass,
            WasteStockReason.LOSS,
            at=input.happened_at or unit.now,
            method=input.method,
            note=input.reason.strip(),
        )
        unit.announce(STOCK_LOST, lot=lot.id)
        village = await unit.own_village()
    return WasteRecordLossPayload(
        lot=ref(WasteLot, lot), movement=ref(WasteStockMovement, movement), village=ref(Village, village)
    )


async def _heap(unit: WriteUnit, place: Key, category_key: Key | None, stream: WasteStream | None) -> Lot:
    facility = await found(unit, Facility, place)
    category = await found(unit, Category, category_key) if category_key is not None else None
    of = category.stream if category is not None else stream
    assert of is not None, "judged"
    return await standing_lot(unit, facility.id, of, category)


MUTATIONS = (waste_count_stock, waste_record_loss)
