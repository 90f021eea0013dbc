"""Registering a resident: all of the input is judged, then person, household and membership are written."""

from __future__ import annotations

from uuid import UUID

from ...graph.context import Info, WriteUnit
from ...graph.declare import ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...graph.notices import Notice
from ...store.ids import uuid7
from ...store.secrets import Keys
from .. import models, rules
from ..codes import LifeEventKind
from ..drawing import draw_nik
from ..duplicates.finding import POSSIBLE_DUPLICATE, note_duplicates
from ..life.details import said_by
from ..life.entering import entry, found_household
from ..life.recording import Act, record
from ..names import clean_name, sort_key
from ..numbering import sealed_nik
from ..numbers import Finding
from ..types import Hamlet, Household, Resident
from .resident_input import RegisterResidentInput, RegisterResidentPayload
from .resident_judging import (
    easternmost_today,
    find_home,
    judge_biodata,
    judge_in_village,
    key_of,
    warnings_of,
)


@mutation(needs="resident.register")
async def register_resident(info: Info, input: RegisterResidentInput) -> RegisterResidentPayload:
    """Enter a person into a village's register. Every faulty field is named at once."""
    judge, keys = Judge(input), info.context.service(Keys)
    hamlet_key = key_of(info, judge, Hamlet, "hamlet_id", input.hamlet_id)
    household_key = key_of(info, judge, Household, "household_id", input.household_id)
    if not judge.good("village_code"):
        judge_biodata(judge, input, easternmost_today())
        judge.check()
    async with info.context.write(input.village_code) as unit:
        judge_biodata(judge, input, unit.today)
        home = await find_home(judge, unit, hamlet_key, household_key)
        await judge_in_village(judge, unit, input, home, keys)
        judge.check()
        assert home.hamlet is not None
        warnings = await warnings_of(unit, input)
        nik = await draw_nik(unit, keys) if input.temporary_nik else input.nik
        household, new = home.household, input.new_household
        if new is not None:
            household = await found_household(
                unit, keys, hamlet_id=home.hamlet.id, registered_on=new.registered_on or unit.today,
                address=new.address, kk_number=new.kk_number,
            )  # fmt: skip
        resident = _resident(unit, input, home.hamlet.id, nik, keys)
        await unit.add(resident)
        await record(unit, await _entry(unit, input, resident, household), entered={resident.id})
        unit.announce("resident_registered", resident=resident.id)
        if await note_duplicates(unit, [resident]):
            warnings.append(POSSIBLE_DUPLICATE)
    return RegisterResidentPayload(
        resident=ref(Resident, resident),
        household=ref(Household, household) if household is not None else None,
        warnings=[Notice.of(warning.at("input", *_field_of(warning))) for warning in warnings],
    )


def _field_of(warning: Finding) -> tuple[str, ...]:
    """The field that a warning is about: all but one speak of the NIK, and that one of the whole person."""
    return () if warning is POSSIBLE_DUPLICATE else ("nik",)


async def _entry(
    unit: WriteUnit,
    input: RegisterResidentInput,
    resident: models.Resident,
    household: models.Household | None,
) -> Act:
    """How the resident came: as the input says, else as found living here, from today or since a household
    began that enters the register with the resident.
    """
    event, new = input.event, input.new_household
    day = unit.today
    if event is not None:
        day = event.happened_on
    elif new is not None and household is not None:
        day = max(household.registered_on, input.birth_date)
    return Act(
        kind=event.kind if event is not None else LifeEventKind.TERDAFTAR,
        happened_on=day,
        reported_on=event.reported_on if event is not None else None,
        resident_id=resident.id,
        household_id=household.id if household is not None else None,
        residents={
            resident.id: entry(resident, household.id if household is not None else None, input.relationship)
        },
        households={household.id: household.hamlet_id} if household is not None and new is not None else {},
        said=await said_by(unit, event.details if event is not None else None, resident.id),
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


def _cleaned(text: str | None) -> str | None:
    return clean_name(text) if text is not None else None
