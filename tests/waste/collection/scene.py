"""A route in Bengkel past two households and two businesses, one next door, and who works there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from wantilan import new_code, sort_key
from wantilan.registry.models import Hamlet, Household, Resident
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, World
from wantilan_waste.models import (
    Route,
    RouteStop,
    Run,
    RunStop,
    ServicePoint,
    StopVisit,
    WasteOrganicHandling,
    WastePointStatus,
    WasteRunState,
    WasteSourceClass,
    WasteStream,
)

ZONE = ZoneInfo("Asia/Makassar")
SAVE_ROUTE = """mutation($input: WasteSaveRouteInput!) { wasteSaveRoute(input: $input) {
  route { id name vehicle active } village { waste { routes { name } } } } }"""
SET_STOPS = """mutation($input: WasteSetRouteStopsInput!) { wasteSetRouteStops(input: $input) {
  route { stops { position point { id label } } } } }"""
ADD_SCHEDULE = """mutation($input: WasteAddScheduleInput!) { wasteAddSchedule(input: $input) {
  schedule { id stream rrule startsOn endedOn windowStart windowEnd }
  route { nextPickups(first: 100) { nodes { stream day windowStart windowEnd } } } } }"""
END_SCHEDULE = """mutation($input: WasteEndScheduleInput!) { wasteEndSchedule(input: $input) {
  schedule { endedOn pickups(first: 100) { nodes { day } } } } }"""
SET_DATE = """mutation($input: WasteSetScheduleDateInput!) { wasteSetScheduleDate(input: $input) {
  schedule { dates { day kind reason } pickups(first: 100) { nodes { day } } } } }"""
REMOVE_DATE = """mutation($input: WasteRemoveScheduleDateInput!) { wasteRemoveScheduleDate(input: $input) {
  schedule { dates { day } pickups(first: 100) { nodes { day } } } } }"""
PLAN_RUNS = """mutation($input: WastePlanRunsInput!) { wastePlanRuns(input: $input) {
  made known withoutStops } }"""
PLAN_RUN = """mutation($input: WastePlanRunInput!) { wastePlanRun(input: $input) {
  run { id stream day state windowStart stopCount } } }"""
START = """mutation($input: WasteStartRunInput!) { wasteStartRun(input: $input) {
  run { id state vehicle crew } } }"""
FINISH = "mutation($input: WasteFinishRunInput!) { wasteFinishRun(input: $input) { run { state } } }"
CLOSE = "mutation($input: WasteCloseRunInput!) { wasteCloseRun(input: $input) { run { state } } }"
CANCEL = """mutation($input: WasteCancelRunInput!) { wasteCancelRun(input: $input) {
  run { state cancelReason } } }"""
RECORD = """mutation($input: WasteRecordStopVisitsInput!) { wasteRecordStopVisits(input: $input) {
  accepted duplicates rejected
  results { deviceSeq result code faults { path code message } warnings { path code } }
  run { visitedCount stopCount outcomes { outcome stops } } } }"""
MAKE_FEED = """mutation($input: WasteMakeFeedInput!) { wasteMakeFeed(input: $input) {
  address feed { id madeAt revokedAt } } }"""
REVOKE_FEED = """mutation($input: WasteRevokeFeedInput!) { wasteRevokeFeed(input: $input) {
  feed { revokedAt } } }"""


@dataclass(frozen=True)
class Scene:
    """Rows of Bengkel and of the neighbour; `ids` are what clients see: `p0` to `p3` the points of the route
    in their order, `p4` one that is paused, `far` the neighbour's.
    """

    world: World
    wayan: Resident
    made: Resident
    household: Household
    points: Sequence[ServicePoint]
    route: Route
    other_route: Route
    ids: Mapping[str, str]
    operator: str
    collector: str

    async def do(self, document: str, token: str | None = None, /, **given: Any) -> Reply:
        """As the operator, if nobody else is named."""
        return await self.world.ask(document, token or self.operator, input=given)

    async def today(self) -> date:
        return datetime.now(ZONE).date()

    async def a_run(self, *, started: bool = True, stream: str = "ORGANIK", back: int = 0) -> str:
        """The id of a run of today, or of some days back."""
        day = await self.today() - timedelta(days=back)
        reply = await self.do(PLAN_RUN, routeId=self.ids["route"], stream=stream, day=str(day))
        run = str(reply.data["wastePlanRun"]["run"]["id"])
        if started:
            assert (await self.do(START, self.collector, runId=run)).data
        return run

    async def record(self, run: str, *visits: dict[str, Any], device: str = "hp-1", **more: Any) -> Reply:
        """As the collector."""
        given = {"runId": run, "device": device, "visits": list(visits), **more.pop("input", {})}
        return await self.world.ask(RECORD, more.pop("token", self.collector), input=given, **more)

    def visit(self, sequence: int, point: str, outcome: str = "COLLECTED", **more: Any) -> dict[str, Any]:
        """A visit of one of the points as a device sends it, well sorted and just now."""
        judged = {"COLLECTED": 3, "PARTIAL": 2, "REJECTED_UNSORTED": 0}.get(outcome)
        made = {
            "pointId": self.ids.get(point, point), "deviceSeq": sequence, "outcome": outcome,
            "visitedAt": clock(), "sortQuality": judged,
        }  # fmt: skip
        return {**made, **more}

    async def all(self, model: Any, code: str = BENGKEL) -> list[Any]:
        async with self.world.unit(code) as unit:
            return list(await unit.all(model))

    async def kept(self) -> dict[str, list[Any]]:
        """All rows of collection in both villages, for what must stay as it is."""
        from wantilan_waste.models import Feed, Pickup, Schedule, ScheduleDate

        found: dict[str, list[Any]] = {}
        models = (Route, RouteStop, Schedule, ScheduleDate, Pickup, Feed, Run, RunStop, StopVisit)
        for code in (BENGKEL, NEIGHBOUR):
            async with self.world.unit(code) as unit:
                for model in models:
                    table: Any = model.__table__
                    query = sa.select(table).where(table.c.village_id == unit.village.id).order_by(table.c.id)
                    found[f"{code} {table.name}"] = [tuple(row) for row in await unit.session.execute(query)]
        return found


def clock(moment: datetime | None = None, **back: float) -> str:
    """An instant as devices send it."""
    at = (moment or datetime.now(UTC)) - timedelta(**back)
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def set_the_scene(world: World) -> Scene:
    await world.open(BENGKEL, "waste")
    await world.open(NEIGHBOUR, "waste")
    hamlet, far_hamlet = await world.hamlet(BENGKEL), await world.hamlet(NEIGHBOUR)
    homes = [await world.household(BENGKEL, hamlet) for _ in range(2)]
    wayan = await world.resident(BENGKEL, hamlet, homes[0], name="I Wayan Contoh", serial=1)
    made = await world.resident(BENGKEL, hamlet, homes[1], name="I Made Contoh", serial=2)
    points = [
        await a_point(world, BENGKEL, hamlet, "Rumah Wayan", household=homes[0]),
        await a_point(world, BENGKEL, hamlet, "Rumah Made", household=homes[1]),
        await a_point(world, BENGKEL, hamlet, "Warung Contoh"),
        await a_point(world, BENGKEL, hamlet, "Toko Contoh"),
        await a_point(world, BENGKEL, hamlet, "Toko Jeda", status=WastePointStatus.PAUSED),
    ]
    far = await a_point(world, NEIGHBOUR, far_hamlet, "Warung Seberang")
    route = await a_route(world, BENGKEL, points[:4])
    other_route = await a_route(world, NEIGHBOUR, [far])
    ids = {f"p{i}": await world.id_of("WasteStopPoint", point) for i, point in enumerate(points)}
    ids |= {
        "far": await world.id_of("WasteStopPoint", far),
        "route": await world.id_of("WasteRoute", route),
        "other_route": await world.id_of("WasteRoute", other_route),
        "wayan": await world.id_of("Resident", wayan),
        "made": await world.id_of("Resident", made),
        "household": await world.id_of("Household", homes[0]),
    }
    return Scene(
        world, wayan, made, homes[0], points, route, other_route, ids,
        await world.token("village_operator", BENGKEL), await world.token("waste_collector", BENGKEL),
    )  # fmt: skip


async def a_point(
    world: World,
    code: str,
    hamlet: Hamlet,
    label: str,
    *,
    household: Household | None = None,
    status: WastePointStatus = WastePointStatus.ACTIVE,
) -> ServicePoint:
    """A household's point, or a business of that name."""
    async with world.unit(code) as unit:
        values: dict[str, Any] = {
            "code": new_code(code, 20), "code_since": unit.now, "label": label, "hamlet_id": hamlet.id,
            "household_id": household.id if household else None,
            "business_name": None if household else label,
            "source_class": WasteSourceClass.RUMAH_TANGGA if household else WasteSourceClass.WARUNG_TOKO,
            "longitude": 115.1, "latitude": -8.5, "instructions": "Lewat gang",
            "organic_handling": WasteOrganicHandling.TIDAK_ADA, "status": status, "opened_on": date(2026, 1, 1),
            "label_key": sort_key(label),
        }  # fmt: skip
        known = sa.inspect(ServicePoint).column_attrs.keys()
        point = ServicePoint(**{name: value for name, value in values.items() if name in known})
        await unit.add(point)
    return point


