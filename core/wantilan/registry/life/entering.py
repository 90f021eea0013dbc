"""How residents and households come into the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from ...store.ids import uuid7
from ...store.secrets import Keys
from ...store.write import Unit
from ..codes import FamilyRelationship, ResidentStatus
from ..models import Household, HouseholdNumber, Resident
from ..names import clean_name
from ..numbering import sealed_kk


def entry(
    resident: Resident, household_id: UUID | None = None, relationship: FamilyRelationship | None = None
) -> Mapping[str, Any]:
    """The effect of an entry: the whole state that a resident's row begins with."""
    return {
        "status": ResidentStatus.HIDUP,
        "hamlet_id": resident.hamlet_id,
        "residency": resident.residency,
        "household_id": household_id,
        "relationship": relationship if household_id is not None else None,
        "marital_status": resident.marital_status,
        "education": resident.education,
        "occupation": resident.occupation,
    }


async def found_household(
    unit: Unit,
    keys: Keys,
    *,
    hamlet_id: UUID,
    registered_on: date,
    address: str | None = None,
    kk_number: str | None = None,
) -> Household:
    """A new household, with its number if it has one. Its hamlet belongs into the `households` of the act
    that makes it.
    """
    household = Household(
        village_id=unit.village.id,
        id=uuid7(),
        hamlet_id=hamlet_id,
        address=clean_name(address) if address is not None else None,
        registered_on=registered_on,
    )
    await unit.add(household)
    if kk_number is not None:
        stored = sealed_kk(keys, kk_number, household.id, unit.village.id)
        await unit.add(HouseholdNumber(household_id=household.id, since=registered_on, **stored))
    return household
