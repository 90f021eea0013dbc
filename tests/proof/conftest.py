"""Fixtures of the long proofs. They print their figures: a proof without figures could have done nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from pydantic import SecretStr
from tests.proof.bouncer import Bouncer, bouncer
from tests.system.scene import Scene, set_the_scene

from wantilan.programs.host import Host
from wantilan.settings import Settings
from wantilan.testing import World
from wantilan.testing.plugin import Templates
from wantilan.web.application import application

Say = Callable[[str], None]


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Say:
    """One line of figures, past pytest's capture."""
    plugins = request.config.pluginmanager
    reporter, capture = plugins.get_plugin("terminalreporter"), plugins.get_plugin("capturemanager")
    assert reporter is not None and capture is not None

    def write(line: str) -> None:
        with capture.global_and_fixture_disabled():
            reporter.write_line(f"\n    {line}")

    return write


@pytest.fixture
async def scene(world: World) -> Scene:
    return await set_the_scene(world)


@pytest.fixture
def pooler(wantilan_templates: Templates) -> Iterator[Bouncer]:
    """pgbouncer in transaction mode with two sessions, in front of the test server."""
    with bouncer(wantilan_templates.server, sessions=2) as running:
        yield running


@pytest.fixture
def own_url(wantilan_templates: Templates, wantilan_host: Host) -> Iterator[str]:
    """A database that is migrated and empty, past the pooler: migrations need a session."""
    url = wantilan_templates.fresh("postgresql", wantilan_host)
    yield url
    wantilan_templates.drop(url)


@pytest.fixture
async def pooled(
    pooler: Bouncer, own_url: str, wantilan_templates: Templates, wantilan_host: Host
) -> AsyncIterator[Scene]:
    """The scene, written and read through the pooler alone."""
    settings = Settings(
        database_url=pooler.url(own_url.rsplit("/", 1)[1]),
        pooler="transaction",
        keys=SecretStr(wantilan_templates.keys),
        introspection=True,
    )
    made = application(settings, wantilan_host)
    async with made.running(deliver=False):
        made.engine.meter.per_minute = 1_000_000
        yield await set_the_scene(World(made))
