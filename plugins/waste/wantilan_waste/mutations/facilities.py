"""Facilities are made and changed."""

from __future__ import annotations

from datetime import date

import strawberry

from wantilan import GeoJSONPoint, Grams, Info, Judge, RegionCode, Village, input, mutation, payload, ref

from ..models import Facility, WasteFacilityKind
from ..permissions import FACILITY_MANAGE
from ..rules.facilities import facility_faults
from ..rules.wording import length_fault, text_fault
from ..stock_events import FACILITY_SAVED
from ..types.facilities import WasteFacility
from .judging import TAKEN, found, refuse

MOST_NAME, MOST_ADDRESS = 100, 200


@input
class WasteSaveFacilityInput:
    """All of a facility: what is left out is unknown from then on."""

    village_code: RegionCode
    """The village."""
    name: str
    """Its name, unique in the village, 1 to 100 characters."""
    kind: WasteFacilityKind
    """TPS3R or waste bank."""
    facility_id: strawberry.ID | None = None
    """Which one is changed; a new one, if left out."""
    place: GeoJSONPoint | None = None
    """Where it stands."""
    address: str | None = None
    """Its address, as the village writes it, at most 200 characters."""
    area_square_metres: int | None = None
    """How large its ground is."""
    daily_capacity: Grams | None = None
    """How much it can take in on a day."""
    staff: int | None = None
    """How many people work there."""
    opened_on: date | None = None
    """The day it began to work."""
    closed_on: date | None = None
    """The last day on which it works; it takes in nothing after it."""


@payload
class WasteSaveFacilityPayload:
    """The facility as it is now."""

    facility: WasteFacility
    """The facility."""
    village: Village
    """The village, for reading its facilities again."""


@mutation(needs=FACILITY_MANAGE)
async def waste_save_facility(info: Info, input: WasteSaveFacilityInput) -> WasteSaveFacilityPayload:
    """Make a facility, or change one."""
    judge = Judge(input)
    key = judge.key(WasteFacility, "facility_id")
    refuse(judge, "name", text_fault(input.name, MOST_NAME))
    refuse(judge, "address", length_fault(input.address, MOST_ADDRESS))
    numbers = [
        getattr(input, name) if judge.good(name) else None
        for name in ("area_square_metres", "daily_capacity", "staff", "opened_on", "closed_on")
    ]
    for fault in facility_faults(*numbers):
        judge.refuse(*fault)
    if not judge.good("village_code"):
        judge.check()
    async with info.context.write(input.village_code) as unit:
        old = await found(unit, Facility, key, lock=True) if key is not None else None
        if judge.good("name"):
            same = [Facility.name == input.name.strip()]
            if await unit.exists(Facility, *same, *([Facility.id != old.id] if old is not None else [])):
                judge.refuse("name", "TAKEN", TAKEN)
        judge.check()
        facility = old if old is not None else Facility()
        longitude, latitude = input.place["coordinates"][:2] if input.place is not None else (None, None)
        facility.name, facility.kind = input.name.strip(), input.kind
        facility.longitude, facility.latitude = longitude, latitude
        facility.address = input.address.strip() if input.address is not None else None
        facility.area_square_metres, facility.daily_capacity = input.area_square_metres, input.daily_capacity
        facility.staff = input.staff
        facility.opened_on, facility.closed_on = input.opened_on, input.closed_on
        await unit.add(facility)
        unit.announce(FACILITY_SAVED, facility=facility.id)
        village = await unit.own_village()
    return WasteSaveFacilityPayload(facility=ref(WasteFacility, facility), village=ref(Village, village))


MUTATIONS = (waste_save_facility,)
