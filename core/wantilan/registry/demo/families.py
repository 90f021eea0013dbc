"""Invented families whose ages and relationships make sense. Pure: one seed and year, one set of people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from ..codes import FamilyRelationship as Role
from ..codes import MaritalStatus, Sex
from .names import FEMALE, MALE, full_name

DAY = timedelta(days=1)
ELDER = 45
"""From this age on people have the names of the elder generation."""


@dataclass(frozen=True)
class Stay:
    """What somebody was in the family, from one day to another; `until` is None while it lasts."""

    relationship: Role
    since: date
    until: date | None = None


@dataclass(frozen=True)
class Person:
    """One invented person. `age` is the age in whole years at the start of the year."""

    name: str
    sex: Sex
    age: int
    born: date
    marital: MaritalStatus
    stays: tuple[Stay, ...]
    father: str
    mother: str
    died: date | None = None


@dataclass(frozen=True)
class Family:
    """A household: its head first, then who belongs to it and who has belonged to it."""

    registered_on: date
    renewed_on: date | None
    """The day on which it got the number it has now; None for the number of its beginning."""
    people: tuple[Person, ...]


def families(seed: str, count: int, year: int) -> Iterator[Family]:
    """So many families as they are at the start of a year; every date of theirs lies before it."""
    rng = Random(seed)
    for _ in range(count):
        yield rng.choices((_young, _middle, _elder), weights=(28, 44, 28))[0](_Maker(rng, year))


def _young(make: _Maker) -> Family:
    """A couple with at most two small children."""
    husband, wife = make.couple(make.between(25, 34))
    children = make.children(husband, wife, make.pick({0: 35, 1: 40, 2: 25}))
    return make.family(husband, wife, *children)


def _middle(make: _Maker) -> Family:
    """A couple with children, sometimes with his parents."""
    husband, wife = make.couple(make.between(35, 55))
    children = make.children(husband, wife, make.pick({1: 40, 2: 45, 3: 15}))
    parents = make.parents_of(husband) if make.chance(25) else ()
    if parents:
        father = next((p.name for p in parents if p.sex is MALE), husband.father)
        mother = next((p.name for p in parents if p.sex is FEMALE), husband.mother)
        husband = replace(husband, father=father, mother=mother)
    return make.family(husband, wife, *children, *parents)


def _elder(make: _Maker) -> Family:
    """An old couple, or a widow whose husband has died; sometimes with a son and his family."""
    husband, wife = make.couple(make.between(58, 78))
    son = make.grown_son(husband, wife) if make.chance(45) else ()
    if make.chance(70):
        return make.family(husband, wife, *son)
    return make.widowed(make.family(husband, wife, *son))


class _Maker:
    """Makes people of one family; all chance comes from one generator."""

    def __init__(self, rng: Random, year: int) -> None:
        self.rng, self.year = rng, year
        self.registered = date(year, 1, 1)

    # Chance
    def between(self, low: int, high: int) -> int:
        return self.rng.randint(low, max(low, high))

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def pick(self, weights: dict[int, int]) -> int:
        return self.rng.choices(list(weights), weights=list(weights.values()))[0]

    def day_of(self, year: int) -> date:
        return date(year, self.between(1, 12), self.between(1, 28))

    # People
    def person(
        self, sex: Sex, age: int, role: Role, marital: MaritalStatus, *, order: int | None = None,
        since: date | None = None, parents: tuple[str, str] | None = None,
    ) -> Person:  # fmt: skip
        born = self.day_of(self.year - 1 - age)
        order = order or self.pick({1: 40, 2: 32, 3: 18, 4: 10})
        name = full_name(self.rng, sex, order, elder=age >= ELDER)
        if parents is None:
            parents = tuple(  # type: ignore[assignment]
                full_name(self.rng, side, self.between(1, 4), elder=True) for side in (MALE, FEMALE)
            )
        assert parents is not None
        stay = Stay(role, max(born, self.registered, since or born))
        return Person(name, sex, age, born, marital, (stay,), *parents)

    def couple(self, age: int) -> tuple[Person, Person]:
        """Husband and wife; their family was registered when they married."""
        wife_age = max(22, age - self.between(0, 6))
        self.registered = self.day_of(self.year - 1 - self.between(0, wife_age - 21))
        husband = self.person(MALE, age, Role.KEPALA_KELUARGA, MaritalStatus.KAWIN)
        return husband, self.person(FEMALE, wife_age, Role.ISTRI, MaritalStatus.KAWIN)

    def children(self, father: Person, mother: Person, wanted: int) -> tuple[Person, ...]:
        """Children of whom the mother was at least 20; the eldest at home are not yet 27."""
        made: list[Person] = []
        age = min(mother.age - self.between(21, 27), 26)
        for order in range(1, wanted + 1):
            if age < 0:
                break
            made.append(
                self.person(
                    self.rng.choice((MALE, FEMALE)), age, Role.ANAK, MaritalStatus.BELUM_KAWIN,
                    order=order, parents=(father.name, mother.name),
                )
            )  # fmt: skip
            age -= self.between(2, 5)
        return tuple(made)

    def parents_of(self, head: Person) -> tuple[Person, ...]:
        """His parents, or the one who still lives."""
        father_age = head.age + self.between(22, 30)
        mother_age = max(head.age + 19, father_age - self.between(0, 5))
        which = self.pick({0: 30, 1: 50, 2: 20})
        marital = MaritalStatus.KAWIN if which == 0 else MaritalStatus.CERAI_MATI
        people = [
            self.person(MALE, father_age, Role.ORANGTUA, marital),
            self.person(FEMALE, mother_age, Role.ORANGTUA, marital),
        ]
        return tuple({0: people, 1: people[1:], 2: people[:1]}[which])

    def grown_son(self, father: Person, mother: Person) -> tuple[Person, ...]:
        """A married son with his wife and at most two children; nobody where the parents are too young."""
        age = mother.age - self.between(22, 28)
        if age < 26:
            return ()
        wife_age = age - self.between(0, 3)
        married = self.day_of(self.year - 1 - self.between(0, min(wife_age - 21, 12)))
        born_to = (father.name, mother.name)
        son = self.person(MALE, age, Role.ANAK, MaritalStatus.KAWIN, order=1, parents=born_to)
        wife = self.person(FEMALE, wife_age, Role.MENANTU, MaritalStatus.KAWIN, since=married)
        children = [
            replace(child, stays=tuple(replace(stay, relationship=Role.CUCU) for stay in child.stays))
            for child in self.children(son, wife, self.pick({0: 30, 1: 45, 2: 25}))
        ]
        return (son, wife, *children)

    # Families
    def family(self, *people: Person) -> Family:
        renewed = self.day_of(self.year - 1) if self.chance(25) else None
        if renewed is not None and renewed <= self.registered:
            renewed = None
        return Family(self.registered, renewed, people)

    def widowed(self, family: Family) -> Family:
        """The husband died; since then the widow heads the family, whose card was renewed."""
        husband, wife, *others = family.people
        died = self.day_of(self.year - self.between(1, 8))
        first = family.registered_on
        if died <= first:
            return family
        head = replace(
            wife,
            marital=MaritalStatus.CERAI_MATI,
            stays=(Stay(Role.ISTRI, first, died - DAY), Stay(Role.KEPALA_KELUARGA, died)),
        )
        gone = replace(husband, stays=(Stay(Role.KEPALA_KELUARGA, first, died - DAY),), died=died)
        return Family(first, died, (head, *others, gone))
