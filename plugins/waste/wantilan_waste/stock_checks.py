"""Whether the stock is sound: what each lot holds is what was moved, and what was taken in was moved."""

from __future__ import annotations

from collections.abc import AsyncIterator

import sqlalchemy as sa

from wantilan import Finding, Severity, Text, Unit

from .models import Intake, Lot, StockMovement, WasteStockReason


async def stock_findings(unit: Unit) -> AsyncIterator[Finding]:
    """A lot that does not hold what its movements say is an error: nothing but this program changes it. An
    intake without a movement, or a movement without its intake, is what the mass balance shows as a gap.
    """
    lots = await unit.session.scalar(_lots_that_differ(unit))
    if lots:
        yield Finding(
            Severity.ERROR,
            Text(
                f"{lots} lot tidak sama dengan mutasinya.",
                f"{lots} lots do not hold what their movements say.",
            ),
            Text("Hitung stoknya lagi dan catat.", "Count what lies there, and record it."),
        )
    for name, missing in (("intakes", _intakes_unmoved(unit)), ("movements", _moved_without_intake(unit))):
        rows = await unit.session.scalar(missing)
        if rows:
            yield Finding(
                Severity.WARNING,
                Text(
                    f"{rows} baris ({name}) tanpa pasangannya: neraca massa menunjukkan selisih.",
                    f"{rows} {name} without their counterpart: the mass balance shows a gap.",
                ),
                Text(
                    "Yang ditimbang sebelum stok dicatat tidak ada di stok; periksa yang lain.",
                    "What was taken in before there was a stock lies in none; look at the others.",
                ),
            )


def _lots_that_differ(unit: Unit) -> sa.Select[int]:
    moved = (
        sa.select(
            sa.func.coalesce(sa.func.sum(StockMovement.delta), 0).label("grams"),
            sa.func.count().label("number"),
        )
        .where(StockMovement.village_id == Lot.village_id, StockMovement.lot_id == Lot.id)
        .correlate(Lot)
    )
    grams = moved.with_only_columns(moved.selected_columns.grams).scalar_subquery()
    number = moved.with_only_columns(moved.selected_columns.number).scalar_subquery()
    return (
        sa.select(sa.func.count())
        .select_from(Lot)
        .where(Lot.village_id == unit.village.id, sa.or_(Lot.stock != grams, Lot.movements != number))
    )


def _intakes_unmoved(unit: Unit) -> sa.Select[int]:
    moved = sa.exists().where(
        StockMovement.village_id == Intake.village_id, StockMovement.intake_id == Intake.id
    )
    return sa.select(sa.func.count()).select_from(Intake).where(Intake.village_id == unit.village.id, ~moved)


def _moved_without_intake(unit: Unit) -> sa.Select[int]:
    return (
        sa.select(sa.func.count())
        .select_from(StockMovement)
        .where(
            StockMovement.village_id == unit.village.id,
            StockMovement.reason == WasteStockReason.IN,
            StockMovement.batch_id.is_(None),
            StockMovement.intake_id.is_(None),
        )
    )
