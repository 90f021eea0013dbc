"""Random lives, written through the life events, and a census of them by hand that knows nothing of SQL."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from wantilan import RuleViolated
from wantilan.registry.codes import (
    Education,
    FamilyRelationship,
    LifeEventKind,
    MaritalStatus,
    Occupation,
    ResidentStatus,
    Sex,
)
from wantilan.registry.life.recording import Act, record, undo
from wantilan.registry.models import Hamlet, Household, LifeEvent, Resident
from wantilan.testing import World

FIRST, LAST = date(2019, 1, 1), date(2025, 12, 31)
OUT = {"household_id": None, "relationship": None}


@dataclass
class Happening:
    """One event as the test knows it."""

    number: int
    kind: LifeEventKind
    day: date
    about: UUID
    changes: Mapping[str, Any]
    row: LifeEvent | None = None
    undone: bool = False


@dataclass
class Place:
    """One village with its people, and all that happened to them."""

    code: str
    hamlets: list[Hamlet]
    households: list[Household]
    people: dict[UUID, Resident] = field(default_factory=dict)
    happened: list[Happening] = field(default_factory=list)

    def states(self, day: date) -> dict[UUID, dict[str, Any]]:
        """What everybody was in the evening of a day, whoever was in the register."""
        found: dict[UUID, dict[str, Any]] = {}
        for one in sorted(self.happened, key=lambda one: (one.day, one.number)):
            if not one.undone and one.day <= day:
                found.setdefault(one.about, {}).update(one.changes)
        return found


def age(born: date, day: date) -> int:
    """In years; whoever was born on 29 February completes one on the last day of February."""
    birthday = (born.month, born.day)
    if birthday == (2, 29) and not leap(day.year):
        birthday = (2, 28)
    return day.year - born.year - ((day.month, day.day) < birthday)


def leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def census(places: list[Place], day: date, hamlet: UUID | None = None) -> dict[str, Any]:
    """The counts of a day, by hand, under the names of the API; empty groups are left out."""
    counts: dict[str, Counter[Any]] = {
        name: Counter()
        for name in ("ages", "pyramid", "sexes", "education", "occupation", "marital", "sizes", "events")
    }
    population = households = 0
    for place in places:
        states = place.states(day)
        members: Counter[UUID] = Counter()
        for person, state in states.items():
            if state["status"] is not ResidentStatus.HIDUP:
                continue
            if state.get("household_id") is not None:
                members[state["household_id"]] += 1
            if hamlet is not None and state["hamlet_id"] != hamlet:
                continue
            population += 1
            row = place.people[person]
            group = min(age(row.birth_date, day) // 5, 15)
            counts["ages"][group] += 1
            counts["sexes"][row.sex.name] += 1
            counts["pyramid"][group, row.sex.name] += 1
            for name, column in (
                ("education", "education"), ("occupation", "occupation"), ("marital", "marital_status")
            ):  # fmt: skip
                value = state.get(column)
                counts[name][value.name if value is not None else None] += 1
        homes = {home.id: home.hamlet_id for home in place.households}
        for home, many in members.items():
            if hamlet is None or homes[home] == hamlet:
                households += 1
                counts["sizes"][min(many, 10)] += 1
        for one in place.happened:
            if one.undone or not day.replace(day=1) <= one.day <= day:
                continue
            if hamlet is None or place.states(one.day)[one.about]["hamlet_id"] == hamlet:
                counts["events"][one.kind.name] += 1
    return {"population": population, "households": households, **counts}


FIELDS = """
  population households
  byAgeGroup { ageGroup residents } byAgeAndSex { ageGroup sex residents } bySex { sex residents }
  byEducation { education residents } byOccupation { occupation residents }
  byMaritalStatus { maritalStatus residents } byHouseholdSize { size households }
  events { kind events }
