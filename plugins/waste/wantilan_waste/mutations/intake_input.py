"""What recording an intake takes and answers."""

from __future__ import annotations

from datetime import datetime

import strawberry

from wantilan import Grams, Village, input, payload

from ..models import WasteMeasure, WasteSourceClass, WasteStream
from ..types.facilities import WasteFacility
from ..types.intakes import WasteIntake


@input
class WasteRecordIntakeInput:
    """What a facility took in at one time, and how its mass became known. Each method has fields of its own:
    WEIGHED `gross` and `tare`, VOLUME `millilitres`, COUNT `pieces` and `gramsPerPiece`, ESTIMATE `mass`.
    """

    facility_id: strawberry.ID
    """Where it was taken in."""
    stream: WasteStream
    """What it was."""
    source_class: WasteSourceClass = WasteSourceClass.RUMAH_TANGGA
    """Where it came from."""
    method: WasteMeasure = WasteMeasure.WEIGHED
    """How its mass became known."""
    gross: Grams | None = None
    """Weighed: mass with the container."""
    tare: Grams = Grams(0)
    """Weighed: mass of the empty container."""
    millilitres: int | None = None
    """By volume: the volume. It becomes a mass by the density of the category, else by the village's; the
    density that was used is kept with the intake.
    """
    pieces: int | None = None
    """Counted: how many pieces."""
    grams_per_piece: Grams | None = None
    """Counted: the mass of one piece."""
    mass: Grams | None = None
    """Estimated: the mass."""
    category_id: strawberry.ID | None = None
    """What it was, more exactly: a category in use of the same stream; mixed, if left out."""
    household_id: strawberry.ID | None = None
    """Whose it is, if it is a household's; that of the service point, if left out."""
    run_id: strawberry.ID | None = None
    """The run that brought it, of the same stream. A run that is under way or finished is weighed by it."""
    point_code: str | None = None
    """The code of the service point that it comes from, as its QR says it."""
    weighed_at: datetime | None = None
    """When it was taken in; now, if left out."""
    photo_id: strawberry.ID | None = None
    """A photo of it: a file of kind `waste.intake_photo` that you have uploaded."""


@payload
class WasteRecordIntakePayload:
    """What the weighing changed."""

    intake: WasteIntake | None
    """The weighing; null for those who may record but not read."""
    facility: WasteFacility
    """Where it was weighed."""
    village: Village
    """The village, for reading its figures again."""
