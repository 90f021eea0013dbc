"""The small bank of a village where the demo has no people: what comes on Saturdays, and is sold at times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import partial

from ..models import Sale, SaleLine, WasteMeasure
from ..models import WasteStockReason as Why
from .categories import Categories
from .history import History, Row
from .leaving import BUYERS, RECEIPT, worth
from .stock import Stock
from .timeline import Deed, due
from .weighings import Weighing, small_bank

SELLS_AT = time(8, 30)
PRICE = 1_200
"""Rupiah for a kilogram of what is not sorted."""


async def keep_small_bank(history: History, facility: Row) -> None:
    stock = Stock(history, facility, Categories(history))
    await stock.load()

    def deeds(day: date) -> Iterator[Deed]:
        for weighing in small_bank(history.code, day):
            yield Deed(history.moment(day, weighing.at), partial(_weigh, stock, weighing), weighs=True)
        if day.weekday() == 5 and day.isocalendar().week % 4 == 0:
            yield Deed(history.moment(day, SELLS_AT), partial(_sell, history, stock))

    for at, deed in due(deeds, history.last, history.unit.now, history.zone):
        deed.do(at)
    await history.write()


def _weigh(stock: Stock, weighing: Weighing, at: datetime) -> None:
    stock.take_in(weighing, at)


def _sell(history: History, stock: Stock, at: datetime) -> None:
    """All that is there."""
    grams = stock.held("ANORGANIK")
    if not grams:
        return
    day, lot = history.day_of(at), stock.lot("ANORGANIK", at)
    sale = history.add(
        Sale, facility_id=lot["facility_id"], buyer=BUYERS[0], receipt_no=history.number(RECEIPT, day),
        sold_at=at, business_date=day, paid_on=day, mass=grams, value=worth(grams, PRICE),
    )  # fmt: skip
    line = history.add(
        SaleLine, sale_id=sale["id"], facility_id=lot["facility_id"], business_date=day, stream=lot["stream"],
        method=WasteMeasure.WEIGHED, lot_id=lot["id"], mass=grams, price_per_kg=PRICE,
        value=worth(grams, PRICE),
    )  # fmt: skip
    stock.move("ANORGANIK", -grams, Why.SALE, at, sale_line_id=line["id"])
