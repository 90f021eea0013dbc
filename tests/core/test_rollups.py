"""Rollups: periods as sums of spans, and declarations that cannot be kept."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Mapped

from wantilan import DeclarationError, VillageTable, rollup
from wantilan.registry.models import HouseholdMember
from wantilan.store.places import Village
from wantilan.store.rollups import LEVEL_BITS, SIZES, WHOLE, spans_of
from wantilan_waste.models import Facility, Intake


class Member(VillageTable):
    """Rows with columns that no rollup can have."""

    __tablename__ = "test_member"

    points: Mapped[int]
    span: Mapped[int]
    shares: Mapped[int | None]
    shares_key: Mapped[int]
    since: Mapped[date]


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


@given(st.dates(), st.dates())
def test_any_period_of_all_days_that_there_are_is_some_hundred_spans(first: date, last: date) -> None:
    spans = spans_of(first, last)
    assert len(spans) < 600
    assert len(set(spans)) == len(spans)
    assert sum(len(days_of(span)) for span in spans) == max((last - first).days + 1, 0)
    assert all(0 < span < 1 << 31 for span in spans)


def test_spans_of_the_last_level_come_after_all_others() -> None:
    every = spans_of(date(1980, 1, 1), date(2026, 1, 1))
    assert {span >= WHOLE for span in every} == {True, False}
    assert all((span >= WHOLE) == (span >> LEVEL_BITS == len(SIZES) - 1) for span in every)


@pytest.mark.parametrize(
    ("declare", "reason"),
    [
        (lambda: rollup("t", Village), "only tables of villages"),
        (lambda: rollup("t", Intake, by=[Facility.kind]), "'kind' is no column of Intake"),
        (lambda: rollup("t", Intake, by=[Intake.weighed_at]), "'weighed_at' is no kind of value to group by"),
        (lambda: rollup("t", Intake, sums=[Intake.stream]), "'stream' is no whole number"),
        (lambda: rollup("t", Intake, day=Intake.weighed_at), "day='weighed_at' is no date"),
        (lambda: rollup("t", Facility, day=Facility.opened_on), "'opened_on' may be null"),
        (lambda: rollup("t", Member, sums=[Member.shares]), "'shares' may be null"),
        (
            lambda: rollup("t", Member, by=[Member.points], sums=[Member.points]),
            "'points' would be two columns",
        ),
        (lambda: rollup("t", Member, by=[Member.points, Member.points]), "'points' would be two columns"),
        (
            lambda: rollup("t", Member, by=[Member.shares, Member.shares_key]),
            "'shares_key' would be two columns",
        ),
        (lambda: rollup("t", Intake, by=[Intake.village_id]), "'village_id' is a column of every rollup"),
        (
            lambda: rollup("t", Member, day=Member.since, by=[Member.span]),
            "'span' is a column of every rollup",
        ),
        (lambda: rollup("t", Intake, by="stream"), "by must be a list of columns. Write by=\\[Intake.…\\]"),
        (lambda: rollup("t", Intake, sums=Intake.mass_grams), "sums must be a list of columns"),
        (lambda: rollup("t", Intake, by=["stream"]), "'stream' is no column. Write Intake.<column>"),
        (lambda: rollup("t", Intake, day="business_date"), "'business_date' is no column"),
        (lambda: rollup("t", Intake, by=[Intake]), "Intake'> is no column"),
        (lambda: rollup("waste_intake", Intake), "there is a table of this name already"),
        (lambda: rollup("Waste-Total", Intake), "this is no name of a table"),
        (lambda: rollup("t" * 49, Intake), "this is no name of a table"),
        (lambda: rollup("t", VillageTable), "only tables of villages"),
        (lambda: rollup("t", "waste_intake"), "only tables of villages"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_name_and_the_cure(declare: object, reason: str) -> None:
    known = set(VillageTable.metadata.tables)
    with pytest.raises(DeclarationError, match=reason) as refused:
        declare()  # type: ignore[operator]
    assert str(refused.value).startswith("rollup('")
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 200  # or it would be cut off where a program is left out
    assert set(VillageTable.metadata.tables) == known


@pytest.mark.parametrize(
    ("declared", "columns", "key"),
    [
        (
            {"by": [HouseholdMember.relationship], "day": HouseholdMember.since},
            ["village_id", "span", "relationship", "row_count"],
            ["village_id", "span", "relationship"],
        ),
        (
            {"by": [HouseholdMember.until, HouseholdMember.relationship]},
            ["village_id", "until", "until_key", "relationship", "row_count"],
            ["village_id", "until_key", "relationship"],
        ),
        ({}, ["village_id", "row_count"], ["village_id"]),
    ],
)
def test_the_table_of_a_rollup_is_keyed_by_village_and_what_is_never_null(
    declared: dict[str, Any], columns: list[str], key: list[str]
) -> None:
    made = rollup("test_members", HouseholdMember, **declared)
    table = made.model.__table__
    assert [column.name for column in table.columns] == columns
    assert [column.name for column in table.primary_key] == key == list(made.key)
    assert {column.name for column in table.columns if column.nullable} <= {"until"}
    VillageTable.metadata.remove(table)
    VillageTable.registry._dispose_cls(made.model)
