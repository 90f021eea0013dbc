"""Judging a registration: first what needs no register, then what only this village's register can say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from ...errors import BadUserInput
from ...graph.context import Info, WriteUnit
from ...graph.judge import Judge
from ...graph.naming import camel_case
from ...graph.relay import GlobalId
from ...store.places import Region
from ...store.secrets import Keys
from .. import models, rules
from ..codes import FamilyRelationship, LifeEventKind
from ..life.details import Details, days_faults, details_faults
from ..life.timeline import BEFORE_BIRTH, ENTRIES, NOT_THE_BIRTH_DATE
from ..numbering import kk_hash, nik_hash
from ..numbers import Finding, kk_fault, nik_parts, nik_warnings
from .resident_input import NewHouseholdInput, RegisterResidentInput, RegistrationEventInput

EASTERNMOST = ZoneInfo("Asia/Jayapura")
"""Where a day begins first: what is in the future here is so in every village."""


def easternmost_today() -> date:
    """The latest day that it is anywhere in the country."""
    return datetime.now(EASTERNMOST).date()


@dataclass(frozen=True)
class Home:
    """Where the new resident goes: the rows that were found, None for what was not found or not asked for."""

    hamlet: models.Hamlet | None
    household: models.Household | None


def key_of(info: Info, judge: Judge, entity: type, name: str, id: str | None) -> GlobalId | None:
    """A global id of the input, with a fault of its field where it is none."""
    if id is None:
        return None
    try:
        return info.context.key_of(entity, id)
    except BadUserInput as error:
        (fault,) = error.fields
        judge.refuse(name, fault.code, fault.text)
        return None


def refuse(judge: Judge, name: str, fault: Finding | None) -> None:
    """Note what a rule says of a field; nothing where it says nothing."""
    if fault is not None:
        judge.refuse(name, fault.code, fault.text)


def judge_biodata(judge: Judge, input: RegisterResidentInput, today: date) -> None:
    """All that can be judged without looking into the register."""
    for name in ("full_name", "father_name", "mother_name"):
        refuse(judge, name, rules.person_fault(getattr(input, name)))
    refuse(judge, "birth_place", rules.text_fault(input.birth_place))
    refuse(judge, "phone", rules.phone_fault(input.phone))
    if judge.good("birth_date"):
        refuse(judge, "birth_date", rules.day_fault(input.birth_date, today))
    if judge.good("nik"):
        for name, fault in rules.nik_faults(input.nik, temporary=input.temporary_nik):
            refuse(judge, name, fault)
    chosen = rules.household_faults(
        existing=input.household_id is not None,
        new=input.new_household is not None,
        relationship=input.relationship,
    )
    for name, fault in chosen:
        refuse(judge, name, fault)
    if input.new_household is not None:
        judge_new_household(judge, input.new_household, today)
        if input.relationship not in (None, FamilyRelationship.KEPALA_KELUARGA):
            refuse(judge, "relationship", rules.HEAD_FIRST)
    if input.event is not None:
        _judge_event(judge, input, input.event, today)


def _judge_event(
    judge: Judge, input: RegisterResidentInput, event: RegistrationEventInput, today: date
) -> None:
    faults: list[tuple[str, Finding]] = []
    if event.kind not in ENTRIES:
        faults.append(("kind", rules.NO_ENTRY))
    if judge.good("event"):
        faults += days_faults(event.happened_on, event.reported_on, today)
        if judge.good("birth_date"):
            if event.happened_on < input.birth_date:
                faults.append(("happened_on", BEFORE_BIRTH))
            elif event.kind is LifeEventKind.LAHIR and event.happened_on != input.birth_date:
                faults.append(("happened_on", NOT_THE_BIRTH_DATE))
    judge.faults += [fault.at("input", "event", camel_case(name)) for name, fault in faults]
    judge_details(judge, event.details, event.kind, "event")
    if faults:
        judge.spoil("event")


def judge_details(judge: Judge, details: Details | None, kind: LifeEventKind, *at: str) -> None:
    """What is told of an event beside what it changes."""
    if details is None:
        return
    for name, fault in details_faults(details, kind):
        judge.faults.append(fault.at("input", *at, "details", camel_case(name)))


def judge_new_household(judge: Judge, new: NewHouseholdInput, today: date) -> None:
    """What is wrong with a household that is to be made, as far as it says so itself."""
    scalars = Judge(new)
    faults = {"address": rules.text_fault(new.address)}
    if new.kk_number is not None and scalars.good("kk_number"):
        faults["kkNumber"] = kk_fault(new.kk_number)
    if new.registered_on is not None and scalars.good("registered_on"):
        faults["registeredOn"] = rules.day_fault(new.registered_on, today)
    for name, fault in faults.items():
        if fault is not None:
            judge.faults.append(fault.at("input", "newHousehold", name))


async def find_home(
    judge: Judge, unit: WriteUnit, hamlet_key: GlobalId | None, household_key: GlobalId | None
) -> Home:
    """The hamlet and the household of the input; another village's are as unknown as none at all."""
    hamlet = household = None
    if hamlet_key is not None and hamlet_key.village == unit.village.id:
        hamlet = await unit.get(models.Hamlet, hamlet_key.id)
    if hamlet is None and judge.good("hamlet_id"):
        refuse(judge, "hamlet_id", rules.UNKNOWN_HAMLET)
    if household_key is not None and household_key.village == unit.village.id:
        # Held until the end, so that two heads who come at once are seen one after the other.
        household = await unit.get(models.Household, household_key.id, lock=True)
    if household_key is not None and household is None:
        refuse(judge, "household_id", rules.UNKNOWN_HOUSEHOLD)
    return Home(hamlet, household)


