"""When two records may be one person: a table, with those who only look as if."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan.registry.codes import Sex
from wantilan.registry.duplicates.rules import Facts, compared, pairs
from wantilan.registry.models import DuplicateRule

R = DuplicateRule
DAY = date(1980, 4, 12)
ONE = Facts(UUID(int=1), "I Wayan Suarta", Sex.LAKI_LAKI, DAY, settled=False, mother="Ni Made Sari")
OTHER = replace(ONE, id=UUID(int=2))
SETTLED = replace(ONE, settled=True)

ALIKE: list[tuple[str, Facts, Facts, DuplicateRule, int]] = [
    ("spelt otherwise", ONE, replace(OTHER, name="Wy. Swarta"), R.SAME_NAME, 90),
    ("words in another order", ONE, replace(OTHER, name="Suarta, I Wayan"), R.SAME_NAME, 90),
    ("a number to come", SETTLED, replace(OTHER, name="I Wayan Suarta"), R.NIK_TO_COME, 95),
    ("a number to come, and a letter", SETTLED, replace(OTHER, name="I Wayan Suarna"), R.NIK_TO_COME, 80),
    ("two numbers, one name", SETTLED, replace(OTHER, settled=True), R.SAME_NAME, 50),
    ("a part left out", ONE, replace(OTHER, name="I Wayan Suarta Dana"), R.NEAR_NAME, 60),
    ("only the given name", ONE, replace(OTHER, name="Suarta"), R.NEAR_NAME, 60),
    ("two letters changed places", ONE, replace(OTHER, name="I Wayan Suatra"), R.NEAR_NAME, 60),
    ("named after the birth", replace(ONE, name="Bayi Ni Made Sari"), replace(OTHER, name="I Putu Adi"),
     R.UNNAMED_CHILD, 75),
]  # fmt: skip
FALSE_FRIENDS: list[tuple[str, Facts, Facts]] = [
    ("the same record", ONE, ONE),
    ("a namesake next door, born later", ONE, replace(OTHER, birth_date=date(1980, 4, 13))),
    ("husband and wife of one name", ONE, replace(OTHER, sex=Sex.PEREMPUAN)),
    ("twins: one is Wayan, one is Made", ONE, replace(OTHER, name="I Made Suarta")),
    ("twins: Putu and Kadek of one family name", replace(ONE, name="Putu Adi Putra"),
     replace(OTHER, name="Kadek Adi Putra")),
    ("twins of one mother", replace(ONE, name="I Wayan Adi"), replace(OTHER, name="I Wayan Bagus")),
    ("born on one day, of one order", ONE, replace(OTHER, name="I Wayan")),
    ("born on one day", ONE, replace(OTHER, name="I Wayan Sudarma")),
    ("Putra and Putri", replace(ONE, name="Wayan Ary Pt"), replace(OTHER, name="Wayan Ara")),
    ("two numbers, near names", SETTLED, replace(OTHER, settled=True, name="I Wayan Suarna")),
    ("babies of two mothers", replace(ONE, name="Bayi Ni Made Sari"),
     replace(OTHER, name="I Putu Adi", mother="Ni Ketut Rai")),
    ("Anak Agung is a name", replace(ONE, name="Anak Agung Raka"), replace(OTHER, name="Anak Agung Oka")),
    ("babies whose mothers are not known", replace(ONE, name="Bayi", mother=None),
     replace(OTHER, name="I Putu Adi", mother=None)),
]  # fmt: skip


@pytest.mark.parametrize(("story", "one", "other", "rule", "weight"), ALIKE, ids=[line[0] for line in ALIKE])
def test_these_may_be_one_person(
    story: str, one: Facts, other: Facts, rule: DuplicateRule, weight: int
) -> None:
    assert compared(one, other) == compared(other, one) == (rule, weight)


@pytest.mark.parametrize(("story", "one", "other"), FALSE_FRIENDS, ids=[line[0] for line in FALSE_FRIENDS])
def test_these_only_look_as_if(story: str, one: Facts, other: Facts) -> None:
    assert compared(one, other) is compared(other, one) is None


WORDS = st.lists(
    st.sampled_from(["Wayan", "Made", "Suarta", "Suarna", "Adi", "Bayi", "Wy"]), min_size=1, max_size=3
)
PERSONS = st.builds(
    Facts, st.uuids(), WORDS.map(" ".join), st.sampled_from(Sex), st.just(DAY), st.booleans(),
    st.sampled_from([None, "Ni Made Sari"]),
)  # fmt: skip


@given(st.lists(PERSONS, max_size=6, unique_by=lambda person: person.id))
def test_every_pair_is_found_once_whatever_the_order(persons: list[Facts]) -> None:
    found = {(one.id, other.id): what for one, other, what in pairs(persons)}
    assert found == {(one.id, other.id): what for one, other, what in pairs(persons[::-1])}
    assert all(first < second and 1 <= what.weight <= 100 for (first, second), what in found.items())
