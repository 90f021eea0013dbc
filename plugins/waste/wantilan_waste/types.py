"""What the waste program shows."""

from __future__ import annotations

from datetime import date, datetime

from wantilan import (
    Connection,
    File,
    GeoJSONPoint,
    Grams,
    Household,
    Region,
    Resident,
    Village,
    aggregate,
    column,
    connection,
    count,
    door,
    entity,
    follow,
    many,
    one,
    own_household,
    own_village,
    point,
    subscription,
    summary,
    tables,
    total,
    within,
)

from .models import Facility, Intake, WasteFacilityKind, WasteSourceClass, WasteStream
from .permissions import FIGURES, READ


@entity(Facility, read=[within(READ), within("waste.intake.record"), within(FIGURES), own_village()])
class WasteFacility:
    """A place of the village that takes in waste."""

    name: str
    """Its name, unique in the village."""
    kind: WasteFacilityKind
    """TPS3R or waste bank."""
    place: GeoJSONPoint | None = point(Facility.longitude, Facility.latitude)
    """Where it stands."""
    opened_on: date | None
    """The day it began to work."""
    village: Village = one()
    """The village it belongs to."""


@entity(
    Intake,
    read=[within(READ), own_household(Intake.household_id)],
    order=[Intake.weighed_at, Intake.mass_grams],
    filter=[Intake.stream, Intake.source_class, Intake.weighed_at, Intake.business_date],
)
class WasteIntake:
    """One weighing at a facility."""

    stream: WasteStream
    """What was weighed."""
    source_class: WasteSourceClass
    """Where it came from."""
    mass: Grams = column(Intake.mass_grams)
    """Net mass: gross less tare."""
    gross: Grams = column(Intake.gross_grams)
    """Mass with the container."""
    tare: Grams = column(Intake.tare_grams)
    """Mass of the empty container."""
    weighed_at: datetime
    """When it was weighed."""
    business_date: date
    """The day of it in the village's time zone."""
    photo: File | None = one()
    """A photo of it, if one was taken."""
    facility: WasteFacility | None = one()
    """Where it was weighed."""
    household: Household | None = one()
    """Whose it was; null for what is not a household's, and for those who may not see the household."""


@summary(Intake, read=[within(FIGURES), own_village()])
class WasteMass:
    """The mass of one stream."""

    stream: WasteStream
    """The stream."""
    mass: Grams = total(Intake.mass_grams)
    """Its net mass."""
    intakes: int = count()
    """How many weighings it is made of."""


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


@subscription
class WasteSubscriptions:
    """What can be followed of the waste of a village."""

    waste_intakes: WasteIntake = follow("waste.intake_recorded", subject="intake")
    """Each weighing, once it is recorded."""


TYPES = (WasteFacility, WasteIntake, WasteMass, VillageWaste, RegionWaste, ResidentWaste, WasteSubscriptions)
