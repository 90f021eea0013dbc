"""What the waste program hangs on core's objects."""

from __future__ import annotations

from wantilan import Connection, Region, Resident, Village, aggregate, connection, door, many, tables

from ..models import Facility, Intake
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


TYPES = (VillageWaste, RegionWaste, ResidentWaste)