async def a_route(world: World, code: str, points: Sequence[ServicePoint]) -> Route:
    async with world.unit(code) as unit:
        route = Route(name="Rute Kaja", vehicle="Viar 1", active=True)
        await unit.add(route)
        stops = [
            RouteStop(route_id=route.id, position=i, point_id=point.id) for i, point in enumerate(points, 1)
        ]
        await unit.add(*stops)
    return route


async def a_past_run(
    scene: Scene, day: date, state: WasteRunState = WasteRunState.STARTED, code: str = BENGKEL
) -> str:
    """A run of some day with the stops of the route, written without asking."""
    route, points = (scene.route, list(scene.points[:4])) if code == BENGKEL else (scene.other_route, None)
    async with scene.world.unit(code) as unit:
        if points is None:
            points = list(await unit.all(ServicePoint))
        run = Run(route_id=route.id, stream=WasteStream.RESIDU, day=day, state=state)
        await unit.add(run)
        stops = [
            RunStop(run_id=run.id, day=day, position=i, point_id=point.id)
            for i, point in enumerate(points, 1)
        ]
        await unit.add(*stops)
    return await scene.world.id_of("WasteRun", run)


async def everybody(scene: Scene) -> dict[str, str | None]:
    """A token for each who may come to the collection of Bengkel, by hand."""
    token = scene.world.token
    return {
        "operator": scene.operator,
        "collector": scene.collector,
        "perbekel": await token("perbekel", BENGKEL),
        "tps3r": await token("waste_tps3r_operator", BENGKEL),
        "teller": await token("waste_bank_teller", BENGKEL),
        "agency": await token("agency_officer", TABANAN),
        "kelian": await token("kelian", BENGKEL, hamlet=scene.wayan.hamlet_id),
        "wayan": await token("resident", BENGKEL, resident=scene.wayan.id),
        "made": await token("resident", BENGKEL, resident=scene.made.id),
        "neighbour": await token("village_operator", NEIGHBOUR),
        "next collector": await token("waste_collector", NEIGHBOUR),
        "visitor": None,
    }
