"""What facilities take in, as clients see it."""

from __future__ import annotations

from datetime import date, datetime

from wantilan import (
    File,
    Grams,
    Household,
    column,
    count,
    entity,
    follow,
    one,
    own_household,
    own_village,
    subscription,
    summary,
    total,
    within,
)

from ..models import Intake, WasteMeasure, WasteSourceClass, WasteStream
from ..permissions import FIGURES, READ
from .categories import WasteCategory
from .facilities import WasteFacility as WasteFacility
from .routes import WasteStopPoint
from .runs import WasteRun


@entity(
    Intake,
    read=[within(READ), own_household(Intake.household_id)],
    order=[Intake.weighed_at, Intake.mass_grams],
    filter=[Intake.stream, Intake.source_class, Intake.weighed_at, Intake.business_date],
)
class WasteIntake:
    """What a facility took in at one time. It is never changed."""

    stream: WasteStream
    """What it was."""
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
    millilitres: int | None
    """Its volume, where it was measured so."""
    grams_per_litre: int | None
    """The density by which the volume became a mass, as it was then."""
    pieces: int | None
    """How many pieces, where they were counted."""
    grams_per_piece: int | None
    """The mass of one piece, where they were counted."""
    weighed_at: datetime
    """When it was taken in."""
    business_date: date
    """The day of it in the village's time zone."""
    photo: File | None = one()
    """A photo of it, if one was taken."""
    category: WasteCategory | None = one()
    """What it was; null while it is mixed."""
    run: WasteRun | None = one()
    """The run that brought it; null for those who may not see runs."""
    point: WasteStopPoint | None = one()
    """The service point that it came from; null for those who may not see it."""
    facility: WasteFacility | None = one()
    """Where it was taken in."""
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


TYPES = (WasteIntake, WasteMass, WasteSubscriptions)
