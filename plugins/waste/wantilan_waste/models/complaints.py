"""Complaints, what was done about each, and what everybody may read of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wantilan import PublishedTable, VillageTable, reference, tables

from .points import ServicePoint
from .words import WasteComplaintKind, WasteComplaintState


class Complaint(VillageTable):
    """What somebody reported. What he wrote is his; what the public may read of it, the office writes."""

    __tablename__ = "waste_complaint"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "tracking_code"),
        sa.CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="place"),
        sa.CheckConstraint("(state IN ('RESOLVED', 'CLOSED')) = (resolved_at IS NOT NULL)", name="resolved"),
        sa.CheckConstraint("(state IN ('CLOSED', 'REJECTED')) = (closed_at IS NOT NULL)", name="closed"),
        sa.Index(None, "village_id", "resident_id", "opened_at", "id"),
        sa.Index(None, "village_id", "household_id", "opened_at", "id"),
        sa.Index(None, "village_id", "opened_at", "id"),
        sa.Index(None, "village_id", "due_at", "id"),
        sa.Index(None, "village_id", "state", "due_at", "id"),
        sa.Index(None, "village_id", "kind", "opened_at", "id"),
        sa.Index(None, "village_id", "point_id"),
    )

    tracking_code: Mapped[str]
    kind: Mapped[WasteComplaintKind]
    state: Mapped[WasteComplaintState]
    text: Mapped[str]
    address: Mapped[str | None]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    point_id: Mapped[UUID | None] = reference(ServicePoint)
    resident_id: Mapped[UUID | None] = reference(tables.Resident)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    public_text: Mapped[str | None]
    public_note: Mapped[str | None]


class ComplaintStep(VillageTable):
    """One change of a complaint's state. Append-only. `resident_id` is the complaint's: the row alone says
    who reads it.
    """

    __tablename__ = "waste_complaint_step"
    __table_args__ = (
        sa.Index(None, "village_id", "complaint_id", "at", "id"),
        sa.Index(None, "village_id", "resident_id"),
    )

    complaint_id: Mapped[UUID] = reference(Complaint)
    resident_id: Mapped[UUID | None] = reference(tables.Resident)
    state: Mapped[WasteComplaintState]
    note: Mapped[str | None]
    at: Mapped[datetime]
    by: Mapped[UUID | None] = mapped_column()


class ComplaintPhoto(VillageTable):
    """A photo that came with a complaint. `resident_id` is the complaint's."""

    __tablename__ = "waste_complaint_photo"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "file_id"),
        sa.Index(None, "village_id", "complaint_id"),
        sa.Index(None, "village_id", "resident_id"),
    )

    complaint_id: Mapped[UUID] = reference(Complaint)
    resident_id: Mapped[UUID | None] = reference(tables.Resident)
    file_id: Mapped[UUID] = reference(tables.File)


class PublicComplaint(PublishedTable):
    """What everybody may read of a complaint; the id is the complaint's. Its place is rounded; `ended_at` is
    when it ceased to be open.
    """

    __tablename__ = "waste_public_complaint"
    __table_args__ = (
        sa.ForeignKeyConstraint(["village_id", "id"], ["waste_complaint.village_id", "waste_complaint.id"]),
        sa.UniqueConstraint("village_id", "tracking_code"),
        sa.Index(None, "village_id", "opened_at", "id"),
        sa.Index(None, "village_id", "state", "opened_at"),
        sa.Index(None, "village_id", "kind", "opened_at"),
    )

    tracking_code: Mapped[str]
    kind: Mapped[WasteComplaintKind]
    state: Mapped[WasteComplaintState]
    text: Mapped[str | None]
    note: Mapped[str | None]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
