"""Changes of a household that are no event in anybody's life: its address, the number of its KK."""

from __future__ import annotations

import strawberry

from ...graph.context import Info, WriteUnit
from ...graph.declare import ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...store.ids import uuid7
from ...store.secrets import Keys
from .. import models, rules
from ..drawing import draw_kk
from ..life.timeline import DAY
from ..names import clean_name
from ..numbering import kk_hash, sealed_kk
from ..permissions import HOUSEHOLD
from ..searching import index_residents
from ..types import Household, HouseholdNumber
from .household_input import (
    ChangeKkNumberInput,
    ChangeKkNumberPayload,
    UpdateHouseholdInput,
    UpdateHouseholdPayload,
)
from .resident_judging import refuse


@mutation(needs=HOUSEHOLD)
async def update_household(info: Info, input: UpdateHouseholdInput) -> UpdateHouseholdPayload:
    """Change the address of a household."""
    judge = Judge(input)
    if input.address is strawberry.UNSET:
        judge.faults.append(rules.NOTHING_CHANGED.at("input"))
    else:
        refuse(judge, "address", rules.text_fault(input.address))
    key = judge.key(Household, "household_id")
    judge.check()
    assert key is not None
    async with info.context.write(key.village_id) as unit:
        household = await unit.target(models.Household, key.id, lock=True)
        household.address = clean_name(input.address) if input.address is not None else None
        await index_residents(unit, models.Resident.household_id == household.id)
        unit.announce("household_changed", household=household.id)
    return UpdateHouseholdPayload(household=ref(Household, household))


@mutation(needs=HOUSEHOLD)
async def change_kk_number(info: Info, input: ChangeKkNumberInput) -> ChangeKkNumberPayload:
    """Give a household a new KK number from a day on. In a village a number is in use once at a time."""
    judge, keys = Judge(input), info.context.service(Keys)
    key = judge.key(Household, "household_id")
    if judge.good("kk_number"):
        for name, fault in rules.kk_faults(input.kk_number, temporary=input.temporary_number):
            refuse(judge, name, fault)
    if key is None:
        judge.check()
    assert key is not None
    async with info.context.write(key.village_id) as unit:
        household = await unit.target(models.Household, key.id, lock=True)
        if household.closed_on is not None:
            refuse(judge, "household_id", rules.HOUSEHOLD_CLOSED)
        since = input.since if input.since is not None else unit.today
        of_it = models.HouseholdNumber.household_id == household.id
        numbers = await unit.all(models.HouseholdNumber, of_it)
        if judge.good("since"):
            last = max((number.until or number.since for number in numbers), default=None)
            late = rules.number_since_fault(since, registered_on=household.registered_on, last=last)
            refuse(judge, "since", rules.day_fault(since, unit.today) or late)
        await _judge_number(judge, unit, input.kk_number, keys)
        judge.check()
        drawn = input.kk_number if input.kk_number is not None else await draw_kk(unit, keys)
        for number in numbers:
            number.until = since - DAY if number.until is None else number.until
        await unit.flush()
        made = models.HouseholdNumber(
            id=uuid7(),
            household_id=household.id,
            since=since,
            **sealed_kk(keys, drawn, household.id, unit.village.id),
        )
        await unit.add(made)
        await index_residents(unit, models.Resident.household_id == household.id)
        unit.announce("household_changed", household=household.id)
    return ChangeKkNumberPayload(household=ref(Household, household), number=ref(HouseholdNumber, made))


async def _judge_number(judge: Judge, unit: WriteUnit, number: str | None, keys: Keys) -> None:
    """Whether no household of the village uses the number now, this one included."""
    if number is None or not judge.good("kk_number"):
        return
    used = models.HouseholdNumber.number_hash == kk_hash(keys, number, unit.village.id)
    if await unit.exists(models.HouseholdNumber, used, models.HouseholdNumber.until.is_(None)):
        refuse(judge, "kk_number", rules.DUPLICATE_KK)
