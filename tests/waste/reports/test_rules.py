"""The rules of reports, tabled: states, months, hashes, indicators, sheets."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan import InvalidTransition
from wantilan_waste.models import WasteReportState as State
from wantilan_waste.rules.figures import diversion_rates, percent
from wantilan_waste.rules.indicators import VERSIONS, Stage, figures_of, generation, stages
from wantilan_waste.rules.reports import check_transition, days_of, hash_of_inputs, month_of
from wantilan_waste.rules.reproducing import reproductions_of
from wantilan_waste.rules.sheets import csv_of, harmless

ALLOWED = {
    (State.DRAFT, State.SUBMITTED),
    (State.SUBMITTED, State.RETURNED),
    (State.SUBMITTED, State.ACCEPTED),
    (State.RETURNED, State.DRAFT),
    (State.ACCEPTED, State.LOCKED),
}
"""By hand, as the domain notes have it."""
BASIS = {
    "generation": "SNI", "household_grams": 400, "shop_grams": 350, "office_grams": 100, "school_grams": 20,
    "landfill_controlled": False, "legal": ["Perdes 3/2025"],
}  # fmt: skip
INPUTS: dict[str, Any] = {
    "basis": BASIS,
    "intakes": [
        ["ANORGANIK", "RUMAH_TANGGA", "WEIGHED", "", 1, 20_000],
        ["ORGANIK", "RUMAH_TANGGA", "WEIGHED", "SISA_MAKANAN", 1, 40_000],
        ["RESIDU", "PASAR", "ESTIMATE", "", 1, 15_000],
    ],
    "sorted": [["PLASTIK", 18_000]],
    "processed": [["COMPOST", "ORGANIK", -30_000], ["OTHER", "ANORGANIK", -5_000]],
    "movements": [["IN", 0, 27_000], ["IN", 1, 75_000], ["RESIDUE", 0, -8_000], ["SALE", 0, -12_000]],
    "batches": [["COMPOST", 1, 30_000, 9_000, 21_000], ["SORT", 1, 20_000, 18_000, 2_000]],
    "sales": [["ANORGANIK", 1, 12_000, 24_000], ["ORGANIK", 1, 3_000, 3_000]],
    "trips": [["RESIDUE", "RESIDU", "WEIGHED", 1, 8_000]],
    "visits": [["ORGANIK", "COLLECTED", 2], ["ORGANIK", "REJECTED_UNSORTED", 1]],
    "judged": [[0, 1], [3, 2]],
    "households": [3, 4],
    "population": 10,
    "points": [["KANTOR", 1, 10], ["RUMAH_TANGGA", 4, 16], ["SEKOLAH", 1, 100], ["WARUNG_TOKO", 2, 4]],
    "surveys": [[0, "TIDAK_ADA", 3], [1, "TEBA_MODERN", 1]],
    "invoices": [[1, 30_000]],
    "payments": [[0, 1, 10_000]],
    "complaints": [["BURNING", 1]],
    "deposits": [[1, 4_000, 6_000]],
}


def changed(**more: Any) -> dict[str, Any]:
    return {**INPUTS, **more}


def values(inputs: dict[str, Any], version: str = "2025-1", days: int = 30) -> dict[str, str | None]:
    return {one["code"]: one["value"] for one in figures_of(inputs, version, days)["indicators"]}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("wanted", State)
def test_a_report_goes_only_where_the_table_says(state: State, wanted: State) -> None:
    if (state, wanted) in ALLOWED:
        check_transition(state, wanted)
        return
    with pytest.raises(InvalidTransition):
        check_transition(state, wanted)


def test_a_month_has_its_days() -> None:
    assert days_of("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert days_of("2025-12") == (date(2025, 12, 1), date(2025, 12, 31))


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_each_day_lies_in_its_month(day: date) -> None:
    first, last = days_of(month_of(day))
    assert first <= day <= last


def test_the_hash_does_not_know_in_which_order_keys_came() -> None:
    backwards = dict(reversed(INPUTS.items()))
    assert list(backwards) != list(INPUTS)
    assert hash_of_inputs(backwards) == hash_of_inputs(INPUTS)
    assert hash_of_inputs(changed(population=11)) != hash_of_inputs(INPUTS)


def test_mass_ends_in_one_stage_and_compost_is_not_counted_twice() -> None:
    assert stages(INPUTS) == {
        Stage.RECYCLED: 12_000, Stage.COMPOSTED: 30_000, Stage.REUSED: 0, Stage.LANDFILLED: 8_000, Stage.B3: 0
    }  # fmt: skip


def test_the_generation_is_people_times_rates_times_days() -> None:
    daily = 10 * 400 + 4 * 350 + 10 * 100 + 100 * 20
    assert generation(INPUTS, 30) == daily * 30 == 252_000


@pytest.mark.parametrize(
    ("version", "reduction", "handling", "percents"),
    [("2025-1", "42000", "8000", ("16.67", "3.17")), ("2025-2", "0", "50000", ("0.00", "19.84"))],
)
def test_each_version_counts_stages_as_it_says(
    version: str, reduction: str, handling: str, percents: tuple[str, str]
) -> None:
    found = values(INPUTS, version)
    assert (found["REDUCTION"], found["HANDLING"]) == (reduction, handling)
    assert (found["REDUCTION_PERCENT"], found["HANDLING_PERCENT"]) == percents
    assert found["UNMANAGED_PERCENT"] == "80.16"


def test_both_bases_of_generation_are_printed_and_one_is_chosen() -> None:
    sni = values(INPUTS)
    measured = values(changed(basis={**BASIS, "generation": "MEASURED"}))
    for found, basis in ((sni, "SNI"), (measured, "MEASURED")):
        assert (found["GENERATION_SNI"], found["GENERATION_MEASURED"]) == ("252000", "75000")
        assert found["GENERATION_BASIS"] == basis
    assert measured["REDUCTION_PERCENT"] == "56.00"


def test_the_composition_is_what_is_known_and_the_rest_is_said_to_be_unknown() -> None:
    found = values(INPUTS)
    assert (found["SIPSN_SISA_MAKANAN"], found["SIPSN_PLASTIK"]) == ("40000", "18000")
    assert found["SIPSN_UNKNOWN"] == "17000"


@pytest.mark.parametrize(("controlled", "share"), [(False, "26.59"), (True, "29.76")])
def test_a_landfill_counts_as_controlled_when_the_village_says_so(controlled: bool, share: str) -> None:
    assert values(changed(basis={**BASIS, "landfill_controlled": controlled}))["SDG_11_6_1"] == share


def test_every_indicator_has_its_source_and_assumptions_say_that_they_are() -> None:
    for version in VERSIONS:
        made = figures_of(INPUTS, version, 30)["indicators"]
        assert all(one["source"] for one in made)
        assert len({one["code"] for one in made}) == len(made)
        assumed = {one["code"] for one in made if "assumption" in one["source"]}
        assert len(assumed & {"REDUCTION_RECYCLED", "HANDLING_RECYCLED"}) == 1


@pytest.mark.parametrize(
    ("inputs", "warning"),
    [
        (changed(population=0, points=[["WARUNG_TOKO", 1, 1]]), "OVER_100_PERCENT"),
        (changed(intakes=[["RESIDU", "PASAR", "ESTIMATE", "", 1, 75_000]]), "MOSTLY_NOT_WEIGHED"),
        (changed(movements=[["IN", 1, 74_000], ["RESIDUE", 0, -8_000], ["SALE", 0, -15_000]]), "STOCK_GAP"),
    ],
)
def test_what_a_reader_must_know_is_a_warning(inputs: dict[str, Any], warning: str) -> None:
    sound = changed(movements=[["IN", 1, 75_000], ["RESIDUE", 0, -8_000], ["SALE", 0, -15_000]])
    assert figures_of(sound, "2025-1", 30)["warnings"] == []
    assert warning in figures_of(inputs, "2025-1", 30)["warnings"]


@pytest.mark.parametrize(
    ("more", "gap"),
    [
        ({"intakes": []}, "NO_INTAKE"),
        ({"surveys": []}, "NO_SURVEY"),
        ({"visits": []}, "NO_VISIT"),
        ({"population": 0}, "NO_POPULATION"),
        ({"sorted": []}, "UNKNOWN_COMPOSITION"),
        ({"basis": {**BASIS, "legal": []}}, "NO_LEGAL_BASIS"),
    ],
)
def test_what_is_missing_is_a_gap(more: dict[str, Any], gap: str) -> None:
    whole = changed(sorted=[["PLASTIK", 35_000]])
    assert figures_of(whole, "2025-1", 30)["gaps"] == []
    assert gap in figures_of({**whole, **more}, "2025-1", 30)["gaps"]


def test_nothing_is_divided_by_nothing() -> None:
    empty = changed(population=0, points=[], intakes=[], households=[0, 0], surveys=[])
    found = values(empty)
    for name in ("REDUCTION_PERCENT", "SDG_11_6_1", "POINTS_SORTING_PERCENT", "HOUSEHOLDS_SERVED_PERCENT"):
        assert found[name] is None
    assert percent(1, 0) is None
    assert diversion_rates([{"mass_in": 0, "residue_out": 5}]) == [None]


def test_a_report_reproduces_only_with_its_own_inputs_and_version() -> None:
    figures = figures_of(INPUTS, "2025-1", 30)
    row = {
        "figures": figures, "inputs_hash": hash_of_inputs(INPUTS), "mapping_version": "2025-1",
        "period": "2025-06",
    }  # fmt: skip
    heavier = {**figures, "inputs": changed(population=11)}
    assert reproductions_of([row]) == [True]
    for broken in (
        {"mapping_version": "2025-2"},
        {"mapping_version": "1999-1"},
        {"inputs_hash": "0" * 64},
        {"figures": heavier},
        {"figures": heavier, "inputs_hash": hash_of_inputs(heavier["inputs"])},
        {"figures": {**figures, "indicators": []}},
        {"period": "2025-07"},
    ):
        assert reproductions_of([{**row, **broken}]) == [False], broken
    assert reproductions_of([{**row, "figures": None}]) == [None]


@pytest.mark.parametrize("text", ["=1+1", "+62", "-1", "@x", "\tx", "\rx", "\n=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless("DK 8000 X") == "DK 8000 X"
    assert harmless(-5) == "-5"


@given(st.lists(st.tuples(st.text(max_size=8), st.integers()), max_size=5))
def test_what_is_written_is_read_back(rows: list[tuple[str, int]]) -> None:
    (head, *found) = csv.reader(io.StringIO(csv_of(("text", "number"), rows).decode(), newline=""))
    assert head == ["text", "number"]
    assert found == [[harmless(text), str(number)] for text, number in rows]
