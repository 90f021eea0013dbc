"""Weighings are recorded."""

from __future__ import annotations

from datetime import UTC, datetime

import strawberry

from wantilan import (
    File,
    Grams,
    Household,
    Info,
    Judge,
    NotFound,
    Village,
    input,
    mutation,
    payload,
    ref,
    tables,
    take_file,
)

from ..files import PHOTO
from ..messages import RECEIVED
from ..models import Facility, Intake, WasteSourceClass, WasteStream
from ..permissions import RECORD
from ..rules.weighing import gross_fault, moment_fault, tare_fault
from ..settings import WasteSettings
from ..stock import take_in
from ..telling import tell_household
from ..types.facilities import WasteFacility
from ..types.intakes import WasteIntake


@input
class WasteRecordIntakeInput:
    """One weighing."""

    facility_id: strawberry.ID
    """Where it was weighed."""
    stream: WasteStream
    """What was weighed."""
    source_class: WasteSourceClass = WasteSourceClass.RUMAH_TANGGA
    """Where it came from."""
    gross: Grams
    """Mass with the container."""
    tare: Grams = Grams(0)
    """Mass of the empty container."""
    household_id: strawberry.ID | None = None
    """Whose it is, if it is a household's."""
    weighed_at: datetime | None = None
    """When it was weighed; now, if left out."""
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


@mutation(needs=RECORD)
async def waste_record_intake(info: Info, input: WasteRecordIntakeInput) -> WasteRecordIntakePayload:
    """Record one weighing at a facility."""
    judge = Judge(input)
    place, home = judge.key(WasteFacility, "facility_id"), judge.key(Household, "household_id")
    photo_key = judge.key(File, "photo_id")
    judge_weighing(judge, input)
    judge.check()
    if place is None:
        raise NotFound
    async with info.context.write(place.village_id) as unit:
        weighed_at = input.weighed_at or unit.now
        facility = await unit.get(Facility, place.id)
        household = (
            await unit.get(tables.Household, home.id) if home and home.village == unit.village.id else None
        )
        if facility is None or (home is not None and household is None):
            raise NotFound
        photo = None
        if photo_key is not None:
            photo = await take_file(
                unit, photo_key, kind=PHOTO, household=household.id if household else None
            )
        intake = Intake(
            facility_id=facility.id,
            household_id=household.id if household else None,
            stream=input.stream,
            source_class=input.source_class,
            gross_grams=input.gross,
            tare_grams=input.tare,
            mass_grams=Grams(input.gross - input.tare),
            weighed_at=weighed_at,
            business_date=unit.business_date(weighed_at),
            photo_id=photo.id if photo else None,
            recorded_by=unit.actor_id,
        )
        await take_in(unit, intake)
        unit.announce("waste.intake_recorded", intake=intake.id, facility=facility.id)
        if household is not None and (await unit.settings(WasteSettings)).notify_households:
            await tell_household(
                unit,
                household.id,
                RECEIVED,
                facility=facility.name,
                mass=intake.mass_grams,
                day=intake.business_date,
            )
        village = await unit.own_village()
    return WasteRecordIntakePayload(
        intake=ref(WasteIntake, intake), facility=ref(WasteFacility, facility), village=ref(Village, village)
    )


def judge_weighing(judge: Judge, input: WasteRecordIntakeInput) -> None:
    """Every rule whose values are good; a gross mass that is refused says nothing of the tare."""
    if judge.good("gross") and (fault := gross_fault(input.gross)):
        judge.refuse("gross", *fault)
    if judge.good("gross", "tare") and (fault := tare_fault(input.gross, input.tare)):
        judge.refuse("tare", *fault)
    now = datetime.now(UTC)
    if judge.good("weighed_at") and (fault := moment_fault(input.weighed_at or now, now)):
        judge.refuse("weighed_at", *fault)


MUTATIONS = (waste_record_intake,)
