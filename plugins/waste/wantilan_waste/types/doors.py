"""What the waste program hangs on core's objects."""

from __future__ import annotations

from wantilan import (
    Connection,
    Household,
    Region,
    Resident,
    Village,
    aggregate,
    connection,
    door,
    many,
    tables,
)

from ..models import Complaint, Facility, Intake
from .complaints import WasteComplaint, WasteComplaintsByState, WastePublicComplaint
from .intakes import WasteFacility, WasteIntake, WasteMass


@door(Village)
class VillageWaste:
    """Waste in this village."""

    facilities: list[WasteFacility] | None = many(order=Facility.name)
    """The facilities, by name."""
    intakes: Connection[WasteIntake] | None = connection()
    """The weighings."""
    mass_by_stream: list[WasteMass] | None = aggregate(between=Intake.business_date)
    """The mass taken in, by stream."""
    complaints: Connection[WasteComplaint] | None = connection()
    """What was reported; those that are late: `state` one of the first three, `dueAt` before now."""
    complaints_by_state: list[WasteComplaintsByState] | None = aggregate()
    """How many complaints there are, by kind and state."""
    public_complaints: Connection[WastePublicComplaint] = connection()
    """What everybody may read of complaints."""


@door(Region)
class RegionWaste:
    """Waste in the villages of this region that enabled the program."""

    mass_by_stream: list[WasteMass] | None = aggregate(between=Intake.business_date)
    """The mass taken in, by stream, over those villages."""


@door(Resident)
class ResidentWaste:
    """What the resident's household handed in."""

    intakes: Connection[WasteIntake] | None = connection((tables.Resident.household_id, Intake.household_id))
    """The weighings of the household."""
    mass_by_stream: list[WasteMass] | None = aggregate(
        (tables.Resident.household_id, Intake.household_id), between=Intake.business_date
    )
    """The mass that the household handed in, by stream."""
    complaints: Connection[WasteComplaint] | None = connection(Complaint.resident_id)
    """What the resident reported."""


@door(Household)
class HouseholdWaste:
    """What concerns the household."""

    complaints: Connection[WasteComplaint] | None = connection(Complaint.household_id)
    """What its members reported while they lived in it."""


TYPES = (VillageWaste, RegionWaste, ResidentWaste, HouseholdWaste)
