"""Routes are made, changed and given their stops."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
import strawberry

from wantilan import (
    Info,
    Judge,
    LimitExceeded,
    NotFound,
    RegionCode,
    Text,
    Village,
    WriteUnit,
    input,
    mutation,
    payload,
    ref,
    uuid7,
)

from ..judging import each, gather
from ..models import Route, RouteStop, ServicePoint, WastePointStatus
from ..permissions import RUN_PLAN
from ..planning import renew
from ..types.routes import WasteRoute
from .pointing import point_key

MOST_STOPS = 500
"""Stops of one route."""


@input
class WasteSaveRouteInput:
    """A route as it is to be. What is left out stays as it is."""

    route_id: strawberry.ID | None = None
    """The route that is to be changed; a new one is made, if left out."""
    village_code: RegionCode | None = None
    """The village of a new route."""
    name: str | None = None
    """Its name, unique in the village, 1 to 100 characters; a new route needs one."""
    vehicle: str | None = None
    """The vehicle that usually goes along it, at most 100 characters; an empty text for none."""
    active: bool | None = None
    """Whether it is gone along; a new one is, if left out."""


@payload
class WasteSaveRoutePayload:
    """What was saved."""

    route: WasteRoute | None
    """The route; null for those who may plan but not read."""
    village: Village
    """The village, for reading its routes again."""


@input
class WasteRouteStopInput:
    """A stop."""

    point_id: strawberry.ID
    """Where it is."""


@input
class WasteSetRouteStopsInput:
    """All stops of a route, in their order."""

    route_id: strawberry.ID
    """The route."""
    stops: list[WasteRouteStopInput]
    """Its stops, each point once, at most 500; they replace those that it had."""


@payload
class WasteSetRouteStopsPayload:
    """What was changed."""

    route: WasteRoute | None
    """The route; null for those who may plan but not read."""


@mutation(needs=RUN_PLAN)
async def waste_save_route(info: Info, input: WasteSaveRouteInput) -> WasteSaveRoutePayload:
    """Make a route, or change its name, its vehicle, and whether it is gone along."""
    judge = Judge(input)
    key = judge.key(WasteRoute, "route_id")
    name = input.name.strip() if input.name is not None else None
    vehicle = input.vehicle.strip() if input.vehicle is not None else None
    if input.route_id is None and input.village_code is None:
        judge.refuse("village_code", "REQUIRED", Text("Wajib untuk rute baru.", "Required for a new route."))
    if input.route_id is None and name is None:
        judge.refuse("name", "REQUIRED", Text("Wajib untuk rute baru.", "Required for a new route."))
    if name is not None and not 0 < len(name) <= 100:
        judge.refuse("name", "LENGTH", Text("1 sampai 100 karakter.", "1 to 100 characters."))
    if vehicle is not None and len(vehicle) > 100:
        judge.refuse("vehicle", "LENGTH", Text("Paling banyak 100 karakter.", "At most 100 characters."))
    judge.check()
    place = key.village_id if key is not None else input.village_code
    assert place is not None, "judged"
    async with info.context.write(place) as unit:
        route = await unit.target(Route, key.id, lock=True) if key is not None else None
        if name is not None:
            others = [Route.id != route.id] if route is not None else []
            if await unit.exists(Route, Route.name == name, *others):
                judge.refuse("name", "TAKEN", Text("Sudah dipakai rute lain.", "Another route has it."))
        judge.check()
        if route is None:
            assert name is not None, "judged"
            active = input.active is not False
            route = Route(name=name, vehicle=vehicle or None, active=active)
            await unit.add(route)
        else:
            await _change(unit, route, name, vehicle, input.active)
        village = await unit.own_village()
    return WasteSaveRoutePayload(route=ref(WasteRoute, route), village=ref(Village, village))


async def _change(
    unit: WriteUnit, route: Route, name: str | None, vehicle: str | None, active: bool | None
) -> None:
    if name is not None:
        route.name = name
    if vehicle is not None:
        route.vehicle = vehicle or None
    turned = active is not None and active is not route.active
    if active is not None:
        route.active = active
    await unit.flush()
    if turned:
        await renew(unit, [route])


@mutation(needs=RUN_PLAN)
async def waste_set_route_stops(info: Info, input: WasteSetRouteStopsInput) -> WasteSetRouteStopsPayload:
    """Give a route its stops: the whole ordered list replaces the one that it had.

    Its runs that have not started follow it; only points that are served become stops of runs.
    """
    if len(input.stops) > MOST_STOPS:
        raise LimitExceeded("stopsPerRoute", MOST_STOPS)
    judge = Judge(input)
    key = judge.key(WasteRoute, "route_id")
    stops = each(judge, "stops", input.stops)
    keys = [point_key(stop, "point_id") for stop in stops]
    if key is None:
        gather(judge, stops)
        judge.check()
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        route = await unit.target(Route, key.id, lock=True)
        here = [one.id if one is not None and one.village == unit.village.id else None for one in keys]
        await _judge_points(unit, stops, here, [one is not None for one in keys])
        gather(judge, stops)
        judge.check()
        await unit.session.execute(
            sa.delete(RouteStop).where(
                RouteStop.village_id == unit.village.id, RouteStop.route_id == route.id
            )
        )
        rows = [
            {
                "village_id": unit.village.id,
                "id": uuid7(),
                "route_id": route.id,
                "position": position,
                "point_id": point,
            }
            for position, point in enumerate(here, 1)
        ]
        if rows:
            await unit.session.execute(sa.insert(RouteStop), rows)
        await renew(unit, [route])
    return WasteSetRouteStopsPayload(route=ref(WasteRoute, route))


async def _judge_points(
    unit: WriteUnit, stops: Sequence[Judge], points: Sequence[UUID | None], decoded: Sequence[bool]
) -> None:
    """One look for all points. `decoded`: whether an id could be read, and has no fault noted yet."""
    rows = await unit.session.execute(
        sa.select(ServicePoint.id, ServicePoint.status).where(
            ServicePoint.village_id == unit.village.id, ServicePoint.id.in_([p for p in points if p])
        )
    )
    status = {point: state for point, state in rows}  # noqa: C416 - rows are no pairs to mypy
    seen: set[UUID] = set()
    for stop, point, known in zip(stops, points, decoded, strict=True):
        if not known:
            continue
        if point is None or point not in status:
            stop.refuse("point_id", "UNKNOWN", Text("Titik tidak ditemukan.", "There is no such point."))
        elif point in seen:
            stop.refuse("point_id", "TWICE", Text("Titik ini sudah ada.", "This point is there already."))
        elif status[point] is WastePointStatus.CLOSED:
            stop.refuse("point_id", "CLOSED", Text("Titik ini ditutup.", "This point is closed."))
        if point is not None:
            seen.add(point)


MUTATIONS = (waste_save_route, waste_set_route_stops)
