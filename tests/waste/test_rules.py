"""The rules of weighing hold for every weighing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wantilan import Grams
from wantilan_waste.rules.weighing import HEAVIEST, OLDEST, Fault, gross_fault, moment_fault, tare_fault

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
GRAMS = st.integers(0, 2**53 - 1) | st.integers(0, 5) | st.integers(HEAVIEST - 2, HEAVIEST + 2)
MOMENTS = st.integers(-400 * 86_400_000, 400 * 86_400_000).map(
    lambda ms: NOW + timedelta(milliseconds=ms)
) | st.sampled_from(
    [NOW, NOW - OLDEST, NOW - OLDEST - timedelta(milliseconds=1), NOW + timedelta(milliseconds=1)]
)


def faults(gross: int, tare: int, weighed_at: datetime = NOW) -> dict[str, Fault]:
    """Each faulty field, as the mutation judges them: a gross mass that is refused says nothing of the tare."""
    heavy, container = gross_fault(Grams(gross)), tare_fault(Grams(gross), Grams(tare))
    found = {
        "gross": heavy,
        "tare": container if heavy is None else None,
        "weighed_at": moment_fault(weighed_at, NOW),
    }
    return {field: fault for field, fault in found.items() if fault is not None}


def codes(gross: int, tare: int, weighed_at: datetime = NOW) -> dict[str, str]:
    return {field: code for field, (code, _) in faults(gross, tare, weighed_at).items()}


@given(GRAMS, GRAMS, MOMENTS)
def test_what_has_no_fault_has_a_net_mass_above_nothing_and_a_moment_of_the_last_month(
    gross: int, tare: int, weighed_at: datetime
) -> None:
    if not codes(gross, tare, weighed_at):
        assert 0 < gross - tare <= HEAVIEST
        assert timedelta(0) <= NOW - weighed_at <= OLDEST


@given(GRAMS, GRAMS, MOMENTS)
def test_what_breaks_a_rule_has_a_fault(gross: int, tare: int, weighed_at: datetime) -> None:
    fields = codes(gross, tare, weighed_at).keys()
    assert bool(fields & {"gross", "tare"}) == (not 0 <= tare < gross <= HEAVIEST)
    assert ("weighed_at" in fields) == (not NOW - OLDEST <= weighed_at <= NOW)


@given(GRAMS, GRAMS, MOMENTS)
def test_a_fault_speaks_both_languages_and_says_no_value(gross: int, tare: int, weighed_at: datetime) -> None:
    for code, text in faults(gross, tare, weighed_at).values():
        assert code.isupper() and text.id != text.en
        assert gross < 1000 or str(gross) not in text.id + text.en


def test_each_fault_has_its_code() -> None:
    assert codes(0, 0) == {"gross": "MUST_BE_POSITIVE"}
    assert codes(HEAVIEST + 1, 0) == {"gross": "TOO_HEAVY"}
    assert codes(5, 5) == codes(5, 6) == {"tare": "NOT_BELOW_GROSS"}
    assert codes(5, 0, NOW + timedelta(seconds=1)) == {"weighed_at": "IN_FUTURE"}
    assert codes(5, 0, NOW - timedelta(days=32)) == {"weighed_at": "TOO_OLD"}
    assert codes(5, 4) == codes(HEAVIEST, 0, NOW - OLDEST) == {}


def test_a_fault_of_mass_does_not_hide_one_of_time() -> None:
    assert codes(0, 0, NOW + timedelta(days=1)) == {"gross": "MUST_BE_POSITIVE", "weighed_at": "IN_FUTURE"}
