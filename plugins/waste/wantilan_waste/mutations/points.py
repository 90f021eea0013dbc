"""Service points are added and described anew."""

from __future__ import annotations

from datetime import date
from typing import Any

import strawberry

from wantilan import (
    Conflict,
    FieldFault,
    GeoJSONPoint,
    Hamlet,
    Household,
    Info,
    Judge,
    NotFound,
    Notice,
    RuleViolated,
    Text,
    Unit,
    Village,
    input,
    mutation,
    new_code,
    payload,
    ref,
    sort_key,
    tables,
)

from ..models import (
    FeePlanClass,
    ServicePoint,
    WasteOrganicHandling,
    WastePointStatus,
    WasteSourceClass,
)
from ..permissions import POINT_MANAGE
from ..rules.points import default_label, people_fault
from ..rules.texts import past_fault, text_fault
from ..subscribing import running_of
from ..types.points import WasteServicePoint

CODE_LENGTH = 20
LONGEST = {"label": 100, "business_name": 100, "instructions": 500}
NEEDED = Text("Harus diisi.", "Must be given.")


@input
class WasteAddServicePointInput:
    """A household or a business whose waste is to be fetched."""

    household_id: strawberry.ID | None = None
    """The household; leave it out for a business."""
    business_name: str | None = None
    """The name of the business, at most 100 characters; leave it out for a household."""
    hamlet_id: strawberry.ID | None = None
    """The hamlet in which it lies; that of the household, if left out."""
    source_class: WasteSourceClass | None = None
    """What kind of place it is; `RUMAH_TANGGA` for a household, if left out."""
    label: str | None = None
    """What collectors call it, at most 100 characters; after the business, the address or the hamlet, if
    left out.
    """
    people: int | None = None
    """How many people make waste there."""
    place: GeoJSONPoint | None = None
    """Where it is."""
    instructions: str | None = None
    """What the collector has to know, at most 500 characters."""
    organic_handling: WasteOrganicHandling = WasteOrganicHandling.TIDAK_ADA
    """What is done there with organic waste."""
    opened_on: date | None = None
    """Its first day; today, if left out."""


@payload
class WasteAddServicePointPayload:
    """What was added."""

    point: WasteServicePoint | None
    """The service point; null for those who may manage but not read."""
    village: Village
    """The village, for reading its points again."""


@input
class WasteUpdateServicePointInput:
    """What of a service point is different now. What is left out stays; null takes a value away, where there
    may be none.
    """

    point_id: strawberry.ID
    """Which one."""
    label: str | None = strawberry.UNSET
    """What collectors call it, at most 100 characters."""
    people: int | None = strawberry.UNSET
    """How many people make waste there."""
    place: GeoJSONPoint | None = strawberry.UNSET
    """Where it is."""
    instructions: str | None = strawberry.UNSET
    """What the collector has to know, at most 500 characters."""
    source_class: WasteSourceClass | None = strawberry.UNSET
    """What kind of place it is."""
    organic_handling: WasteOrganicHandling | None = strawberry.UNSET
    """What is done there with organic waste."""


@payload
class WasteUpdateServicePointPayload:
    """What is so now."""

    point: WasteServicePoint | None
    """The service point; null for those who may manage but not read."""
    warnings: list[Notice]
    """`PLAN_DOES_NOT_FIT`: the plan of its subscription is not for such a place."""


@mutation(needs=POINT_MANAGE)
async def waste_add_service_point(
    info: Info, input: WasteAddServicePointInput
) -> WasteAddServicePointPayload:
    """Add a household or a business whose waste is fetched, with a code for its QR. A household has one at a
    time.
    """
    judge = Judge(input)
    home, hamlet_key = judge.key(Household, "household_id"), judge.key(Hamlet, "hamlet_id")
    _judge_holder(judge, input)
    _judge_values(judge, input)
    if home is None and hamlet_key is None:
        judge.check()
    key = home or hamlet_key
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        opened_on = input.opened_on or unit.today
        if judge.good("opened_on") and (fault := past_fault(opened_on, unit.today)):
            judge.refuse("opened_on", *fault)
        judge.check()
        household = await unit.target(tables.Household, home.id) if home is not None else None
        if household is not None:
            await _refuse_second(unit, household)
        hamlet = await unit.target(
            tables.Hamlet, hamlet_key.id if hamlet_key is not None else _hamlet_of(household)
        )
        number = len(await unit.all(ServicePoint, ServicePoint.hamlet_id == hamlet.id)) + 1
        label = (input.label or "").strip() or default_label(
            (input.business_name or "").strip() or None,
            household.address if household is not None else None,
            hamlet.name,
            number,
        )
        longitude, latitude = coordinates(input.place)
        made = ServicePoint(
            code=new_code(unit.village.code, CODE_LENGTH),
            code_since=unit.now,
            household_id=household.id if household is not None else None,
            business_name=input.business_name.strip() if input.business_name else None,
            label=label,
            label_key=sort_key(label),
            hamlet_id=hamlet.id,
            source_class=input.source_class or WasteSourceClass.RUMAH_TANGGA,
            people=input.people,
            longitude=longitude,
            latitude=latitude,
            instructions=stripped(input.instructions),
            organic_handling=input.organic_handling,
            status=WastePointStatus.ACTIVE,
            opened_on=opened_on,
        )
        await unit.add(made)
        unit.announce("waste.point_added", point=made.id)
        village = await unit.own_village()
    return WasteAddServicePointPayload(point=ref(WasteServicePoint, made), village=ref(Village, village))


