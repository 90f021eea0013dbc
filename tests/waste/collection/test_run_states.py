"""The states of a run, as a table."""

from __future__ import annotations

import pytest

from wantilan_waste.models import WasteRunState
from wantilan_waste.rules.runs import VISITED, may_follow, way_to_scale

STEPS = {
    "PLANNED": {"STARTED", "CANCELLED"},
    "STARTED": {"FINISHED", "CANCELLED"},
    "FINISHED": {"WEIGHED"},
    "WEIGHED": {"CLOSED"},
    "CLOSED": set(),
    "CANCELLED": set(),
}
"""By hand: from each state to which."""


def test_the_table_names_every_state() -> None:
    assert STEPS.keys() == {state.name for state in WasteRunState}


@pytest.mark.parametrize("now", list(WasteRunState))
@pytest.mark.parametrize("then", list(WasteRunState))
def test_a_run_takes_these_steps_and_no_other(now: WasteRunState, then: WasteRunState) -> None:
    assert may_follow(now, then) is (then.name in STEPS[now.name])


def test_a_load_on_the_scale_takes_a_run_there_by_steps_that_there_are() -> None:
    ways = {
        state.name: None if (way := way_to_scale(state)) is None else [to.name for to in way]
        for state in WasteRunState
    }
    assert ways == {
        "PLANNED": None, "STARTED": ["FINISHED", "WEIGHED"], "FINISHED": ["WEIGHED"], "WEIGHED": [],
        "CLOSED": None, "CANCELLED": None,
    }  # fmt: skip


def test_visits_are_taken_in_from_the_start_until_it_is_closed() -> None:
    assert {state.name for state in VISITED} == {"STARTED", "FINISHED", "WEIGHED"}
