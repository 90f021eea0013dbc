"""The rules of measuring hold for whatever is given, and the database has the last word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.waste.tps3r.plant import Plant

from wantilan import Conflict, Grams
from wantilan.testing import BENGKEL
from wantilan_waste.models import Intake, WasteMeasure, WasteSourceClass, WasteStream
from wantilan_waste.rules.measuring import WANTED, Measured, density_fault, mass_of, measure_faults
from wantilan_waste.rules.weighing import HEAVIEST

AMOUNTS = st.none() | st.integers(0, 5) | st.integers(0, 2 * HEAVIEST)
GIVEN = st.builds(
    Measured,
    method=st.sampled_from(WasteMeasure),
    gross=AMOUNTS,
    tare=AMOUNTS,
    millilitres=AMOUNTS,
    pieces=AMOUNTS,
    grams_per_piece=AMOUNTS,
    mass=AMOUNTS,
)
DENSITIES = st.integers(1, 25_000)


@given(GIVEN, DENSITIES)
def test_what_has_no_fault_has_a_mass_above_nothing_and_no_more_than_a_truck(
    measured: Measured, density: int
) -> None:
    if list(measure_faults(measured)):
        return
    by_volume = measured.method is WasteMeasure.VOLUME
    if by_volume and density_fault(measured, density):
        return
    assert 0 < mass_of(measured, density if by_volume else None) <= HEAVIEST


@given(GIVEN)
def test_what_is_not_of_the_method_is_always_a_fault_and_what_it_needs_is_never_missed(
    measured: Measured,
) -> None:
    codes = {(field, code) for field, code, _ in measure_faults(measured)}
    wanted = WANTED[measured.method]
    for name in ("gross", "millilitres", "pieces", "grams_per_piece", "mass"):
        given = getattr(measured, name)
        assert ((name, "REQUIRED") in codes) == (name in wanted and given is None)
        assert ((name, "NOT_FOR_METHOD") in codes) == (name not in wanted and given is not None)


@given(st.integers(1, 2 * 10**9), DENSITIES)
def test_a_volume_becomes_whole_grams_never_too_many(millilitres: int, density: int) -> None:
    measured = Measured(WasteMeasure.VOLUME, millilitres=millilitres)
    mass = mass_of(measured, density)
    assert mass * 1000 <= millilitres * density < (mass + 1) * 1000
    fault = density_fault(measured, None)
    assert fault is not None and fault[1] == "NO_DENSITY"


def test_what_was_not_judged_has_no_mass() -> None:
    with pytest.raises(ValueError, match="judged"):
        mass_of(Measured(WasteMeasure.VOLUME, millilitres=1000), None)
    assert mass_of(replace(Measured(WasteMeasure.ESTIMATE), mass=Grams(5)), None) == 5


GOOD: dict[str, dict[str, Any]] = {
    "VOLUME": {"millilitres": 1_500, "grams_per_litre": 150, "mass_grams": 225},
    "COUNT": {"pieces": 3, "grams_per_piece": 25, "mass_grams": 75},
    "ESTIMATE": {"mass_grams": 5},
    "WEIGHED": {"gross_grams": 10, "tare_grams": 4, "mass_grams": 6},
}
WRONG = [
    ("VOLUME", {"grams_per_litre": None}), ("VOLUME", {"mass_grams": 226}), ("VOLUME", {"pieces": 1}),
    ("COUNT", {"mass_grams": 76}), ("COUNT", {"pieces": None}), ("ESTIMATE", {"mass_grams": 0}),
    ("ESTIMATE", {"gross_grams": 5, "tare_grams": 0}), ("WEIGHED", {"tare_grams": None}),
    ("WEIGHED", {"millilitres": 5, "grams_per_litre": 5}),
]  # fmt: skip


async def test_the_database_takes_no_intake_whose_mass_does_not_follow(scene: Plant) -> None:
    async def write(method: str, **more: Any) -> None:
        async with scene.world.unit(BENGKEL) as unit:
            made = {**GOOD[method], **more}
            intake = Intake(
                facility_id=scene.facility.id, stream=WasteStream.ORGANIK, method=WasteMeasure[method],
                source_class=WasteSourceClass.PASAR, weighed_at=unit.now, business_date=unit.today, **made,
            )  # fmt: skip
            await unit.add(intake)

    for method, more in WRONG:
        with pytest.raises((Conflict, sa.exc.StatementError)):
            await write(method, **more)
    for method in GOOD:
        await write(method)
    async with scene.world.unit(BENGKEL) as unit:
        assert len(await unit.all(Intake)) == len(GOOD)
