"""Residents on their way from one village of the deployment to another: one row in each of the two.

Both rows have the same id. Each village keeps what its own office may know: the old one its records, the new
one the names of who comes, and these only until the transfer has ended.
"""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ...store.tables import VillageTable, reference
from ...store.travel import staying
from ..codes import FamilyRelationship, Sex
from .files import File
from .life import LifeEvent
from .people import Resident


class TransferState(enum.Enum):
    """How far a transfer has come."""

    PROPOSED = "diusulkan"
    """The old office has proposed it; the new one is to answer."""
    ACCEPTED = "diterima"
    """The residents are in the register of the new village."""
    REFUSED = "ditolak"
    """The new office does not take them; they stay."""
    WITHDRAWN = "ditarik"
    """The old office has taken it back; they stay."""


HERE = staying("the other village is one of this deployment")


class _Transfer:
    """What both villages keep. `other_village_id` is the other one, `state` the same in both."""

    other_village_id: Mapped[UUID] = mapped_column(sa.Uuid())
    """No key: that a village is there is public, and it may be moved elsewhere later."""
    state: Mapped[TransferState]
    happened_on: Mapped[date]
    proposed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    """Why it was refused or withdrawn."""


class OutgoingTransfer(_Transfer, VillageTable):
    """What the old village keeps. `remaining` says what those who stay in the household are from then on: the
    name of the relationship by the resident's id in hex.
    """

    __tablename__ = "outgoing_transfer"
    __table_args__ = (
        sa.CheckConstraint("(state = 'PROPOSED') = (ended_at IS NULL)", name="ended"),
        sa.Index(None, "village_id", "proposed_at", "id"),
        sa.Index(None, "village_id", "state", "proposed_at"),
        sa.Index(None, "village_id", "file_id"),
        sa.Index(None, "village_id", "event_id"),
        HERE,
    )

    proposed_by: Mapped[UUID | None]
    proposed_by_label: Mapped[str]
    remaining: Mapped[dict[str, Any]]
    document: Mapped[str | None]
    note: Mapped[str | None]
    file_id: Mapped[UUID | None] = reference(File)
    """The proof."""
    event_id: Mapped[UUID | None] = reference(LifeEvent)
    """By which they left."""


class OutgoingPerson(VillageTable):
    """One who leaves. `number` counts them: 1 is the one whom it is about in the first place."""

    __tablename__ = "outgoing_person"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "transfer_id", "number"),
        sa.Index(
            "uq_outgoing_person_waiting", "village_id", "resident_id", unique=True,
            sqlite_where=sa.text("waiting"), postgresql_where=sa.text("waiting"),
        ),
        sa.Index(None, "village_id", "resident_id"),
        HERE,
    )  # fmt: skip

    transfer_id: Mapped[UUID] = reference(OutgoingTransfer)
    number: Mapped[int]
    resident_id: Mapped[UUID] = reference(Resident)
    waiting: Mapped[bool]
    """Whether the transfer is still open: nobody is in two at once."""


class IncomingTransfer(_Transfer, VillageTable):
    """What the new village keeps."""

    __tablename__ = "incoming_transfer"
    __table_args__ = (
        sa.CheckConstraint("(state = 'PROPOSED') = (ended_at IS NULL)", name="ended"),
        sa.Index(None, "village_id", "proposed_at", "id"),
        sa.Index(None, "village_id", "state", "proposed_at"),
        sa.Index(None, "village_id", "event_id"),
        HERE,
    )

    ended_by_label: Mapped[str | None]
    event_id: Mapped[UUID | None] = reference(LifeEvent)
    """By which they came."""


class IncomingPerson(VillageTable):
    """One who comes. Until the end there is what the office needs to recognise the person; afterwards only
    the record that was made, if one was. `number` is that of the `OutgoingPerson`.
    """

    __tablename__ = "incoming_person"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "transfer_id", "number"),
        sa.Index(None, "village_id", "resident_id"),
        HERE,
    )

    transfer_id: Mapped[UUID] = reference(IncomingTransfer)
    number: Mapped[int]
    full_name: Mapped[str | None]
    sex: Mapped[Sex | None]
    birth_date: Mapped[date | None]
    relationship: Mapped[FamilyRelationship | None]
    """What the person is in the household that is left."""
    resident_id: Mapped[UUID | None] = reference(Resident)


TABLES = (OutgoingTransfer, OutgoingPerson, IncomingTransfer, IncomingPerson)
