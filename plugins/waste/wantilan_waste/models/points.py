"""Service points: where waste is made and fetched, and what was asked there about sorting."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wantilan import VillageTable, reference, tables

from .words import WasteOrganicHandling, WastePointStatus, WasteSourceClass


class ServicePoint(VillageTable):
    """A household or a business that is served. `code` is what its QR says; rotating it makes the old one
    worthless.
    """

    __tablename__ = "waste_service_point"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "code"),
        sa.CheckConstraint("(household_id IS NULL) <> (business_name IS NULL)", name="one_holder"),
        sa.CheckConstraint("people BETWEEN 0 AND 100000", name="people"),
        sa.CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="place"),
        sa.CheckConstraint("(status = 'CLOSED') = (closed_on IS NOT NULL)", name="closed"),
        sa.Index(
            "uq_waste_service_point_household",
            "village_id",
            "household_id",
            unique=True,
            sqlite_where=sa.text("status != 'CLOSED'"),
            postgresql_where=sa.text("status != 'CLOSED'"),
        ),
        sa.Index(None, "village_id", "household_id"),
        sa.Index(None, "village_id", "hamlet_id", "label_key", "id"),
        sa.Index(None, "village_id", "label_key", "id"),
        sa.Index(None, "village_id", "status", "label_key"),
        sa.Index(None, "village_id", "source_class", "label_key"),
        sa.Index(None, "village_id", "organic_handling"),
        sa.Index(None, "village_id", "opened_on"),
    )

    code: Mapped[str]
    code_since: Mapped[datetime]
    household_id: Mapped[UUID | None] = reference(tables.Household)
    business_name: Mapped[str | None]
    label: Mapped[str]
    label_key: Mapped[str]
    hamlet_id: Mapped[UUID] = reference(tables.Hamlet)
    source_class: Mapped[WasteSourceClass]
    people: Mapped[int | None]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    instructions: Mapped[str | None]
    organic_handling: Mapped[WasteOrganicHandling]
    status: Mapped[WastePointStatus]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]


class SourceSurvey(VillageTable):
    """What was asked and seen at a service point on a day. Append-only; the last one of a point counts."""

    __tablename__ = "waste_source_survey"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "point_id", "day"),
        sa.Index(None, "village_id", "day", "id"),
    )

    point_id: Mapped[UUID] = reference(ServicePoint)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    day: Mapped[date]
    is_sorting: Mapped[bool]
    organic_handling: Mapped[WasteOrganicHandling]
    single_use_plastic: Mapped[bool | None]
    recorded_by: Mapped[UUID | None] = mapped_column()
