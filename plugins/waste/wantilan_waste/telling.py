"""Telling a household or a saver something: of a household the head is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from wantilan import FamilyRelationship, MessageTemplate, Unit, notify, tables

from .models import Account
from .settings import WasteSettings


async def tell_household(unit: Unit, household_id: UUID, template: MessageTemplate, **values: Any) -> bool:
    """Tell the head of a household, if it has one, and whether it has."""
    head = await unit.first(
        tables.HouseholdMember,
        tables.HouseholdMember.household_id == household_id,
        tables.HouseholdMember.relationship == FamilyRelationship.KEPALA_KELUARGA,
        tables.HouseholdMember.until.is_(None),
    )
    if head is None:
        return False
    await notify(unit, head.resident_id, template, **values)
    return True


async def tell_households(
    unit: Unit, template: MessageTemplate, told: Mapping[UUID, Mapping[str, Any]]
) -> None:
    """Tell the heads of many households, each its own values: their heads are looked up at once."""
    if not told:
        return
    heads = await unit.all(
        tables.HouseholdMember,
        tables.HouseholdMember.household_id.in_(list(told)),
        tables.HouseholdMember.relationship == FamilyRelationship.KEPALA_KELUARGA,
        tables.HouseholdMember.until.is_(None),
    )
    for head in sorted(heads, key=lambda head: head.household_id):
        await notify(unit, head.resident_id, template, **told[head.household_id])


async def tell_saver(unit: Unit, saver: Account, template: MessageTemplate, **values: Any) -> bool:
    """Tell the owner of an account, where the village wants it so, and whether somebody was told: the
    resident, or the head of the household; a group is told nothing.
    """
    if not (await unit.settings(WasteSettings)).notify_savers:
        return False
    if saver.household_id is not None:
        return await tell_household(unit, saver.household_id, template, **values)
    if saver.resident_id is None:
        return False
    await notify(unit, saver.resident_id, template, **values)
    return True
