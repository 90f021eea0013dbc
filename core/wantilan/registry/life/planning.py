"""What each kind of event changes: from an input and the register of that day to an `Act`.

Nothing is written here. Faults are noted at their fields; what only the whole of the lives and households
can say is said when the act is recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from ...errors import Text
from ..codes import FamilyRelationship, LifeEventKind, MaritalStatus, ResidentStatus
from ..numbers import Finding
from ..rules import NOTHING_CHANGED
from .details import NOT_FOR_THIS_KIND
from .timeline import (
    HEAD_MISSING,
    HEADS_TWO,
    LEAVING,
    NOT_IN_REGISTER,
    OUT_OF_HOUSEHOLD,
    STAYS_IN,
    State,
    order_fault,
)

Kind = LifeEventKind
HEAD = FamilyRelationship.KEPALA_KELUARGA
MOST_PERSONS = 50

MISSING = Finding("MISSING", Text("Wajib untuk jenis peristiwa ini.", "Is needed for this kind of event."))
OTHER_MUTATION = Finding(
    "OTHER_MUTATION",
    Text(
        "Dicatat dengan mutasi lain: registerResident, undoLifeEvent, transfer atau mergeResidents.",
        "Is recorded by another mutation: registerResident, undoLifeEvent, a transfer or mergeResidents.",
    ),
)
TOO_MANY = Finding(
    "TOO_MANY", Text(f"Paling banyak {MOST_PERSONS} orang.", f"Must be at most {MOST_PERSONS} persons.")
)
PERSON_TWICE = Finding("PERSON_TWICE", Text("Disebut dua kali.", "Is named twice."))
NOT_A_MEMBER = Finding(
    "NOT_A_MEMBER",
    Text("Bukan anggota keluarga itu pada tanggal itu.", "Did not belong to that household on that day."),
)
RELATIONSHIP_NEEDED = Finding(
    "RELATIONSHIP_MISSING",
    Text("Isi hubungan dengan kepala keluarga.", "Say what the person is to the head of the household."),
)
ONE_OF_TWO = Finding("ONE_OF_TWO", Text("Isi salah satu.", "Give one of the two."))
HOUSEHOLD_WITHOUT = Finding(
    "HOUSEHOLD_MISSING", Text("Hubungan tanpa keluarga.", "A relationship without a household.")
)


@dataclass(frozen=True)
class Form:
    """Which fields a kind needs, and which it takes beside them."""

    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()


HOME = ("household_id", "new_household", "relationship", "along")
STATES = ("residency", "marital_status", "education", "occupation")
FORMS: Mapping[LifeEventKind, Form] = {
    Kind.MATI: Form(("resident_id",), ("partner_id", "remaining")),
    Kind.HILANG: Form(("resident_id",), ("remaining",)),
    Kind.PERGI: Form(("resident_id",), ("remaining",)),
    Kind.TIDAK_VALID: Form(("resident_id",), ("remaining",)),
    Kind.PINDAH_KELUAR: Form(("resident_id",), ("along", "remaining")),
    Kind.KEMBALI: Form(("resident_id",), (*HOME, "hamlet_id")),
    Kind.PINDAH_MASUK: Form(("resident_id",), (*HOME, "hamlet_id")),
    Kind.PINDAH_KELUARGA: Form(("resident_id", "household_id", "relationship"), ("along", "remaining")),
    Kind.PECAH_KK: Form(("resident_id", "new_household"), ("relationship", "along", "remaining")),
    Kind.GANTI_KEPALA: Form(("household_id", "remaining")),
    Kind.PINDAH_BANJAR: Form(("hamlet_id",), ("resident_id", "household_id")),
    Kind.KAWIN: Form(("resident_id",), ("partner_id", *HOME, "remaining")),
    Kind.CERAI: Form(("resident_id",), ("partner_id",)),
    Kind.PERUBAHAN: Form(("resident_id",), STATES),
}
FIELDS = tuple(dict.fromkeys(name for form in FORMS.values() for name in (*form.needs, *form.takes)))


def form_faults(kind: LifeEventKind, given: Mapping[str, bool]) -> Iterable[tuple[str, Finding]]:
    """What is wrong with the choice of fields. `given` says of each of FIELDS whether it was filled in."""
    form = FORMS.get(kind)
    if form is None:
        yield "kind", OTHER_MUTATION
        return
    for name in FIELDS:
        if given[name] and name not in (*form.needs, *form.takes):
            yield name, NOT_FOR_THIS_KIND
        if not given[name] and name in form.needs:
            yield name, MISSING
    home = given["household_id"] or given["new_household"]
    if given["household_id"] and given["new_household"]:
        yield "new_household", ONE_OF_TWO
    if kind in (Kind.KEMBALI, Kind.PINDAH_MASUK, Kind.KAWIN):
        if home and not given["relationship"]:
            yield "relationship", RELATIONSHIP_NEEDED
        if given["relationship"] and not home:
            yield "relationship", HOUSEHOLD_WITHOUT
        if given["remaining"] and not home:
            yield "remaining", NOT_FOR_THIS_KIND
    if kind is Kind.PINDAH_BANJAR and given["resident_id"] == given["household_id"]:
        yield "household_id", ONE_OF_TWO
    if kind is Kind.PERUBAHAN and not any(given[name] for name in STATES):
        yield "kind", NOTHING_CHANGED


@dataclass(frozen=True)
class Person:
    """Somebody of the input: who, at which field, and as what."""

    id: UUID
    at: tuple[str | int, ...]
    relationship: FamilyRelationship | None = None


@dataclass(frozen=True, kw_only=True)
class Happened:
    """An input whose ids were found, and the register as it stood on that day."""

    kind: LifeEventKind
    day: date
    states: Mapping[UUID, State | None]
    """Everybody who is named or lived with one who is: the state on that day."""
    resident: Person | None = None
    partner: Person | None = None
    along: tuple[Person, ...] = ()
    remaining: tuple[Person, ...] = ()
    household: UUID | None = None
    """The household that is entered or concerned: the one found, or the one that is to be made."""
    household_hamlet: UUID | None = None
    relationship: FamilyRelationship | None = None
    hamlet: UUID | None = None
    new: Mapping[str, Any] = field(default_factory=dict)
    """The values of `STATES` that were given."""

    def members(self, household: UUID) -> dict[UUID, FamilyRelationship | None]:
        """Who belonged to a household on that day."""
        return {
            person: state.relationship
            for person, state in self.states.items()
            if state is not None and state.household_id == household
        }


@dataclass
class Changes:
    """What comes of it, and what is wrong with it, each fault with its place in the input."""

    residents: dict[UUID, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    households: dict[UUID, UUID] = field(default_factory=dict)
    faults: list[tuple[tuple[str | int, ...], Finding]] = field(default_factory=list)


def planned(happened: Happened) -> Changes:
    """What an event changes of whom."""
    made = Changes()
    _judge_persons(happened, made)
    if made.faults:
        return made
    _PLANS[happened.kind](happened, made)
    staying: set[UUID] = set()
    for household in _left_behind(happened, made):
        staying |= _rename(happened, made, household)
    for person in happened.remaining:
        if person.id not in staying:
            made.faults.append((person.at, NOT_A_MEMBER))
    return made


def _judge_persons(happened: Happened, made: Changes) -> None:
    """Each must be in the register on that day, in a state in which this can happen to him."""
    named = [happened.resident, happened.partner, *happened.along, *happened.remaining]
    seen: list[UUID] = []
    for person in named:
        if person is None:
            continue
        if person.id in seen and not (_may_be_twice(happened, person) and seen.count(person.id) == 1):
            made.faults.append((person.at, PERSON_TWICE))
        seen.append(person.id)
        state = happened.states.get(person.id)
        if state is None:
            made.faults.append((person.at, NOT_IN_REGISTER))
            continue
        leads = person is happened.resident or person in happened.along
        fault = order_fault(happened.kind if leads else Kind.PERUBAHAN, state.status)
        if fault is not None:
            made.faults.append((person.at, fault))


def _may_be_twice(happened: Happened, person: Person) -> bool:
    """A partner may come along into the household, or get a new relationship where he stays."""
    beside = person in happened.along or person in happened.remaining
    return beside and happened.partner is not None and happened.partner.id == person.id


def _leave(happened: Happened, made: Changes) -> None:
    assert happened.resident is not None
    for person in (happened.resident, *happened.along):
        made.residents[person.id] = {"status": LEAVING[happened.kind], **OUT_OF_HOUSEHOLD}
    if happened.partner is not None:
        made.residents[happened.partner.id]["marital_status"] = MaritalStatus.CERAI_MATI


def _enter(happened: Happened, made: Changes) -> None:
    """Come into a household, alone or with others; without one only into a hamlet."""
    assert happened.resident is not None
    as_what = happened.relationship or (HEAD if happened.kind is Kind.PECAH_KK else None)
    for person in (happened.resident, *happened.along):
        relationship = as_what if person is happened.resident else person.relationship
        changed = made.residents[person.id]
        if happened.household is None:
            if person.relationship is not None and person is not happened.resident:
                made.faults.append(((*person.at[:-1], "relationship"), HOUSEHOLD_WITHOUT))
            if happened.hamlet is not None:
                changed["hamlet_id"] = happened.hamlet
            continue
        if relationship is None:
            made.faults.append(((*person.at[:-1], "relationship"), RELATIONSHIP_NEEDED))
        changed.update(
            household_id=happened.household,
            relationship=relationship,
            hamlet_id=happened.hamlet or happened.household_hamlet,
        )


def _come_back(happened: Happened, made: Changes) -> None:
    assert happened.resident is not None
    for person in (happened.resident, *happened.along):
        made.residents[person.id]["status"] = ResidentStatus.HIDUP
    _enter(happened, made)


def _marry(happened: Happened, made: Changes) -> None:
    status = MaritalStatus.KAWIN if happened.kind is Kind.KAWIN else MaritalStatus.CERAI_HIDUP
    for person in (happened.resident, happened.partner):
        if person is not None:
            made.residents[person.id]["marital_status"] = status
    if happened.household is not None:
        _enter(happened, made)


def _move_within(happened: Happened, made: Changes) -> None:
    assert happened.hamlet is not None
    moving = [happened.resident.id] if happened.resident is not None else []
    if happened.household is not None:
        moving = list(happened.members(happened.household))
        made.households[happened.household] = happened.hamlet
    for person in moving:
        made.residents[person]["hamlet_id"] = happened.hamlet


def _change(happened: Happened, made: Changes) -> None:
    assert happened.resident is not None
    made.residents[happened.resident.id].update(happened.new)


def _nothing_more(happened: Happened, made: Changes) -> None:
    """A new head is all in `remaining`."""


def _left_behind(happened: Happened, made: Changes) -> list[UUID]:
    """The households that somebody leaves, or whose head changes."""
    if happened.kind is Kind.GANTI_KEPALA and happened.household is not None:
        return [happened.household]
    left: dict[UUID, None] = {}
    for person, changes in made.residents.items():
        state = happened.states.get(person)
        before = state.household_id if state is not None else None
        if before is not None and changes.get("household_id", before) != before:
            left[before] = None
    return list(left)


def _rename(happened: Happened, made: Changes, household: UUID) -> set[UUID]:
    """Give those who stay their new relationships, and see that there is one head. Who stays."""
    stay = {
        person: relationship
        for person, relationship in happened.members(household).items()
        if "household_id" not in made.residents.get(person, {})
    }
    for person in happened.remaining:
        if person.id not in stay:
            continue
        if person.relationship is None:
            made.faults.append(((*person.at[:-1], "relationship"), RELATIONSHIP_NEEDED))
        else:
            stay[person.id] = person.relationship
            made.residents[person.id].update({"relationship": person.relationship, STAYS_IN: household})
    heads = sum(relationship is HEAD for relationship in stay.values())
    if stay and heads != 1:
        made.faults.append((("input", "remaining"), HEADS_TWO if heads else HEAD_MISSING))
    return set(stay)


_PLANS = {
    Kind.MATI: _leave,
    Kind.HILANG: _leave,
    Kind.PERGI: _leave,
    Kind.TIDAK_VALID: _leave,
    Kind.PINDAH_KELUAR: _leave,
    Kind.PINDAH_DESA: _leave,
    Kind.DIGABUNG: _leave,
    Kind.KEMBALI: _come_back,
    Kind.PINDAH_MASUK: _come_back,
    Kind.PINDAH_KELUARGA: _enter,
    Kind.PECAH_KK: _enter,
    Kind.GANTI_KEPALA: _nothing_more,
    Kind.PINDAH_BANJAR: _move_within,
    Kind.KAWIN: _marry,
    Kind.CERAI: _marry,
    Kind.PERUBAHAN: _change,
}
