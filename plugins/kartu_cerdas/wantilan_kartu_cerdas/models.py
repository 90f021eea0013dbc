"""Tables of the card program: cards, and every step of their lives."""

from __future__ import annotations

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wantilan import VillageTable, reference, tables


class KartuCardStatus(enum.Enum):
    """Where a card stands in its life. That a card has expired follows from its date and is no step of it."""

    REQUESTED = "diminta"
    """Asked for; somebody else must approve it."""
    APPROVED = "disetujui"
    """Approved by another person than the one who asked."""
    REJECTED = "ditolak"
    """Not approved. The end of this card."""
    CANCELLED = "dibatalkan"
    """Taken back before there was a card. The end of this card."""
    PRINTED = "dicetak"
    """Printed and kept at the office."""
    ISSUED = "diserahkan"
    """Handed to the holder or to who came for him; not yet in use."""
    ACTIVE = "aktif"
    """In use."""
    SUSPENDED = "ditangguhkan"
    """Out of use for a time."""
    LOST = "hilang"
    """Reported lost; a card that is found again goes on as it was."""
    STOLEN = "dicuri"
    """Reported stolen; it may have been copied, so it never goes on."""
    DAMAGED = "rusak"
    """Can no longer be read."""
    REPLACED = "diganti"
    """Another card took its place. The end of this card."""
    REVOKED = "dicabut"
    """Taken away: the holder died or left, or the card was misused. The end of this card."""


OPEN = "closed_on IS NULL"


class Card(VillageTable):
    """One card of one resident. `closed_on` is the day from which it is no longer the resident's card.

    A number is never given twice: rows stay, and the unique key spans the closed ones.
    """

    __tablename__ = "kartu_card"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "number"),
        sa.Index(
            "uq_kartu_card_open", "village_id", "resident_id", unique=True,
            sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN),
        ),
        sa.CheckConstraint(
            "closed_on IS NOT NULL OR status NOT IN ('REJECTED', 'CANCELLED', 'REPLACED', 'REVOKED')",
            name="closed",
        ),
        sa.CheckConstraint("approved_by <> requested_by", name="four_eyes"),
        sa.Index(None, "village_id", "requested_at", "id"),
        sa.Index(None, "village_id", "status", "requested_at"),
        sa.Index(None, "village_id", "resident_id", "requested_at"),
    )  # fmt: skip

    number: Mapped[str]
    resident_id: Mapped[UUID] = reference(tables.Resident)
    status: Mapped[KartuCardStatus]
    requested_at: Mapped[datetime]
    requested_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    biodata_checked: Mapped[bool] = mapped_column(default=False)
    photo_checked: Mapped[bool] = mapped_column(default=False)
    closed_on: Mapped[date | None]


class CardEvent(VillageTable):
    """One step in a card's life: who, when, from where to where, why. Append-only.

    The resident is that of the card: rules that say who may read look no further than one table.
    """

    __tablename__ = "kartu_card_event"
    __table_args__ = (sa.Index(None, "village_id", "card_id", "id"),)

    card_id: Mapped[UUID] = reference(Card)
    resident_id: Mapped[UUID] = reference(tables.Resident)
    from_status: Mapped[KartuCardStatus | None]
    to_status: Mapped[KartuCardStatus]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    reason: Mapped[str | None]


MODELS = (Card, CardEvent)
