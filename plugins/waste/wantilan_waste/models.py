"""Tables of the waste program: facilities and what they take in."""

from __future__ import annotations

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wantilan import Grams, VillageTable, reference, rollup, tables


class WasteStream(enum.Enum):
    """The public streams of waste."""

    ORGANIK = "organik"
    """Decays by nature: food, leaves, offerings."""
    ANORGANIK = "anorganik"
    """Does not decay by nature and can be used again."""
    B3 = "b3"
    """Hazardous and toxic."""
    RESIDU = "residu"
    """What is left for the landfill."""


class WasteSourceClass(enum.Enum):
    """Where waste comes from."""

    RUMAH_TANGGA = "rumah tangga"
    """Households."""
    WARUNG_TOKO = "warung, toko"
    """Food stalls and shops."""
    PASAR = "pasar"
    """Markets."""
    KANTOR = "kantor"
    """Offices."""
    SEKOLAH = "sekolah"
    """Schools."""
    FASUM = "fasilitas umum"
    """Public facilities."""
    HOTEL_RESTO = "hotel, restoran"
    """Hotels and restaurants."""
    TEMPAT_IBADAH = "tempat ibadah"
    """Temples and other places of worship."""
    UPAKARA_EVENT = "upakara, acara"
    """Ceremonies and events."""
    PERTANIAN = "pertanian"
    """Farming."""
    LAINNYA = "lainnya"
    """Anything else."""


class WasteFacilityKind(enum.Enum):
    """What kind of facility this is."""

    TPS3R = "TPS3R"
    """Reduce, reuse, recycle: sorts and processes the village's waste."""
    BANK_SAMPAH = "bank sampah"
    """Waste bank."""


class Facility(VillageTable):
    """A place of the village that takes in waste."""

    __tablename__ = "waste_facility"
    __table_args__ = (sa.UniqueConstraint("village_id", "name"),)

    name: Mapped[str]
    kind: Mapped[WasteFacilityKind]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    opened_on: Mapped[date | None]


class Intake(VillageTable):
    """One weighing at a facility. Append-only."""

    __tablename__ = "waste_intake"
    __table_args__ = (
        sa.CheckConstraint("mass_grams = gross_grams - tare_grams", name="net"),
        sa.CheckConstraint("mass_grams > 0", name="mass"),
        sa.Index(None, "village_id", "weighed_at", "id"),
        sa.Index(None, "village_id", "mass_grams", "id"),
        sa.Index(None, "village_id", "business_date", "stream", "mass_grams"),
        sa.Index(None, "village_id", "household_id", "weighed_at", "id"),
        sa.Index(None, "village_id", "facility_id", "weighed_at", "id"),
        sa.Index(None, "village_id", "source_class", "weighed_at", "id"),
        sa.Index(None, "village_id", "stream", "weighed_at", "id"),
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
    gross_grams: Mapped[Grams]
    tare_grams: Mapped[Grams]
    mass_grams: Mapped[Grams]
    weighed_at: Mapped[datetime]
    business_date: Mapped[date]
    photo_id: Mapped[UUID | None] = reference(tables.File)
    recorded_by: Mapped[UUID | None] = mapped_column()


MODELS = (Facility, Intake)
ROLLUPS = (
    rollup(
        "waste_intake_total",
        Intake,
        day=Intake.business_date,
        by=[Intake.stream],
        sums=[Intake.mass_grams],
    ),
)