@mutation(needs=POINT_MANAGE)
async def waste_update_service_point(
    info: Info, input: WasteUpdateServicePointInput
) -> WasteUpdateServicePointPayload:
    """Describe a service point anew. RULE_VIOLATED where it is closed."""
    judge = Judge(input)
    key = judge.key(WasteServicePoint, "point_id")
    for name in ("label", "source_class", "organic_handling"):
        if getattr(input, name) is None:
            judge.refuse(name, "REQUIRED", NEEDED)
    _judge_values(judge, input)
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        point = await unit.target(ServicePoint, key.id, lock=True)
        refuse_closed(point)
        changed = {
            name: getattr(input, name)
            for name in ("people", "source_class", "organic_handling")
            if getattr(input, name) is not strawberry.UNSET
        }
        if input.label:
            changed |= {"label": input.label.strip(), "label_key": sort_key(input.label.strip())}
        if input.instructions is not strawberry.UNSET:
            changed["instructions"] = stripped(input.instructions)
        if input.place is not strawberry.UNSET:
            changed["longitude"], changed["latitude"] = coordinates(input.place)
        for name, value in changed.items():
            setattr(point, name, value)
        await unit.flush()
        warnings = await _plan_warnings(unit, point) if "source_class" in changed else []
        unit.announce("waste.point_changed", point=point.id)
    return WasteUpdateServicePointPayload(point=ref(WasteServicePoint, point), warnings=warnings)


def refuse_closed(point: ServicePoint) -> None:
    if point.status is WastePointStatus.CLOSED:
        raise RuleViolated(
            "waste.point_closed", Text("Titik layanan ini sudah ditutup.", "This service point is closed.")
        )


def coordinates(place: GeoJSONPoint | None) -> tuple[float | None, float | None]:
    """Longitude and latitude of a point that was sent."""
    if place is None:
        return None, None
    longitude, latitude = place["coordinates"]
    return longitude, latitude


def stripped(text: str | None) -> str | None:
    return (text or "").strip() or None


def _judge_holder(judge: Judge, input: WasteAddServicePointInput) -> None:
    if input.household_id is None and input.business_name is None:
        judge.refuse("household_id", "REQUIRED", NEEDED)
    if input.household_id is not None and input.business_name is not None:
        text = Text("Rumah tangga atau usaha, tidak keduanya.", "A household or a business, not both.")
        judge.refuse("business_name", "ONE_OF_THEM", text)
    if input.business_name is not None and input.household_id is None:
        for name in ("hamlet_id", "source_class"):
            if getattr(input, name) is None:
                judge.refuse(name, "REQUIRED", NEEDED)


def _judge_values(judge: Judge, input: Any) -> None:
    for name, most in LONGEST.items():
        text = getattr(input, name, None)
        if isinstance(text, str) and (fault := text_fault(text, most)):
            judge.refuse(name, *fault)
    if isinstance(input.people, int) and (fault := people_fault(input.people)):
        judge.refuse("people", *fault)


def _hamlet_of(household: tables.Household | None) -> Any:
    if household is None:
        raise NotFound
    return household.hamlet_id


async def _refuse_second(unit: Unit, household: tables.Household) -> None:
    if household.closed_on is not None:
        text = Text("Rumah tangga ini sudah tidak ada.", "This household exists no more.")
        raise RuleViolated("waste.household_closed", text)
    served = ServicePoint.household_id == household.id, ServicePoint.status != WastePointStatus.CLOSED
    if await unit.exists(ServicePoint, *served):
        raise Conflict(
            Text("Rumah tangga ini sudah punya titik layanan.", "This household has a service point.")
        )


async def _plan_warnings(unit: Unit, point: ServicePoint) -> list[Notice]:
    running = await running_of(unit, point.id)
    if running is None:
        return []
    fits = FeePlanClass.plan_id == running.plan_id, FeePlanClass.source_class == point.source_class
    if await unit.exists(FeePlanClass, *fits):
        return []
    text = Text(
        "Tarif langganannya tidak untuk golongan ini.",
        "The plan of its subscription is not for such a place.",
    )
    return [Notice.of(FieldFault(("input", "sourceClass"), "PLAN_DOES_NOT_FIT", text))]


MUTATIONS = (waste_add_service_point, waste_update_service_point)
