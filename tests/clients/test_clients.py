"""The real clients, each as the page on live data sets it up, against a real server."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.live.clients import Serving, followed, serving
from tests.live.test_endings import revoked
from tests.system.pages import ROOT, blocks
from tests.waste.scene import Scene, set_the_scene

from benchmarks import npm
from wantilan.programs.host import Host
from wantilan.testing import BENGKEL, NEIGHBOUR, World
from wantilan.web.application import application

SOURCES = Path(__file__).parent
FOLDER = ROOT / "var" / "clients"
PAGE = ROOT / "docs" / "live.md"
JSON, GRAPHQL, STREAM = "application/json", "application/graphql-response+json", "text/event-stream"


@pytest.fixture
async def scene(world: World) -> Scene:
    return await set_the_scene(world)


@pytest.fixture
async def served(scene: Scene, wantilan_host: Host) -> AsyncIterator[Serving]:
    """A server over the world's database, which shares nothing else with the world."""
    async with serving(application(scene.world.application.settings, wantilan_host)) as found:
        yield found


@pytest.fixture(scope="module")
def installed() -> None:
    npm.install(SOURCES, FOLDER, "the clients")
    for script in SOURCES.glob("*.mjs"):
        shutil.copyfile(script, FOLDER / script.name)


class Client:
    """One client in a process of its own: the lines that it says."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        self.process, self.lines = process, process.stdout

    async def say(self) -> tuple[str, Any]:
        line = await asyncio.wait_for(self.lines.readline(), 20)
        assert line, "the client has stopped; what it wrote above says why"
        what, seen = json.loads(line)
        return what, seen

    async def says(self, what: str) -> Any:
        said, seen = await self.say()
        assert said == what, (said, seen)
        return seen


@asynccontextmanager
async def running(name: str, scene: Scene, served: Serving) -> AsyncIterator[Client]:
    """A client made by the code of the page, with our address and token in place of the page's."""
    (block,) = blocks(PAGE, language="js", client=name)
    here = block.text.replace("https://desa.example", f"http://127.0.0.1:{served.port}")
    here = here.replace("wss://desa.example", f"ws://127.0.0.1:{served.port}")
    assert "desa.example" not in here
    (FOLDER / f"{name}.client.mjs").write_text(f"const token = () => process.env.TOKEN;\n{here}")
    given = {
        "TOKEN": scene.operator, "VILLAGE": BENGKEL, "OTHER": NEIGHBOUR, "FACILITY": scene.ids["facility"],
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        "node", "scenario.mjs", name, cwd=FOLDER, env={**os.environ, **given}, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Client(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def played(scene: Scene, served: Serving, client: Client) -> list[dict[str, Any]]:
    """What every client sees is the same; the requests that it made over fetch."""
    for _ in range(2):
        assert (await client.says("query")).startswith("village_operator-")
    assert await client.says("mutation") == 4000
    assert await client.says("refused") == ["GRAPHQL_VALIDATION_FAILED"]
    assert await client.says("forbidden") == ["FORBIDDEN"]
    await followed(served)
    for grams in (1000, 2000, 3000):
        await scene.record(gross=grams)  # by another process than the one that tells of it
    for grams in (1000, 2000, 3000, 4000):
        assert await client.says("event") == grams
    requests: list[dict[str, Any]] = await client.says("requests")
    return requests


async def test_graphql_ws(scene: Scene, served: Serving, installed: None) -> None:
    async with running("graphql-ws", scene, served) as client:
        assert await played(scene, served, client) == []
        await followed(served)
        await revoked(scene.world, scene.operator)
        assert await client.says("closed") == 4403
        assert await client.process.wait() == 0


async def test_graphql_sse(scene: Scene, served: Serving, installed: None) -> None:
    async with running("graphql-sse", scene, served) as client:
        requests = await played(scene, served, client)
        assert {(one["media"], one["status"]) for one in requests} == {(STREAM, 200)}
        assert await client.process.wait() == 0
        await followed(served, 0)


async def test_urql_with_subscriptions_over_fetch_and_persisted_queries(
    scene: Scene, served: Serving, installed: None
) -> None:
    async with running("urql", scene, served) as client:
        requests = await played(scene, served, client)
        assert await client.process.wait() == 0
    queries = [one for one in requests if one["media"] != STREAM]
    # By its hash alone, then with the text; and by its hash alone from then on.
    assert [(one["operation"], one["hashed"]) for one in queries[:5]] == [
        ("", True), ("query", True), ("", True), ("", True), ("mutation", True)
    ]  # fmt: skip
    assert {one["media"] for one in queries} == {GRAPHQL}
    streams = [one for one in requests if one["media"] == STREAM]
    # That which is refused too: with a subscription urql accepts nothing else.
    assert [(one["operation"], one["status"]) for one in streams] == [("subscription", 200)] * 2


async def test_apollo_client_with_subscriptions_over_a_socket_and_persisted_queries(
    scene: Scene, served: Serving, installed: None
) -> None:
    async with running("apollo", scene, served) as client:
        requests = await played(scene, served, client)
        assert await client.process.wait() == 0
    assert [(one["operation"], one["hashed"]) for one in requests[:3]] == [
        ("", True), ("query", True), ("", True)
    ]  # fmt: skip
    assert {one["media"] for one in requests} <= {GRAPHQL, JSON}
