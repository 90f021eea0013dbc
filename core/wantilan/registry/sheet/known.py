"""The register of a village as the sheet would have it: all at once, since a sheet is compared as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from ...store.secrets import Keys
from ...store.tables import VillageTable, sql_table
from ...store.write import Unit
from ..codes import FamilyRelationship, ResidentStatus
from ..models import (
    Hamlet,
    Household,
    HouseholdMember,
    HouseholdNumber,
    Resident,
    ResidentDetail,
    ResidentPeriod,
)
from ..numbering import FATHER_NIK, MOTHER_NIK, opened_kk, opened_nik
from ..opensid import SheetRow
from .showing import shown

Row = Mapping[str, Any]


@dataclass(slots=True)
class KnownHousehold:
    """A household with the number of its card: of a closed one the last that it had."""

    id: UUID
    hamlet_id: UUID
    address: str | None
    number: str | None = None


@dataclass(slots=True)
class Known:
    """A resident: the present columns, the place in a household, and the sheet's row that comes of them."""

    row: Row
    since: date
    """The first day in the register."""
    relationship: FamilyRelationship | None
    """What he is in his household; None while he belongs to none."""
    details: Mapping[str, Any]
    """The columns of `ResidentDetail`, with the parents' NIK opened as `father_nik` and `mother_nik`; empty
    where there is none.
    """
    shown: SheetRow

    @property
    def id(self) -> UUID:
        key: UUID = self.row["id"]
        return key

    @property
    def household_id(self) -> UUID | None:
        household: UUID | None = self.row["household_id"]
        return household


@dataclass
class Register:
    """One village's residents, households and hamlets, and how they are found."""

    residents: dict[UUID, Known] = field(default_factory=dict)
    households: dict[UUID, KnownHousehold] = field(default_factory=dict)
    hamlets: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    """Key of the name, name."""
    by_nik: dict[bytes, UUID] = field(default_factory=dict)
    by_kk: dict[bytes, UUID] = field(default_factory=dict)
    """Keyed hashes; a KK number leads to whom it belongs now, else to whom it belonged last."""
    by_hamlet: dict[str, UUID] = field(default_factory=dict)


async def read_register(unit: Unit, keys: Keys) -> Register:
    """The whole register of the unit's village."""
    found = Register()
    for row in await _rows(unit, Hamlet):
        found.hamlets[row["id"]] = row["name_key"], row["name"]
        found.by_hamlet[row["name_key"]] = row["id"]
    for row in await _rows(unit, Household):
        found.households[row["id"]] = KnownHousehold(row["id"], row["hamlet_id"], row["address"])
    await _read_numbers(unit, keys, found)
    await _read_residents(unit, keys, found)
    return found


async def _read_numbers(unit: Unit, keys: Keys, found: Register) -> None:
    rows = sorted(
        await _rows(unit, HouseholdNumber), key=lambda row: (row["until"] or date.max, row["since"])
    )
    for row in rows:
        household = found.households[row["household_id"]]
        household.number = opened_kk(keys, row["number_sealed"], household.id)
        found.by_kk[row["number_hash"]] = household.id


async def _read_residents(unit: Unit, keys: Keys, found: Register) -> None:
    members, last = await _memberships(unit)
    since = await _first_days(unit)
    details = {row["resident_id"]: _opened(keys, row) for row in await _rows(unit, ResidentDetail)}
    for row in await _rows(unit, Resident):
        key = row["id"]
        if row["nik_hash"] is not None:
            found.by_nik[row["nik_hash"]] = key
        sealed = row["nik_sealed"]
        nik = opened_nik(keys, sealed, key) if sealed is not None else None
        own = details.get(key, {})
        relationship = members.get(key)
        alive = row["status"] is ResidentStatus.HIDUP
        card = shown(
            row, own, nik=nik, hamlet=found.hamlets[row["hamlet_id"]][1], relationship=relationship,
            household=found.households.get(row["household_id"]) if row["household_id"] else None,
            card=found.households.get(own["card_household_id"]) if own.get("card_household_id") else None,
            last=_last(found, last.get(key)) if not alive else None,
        )  # fmt: skip
        found.residents[key] = Known(row, since[key], relationship, own, card)


Stay = tuple[UUID, FamilyRelationship]


async def _memberships(unit: Unit) -> tuple[dict[UUID, FamilyRelationship], dict[UUID, Stay]]:
    """What each is in the household that he belongs to, and to which he belonged last."""
    present: dict[UUID, FamilyRelationship] = {}
    last: dict[UUID, Stay] = {}
    rows = await _rows(unit, HouseholdMember)
    for row in sorted(rows, key=lambda row: row["since"]):
        last[row["resident_id"]] = row["household_id"], row["relationship"]
        if row["until"] is None:
            present[row["resident_id"]] = row["relationship"]
    return present, last


def _last(found: Register, stay: Stay | None) -> tuple[KnownHousehold, FamilyRelationship] | None:
    return (found.households[stay[0]], stay[1]) if stay is not None else None


async def _first_days(unit: Unit) -> dict[UUID, date]:
    days = sa.select(ResidentPeriod.resident_id, sa.func.min(ResidentPeriod.since)).where(
        ResidentPeriod.village_id == unit.village.id
    )
    found = await unit.session.execute(days.group_by(ResidentPeriod.resident_id))
    return {resident: day for resident, day in found if day is not None}


def _opened(keys: Keys, row: Row) -> dict[str, Any]:
    own = dict(row)
    for name, purpose in (("father_nik", FATHER_NIK), ("mother_nik", MOTHER_NIK)):
        sealed = own.pop(f"{name}_sealed")
        own.pop(f"{name}_masked")
        owner = own["resident_id"]
        own[name] = keys.open(sealed, purpose=purpose, owner=owner) if sealed is not None else None
    return own


async def _rows(unit: Unit, model: type[VillageTable]) -> Sequence[Row]:
    table = sql_table(model)
    query = sa.select(*table.columns).where(table.c.village_id == unit.village.id)
    return cast(Sequence[Row], (await unit.session.execute(query)).mappings().all())
