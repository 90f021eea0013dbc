"""More than twenty kills of the two processes that share the work of every service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.proof.conftest import Say
from tests.system.scene import set_the_scene
from tests.system.services import SCRIBES, endure, everything, scribes_installed

from wantilan.programs.host import Host
from wantilan.settings import Settings
from wantilan.testing import World
from wantilan.web.application import host_of

KILLS = 24


@pytest.fixture(scope="module")
def scribes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("scribes")
    with scribes_installed(folder):
        yield folder


@pytest.fixture(scope="module")
def wantilan_host(scribes: Path) -> Host:
    return host_of(Settings(strict=True))


@pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
async def test_killed_processes_lose_nothing_and_do_nothing_twice(
    world: World, scribes: Path, monkeypatch: pytest.MonkeyPatch, say: Say
) -> None:
    file = scribes / "told"
    monkeypatch.setenv("PYTHONPATH", str(scribes))
    monkeypatch.setenv("SCRIBE_FILE", str(file))
    scene = await set_the_scene(world, programs=("waste", *SCRIBES))
    for line in await endure(scene, everything(file), kills=KILLS, seed=5102):
        say(line)
