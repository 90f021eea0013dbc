"""Two villages side by side with invented people: what the tests of walls, statements and errors look at.

Every person of Bengkel, and every house of theirs, carries the word `Rahasia`, so that a raw response can be
scanned for it; the neighbour's carry `Tetangga`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from wantilan import sort_key
from wantilan.registry.codes import Education, FamilyRelationship, LifeEventKind, Religion, Residency, Sex
from wantilan.registry.life.entering import entry
from wantilan.registry.life.recording import Act, record, undo
from wantilan.registry.models import (
    Hamlet,
    HamletHead,
    Household,
    HouseholdMember,
    HouseholdNumber,
    HouseholdPeriod,
    LifeEffect,
    LifeEvent,
    Resident,
    ResidentPeriod,
)
from wantilan.registry.numbers import fictitious_nik, mask
from wantilan.store.write import Unit
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, World
from wantilan_waste.models import Facility, Intake, WasteFacilityKind, WasteSourceClass, WasteStream

MARK, OTHER = "Rahasia", "Tetangga"
"""What stands in every name of Bengkel, and of the neighbour."""
DISTRICT = "51.02.06"


@dataclass(frozen=True)
class Place:
    """The rows of one village."""

    code: str
    hamlet: Hamlet
    household: Household
    residents: tuple[Resident, ...]
    """The first is the head of the household."""
    member: HouseholdMember
    head: HamletHead
    number: HouseholdNumber
    facility: Facility
    intake: Intake
    event: LifeEvent
    """Something that was noted of the first, and undone."""
    effect: LifeEffect
    state: ResidentPeriod
    house: HouseholdPeriod

    @property
    def rows(self) -> Mapping[str, Any]:
        """One row of each kind that says something of a person, by the name of its type in the API."""
        return {
            "Resident": self.residents[0], "Household": self.household, "HouseholdMember": self.member,
            "HouseholdNumber": self.number, "HamletHead": self.head, "Hamlet": self.hamlet,
            "WasteIntake": self.intake, "WasteFacility": self.facility, "LifeEvent": self.event,
            "LifeEffect": self.effect, "ResidentState": self.state, "HouseholdState": self.house,
        }  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """Bengkel and its neighbour on one database, with a token for each actor. `visitor` is None."""

    world: World
    bengkel: Place
    neighbour: Place
    tokens: Mapping[str, str | None]
    ids: Mapping[str, str]
    """Global ids of Bengkel's rows by type; of the neighbour's with `other_` before the type."""

    async def ask(self, who: str, query: str, **given: Any) -> Any:
        return await self.world.ask(query, self.tokens[who], **given)


async def set_the_scene(world: World, *, people: int = 3, programs: tuple[str, ...] = ("waste",)) -> Scene:
    """Open both villages and fill them. Serial numbers of people differ between the two."""
    await world.open(BENGKEL, *programs)
    await world.open(NEIGHBOUR, *programs)
    bengkel = await fill(world, BENGKEL, MARK, people, serial=1)
    neighbour = await fill(world, NEIGHBOUR, OTHER, 2, serial=5001)
    tokens = {
        "operator_bengkel": await world.token("village_operator", BENGKEL, name="operator_bengkel"),
        "neighbour": await world.token("village_operator", NEIGHBOUR, name="neighbour"),
        "agency": await world.token("agency_officer", TABANAN, name="agency"),
        "collector": await world.token("waste_collector", BENGKEL, name="collector"),
        "visitor": None,
    }
    return Scene(world, bengkel, neighbour, tokens, await ids_of(world, bengkel, neighbour))


async def ids_of(world: World, bengkel: Place, neighbour: Place) -> Mapping[str, str]:
    mine = {kind: await world.id_of(kind, row) for kind, row in bengkel.rows.items()}
    others = {f"other_{kind}": await world.id_of(kind, row) for kind, row in neighbour.rows.items()}
    return mine | others


async def fill(world: World, code: str, mark: str, people: int, *, serial: int) -> Place:
    """A hamlet with its head, one household with its number and members, a facility and a weighing."""
    async with world.unit(code) as unit:
        name = "Banjar Kaja"
        hamlet = Hamlet(name=name, name_key=sort_key(name))
        await unit.add(hamlet)
        household = Household(hamlet_id=hamlet.id, address=f"Jalan {mark} 7", registered_on=date(2020, 1, 1))
        await unit.add(household)
        number = HouseholdNumber(
            household_id=household.id, number_sealed=b"x", number_hash=b"kk", masked=f"{mark}0001", since=date(2020, 1, 1)
        )  # fmt: skip
        await unit.add(number)
        residents = [await person(world, unit, hamlet.id, mark, serial + i) for i in range(people)]
        event = await lives(unit, residents, household, mark)
        first = residents[0].id
        (member,) = await unit.all(HouseholdMember, HouseholdMember.resident_id == first)
        (effect,) = await unit.all(LifeEffect, LifeEffect.event_id == event.id)
        (state,) = await unit.all(ResidentPeriod, ResidentPeriod.resident_id == first)
        (house,) = await unit.all(HouseholdPeriod)
        head = HamletHead(hamlet_id=hamlet.id, resident_id=first, since=date(2021, 1, 1))
        facility = Facility(name=f"TPS3R {code}", kind=WasteFacilityKind.TPS3R)
        await unit.add(head, facility)
        intake = weighing(unit, facility, 12_500, household=household.id)
        await unit.add(intake)
    return Place(
        code, hamlet, household, tuple(residents), member, head, number, facility, intake, event, effect, state, house
    )  # fmt: skip


async def lives(unit: Unit, residents: list[Resident], household: Household, mark: str) -> LifeEvent:
    """All enter the register and the household, the first as its head; of him something is noted, and undone."""
    roles = [FamilyRelationship.KEPALA_KELUARGA, *[FamilyRelationship.ANAK] * (len(residents) - 1)]
    entries = [
        Act(
            kind=LifeEventKind.TERDAFTAR, happened_on=date(2020, 1, 1), resident_id=one.id,
            household_id=household.id, residents={one.id: entry(one, household.id, role)},
        )
        for one, role in zip(residents, roles, strict=True)
    ]  # fmt: skip
    first = residents[0].id
    changed = Act(
        kind=LifeEventKind.PERUBAHAN, happened_on=date(2022, 1, 1), resident_id=first, household_id=household.id,
        residents={first: {"education": Education.SLTP}}, said={"note": f"Kata {mark}", "place": f"Puri {mark}"},
    )  # fmt: skip
    *_, event = await record(unit, *entries, changed, entered={one.id for one in residents})
    undone = Act(
        kind=LifeEventKind.PEMBATALAN, happened_on=event.happened_on, resident_id=first,
        household_id=household.id, undoes_id=event.id,
    )  # fmt: skip
    await undo(unit, event, undone)
    unit.events.clear()  # what tests count is what they do themselves
    return event


async def person(world: World, unit: Unit, hamlet: UUID, mark: str, serial: int) -> Resident:
    born, name = date(1950 + serial % 60, 1 + serial % 12, 1 + serial % 28), f"Ni Luh {mark} {serial:04}"
    nik = fictitious_nik(born, Sex.PEREMPUAN, serial)
    resident = Resident(
        village_id=unit.village.id, hamlet_id=hamlet, full_name=name, name_key=sort_key(name),
        sex=Sex.PEREMPUAN, birth_date=born, birth_place=f"Puri {mark}", father_name=f"I Gede {mark}",
        mother_name=f"Ni Made {mark}", phone=f"0812 {mark}", religion=Religion.HINDU, residency=Residency.TETAP, registered_at=unit.now,
        nik_masked=mask(nik), nik_hash=world.keys.fingerprint(nik, purpose="nik", village=unit.village.id),
    )  # fmt: skip
    await unit.add(resident)
    return resident


def weighing(
    unit: Unit,
    facility: Facility,
    grams: int,
    *,
    stream: WasteStream = WasteStream.ORGANIK,
    source: WasteSourceClass = WasteSourceClass.RUMAH_TANGGA,
    day: date | None = None,
    household: UUID | None = None,
) -> Intake:
    """One weighing, not yet written, of today or of another business date."""
    return Intake(
        village_id=unit.village.id, facility_id=facility.id, household_id=household, stream=stream, source_class=source,
        gross_grams=grams + 500, tare_grams=500, mass_grams=grams, weighed_at=unit.now,
        business_date=day or unit.today,
    )  # fmt: skip
