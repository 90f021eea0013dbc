"""Writing what a sheet changes, in one transaction: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from ...store.ids import uuid7
from ...store.secrets import Keys
from ...store.tables import VillageTable
from ...store.write import Unit
from ..codes import Residency, ResidentStatus
from ..life.projecting import project
from ..life.recording import Act, record
from ..models import (
    Hamlet,
    Household,
    HouseholdNumber,
    RecordSource,
    Resident,
    ResidentDetail,
    ResidentSource,
)
from ..numbering import sealed_kk, sealed_nik, sealed_parents
from ..searching import index_residents
from .acting import Places, acts_of, entry_of, household_act
from .batches import batches
from .families import Family
from .finishing import finish_residents, rename
from .homes import Home, details_of, differing_details, homes_of
from .known import Register
from .planning import Plan, Planned
from .showing import SAME

OF_RESIDENT = (*SAME, "father_name", "mother_name")
DATED = ("marital_status", "education", "occupation")
"""Columns that life events change, and nobody else."""
M = TypeVar("M", bound=VillageTable)
Told = Callable[[int], None]


@dataclass(frozen=True)
class Importer:
    """Which import it is, and who does it; the actor himself is the unit's."""

    id: UUID
    label: str


async def apply(
    unit: Unit, keys: Keys, plan: Plan, register: Register, importer: Importer, told: Told = lambda done: None
) -> None:
    """Write a plan that was made in this transaction. `told` is how many rows are done.

    Raises RuleViolated or Conflict where the register turns out to be another than the plan's: then nothing
    may be kept.
    """
    hamlets = dict(register.by_hamlet)
    await _make_hamlets(unit, plan, hamlets)
    homes = homes_of(plan, register)
    families = await _make_households(unit, keys, plan, homes, hamlets)
    places = Places(unit.today, hamlets, families)
    await _change_addresses(unit, homes, register)
    writer = _Writer(unit, keys, places, homes, register, importer)
    done = 0
    for batch in batches(plan.planned):
        await writer.write(batch)
        done += len(batch)
        told(done)


async def _make_hamlets(unit: Unit, plan: Plan, hamlets: dict[str, UUID]) -> None:
    rows = [Hamlet(id=uuid7(), name=name, name_key=key) for key, name in plan.hamlets.items()]
    await unit.add(*rows)
    hamlets.update({row.name_key: row.id for row in rows})


async def _make_households(
    unit: Unit, keys: Keys, plan: Plan, homes: dict[Family, Home], hamlets: dict[str, UUID]
) -> dict[str, UUID]:
    made = {number: uuid7() for number in plan.families}
    households, numbers = [], []
    for number, household in made.items():
        home = homes[number]
        hamlet = hamlets[home.hamlet]
        households.append(
            Household(id=household, hamlet_id=hamlet, address=home.address, registered_on=unit.today)
        )
        stored = sealed_kk(keys, number, household, unit.village.id)
        numbers.append(HouseholdNumber(household_id=household, since=unit.today, **stored))
    await unit.add(*households)
    await unit.add(*numbers)
    unit.session.expunge_all()
    return made


async def _change_addresses(unit: Unit, homes: dict[Family, Home], register: Register) -> None:
    for family, home in homes.items():
        if isinstance(family, UUID) and register.households[family].address != home.address:
            change = sa.update(Household).where(Household.village_id == unit.village.id)
            await unit.session.execute(change.where(Household.id == family).values(address=home.address))
            await index_residents(unit, Resident.household_id == family)


