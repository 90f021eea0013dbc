"""The stock of a facility: every gram that comes, is moved or leaves passes here.

Whoever changes the stock of several lots takes them in the order of their labels (`in_order`), after the
batch or run that he works on and before a receipt number: so two transactions never wait for each other in a
circle.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.attributes import set_committed_value

from wantilan import Grams, GramsChange, RuleViolated, Text, Unit, uuid7

from .models import (
    Batch,
    Category,
    Intake,
    Lot,
    SaleLine,
    StockMovement,
    Trip,
    WasteMeasure,
    WasteStockReason,
    WasteStream,
)

TOO_LITTLE = Text("Stok tidak cukup.", "There is not so much in stock.")
OTHER_LOT = Text(
    "Label ini sudah dipakai untuk kategori lain.", "A lot of another category has this label already."
)


class Labelled(Protocol):
    @property
    def label(self) -> str: ...


L = TypeVar("L", bound=Labelled)


def in_order(lots: Iterable[L]) -> list[L]:
    """Lots in the order in which they are held."""
    return sorted(lots, key=lambda lot: lot.label)


async def hold(unit: Unit, lots: Iterable[Lot]) -> None:
    """Hold these lots until the end of the transaction: before rows are written that point at several of
    them, for each of those holds its lot too.
    """
    own = [Lot.village_id == unit.village.id, Lot.id.in_({lot.id for lot in lots})]
    await unit.session.execute(sa.select(Lot.id).where(*own).order_by(Lot.label).with_for_update())


def standing_label(stream: WasteStream, category: Category | None) -> str:
    """The label of the lot into which a category is put, or what is still mixed of a stream."""
    return category.code if category is not None else stream.name


async def standing_lot(
    unit: Unit,
    facility_id: UUID,
    stream: WasteStream,
    category: Category | None = None,
    *,
    label: str | None = None,
) -> Lot:
    """The lot into which a facility puts a category, or what is still mixed of a stream, or the one with a
    label of its own; held until the end of the transaction. It is made when it is needed first, also when
    two need it at once. Raises RuleViolated when the label is that of another category.
    """
    label = label or standing_label(stream, category)
    await unit.session.execute(
        _insert(unit)(Lot)
        .values(
            village_id=unit.village.id, id=uuid7(), facility_id=facility_id, label=label, stream=stream,
            category_id=category.id if category is not None else None,
            stock=0, movements=0, opened_on=unit.today,
        )
        .on_conflict_do_nothing(index_elements=["village_id", "facility_id", "label"])
    )  # fmt: skip
    lot = await unit.first(Lot, Lot.facility_id == facility_id, Lot.label == label, lock=True)
    assert lot is not None, "made above, and lots are never removed"
    if (lot.stream, lot.category_id) != (stream, category.id if category is not None else None):
        raise RuleViolated("waste.lot", OTHER_LOT)
    return lot


async def move(
    unit: Unit,
    lot: Lot,
    grams: int,
    reason: WasteStockReason,
    *,
    at: datetime,
    method: WasteMeasure = WasteMeasure.WEIGHED,
    intake: Intake | None = None,
    batch: Batch | None = None,
    sale_line: SaleLine | None = None,
    trip: Trip | None = None,
    note: str | None = None,
) -> StockMovement:
    """Change the stock of a lot by so many grams: below nothing for what leaves. The database itself looks
    whether there is so much, so that the lot need not be held before.

    Raises RuleViolated when there is not so much in it.
    """
    moved = (
        await unit.session.execute(
            _moving(), {"village": unit.village.id, "lot": lot.id, "grams": grams}, execution_options=APART
        )
    ).one_or_none()
    if moved is None:
        raise RuleViolated("waste.stock", TOO_LITTLE)
    set_committed_value(lot, "stock", moved.stock)
    set_committed_value(lot, "movements", moved.movements)
    made = StockMovement(
        lot_id=lot.id,
        facility_id=lot.facility_id,
        stream=lot.stream,
        number=moved.movements,
        delta=GramsChange(grams),
        stock_after=moved.stock,
        reason=reason,
        method=method,
        happened_at=at,
        business_date=unit.business_date(at),
        intake_id=intake.id if intake is not None else None,
        batch_id=batch.id if batch is not None else None,
        sale_line_id=sale_line.id if sale_line is not None else None,
        trip_id=trip.id if trip is not None else None,
        note=note,
        recorded_by=unit.actor_id,
    )
    await unit.add(made)
    return made


async def take_in(unit: Unit, intake: Intake, category: Category | None = None) -> None:
    """Write an intake, and put its mass into the facility's lot: two statements more than the intake alone.

    Raises RuleViolated when the lot's label is that of another category.
    """
    await unit.add(intake)
    put = (
        await unit.session.execute(
            _putting(unit.session.get_bind().dialect.name),
            {
                "village": unit.village.id,
                "lot": uuid7(),
                "facility": intake.facility_id,
                "label": standing_label(intake.stream, category),
                "stream": intake.stream,
                "category": category.id if category is not None else None,
                "grams": intake.mass_grams,
                "today": unit.today,
            },
            execution_options=APART,
        )
    ).one_or_none()
    if put is None:
        raise RuleViolated("waste.lot", OTHER_LOT)
    await unit.add(
        StockMovement(
            lot_id=put.id,
            facility_id=intake.facility_id,
            stream=intake.stream,
            number=put.movements,
            delta=GramsChange(intake.mass_grams),
            stock_after=Grams(put.stock),
            reason=WasteStockReason.IN,
            method=intake.method or WasteMeasure.WEIGHED,
            happened_at=intake.weighed_at,
            business_date=intake.business_date,
            intake_id=intake.id,
            recorded_by=unit.actor_id,
        )
    )


APART = {"synchronize_session": False}
"""The rows that the session knows are told of it by hand."""


def _insert(unit: Unit) -> Any:
    return postgresql.insert if unit.session.get_bind().dialect.name == "postgresql" else sqlite.insert


@cache
def _moving() -> sa.Update:
    """Built once: building a statement costs as much as running it."""
    grams = sa.bindparam("grams", type_=sa.BigInteger())
    return (
        sa.update(Lot)
        .where(
            Lot.village_id == sa.bindparam("village"), Lot.id == sa.bindparam("lot"), Lot.stock + grams >= 0
        )
        .values(stock=Lot.stock + grams, movements=Lot.movements + 1)
        .returning(Lot.stock, Lot.movements)
    )


@cache
def _putting(dialect: str) -> Any:
    """Puts so much into a lot, which is made if it is not there."""
    grams = sa.bindparam("grams", type_=sa.BigInteger())
    first = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(Lot).values(
        village_id=sa.bindparam("village"),
        id=sa.bindparam("lot"),
        facility_id=sa.bindparam("facility"),
        label=sa.bindparam("label"),
        stream=sa.bindparam("stream"),
        category_id=sa.bindparam("category"),
        stock=grams,
        movements=1,
        opened_on=sa.bindparam("today"),
    )
    return first.on_conflict_do_update(
        index_elements=["village_id", "facility_id", "label"],
        set_={"stock": Lot.stock + first.excluded.stock, "movements": Lot.movements + 1},
        where=(Lot.stream == first.excluded.stream)
        & Lot.category_id.is_not_distinct_from(first.excluded.category_id),
    ).returning(Lot.id, Lot.stock, Lot.movements)
