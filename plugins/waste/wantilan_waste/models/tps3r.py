"""What happens inside of a facility: intakes, lots and their stock, batches, sales, trips.

Every gram that comes, is moved or leaves is a stock movement; the balance of a lot is that of its last one.
Beside the movements stand the records of what was done: intakes, sales, trips, batches. The mass balance
compares the two, so neither is made from the other.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wantilan import Grams, GramsChange, Rupiah, VillageTable, reference, rollup, tables

from .collection import Run
from .facilities import Category, Facility
from .points import ServicePoint
from .words import (
    WasteBatchKind,
    WasteBatchState,
    WasteMeasure,
    WasteRecipient,
    WasteSourceClass,
    WasteStockReason,
    WasteStream,
    WasteTripKind,
)


class Intake(VillageTable):
    """What a facility took in at one time. Append-only. Weighed, it has a gross mass and a tare; by volume, a
    volume and the density that was used; counted, pieces and the mass of one; estimated, none of these.
    """

    __tablename__ = "waste_intake"
    __table_args__ = (
        sa.CheckConstraint(
            "(method = 'WEIGHED') = (gross_grams IS NOT NULL) "
            "AND (gross_grams IS NULL) = (tare_grams IS NULL) "
            "AND (gross_grams IS NULL OR mass_grams = gross_grams - tare_grams)",
            name="net",
        ),
        sa.CheckConstraint(
            "(method = 'VOLUME') = (millilitres IS NOT NULL) "
            "AND (millilitres IS NULL) = (grams_per_litre IS NULL) "
            "AND (millilitres IS NULL OR mass_grams = (millilitres * grams_per_litre) / 1000)",
            name="volume",
        ),
        sa.CheckConstraint(
            "(method = 'COUNT') = (pieces IS NOT NULL) "
            "AND (pieces IS NULL) = (grams_per_piece IS NULL) "
            "AND (pieces IS NULL OR mass_grams = pieces * grams_per_piece)",
            name="count",
        ),
        sa.CheckConstraint("mass_grams > 0", name="mass"),
        sa.Index(None, "village_id", "weighed_at", "id"),
        sa.Index(None, "village_id", "mass_grams", "id"),
        sa.Index(None, "village_id", "business_date", "stream", "mass_grams"),
        sa.Index(None, "village_id", "household_id", "weighed_at", "id"),
        sa.Index(None, "village_id", "facility_id", "weighed_at", "id"),
        sa.Index(None, "village_id", "source_class", "weighed_at", "id"),
        sa.Index(None, "village_id", "stream", "weighed_at", "id"),
        sa.Index(None, "village_id", "run_id"),
        sa.Index(None, "village_id", "facility_id", "business_date"),
        sa.Index(
            "uq_waste_intake_photo",
            "village_id",
            "photo_id",
            unique=True,
            sqlite_where=sa.text("photo_id IS NOT NULL"),
            postgresql_where=sa.text("photo_id IS NOT NULL"),
        ),
    )

    facility_id: Mapped[UUID] = reference(Facility)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    stream: Mapped[WasteStream]
    source_class: Mapped[WasteSourceClass]
    gross_grams: Mapped[Grams | None]
    tare_grams: Mapped[Grams | None]
    mass_grams: Mapped[Grams]
    weighed_at: Mapped[datetime]
    business_date: Mapped[date]
    photo_id: Mapped[UUID | None] = reference(tables.File)
    recorded_by: Mapped[UUID | None] = mapped_column()
    method: Mapped[WasteMeasure] = mapped_column(
        default=WasteMeasure.WEIGHED, server_default=WasteMeasure.WEIGHED.name
    )
    category_id: Mapped[UUID | None] = reference(Category)
    run_id: Mapped[UUID | None] = reference(Run)
    point_id: Mapped[UUID | None] = reference(ServicePoint)
    millilitres: Mapped[int | None] = mapped_column(sa.BigInteger())
    grams_per_litre: Mapped[int | None]
    pieces: Mapped[int | None] = mapped_column(sa.BigInteger())
    grams_per_piece: Mapped[int | None]


class Lot(VillageTable):
    """A heap of one stream at a facility, of one category or still mixed. Its label is the category's code,
    the stream's name while it is mixed, or its own. Its stock is never below nothing: the amount's own CHECK
    says so.
    """

    __tablename__ = "waste_lot"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "facility_id", "label"),
        sa.Index(None, "village_id", "category_id"),
        sa.Index(None, "village_id", "stream", "label", "id"),
        sa.Index(None, "village_id", "label", "id"),
        sa.Index(None, "village_id", "stock", "id"),
    )

    facility_id: Mapped[UUID] = reference(Facility)
    label: Mapped[str]
    stream: Mapped[WasteStream]
    category_id: Mapped[UUID | None] = reference(Category)
    stock: Mapped[Grams]
    movements: Mapped[int]
    opened_on: Mapped[date]


class Batch(VillageTable):
    """Waste that is sorted or processed together: what goes in, what comes out, and what is lost (water, gas,
    spillage). Finished, input = output + loss.
    """

    __tablename__ = "waste_batch"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "facility_id", "label"),
        sa.CheckConstraint("state <> 'FINISHED' OR input = output + loss", name="balance"),
        sa.CheckConstraint("(state = 'FINISHED') = (finished_at IS NOT NULL)", name="finished"),
        sa.Index(None, "village_id", "state", "started_on", "id"),
        sa.Index(None, "village_id", "started_on", "id"),
        sa.Index(None, "village_id", "kind", "started_on", "id"),
        sa.Index(None, "village_id", "facility_id", "finished_on"),
        sa.Index(None, "village_id", "finished_on"),
    )

    facility_id: Mapped[UUID] = reference(Facility)
    label: Mapped[str]
    kind: Mapped[WasteBatchKind]
    state: Mapped[WasteBatchState]
    started_on: Mapped[date]
    finished_at: Mapped[datetime | None]
    finished_on: Mapped[date | None]
    input: Mapped[Grams]
    output: Mapped[Grams]
    loss: Mapped[Grams]
    note: Mapped[str | None]


class Sale(VillageTable):
    """What a buyer took and what he pays for it."""

    __tablename__ = "waste_sale"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "receipt_no"),
        sa.Index(None, "village_id", "business_date", "id"),
        sa.Index(None, "village_id", "facility_id", "business_date", "id"),
    )

    facility_id: Mapped[UUID] = reference(Facility)
    buyer: Mapped[str]
    receipt_no: Mapped[str]
    sold_at: Mapped[datetime]
    business_date: Mapped[date]
    paid_on: Mapped[date | None]
    mass: Mapped[Grams]
    value: Mapped[Rupiah]
    recorded_by: Mapped[UUID | None] = mapped_column()


class SaleLine(VillageTable):
    """One category of a sale: value = floor(mass x price per kilogram / 1000). Facility and day are the
    sale's, the stream is the lot's.
    """

    __tablename__ = "waste_sale_line"
    __table_args__ = (
        sa.CheckConstraint("mass > 0", name="mass"),
        sa.CheckConstraint("value = (mass * price_per_kg) / 1000", name="value"),
        sa.Index(None, "village_id", "sale_id"),
        sa.Index(None, "village_id", "category_id"),
        sa.Index(None, "village_id", "lot_id"),
        sa.Index(None, "village_id", "facility_id", "business_date"),
        sa.Index(None, "village_id", "business_date", "stream"),
    )

    sale_id: Mapped[UUID] = reference(Sale)
    facility_id: Mapped[UUID] = reference(Facility)
    business_date: Mapped[date]
    stream: Mapped[WasteStream]
    method: Mapped[WasteMeasure]
    lot_id: Mapped[UUID] = reference(Lot)
    category_id: Mapped[UUID | None] = reference(Category)
    mass: Mapped[Grams]
    price_per_kg: Mapped[Rupiah]
    value: Mapped[Rupiah]


class Trip(VillageTable):
    """What left a facility without being sold: residue to the landfill with its ticket, hazardous waste
    handed over, compost given away. The stream is the lot's.
    """

    __tablename__ = "waste_trip"
    __table_args__ = (
        sa.CheckConstraint("mass > 0", name="mass"),
        sa.CheckConstraint(
            "kind <> 'RESIDUE' OR (vehicle IS NOT NULL AND ticket_no IS NOT NULL)", name="ticket"
        ),
        sa.CheckConstraint(
            "(kind = 'B3_HANDOVER') = (stream = 'B3') AND (kind = 'B3_HANDOVER') = (recipient IS NOT NULL)",
            name="b3",
        ),
        sa.CheckConstraint("recipient <> 'LICENSED' OR licence_no IS NOT NULL", name="licence"),
        sa.Index(None, "village_id", "business_date", "id"),
        sa.Index(None, "village_id", "kind", "business_date", "id"),
        sa.Index(None, "village_id", "facility_id", "business_date", "id"),
        sa.Index(None, "village_id", "lot_id"),
    )

    facility_id: Mapped[UUID] = reference(Facility)
    lot_id: Mapped[UUID] = reference(Lot)
    kind: Mapped[WasteTripKind]
    stream: Mapped[WasteStream]
    destination: Mapped[str]
    recipient: Mapped[WasteRecipient | None]
    licence_no: Mapped[str | None]
    vehicle: Mapped[str | None]
    ticket_no: Mapped[str | None]
    mass: Mapped[Grams]
    method: Mapped[WasteMeasure]
    left_at: Mapped[datetime]
    business_date: Mapped[date]
    recorded_by: Mapped[UUID | None] = mapped_column()


class StockMovement(VillageTable):
    """One change of a lot's stock. Append-only; `number` counts the movements of the lot from 1, and
    `stock_after` is what it holds then. Facility and stream are the lot's.
    """

    __tablename__ = "waste_stock_movement"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "lot_id", "number"),
        sa.CheckConstraint("delta <> 0", name="delta"),
        sa.Index("ix_waste_stock_movement_balance", "village_id", "facility_id", "business_date", "reason"),
        sa.Index(None, "village_id", "business_date", "stream"),
        sa.Index(None, "village_id", "reason", "happened_at", "id"),
        sa.Index(None, "village_id", "stream", "happened_at", "id"),
        sa.Index(None, "village_id", "batch_id"),
        sa.Index(None, "village_id", "intake_id"),
        sa.Index(None, "village_id", "happened_at", "id"),
    )

    lot_id: Mapped[UUID] = reference(Lot)
    facility_id: Mapped[UUID] = reference(Facility)
    stream: Mapped[WasteStream]
    number: Mapped[int]
    delta: Mapped[GramsChange]
    stock_after: Mapped[Grams]
    reason: Mapped[WasteStockReason]
    method: Mapped[WasteMeasure]
    happened_at: Mapped[datetime]
    business_date: Mapped[date]
    intake_id: Mapped[UUID | None] = reference(Intake)
    batch_id: Mapped[UUID | None] = reference(Batch)
    sale_line_id: Mapped[UUID | None] = reference(SaleLine)
    trip_id: Mapped[UUID | None] = reference(Trip)
    note: Mapped[str | None]
    recorded_by: Mapped[UUID | None] = mapped_column()


INTAKE_TOTAL = rollup(
    "waste_intake_total",
    Intake,
    day=Intake.business_date,
    by=[Intake.stream],
    sums=[Intake.mass_grams],
)
