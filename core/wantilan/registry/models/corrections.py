"""Corrections of what identifies a resident: proposed by one, decided by another."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from ...store.tables import VillageTable, reference
from ...store.travel import sealed
from ..numbers import NikKind
from .files import File
from .people import Resident

OPEN = "state = 'PROPOSED'"


class CorrectionState(enum.Enum):
    """How far a correction has come."""

    PROPOSED = "PROPOSED"
    """Somebody proposed it, and nobody has decided yet."""
    APPLIED = "APPLIED"
    """Another approved it: the register says so now."""
    REJECTED = "REJECTED"
    """Another rejected it."""
    WITHDRAWN = "WITHDRAWN"
    """Whoever proposed it took it back."""


class ResidentCorrection(VillageTable):
    """New values for what identifies a resident, with the proof. At most one is open for each resident.

    `changes` holds the new values by column and `former` those that they replace, enumerations by name and
    days as ISO text. A NIK stands in columns of its own, sealed like the resident's, and never there.
    """

    __tablename__ = "resident_correction"
    __table_args__ = (
        sa.Index(
            "uq_resident_correction_open", "village_id", "resident_id", unique=True,
            sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN),
        ),
        sa.CheckConstraint("(state = 'PROPOSED') = (decided_at IS NULL)", name="decided"),
        sa.Index(None, "village_id", "resident_id"),
        sa.Index(None, "village_id", "due_at", "id"),
        sa.Index(None, "village_id", "state", "due_at"),
        sa.Index(None, "village_id", "file_id"),
    )  # fmt: skip

    resident_id: Mapped[UUID] = reference(Resident)
    state: Mapped[CorrectionState]
    reason: Mapped[str]
    file_id: Mapped[UUID] = reference(File)
    """The proof."""
    changes: Mapped[dict[str, Any]]
    former: Mapped[dict[str, Any]]
    nik_sealed: Mapped[bytes | None] = sealed("nik", owner="resident_id", hash="nik_hash")
    nik_hash: Mapped[bytes | None]
    nik_masked: Mapped[str | None]
    nik_kind: Mapped[NikKind | None]
    """The new NIK; null where it stays as it is."""
    former_nik_sealed: Mapped[bytes | None] = sealed("nik", owner="resident_id", hash="former_nik_hash")
    former_nik_hash: Mapped[bytes | None]
    former_nik_masked: Mapped[str | None]
    former_nik_kind: Mapped[NikKind | None]
    """The NIK that it replaces; null where there was none."""
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[UUID | None]
    proposed_by_label: Mapped[str]
    """What the actor was called then."""
    due_at: Mapped[datetime]
    """Until when it should be decided."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_by_label: Mapped[str | None]
    decision_note: Mapped[str | None]
    """Why it was rejected, or what was looked at."""
