"""The rules of complaints, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan_waste.messages import COMPLAINT_STEPS
from wantilan_waste.models import WasteComplaintKind, WasteComplaintState
from wantilan_waste.rules.complaints import (
    AT_A_PLACE,
    NEXT,
    OPEN,
    UNDER_WAY,
    is_late,
    may_become,
    move_faults,
    report_faults,
    rounded,
)
from wantilan_waste.settings import ComplaintHours

STEPS = {
    ("OPEN", "ACKNOWLEDGED"), ("ACKNOWLEDGED", "IN_PROGRESS"), ("IN_PROGRESS", "RESOLVED"),
    ("RESOLVED", "CLOSED"), ("OPEN", "REJECTED"), ("ACKNOWLEDGED", "REJECTED"), ("IN_PROGRESS", "REJECTED"),
}  # fmt: skip
"""Written down once more, by hand."""


def test_the_steps_are_these_and_no_others() -> None:
    pairs = product(WasteComplaintState, WasteComplaintState)
    assert {(a.name, b.name) for a, b in pairs if may_become(a, b)} == STEPS
    assert set(COMPLAINT_STEPS) == {state for following in NEXT.values() for state in following}


@given(st.lists(st.sampled_from(WasteComplaintState), max_size=30))
def test_whatever_is_tried_a_complaint_ends_after_at_most_four_steps(
    tried: list[WasteComplaintState],
) -> None:
    state, taken = OPEN, 0
    for following in tried:
        if may_become(state, following):
            state, taken = following, taken + 1
    assert taken <= 4
    assert NEXT[state] or state.name in ("CLOSED", "REJECTED")


@pytest.mark.parametrize("state", WasteComplaintState)
def test_late_is_what_is_open_after_its_deadline(state: WasteComplaintState) -> None:
    due = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert not is_late(state, due, due)
    assert is_late(state, due, due + timedelta(milliseconds=1)) is (state in UNDER_WAY)
    assert {one.name for one in UNDER_WAY} == {"OPEN", "ACKNOWLEDGED", "IN_PROGRESS"}


@given(st.floats(min_value=-180, max_value=180))
def test_what_everybody_sees_of_a_place_is_at_most_56_metres_of_a_degree_away_and_no_closer(
    degrees: float,
) -> None:
    shown = rounded(degrees)
    assert shown is not None and abs(shown - degrees) <= 0.0005 + 1e-9
    assert len(str(shown).partition(".")[2]) <= 3 or "e" in str(shown)
    assert rounded(None) is None


@pytest.mark.parametrize("kind", WasteComplaintKind)
def test_each_kind_has_its_hours_and_some_need_a_place(kind: WasteComplaintKind) -> None:
    assert ComplaintHours().of(kind) >= 24
    said = [code for _, code, _ in report_faults(kind, "x", None, False, 0)]
    assert said == (["PLACE_NEEDED"] if kind in AT_A_PLACE else [])
    assert not list(report_faults(kind, "x", "behind the temple", False, 5))
    assert not list(report_faults(kind, "x", None, True, 0))


def test_all_faults_are_named_at_once() -> None:
    dump = WasteComplaintKind.WILD_DUMP
    assert {name: code for name, code, _ in report_faults(dump, " ", " ", False, 6)} == {
        "text": "LENGTH", "address": "LENGTH", "photo_ids": "TOO_MANY",
    }  # fmt: skip
    assert not list(report_faults(dump, "x" * 2_000, "y" * 200, False, 5))
    assert [name for name, *_ in report_faults(dump, "x" * 2_001, "y" * 201, False, 0)] == ["text", "address"]


def test_to_reject_needs_a_reason_that_the_reporter_reads() -> None:
    rejected = WasteComplaintState.REJECTED
    assert [code for _, code, _ in move_faults(rejected, "for us", None)] == ["REASON_NEEDED"]
    assert not list(move_faults(rejected, None, "Not in this village."))
    assert not list(move_faults(WasteComplaintState.RESOLVED, None, None))
    assert [name for name, *_ in move_faults(rejected, " ", "x" * 501)] == ["note", "public_note"]
