"""Complaints as the office, their reporters and everybody see them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from wantilan import (
    File,
    GeoJSONPoint,
    Household,
    Info,
    Resident,
    Village,
    column,
    computed,
    count,
    entity,
    everyone,
    follow,
    many,
    one,
    own_household,
    point,
    read_code,
    root,
    subscription,
    summary,
    within,
)

from ..models import (
    Complaint,
    ComplaintPhoto,
    ComplaintStep,
    PublicComplaint,
    WasteComplaintKind,
    WasteComplaintState,
)
from ..permissions import COMPLAINT_READ
from ..rules.complaints import lateness
from ..settings import PROGRAM


@entity(
    ComplaintStep,
    read=[within(COMPLAINT_READ), own_household(ComplaintStep.resident_id)],
)
class WasteComplaintStep:
    """One step of a complaint."""

    state: WasteComplaintState
    """What it became."""
    at: datetime
    """When."""
    note: str | None = column(ComplaintStep.note, needs=COMPLAINT_READ)
    """What the office noted for itself."""


@entity(
    ComplaintPhoto,
    read=[within(COMPLAINT_READ), own_household(ComplaintPhoto.resident_id)],
)
class WasteComplaintPhoto:
    """A photo that came with a complaint."""

    file: File | None = one()
    """The photo."""


@entity(
    Complaint,
    read=[within(COMPLAINT_READ), own_household(Complaint.resident_id)],
    order=[Complaint.opened_at, Complaint.due_at],
    filter=[Complaint.kind, Complaint.state, Complaint.opened_at, Complaint.due_at],
)
class WasteComplaint:
    """What somebody reported, for the office and the household of who reported it."""

    tracking_code: str
    """By it everybody learns the state, and nothing else."""
    kind: WasteComplaintKind
    """What it is about."""
    state: WasteComplaintState
    """How far it is."""
    text: str
    """What was reported; never public."""
    address: str | None
    """Where it is in words."""
    place: GeoJSONPoint | None = point(Complaint.longitude, Complaint.latitude)
    """Where it is."""
    opened_at: datetime
    """When it was reported."""
    due_at: datetime
    """By when it should be resolved: by its kind, from the village's settings on the day of the report."""
    is_late: bool = computed(lateness, needs=[Complaint.state, Complaint.due_at])
    """Whether it is open after its deadline, at the moment of the question."""
    acknowledged_at: datetime | None
    """When the office first saw to it."""
    resolved_at: datetime | None
    """When it was resolved."""
    closed_at: datetime | None
    """When it was closed or rejected."""
    updated_at: datetime
    """When something of it changed last."""
    public_text: str | None
    """What everybody may read of it; null while it is not published."""
    public_note: str | None
    """What the office last told the reporter."""
    reporter: Resident | None = one(Complaint.resident_id)
    """Who reported it; null where nobody signed, and for those who may not see the person."""
    household: Household | None = one(Complaint.household_id)
    """The household of the reporter on that day."""
    steps: list[WasteComplaintStep] | None = many(order=ComplaintStep.at)
    """Its steps, the first one first."""
    photos: list[WasteComplaintPhoto] | None = many(order=ComplaintPhoto.id)
    """The photos that came with it."""
    village: Village = one()
    """The village."""


@entity(
    PublicComplaint,
    read=[everyone()],
    order=[PublicComplaint.opened_at],
    filter=[PublicComplaint.kind, PublicComplaint.state, PublicComplaint.opened_at],
)
class WastePublicComplaint:
    """What everybody may read of a complaint that the office published."""

    tracking_code: str
    """Its code."""
    kind: WasteComplaintKind
    """What it is about."""
    state: WasteComplaintState
    """How far it is."""
    text: str | None
    """What it is about in words of the office."""
    note: str | None
    """What the office last told."""
    place: GeoJSONPoint | None = point(PublicComplaint.longitude, PublicComplaint.latitude)
    """About where it is: rounded to 3 decimals."""
    opened_at: datetime
    """When it was reported."""
    due_at: datetime
    """By when it should be resolved."""
    updated_at: datetime
    """When something of it changed last."""
    village: Village = one()
    """The village."""


@summary(Complaint, read=[within(COMPLAINT_READ)])
class WasteComplaintsByState:
    """The complaints of one kind in one state."""

    kind: WasteComplaintKind
    """What they are about."""
    state: WasteComplaintState
    """How far they are."""
    complaints: int = count()
    """How many."""


@strawberry.type(description="What everybody who has the code learns of a complaint.")
class WasteTrackedComplaint:
    state: WasteComplaintState = strawberry.field(description="How far it is.")
    due_at: datetime = strawberry.field(description="By when it should be resolved.")
    note: str | None = strawberry.field(description="What the office last told the reporter.")


@root
class WasteComplaintQueries:
    """What is asked of complaints without a village."""

    @strawberry.field(  # type: ignore[untyped-decorator]
        description=(
            "The state of the complaint with this code, for everybody who has it; null when there is none. "
            "Small letters are forgiven, and I, L, O for 1, 1, 0."
        )
    )
    async def waste_track_complaint(
        self,
        info: Info,
        code: Annotated[str, strawberry.argument(description="The tracking code, as it was told.")],
    ) -> WasteTrackedComplaint | None:
        read = read_code(code)
        if read is None:
            return None
        async with info.context.look(read[0], PROGRAM) as unit:
            found = await unit.first(Complaint, Complaint.tracking_code == read[1]) if unit else None
        if found is None:
            return None
        return WasteTrackedComplaint(state=found.state, due_at=found.due_at, note=found.public_note)


@subscription
class WasteComplaintSubscriptions:
    """What can be followed of the complaints of a village."""

    waste_complaints: WasteComplaint = follow(
        "waste.complaint_reported", "waste.complaint_moved", subject="complaint"
    )
    """Each complaint, once it is reported, and with each of its steps."""


TYPES = (
    WasteComplaintStep,
    WasteComplaintPhoto,
    WasteComplaint,
    WastePublicComplaint,
    WasteComplaintsByState,
    WasteComplaintQueries,
    WasteComplaintSubscriptions,
)
