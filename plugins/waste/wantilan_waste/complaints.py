"""Complaints are written here and nowhere else: opened, moved on, shown to everybody, and hidden again.

What everybody may read is written with each change, in the same transaction, and never contains what the
reporter wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from wantilan import InvalidTransition, NotFound, Text, WriteUnit, new_code, notify, read_code, tables

from .messages import COMPLAINT_RECEIVED, COMPLAINT_STEPS
from .models import (
    Complaint,
    ComplaintPhoto,
    ComplaintStep,
    PublicComplaint,
    ServicePoint,
    WasteComplaintKind,
    WasteComplaintState,
    WastePointStatus,
)
from .rules.complaints import CLOSED, OPEN, REJECTED, RESOLVED, deadline, may_become, rounded
from .settings import WasteSettings

REPORTED, MOVED = "waste.complaint_reported", "waste.complaint_moved"
CHARACTERS = 8
"""Of chance in a tracking code: it opens a state and a deadline, and each guess counts as a question."""
NO_NOTE = "–"

_NOT_NEXT = Text("Aduan ini tidak dapat menjadi itu sekarang.", "The complaint cannot become that now.")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What somebody reports, judged."""

    kind: WasteComplaintKind
    text: str
    address: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    resident: tables.Resident | None = None
    point: ServicePoint | None = None
    photos: Sequence[UUID] = ()
    """Files that were taken for it."""


async def open_complaint(unit: WriteUnit, report: Report) -> Complaint:
    """Write a new complaint; its deadline is that of the village's settings on this day."""
    hours = (await unit.settings(WasteSettings)).complaint_hours.of(report.kind)
    resident = report.resident
    made = Complaint(
        tracking_code=new_code(unit.village.code, CHARACTERS),
        kind=report.kind,
        state=OPEN,
        text=report.text.strip(),
        address=report.address.strip() if report.address else None,
        longitude=report.longitude,
        latitude=report.latitude,
        point_id=report.point.id if report.point else None,
        resident_id=resident.id if resident else None,
        household_id=resident.household_id if resident else None,
        opened_at=unit.now,
        due_at=deadline(unit.now, hours),
        updated_at=unit.now,
    )
    await unit.add(made)
    await unit.add(_step(unit, made, None))
    for file_id in report.photos:
        await unit.add(ComplaintPhoto(complaint_id=made.id, resident_id=made.resident_id, file_id=file_id))
    unit.announce(REPORTED, complaint=made.id)
    if resident is not None:
        await notify(unit, resident.id, COMPLAINT_RECEIVED, code=made.tracking_code, due=made.due_at)
    return made


async def move(
    unit: WriteUnit,
    complaint: Complaint,
    state: WasteComplaintState,
    *,
    note: str | None,
    public_note: str | None,
) -> None:
    """The next step of a complaint that is held. Raises InvalidTransition."""
    if not may_become(complaint.state, state):
        raise InvalidTransition(_NOT_NEXT)
    complaint.state = state
    complaint.public_note = public_note.strip() if public_note else complaint.public_note
    complaint.acknowledged_at = complaint.acknowledged_at or unit.now
    if state is RESOLVED:
        complaint.resolved_at = unit.now
    if state in (CLOSED, REJECTED):
        complaint.closed_at = unit.now
    complaint.updated_at = unit.now
    await unit.flush()
    await unit.add(_step(unit, complaint, note))
    await show(unit, complaint)
    unit.announce(MOVED, complaint=complaint.id)
    if complaint.resident_id is not None:
        told = public_note.strip() if public_note else NO_NOTE
        template = COMPLAINT_STEPS[state]
        await notify(unit, complaint.resident_id, template, code=complaint.tracking_code, note=told)


async def show(unit: WriteUnit, complaint: Complaint, *, with_place: bool | None = None) -> None:
    """Write what everybody may read of a complaint that was published, and nothing of another one.

    `with_place` says whether its place is shown, rounded; None leaves that as it is.
    """
    shown = await unit.get(PublicComplaint, complaint.id)
    if complaint.public_text is None:
        if shown is not None:
            await unit.session.delete(shown)
            await unit.flush()
        return
    if shown is None:
        shown = PublicComplaint(
            id=complaint.id, tracking_code=complaint.tracking_code, kind=complaint.kind,
            state=complaint.state, opened_at=complaint.opened_at, due_at=complaint.due_at,
            updated_at=complaint.updated_at,
        )  # fmt: skip
        await unit.add(shown)
    shown.state, shown.updated_at = complaint.state, complaint.updated_at
    shown.ended_at = complaint.resolved_at or complaint.closed_at
    shown.text, shown.note = complaint.public_text, complaint.public_note
    if with_place is not None:
        shown.longitude = rounded(complaint.longitude) if with_place else None
        shown.latitude = rounded(complaint.latitude) if with_place else None
    await unit.flush()


async def point_of(unit: WriteUnit, code: str) -> ServicePoint:
    """The service point whose label somebody read. Raises NotFound."""
    read = read_code(code)
    point = None
    if read is not None and read[0] == unit.village.code:
        point = await unit.first(
            ServicePoint, ServicePoint.code == read[1], ServicePoint.status != WastePointStatus.CLOSED
        )
    if point is None:
        raise NotFound
    return point


def _step(unit: WriteUnit, complaint: Complaint, note: str | None) -> ComplaintStep:
    return ComplaintStep(
        complaint_id=complaint.id,
        resident_id=complaint.resident_id,
        state=complaint.state,
        note=note.strip() if note else None,
        at=unit.now,
        by=unit.actor_id,
    )
