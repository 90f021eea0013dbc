"""A read door on a streaming replica: the same answers behind the same walls, and nothing is written there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from tests.proof.conftest import Say
from tests.system.jobbing import make_due
from tests.system.scene import Scene
from tests.system.test_walls import (
    RECORD,
    WAYS,
    another,
    database_name,
    document,
    recording,
    row_security_off,
    showing,
)

from wantilan.testing import BENGKEL, PostgresServer, World
from wantilan.testing.plugin import Templates
from wantilan.testing.postgres import replica_of
from wantilan.web.application import application

pytestmark = pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
ACTORS = ("operator_bengkel", "neighbour", "agency", "collector", "visitor")


@pytest.fixture
def follower(wantilan_templates: Templates, scene: Scene) -> Iterator[PostgresServer]:
    with replica_of(wantilan_templates.server) as running:
        yield running


@pytest.fixture
async def copy(scene: Scene, follower: PostgresServer, wantilan_templates: Templates) -> AsyncIterator[World]:
    """The same deployment over the replica."""
    settings = scene.world.application.settings
    url = follower.url(database_name(scene.world))
    made = application(settings.model_copy(update={"database_url": url}), scene.world.host)
    await caught_up(wantilan_templates.server, follower)
    async with made.running(deliver=False):
        made.engine.meter.per_minute = 1_000_000
        yield World(made)


async def caught_up(leader: PostgresServer, follower: PostgresServer) -> None:
    leader.sql("SET synchronous_commit = on; SELECT pg_logical_emit_message(true, 'proof', '')")
    position = leader.sql("SELECT pg_current_wal_flush_lsn()")
    for _ in range(500):
        if follower.sql(f"SELECT pg_last_wal_replay_lsn() >= '{position}'") == "t":
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the replica does not follow")


async def test_it_answers_byte_for_byte_like_the_leader(scene: Scene, copy: World, say: Say) -> None:
    scene.world.engine.meter.per_minute = 1_000_000
    asked = 0
    for who in ACTORS:
        for text in WAYS.values():
            here = await scene.ask(who, document(scene, text))
            there = await copy.ask(document(scene, text), scene.tokens[who])
            assert without_cost(here.body) == without_cost(there.body), (who, text)
            asked += 1
    say(f"{asked} answers of a replica are those of its leader")


def without_cost(body: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in body.items() if key != "extensions"}


async def test_its_walls_hold_each_alone_and_without_both_the_neighbour_would_see_all(
    scene: Scene, copy: World, follower: PostgresServer, wantilan_templates: Templates
) -> None:
    assert await showing(scene, "operator_bengkel", copy) == set(WAYS)
    async with another(copy, walls=False) as bare:
        assert await showing(scene, "neighbour", bare) == set()
        with row_security_off(scene.world, wantilan_templates):
            await caught_up(wantilan_templates.server, follower)
            assert await showing(scene, "neighbour", bare) == set(WAYS)
            assert await showing(scene, "neighbour", copy) == set()


async def test_without_a_wall_it_shows_no_row(scene: Scene, copy: World, follower: PostgresServer) -> None:
    raw = await asyncpg.connect(follower.url(database_name(scene.world)))
    try:
        assert await raw.fetchval("SELECT count(*) FROM resident") == 0
        async with raw.transaction():
            await raw.execute("SELECT set_config('app.villages', $1, true)", BENGKEL)
            assert await raw.fetchval("SELECT count(*) FROM resident") == 3
        assert await raw.fetchval("SELECT current_setting('app.villages', true)") == ""
        assert await raw.fetchval("SELECT count(*) FROM resident") == 0
    finally:
        await raw.close()


async def test_a_mutation_is_refused_there_and_nothing_is_written(
    scene: Scene, copy: World, follower: PostgresServer, wantilan_templates: Templates
) -> None:
    text, given = RECORD.replace("<payload>", "village { code }"), recording(scene.ids["WasteFacility"])
    refused = await copy.ask(text, scene.tokens["operator_bengkel"], **given)
    assert refused.codes == ["UNAVAILABLE"]
    count = "SELECT count(*) FROM waste_intake"
    before = wantilan_templates.server.sql(count, database_name(scene.world))
    assert (await scene.ask("operator_bengkel", text, **given)).data
    await caught_up(wantilan_templates.server, follower)
    assert int(follower.sql(count, database_name(scene.world))) == int(before) + 1


async def test_no_job_is_done_there(
    scene: Scene, copy: World, follower: PostgresServer, wantilan_templates: Templates
) -> None:
    await make_due(scene.world)
    await caught_up(wantilan_templates.server, follower)
    await copy.application.jobs.work()
    assert copy.application.jobs.tried == 0
    await scene.world.application.jobs.work()
    assert scene.world.application.jobs.tried == 2  # the control
