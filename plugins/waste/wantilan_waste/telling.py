"""Telling a household something: its head is told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wantilan import FamilyRelationship, MessageTemplate, Unit, notify, tables


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
