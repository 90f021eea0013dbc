"""The life of a card as a table, and the rules of holding and approving one."""

from __future__ import annotations

from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan import InvalidTransition, ResidentStatus, RuleViolated
from wantilan_kartu_cerdas import rules
from wantilan_kartu_cerdas.models import KartuCardStatus

LIFE = {
    "REQUESTED": "APPROVED REJECTED CANCELLED",
    "APPROVED": "PRINTED ISSUED CANCELLED",
    "PRINTED": "ISSUED REVOKED",
    "ISSUED": "ACTIVE LOST STOLEN DAMAGED REVOKED",
    "ACTIVE": "SUSPENDED LOST STOLEN DAMAGED REPLACED REVOKED",
    "SUSPENDED": "ACTIVE LOST STOLEN DAMAGED REVOKED",
    "LOST": "ISSUED ACTIVE SUSPENDED REPLACED REVOKED",
    "STOLEN": "REPLACED REVOKED",
    "DAMAGED": "REPLACED REVOKED",
    "REJECTED": "",
    "CANCELLED": "",
    "REPLACED": "",
    "REVOKED": "",
}
"""Written by hand, from the domain's table: not read from the code."""

ALLOWED = {(now, to) for now, after in LIFE.items() for to in after.split()}
OTHERS = sorted(set(product(LIFE, LIFE)) - ALLOWED)


def test_the_table_knows_every_status() -> None:
    assert set(LIFE) == {status.name for status in KartuCardStatus}
    assert set(rules.TRANSITIONS) == set(KartuCardStatus)


@pytest.mark.parametrize(("now", "to"), sorted(ALLOWED))
def test_a_step_of_the_table_is_allowed(now: str, to: str) -> None:
    rules.check_step(KartuCardStatus[now], KartuCardStatus[to])


@pytest.mark.parametrize(("now", "to"), OTHERS)
def test_every_other_step_is_refused(now: str, to: str) -> None:
    with pytest.raises(InvalidTransition, match=f"{now} cannot become {to}"):
        rules.check_step(KartuCardStatus[now], KartuCardStatus[to])


def test_a_life_ends_in_four_ways() -> None:
    assert {status.name for status in rules.CLOSED} == {"REJECTED", "CANCELLED", "REPLACED", "REVOKED"}


def test_nothing_but_an_approval_by_somebody_leads_from_a_request_to_a_card_in_use() -> None:
    without = {now: after - {KartuCardStatus.APPROVED} for now, after in rules.TRANSITIONS.items()}
    reached: set[KartuCardStatus] = set()
    waiting = [KartuCardStatus.REQUESTED]
    while waiting:
        for status in without[waiting.pop()] - reached:
            reached.add(status)
            waiting.append(status)
    assert reached == {KartuCardStatus.REJECTED, KartuCardStatus.CANCELLED}


@pytest.mark.parametrize(
    ("status", "rule"),
    [
        (ResidentStatus.MATI, "RESIDENT_DEAD"),
        (ResidentStatus.PINDAH, "RESIDENT_LEFT"),
        (ResidentStatus.PERGI, "RESIDENT_LEFT"),
        (ResidentStatus.HILANG, "RESIDENT_MISSING"),
        (ResidentStatus.TIDAK_VALID, "RESIDENT_NOT_VALID"),
    ],
)
def test_only_the_living_of_the_village_hold_cards(status: ResidentStatus, rule: str) -> None:
    rules.check_holder(ResidentStatus.HIDUP)
    with pytest.raises(RuleViolated) as refused:
        rules.check_holder(status)
    assert refused.value.extensions == {"rule": rule}


@given(st.uuids(), st.uuids())
def test_nobody_approves_what_he_asked_for(one: UUID, other: UUID) -> None:
    if one != other:
        rules.check_four_eyes(one, other)
    rules.check_four_eyes(None, other)
    with pytest.raises(RuleViolated):
        rules.check_four_eyes(one, one)


def test_a_note_is_one_line_of_plain_text() -> None:
    assert list(rules.note_faults(None)) == []
    assert list(rules.note_faults("é" * 200)) == []
    assert [code for code, _ in rules.note_faults("a\x00")] == ["NOT_PLAIN_TEXT"]
    assert [code for code, _ in rules.note_faults("a" * 200 + "\n")] == ["TOO_LONG", "NOT_PLAIN_TEXT"]
