"""Both doors behind pgbouncer in transaction mode: many clients, two sessions, and the walls hold."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import Any

import asyncpg
import pytest
from tests.proof.bouncer import Bouncer
from tests.proof.conftest import Say
from tests.system.scene import MARK, OTHER, Scene
from tests.system.test_walls import (
    OWN,
    RECORD,
    WAYS,
    another,
    count_of,
    database_name,
    endless,
    in_bengkels_wall,
    recording,
    resize,
    row_security_off,
    showing,
)

from wantilan.errors import ConfigurationError, LimitExceeded
from wantilan.store.database import Database
from wantilan.store.read import Statement
from wantilan.testing import BENGKEL, NEIGHBOUR, World
from wantilan.testing.plugin import Templates
from wantilan_waste.models import Intake

CLIENTS = 16
TURNS = [("operator_bengkel", BENGKEL, MARK, OTHER), ("neighbour", NEIGHBOUR, OTHER, MARK)]


async def sees_only(scene: Scene, who: str, code: str, mark: str, foreign: str) -> None:
    reply = await scene.ask(who, OWN.format(code))
    assert mark in reply.text, reply.text
    assert foreign not in reply.text


async def all_of(work: Sequence[Awaitable[None]]) -> None:
    """So many clients at once, whatever the load of the machine; each waits for his answer."""
    waiting = deque(work)

    async def client() -> None:
        while waiting:
            await waiting.popleft()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))


async def rows_without_a_wall(world: World) -> list[int]:
    """What each session shows to a statement that sets no wall; many at once, so that all are asked."""
    count = Statement("SELECT count(*)::text FROM resident", [])
    return [
        int(found) for found in await asyncio.gather(*(world.database.reader.read(count) for _ in range(30)))
    ]


# The controls: the pooler does what makes it dangerous


async def test_many_connections_share_two_sessions(pooled: Scene, say: Say) -> None:
    await resize(pooled.world, 12)
    reader: Any = pooled.world.database.reader
    who = Statement("SELECT pg_backend_pid()::text || left(pg_sleep(0.01)::text, 0)", [])
    pids = await asyncio.gather(*(reader.read(who) for _ in range(60)))
    say(f"{reader.pool.places} connections, {len(set(pids))} sessions of the database")
    assert (reader.pool.places, len(set(pids))) == (12, 2)


async def test_a_wall_set_for_the_session_would_be_seen_by_the_next_client(
    pooled: Scene, pooler: Bouncer
) -> None:
    name = database_name(pooled.world)
    one, other = [await asyncpg.connect(pooler.url(name), statement_cache_size=0) for _ in range(2)]
    try:
        for _ in range(2):  # one of the two sessions is used by both
            await one.execute(f"SELECT set_config('app.villages', '{BENGKEL}', false)")
        assert await other.fetchval("SELECT count(*) FROM resident") == 3
        await other.execute("RESET app.villages")
    finally:
        await one.close()
        await other.close()


async def test_without_the_setting_the_read_door_refuses_to_open_and_names_it(pooled: Scene) -> None:
    unaware = Database(pooled.world.application.settings.database_url)
    with pytest.raises(ConfigurationError, match="WANTILAN_POOLER=transaction"):
        await unaware.reader.open()
    await unaware.engine.dispose()


# The walls


async def test_four_hundred_interleaved_requests_of_two_actors(pooled: Scene, say: Say) -> None:
    await resize(pooled.world, 12)
    turns = TURNS * 200
    random.Random(5102).shuffle(turns)
    begin = time.perf_counter()
    await all_of([sees_only(pooled, *turn) for turn in turns])
    say(
        f"{len(turns)} requests of two actors, {len(turns) / (time.perf_counter() - begin):.0f} a second, 0 wrong"
    )
    assert set(await rows_without_a_wall(pooled.world)) == {0}


async def test_every_way_in_is_open_to_the_own_operator_and_shut_to_all_others(pooled: Scene) -> None:
    assert await showing(pooled, "operator_bengkel") == set(WAYS)
    for who in ("neighbour", "agency", "collector", "visitor"):
        assert await showing(pooled, who) == set(), who


async def test_row_security_holds_alone_and_without_both_walls_the_neighbour_would_see_all(
    pooled: Scene, wantilan_templates: Templates
) -> None:
    async with another(pooled.world, walls=False) as bare:
        assert await showing(pooled, "neighbour", bare) == set()
        with row_security_off(pooled.world, wantilan_templates):
            assert await showing(pooled, "neighbour", bare) == set(WAYS)


async def test_errors_cancelled_and_late_statements_between_the_requests_leave_no_wall(
    pooled: Scene, say: Say
) -> None:
    await resize(pooled.world, 6, seconds=0.5)
    reader: Any = pooled.world.database.reader
    dice, told = random.Random(7), {"error": 0, "cancelled": 0, "late": 0, "answered": 0}

    async def error() -> None:
        with pytest.raises(asyncpg.DivisionByZeroError):
            await reader.read(
                in_bengkels_wall(pooled.world, "(1 / (SELECT count(*) - count(*) FROM resident))::text")
            )

    async def late() -> None:
        with pytest.raises(LimitExceeded):
            await reader.read(endless(pooled.world))

    async def cancelled() -> None:
        task = asyncio.create_task(reader.read(endless(pooled.world)))
        await asyncio.sleep(dice.random() * 0.1)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()

    async def answered() -> None:
        """The two sessions are held up by the others: only a refusal for time is allowed beside the answer."""
        who, code, mark, foreign = dice.choice(TURNS)
        reply = await pooled.ask(who, OWN.format(code))
        assert foreign not in reply.text
        assert mark in reply.text or reply.codes in (["LIMIT_EXCEEDED"], ["UNAVAILABLE"]), reply.text
        told["answered"] += mark in reply.text

    for _ in range(12):
        for trouble in (error, cancelled, late):
            told[trouble.__name__] += 1
            await asyncio.gather(trouble(), *(answered() for _ in range(4)))
    say(", ".join(f"{count} {name}" for name, count in told.items()))
    assert told["answered"] > 20
    await resize(pooled.world, 6)
    assert set(await rows_without_a_wall(pooled.world)) == {0}
    for turn in TURNS:
        await sees_only(pooled, *turn)


async def test_mutations_beside_reads_write_each_into_the_own_village(pooled: Scene, say: Say) -> None:
    before = [await count_of(pooled.world, code, Intake) for code in (BENGKEL, NEIGHBOUR)]

    async def record(who: str, facility: str) -> None:
        text = RECORD.replace("<payload>", "intake { mass } village { code }")
        reply = await pooled.ask(who, text, **recording(pooled.ids[facility]))
        expected = BENGKEL if who == "operator_bengkel" else NEIGHBOUR
        assert reply.data["wasteRecordIntake"] == {"intake": {"mass": 1000}, "village": {"code": expected}}

    async def foreign() -> None:
        reply = await pooled.ask(
            "neighbour",
            RECORD.replace("<payload>", "village { code }"),
            **recording(pooled.ids["WasteFacility"]),
        )
        assert reply.codes == ["NOT_FOUND"]

    begin = time.perf_counter()
    work: list[Any] = [record("operator_bengkel", "WasteFacility") for _ in range(60)]
    work += [record("neighbour", "other_WasteFacility") for _ in range(40)]
    work += [foreign() for _ in range(20)]
    work += [sees_only(pooled, *turn) for turn in TURNS * 60]
    random.Random(3).shuffle(work)
    await all_of(work)
    say(f"100 mutations, 20 refused, 120 reads at once in {time.perf_counter() - begin:.1f} s")
    after = [await count_of(pooled.world, code, Intake) for code in (BENGKEL, NEIGHBOUR)]
    assert [a - b for a, b in zip(after, before, strict=True)] == [60, 40]


async def test_nothing_of_a_request_stays_in_a_session(pooled: Scene, wantilan_templates: Templates) -> None:
    for turn in TURNS * 5:
        await sees_only(pooled, *turn)
    reader: Any = pooled.world.database.reader
    left = "SELECT (SELECT count(*) FROM pg_prepared_statements)::text || coalesce(current_setting('app.villages', true), '')"
    assert {await reader.read(Statement(left, [])) for _ in range(10)} == {"0"}
