"""Distances, boxes and rounding, for every place of the country."""

from __future__ import annotations

from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan_cctv_registry.places import COUNTRY, Place, box_around, metres_between

places = st.builds(
    Place,
    st.floats(COUNTRY.west, COUNTRY.east).map(lambda degrees: round(degrees, 6)),
    st.floats(COUNTRY.south, COUNTRY.north).map(lambda degrees: round(degrees, 6)),
)


@given(places)
def test_the_rounded_place_is_near_and_keeps_four_decimals(place: Place) -> None:
    seen = place.rounded
    assert seen == seen.rounded
    assert metres_between(place, seen) < 8
    for degrees in seen:
        assert abs(degrees * 10_000 - round(degrees * 10_000)) < 0.000001


@given(places, places)
def test_a_distance_is_the_same_both_ways(a: Place, b: Place) -> None:
    assert metres_between(a, b) == pytest.approx(metres_between(b, a), abs=0.001)
    assert metres_between(a, a) == 0


@given(places, places, st.floats(0, 500))
def test_who_is_outside_of_the_box_is_further_away(a: Place, b: Place, metres: float) -> None:
    assert box_around(a, metres).holds(b) or metres_between(a, b) > metres


@given(places, st.floats(-1, 1), st.floats(-1, 1), st.integers(1, 500))
def test_neighbours_are_in_the_box(place: Place, east: float, north: float, metres: int) -> None:
    """The same near by, where random pairs seldom meet."""
    up = metres / 111_195
    other = Place(place.longitude + east * up / cos(radians(place.latitude)), place.latitude + north * up)
    assert box_around(place, metres).holds(other) or metres_between(place, other) > metres


def test_a_thousandth_of_a_degree_is_about_110_metres_at_bengkel() -> None:
    here = Place(115.09, -8.56)
    assert 109 < metres_between(here, Place(115.091, -8.56)) < 111
    assert 110 < metres_between(here, Place(115.09, -8.561)) < 112
