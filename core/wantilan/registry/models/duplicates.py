"""Two records that may be one person."""

from __future__ import annotations

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from ...store.tables import VillageTable, reference
from .people import Resident


class DuplicateRule(enum.Enum):
    """Why two records may be one person. All but none of them have the birth date and the sex in common."""

    NIK_TO_COME = "NIK belum tetap"
    """The names are alike, and only one of the two has a permanent NIK."""
    SAME_NAME = "nama sama"
    """The names are the same, however they are written."""
    UNNAMED_CHILD = "bayi belum bernama"
    """The mothers' names are the same, and one child was entered before it had a name."""
    NEAR_NAME = "nama mirip"
    """The names are alike but for a letter or a part."""


class DuplicateState(enum.Enum):
    """What became of a pair."""

    OPEN = "terbuka"
    """Nobody has looked at it yet."""
    DISMISSED = "bukan duplikat"
    """Two persons, said an officer."""
    MERGED = "digabung"
    """One person, said an officer; one record was merged into the other."""


class ResidentDuplicate(VillageTable):
    """A pair of records, the smaller id first. It is found once, and what an officer said stays said."""

    __tablename__ = "resident_duplicate"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "first_id", "second_id"),
        sa.CheckConstraint("first_id < second_id", name="order"),
        sa.CheckConstraint("(state = 'OPEN') = (judged_at IS NULL)", name="judged"),
        sa.Index(None, "village_id", "found_at", "id"),
        sa.Index(None, "village_id", "weight", "id"),
        sa.Index(None, "village_id", "state", "weight"),
        sa.Index(None, "village_id", "second_id"),
    )

    first_id: Mapped[UUID] = reference(Resident)
    second_id: Mapped[UUID] = reference(Resident)
    rule: Mapped[DuplicateRule]
    weight: Mapped[int]
    """How likely it is, from 1 to 100: an order in which to look, and no probability."""
    state: Mapped[DuplicateState]
    found_at: Mapped[datetime]
    judged_at: Mapped[datetime | None]
    judged_by_label: Mapped[str | None]
    note: Mapped[str | None]