async def judge_in_village(
    judge: Judge, unit: WriteUnit, input: RegisterResidentInput, home: Home, keys: Keys
) -> None:
    """What only this village's register can say; nobody learns what another one holds."""
    if input.nik is not None and judge.good("nik"):
        known = models.Resident.nik_hash == nik_hash(keys, input.nik, unit.village.id)
        if await unit.exists(models.Resident, known):
            refuse(judge, "nik", rules.DUPLICATE_NIK)
    if input.new_household is not None:
        await judge_new_number(judge, unit, input.new_household, keys)
    if home.household is None:
        return
    if home.household.closed_on is not None:
        refuse(judge, "household_id", rules.HOUSEHOLD_CLOSED)
    head = FamilyRelationship.KEPALA_KELUARGA
    headed = await unit.exists(
        models.HouseholdMember,
        models.HouseholdMember.household_id == home.household.id,
        models.HouseholdMember.relationship == head,
        models.HouseholdMember.until.is_(None),
    )
    if headed and input.relationship is head:
        refuse(judge, "relationship", rules.SECOND_HEAD)
    elif not headed and home.household.closed_on is None and input.relationship not in (None, head):
        refuse(judge, "relationship", rules.HEAD_FIRST)


async def judge_new_number(judge: Judge, unit: WriteUnit, new: NewHouseholdInput, keys: Keys) -> None:
    """Whether the number of a household that is to be made is free."""
    if new.kk_number is None or not Judge(new).good("kk_number"):
        return
    used = models.HouseholdNumber.number_hash == kk_hash(keys, new.kk_number, unit.village.id)
    if await unit.exists(models.HouseholdNumber, used, models.HouseholdNumber.until.is_(None)):
        judge.faults.append(rules.DUPLICATE_KK.at("input", "newHousehold", "kkNumber"))


async def warnings_of(unit: WriteUnit, input: RegisterResidentInput) -> list[Finding]:
    """What a faultless input's NIK says otherwise than the rest of it."""
    parts = nik_parts(input.nik) if input.nik is not None else None
    if input.nik is None or parts is None:
        return []
    known = bool(await unit.session.scalar(sa.select(sa.exists().where(Region.code == parts.region))))
    return nik_warnings(
        input.nik, birth_date=input.birth_date, sex=input.sex, known_region=lambda region: known
    )
