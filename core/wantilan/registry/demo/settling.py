"""Writes invented people into a village: hamlets with dated heads, households with their cards, members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from ...store.folding import sort_key
from ...store.ids import uuid7
from ...store.secrets import Keys
from ...store.write import Unit
from ..codes import Citizenship, MaritalStatus, Residency, ResidentStatus, Sex
from ..models import MODELS, Hamlet, HamletHead, Household, HouseholdMember, HouseholdNumber, Resident
from ..numbering import sealed_kk, sealed_nik
from ..numbers import fictitious_kk, fictitious_nik
from ..searching import index_residents
from .biodata import biodata
from .families import DAY, Family, Person, families

Rows = dict[type[Any], list[dict[str, Any]]]

PHONE = "+990111{:06}"
"""No country has the calling code 990."""
IN_ONE_BATCH = {"render_nulls": True}
"""Without it the ORM begins a new statement wherever a column changes between NULL and a value."""
OFFICE_YEARS = 6
"""How long the present heads of hamlets have been in office at most."""


@dataclass(frozen=True)
class Settlement:
    """Who is to live in a village. `first_serial` keeps the numbers of two villages apart."""

    hamlets: tuple[str, ...]
    households: int
    first_serial: int = 1


async def settle(unit: Unit, keys: Keys, settlement: Settlement) -> int:
    """Write the settlement into an empty village; how many residents it has."""
    rows = _Register(unit.village.id, unit.village.code, keys, settlement, unit.today.year).rows()
    for model, values in rows.items():
        if values:
            await unit.session.execute(sa.insert(model), values, execution_options=IN_ONE_BATCH)
    await index_residents(unit)
    return len(rows[Resident])


@dataclass
class _Register:
    """The rows of one village, made in the order in which foreign keys want them."""

    village_id: UUID
    code: str
    keys: Keys
    settlement: Settlement
    year: int
    made: Rows = field(default_factory=dict)

    def rows(self) -> Rows:
        self.rng = Random(f"biodata {self.code}")
        self.nik_serial = self.kk_serial = self.settlement.first_serial
        self.made = {model: [] for model in MODELS}
        hamlets = [self._add(Hamlet, name=name, name_key=sort_key(name)) for name in self.settlement.hamlets]
        heads: dict[UUID, list[tuple[UUID, Person]]] = {hamlet: [] for hamlet in hamlets}
        for number, family in enumerate(families(self.code, self.settlement.households, self.year)):
            hamlet = hamlets[number % len(hamlets)]
            heads[hamlet].append(self._household(hamlet, number // len(hamlets) + 1, family))
        for hamlet, candidates in heads.items():
            self._heads_of_hamlet(hamlet, candidates)
        return self.made

    def _add(self, model: type[Any], **values: Any) -> UUID:
        made = uuid7()
        self.made[model].append({"village_id": self.village_id, "id": made, **values})
        return made

    def _household(self, hamlet: UUID, house: int, family: Family) -> tuple[UUID, Person]:
        household = self._add(
            Household, hamlet_id=hamlet, address=f"Jalan Contoh {house}", registered_on=family.registered_on,
            closed_on=None,
        )  # fmt: skip
        for since, until in _terms(family):
            number = fictitious_kk(since, self.kk_serial)
            self.kk_serial += 1
            self._add(
                HouseholdNumber, household_id=household, since=since, until=until,
                **sealed_kk(self.keys, number, household, self.village_id),
            )  # fmt: skip
        ids = [self._resident(hamlet, household, family, person) for person in family.people]
        return ids[0], family.people[0]

    def _resident(self, hamlet: UUID, household: UUID, family: Family, person: Person) -> UUID:
        resident = uuid7()
        nik = fictitious_nik(person.born, person.sex, self.nik_serial)
        phone = PHONE.format(self.nik_serial) if person.age >= 17 and person.died is None else None
        self.nik_serial += 1
        self.made[Resident].append(
            {
                "village_id": self.village_id, "id": resident, "hamlet_id": hamlet,
                "household_id": None if person.died else household, "full_name": person.name,
                "name_key": sort_key(person.name), "sex": person.sex, "birth_place": "Tabanan",
                "birth_date": person.born, "marital_status": person.marital, "citizenship": Citizenship.WNI,
                "residency": Residency.TETAP, "father_name": person.father, "mother_name": person.mother,
                "status": ResidentStatus.MATI if person.died else ResidentStatus.HIDUP, "phone": phone,
                "registered_at": _noon(max(family.registered_on, person.born)),
                **biodata(self.rng, person), **sealed_nik(self.keys, nik, resident, self.village_id),
            }
        )  # fmt: skip
        for stay in person.stays:
            self._add(
                HouseholdMember, household_id=household, resident_id=resident, relationship=stay.relationship,
                since=stay.since, until=stay.until,
            )  # fmt: skip
        return resident

    def _heads_of_hamlet(self, hamlet: UUID, candidates: Sequence[tuple[UUID, Person]]) -> None:
        """One who was in office before, and one who is."""
        fit = [resident for resident, person in candidates if _fit_for_office(person)]
        if not fit:
            return
        began = date(self.year - self.rng.randint(1, OFFICE_YEARS), 1, 1)
        before = began - timedelta(days=5 * 365)
        self._add(HamletHead, hamlet_id=hamlet, resident_id=fit[-1], since=before, until=began - DAY)
        self._add(HamletHead, hamlet_id=hamlet, resident_id=fit[0], since=began, until=None)


def _fit_for_office(person: Person) -> bool:
    married = person.marital is MaritalStatus.KAWIN
    return person.sex is Sex.LAKI_LAKI and married and 35 <= person.age <= 65


def _terms(family: Family) -> Iterator[tuple[date, date | None]]:
    """The terms of the numbers that a family has had: from, and up to or None."""
    if family.renewed_on is None:
        yield family.registered_on, None
        return
    yield family.registered_on, family.renewed_on - DAY
    yield family.renewed_on, None


def _noon(day: date) -> datetime:
    """Noon in Tabanan, as an instant."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
