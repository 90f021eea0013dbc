"""Bengkel with the waste program, served in the test's own loop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from tests.live.clients import Serving, serving
from tests.waste.scene import Scene, set_the_scene

from wantilan.programs.host import Host
from wantilan.settings import Settings
from wantilan.testing import Setting, World
from wantilan.web import application as assembly
from wantilan.web.application import application


@pytest.fixture
def wantilan_setting() -> Setting:
    return set_the_scene


@pytest.fixture
def settings(world: World) -> Settings:
    """What the server runs with; modules override it."""
    return world.application.settings


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at villages and tokens as often as tests have patience for."""
    monkeypatch.setattr(assembly, "SWEEP", timedelta(seconds=0.1))
    monkeypatch.setattr(assembly, "CHECK", timedelta(seconds=0.2))


@pytest.fixture
async def served(
    scene: Scene, settings: Settings, wantilan_host: Host, hurry: None
) -> AsyncIterator[Serving]:
    """A server over the world's database, which shares nothing else with the world."""
    async with serving(application(settings, wantilan_host)) as found:
        yield found
