"""How the mass of an intake becomes known, and that it lies in stock from then on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.waste.tps3r.plant import Plant

from wantilan import uuid7
from wantilan.testing import BENGKEL
from wantilan_waste.models import (
    Intake,
    Route,
    Run,
    ServicePoint,
    StockMovement,
    WasteMeasure,
    WasteOrganicHandling,
    WastePointStatus,
    WasteRunState,
    WasteSourceClass,
    WasteStream,
)

SHOWN = (
    """intake { method mass gross tare millilitres gramsPerLitre pieces gramsPerPiece category { code } }"""
)
NONE = {
    "gross": None,
    "tare": None,
    "millilitres": None,
    "gramsPerLitre": None,
    "pieces": None,
    "gramsPerPiece": None,
}


async def configure(plant: Plant, **settings: Any) -> None:
    text = """mutation($input: ConfigureProgramInput!) { configureProgram(input: $input) { changed } }"""
    given = {"villageCode": BENGKEL, "program": "waste", "settings": settings}
    admin = await plant.world.token("platform_admin", "")
    assert (await plant.world.ask(text, admin, input=given)).data


METHODS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "weighed": ({"gross": 1500, "tare": 500}, {"method": "WEIGHED", "mass": 1000, "gross": 1500, "tare": 500}),
    "by volume, with the category's density": (
        {"method": "VOLUME", "millilitres": 40_010, "categoryId": "<DAUN>"},
        {"method": "VOLUME", "mass": 6_001, "millilitres": 40_010, "gramsPerLitre": 150, "category": {"code": "DAUN"}},
    ),
    "counted": (
        {"method": "COUNT", "pieces": 12, "gramsPerPiece": 25},
        {"method": "COUNT", "mass": 300, "pieces": 12, "gramsPerPiece": 25},
    ),
    "estimated": ({"method": "ESTIMATE", "mass": 80_000}, {"method": "ESTIMATE", "mass": 80_000}),
}  # fmt: skip


@pytest.mark.parametrize("way", METHODS)
async def test_an_intake_shows_how_its_mass_became_known_and_lies_in_stock(scene: Plant, way: str) -> None:
    given, expected = METHODS[way]
    given = {key: scene.ids.get(str(value).strip("<>"), value) for key, value in given.items()}
    shown = await scene.done(
        "wasteRecordIntake", SHOWN, facilityId=scene.ids["facility"], stream="ORGANIK", **given
    )
    assert shown["intake"] == {**NONE, "category": None, **expected}
    label = "DAUN" if "categoryId" in given else "ORGANIK"
    assert await scene.stock() == {label: expected["mass"]}


async def test_a_volume_takes_the_villages_density_where_the_category_has_none(scene: Plant) -> None:
    given = {
        "facilityId": scene.ids["facility"],
        "stream": "RESIDU",
        "method": "VOLUME",
        "millilitres": 10_000,
    }
    refused = await scene.do("wasteRecordIntake", SHOWN, **given)
    assert refused.faults == {"input.millilitres": "NO_DENSITY"}
    await configure(scene, grams_per_litre=160)
    first = await scene.done("wasteRecordIntake", SHOWN, **given)
    assert (first["intake"]["mass"], first["intake"]["gramsPerLitre"]) == (1_600, 160)
    await configure(scene, grams_per_litre=200)
    async with scene.world.unit(BENGKEL) as unit:
        (intake,) = await unit.all(Intake)
    assert (intake.mass_grams, intake.grams_per_litre) == (1_600, 160)  # what was used stays


FAULTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "lighter than its container": ({"gross": 400, "tare": 500}, {"tare": "NOT_BELOW_GROSS"}),
    "no gross mass": ({}, {"gross": "REQUIRED"}),
    "a weighing with a volume": ({"gross": 1, "millilitres": 5}, {"millilitres": "NOT_FOR_METHOD"}),
    "no volume, but all of the others": (
        {"method": "VOLUME", "gross": 5, "tare": 1, "pieces": 1, "gramsPerPiece": 1, "mass": 1},
        {"gross": "NOT_FOR_METHOD", "tare": "NOT_FOR_METHOD", "pieces": "NOT_FOR_METHOD",
         "gramsPerPiece": "NOT_FOR_METHOD", "mass": "NOT_FOR_METHOD", "millilitres": "REQUIRED"},
    ),
    "nothing counted": ({"method": "COUNT"}, {"pieces": "REQUIRED", "gramsPerPiece": "REQUIRED"}),
    "pieces below nothing": (
        {"method": "COUNT", "pieces": -3, "gramsPerPiece": 0},
        {"pieces": "MUST_BE_POSITIVE", "gramsPerPiece": "MUST_BE_POSITIVE"},
    ),
    "too many pieces": (
        {"method": "COUNT", "pieces": 1_000_000, "gramsPerPiece": 1_000}, {"pieces": "TOO_HEAVY"}
    ),
    "less than a gram": (
        {"method": "VOLUME", "millilitres": 1, "categoryId": "<DAUN>"}, {"millilitres": "MUST_BE_POSITIVE"}
    ),
    "more than a truck": (
        {"method": "VOLUME", "millilitres": 2_000_000_000, "categoryId": "<DAUN>"}, {"millilitres": "TOO_HEAVY"}
    ),
    "no estimate": ({"method": "ESTIMATE", "mass": 0}, {"mass": "MUST_BE_POSITIVE"}),
    "B3 that is called organic": ({"gross": 5, "categoryId": "<BATERAI>"}, {"categoryId": "OTHER_STREAM"}),
    "a code of nobody": ({"gross": 5, "pointCode": "hello"}, {"pointCode": "NO_SUCH_POINT"}),
    "everything at once": (
        {"gross": 0, "weighedAt": "2020-01-01T00:00:00Z", "categoryId": "<BATERAI>", "mass": 3, "pointCode": "x"},
        {"gross": "MUST_BE_POSITIVE", "weighedAt": "TOO_OLD", "categoryId": "OTHER_STREAM",
         "mass": "NOT_FOR_METHOD", "pointCode": "NO_SUCH_POINT"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_wrong_measurement_is_refused_with_every_fault_and_nothing_is_written(
    scene: Plant, fault: str
) -> None:
    given, expected = FAULTS[fault]
    given = {key: scene.ids.get(str(value).strip("<>"), value) for key, value in given.items()}
    before = await scene.written()
    reply = await scene.do("wasteRecordIntake", facilityId=scene.ids["facility"], stream="ORGANIK", **given)
    assert reply.codes == ["BAD_USER_INPUT"]
    assert reply.faults == {f"input.{field}": code for field, code in expected.items()}
    assert await scene.written() == before


async def test_nothing_is_taken_in_under_a_retired_category_or_where_it_is_closed(scene: Plant) -> None:
    await scene.done("wasteRetireCategory", "category { active }", categoryId=scene.ids["DAUN"])
    async with scene.world.unit(BENGKEL) as unit:
        facility = await unit.get(type(scene.facility), scene.facility.id)
        assert facility is not None
        facility.closed_on = unit.today - timedelta(days=1)
    given = {"facilityId": scene.ids["facility"], "stream": "ORGANIK", "gross": 5}
    refused = await scene.do("wasteRecordIntake", **given, categoryId=scene.ids["DAUN"])
    assert refused.faults == {"input.categoryId": "RETIRED", "input.facilityId": "CLOSED"}
    assert await scene.stock() == {}
    assert (await scene.do("wasteRecordIntake", **{**given, "facilityId": scene.ids["second"]})).data


async def test_an_intake_costs_two_statements_for_the_stock(scene: Plant) -> None:
    """The lot is made or raised by one, its movement is written by the other."""
    given = {"facilityId": scene.ids["facility"], "stream": "ORGANIK", "gross": 5}
    written: list[str] = []
    engine = scene.world.database.engine.sync_engine

    def note(connection: Any, cursor: Any, text: str, *more: Any) -> None:
        written.append(" ".join(text.split()[:3]))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        for _ in range(2):  # the first one makes the lot
            written.clear()
            assert (await scene.do("wasteRecordIntake", **given)).data
            stock = [text for text in written if "waste_lot" in text or "waste_stock_movement" in text]
            assert stock == ["INSERT INTO waste_lot", "INSERT INTO waste_stock_movement"]
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


async def test_a_run_is_weighed_by_the_intake_that_names_it(scene: Plant) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        route = Route(name="Utara", vehicle=None, active=True)
        await unit.add(route)
        run = Run(route_id=route.id, stream=WasteStream.ORGANIK, day=unit.today, state=WasteRunState.STARTED)
        await unit.add(run)
    given = {
        "facilityId": scene.ids["facility"],
        "gross": 700,
        "runId": await scene.world.id_of("WasteRun", run),
    }
    wrong = await scene.do("wasteRecordIntake", stream="RESIDU", **given)
    assert wrong.faults == {"input.runId": "OTHER_STREAM"}
    shown = await scene.done("wasteRecordIntake", "intake { run { state } }", stream="ORGANIK", **given)
    assert shown["intake"]["run"] == {"state": "WEIGHED"}
    assert (await scene.do("wasteRecordIntake", stream="ORGANIK", **given)).data  # the second load of the run
    async with scene.world.unit(BENGKEL) as unit:
        row = await unit.get(Run, run.id)
        assert row is not None
        row.state = WasteRunState.CANCELLED
    before = await scene.written()
    assert (await scene.do("wasteRecordIntake", stream="ORGANIK", **given)).codes == ["INVALID_TRANSITION"]
    assert await scene.written() == before


async def test_a_scanned_code_says_whose_it_is(scene: Plant) -> None:
    hamlet = await scene.world.hamlet(BENGKEL)
    household = await scene.world.household(BENGKEL, hamlet)
    async with scene.world.unit(BENGKEL) as unit:
        point = ServicePoint(
            code="5102062001-ABCDEFGH", code_since=unit.now, household_id=household.id, label="No. 1",
            hamlet_id=hamlet.id, source_class=WasteSourceClass.RUMAH_TANGGA,
            organic_handling=WasteOrganicHandling.TIDAK_ADA, status=WastePointStatus.ACTIVE, opened_on=unit.today,
        )  # fmt: skip
        await unit.add(point)
    await scene.take_in("ORGANIK", 900, pointCode=" 5102062001-abcdefgh ")
    async with scene.world.unit(BENGKEL) as unit:
        (intake,) = await unit.all(Intake)
    assert (intake.point_id, intake.household_id) == (point.id, household.id)


async def test_every_intake_has_its_movement(scene: Plant) -> None:
    await scene.take_in("ORGANIK", 700)
    await scene.take_in("ORGANIK", 300)
    await scene.take_in("ANORGANIK", 50, "PET")
    async with scene.world.unit(BENGKEL) as unit:
        intakes = {row.id: row.mass_grams for row in await unit.all(Intake)}
        moved = {row.intake_id: row.delta for row in await unit.all(StockMovement)}
    assert moved == intakes
    assert uuid7() not in moved
    assert await scene.stock() == {"ORGANIK": 1000, "PET": 50}


def test_every_way_of_measuring_is_tried() -> None:
    assert {expected["method"] for _, expected in METHODS.values()} == set(WasteMeasure.__members__)
