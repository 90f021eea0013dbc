"""Who may do what in collection, by hand; after a refusal nothing has changed, and the right one may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.waste.collection.scene import (
    ADD_SCHEDULE,
    CANCEL,
    CLOSE,
    END_SCHEDULE,
    FINISH,
    MAKE_FEED,
    PLAN_RUN,
    PLAN_RUNS,
    RECORD,
    REMOVE_DATE,
    REVOKE_FEED,
    SAVE_ROUTE,
    SET_DATE,
    SET_STOPS,
    START,
    Scene,
    everybody,
)

from wantilan.testing import BENGKEL, Refused, check_refusals

PLANNING = {
    "operator": None, "perbekel": None,
    "collector": "FORBIDDEN", "tps3r": "FORBIDDEN", "teller": "FORBIDDEN", "agency": "FORBIDDEN",
    "kelian": "FORBIDDEN", "wayan": "FORBIDDEN", "made": "FORBIDDEN", "visitor": "FORBIDDEN",
    "neighbour": "NOT_FOUND", "next collector": "FORBIDDEN",
}  # fmt: skip
COLLECTING = PLANNING | {"collector": None, "next collector": "NOT_FOUND"}
OWN_POINT = PLANNING | {"wayan": None, "made": "NOT_FOUND"}


async def a_schedule(scene: Scene) -> str:
    given = {
        "routeId": scene.ids["route"], "stream": "B3", "rrule": "FREQ=DAILY", "startsOn": str(await scene.today()),
        "windowStart": "06:30", "windowEnd": "09:00",
    }  # fmt: skip
    return str((await scene.do(ADD_SCHEDULE, **given)).data["wasteAddSchedule"]["schedule"]["id"])


async def save_route(scene: Scene) -> dict[str, Any]:
    return {"routeId": scene.ids["route"], "name": "Rute Baru"}


async def make_route(scene: Scene) -> dict[str, Any]:
    return {"villageCode": BENGKEL, "name": "Rute Baru"}


async def set_stops(scene: Scene) -> dict[str, Any]:
    return {"routeId": scene.ids["route"], "stops": [{"pointId": scene.ids["p1"]}]}


async def add_schedule(scene: Scene) -> dict[str, Any]:
    return {
        "routeId": scene.ids["route"], "stream": "B3", "rrule": "FREQ=DAILY", "startsOn": str(await scene.today()),
        "windowStart": "06:30", "windowEnd": "09:00",
    }  # fmt: skip


async def end_schedule(scene: Scene) -> dict[str, Any]:
    return {"scheduleId": await a_schedule(scene), "endsOn": str(await scene.today())}


async def set_date(scene: Scene) -> dict[str, Any]:
    day = await scene.today() + timedelta(days=2)
    return {"scheduleId": await a_schedule(scene), "day": str(day), "kind": "EXCLUDED"}


async def remove_date(scene: Scene) -> dict[str, Any]:
    given = await set_date(scene)
    assert (await scene.do(SET_DATE, **given)).data
    return {"scheduleId": given["scheduleId"], "day": given["day"]}


async def plan_runs(scene: Scene) -> dict[str, Any]:
    await a_schedule(scene)
    day = await scene.today() + timedelta(days=20)
    return {"villageCode": BENGKEL, "firstDay": str(day), "lastDay": str(day)}


async def plan_run(scene: Scene) -> dict[str, Any]:
    return {"routeId": scene.ids["route"], "stream": "B3", "day": str(await scene.today())}


async def start(scene: Scene) -> dict[str, Any]:
    return {"runId": await scene.a_run(started=False)}


async def finish(scene: Scene) -> dict[str, Any]:
    return {"runId": await scene.a_run()}


async def cancel(scene: Scene) -> dict[str, Any]:
    return {"runId": await scene.a_run(), "reason": "Hujan"}


async def close(scene: Scene) -> dict[str, Any]:
    given = await finish(scene)
    assert (await scene.do(FINISH, **given)).data
    return given | {"withoutLoad": True}


async def record(scene: Scene) -> dict[str, Any]:
    return {"runId": await scene.a_run(), "device": "hp-9", "visits": [scene.visit(1, "p0")]}


async def make_feed(scene: Scene) -> dict[str, Any]:
    return {"pointId": scene.ids["p0"]}


async def make_route_feed(scene: Scene) -> dict[str, Any]:
    return {"routeId": scene.ids["route"]}


async def revoke_feed(scene: Scene) -> dict[str, Any]:
    reply = await scene.do(MAKE_FEED, **await make_feed(scene))
    return {"feedId": reply.data["wasteMakeFeed"]["feed"]["id"]}


Begun = Callable[[Scene], Awaitable[dict[str, Any]]]
MUTATIONS: list[tuple[str, Begun, dict[str, str | None]]] = [
    (SAVE_ROUTE, save_route, PLANNING),
    (SAVE_ROUTE, make_route, PLANNING),
    (SET_STOPS, set_stops, PLANNING),
    (ADD_SCHEDULE, add_schedule, PLANNING),
    (END_SCHEDULE, end_schedule, PLANNING),
    (SET_DATE, set_date, PLANNING),
    (REMOVE_DATE, remove_date, PLANNING),
    (PLAN_RUNS, plan_runs, PLANNING),
    (PLAN_RUN, plan_run, PLANNING),
    (CANCEL, cancel, PLANNING),
    (START, start, COLLECTING),
    (RECORD, record, COLLECTING),
    (FINISH, finish, COLLECTING),
    (CLOSE, close, COLLECTING),
    (MAKE_FEED, make_feed, OWN_POINT),
    (MAKE_FEED, make_route_feed, OWN_POINT | {"wayan": "NOT_FOUND"}),
    (REVOKE_FEED, revoke_feed, OWN_POINT),
]


@pytest.mark.parametrize(
    "document, begin, table", MUTATIONS, ids=[begin.__name__ for _, begin, _ in MUTATIONS]
)
async def test_only_the_right_roles_may_and_a_refusal_leaves_everything(
    scene: Scene, document: str, begin: Begun, table: dict[str, str | None]
) -> None:
    askers = await everybody(scene)
    assert table.keys() == askers.keys()
    given = {"input": await begin(scene)}
    refused = [Refused(who, askers[who], code, given) for who, code in table.items() if code]
    before = await scene.kept()
    await check_refusals(scene.world, document, refused, unchanged=scene.kept)
    right = [who for who, code in table.items() if code is None]
    assert (await scene.world.ask(document, askers[right[-1]], **given)).data
    assert await scene.kept() != before
