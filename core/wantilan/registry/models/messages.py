"""Messages to residents, and their way by the channels."""

from __future__ import annotations

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ...store.leases import Leased
from ...store.tables import VillageTable, reference
from .people import Resident


class Message(VillageTable):
    """Something that a resident is told, finished in both languages. `queued_at` is null until each channel
    has been given its part.
    """

    __tablename__ = "message"
    __table_args__ = (
        sa.Index(None, "village_id", "resident_id", "created_at", "id"),
        sa.Index(None, "village_id", "created_at", "id"),
        sa.Index(None, "village_id", "read_at"),
        sa.Index(
            "ix_message_unqueued",
            "village_id",
            sqlite_where=sa.text("queued_at IS NULL"),
            postgresql_where=sa.text("queued_at IS NULL"),
        ),
    )

    resident_id: Mapped[UUID] = reference(Resident)
    template: Mapped[str]
    subject_id: Mapped[str]
    subject_en: Mapped[str]
    body_id: Mapped[str]
    body_en: Mapped[str]
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class MessageOutcome(enum.Enum):
    """What became of a message on one channel."""

    WAITING = "waiting"
    """To be tried, or tried again."""
    TAKEN = "taken"
    """The channel took it."""
    NOT_REACHED = "not reached"
    """The channel does not reach this resident."""
    GIVEN_UP = "given up"
    """It failed as often as is tried."""


class MessageDelivery(Leased, VillageTable):
    """One message on its way by one channel, which is a program."""

    __tablename__ = "message_delivery"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "message_id", "channel"),
        sa.Index(
            "ix_message_delivery_waiting",
            "village_id",
            "due_at",
            sqlite_where=sa.text("outcome = 'WAITING'"),
            postgresql_where=sa.text("outcome = 'WAITING'"),
        ),
    )

    message_id: Mapped[UUID] = reference(Message)
    channel: Mapped[str]
    outcome: Mapped[MessageOutcome] = mapped_column(default=MessageOutcome.WAITING)
    ended_at: Mapped[datetime | None]
