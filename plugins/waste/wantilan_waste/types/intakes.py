"""Facilities and what they take in, as clients see it."""

from __future__ import annotations

from datetime import date, datetime

from wantilan import (
    File,
    GeoJSONPoint,
    Grams,
    Household,
    Village,
    column,
    count,
    entity,
    follow,
    one,
    own_household,
    own_village,
    point,
    subscription,
    summary,
    total,
    within,
)

from ..models import Facility, Intake, WasteFacilityKind, WasteMeasure, WasteSourceClass, WasteStream
from ..permissions import FIGURES, READ


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
    method: WasteMeasure
    """How its mass became known."""
    mass: Grams = column(Intake.mass_grams)
    """Net mass: gross less tare, where it was weighed."""
    gross: Grams | None = column(Intake.gross_grams)
    """Mass with the container, where it was weighed."""
    tare: Grams | None = column(Intake.tare_grams)
    """Mass of the empty container, where it was weighed."""
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


@subscription
class WasteSubscriptions:
    """What can be followed of the waste of a village."""

    waste_intakes: WasteIntake = follow("waste.intake_recorded", subject="intake")
    """Each weighing, once it is recorded."""


TYPES = (WasteFacility, WasteIntake, WasteMass, WasteSubscriptions)
