"""The read door: what it prepares, what it does with lost and outdated connections, who waits for whom."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from string import ascii_uppercase
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from wantilan.errors import LimitExceeded, Unavailable
from wantilan.store import postgres
from wantilan.store.postgres import PostgresReader, Sightings
from wantilan.store.read import Statement
from wantilan.testing import BENGKEL, World
from wantilan.testing.plugin import Templates

on_postgres = pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
on_sqlite = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])


@pytest.fixture
async def reader(world: World) -> AsyncIterator[PostgresReader]:
    """A read door with one connection; on PostgreSQL only."""
    made = PostgresReader(world.database.url, 5.0, size=1)
    await made.open()
    yield made
    await made.close()


async def prepared(reader: PostgresReader) -> list[str]:
    """The texts that the server keeps for the one connection."""
    async with reader.pool.lent() as lent:
        return [row[0] for row in await lent.connection.fetch("SELECT statement FROM pg_prepared_statements")]


def answer(number: int) -> Statement:
    return Statement(f"SELECT ({number} + $1::integer)::text", [0])


# Prepared on second sighting


@on_postgres
async def test_a_text_is_prepared_when_it_is_seen_again_and_not_before(reader: PostgresReader) -> None:
    assert await reader.read(answer(1)) == "1"
    assert await prepared(reader) == []
    assert [await reader.read(answer(1)) for _ in range(3)] == ["1"] * 3
    assert await prepared(reader) == [answer(1).sql]


@on_postgres
async def test_a_text_too_long_for_the_drivers_own_cache_is_prepared_too(reader: PostgresReader) -> None:
    long = Statement(f"SELECT '{'x' * 20_000}' || $1::text", ["!"])
    assert {await reader.read(long) for _ in range(3)} == {"x" * 20_000 + "!"}
    assert await prepared(reader) == [long.sql]


@on_postgres
async def test_what_is_kept_is_bounded_and_what_was_used_last_stays(
    reader: PostgresReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "PREPARED", 3)
    for number in (1, 2, 3, 1, 4, 1, 5):
        for _ in range(2):
            assert await reader.read(answer(number)) == str(number)
    await reader.read(answer(9))  # what was let go is closed on the way of the next statement
    kept = await prepared(reader)
    assert {answer(1).sql, answer(5).sql} <= set(kept)
    assert len(kept) == 3


def test_sightings_are_bounded_and_forget_what_was_seen_longest_ago() -> None:
    sightings = Sightings(remembered=2)
    assert [sightings.again(text) for text in ("a", "b", "a", "c", "b", "a")] == [
        False, False, True, False, False, False,
    ]  # fmt: skip
    assert len(sightings._seen) == 2


@on_postgres
async def test_another_connection_prepares_what_the_process_has_seen(world: World) -> None:
    reader = PostgresReader(world.database.url, 5.0, size=2)
    await reader.open()
    try:
        await reader.read(answer(1))
        async with reader.pool.lent() as first, reader.pool.lent() as second:
            assert await second.value(*answer(1)[:2]) == "1"
            assert (list(first.prepared), list(second.prepared)) == ([], [answer(1).sql])
    finally:
        await reader.close()


# After a migration


@on_postgres
async def test_a_prepared_statement_that_a_migration_outdated_is_read_again_once(
    reader: PostgresReader, world: World, wantilan_templates: Templates
) -> None:
    name = str(world.database.url.database)
    run = lambda text: wantilan_templates.server.sql(text, name)  # noqa: E731
    run(
        "CREATE TABLE changing (x integer); INSERT INTO changing VALUES (7); GRANT SELECT ON changing TO wantilan_app"
    )
    statement = Statement("SELECT x FROM changing", [])
    assert [await reader.read(statement) for _ in range(3)] == ["7"] * 3
    run("ALTER TABLE changing ALTER x TYPE text")
    async with reader.pool.lent() as lent:
        with pytest.raises(asyncpg.InvalidCachedStatementError):  # this is what the door catches
            await lent.prepared[statement.sql].fetchval()
    assert await reader.read(statement) == "7"
    run("DROP TABLE changing")
    with pytest.raises(asyncpg.UndefinedTableError):
        await reader.read(statement)


@on_postgres
async def test_a_statement_that_somebody_dropped_is_prepared_again(reader: PostgresReader) -> None:
    for _ in range(2):
        await reader.read(answer(1))
    async with reader.pool.lent() as lent:
        await lent.connection.execute("DEALLOCATE ALL")
    assert await reader.read(answer(1)) == "1"


# Lost connections


@on_postgres
async def test_a_connection_that_the_server_closed_is_replaced_and_nobody_notices(
    reader: PostgresReader, wantilan_templates: Templates
) -> None:
    async with reader.pool.lent() as lent:
        pid = lent.connection.get_server_pid()
    wantilan_templates.server.sql(f"SELECT pg_terminate_backend({pid})")
    assert await reader.read(answer(1)) == "1"
    assert reader.pool.places == 1


@on_postgres
async def test_one_that_is_lost_in_the_middle_is_begun_once_more(
    reader: PostgresReader, wantilan_templates: Templates
) -> None:
    async with reader.pool.lent() as lent:
        pid = lent.connection.get_server_pid()
    slow = asyncio.create_task(reader.read(Statement("SELECT 'done' || pg_sleep(0.3)::text", [])))
    await asyncio.sleep(0.1)
    wantilan_templates.server.sql(f"SELECT pg_terminate_backend({pid})")
    assert await slow == "done"


@on_postgres
async def test_a_database_that_is_away_is_said_to_be_unavailable(
    reader: PostgresReader, world: World
) -> None:
    assert await reader.read(answer(1)) == "1"
    reader.url = world.database.url.set(port=1)
    async with reader.pool.lent() as lent:
        await lent.connection.close()
    with pytest.raises(Unavailable):
        await reader.read(answer(1))
    reader.url = world.database.url
    assert await reader.read(answer(1)) == "1"


# Cancelled and late statements


@on_postgres
async def test_a_cancelled_read_is_stopped_on_the_server_before_its_place_is_free(
    reader: PostgresReader, wantilan_templates: Templates
) -> None:
    running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(25)%' AND state = 'active' AND pid <> pg_backend_pid()"
    task = asyncio.create_task(reader.read(Statement("SELECT pg_sleep(25)::text", [])))
    await asyncio.sleep(0.2)
    assert wantilan_templates.server.sql(running) == "1"
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert await reader.read(answer(1)) == "1"
    assert wantilan_templates.server.sql(running) == "0"


@on_postgres
async def test_a_statement_that_the_server_does_not_stop_is_stopped_by_us(
    world: World, wantilan_templates: Templates
) -> None:
    """As behind a pooler, where no session has a time limit of its own."""
    reader = PostgresReader(world.database.url, 0.2, size=1, pooler="transaction")
    await reader.open()
    try:
        with pytest.raises(LimitExceeded):
            await reader.read(Statement("SELECT pg_sleep(20)::text", []))
        assert await reader.read(answer(1)) == "1"
        assert await prepared(reader) == []
    finally:
        await reader.close()


# Who waits for whom


async def test_writers_that_hold_the_only_connection_never_wait_for_a_reader(world: World) -> None:
    """A mutation's payload is read after its commit: with one connection at each door twenty at once finish."""
    await world.open(BENGKEL)
    hamlet = await world.id_of("Hamlet", await world.hamlet(BENGKEL))
    token = await world.token("village_operator", BENGKEL)
    small: Any = type(world.database)(
        world.database.url.render_as_string(hide_password=False), readers=1, writers=1
    )
    normal, world.engine.database = world.engine.database, small
    register = """mutation ($input: RegisterResidentInput!) { registerResident(input: $input) {
      resident { fullName village { residents { totalCount } } } } }"""
    names = [f"Ni {letter}" for letter in ascii_uppercase[:20]]
    given = {"villageCode": BENGKEL, "hamletId": hamlet, "sex": "PEREMPUAN", "birthDate": "1990-05-17"}
    try:
        async with small, asyncio.timeout(20):
            asked = [world.ask(register, token, input=given | {"fullName": name}) for name in names]
            replies = await asyncio.gather(*asked)
    finally:
        world.engine.database = normal
    assert [reply.data["registerResident"]["resident"]["fullName"] for reply in replies] == names


