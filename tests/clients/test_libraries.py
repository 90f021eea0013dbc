"""The API as the libraries of frontends drive it, on Node's own test runner: each file of `*.test.mjs` is one."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.system.pages import ROOT
from tests.waste.scene import Scene, set_the_scene

from benchmarks import npm
from wantilan.testing import BENGKEL, NEIGHBOUR, World

SOURCES = Path(__file__).parent
FOLDER = ROOT / "var" / "clients"
SERVE = [sys.executable, "-c", "from wantilan.cli import main; main()", "serve", "--port", "0"]
CLIENTS = sorted(file.name for file in SOURCES.glob("*.test.mjs"))
SECONDS = 120
PLENTY = "1000000"
"""Of cost a minute: what is tried here in seconds, a person does in an hour."""


@pytest.fixture(scope="session")
def node() -> Path:
    """Where the libraries are installed, with the tests beside them: Node looks for packages from there."""
    npm.install(SOURCES, FOLDER, "the clients")
    for file in SOURCES.glob("*.mjs"):
        shutil.copyfile(file, FOLDER / file.name)
    return FOLDER


@pytest.fixture
async def scene(world: World) -> Scene:
    return await set_the_scene(world)


def environment(**more: str) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("WANTILAN_")} | more


@contextmanager
def served(world: World, metrics: str) -> Iterator[str]:
    """`wantilan serve` over the database of the world; its address."""
    settings = world.application.settings
    assert settings.keys is not None
    env = environment(
        WANTILAN_DATABASE_URL=settings.database_url,
        WANTILAN_KEYS=settings.keys.get_secret_value(),
        WANTILAN_METRICS_TOKEN=metrics,
        WANTILAN_LIMIT_COST_PER_MINUTE=PLENTY,
    )
    process = subprocess.Popen(SERVE, cwd=SOURCES, env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Wantilan answers at "), line
        yield line.split()[3]
    finally:
        process.kill()
        process.communicate()


async def told(scene: Scene) -> Mapping[str, str]:
    """What the tests on Node know of the deployment."""
    token = scene.world.token
    return {
        "VILLAGE": BENGKEL,
        "OTHER_VILLAGE": NEIGHBOUR,
        "FACILITY": scene.ids["facility"],
        "ACTOR": "operator",
        "OPERATOR": await token("village_operator", BENGKEL, name="operator"),
        "ADMIN": await token("platform_admin", ""),
        "METRICS": secrets.token_hex(16),
    }


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_from_npm_drives_the_api(client: str, node: Path, scene: Scene) -> None:
    given = await told(scene)
    with served(scene.world, given["METRICS"]) as address:
        command = ["node", "--test", "--test-reporter=spec", "--test-timeout=40000", client]
        done = await asyncio.to_thread(
            subprocess.run, command, cwd=node, env=environment(ADDRESS=address, **given), timeout=SECONDS
        )
    assert done.returncode == 0
