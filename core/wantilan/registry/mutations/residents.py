"""Registering a resident: all of the input is judged, then person, household and membership are written."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from ...errors import RuleViolated, Text
from ...graph.context import Info, WriteUnit
from ...graph.declare import ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...graph.notices import Notice
from ...store.ids import uuid7
from ...store.places import Village
from ...store.secrets import Keys
from .. import models, rules
from ..names import clean_name, sort_key
from ..numbering import nik_hash, sealed_kk, sealed_nik
from ..numbers import temporary_nik
from ..searching import index_resident
from ..types import Hamlet, Household, Resident
from .resident_input import NewHouseholdInput, RegisterResidentInput, RegisterResidentPayload
from .resident_judging import find_home, judge_biodata, judge_in_village, key_of, warnings_of

EASTERNMOST = ZoneInfo("Asia/Jayapura")
"""Where a day begins first: what is in the future here is so in every village."""
SERIALS = 99_999


@mutation(needs="resident.register")
async def register_resident(info: Info, input: RegisterResidentInput) -> RegisterResidentPayload:
    """Enter a person into a village's register. Every faulty field is named at once."""
    judge, keys = Judge(input), info.context.service(Keys)
    hamlet_key = key_of(info, judge, Hamlet, "hamlet_id", input.hamlet_id)
    household_key = key_of(info, judge, Household, "household_id", input.household_id)
    if not judge.good("village_code"):
        judge_biodata(judge, input, datetime.now(EASTERNMOST).date())
        judge.check()
    async with info.context.write(input.village_code) as unit:
        judge_biodata(judge, input, unit.today)
        home = await find_home(judge, unit, hamlet_key, household_key)
        await judge_in_village(judge, unit, input, home, keys)
        judge.check()
        assert home.hamlet is not None
        warnings = await warnings_of(unit, input)
        nik = await _draw_nik(unit, keys) if input.temporary_nik else input.nik
        household = home.household
        if input.new_household is not None:
            household = await _add_household(unit, input.new_household, home.hamlet.id, keys)
        resident = _resident(unit, input, home.hamlet.id, nik, keys)
        resident.household_id = household.id if household is not None else None
        await unit.add(resident)
        if household is not None:
            await unit.add(_member(unit, input, resident, household))
        await index_resident(unit, resident)
        unit.announce("resident_registered", resident=resident.id)
    return RegisterResidentPayload(
        resident=ref(Resident, resident),
        household=ref(Household, household) if household is not None else None,
        warnings=[Notice.of(warning.at("input", "nik")) for warning in warnings],
    )


async def _draw_nik(unit: WriteUnit, keys: Keys) -> str:
    """The next temporary NIK of the village.

    Serials follow the number of registrations, which never falls, so that a number that was replaced is not
    given to somebody else.
    """
    village = sa.select(Village.id).where(Village.id == unit.village.id)
    await unit.session.execute(village.with_for_update(key_share=True))
    registered = await unit.session.scalar(
        sa.select(sa.func.count()).where(models.Resident.village_id == unit.village.id)
    )
    for offset in range(SERIALS):
        drawn = temporary_nik(unit.village.code, ((registered or 0) + offset) % SERIALS + 1)
        taken = models.Resident.nik_hash == nik_hash(keys, drawn, unit.village.id)
        if not await unit.exists(models.Resident, taken):
            return drawn
    raise RuleViolated(
        "TEMPORARY_NIK_EXHAUSTED",
        Text("Nomor urut NIK sementara sudah habis.", "No serial is left for a temporary NIK."),
    )


def _resident(
    unit: WriteUnit, input: RegisterResidentInput, hamlet_id: UUID, nik: str | None, keys: Keys
) -> models.Resident:
    made = models.Resident(
        village_id=unit.village.id,
        id=uuid7(),
        full_name=clean_name(input.full_name),
        name_key=sort_key(clean_name(input.full_name)),
        sex=input.sex,
        birth_place=_cleaned(input.birth_place),
        birth_date=input.birth_date,
        religion=input.religion,
        marital_status=input.marital_status,
        education=input.education,
        current_education=input.current_education,
        occupation=input.occupation,
        blood_type=input.blood_type,
        citizenship=input.citizenship,
        residency=input.residency,
        father_name=_cleaned(input.father_name),
        mother_name=_cleaned(input.mother_name),
        phone=rules.clean_phone(input.phone) if input.phone is not None else None,
        hamlet_id=hamlet_id,
        registered_at=unit.now,
    )
    if nik is not None:
        stored = sealed_nik(keys, nik, made.id, unit.village.id)
        made.nik_sealed, made.nik_hash = stored["nik_sealed"], stored["nik_hash"]
        made.nik_masked, made.nik_kind = stored["nik_masked"], stored["nik_kind"]
    return made


async def _add_household(
    unit: WriteUnit, new: NewHouseholdInput, hamlet_id: UUID, keys: Keys
) -> models.Household:
    household = models.Household(
        village_id=unit.village.id,
        id=uuid7(),
        hamlet_id=hamlet_id,
        address=_cleaned(new.address),
        registered_on=new.registered_on or unit.today,
    )
    await unit.add(household)
    if new.kk_number is not None:
        stored = sealed_kk(keys, new.kk_number, household.id, unit.village.id)
        await unit.add(
            models.HouseholdNumber(household_id=household.id, since=household.registered_on, **stored)
        )
    return household


def _member(
    unit: WriteUnit, input: RegisterResidentInput, resident: models.Resident, household: models.Household
) -> models.HouseholdMember:
    """The membership: from today, or since a household began that enters the register with the resident."""
    since = unit.today
    if input.new_household is not None:
        since = max(household.registered_on, input.birth_date)
    return models.HouseholdMember(
        household_id=household.id, resident_id=resident.id, relationship=input.relationship, since=since
    )


def _cleaned(text: str | None) -> str | None:
    return clean_name(text) if text is not None else None