"""


def as_census(answer: dict[str, Any]) -> dict[str, Any]:
    """What the API says, in the form of `census`."""

    def group(name: str) -> int:
        return int(name.split("_")[1]) // 5

    def counted(rows: list[dict[str, Any]], key: Any, many: str = "residents") -> Counter[Any]:
        keys = [key(row) for row in rows]
        assert len(set(keys)) == len(keys), "a group stands there twice"
        return Counter({key(row): row[many] for row in rows if row[many]})

    return {
        "population": answer["population"],
        "households": answer["households"],
        "ages": counted(answer["byAgeGroup"], lambda r: group(r["ageGroup"])),
        "pyramid": counted(answer["byAgeAndSex"], lambda r: (group(r["ageGroup"]), r["sex"])),
        "sexes": counted(answer["bySex"], lambda r: r["sex"]),
        "education": counted(answer["byEducation"], lambda r: r["education"]),
        "occupation": counted(answer["byOccupation"], lambda r: r["occupation"]),
        "marital": counted(answer["byMaritalStatus"], lambda r: r["maritalStatus"]),
        "sizes": counted(answer["byHouseholdSize"], lambda r: int(r["size"].split("_")[1]), "households"),
        "events": counted(answer["events"], lambda r: r["kind"], "events"),
    }


# Making lives


async def settle(world: World, rng: random.Random, code: str, people: int) -> Place:
    """A village of three hamlets, and people in it since some day, some of them since birth."""
    hamlets = [await world.hamlet(code, f"Banjar {name}") for name in ("Kaja", "Kelod", "Kangin")]
    homes = [await world.household(code, hamlet) for hamlet in hamlets for _ in range(2)]
    place = Place(code, hamlets, homes)
    for serial in range(1, people + 1):
        home = rng.choice([None, *homes, *homes])
        hamlet = (
            next(h for h in hamlets if home is not None and h.id == home.hamlet_id)
            if home
            else rng.choice(hamlets)
        )
        born = a_birth(rng)
        since = max(born, day_between(rng, FIRST, date(2022, 12, 31)))
        head = home is not None and not any(h.changes.get("household_id") == home.id for h in place.happened)
        if head:
            since = max(born, FIRST)
        biodata = {
            "education": rng.choice([None, *list(Education)[:4]]),
            "occupation": rng.choice([None, *list(Occupation)[:5]]),
            "marital_status": rng.choice([None, *MaritalStatus]),
        }
        try:
            row = await world.resident(
                code, hamlet, home, sex=rng.choice(list(Sex)), born=born, serial=serial, since=since,
                relationship=None if home is None else FamilyRelationship.KEPALA_KELUARGA if head
                else FamilyRelationship.ANAK, **biodata,
            )  # fmt: skip
        except RuleViolated:  # before there is a head
            continue
        place.people[row.id] = row
        changes = {
            "status": ResidentStatus.HIDUP, "hamlet_id": hamlet.id,
            "household_id": home.id if home is not None else None, **biodata,
        }  # fmt: skip
        place.happened.append(Happening(len(place.happened), LifeEventKind.TERDAFTAR, since, row.id, changes))
    return place


async def live(world: World, rng: random.Random, place: Place, events: int) -> None:
    """Let things happen in any order of days, and undo some; what cannot be is refused and did not happen."""
    for _ in range(events):
        if rng.random() < 0.15:
            await _undo(world, rng, place)
            continue
        kind, changes = _something(rng, place)
        person, day = rng.choice(list(place.people)), day_between(rng, FIRST, LAST)
        one = Happening(len(place.happened), kind, day, person, changes)
        try:
            async with world.unit(place.code) as unit:
                act = Act(kind=kind, happened_on=day, resident_id=person, residents={person: changes})
                (one.row,) = await record(unit, act)
        except RuleViolated:
            continue
        place.happened.append(one)


async def _undo(world: World, rng: random.Random, place: Place) -> None:
    standing = [one for one in place.happened if one.row is not None and not one.undone]
    if not standing:
        return
    one = rng.choice(standing)
    assert one.row is not None
    try:
        async with world.unit(place.code) as unit:
            act = Act(
                kind=LifeEventKind.PEMBATALAN,
                happened_on=one.day,
                resident_id=one.about,
                undoes_id=one.row.id,
            )
            await undo(unit, one.row, act)
    except RuleViolated:
        return
    one.undone = True


def _something(rng: random.Random, place: Place) -> tuple[LifeEventKind, Mapping[str, Any]]:
    kind = rng.choice(
        [LifeEventKind.MATI, LifeEventKind.PERGI, LifeEventKind.KEMBALI, *[LifeEventKind.PERUBAHAN] * 3,
         LifeEventKind.KAWIN, LifeEventKind.PINDAH_BANJAR]
    )  # fmt: skip
    match kind:
        case LifeEventKind.MATI:
            return kind, {"status": ResidentStatus.MATI, **OUT}
        case LifeEventKind.PERGI:
            return kind, {"status": ResidentStatus.PERGI, **OUT}
        case LifeEventKind.KEMBALI:
            return kind, {"status": ResidentStatus.HIDUP, "hamlet_id": rng.choice(place.hamlets).id, **OUT}
        case LifeEventKind.KAWIN:
            return kind, {"marital_status": MaritalStatus.KAWIN}
        case LifeEventKind.PINDAH_BANJAR:
            return kind, {"hamlet_id": rng.choice(place.hamlets).id, **OUT}
        case _:
            return kind, {
                "education": rng.choice([None, *list(Education)[:6]]),
                "occupation": rng.choice([None, *list(Occupation)[:7]]),
            }


def a_birth(rng: random.Random) -> date:
    """Any day; often one at which an age is easily got wrong."""
    return rng.choice(
        [
            day_between(rng, date(1930, 1, 1), date(2021, 12, 31)),
            date(rng.choice([1948, 1972, 1996, 2000, 2004, 2016, 2020]), 2, 29),
            date(rng.randint(1940, 2020), rng.randint(1, 12), 1),
            date(rng.randint(1940, 2020), rng.choice([1, 3, 12]), 31),
        ]
    )


def day_between(rng: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randint(0, (last - first).days))
