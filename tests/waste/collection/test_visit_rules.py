"""What may be written down of a stop, and what becomes of batches that are sent again, in any order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan import Grams
from wantilan_waste.models import WastePointStatus, WasteRunState, WasteStopOutcome, WasteVisitResult
from wantilan_waste.rules.syncing import Book, Sent, verdicts
from wantilan_waste.rules.visits import moment_fault, moment_warning, visit_faults

Outcome = WasteStopOutcome
JUDGED = {"COLLECTED", "PARTIAL", "REJECTED_UNSORTED"}


def codes(
    outcome: Outcome, quality: int | None = None, mass: int | None = None, **more: object
) -> dict[str, str]:
    grams = Grams(mass) if mass is not None else None
    found = visit_faults(outcome, quality, grams, more.get("feedback"), more.get("sequence", 0))  # type: ignore[arg-type]
    return {name: code for name, code, _ in found}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_sorting_is_judged_where_waste_was_looked_at_and_nowhere_else(outcome: Outcome) -> None:
    judged = outcome.name in JUDGED
    assert codes(outcome) == ({"sort_quality": "REQUIRED"} if judged else {})
    for quality in (0, 1, 2, 3):
        expected = {} if judged else {"sort_quality": "NOT_APPLICABLE"}
        if outcome is Outcome.REJECTED_UNSORTED and quality:
            expected = {"sort_quality": "MUST_BE_ZERO"}
        assert codes(outcome, quality) == expected
    if judged:
        assert codes(outcome, 4) == codes(outcome, -1) == {"sort_quality": "OUT_OF_RANGE"}


def test_only_what_was_taken_has_a_mass() -> None:
    assert codes(Outcome.COLLECTED, 3, 1) == codes(Outcome.PARTIAL, 1, 100_000_000) == {}
    assert (
        codes(Outcome.COLLECTED, 3, 0) == codes(Outcome.COLLECTED, 3, 100_000_001) == {"mass": "OUT_OF_RANGE"}
    )
    assert codes(Outcome.NOT_PUT_OUT, None, 5) == {"mass": "NOT_APPLICABLE"}


def test_all_that_is_wrong_is_named_at_once() -> None:
    assert codes(Outcome.COLLECTED, 9, 0, feedback="x" * 501, sequence=-1) == {
        "sort_quality": "OUT_OF_RANGE", "mass": "OUT_OF_RANGE", "feedback": "LENGTH", "device_seq": "OUT_OF_RANGE",
    }  # fmt: skip


def test_a_visit_lies_on_the_runs_day_with_a_tolerance_and_not_in_the_future() -> None:
    midnight = datetime(2026, 11, 29, 16, tzinfo=UTC)  # of 30 November in Bengkel
    now = midnight + timedelta(days=3)
    table = {
        timedelta(hours=-6, seconds=-1): "NOT_ON_RUNS_DAY",
        timedelta(hours=-6): None,
        timedelta(hours=12): None,
        timedelta(hours=30, seconds=-1): None,
        timedelta(hours=30): "NOT_ON_RUNS_DAY",
    }
    for at, code in table.items():
        fault = moment_fault(midnight + at, midnight, now)
        assert (fault[0] if fault else None) == code, at
    noon = midnight + timedelta(hours=12)
    assert moment_fault(noon + timedelta(minutes=10), midnight, noon) is None
    late = moment_fault(noon + timedelta(minutes=10, seconds=1), midnight, noon)
    assert late is not None and late[0] == "IN_FUTURE"
    day = date(2026, 11, 30)
    assert moment_warning(noon, day, day, noon) is None
    ahead = moment_warning(noon + timedelta(minutes=1), day, day, noon)
    other = moment_warning(noon, day + timedelta(days=1), day, noon)
    assert ahead is not None and ahead[0] == "CLOCK_AHEAD"
    assert other is not None and other[0] == "OTHER_DAY"


# What becomes of a batch

POINTS = {UUID(int=i): WastePointStatus.ACTIVE for i in range(1, 5)}
PAUSED, CLOSED, UNKNOWN = UUID(int=5), UUID(int=6), UUID(int=9)


def book(state: WasteRunState = WasteRunState.STARTED) -> Book:
    known = POINTS | {PAUSED: WastePointStatus.PAUSED, CLOSED: WastePointStatus.CLOSED}
    return Book(state, {}, set(), {UUID(int=1), UUID(int=2)}, known)


def sent(sequence: int, point: int, content: str = "COLLECTED") -> Sent:
    return Sent(sequence, UUID(int=point), (UUID(int=point), content))


def said(found: list[object]) -> list[tuple[str, str | None]]:
    return [(v.result.name, v.faults[0][1] if v.faults else None) for v in found]  # type: ignore[attr-defined]


def test_each_visit_of_a_batch_gets_its_own_verdict() -> None:
    batch = [
        sent(1, 1), sent(1, 1), sent(1, 1, "PARTIAL"), sent(2, 1), sent(3, 3), sent(4, 5), sent(5, 6), sent(6, 9),
        Sent(7, None, (), (("point_id", "NOT_AN_ID", None),)),  # type: ignore[arg-type]
    ]  # fmt: skip
    found = verdicts(batch, book())
    assert said(found) == [
        ("ACCEPTED", None), ("DUPLICATE", None), ("REJECTED", "SEQUENCE_REUSED"), ("REJECTED", "ALREADY_VISITED"),
        ("ACCEPTED", None), ("ACCEPTED", None), ("REJECTED", "POINT_CLOSED"), ("REJECTED", "UNKNOWN_POINT"),
        ("REJECTED", "NOT_AN_ID"),
    ]  # fmt: skip
    assert [code for _, code, _ in found[4].warnings] == ["NOT_ON_RUN"] and found[4].added
    assert [code for _, code, _ in found[5].warnings] == ["NOT_ON_RUN", "POINT_NOT_ACTIVE"]


@pytest.mark.parametrize("state", list(WasteRunState))
def test_the_state_of_the_run_decides(state: WasteRunState) -> None:
    expected = {"PLANNED": "RUN_NOT_STARTED", "CLOSED": "RUN_CLOSED", "CANCELLED": "RUN_CLOSED"}.get(
        state.name
    )
    ((result, code),) = said(verdicts([sent(1, 1)], book(state)))
    assert (result, code) == ("ACCEPTED" if expected is None else "REJECTED", expected)


def test_what_was_accepted_before_the_run_was_closed_is_a_duplicate_after_it() -> None:
    known = book()
    verdicts([sent(1, 1)], known)
    known.state = WasteRunState.CLOSED
    assert said(verdicts([sent(1, 1), sent(2, 2)], known)) == [
        ("DUPLICATE", None),
        ("REJECTED", "RUN_CLOSED"),
    ]


VISITS = st.builds(
    sent, st.integers(0, 6), st.integers(1, 4), st.sampled_from(("COLLECTED", "PARTIAL", "NO_ACCESS"))
)


@given(st.lists(VISITS, max_size=30), st.randoms())
def test_whatever_is_sent_again_in_whatever_order_changes_nothing(batch: list[Sent], chance: object) -> None:
    """Invariant 10 of the notes: one visit for each point, one for each number of the device."""
    known = book()
    first = verdicts(batch, known)
    accepted = [one for one, v in zip(batch, first, strict=True) if v.result is WasteVisitResult.ACCEPTED]
    assert len({one.point for one in accepted}) == len({one.sequence for one in accepted}) == len(accepted)
    kept = dict(known.by_sequence), set(known.visited)
    again = [*batch, *accepted]
    chance.shuffle(again)  # type: ignore[attr-defined]
    second = verdicts(again, known)
    assert not [v for v in second if v.result is WasteVisitResult.ACCEPTED]
    assert (known.by_sequence, known.visited) == kept
    for one, verdict in zip(again, second, strict=True):
        if one in accepted:
            assert verdict.result is WasteVisitResult.DUPLICATE
