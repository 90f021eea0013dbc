"""Rollups: periods as sums of spans, and declarations that cannot be kept."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan import DeclarationError, VillageTable, rollup
from wantilan.registry.models import HouseholdMember, Resident
from wantilan.store.places import Village
from wantilan.store.rollups import FIRST, LAST, LEVEL_BITS, SIZES, WHOLE, spans_of
from wantilan_waste.models import Facility, Intake

DAYS = st.dates(date(1999, 1, 1), date(2031, 12, 31))


def days_of(span: int) -> range:
    level, number = span >> LEVEL_BITS, span & (1 << LEVEL_BITS) - 1
    return range(number * SIZES[level], (number + 1) * SIZES[level])


@given(DAYS, st.integers(0, 1200))
def test_the_spans_of_a_period_are_each_of_its_days_once(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    counted = Counter(day for span in spans_of(first, last) for day in days_of(span))
    assert counted == Counter(range(first.toordinal(), last.toordinal() + 1))


@given(DAYS)
def test_a_year_is_some_dozen_spans_and_not_its_days(first: date) -> None:
    assert len(spans_of(first, first + timedelta(days=364))) <= 32


def test_a_period_that_ends_before_it_begins_has_no_span() -> None:
    assert spans_of(date(2026, 1, 2), date(2026, 1, 1)) == []


def test_all_time_is_some_hundred_spans_and_what_lies_beyond_counts_as_its_edge() -> None:
    always = spans_of(date.min, date.max)
    assert len(always) < 600
    assert always == spans_of(FIRST, LAST)
    assert spans_of(date(1800, 1, 1), date(1800, 1, 1)) == spans_of(FIRST, FIRST)


def test_spans_of_the_last_level_come_after_all_others() -> None:
    every = spans_of(date(2020, 1, 1), date(2026, 1, 1))
    assert {span >= WHOLE for span in every} == {True, False}
    assert all((span >= WHOLE) == (span >> LEVEL_BITS == len(SIZES) - 1) for span in every)


@pytest.mark.parametrize(
    ("declare", "reason"),
    [
        (lambda: rollup("t", Village), "only tables of villages"),
        (lambda: rollup("t", Intake, by=[Facility.kind]), "'kind' is no column of Intake"),
        (lambda: rollup("t", Intake, by=[Intake.household_id]), "'household_id' may be null"),
        (lambda: rollup("t", Facility, by=[Facility.opened_on]), "'opened_on' may be null"),
        (lambda: rollup("t", Intake, by=[Intake.weighed_at]), "'weighed_at' is no kind of value to group by"),
        (lambda: rollup("t", Intake, sums=[Intake.stream]), "'stream' is no whole number"),
        (lambda: rollup("t", Intake, day=Intake.weighed_at), "day='weighed_at' is no date"),
        (lambda: rollup("t", Resident, sums=[Resident.phone]), "'phone' may be null"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_name_and_the_cure(declare: object, reason: str) -> None:
    with pytest.raises(DeclarationError, match=reason) as refused:
        declare()  # type: ignore[operator]
    assert "rollup('t')" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_table_of_a_rollup_is_keyed_by_village_and_dimensions() -> None:
    made = rollup(
        "test_members", HouseholdMember, by=[HouseholdMember.relationship], day=HouseholdMember.since
    )
    columns = [column.name for column in made.model.__table__.columns]
    assert columns == ["village_id", "span", "relationship", "row_count"]
    assert [c.name for c in made.model.__table__.primary_key] == ["village_id", "span", "relationship"]
    assert made.dimensions == ("span", "relationship")
    VillageTable.metadata.remove(made.model.__table__)
    VillageTable.registry._dispose_cls(made.model)
