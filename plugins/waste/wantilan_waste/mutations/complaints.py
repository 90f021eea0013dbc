"""Complaints are reported, moved on, shown to everybody, and hidden again."""

from __future__ import annotations

from uuid import UUID

import strawberry

from wantilan import (
    File,
    GeoJSONPoint,
    Info,
    Judge,
    NotFound,
    RegionCode,
    Resident,
    Village,
    WriteUnit,
    input,
    mutation,
    own_household,
    own_village,
    payload,
    ref,
    tables,
    take_file,
    within,
)

from ..complaints import Report, move, open_complaint, point_of, show
from ..files import COMPLAINT_PHOTO
from ..models import Complaint, WasteComplaintKind, WasteComplaintState
from ..permissions import COMPLAINT_HANDLE
from ..rules.complaints import LONGEST_TEXT, move_faults, report_faults, text_faults
from ..types.complaints import WasteComplaint

REPORTERS = [within(COMPLAINT_HANDLE), own_village()]
"""The office, and each resident of the village."""


@input
class WasteReportIssueInput:
    """What is wrong, and where."""

    village_code: RegionCode
    """The village."""
    kind: WasteComplaintKind
    """What it is about."""
    text: str
    """What happened, 1 to 2,000 characters. Only the office and the reporter's household read it."""
    place: GeoJSONPoint | None = None
    """Where it is."""
    address: str | None = None
    """Where it is in words, up to 200 characters."""
    point_code: str | None = None
    """The code on the label of the service point that it is about."""
    photo_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    """Up to 5 photos: files of kind `waste.complaint_photo` that you have uploaded."""
    resident_id: strawberry.ID | None = None
    """For whom it is reported: for the office anybody, else somebody of the own household; oneself, if left
    out.
    """


@payload
class WasteReportIssuePayload:
    """What was taken in."""

    complaint: WasteComplaint | None
    """The complaint; null for those who may report but not read it."""
    tracking_code: str
    """By this code everybody learns its state: see `wasteTrackComplaint`."""
    village: Village
    """The village."""


@input
class WasteMoveComplaintInput:
    """The next step of a complaint."""

    complaint_id: strawberry.ID
    """Which."""
    state: WasteComplaintState
    """What it becomes. OPEN is followed by ACKNOWLEDGED, IN_PROGRESS, RESOLVED, CLOSED; it may be REJECTED
    until it is RESOLVED.
    """
    note: str | None = None
    """For the office only, up to 500 characters."""
    public_note: str | None = None
    """For the reporter, for who has the code, and where it is published for everybody; up to 500 characters.
    Needed to reject: why.
    """


@payload
class WasteMoveComplaintPayload:
    """The complaint after the step."""

    complaint: WasteComplaint | None
    """The complaint; null for those who may handle but not read it."""


@input
class WastePublishComplaintInput:
    """What everybody may read of a complaint."""

    complaint_id: strawberry.ID
    """Which."""
    public_text: str
    """What it is about in words of the office, 1 to 2,000 characters; without names of people."""
    with_place: bool = True
    """Whether its place is shown, rounded to 3 decimals (about 110 metres)."""


@payload
class WastePublishComplaintPayload:
    """The complaint that everybody may read now."""

    complaint: WasteComplaint | None
    """The complaint; null for those who may handle but not read it."""


@input
class WasteHideComplaintInput:
    """Which complaint nobody else is to read any more."""

    complaint_id: strawberry.ID
    """Which."""


@payload
class WasteHideComplaintPayload:
    """The complaint that only the office and its reporter read now."""

    complaint: WasteComplaint | None
    """The complaint; null for those who may handle but not read it."""


