"""What happened to people, append-only, and what follows from it: who was what, from one day to another.

`LifeEvent` and `LifeEffect` are the truth. Periods, memberships and the present columns of residents and
households are made from them by `registry/life`, and by nothing else.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ...store.tables import VillageTable, reference
from ..codes import (
    DeathCause,
    Education,
    LifeEventKind,
    MaritalStatus,
    MoveDistance,
    Occupation,
    Residency,
    ResidentStatus,
    Sex,
)
from .files import File
from .people import Hamlet, Household, Resident, current


class LifeEvent(VillageTable):
    """Something that happened on one day to one or more residents. Never changed: undoing it is another
    event, which points at it.
    """

    __tablename__ = "life_event"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "undoes_id"),
        sa.CheckConstraint("(undoes_id IS NOT NULL) = (kind = 'PEMBATALAN')", name="undoing"),
        sa.CheckConstraint("happened_on <= reported_on", name="order"),
        sa.Index(None, "village_id", "happened_on", "id"),
        sa.Index(None, "village_id", "recorded_at", "id"),
        sa.Index(None, "village_id", "kind", "happened_on"),
        sa.Index(None, "village_id", "resident_id"),
        sa.Index(None, "village_id", "file_id"),
    )

    kind: Mapped[LifeEventKind]
    resident_id: Mapped[UUID | None] = reference(Resident)
    """Whom it is about in the first place; null where it is about a household alone."""
    household_id: Mapped[UUID | None] = reference(Household)
    """The household that it made, or to which it led."""
    happened_on: Mapped[date]
    reported_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    """The actor; null for the machine's operator."""
    recorded_by_label: Mapped[str]
    """What the actor was called then."""
    file_id: Mapped[UUID | None] = reference(File)
    """The proof."""
    undoes_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    place: Mapped[str | None]
    """Where somebody was born or died, came from or went to."""
    distance: Mapped[MoveDistance | None]
    cause: Mapped[DeathCause | None]
    document: Mapped[str | None]
    """The number of the deed or letter that proves it."""
    note: Mapped[str | None]


LifeEvent.__table__.append_constraint(  # type: ignore[attr-defined]
    sa.ForeignKeyConstraint(["village_id", "undoes_id"], ["life_event.village_id", "life_event.id"])
)


class LifeEffect(VillageTable):
    """What an event changed of one resident, or of one household.

    `changes` holds the new values by column, enumerations by name and ids as hex, for the columns of
    `registry/life/timeline.py` and `stays_in` only. `sequence` counts the effects on the same subject in the
    order in which they were recorded: it decides between two of one day.
    """

    __tablename__ = "life_effect"
    __table_args__ = (
        sa.CheckConstraint("(resident_id IS NULL) <> (household_id IS NULL)", name="subject"),
        sa.UniqueConstraint("village_id", "resident_id", "sequence"),
        sa.UniqueConstraint("village_id", "household_id", "sequence"),
        sa.Index(None, "village_id", "event_id"),
        sa.Index(None, "village_id", "happened_on", "id"),
        sa.Index(None, "village_id", "resident_id", "happened_on", "id"),
    )

    event_id: Mapped[UUID] = reference(LifeEvent)
    resident_id: Mapped[UUID | None] = reference(Resident)
    household_id: Mapped[UUID | None] = reference(Household)
    happened_on: Mapped[date]
    sequence: Mapped[int]
    changes: Mapped[dict[str, Any]]


class ResidentPeriod(VillageTable):
    """What a resident was, for as long as it stayed the same. Exactly one lasts for each resident."""

    __tablename__ = "resident_period"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "resident_id", "since"),
        current("uq_resident_period_current", "village_id", "resident_id"),
        sa.CheckConstraint("until IS NULL OR until >= since", name="order"),
        sa.Index(None, "village_id", "hamlet_id", "since"),
        sa.Index(None, "village_id", "since"),
    )

    resident_id: Mapped[UUID] = reference(Resident)
    since: Mapped[date]
    until: Mapped[date | None]
    status: Mapped[ResidentStatus]
    hamlet_id: Mapped[UUID] = reference(Hamlet)
    residency: Mapped[Residency]
    marital_status: Mapped[MaritalStatus | None]
    education: Mapped[Education | None]
    occupation: Mapped[Occupation | None]
    sex: Mapped[Sex]
    birth_date: Mapped[date]
    """Sex and birth date are the resident's own, repeated for statistics."""


class HouseholdPeriod(VillageTable):
    """How many belonged to a household and in which hamlet it was, for as long as both stayed the same. None
    covers a day on which nobody belonged to it.
    """

    __tablename__ = "household_period"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "household_id", "since"),
        current("uq_household_period_current", "village_id", "household_id"),
        sa.CheckConstraint("until IS NULL OR until >= since", name="order"),
        sa.CheckConstraint("members > 0", name="members"),
        sa.Index(None, "village_id", "hamlet_id", "since"),
        sa.Index(None, "village_id", "since"),
    )

    household_id: Mapped[UUID] = reference(Household)
    since: Mapped[date]
    until: Mapped[date | None]
    hamlet_id: Mapped[UUID] = reference(Hamlet)
    members: Mapped[int]
