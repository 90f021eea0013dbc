"""Which life events a plan comes to. A sheet has no days: all of them happen on the day of the import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ..codes import LifeEventKind, Residency, ResidentStatus
from ..life.recording import Act
from ..life.timeline import OUT_OF_HOUSEHOLD
from ..names import sort_key
from .families import HEAD
from .planning import ALIVE, LEFT_BY, Planned, event_of

Kind = LifeEventKind
NOTE = "Dari lembar OpenSID, yang tidak memuat tanggal: tanggal impor."
"""Beside each event: from OpenSID's sheet, which has no days; it is the day of the import."""
HOME = ("household_id", "relationship")
PLAIN = ("marital_status", "education", "occupation")


@dataclass(frozen=True)
class Places:
    """What the rows' hamlets and families are by now: keys of names to ids, families to ids."""

    day: date
    hamlets: Mapping[str, UUID]
    families: Mapping[str, UUID]

    def hamlet(self, one: Planned) -> UUID:
        return self.hamlets[sort_key(str(one.row.hamlet))]

    def family(self, one: Planned) -> UUID | None:
        return self.families[one.family] if isinstance(one.family, str) else one.family

    def household(self, one: Planned) -> UUID | None:
        """The household that he is to belong to."""
        return self.family(one) if one.role is not None else None


def entry_of(one: Planned, resident: UUID, places: Places) -> Iterator[Act]:
    """How somebody new comes, and goes again if the sheet says that he has."""
    household = places.household(one)
    state = {
        "status": ALIVE, "hamlet_id": places.hamlet(one), "residency": Residency.TETAP,
        "household_id": household, "relationship": one.role,
        **{name: getattr(one.row, name) for name in PLAIN},
    }  # fmt: skip
    yield _act(Kind.TERDAFTAR, places, {resident: state}, household=household)
    if one.status is not ALIVE:
        yield _left(one.status, resident, places, {})


def acts_of(ones: Iterable[Planned], places: Places) -> Iterator[Act]:
    """What happened to those whom the register knows; several of one family may share an act."""
    roles: dict[UUID, dict[UUID, dict[str, Any]]] = defaultdict(dict)
    moves: dict[tuple[UUID, UUID | None], list[Planned]] = defaultdict(list)
    for one in ones:
        known = one.known
        assert known is not None
        changes = _changes(one, places)
        if not changes:
            continue
        if "status" in changes:
            yield _status_act(one, changes, places)
            continue
        home: dict[str, Any] = {name: changes.pop(name) for name in HOME if name in changes}
        if "household_id" in home:
            yield _act(Kind.PINDAH_KELUARGA, places, {known.id: home}, household=home["household_id"])
        elif HEAD in (home.get("relationship"), known.relationship if home else None):
            assert known.household_id is not None
            roles[known.household_id][known.id] = home
        else:
            changes |= home
        if "hamlet_id" in changes:
            moves[changes.pop("hamlet_id"), places.household(one)].append(one)
        if changes:
            yield _act(Kind.PERUBAHAN, places, {known.id: changes})
    for household, residents in roles.items():
        yield _act(Kind.GANTI_KEPALA, places, residents, household=household)
    for (hamlet, family), movers in moves.items():
        moved = {one.known.id: {"hamlet_id": hamlet} for one in movers if one.known is not None}
        led = any(one.role is HEAD for one in movers)
        yield _act(Kind.PINDAH_BANJAR, places, moved, household=family if led else None)


def _changes(one: Planned, places: Places) -> dict[str, Any]:
    """The columns of his state that are to be others."""
    assert one.known is not None
    row = one.known.row
    was = {
        "status": row["status"], "hamlet_id": row["hamlet_id"], "household_id": row["household_id"],
        "relationship": one.known.relationship, **{name: row[name] for name in PLAIN},
    }  # fmt: skip
    becomes = {
        "status": one.status, "hamlet_id": places.hamlet(one), "household_id": places.household(one),
        "relationship": one.role, **{name: getattr(one.row, name) for name in PLAIN},
    }  # fmt: skip
    found = {name: value for name, value in becomes.items() if value != was[name]}
    if "household_id" in found:
        found["relationship"] = one.role  # a household is entered as something, though it be what one was
    return found


def _status_act(one: Planned, changes: dict[str, Any], places: Places) -> Act:
    assert one.known is not None
    if one.status is not ALIVE:
        return _left(one.status, one.known.id, places, changes)
    kind = event_of(one.known.row["status"], ALIVE)
    return _act(kind, places, {one.known.id: changes}, household=places.household(one))


def _left(status: ResidentStatus, resident: UUID, places: Places, changes: Mapping[str, Any]) -> Act:
    return _act(LEFT_BY[status], places, {resident: {**changes, "status": status, **OUT_OF_HOUSEHOLD}})


def _act(
    kind: LifeEventKind,
    places: Places,
    residents: Mapping[UUID, Mapping[str, Any]],
    *,
    household: UUID | None = None,
) -> Act:
    alone = next(iter(residents)) if len(residents) == 1 else None
    return Act(
        kind=kind, happened_on=places.day, resident_id=alone, household_id=household,
        residents=residents, said={"note": NOTE},
    )  # fmt: skip


def household_act(household: UUID, hamlet: UUID, day: date) -> Act:
    """That a household is in a hamlet from now on."""
    return Act(
        kind=Kind.PINDAH_BANJAR, happened_on=day, household_id=household,
        households={household: hamlet}, said={"note": NOTE},
    )  # fmt: skip
