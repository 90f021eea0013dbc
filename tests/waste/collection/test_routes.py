"""Routes and their stops: made, changed, and read by those whom they concern."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.waste.collection.scene import ADD_SCHEDULE, SAVE_ROUTE, SET_STOPS, Scene, everybody

from wantilan.testing import BENGKEL
from wantilan_waste.models import Run, RunStop

ROUTES = """{ village(code: "51.02.06.2001") { waste { routes { name vehicle active
  stops { position point { label instructions status hamlet { name } place } }
  schedules { rrule } nextPickups { nodes { day } } } } } }"""


def stops(scene: Scene, *names: str) -> list[dict[str, str]]:
    return [{"pointId": scene.ids.get(name, name)} for name in names]


async def test_a_route_is_made_renamed_and_put_to_rest(scene: Scene) -> None:
    made = await scene.do(SAVE_ROUTE, villageCode=BENGKEL, name=" Rute Kelod ", vehicle="Viar 2")
    payload = made.data["wasteSaveRoute"]
    route = payload["route"].pop("id")
    assert payload["route"] == {"name": "Rute Kelod", "vehicle": "Viar 2", "active": True}
    assert payload["village"]["waste"]["routes"] == [{"name": "Rute Kaja"}, {"name": "Rute Kelod"}]
    changed = await scene.do(SAVE_ROUTE, routeId=route, vehicle="", active=False)
    assert changed.data["wasteSaveRoute"]["route"] == {
        "id": route, "name": "Rute Kelod", "vehicle": None, "active": False,
    }  # fmt: skip


async def test_every_fault_of_a_route_is_named_at_once_and_a_name_is_used_once(scene: Scene) -> None:
    assert (await scene.do(SAVE_ROUTE, vehicle="x" * 101)).faults == {
        "input.villageCode": "REQUIRED", "input.name": "REQUIRED", "input.vehicle": "LENGTH",
    }  # fmt: skip
    taken = await scene.do(SAVE_ROUTE, villageCode=BENGKEL, name="Rute Kaja")
    assert taken.faults == {"input.name": "TAKEN"}
    same = await scene.do(SAVE_ROUTE, routeId=scene.ids["route"], name="Rute Kaja")
    assert same.data["wasteSaveRoute"]["route"]["name"] == "Rute Kaja"


async def test_the_whole_list_of_stops_replaces_the_old_one(scene: Scene) -> None:
    reply = await scene.do(SET_STOPS, routeId=scene.ids["route"], stops=stops(scene, "p4", "p2", "p0"))
    assert [(s["position"], s["point"]["label"]) for s in reply.data["wasteSetRouteStops"]["route"]["stops"]] == [
        (1, "Toko Jeda"), (2, "Warung Contoh"), (3, "Rumah Wayan"),
    ]  # fmt: skip
    none = await scene.do(SET_STOPS, routeId=scene.ids["route"], stops=[])
    assert none.data["wasteSetRouteStops"]["route"]["stops"] == []


async def test_every_faulty_stop_is_named_and_nothing_is_written(scene: Scene) -> None:
    before = await scene.kept()
    given = stops(scene, "p0", "p0", "far", "route", "x")
    reply = await scene.do(SET_STOPS, routeId=scene.ids["route"], stops=given)
    assert reply.faults == {
        "input.stops.1.pointId": "TWICE", "input.stops.2.pointId": "UNKNOWN",
        "input.stops.3.pointId": "NOT_AN_ID", "input.stops.4.pointId": "NOT_AN_ID",
    }  # fmt: skip
    many = await scene.do(SET_STOPS, routeId=scene.ids["route"], stops=stops(scene, *["p0"] * 501))
    assert many.codes == ["LIMIT_EXCEEDED"]
    assert many.errors[0]["extensions"]["limit"] == "stopsPerRoute"
    assert await scene.kept() == before


async def test_runs_that_have_not_started_follow_the_route_and_leave_out_who_is_not_served(
    scene: Scene,
) -> None:
    started, planned = await scene.a_run(), await scene.a_run(started=False, stream="RESIDU")
    assert (await scene.do(SET_STOPS, routeId=scene.ids["route"], stops=stops(scene, "p4", "p3"))).data
    runs = {await scene.world.id_of("WasteRun", run): run.id for run in await scene.all(Run)}
    found: dict[Any, int] = {}
    for stop in await scene.all(RunStop):
        found[stop.run_id] = found.get(stop.run_id, 0) + 1
    assert {started: found[runs[started]], planned: found[runs[planned]]} == {started: 4, planned: 1}


async def test_a_route_at_rest_gives_neither_runs_nor_pickups(scene: Scene) -> None:
    today = await scene.today()
    added = await scene.do(
        ADD_SCHEDULE, routeId=scene.ids["route"], stream="ORGANIK", rrule="FREQ=DAILY",
        startsOn=str(today), windowStart="06:00", windowEnd="09:00",
    )  # fmt: skip
    assert len(added.data["wasteAddSchedule"]["route"]["nextPickups"]["nodes"]) == 60
    assert len(await scene.all(Run)) == 7
    assert (await scene.do(SAVE_ROUTE, routeId=scene.ids["route"], active=False)).data
    reply = await scene.world.ask(ROUTES, scene.operator)
    (route,) = reply.data["village"]["waste"]["routes"]
    assert route["nextPickups"]["nodes"] == [] and await scene.all(Run) == []
    assert (await scene.do(SAVE_ROUTE, routeId=scene.ids["route"], active=True)).data
    assert {run.day for run in await scene.all(Run)} == {today + timedelta(days=i) for i in range(7)}


async def test_the_office_reads_routes_with_all_that_hangs_on_them_in_one_statement(scene: Scene) -> None:
    with scene.world.counting() as statements:
        reply = await scene.world.ask(ROUTES, scene.operator)
    (route,) = reply.data["village"]["waste"]["routes"]
    assert route["stops"][0] == {
        "position": 1,
        "point": {
            "label": "Rumah Wayan", "instructions": "Lewat gang", "status": "ACTIVE",
            "hamlet": {"name": "Banjar Kaja"}, "place": {"type": "Point", "coordinates": [115.1, -8.5]},
        },
    }  # fmt: skip
    assert len(statements) == 1


LABELS = """{ village(code: "51.02.06.2001") { waste { routes { stops { point { label } } } } } }"""


@pytest.mark.parametrize("who", ["operator", "collector", "tps3r", "perbekel", "wayan", "made"])
async def test_residents_see_the_route_and_of_its_points_only_their_own(scene: Scene, who: str) -> None:
    labels = ["Rumah Wayan", "Rumah Made", "Warung Contoh", "Toko Contoh"]
    own = {"wayan": "Rumah Wayan", "made": "Rumah Made"}
    expected = [label if own.get(who, label) == label else None for label in labels]
    reply = await scene.world.ask(LABELS, (await everybody(scene))[who])
    (route,) = reply.data["village"]["waste"]["routes"]
    assert [stop["point"]["label"] if stop["point"] else None for stop in route["stops"]] == expected


@pytest.mark.parametrize("who", ["teller", "agency", "kelian", "neighbour", "next collector", "visitor"])
async def test_nobody_else_sees_routes(scene: Scene, who: str) -> None:
    reply = await scene.world.ask(LABELS, (await everybody(scene))[who])
    assert set(reply.codes) == {"FORBIDDEN"}
    assert "Rumah" not in reply.text and "Contoh" not in reply.text