# SQLite


@on_sqlite
async def test_each_connection_of_sqlite_is_as_durable_and_as_closed_as_it_must_be(world: World) -> None:
    ask = ("journal_mode", "synchronous", "foreign_keys", "query_only")
    async with world.database.transaction() as session:
        writer = [(await session.execute(sa.text(f"PRAGMA {one}"))).scalar() for one in ask]
    async with world.database.session() as session:
        looker = [(await session.execute(sa.text(f"PRAGMA {one}"))).scalar() for one in ask]
    reader: Any = world.database.reader
    await reader.read(Statement("SELECT 'x'", {}))
    readers = [[one.execute(f"PRAGMA {name}").fetchone()[0] for name in ask] for one in reader.free]
    full = 2
    assert writer == ["wal", full, 1, 0]
    assert looker[3] == 1 and readers and all(one[0] == "wal" and one[3] == 1 for one in readers)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.free[0].execute("DELETE FROM village")


@on_sqlite
async def test_a_read_does_not_wait_for_the_writer_and_does_not_see_what_he_has_not_committed(
    world: World,
) -> None:
    count = Statement("SELECT count(*) FROM village", {})
    async with world.database.transaction() as session:
        await session.execute(sa.text("PRAGMA user_version"))
        await session.execute(
            sa.text("UPDATE region SET name = name WHERE code = :code"), {"code": BENGKEL}
        )  # the writer's lock is held now
        assert await world.database.reader.read(count) == "0"


@on_sqlite
async def test_a_heavy_read_holds_up_no_bounded_one(world: World) -> None:
    text = (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 3000000) SELECT max(x) FROM c"
    )
    heavy = asyncio.create_task(world.database.reader.read(Statement(text, {}, True)))
    answered = 0
    while not heavy.done():
        assert await world.database.reader.read(Statement("SELECT 'light'", {})) == "light"
        answered += 1
        await asyncio.sleep(0.005)
    assert await heavy == "3000000"
    assert answered > 3


@on_sqlite
async def test_two_reads_at_once_never_share_a_connection(world: World) -> None:
    reader: Any = world.database.reader
    lent: list[int] = []
    run = reader.run
    text = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 300000) SELECT max(x) FROM c"

    def seen(statement: Statement) -> str:
        before = list(reader.free)
        found: str = run(statement)
        lent.append(len(before))
        return found

    reader.run = seen
    await asyncio.gather(*(reader.read(Statement(text, {}, True)) for _ in range(3)))
    assert len(lent) == 3 and len({id(one) for one in reader.free}) == len(reader.free) >= 2
