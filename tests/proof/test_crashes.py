"""Many kills: of the server process at any moment, and of the database under it. Nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Callable

import pytest
from tests.proof.conftest import Say
from tests.system.crashing import Books, books, server_process, weigh_again, weigh_all
from tests.system.scene import Scene
from tests.system.test_walls import database_name

from wantilan.testing.plugin import Templates

KILLS = 6


async def test_a_server_killed_at_any_moment_loses_nothing_and_halves_nothing(scene: Scene, say: Say) -> None:
    dice = random.Random(5102)
    acknowledged: dict[str, str] = {}
    unanswered = 0
    for round_ in range(KILLS):
        keys = [f"r{round_}k{number}" for number in range(400)]
        at_a_commit = (str(dice.randrange(5, 60)),) if round_ % 2 else ()
        with server_process(scene.world, *at_a_commit) as (process, address):
            asking = asyncio.create_task(weigh_all(address, scene, keys))
            if not at_a_commit:
                await asyncio.sleep(0.2 + dice.random() * 0.5)
                process.kill()
            told = await asking
        found = await books(scene.world, scene)
        assert found.whole
        new = {key: id_ for key, id_ in told.items() if id_ is not None}
        assert set(new) <= set(found.records)
        unanswered += len([key for key in told if key in found.records and key not in new])
        acknowledged |= new
    assert unanswered > 0  # at least one kill fell between write and answer
    await retried(scene, acknowledged, found, say, unanswered)


async def retried(
    scene: Scene, acknowledged: dict[str, str], found: Books, say: Say, unanswered: int
) -> None:
    again = await weigh_again(scene.world, scene, list(found.records))
    assert {key: again[key] for key in acknowledged} == acknowledged
    assert all(again[key].endswith(id_.hex) for key, id_ in found.records.items())
    after = await books(scene.world, scene)
    assert after.whole and after.rows == found.rows
    say(
        f"{scene.world.dialect}: {len(found.rows)} written, {len(acknowledged)} acknowledged, "
        f"{unanswered} written without an answer; retried: 0 lost, 0 doubled, 0 halved"
    )


@pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
async def test_a_database_that_crashes_under_a_living_server_loses_nothing_acknowledged(
    scene: Scene, wantilan_templates: Templates, say: Say
) -> None:
    database, server = database_name(scene.world), wantilan_templates.server
    server.sql(f'ALTER DATABASE "{database}" SET synchronous_commit = on')  # as everywhere but in tests
    backend = (
        f"SELECT pid FROM pg_stat_activity WHERE datname = '{database}' AND usename = 'wantilan_app' LIMIT 1"
    )
    acknowledged: dict[str, str] = {}
    unavailable = unanswered = 0
    with server_process(scene.world) as (_, address):
        for round_ in range(3):
            keys = [f"r{round_}k{number}" for number in range(300)]
            asking = asyncio.create_task(weigh_all(address, scene, keys))
            await asyncio.sleep(0.5)
            pid = int(await asyncio.to_thread(server.sql, backend))
            kill(pid)  # one backend dies hard: the server throws all out and recovers from its log
            told = await asking
            await recovered(server.sql)
            new = {key: id_ for key, id_ in told.items() if id_ is not None}
            unavailable += len(told) - len(new)
            acknowledged |= new
            found = await books(scene.world, scene)
            assert found.whole
            assert set(new) <= set(found.records)
            unanswered += len([key for key in told if key in found.records and key not in new])
        last = await weigh_all(address, scene, [f"last{number}" for number in range(20)])
    assert None not in last.values()  # the same server process works on
    assert unavailable > 0
    found = await books(scene.world, scene)
    await retried(scene, acknowledged, found, say, unanswered)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


async def recovered(sql: Callable[[str], str]) -> None:
    for _ in range(200):
        try:
            sql("SELECT 1")
        except Exception:
            await asyncio.sleep(0.05)
        else:
            return
    raise AssertionError("the database did not come back")
