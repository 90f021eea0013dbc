"""The price list of a set-up: rupiah a kilogram, by the category's code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from wantilan import FieldFault, Rupiah, Unit

from ..models import Category, WasteStream
from ..mutations.prices import SET
from ..pricing import prices_at, set_price
from ..rules.saving import B3_HAS_NO_PRICE, DEAREST, UNKNOWN_CATEGORY
from .categories import Categories
from .words import Fault

WHERE = "prices"

Price = Annotated[int, Field(strict=True, ge=0, le=DEAREST)]
Prices = Mapping[str, Price]


async def given(unit: Unit) -> dict[str, int]:
    """Of the categories in use, as they are at this moment."""
    codes = {row.id: row.code for row in await unit.all(Category, Category.active.is_(True))}
    now = await prices_at(unit, codes.keys(), unit.now)
    return dict(sorted((codes[key], int(price)) for key, price in now.items()))


def faults(wanted: Prices, categories: Categories, there: Mapping[str, Category]) -> list[Fault]:
    """What speaks against these prices, once all of these categories are taken over."""
    found: list[Fault] = []
    for code in wanted:
        known = there.get(code) or categories.get(code)
        if known is None:
            found.append(FieldFault((WHERE, code), *UNKNOWN_CATEGORY))
        elif known.stream is WasteStream.B3:
            found.append(FieldFault((WHERE, code), *B3_HAS_NO_PRICE))
    return found


async def take(unit: Unit, wanted: Prices, there: Mapping[str, Category]) -> None:
    """From now on. A price that is the same already is not set again; of a category that is not in use none
    is set.
    """
    ids = {code: there[code].id for code in wanted if code in there and there[code].active}
    now = await prices_at(unit, ids.values(), unit.now)
    new = sorted(code for code, key in ids.items() if now.get(key) != wanted[code])
    for code in new:
        await set_price(unit, ids[code], Rupiah(wanted[code]), unit.now)
    if new:
        unit.announce(SET)
