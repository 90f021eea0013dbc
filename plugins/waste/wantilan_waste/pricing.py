"""Prices of the waste bank: append-only, and the last one that has begun counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from wantilan import Rupiah, Unit

from .models import PriceItem, Tariff


async def prices_at(unit: Unit, categories: Collection[UUID], moment: datetime) -> Mapping[UUID, Rupiah]:
    """Rupiah a kilogram of those of the categories that have a price at the moment."""
    begun = (
        sa.select(PriceItem.category_id, sa.func.max(PriceItem.effective_from).label("since"))
        .where(
            PriceItem.village_id == unit.village.id,
            PriceItem.category_id.in_(categories),
            PriceItem.effective_from <= moment,
        )
        .group_by(PriceItem.category_id)
        .subquery()
    )
    found = sa.select(PriceItem.category_id, PriceItem.price_per_kg).where(
        PriceItem.village_id == unit.village.id,
        PriceItem.category_id == begun.c.category_id,
        PriceItem.effective_from == begun.c.since,
    )
    return {row.category_id: row.price_per_kg for row in await unit.session.execute(found)}


async def set_price(
    unit: Unit, category_id: UUID, price_per_kg: Rupiah, effective_from: datetime
) -> PriceItem:
    """Say what a category is worth from a moment on. Raises Conflict when a price from then on is there."""
    if not await unit.exists(Tariff, Tariff.category_id == category_id):
        await unit.add(Tariff(category_id=category_id))
    item = PriceItem(
        category_id=category_id,
        price_per_kg=price_per_kg,
        effective_from=effective_from,
        set_by=unit.actor_id,
    )
    await unit.add(item)
    return item
