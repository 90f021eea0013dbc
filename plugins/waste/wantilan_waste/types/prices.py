"""The price list of the waste bank, as clients see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from wantilan import Connection, Rupiah, connection, entity, expression, one, own_village, within

from ..models import PriceItem, Tariff
from ..permissions import BANK_READ, BANK_TELL, PRICE_SET, STOCK_READ
from .categories import WasteCategory

READERS = [within(BANK_READ), within(BANK_TELL), within(PRICE_SET), within(STOCK_READ), own_village()]


class Moment(FunctionElement[datetime]):
    """The present moment, as an instant is kept in each database."""

    type = PriceItem.effective_from.type
    inherit_cache = True


@compiles(Moment)
def _default(element: Moment, compiler: Any, **kw: Any) -> str:
    return "statement_timestamp()"


@compiles(Moment, "sqlite")
def _sqlite(element: Moment, compiler: Any, **kw: Any) -> str:
    return "strftime('%Y-%m-%dT%H:%M:%fZ','now')"


def in_force(tariff: sa.FromClause, items: sa.FromClause, wanted: str) -> sa.ColumnElement[Any]:
    """Of the prices of a category, the one that has begun last."""
    begun = sa.select(items.c[wanted]).where(
        items.c.village_id == tariff.c.village_id,
        items.c.category_id == tariff.c.category_id,
        items.c.effective_from <= Moment(),
    )
    return begun.order_by(items.c.effective_from.desc()).limit(1).scalar_subquery()


@entity(PriceItem, read=READERS, order=[PriceItem.effective_from], filter=[PriceItem.effective_from])
class WastePriceItem:
    """What a category is worth from a moment on. It never changes: another price is another item."""

    category: WasteCategory | None = one()
    """The category."""
    price_per_kg: Rupiah
    """Rupiah for a kilogram."""
    effective_from: datetime
    """Since when it counts, or from when on it will."""


@entity(Tariff, read=READERS)
class WastePrice:
    """A line of the price list: a category and what it is worth at this moment."""

    category: WasteCategory | None = one()
    """The category."""
    price_per_kg: Rupiah | None = expression(
        lambda t, items: in_force(t, items, "price_per_kg"),
        type=PriceItem.price_per_kg.type,
        reads=[WastePriceItem],
    )
    """Rupiah for a kilogram, at this moment; null when its first price has not begun yet."""
    effective_from: datetime | None = expression(
        lambda t, items: in_force(t, items, "effective_from"),
        type=PriceItem.effective_from.type,
        reads=[WastePriceItem],
    )
    """Since when it is worth that."""
    items: Connection[WastePriceItem] | None = connection((Tariff.category_id, PriceItem.category_id))
    """All its prices: those that were, the one that is, those that were announced."""


TYPES = (WastePriceItem, WastePrice)
