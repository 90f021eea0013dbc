"""Facilities, and the categories into which waste is sorted."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wantilan import Grams, VillageTable

from .words import WasteFacilityKind, WastePpClass, WasteSipsnClass, WasteStream


class Facility(VillageTable):
    """A place of the village that takes in waste."""

    __tablename__ = "waste_facility"
    __table_args__ = (sa.UniqueConstraint("village_id", "name"),)

    name: Mapped[str]
    kind: Mapped[WasteFacilityKind]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    address: Mapped[str | None]
    area_square_metres: Mapped[int | None]
    daily_capacity: Mapped[Grams | None]
    staff: Mapped[int | None]


class Category(VillageTable):
    """A kind of waste that is told apart. Categories form a tree; a parent is of the same stream."""

    __tablename__ = "waste_category"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "code"),
        sa.ForeignKeyConstraint(
            ["village_id", "parent_id"], ["waste_category.village_id", "waste_category.id"]
        ),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name="own_parent"),
        sa.CheckConstraint("grams_per_litre > 0", name="density"),
        sa.CheckConstraint("resin BETWEEN 1 AND 7", name="resin"),
        sa.CheckConstraint("NOT (stream = 'B3' AND accepted_by_bank)", name="b3_not_banked"),
        sa.Index(None, "village_id", "stream", "code"),
        sa.Index(None, "village_id", "parent_id"),
    )

    code: Mapped[str]
    name_id: Mapped[str]
    name_en: Mapped[str]
    stream: Mapped[WasteStream]
    sipsn_class: Mapped[WasteSipsnClass]
    pp_class: Mapped[WastePpClass]
    resin: Mapped[int | None]
    parent_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    grams_per_litre: Mapped[int | None]
    accepted_by_bank: Mapped[bool]
    active: Mapped[bool]
