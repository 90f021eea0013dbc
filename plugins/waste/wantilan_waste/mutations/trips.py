"""What leaves a facility without being sold."""

from __future__ import annotations

from datetime import datetime

import strawberry

from wantilan import Grams, Info, Judge, NotFound, Village, input, mutation, payload, ref

from ..models import Facility, Lot, Trip, WasteMeasure, WasteRecipient, WasteTripKind
from ..permissions import STOCK_RECORD
from ..rules.trips import REASONS, check_load, trip_faults
from ..rules.wording import length_fault, text_fault
from ..stock import move
from ..stock_events import TRIP_RECORDED
from ..types.facilities import WasteFacility
from ..types.stock import WasteLot, WasteTrip
from .judging import found, judge_mass, judge_moment, refuse

MOST_DESTINATION, MOST_NUMBER = 100, 40


@input
class WasteRecordTripInput:
    """What left out of one lot. Where a vehicle carries several, each is a trip with the same ticket."""

    lot_id: strawberry.ID
    """The lot."""
    kind: WasteTripKind
    """What kind of trip. Hazardous waste leaves as B3_HANDOVER, and nothing else does."""
    destination: str
    """Where it went, 1 to 100 characters."""
    mass: Grams
    """How much."""
    method: WasteMeasure = WasteMeasure.WEIGHED
    """How the mass became known."""
    vehicle: str | None = None
    """The number plate of the vehicle, at most 40 characters; required for RESIDUE."""
    ticket_no: str | None = None
    """The number of the landfill's ticket, at most 40 characters; required for RESIDUE."""
    recipient: WasteRecipient | None = None
    """Who took over hazardous waste; required for B3_HANDOVER, and given for nothing else."""
    licence_no: str | None = None
    """The licence of who took it over, at most 40 characters; required where the recipient is LICENSED."""
    left_at: datetime | None = None
    """When it left; now, if left out."""


@payload
class WasteRecordTripPayload:
    """The trip."""

    trip: WasteTrip | None
    """The trip; null for those who may record but not read."""
    facility: WasteFacility
    """Where it left from."""
    village: Village
    """The village, for reading its stock again."""


@mutation(needs=STOCK_RECORD)
async def waste_record_trip(info: Info, input: WasteRecordTripInput) -> WasteRecordTripPayload:
    """Record what left a facility without being sold: residue to the landfill, hazardous waste handed over,
    compost given away. RULE_VIOLATED: `waste.b3` when hazardous waste would leave otherwise than by a
    handover, `waste.stock` when there is not so much.
    """
    judge = Judge(input)
    key = judge.key(WasteLot, "lot_id")
    refuse(judge, "destination", text_fault(input.destination, MOST_DESTINATION))
    for name in ("vehicle", "ticket_no", "licence_no"):
        refuse(judge, name, length_fault(getattr(input, name), MOST_NUMBER))
    for fault in trip_faults(input.kind, input.vehicle, input.ticket_no, input.recipient, input.licence_no):
        if judge.good(fault[0]):
            judge.refuse(*fault)
    judge_mass(judge, "mass", input.mass)
    judge_moment(judge, "left_at", input.left_at)
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        lot = await found(unit, Lot, key)
        check_load(input.kind, lot.stream)
        at = input.left_at or unit.now
        trip = Trip(
            facility_id=lot.facility_id,
            lot_id=lot.id,
            kind=input.kind,
            stream=lot.stream,
            destination=input.destination.strip(),
            recipient=input.recipient,
            licence_no=stripped(input.licence_no),
            vehicle=stripped(input.vehicle),
            ticket_no=stripped(input.ticket_no),
            mass=input.mass,
            method=input.method,
            left_at=at,
            business_date=unit.business_date(at),
            recorded_by=unit.actor_id,
        )
        await unit.add(trip)
        await move(unit, lot, -input.mass, REASONS[input.kind], at=at, method=input.method, trip=trip)
        unit.announce(TRIP_RECORDED, trip=trip.id, facility=lot.facility_id)
        facility = await unit.get(Facility, lot.facility_id)
        village = await unit.own_village()
    assert facility is not None, "a lot has one"
    return WasteRecordTripPayload(
        trip=ref(WasteTrip, trip), facility=ref(WasteFacility, facility), village=ref(Village, village)
    )


def stripped(text: str | None) -> str | None:
    return text.strip() if text is not None else None


MUTATIONS = (waste_record_trip,)
