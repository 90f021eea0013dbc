"""Sales are recorded, and paid."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from wantilan import (
    Grams,
    Info,
    InvalidTransition,
    Judge,
    NotFound,
    Rupiah,
    Text,
    Village,
    input,
    mutation,
    payload,
    ref,
)

from ..models import Facility, Sale, SaleLine, WasteMeasure, WasteStockReason
from ..numbering import next_number
from ..permissions import STOCK_RECORD
from ..rules.sales import DEAREST, TOO_DEAR, check_sold, value_of
from ..rules.wording import text_fault
from ..stock import hold, move
from ..stock_events import SALE_PAID, SALE_RECORDED
from ..types.facilities import WasteFacility
from ..types.stock import WasteLot, WasteSale
from .judging import Lines, found, judge_mass, judge_moment, lots_of, refuse

MOST_BUYER = 100
RECEIPT = "JUAL"
"""Under which name receipts of sales are numbered."""
IN_FUTURE = Text("Tidak boleh di masa depan.", "Must not lie in the future.")
BEFORE_SALE = Text("Sebelum hari penjualan.", "Before the day of the sale.")
PAID_ALREADY = Text("Sudah dibayar.", "It is paid already.")


@input
class WasteSaleLineInput:
    """What is sold out of one lot."""

    lot_id: strawberry.ID
    """The lot, at the facility of the sale. Hazardous waste is never sold."""
    mass: Grams
    """How much."""
    price_per_kg: Rupiah
    """The price of a kilogram. The line is worth floor(mass x price per kilogram / 1000)."""
    method: WasteMeasure = WasteMeasure.WEIGHED
    """How the mass became known."""


@input
class WasteRecordSaleInput:
    """What a buyer took."""

    facility_id: strawberry.ID
    """Where it was sold."""
    buyer: str
    """Who bought it, 1 to 100 characters."""
    lines: list[WasteSaleLineInput]
    """What was sold, 1 to 50 lines."""
    sold_at: datetime | None = None
    """When; now, if left out."""
    paid_on: date | None = None
    """The day it was paid, if it is."""


@payload
class WasteRecordSalePayload:
    """The sale."""

    sale: WasteSale | None
    """The sale with its receipt number; null for those who may record but not read."""
    facility: WasteFacility
    """Where it was sold."""
    village: Village
    """The village, for reading its stock again."""


@input
class WasteMarkSalePaidInput:
    """Which sale, and when it was paid."""

    sale_id: strawberry.ID
    """The sale."""
    paid_on: date | None = None
    """The day it was paid; today, if left out."""


@payload
class WasteMarkSalePaidPayload:
    """The sale as it is now."""

    sale: WasteSale | None
    """The sale; null for those who may record but not read."""


@mutation(needs=STOCK_RECORD)
async def waste_record_sale(info: Info, input: WasteRecordSaleInput) -> WasteRecordSalePayload:
    """Record what a buyer took out of the stock. RULE_VIOLATED: `waste.b3` for hazardous waste, `waste.stock`
    when there is not so much.
    """
    judge = Judge(input)
    key = judge.key(WasteFacility, "facility_id")
    refuse(judge, "buyer", text_fault(input.buyer, MOST_BUYER))
    judge_moment(judge, "sold_at", input.sold_at)
    lines = Lines(judge, "lines", input.lines)
    for one in lines.judges:
        judge_mass(one, "mass", one.input.mass)
        if one.good("price_per_kg") and one.input.price_per_kg > DEAREST:
            one.refuse("price_per_kg", "TOO_DEAR", TOO_DEAR)
    keys = lines.keys(WasteLot, "lot_id")
    lines.note()
    if key is None:
        judge.check()
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        facility = await found(unit, Facility, key)
        lots = await lots_of(unit, lines, keys, facility.id)
        at = input.sold_at or unit.now
        if judge.good("sold_at", "paid_on"):
            judge_paid(judge, input.paid_on, unit.business_date(at), unit.today)
        judge.check()
        check_sold(lot.stream for lot in lots)
        await hold(unit, lots)
        sale = Sale(
            facility_id=facility.id,
            buyer=input.buyer.strip(),
            receipt_no=await next_number(unit, RECEIPT),
            sold_at=at,
            business_date=unit.business_date(at),
            paid_on=input.paid_on,
            mass=Grams(sum(line.mass for line in input.lines)),
            value=Rupiah(sum(value_of(line.mass, line.price_per_kg) for line in input.lines)),
            recorded_by=unit.actor_id,
        )
        await unit.add(sale)
        sold = [
            SaleLine(
                sale_id=sale.id,
                facility_id=facility.id,
                business_date=sale.business_date,
                stream=lot.stream,
                method=line.method,
                lot_id=lot.id,
                category_id=lot.category_id,
                mass=line.mass,
                price_per_kg=line.price_per_kg,
                value=value_of(line.mass, line.price_per_kg),
            )
            for lot, line in zip(lots, input.lines, strict=True)
        ]
        await unit.add(*sold)
        for lot, line in sorted(zip(lots, sold, strict=True), key=lambda both: both[0].label):
            await move(
                unit, lot, -line.mass, WasteStockReason.SALE, at=at, method=line.method, sale_line=line
            )
        unit.announce(SALE_RECORDED, sale=sale.id, facility=facility.id)
        village = await unit.own_village()
    return WasteRecordSalePayload(
        sale=ref(WasteSale, sale), facility=ref(WasteFacility, facility), village=ref(Village, village)
    )


@mutation(needs=STOCK_RECORD)
async def waste_mark_sale_paid(info: Info, input: WasteMarkSalePaidInput) -> WasteMarkSalePaidPayload:
    """Write down that a sale was paid. INVALID_TRANSITION when it was written down before."""
    judge = Judge(input)
    key = judge.key(WasteSale, "sale_id")
    if key is None:
        judge.check()
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        sale = await found(unit, Sale, key, lock=True)
        paid_on = input.paid_on or unit.today
        if judge.good("paid_on"):
            judge_paid(judge, paid_on, sale.business_date, unit.today)
        judge.check()
        if sale.paid_on is not None:
            raise InvalidTransition(PAID_ALREADY)
        sale.paid_on = paid_on
        await unit.flush()
        unit.announce(SALE_PAID, sale=sale.id)
    return WasteMarkSalePaidPayload(sale=ref(WasteSale, sale))


def judge_paid(judge: Judge, paid_on: date | None, sold_on: date, today: date) -> None:
    if paid_on is not None and paid_on > today:
        judge.refuse("paid_on", "IN_FUTURE", IN_FUTURE)
    elif paid_on is not None and paid_on < sold_on:
        judge.refuse("paid_on", "BEFORE_SALE", BEFORE_SALE)


MUTATIONS = (waste_record_sale, waste_mark_sale_paid)
