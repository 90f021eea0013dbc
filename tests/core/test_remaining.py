"""Who stays in a household that others leave: each is named where he stays, whichever household that is."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from wantilan.registry.codes import FamilyRelationship, LifeEventKind, Residency, ResidentStatus
from wantilan.registry.life.planning import Happened, Person, planned
from wantilan.registry.life.timeline import State

HEAD, ISTRI, ANAK = FamilyRelationship.KEPALA_KELUARGA, FamilyRelationship.ISTRI, FamilyRelationship.ANAK
HIS, HERS, NEW = UUID(int=101), UUID(int=102), UUID(int=103)


def lives(household: UUID | None, relationship: FamilyRelationship | None) -> State:
    return State(ResidentStatus.HIDUP, UUID(int=1), Residency.TETAP, household, relationship)


def named(number: int, as_what: FamilyRelationship | None = None) -> Person:
    return Person(UUID(int=number), ("input", "remaining", number, "residentId"), as_what)


STATES = {
    UUID(int=1): lives(HIS, HEAD), UUID(int=2): lives(HIS, ISTRI), UUID(int=3): lives(HERS, HEAD),
    UUID(int=4): lives(HERS, ANAK), UUID(int=5): lives(None, None),
}  # fmt: skip


def test_two_who_marry_leave_two_households_and_each_gets_a_new_head() -> None:
    marriage = Happened(
        kind=LifeEventKind.KAWIN, day=date(2024, 1, 1), states=STATES, resident=named(1), partner=named(3),
        along=(named(3, ISTRI),), remaining=(named(2, HEAD), named(4, HEAD)), household=NEW, relationship=HEAD,
        household_hamlet=UUID(int=1),
    )  # fmt: skip
    changes = planned(marriage)
    assert changes.faults == []
    assert {key.int: one.get("relationship") for key, one in changes.residents.items()} == {
        1: HEAD, 3: ISTRI, 2: HEAD, 4: HEAD
    }  # fmt: skip


def test_who_stays_nowhere_is_not_named_in_silence() -> None:
    gone = Happened(
        kind=LifeEventKind.PINDAH_KELUAR, day=date(2024, 1, 1), states=STATES, resident=named(5),
        remaining=(named(2, HEAD),),
    )  # fmt: skip
    assert [(at, fault.code) for at, fault in planned(gone).faults] == [
        (("input", "remaining", 2, "residentId"), "NOT_A_MEMBER")
    ]
