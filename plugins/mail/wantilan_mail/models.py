"""Tables of the mail program: who is reached where, and what became of each mail."""

from __future__ import annotations

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from wantilan import VillageTable, reference, tables


class Address(VillageTable):
    """The mail address of one resident."""

    __tablename__ = "mail_address"
    __table_args__ = (sa.UniqueConstraint("village_id", "resident_id"),)

    resident_id: Mapped[UUID] = reference(tables.Resident)
    address: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]


class MailOutcome(enum.Enum):
    """What the mail server said."""

    SENT = "sent"
    """It took the mail."""
    REFUSED = "refused"
    """It refused the mail for good."""


class Sent(VillageTable):
    """That a message went to the mail server, and what it said. Written once for each message."""

    __tablename__ = "mail_sent"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "message_id"),
        sa.Index(None, "village_id", "resident_id"),
    )

    message_id: Mapped[UUID] = reference(tables.Message)
    resident_id: Mapped[UUID] = reference(tables.Resident)
    outcome: Mapped[MailOutcome]
    code: Mapped[int | None]
    """The reply code of SMTP where it refused: 550."""
    at: Mapped[datetime]


MODELS = (Address, Sent)
