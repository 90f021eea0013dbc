"""One filled deployment for each database, shared by all fuzz tests of a module: they only read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic import SecretStr
from tests.fuzz.scene import Scene, set_the_scene

from wantilan.programs.host import Host
from wantilan.settings import Limits, Settings
from wantilan.testing import World
from wantilan.testing.plugin import Templates
from wantilan.web.application import application


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def fuzz_url(
    request: pytest.FixtureRequest, wantilan_templates: Templates, wantilan_host: Host
) -> Iterator[str]:
    url = wantilan_templates.fresh(request.param, wantilan_host)
    yield url
    wantilan_templates.drop(url)


@pytest.fixture(scope="module")
async def scene(fuzz_url: str, wantilan_templates: Templates, wantilan_host: Host) -> AsyncIterator[Scene]:
    settings = Settings(
        database_url=fuzz_url, keys=SecretStr(wantilan_templates.keys), limits=Limits(cost_per_minute=10**9)
    )
    made = application(settings, wantilan_host)
    async with made.running(deliver=False):
        yield await set_the_scene(World(made))
