"""Tables of the mail program: who is reached where, the codes that confirm it, what became of mails."""

from __future__ import annotations

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wantilan import VillageTable, hash_of, reference, staying, tables


class Address(VillageTable):
    """The mail address of one resident. Until it is confirmed nothing goes there but a code."""

    __tablename__ = "mail_address"
    __table_args__ = (sa.UniqueConstraint("village_id", "resident_id"),)

    resident_id: Mapped[UUID] = reference(tables.Resident)
    address: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    code_id: Mapped[UUID | None]
    """The one `Code` that confirms this address; no key, since the code goes its own way."""


class Code(VillageTable):
    """One code that was asked for. It is drawn when its message is sent, and kept as a hash: only who reads
    the mail can read it.
    """

    __tablename__ = "mail_code"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "message_id"),
        sa.Index(None, "village_id", "resident_id", "asked_at"),
        staying("a code is valid for an hour; a new one is asked for where the village goes"),
    )

    resident_id: Mapped[UUID] = reference(tables.Resident)
    message_id: Mapped[UUID] = reference(tables.Message)
    asked_at: Mapped[datetime]
    hash: Mapped[bytes | None] = hash_of("the code, which is drawn at random")
    until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)


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


MODELS = (Address, Code, Sent)
