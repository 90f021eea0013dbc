"""From what happened to who was what when: pure functions over the effects of life events.

An effect says which columns of one resident had which values from one day on. Folded in the order of days
they give the stretches of a life, each with one state. The state of a day is the one at its end.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from ...errors import Text
from ..codes import (
    Education,
    FamilyRelationship,
    LifeEventKind,
    MaritalStatus,
    Occupation,
    Residency,
    ResidentStatus,
)
from ..numbers import Finding

DAY = timedelta(days=1)
Kind = LifeEventKind
Status = ResidentStatus


@dataclass(frozen=True)
class State:
    """What a resident is on one day. Nobody who is not alive here belongs to a household."""

    status: ResidentStatus
    hamlet_id: UUID
    residency: Residency
    household_id: UUID | None = None
    relationship: FamilyRelationship | None = None
    marital_status: MaritalStatus | None = None
    education: Education | None = None
    occupation: Occupation | None = None

    @property
    def member(self) -> tuple[UUID, FamilyRelationship] | None:
        """The household and what he is in it."""
        if self.household_id is None or self.relationship is None:
            return None
        return self.household_id, self.relationship


ENUMS: Mapping[str, type[enum.Enum]] = {
    "status": ResidentStatus,
    "residency": Residency,
    "relationship": FamilyRelationship,
    "marital_status": MaritalStatus,
    "education": Education,
    "occupation": Occupation,
}
COLUMNS = frozenset(one.name for one in fields(State))
STAYS_IN = "stays_in"
"""Beside `relationship` in an effect: the household in which he stays, and to whose head he is that."""
OUT_OF_HOUSEHOLD: Mapping[str, Any] = {"household_id": None, "relationship": None}


def encoded(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes as the database keeps them. Raises ValueError for what is no column of a state."""
    if not changes.keys() <= COLUMNS | {STAYS_IN}:
        raise ValueError("an effect changes columns of a State only")
    return {name: _encoded(value) for name, value in changes.items()}


