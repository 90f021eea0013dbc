"""Two records become one: what the register itself hangs on the merged one goes over to the kept one.

The history of both stays where it is: what happened was recorded of the record that there was.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from ...access.permissions import PlaceKind
from ...access.tables import RoleGrant
from ...access.tokens import access_changed
from ...programs.values import ResidentFacts
from ...store.ids import uuid7
from ...store.secrets import Keys
from ...store.tables import sql_table
from ...store.write import Unit
from .. import models
from ..corrections.ending import withdraw_open
from ..models import Resident
from ..numbering import opened_nik, sealed_nik
from ..numbers import NikKind

HISTORY: frozenset[type[Any]] = frozenset(
    {
        Resident,
        models.ResidentToken,
        models.LifeEvent,
        models.LifeEffect,
        models.ResidentPeriod,
        models.HouseholdMember,
        models.OutgoingPerson,
        models.IncomingPerson,
        models.ResidentDuplicate,
        models.ResidentCorrection,
    }
)
"""What stays with the merged record, or is made anew from both. Every other table of the register that points
at it points at the kept one afterwards, those too that are made later.
"""


class ResidentField(enum.Enum):
    """What two records of one person may say differently."""

    FULL_NAME = "full_name"
    """The full name."""
    NIK = "nik"
    """The NIK."""
    SEX = "sex"
    """Sex."""
    BIRTH_PLACE = "birth_place"
    """Place of birth."""
    BIRTH_DATE = "birth_date"
    """Date of birth."""
    RELIGION = "religion"
    """Religion or belief."""
    MARITAL_STATUS = "marital_status"
    """Marital status."""
    EDUCATION = "education"
    """Highest education."""
    CURRENT_EDUCATION = "current_education"
    """Education being pursued."""
    OCCUPATION = "occupation"
    """Occupation."""
    BLOOD_TYPE = "blood_type"
    """Blood group."""
    CITIZENSHIP = "citizenship"
    """Citizenship."""
    RESIDENCY = "residency"
    """Permanent or temporary resident."""
    FATHER_NAME = "father_name"
    """The father's name."""
    MOTHER_NAME = "mother_name"
    """The mother's name."""
    PHONE = "phone"
    """Telephone number."""


Field = ResidentField
OF_LIFE = frozenset({Field.MARITAL_STATUS, Field.EDUCATION, Field.OCCUPATION, Field.RESIDENCY})
"""What a record has by its life events, and gets by one."""


def taken_over(
    kept: Resident, merged: Resident, chosen: Collection[ResidentField]
) -> Iterator[ResidentField]:
    """Which fields the kept record takes from the merged one: those that were chosen, and those of which it
    says nothing. A permanent NIK is taken in any case where it has none.
    """
    for one in Field:
        if one is Field.NIK:
            lacking = kept.nik_kind is not NikKind.PERMANENT and merged.nik_kind is NikKind.PERMANENT
            if lacking or (merged.nik_hash is not None and (one in chosen or kept.nik_hash is None)):
                yield one
        elif one in chosen or (getattr(kept, one.value) is None and getattr(merged, one.value) is not None):
            yield one


async def take_over(
    unit: Unit, keys: Keys, kept: Resident, merged: Resident, fields: Collection[ResidentField]
) -> dict[str, Any]:
    """Write what the kept record takes from the merged one; what it must take by a life event is returned."""
    of_life: dict[str, Any] = {}
    for one in fields:
        if one is Field.NIK:
            await _swap_niks(unit, keys, kept, merged)
        elif one in OF_LIFE:
            of_life[one.value] = getattr(merged, one.value)
        else:
            setattr(kept, one.value, getattr(merged, one.value))
    if Field.FULL_NAME in fields:
        kept.name_key = merged.name_key
    await unit.flush()
    return of_life


async def _swap_niks(unit: Unit, keys: Keys, kept: Resident, merged: Resident) -> None:
    """A NIK is one record's in a village: each gives up its own before it gets the other's."""
    niks = [
        opened_nik(keys, row.nik_sealed, row.id) if row.nik_sealed is not None else None
        for row in (kept, merged)
    ]
    for row in (kept, merged):
        row.nik_sealed = row.nik_hash = row.nik_masked = row.nik_kind = None
    await unit.flush()
    for row, nik in zip((merged, kept), niks, strict=True):
        if nik is not None:
            for name, value in sealed_nik(keys, nik, row.id, unit.village.id).items():
                setattr(row, name, value)


async def hang_over(unit: Unit, kept: ResidentFacts, merged: ResidentFacts) -> None:
    """The register's part of the duty to merge: messages, files, heads of hamlets, roles."""
    for model in models.MODELS:
        if model in HISTORY:
            continue
        table = sql_table(model)
        for name in _naming_residents(table):
            change = sa.update(table).where(table.c.village_id == unit.village.id, table.c[name] == merged.id)
            await unit.session.execute(change.values({name: kept.id}))
    await withdraw_open(unit, merged.id)
    await _hand_over_roles(unit, kept, merged)


def _naming_residents(table: sa.Table) -> Iterator[str]:
    for key in table.foreign_key_constraints:
        if key.referred_table is sql_table(Resident):
            yield from (element.parent.name for element in key.elements if element.column.name == "id")


async def _hand_over_roles(unit: Unit, kept: ResidentFacts, merged: ResidentFacts) -> None:
    """Whoever was the one is the other now."""
    old = await end_roles(unit, merged)
    for grant in old:
        same = sa.select(RoleGrant.id).where(
            RoleGrant.actor_id == grant.actor_id,
            RoleGrant.role == grant.role,
            RoleGrant.object_id == kept.id,
            RoleGrant.revoked_at.is_(None),
        )
        if await unit.session.scalar(same.limit(1)) is None:
            unit.session.add(
                RoleGrant(
                    id=uuid7(), actor_id=grant.actor_id, role=grant.role, place_kind=grant.place_kind,
                    place_code=grant.place_code, village_id=grant.village_id, object_id=kept.id,
                    granted_at=unit.now, granted_by=unit.actor_id,
                )
            )  # fmt: skip
            await unit.flush()


async def end_roles(unit: Unit, resident: ResidentFacts) -> list[RoleGrant]:
    """Nobody is this resident any more; the roles that somebody held as him."""
    held = sa.select(RoleGrant).where(
        RoleGrant.village_id == resident.village_id,
        RoleGrant.object_id == resident.id,
        RoleGrant.place_kind == PlaceKind.RESIDENT,
        RoleGrant.revoked_at.is_(None),
    )
    found = list(await unit.session.scalars(held.order_by(RoleGrant.id)))
    for grant in found:
        grant.revoked_at = datetime.now(UTC)
    if found:
        await unit.flush()
        await access_changed(unit.session)
    return found
