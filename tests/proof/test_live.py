"""Many who follow: 500 on one process, events of several villages, one who stalls; and a second process that dies
between its commit and its hint.
"""

from __future__ import annotations

import asyncio
import resource
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
from tests.live.clients import Client, Serving, connected, followed, raw, serving
from tests.live.test_endings import disabled, narrowed, revoked
from tests.live.test_following import FOLLOW
from tests.proof.conftest import Say
from tests.system.crashing import server_process, weigh
from tests.system.scene import Scene as WholeScene
from tests.waste.scene import a_facility, set_the_scene, weighed

from wantilan.programs.host import Host
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, World
from wantilan.web.application import application
from wantilan_waste.models import Facility

VILLAGES = [f"51.02.06.20{number:02}" for number in range(1, 11)]
SUBSCRIPTIONS, EVENTS = 500, 1_000
PER_VILLAGE = EVENTS // len(VILLAGES)


@pytest.fixture
async def served(world: World, wantilan_host: Host) -> AsyncIterator[Serving]:
    """Another process' worth of objects over the world's database, at the pace of production."""
    settings = world.application.settings
    settings.limits.cost_per_minute = 1_000_000
    async with serving(application(settings, wantilan_host)) as found:
        yield found


async def facilities(world: World) -> dict[str, Facility]:
    made = {}
    for code in VILLAGES:
        await world.open(code, "waste")
        made[code] = await a_facility(world, code)
    return made


async def weigh_through(world: World, code: str, facility: Facility) -> None:
    """One transaction for each weighing."""
    for mass in range(1, PER_VILLAGE + 1):
        async with world.unit(code) as unit:
            row = weighed(unit, facility, mass)
            await unit.add(row)
            unit.announce("waste.intake_recorded", intake=row.id)


async def masses(client: Client, count: int) -> list[int]:
    return [(await client.hear(60))["payload"]["data"]["wasteIntakes"]["mass"] for _ in range(count)]


@asynccontextmanager
async def followers(served: Serving, tokens: list[str]) -> AsyncIterator[list[tuple[str, Client]]]:
    """Five hundred sockets, fifty for each village."""
    async with AsyncExitStack() as stack:
        clients = []
        for number in range(SUBSCRIPTIONS):
            client = await stack.enter_async_context(connected(served, tokens[number % len(tokens)]))
            code = VILLAGES[number % len(VILLAGES)]
            await client.subscribe("a", FOLLOW, code=code)
            clients.append((code, client))
        yield clients


async def test_each_of_500_gets_its_own_of_1000_events_in_order_and_once(
    world: World, served: Serving, say: Say
) -> None:
    made = await facilities(world)
    tokens = [await world.token("platform_admin", "") for _ in range(5)]
    async with followers(served, tokens) as clients, raw(served, tokens[0]) as stalled:
        stalled.writer.transport.pause_reading()  # type: ignore[attr-defined]
        for i in range(50):
            payload = {"query": FOLLOW, "variables": {"code": VILLAGES[i % 10]}}
            await stalled.text(id=f"s{i}", type="subscribe", payload=payload)
        await followed(served, SUBSCRIPTIONS + 50)
        before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        told = asyncio.gather(*(masses(client, PER_VILLAGE) for _, client in clients))
        await asyncio.gather(*(weigh_through(world, code, made[code]) for code in VILLAGES))
        for got in await told:
            assert got == list(range(1, PER_VILLAGE + 1))
        seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
        for _, client in clients[::50]:
            await client.say(type="ping")
            assert await client.hear() == {"type": "pong"}  # and nothing twice
    say(
        f"{world.dialect}: {EVENTS} events of {len(VILLAGES)} villages to {SUBSCRIPTIONS} subscriptions "
        f"({SUBSCRIPTIONS * PER_VILLAGE} messages, 1 stalled reader) in {seconds:.1f} s, "
        f"{after.ru_utime - before.ru_utime:.1f} s of processor for server, clients and writers together; "
        f"memory + {(after.ru_maxrss - before.ru_maxrss) / 1024:.0f} MB"
    )
    assert after.ru_maxrss - before.ru_maxrss < 64 * 1024


@pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
async def test_events_of_a_process_that_is_killed_before_its_hint_arrive(
    scene: WholeScene, wantilan_host: Host, say: Say
) -> None:
    world, kills = scene.world, 0
    waits: list[float] = []
    settings = world.application.settings
    async with (
        serving(application(settings, wantilan_host)) as served,
        connected(served, scene.tokens["operator_bengkel"]) as client,
    ):
        query = 'subscription { wasteIntakes(villageCode: "51.02.06.2001") { id } }'
        await client.subscribe("a", query)
        await followed(served)
        heard: list[str] = []
        for round_ in range(20):
            with server_process(world, "3") as (process, address):  # it dies after its third commit
                async with httpx.AsyncClient(timeout=30) as http:
                    for number in range(3):
                        await weigh(http, address, scene, f"r{round_}n{number}")
                assert process.wait(10) == -signal.SIGKILL
                kills += 1
            begun = time.perf_counter()
            for _ in range(3):
                heard.append((await client.hear(10))["payload"]["data"]["wasteIntakes"]["id"])
            waits.append(time.perf_counter() - begun)
    async with world.unit(BENGKEL) as unit:
        events = await unit.all(Event, Event.name == "waste.intake_recorded")
    written = [str(e.subjects["intake"]).replace("-", "") for e in sorted(events, key=lambda e: e.number)]
    got = [one.rsplit("-", 1)[1] for one in heard]
    lost = len(written) - len(got)
    assert got == written[-len(got) :] and len(got) == 60
    say(f"{kills} kills between commit and hint: {len(got)} events heard, {lost} lost, in order; the last one of each "
        f"{max(waits):.1f} s later at most")  # fmt: skip


@pytest.mark.parametrize("ending", [revoked, narrowed, disabled], ids=lambda one: str(one.__name__))
async def test_what_is_lost_is_lost_within_five_seconds_and_closed_within_ten(
    world: World, served: Serving, say: Say, ending: object
) -> None:
    scene = await set_the_scene(world)
    operator = scene.operator
    async with connected(served, operator) as client:
        await client.subscribe("a", FOLLOW, code=BENGKEL)
        await followed(served)
        stop = asyncio.Event()

        async def keep_weighing() -> None:
            while not stop.is_set():
                async with world.unit(BENGKEL) as unit:
                    row = weighed(unit, scene.facility, 1)
                    await unit.add(row)
                    unit.announce("waste.intake_recorded", intake=row.id)
                await asyncio.sleep(0.05)

        weighing = asyncio.create_task(keep_weighing())
        assert (await client.hear())["type"] == "next"
        await ending(world, operator)  # type: ignore[operator]
        begun, last, ended = time.perf_counter(), 0.0, 0.0
        while not ended:
            try:
                told = await client.hear(10)
            except Exception:
                ended = time.perf_counter() - begun
                continue
            if told["type"] == "next":
                last = time.perf_counter() - begun
            else:
                ended = time.perf_counter() - begun
        stop.set()
        await weighing
    say(f"{world.dialect}, {ending.__name__}: last event after {last:.1f} s, ended after {ended:.1f} s")  # type: ignore[attr-defined]
    assert last < 5 and ended < 10
