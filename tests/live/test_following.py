"""Subscriptions on a served process, whose events come from another: in order, once, whoever stalls."""

from __future__ import annotations

import asyncio
import resource

from tests.live.clients import Client, Serving, connected, eventually, followed, raw
from tests.waste.scene import Scene, weighed

from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan_waste.models import Facility, WasteFacilityKind

FOLLOW = "subscription($code: RegionCode!) { wasteIntakes(villageCode: $code) { mass facility { name } } }"
LONG = (
    "subscription($code: RegionCode!) { wasteIntakes(villageCode: $code) { mass facility { name } } }  # long"
)


async def test_a_weighing_of_another_process_comes_to_who_follows_it(served: Serving, scene: Scene) -> None:
    async with connected(served, scene.operator) as client:
        await client.subscribe("a", FOLLOW, code=BENGKEL)
        await followed(served)
        await scene.record(gross=1700)
        assert await client.hear() == {
            "id": "a",
            "type": "next",
            "payload": {"data": {"wasteIntakes": {"mass": 1700, "facility": {"name": "TPS3R Bestari"}}}},
        }


async def masses(client: Client, count: int) -> list[int]:
    return [(await client.hear())["payload"]["data"]["wasteIntakes"]["mass"] for _ in range(count)]


async def weigh(scene: Scene, code: str, *grams: int) -> None:
    """Each in a transaction of its own, as a mutation would, but without one."""
    facility = scene.facility if code == BENGKEL else scene.other_facility
    for mass in grams:
        async with scene.world.unit(code) as unit:
            row = weighed(unit, facility, mass)
            await unit.add(row)
            unit.announce("waste.intake_recorded", intake=row.id)


async def test_each_gets_its_own_events_in_order_and_once(served: Serving, scene: Scene) -> None:
    admin = await scene.world.token("platform_admin", "")
    async with connected(served, admin) as here, connected(served, admin) as there:
        await here.subscribe("a", FOLLOW, code=BENGKEL)
        await there.subscribe("a", FOLLOW, code=NEIGHBOUR)
        await followed(served, 2)
        await asyncio.gather(weigh(scene, BENGKEL, *range(1, 31)), weigh(scene, NEIGHBOUR, *range(101, 131)))
        assert await masses(here, 30) == list(range(1, 31))
        assert await masses(there, 30) == list(range(101, 131))


async def test_what_a_query_would_not_show_does_not_come(served: Serving, scene: Scene) -> None:
    """A member of a household follows the weighings of his own house; other houses' pass him by."""
    wayan = await scene.world.token("resident", BENGKEL, resident=scene.wayan.id)
    async with connected(served, wayan) as home, connected(served, scene.operator) as office:
        for client in (home, office):
            await client.subscribe("a", FOLLOW, code=BENGKEL)
        await followed(served, 2)
        await scene.record(gross=1)
        await scene.record(gross=2, householdId=scene.ids["household"])
        await scene.record(gross=3)
        await scene.record(gross=4, householdId=scene.ids["household"])
        assert await masses(home, 2) == [2, 4]
        assert await masses(office, 4) == [1, 2, 3, 4]


async def test_one_who_does_not_read_costs_others_nothing(served: Serving, scene: Scene) -> None:
    """What is not sent to him is not read from the database either, and nothing is kept for him: all of it would
    be 240 MB.
    """
    async with scene.world.unit(BENGKEL) as unit:
        place = Facility(name="x" * 100_000, kind=WasteFacilityKind.TPS3R, longitude=115.0, latitude=-8.5)
        await unit.add(place)

    async def weigh_at_once(count: int) -> None:
        async with scene.world.unit(BENGKEL) as unit:
            for mass in range(1, count + 1):
                row = weighed(unit, place, mass)
                await unit.add(row)
                unit.announce("waste.intake_recorded", intake=row.id)

    short = FOLLOW.replace("facility { name }", "")
    async with connected(served, scene.operator) as client, raw(served, scene.operator) as stalled:
        stalled.writer.transport.pause_reading()  # type: ignore[attr-defined]
        for i in range(10):
            await stalled.text(
                id=f"s{i}", type="subscribe", payload={"query": LONG, "variables": {"code": BENGKEL}}
            )
        await client.subscribe("q", short, code=BENGKEL)
        await followed(served, 11)
        await weigh_at_once(40)
        assert await masses(client, 40) == list(range(1, 41))
        await asyncio.sleep(0.2)  # what the kernel takes for him, it has taken
        before, sent = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, served.hub.sent
        assert sent < 40 + 300
        await weigh_at_once(200)
        assert await masses(client, 200) == list(range(1, 201))
        assert served.hub.sent - sent == 200, "all of them to the one who reads"
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024  # KiB
    await eventually(lambda: served.hub.subscriptions == 0)