@mutation(needs=REPORTERS)
async def waste_report_issue(info: Info, input: WasteReportIssueInput) -> WasteReportIssuePayload:
    """Report what is wrong with waste. It has its deadline by the kind of it, from the village's settings."""
    judge = Judge(input)
    person, photo_keys = judge.key(Resident, "resident_id"), judge.keys(File, "photo_ids")
    somewhere = input.place is not None or input.point_code is not None
    for fault in report_faults(input.kind, input.text, input.address, somewhere, len(input.photo_ids)):
        judge.refuse(*fault)
    judge.check()
    async with info.context.write(input.village_code) as unit:
        if person is not None and person.village != unit.village.id:
            raise NotFound
        resident = await reporter(unit, person.id if person else unit.resident_id)
        point = await point_of(unit, input.point_code) if input.point_code is not None else None
        photos = [
            await take_file(
                unit, key, kind=COMPLAINT_PHOTO, resident=resident.id if resident is not None else None
            )
            for key in photo_keys
        ]
        longitude, latitude = input.place["coordinates"] if input.place is not None else (None, None)
        complaint = await open_complaint(
            unit,
            Report(
                kind=input.kind,
                text=input.text,
                address=input.address,
                longitude=longitude,
                latitude=latitude,
                resident=resident,
                point=point,
                photos=[photo.id for photo in photos],
            ),
        )
        village = await unit.own_village()
    return WasteReportIssuePayload(
        complaint=ref(WasteComplaint, complaint),
        tracking_code=complaint.tracking_code,
        village=ref(Village, village),
    )


async def reporter(unit: WriteUnit, id: UUID | None) -> tables.Resident | None:
    """For whom it is reported; None where the office writes down what nobody signed. Raises NotFound."""
    if id is None:
        return None
    rules = [within(COMPLAINT_HANDLE), own_household(tables.Resident.id)]
    return await unit.target(tables.Resident, id, needs=rules)


@mutation(needs=COMPLAINT_HANDLE)
async def waste_move_complaint(info: Info, input: WasteMoveComplaintInput) -> WasteMoveComplaintPayload:
    """Take a complaint a step further; its reporter is told, and what everybody may read is renewed."""
    judge = Judge(input)
    key = judge.key(WasteComplaint, "complaint_id")
    for fault in move_faults(input.state, input.note, input.public_note):
        judge.refuse(*fault)
    judge.check()
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        complaint = await unit.target(Complaint, key.id, lock=True)
        await move(unit, complaint, input.state, note=input.note, public_note=input.public_note)
    return WasteMoveComplaintPayload(complaint=ref(WasteComplaint, complaint))


@mutation(needs=COMPLAINT_HANDLE)
async def waste_publish_complaint(
    info: Info, input: WastePublishComplaintInput
) -> WastePublishComplaintPayload:
    """Let everybody read of a complaint what the office writes of it, its state and its deadline."""
    judge = Judge(input)
    key = judge.key(WasteComplaint, "complaint_id")
    for fault in text_faults("public_text", input.public_text, LONGEST_TEXT):
        judge.refuse(*fault)
    judge.check()
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        complaint = await unit.target(Complaint, key.id, lock=True)
        complaint.public_text, complaint.updated_at = input.public_text.strip(), unit.now
        await unit.flush()
        await show(unit, complaint, with_place=input.with_place)
    return WastePublishComplaintPayload(complaint=ref(WasteComplaint, complaint))


@mutation(needs=COMPLAINT_HANDLE)
async def waste_hide_complaint(info: Info, input: WasteHideComplaintInput) -> WasteHideComplaintPayload:
    """Let nobody else read a complaint that was published; its code still tells its state."""
    judge = Judge(input)
    key = judge.key(WasteComplaint, "complaint_id")
    judge.check()
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        complaint = await unit.target(Complaint, key.id, lock=True)
        complaint.public_text, complaint.updated_at = None, unit.now
        await unit.flush()
        await show(unit, complaint)
    return WasteHideComplaintPayload(complaint=ref(WasteComplaint, complaint))


MUTATIONS = (waste_report_issue, waste_move_complaint, waste_publish_complaint, waste_hide_complaint)
