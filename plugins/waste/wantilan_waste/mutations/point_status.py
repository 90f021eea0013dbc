"""Service points are paused, closed, given another code, and asked about sorting."""

from __future__ import annotations

from datetime import date

import strawberry

from wantilan import (
    Conflict,
    Info,
    InvalidTransition,
    Judge,
    NotFound,
    Text,
    Village,
    input,
    mutation,
    new_code,
    payload,
    ref,
)

from ..models import ServicePoint, SourceSurvey, Subscription, WasteOrganicHandling, WastePointStatus
from ..permissions import POINT_MANAGE
from ..rules.points import NEXT
from ..rules.texts import NOT_POSSIBLE, past_fault
from ..subscribing import end, let_days_take_effect, running_of
from ..types.fees import WasteSubscription
from ..types.points import WasteServicePoint, WasteSourceSurvey
from .points import CODE_LENGTH, refuse_closed


@input
class WasteSetServicePointStatusInput:
    """Whether a service point is served from today on."""

    point_id: strawberry.ID
    """Which one."""
    status: WastePointStatus
    """Whether it is to be served. `CLOSED` is for good and ends its subscription today."""


@payload
class WasteSetServicePointStatusPayload:
    """What is so now."""

    point: WasteServicePoint | None
    """The service point; null for those who may manage but not read."""
    ended_subscription: WasteSubscription | None
    """The subscription that ended with it; null if none did, and for those who may not read it."""
    village: Village
    """The village, for reading its points again."""


@input
class WasteRotateServicePointCodeInput:
    """A service point whose QR is to be worthless."""

    point_id: strawberry.ID
    """Which one."""


@payload
class WasteRotateServicePointCodePayload:
    """What is so now."""

    point: WasteServicePoint | None
    """The service point with its new code; null for those who may manage but not read."""


@input
class WasteRecordSourceSurveyInput:
    """What was asked and seen at a service point."""

    point_id: strawberry.ID
    """Where."""
    is_sorting: bool
    """Whether waste is sorted there."""
    organic_handling: WasteOrganicHandling
    """What is done there with organic waste."""
    single_use_plastic: bool | None = None
    """Whether single-use plastic was seen; leave it out where nobody looked."""
    day: date | None = None
    """When; today, if left out."""


@payload
class WasteRecordSourceSurveyPayload:
    """What was recorded."""

    survey: WasteSourceSurvey | None
    """The survey; null for those who may manage but not read."""
    point: WasteServicePoint | None
    """The service point, with the handling that its last survey found."""


@mutation(needs=POINT_MANAGE)
async def waste_set_service_point_status(
    info: Info, input: WasteSetServicePointStatusInput
) -> WasteSetServicePointStatusPayload:
    """Pause, serve again or close a service point. INVALID_TRANSITION where it is so already or closed."""
    judge = Judge(input)
    key = judge.key(WasteServicePoint, "point_id")
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        point = await unit.target(ServicePoint, key.id, lock=True)
        if input.status not in NEXT[point.status]:
            raise InvalidTransition(NOT_POSSIBLE)
        point.status = input.status
        ended = None
        if input.status is WastePointStatus.CLOSED:
            point.closed_on = max(unit.today, point.opened_on)
            await unit.flush()
            await let_days_take_effect(unit, Subscription.point_id == point.id)
            ended = await running_of(unit, point.id)
            if ended is not None:
                await end(unit, ended, unit.today)
        await unit.flush()
        unit.announce("waste.point_changed", point=point.id)
        village = await unit.own_village()
    return WasteSetServicePointStatusPayload(
        point=ref(WasteServicePoint, point),
        ended_subscription=ref(WasteSubscription, ended) if ended is not None else None,
        village=ref(Village, village),
    )


@mutation(needs=POINT_MANAGE)
async def waste_rotate_service_point_code(
    info: Info, input: WasteRotateServicePointCodeInput
) -> WasteRotateServicePointCodePayload:
    """Give a service point another code. The QR that hangs there is worthless from now on."""
    judge = Judge(input)
    key = judge.key(WasteServicePoint, "point_id")
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        point = await unit.target(ServicePoint, key.id, lock=True)
        refuse_closed(point)
        point.code, point.code_since = new_code(unit.village.code, CODE_LENGTH), unit.now
        await unit.flush()
        unit.announce("waste.point_changed", point=point.id)
    return WasteRotateServicePointCodePayload(point=ref(WasteServicePoint, point))


@mutation(needs=POINT_MANAGE)
async def waste_record_source_survey(
    info: Info, input: WasteRecordSourceSurveyInput
) -> WasteRecordSourceSurveyPayload:
    """Record what was asked and seen at a service point; one survey for a day. CONFLICT for a second one."""
    judge = Judge(input)
    key = judge.key(WasteServicePoint, "point_id")
    if key is None:
        judge.check()
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        point = await unit.target(ServicePoint, key.id, lock=True)
        day = input.day or unit.today
        if judge.good("day") and (fault := past_fault(day, unit.today, point.opened_on)):
            judge.refuse("day", *fault)
        judge.check()
        refuse_closed(point)
        here = SourceSurvey.point_id == point.id
        if await unit.exists(SourceSurvey, here, SourceSurvey.day == day):
            raise Conflict(Text("Hari itu sudah disurvei.", "There is a survey of that day."))
        made = SourceSurvey(
            point_id=point.id,
            household_id=point.household_id,
            day=day,
            is_sorting=input.is_sorting,
            organic_handling=input.organic_handling,
            single_use_plastic=input.single_use_plastic,
            recorded_by=unit.actor_id,
        )
        await unit.add(made)
        if not await unit.exists(SourceSurvey, here, SourceSurvey.day > day):
            point.organic_handling = made.organic_handling
            await unit.flush()
        unit.announce("waste.survey_recorded", survey=made.id, point=point.id)
    return WasteRecordSourceSurveyPayload(
        survey=ref(WasteSourceSurvey, made), point=ref(WasteServicePoint, point)
    )


MUTATIONS = (
    waste_set_service_point_status,
    waste_rotate_service_point_code,
    waste_record_source_survey,
)