@dataclass(frozen=True)
class _Writer:
    unit: Unit
    keys: Keys
    places: Places
    homes: dict[Family, Home]
    register: Register
    importer: Importer

    async def write(self, batch: Sequence[Planned]) -> None:
        """One piece of the plan; the session forgets it afterwards, so that memory stays small."""
        unit = self.unit
        new = [(self._new(one), one) for one in batch if one.known is None]
        changed = [one for one in batch if one.known is not None and (one.changed or one.moved)]
        await unit.add(*(resident for resident, _ in new))
        rows, bodies = await self._change(changed)
        ids = {one.number: resident.id for resident, one in new}
        ids |= {one.number: one.known.id for one in batch if one.known is not None}
        acts = [act for resident, one in new for act in entry_of(one, resident.id, self.places)]
        acts += acts_of(changed, self.places)
        acts = self._with_households(batch, acts)
        entered = {resident.id for resident, _ in new}
        if acts:
            await record(unit, *acts, entered=entered, by=self.importer.label)
        acted = {resident for act in acts for resident in act.residents}
        await project(unit, bodies - acted)
        await self._write_details(batch, ids)
        await self._write_sources(batch, ids)
        for resident_id in sorted(rows.keys() - acted):
            unit.announce("resident_changed", resident=resident_id)
        await finish_residents(unit, [resident for resident, _ in new], list(rows.values()))
        await unit.flush()
        unit.session.expunge_all()

    def _new(self, one: Planned) -> Resident:
        row: Any = one.row
        resident = Resident(
            village_id=self.unit.village.id, id=uuid7(), hamlet_id=self.places.hamlet(one),
            citizenship=one.citizenship, residency=Residency.TETAP, status=ResidentStatus.HIDUP,
            registered_at=self.unit.now, **{name: getattr(row, name) for name in OF_RESIDENT},
        )  # fmt: skip
        rename(resident, row.full_name)
        if row.nik is not None:
            self._give_nik(resident, row.nik)
        return resident

    def _give_nik(self, resident: Resident, nik: str) -> None:
        for name, value in sealed_nik(self.keys, nik, resident.id, self.unit.village.id).items():
            setattr(resident, name, value)

    async def _change(self, ones: Sequence[Planned]) -> tuple[dict[UUID, Resident], set[UUID]]:
        """What is dated by nothing; the rows, and of whom sex or birth date became another."""
        by_id = {one.known.id: one for one in ones if one.known is not None}
        rows = {row.id: row for row in await _these(self.unit, Resident, Resident.id, list(by_id))}
        bodies = set()
        for key, row in rows.items():
            one = by_id[key]
            changed = set(one.changed)
            if "nama" in changed:
                rename(row, one.row.full_name)  # type: ignore[arg-type]
            if "nik" in changed and isinstance(one.row.nik, str):
                self._give_nik(row, one.row.nik)
            if changed & {"sex", "tanggallahir"}:
                bodies.add(key)
            row.citizenship = one.citizenship
            for name in OF_RESIDENT:
                if name not in DATED and getattr(row, name) != getattr(one.row, name):
                    setattr(row, name, getattr(one.row, name))
        await self.unit.flush()
        return rows, bodies

    def _with_households(self, batch: Sequence[Planned], acts: list[Act]) -> list[Act]:
        """Say where the households are that are new, or whose head lives in another hamlet by now."""
        moving: dict[UUID, UUID] = {}
        for family in dict.fromkeys(one.family for one in batch if one.family is not None):
            hamlet = self.places.hamlets[self.homes[family].hamlet]
            if isinstance(family, str):
                moving[self.places.families[family]] = hamlet
            elif self.register.households[family].hamlet_id != hamlet:
                moving[family] = hamlet
        told = []
        for act in acts:
            entered = act.household_id
            if entered is not None and entered in moving:
                act = replace(act, households={entered: moving.pop(entered)})
            told.append(act)
        return [*told, *(household_act(home, hamlet, self.places.day) for home, hamlet in moving.items())]

    async def _write_details(self, batch: Sequence[Planned], ids: dict[int, UUID]) -> None:
        wanted: dict[UUID, dict[str, Any]] = {}
        for one in batch:
            home = self.homes.get(one.family) if one.family is not None else None
            details = details_of(one, home, self.places.family(one))
            differing = differing_details(details, one.known.details if one.known is not None else {})
            if differing:
                wanted[ids[one.number]] = sealed_parents(self.keys, differing, ids[one.number])
        kept = await _these(self.unit, ResidentDetail, ResidentDetail.resident_id, list(wanted))
        for row in kept:
            for name, value in wanted.pop(row.resident_id).items():
                setattr(row, name, value)
        await self.unit.add(*(ResidentDetail(resident_id=key, **values) for key, values in wanted.items()))

    async def _write_sources(self, batch: Sequence[Planned], ids: dict[int, UUID]) -> None:
        await self.unit.add(
            *(
                ResidentSource(
                    resident_id=ids[one.number], source=RecordSource.OPENSID, made=one.known is None,
                    import_id=self.importer.id, sheet_row=one.number,
                    changed=",".join(one.changed or ["no_kk"]) if one.known is not None else None,
                    recorded_at=self.unit.now, recorded_by=self.unit.actor_id,
                    recorded_by_label=self.importer.label,
                )
                for one in batch
                if one.known is None or one.changed or one.moved
            )
        )  # fmt: skip


async def _these(unit: Unit, model: type[M], column: Any, ids: Sequence[UUID]) -> Sequence[M]:
    return await unit.all(model, column.in_(ids)) if ids else ()