def _encoded(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.name
    return value.hex if isinstance(value, UUID) else value


def decoded(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `encoded`."""
    return {name: _decoded(name, value) for name, value in changes.items()}


def _decoded(name: str, value: Any) -> Any:
    if value is None:
        return None
    return ENUMS[name][value] if name in ENUMS else UUID(hex=value)


@dataclass(frozen=True)
class Effect:
    """What one event changed of one resident. `changes` are columns of `State`; `sequence` decides between
    two of one day.
    """

    kind: LifeEventKind
    happened_on: date
    sequence: int
    changes: Mapping[str, Any]
    stays_in: UUID | None = None
    """The household that he must belong to for the changes to make sense."""


@dataclass(frozen=True)
class Stretch:
    """One state, for as long as it lasted: from `since` to `until`, both included; None while it lasts."""

    since: date
    until: date | None
    state: State

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def in_order(effects: Iterable[Effect]) -> list[Effect]:
    """As they happened."""
    return sorted(effects, key=lambda effect: (effect.happened_on, effect.sequence))


def folded(effects: Iterable[Effect]) -> list[Stretch]:
    """The stretches of one resident; of two changes on one day the later one counts.

    Raises ValueError when the first effect does not give a whole state: `life_faults` says so before.
    """
    found: list[Stretch] = []
    for effect in in_order(effects):
        if not found:
            try:
                found.append(Stretch(effect.happened_on, None, State(**effect.changes)))
            except TypeError:
                raise ValueError("a life begins with an entry into the register") from None
            continue
        last = found[-1]
        state = replace(last.state, **effect.changes)
        if last.since == effect.happened_on:
            found.pop()
            if found and found[-1].state == state:
                found[-1] = replace(found[-1], until=None)
            else:
                found.append(replace(last, state=state))
        elif state != last.state:
            found[-1] = replace(last, until=effect.happened_on - DAY)
            found.append(Stretch(effect.happened_on, None, state))
    return found


def on(day: date, stretches: Iterable[Stretch]) -> State | None:
    """The state on one day; None before the resident entered the register."""
    return next((stretch.state for stretch in stretches if stretch.covers(day)), None)


@dataclass(frozen=True)
class Stay:
    """That somebody belonged to a household as one thing, from one day to another."""

    household_id: UUID
    relationship: FamilyRelationship
    since: date
    until: date | None


def stays(stretches: Iterable[Stretch]) -> list[Stay]:
    """The memberships of one resident, those that touch and are alike joined."""
    found: list[Stay] = []
    for stretch in stretches:
        member = stretch.state.member
        if member is None:
            continue
        last = found[-1] if found else None
        touching = last is not None and last.until is not None and last.until + DAY == stretch.since
        if last is not None and touching and (last.household_id, last.relationship) == member:
            found[-1] = replace(last, until=stretch.until)
            continue
        found.append(Stay(*member, stretch.since, stretch.until))
    return found


@dataclass(frozen=True)
class Filling:
    """How many belonged to a household, and how many of them were its head, from one day to another."""

    since: date
    until: date | None
    members: int
    heads: int


def fillings(members: Iterable[Stay]) -> list[Filling]:
    """The stretches of one household on which somebody belonged to it."""
    turns: dict[date, tuple[int, int]] = {}

    def turn(day: date, by: int, stay: Stay) -> None:
        count, heads = turns.get(day, (0, 0))
        head = by if stay.relationship is FamilyRelationship.KEPALA_KELUARGA else 0
        turns[day] = count + by, heads + head

    for stay in members:
        turn(stay.since, 1, stay)
        if stay.until is not None:
            turn(stay.until + DAY, -1, stay)
    found: list[Filling] = []
    count = heads = 0
    for day in sorted(turns):
        by, of_heads = turns[day]
        if by == of_heads == 0:
            continue
        count, heads = count + by, heads + of_heads
        if found and found[-1].until is None:
            found[-1] = replace(found[-1], until=day - DAY)
        if count:
            found.append(Filling(day, None, count, heads))
    return found


# What cannot be

ENTRIES = frozenset({Kind.TERDAFTAR, Kind.LAHIR, Kind.PINDAH_MASUK})
"""By these one comes into the register."""
LEAVING: Mapping[LifeEventKind, ResidentStatus] = {
    Kind.MATI: Status.MATI,
    Kind.PINDAH_KELUAR: Status.PINDAH,
    Kind.PINDAH_DESA: Status.PINDAH,
    Kind.HILANG: Status.HILANG,
    Kind.PERGI: Status.PERGI,
    Kind.TIDAK_VALID: Status.TIDAK_VALID,
    Kind.DIGABUNG: Status.TIDAK_VALID,
}
"""By these one is no longer alive in the village, and what one is then."""
ALIVE = frozenset({Status.HIDUP})
AWAY = frozenset({Status.HILANG, Status.PERGI})
FINAL = frozenset({Status.MATI, Status.TIDAK_VALID})
"""Nothing happens to these any more."""
_BEFORE: Mapping[LifeEventKind, frozenset[ResidentStatus]] = {
    Kind.MATI: ALIVE | AWAY,
    Kind.TIDAK_VALID: ALIVE | AWAY | {Status.PINDAH},
    Kind.DIGABUNG: ALIVE | AWAY | {Status.PINDAH},
    Kind.KEMBALI: AWAY,
    Kind.PINDAH_MASUK: frozenset({Status.PINDAH}),
    Kind.PINDAH_KELUAR: ALIVE | AWAY,
}

NOT_IN_REGISTER = Finding(
    "NOT_IN_REGISTER",
    Text("Belum terdaftar pada tanggal itu.", "Was not in the register on that day yet."),
)
ALREADY_REGISTERED = Finding("ALREADY_REGISTERED", Text("Sudah terdaftar.", "Is in the register already."))
BEFORE_BIRTH = Finding("BEFORE_BIRTH", Text("Sebelum tanggal lahir.", "Lies before the birth date."))
NOT_THE_BIRTH_DATE = Finding("NOT_THE_BIRTH_DATE", Text("Bukan tanggal lahirnya.", "Is not the birth date."))
NOT_ALIVE = Finding(
    "NOT_ALIVE",
    Text("Tidak tinggal di desa ini pada tanggal itu.", "Did not live here on that day, or not any more."),
)
NOT_AWAY = Finding(
    "NOT_AWAY",
    Text("Tidak hilang atau pergi pada tanggal itu.", "Was neither missing nor gone on that day."),
)
NOT_MOVED = Finding(
    "NOT_MOVED", Text("Tidak pindah keluar sebelum itu.", "Had not moved out before that day.")
)
ENTRY_UNDONE = Finding(
    "ENTRY_UNDONE",
    Text(
        "Pendaftaran tidak dibatalkan; catat TIDAK_VALID.",
        "That somebody entered the register is not undone: record TIDAK_VALID.",
    ),
)
RELATIONSHIP_LATER = Finding(
    "RELATIONSHIP_LATER",
    Text(
        "Hubungannya dalam keluarga lain dicatat untuk tanggal kemudian; batalkan itu dulu.",
        "A relationship in another household was recorded for a later day; undo that first.",
    ),
)
HEAD_MISSING = Finding(
    "HEAD_MISSING",
    Text("Keluarga akan tanpa kepala keluarga.", "The household would be without a head."),
)
HEADS_TWO = Finding(
    "SECOND_HEAD",
    Text("Keluarga akan punya dua kepala keluarga.", "The household would have two heads."),
)


def life_faults(birth_date: date, effects: Sequence[Effect]) -> Iterator[Finding]:
    """What cannot be in one life: the first fault of each effect, in the order of days."""
    if not effects:
        yield ENTRY_UNDONE
    status: ResidentStatus | None = None
    household: UUID | None = None
    for effect in in_order(effects):
        # What happens to somebody else only touches him: he must be there, and alive.
        kind = effect.kind if "status" in effect.changes else Kind.PERUBAHAN
        if effect.happened_on < birth_date:
            yield BEFORE_BIRTH
        elif kind is Kind.LAHIR and effect.happened_on != birth_date:
            yield NOT_THE_BIRTH_DATE
        else:
            fault = order_fault(kind, status)
            if fault is None and effect.stays_in not in (None, household):
                fault = RELATIONSHIP_LATER
            if fault is not None:
                yield fault
        household = effect.changes.get("household_id", household)
        status = effect.changes.get("status", status)


def order_fault(kind: LifeEventKind, status: ResidentStatus | None) -> Finding | None:
    """Why something cannot happen to somebody who has this status; None: he is not in the register yet."""
    if status is None:
        return None if kind in ENTRIES else NOT_IN_REGISTER
    if kind in ENTRIES and kind is not Kind.PINDAH_MASUK:
        return ALREADY_REGISTERED
    if status in _BEFORE.get(kind, ALIVE):
        return None
    if kind is Kind.PINDAH_MASUK:
        return ALREADY_REGISTERED if status is Status.HIDUP else NOT_MOVED
    return NOT_AWAY if kind is Kind.KEMBALI and status is Status.HIDUP else NOT_ALIVE


def household_faults(filled: Iterable[Filling]) -> Iterator[Finding]:
    """What cannot be in one household: members without a head, or with two."""
    for filling in filled:
        if filling.heads != 1:
            yield HEAD_MISSING if filling.heads == 0 else HEADS_TWO
