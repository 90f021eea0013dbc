"""What the resident sheet says of people beside the columns of the register, and where records came from."""

from __future__ import annotations

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from ...store.tables import VillageTable, reference
from ...store.travel import sealed
from ..codes import (
    Contraception,
    Disability,
    FamilyRelationship,
    IdentityCard,
    IdentityCardProgress,
    Insurance,
    Pregnancy,
)
from .people import Household, Resident


class ResidentDetail(VillageTable):
    """The rest of a resident's row in the sheet: at most one for each resident."""

    __tablename__ = "resident_detail"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "resident_id"),
        sa.Index(None, "village_id", "card_household_id"),
    )

    resident_id: Mapped[UUID] = reference(Resident)
    address: Mapped[str | None]
    """That of the family as the person's row has it, where it is not that of the household."""
    rw: Mapped[str | None]
    rt: Mapped[str | None]
    current_address: Mapped[str | None]
    father_nik_sealed: Mapped[bytes | None] = sealed("father_nik", owner="resident_id")
    father_nik_masked: Mapped[str | None]
    mother_nik_sealed: Mapped[bytes | None] = sealed("mother_nik", owner="resident_id")
    mother_nik_masked: Mapped[str | None]
    birth_certificate: Mapped[str | None]
    passport: Mapped[str | None]
    passport_expires_on: Mapped[date | None]
    stay_permit: Mapped[str | None]
    marriage_certificate: Mapped[str | None]
    married_on: Mapped[date | None]
    divorce_certificate: Mapped[str | None]
    divorced_on: Mapped[date | None]
    disability: Mapped[Disability | None]
    contraception: Mapped[Contraception | None]
    pregnancy: Mapped[Pregnancy | None]
    identity_card: Mapped[IdentityCard | None]
    identity_card_progress: Mapped[IdentityCardProgress | None]
    ethnicity: Mapped[str | None]
    card_tag: Mapped[str | None]
    insurance: Mapped[Insurance | None]
    insurance_number: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    card_household_id: Mapped[UUID | None] = reference(Household)
    """The household on whose card (KK) the person stands without belonging to it: dead, gone, or of a card
    that has no head.
    """
    card_relationship: Mapped[FamilyRelationship | None]
    """As what the person stands there; also of somebody who is on no card."""
    assumed: Mapped[str | None]
    """The columns, with commas between, that are blank in the sheet where the register holds something."""


class RecordSource(enum.Enum):
    """Where a record came from."""

    MANUAL = "manual"
    """Somebody entered the person here."""
    OPENSID = "opensid"
    """A resident sheet of OpenSID brought it."""


class ResidentSource(VillageTable):
    """That a record was made or changed from outside: one row each time, never changed."""

    __tablename__ = "resident_source"
    __table_args__ = (
        sa.Index(None, "village_id", "resident_id", "id"),
        sa.Index(None, "village_id", "import_id"),
    )

    resident_id: Mapped[UUID] = reference(Resident)
    source: Mapped[RecordSource]
    made: Mapped[bool]
    """Whether the person came into the register by it; else it changed what was known."""
    import_id: Mapped[UUID | None]
    """The same for all that one import brought; the id of its task, if it was one."""
    sheet_row: Mapped[int | None]
    """Which row of the sheet."""
    changed: Mapped[str | None]
    """The columns of the sheet that it changed, with commas between."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    """The actor; null for the machine's operator."""
    recorded_by_label: Mapped[str]
    """What the actor was called then."""
