"""Which households come of the rows: each with one head, or it is no household yet.

The sheet knows family cards of which nobody living is the head. Those who stand on one keep their card and
belong to no household, until a later sheet names a head: nobody is made one by the machine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from ..codes import FamilyRelationship
from ..numbers import Finding
from ..rules import SECOND_HEAD
from .findings import HEAD_WOULD_LEAVE
from .known import Register

HEAD = FamilyRelationship.KEPALA_KELUARGA
Family: TypeAlias = UUID | str
"""A household of the register, or the KK number of one that is to be made."""


@dataclass(slots=True)
class Place:
    """Where one row puts somebody. `role` is None for who is not to be a member: no card, dead, gone."""

    number: int
    resident: UUID | None
    family: Family | None
    role: FamilyRelationship | None
    was: UUID | None = None
    """The household that he belongs to in the register."""
    was_head: bool = False

    @property
    def leads(self) -> bool:
        return self.role is HEAD


class Families:
    """The families that rows touch. `judged` finds those rows that cannot be done without harm to members who
    are not in the sheet; what is left then gives `headless`.
    """

    def __init__(self, register: Register, places: Iterable[Place]) -> None:
        self.places = {place.number: place for place in places}
        self._members = _members(register)

    def judged(self) -> Iterator[tuple[int, str, Finding]]:
        """Row, column and what is wrong; the row is out, and its person stays as he is."""
        while found := list(self._faults()):
            for number, _, _ in found:
                self.places.pop(number, None)
            yield from found

    def headless(self) -> set[Family]:
        """Families to which somebody is to belong, and of which nobody is the head."""
        staying = self._staying()
        return {
            family
            for family, coming in self._coming().items()
            if not any(place.leads for place in coming) and not staying.get(family)
        }

    def _faults(self) -> Iterator[tuple[int, str, Finding]]:
        coming, staying = self._coming(), self._staying()
        leaders: dict[Family, Place] = {}
        touched: dict[Family, None] = dict.fromkeys(coming)
        for place in self.places.values():
            if place.was is not None:
                touched[place.was] = None
                if place.was_head:
                    leaders[place.was] = place
        for family in touched:
            leading = [place for place in coming.get(family, ()) if place.leads]
            led = [leads for _, leads in staying.get(family, ())]
            heads = len(leading) + sum(led)
            if heads == 0 and led and family in leaders:
                place = leaders[family]
                yield place.number, _why(place), HEAD_WOULD_LEAVE
            elif heads > 1:
                if not any(led):
                    leading.remove(next((p for p in leading if p.was == family and p.was_head), leading[0]))
                for place in leading:
                    yield place.number, "kk_level", SECOND_HEAD

    def _coming(self) -> dict[Family, list[Place]]:
        found: dict[Family, list[Place]] = defaultdict(list)
        for place in self.places.values():
            if place.family is not None and place.role is not None:
                found[place.family].append(place)
        return found

    def _staying(self) -> dict[Family, list[tuple[UUID, bool]]]:
        """Members of whom no row says anything, each with whether he is the head."""
        named = {place.resident for place in self.places.values()}
        found: dict[Family, list[tuple[UUID, bool]]] = {}
        for family, members in self._members.items():
            staying = [(key, leads) for key, leads in members if key not in named]
            if staying:
                found[family] = staying
        return found


def _members(register: Register) -> Mapping[UUID, list[tuple[UUID, bool]]]:
    found: dict[UUID, list[tuple[UUID, bool]]] = defaultdict(list)
    for known in register.residents.values():
        if known.household_id is not None:
            found[known.household_id].append((known.id, known.relationship is HEAD))
    return found


def _why(place: Place) -> str:
    """The column by which a head is one no more."""
    if place.family != place.was:
        return "no_kk"
    return "kk_level" if place.role is not None else "status_dasar"
