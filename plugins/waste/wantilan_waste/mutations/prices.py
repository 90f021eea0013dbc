"""Prices of the waste bank are set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import strawberry

from wantilan import (
    Info,
    Judge,
    RegionCode,
    Rupiah,
    Text,
    Village,
    WriteUnit,
    input,
    mutation,
    payload,
    ref,
)

from ..judging import each, gather
from ..models import Category, PriceItem, WasteStream
from ..permissions import PRICE_SET
from ..pricing import set_price
from ..rules.saving import B3_HAS_NO_PRICE, RETIRED, UNKNOWN_CATEGORY, price_fault
from ..types.categories import WasteCategory
from ..types.prices import WastePriceItem

MOST = 200
SET = "waste.prices_set"


@input
class WastePriceInput:
    """What a category is to be worth."""

    category_id: strawberry.ID
    """The category. Hazardous waste (B3) has no price."""
    price_per_kg: Rupiah
    """Rupiah for a kilogram, at most 10,000,000."""


@input
class WasteSetPricesInput:
    """New prices of several categories."""

    village_code: RegionCode
    """The village whose waste bank it is."""
    prices: list[WastePriceInput]
    """The prices, 1 to 200, each category once."""
    effective_from: datetime | None = None
    """From when on they count: a moment to come; from now on, if left out."""


@payload
class WasteSetPricesPayload:
    """The new prices."""

    prices: list[WastePriceItem | None]
    """The prices, in the order of the input; null for those who may set prices but not read them."""
    village: Village
    """The village, for reading its price list again."""


@mutation(needs=PRICE_SET)
async def waste_set_prices(info: Info, input: WasteSetPricesInput) -> WasteSetPricesPayload:
    """Set prices of the waste bank. Prices are only ever added: deposits keep those of their moment."""
    judge = Judge(input)
    prices = input.prices
    if not 0 < len(prices) <= MOST:
        judge.refuse("prices", "HOW_MANY", Text("1 sampai 200 harga.", "1 to 200 prices."))
        prices = []
    judges = each(judge, "prices", prices)
    keys = [one.key(WasteCategory, "category_id") for one in judges]
    for one, item in zip(judges, prices, strict=True):
        if one.good("price_per_kg") and (fault := price_fault(item.price_per_kg)):
            one.refuse("price_per_kg", *fault)
    if not judge.good("village_code"):
        gather(judge, judges)
        judge.check()
    async with info.context.write(input.village_code) as unit:
        since = unit.now
        if judge.good("effective_from") and input.effective_from is not None:
            since = input.effective_from
            if since < unit.now:
                judge.refuse("effective_from", "IN_PAST", Text("Sudah lewat.", "Must not lie in the past."))
        ids = [key.id if key is not None and key.village_id == unit.village.id else None for key in keys]
        await _judge_categories(unit, judges, ids)
        gather(judge, judges)
        judge.check()
        made: list[PriceItem] = []
        for id_, item in zip(ids, prices, strict=True):
            assert id_ is not None, "judged"
            made.append(await set_price(unit, id_, item.price_per_kg, since))
        unit.announce(SET)
        village = await unit.own_village()
    return WasteSetPricesPayload(
        prices=[ref(WastePriceItem, item) for item in made], village=ref(Village, village)
    )


async def _judge_categories(unit: WriteUnit, judges: Sequence[Judge], ids: Sequence[UUID | None]) -> None:
    """Note each category that is not there, is hazardous, is used no more, or stands there twice."""
    wanted = [id_ for id_ in ids if id_ is not None]
    known = {row.id: row for row in await unit.all(Category, Category.id.in_(wanted))}
    for place, (one, id_) in enumerate(zip(judges, ids, strict=True)):
        if not one.good("category_id"):
            continue
        category = known.get(id_) if id_ is not None else None
        if category is None:
            one.refuse("category_id", *UNKNOWN_CATEGORY)
        elif id_ in ids[:place]:
            one.refuse("category_id", "TWICE", Text("Disebut dua kali.", "Named twice."))
        elif category.stream is WasteStream.B3:
            one.refuse("category_id", *B3_HAS_NO_PRICE)
        elif not category.active:
            one.refuse("category_id", *RETIRED)


MUTATIONS = (waste_set_prices,)
