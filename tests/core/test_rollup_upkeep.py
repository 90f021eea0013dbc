"""How rollups come to be kept and cease to be, and what they hold when values are unknown."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from tests.core.census import ROLLUPS, Census, CensusPerson
from tests.core.notebook import host_with

from wantilan import Grams, Unit
from wantilan.programs.host import Host
from wantilan.settings import Settings
from wantilan.store import keeping, rollup_triggers
from wantilan.store.database import Database
from wantilan.store.keeping import wrong_rows
from wantilan.store.migrations import Lineage, differences, migrate, sql_text, undeclared_rollups
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, World
from wantilan.testing.plugin import Templates
from wantilan.web.application import application

PERSONS, RICE = ROLLUPS
ROLE = "wantilan_app"
SCHOOLING = "schooling { sex education persons }"
VILLAGE = f'{{ village(code: "{BENGKEL}") {{ census {{ {SCHOOLING} }} }} }}'
REGION = f'{{ region(code: "{TABANAN}") {{ census {{ {SCHOOLING} }} }} }}'
ALL_RICE = (
    f'{{ village(code: "{BENGKEL}") {{ census {{ allRice {{ trade seenOn literate rice persons }} }} }} }}'
)
RICE_OF = f"""query($from: Date, $to: Date) {{ village(code: "{BENGKEL}") {{ census {{
  rice(from: $from, to: $to) {{ trade seenOn literate rice persons }} }} }} }}"""


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(Census())


def lineages(host: Host) -> list[Lineage]:
    return [Lineage(p.name, p.migrations, p.models, p.rollups) for p in host.programs if p.migrations]


def declaring(host: Host, *rollups: Any) -> list[Lineage]:
    """The same programs, of which only these rollups are declared."""
    gone = [rollup.model for one in lineages(host) for rollup in one.rollups if rollup not in rollups]
    return [
        replace(
            one,
            rollups=tuple(r for r in one.rollups if r in rollups),
            models=tuple(m for m in one.models if m not in gone),
        )
        for one in lineages(host)
    ]


@pytest.fixture
def owner(world: World, wantilan_templates: Templates) -> str:
    name = (world.database.url.database or "").rsplit("/", 1)[-1].removesuffix(".db")
    return wantilan_templates.urls(world.dialect, name)[1]


@pytest.fixture
async def villages(world: World) -> World:
    await world.open(BENGKEL, "census")
    await world.open(NEIGHBOUR, "census")
    return world


def person(unit: Unit, **given: Any) -> CensusPerson:
    """An adult of whom little is known; not yet written."""
    facts: dict[str, Any] = {"sex": "P", "birth_year": 1990, "moved_in": unit.today, "rice_grams": Grams(1)}
    return CensusPerson(village_id=unit.village.id, **{**facts, **given})


async def added(world: World, count: int, code: str = BENGKEL) -> None:
    async with world.unit(code) as unit:
        await unit.add(*(person(unit, education=number % 3 or None) for number in range(count)))


async def wrong(world: World, *codes: str) -> int:
    """How many rows of both rollups are not what the table says."""
    found = 0
    for code in codes or (BENGKEL, NEIGHBOUR):
        async with world.unit(code) as unit:
            for one in ROLLUPS:
                found += await wrong_rows(unit.session, one, unit.village.id, world.dialect)
    return found


async def kept_rows(world: World, rollup: Any = PERSONS) -> list[Any]:
    async with world.unit(BENGKEL) as unit:
        table = rollup.model.__table__
        return list(await unit.session.execute(sa.select(table).where(table.c.village_id == unit.village.id)))


async def counted(world: World, rollup: Any = PERSONS) -> int:
    """How many persons a rollup without days has counted in Bengkel."""
    return sum(row.row_count for row in await kept_rows(world, rollup))


@asynccontextmanager
async def counting_rows(world: World, host: Host) -> AsyncIterator[World]:
    """The same deployment, asked by a server that counts the rows themselves."""
    bare = host_with(Census())
    bare.schema.rollups.clear()
    made = application(world.application.settings, bare)
    async with made.running(deliver=False):
        yield World(made)


# What may be unknown


@pytest.mark.parametrize("seed", range(2))
async def test_unknown_values_are_groups_of_their_own_in_every_answer(
    villages: World, wantilan_host: Host, seed: int
) -> None:
    chance, world = random.Random(seed), villages
    hamlet = await world.hamlet(BENGKEL)
    unknown: dict[str, Sequence[Any]] = {
        "hamlet_id": (None, hamlet.id), "sex": ("P", "L"), "education": (None, 0, 3), "birth_year": (1990, 1991),
        "trade": (None, "", "=", "tani"), "seen_on": (None, date(2026, 1, 1), date.max), "literate": (None, True, False),
    }  # fmt: skip

    def drawn(unit: Unit) -> dict[str, Any]:
        facts = {name: chance.choice(values) for name, values in unknown.items()}
        days = timedelta(chance.randint(0, 500))
        return {**facts, "moved_in": unit.today - days, "rice_grams": Grams(chance.randint(0, 9))}

    for _ in range(8):
        async with world.unit(BENGKEL) as unit:
            rows = list(await unit.all(CensusPerson))
            await unit.add(*(person(unit, **drawn(unit)) for _ in range(chance.randint(1, 8))))
            for row in chance.sample(rows, len(rows) // 3):
                for name, value in drawn(unit).items():
                    setattr(row, name, value)
            await unit.flush()
            for row in chance.sample(rows, len(rows) // 4):
                await unit.session.delete(row)
        assert await wrong(world) == 0
        assert all(row.row_count for row in [*await kept_rows(world), *await kept_rows(world, RICE)])
    assert {None, "", "="} <= {row.trade for row in await kept_rows(world, RICE)}
    officer = await world.token("platform_admin", "")
    async with counting_rows(world, wantilan_host) as bare:
        for question, asked in (
            (VILLAGE, {}), (REGION, {}), (ALL_RICE, {}), (RICE_OF, {}), (RICE_OF, {"from": "1000-01-01", "to": "2026-06-30"}),
        ):  # fmt: skip
            with world.counting() as statements:
                told = await world.ask(question, officer, **asked)
            assert "_total " in statements[0].sql
            assert told.data == (await bare.ask(question, officer, **asked)).data
            groups = (told.data.get("village") or told.data["region"])["census"]
            assert any(None in group.values() for group in next(iter(groups.values())))


async def test_groups_stand_in_one_order_the_unknown_ones_last(villages: World) -> None:
    async with villages.unit(BENGKEL) as unit:
        await unit.add(*(person(unit, sex=s, education=e) for s in "pPL" for e in (10, None, 9)))
    told = await villages.ask(VILLAGE, await villages.token("platform_admin", ""))
    groups = told.data["village"]["census"]["schooling"]
    assert [(g["sex"], g["education"]) for g in groups] == [(s, e) for s in "LPp" for e in (9, 10, None)]


async def test_of_a_village_that_is_emptied_nothing_is_left_that_would_hold_it(villages: World) -> None:
    await added(villages, 5)
    assert await counted(villages) == 5
    async with villages.unit(BENGKEL) as unit:
        for row in await unit.all(CensusPerson):
            await unit.session.delete(row)
    assert await kept_rows(villages) == await kept_rows(villages, RICE) == []


@pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
@pytest.mark.parametrize("undone", [False, True])
async def test_who_joins_a_group_while_another_empties_it_is_counted(villages: World, undone: bool) -> None:
    await added(villages, 1)
    emptied, ends = asyncio.Event(), asyncio.Event()

    async def empty() -> None:
        async with villages.unit(BENGKEL) as unit:
            (row,) = await unit.all(CensusPerson)
            await unit.session.delete(row)
            await unit.flush()
            emptied.set()
            await ends.wait()
            if undone:
                raise LookupError

    async def join() -> None:
        await emptied.wait()
        await added(villages, 1)

    tasks = [asyncio.create_task(empty()), asyncio.create_task(join())]
    await emptied.wait()
    await asyncio.sleep(0.1)
    assert not tasks[1].done()  # it waits for the group
    ends.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await counted(villages) == 1 + undone
    assert await wrong(villages) == 0


# Rollups that nobody declares


async def test_what_is_declared_no_longer_is_named_and_keeps_nothing_after_migrate(
    villages: World, owner: str, wantilan_host: Host
) -> None:
    await added(villages, 3)
    fewer = declaring(wantilan_host, RICE)
    assert await undeclared_rollups(owner, lineages(wantilan_host)) == []
    assert await undeclared_rollups(owner, fewer) == [PERSONS.name]
    lines = await differences(owner, fewer)
    assert f"the triggers of rollup {PERSONS.name}, which no installed program declares" in lines
    told: list[str] = []
    await migrate(owner, fewer, ROLE, told.append)
    assert told == [f"no longer kept, since no installed program declares it: {PERSONS.name}"]
    assert await undeclared_rollups(owner, fewer) == []
    await dropped(owner, PERSONS.name)
    await added(villages, 2)
    async with villages.unit(BENGKEL) as unit:
        assert len(await unit.all(CensusPerson)) == 5
        assert await wrong_rows(unit.session, RICE, unit.village.id, villages.dialect) == 0


async def test_a_table_that_is_gone_before_its_triggers_refuses_writes_until_migrate_has_run(
    villages: World, owner: str, wantilan_host: Host
) -> None:
    await dropped(owner, PERSONS.name)
    with pytest.raises(sa.exc.DBAPIError):
        await added(villages, 1)
    await migrate(owner, declaring(wantilan_host, RICE), ROLE)
    await added(villages, 1)
    assert await wrong_rows_of_rice(villages) == 0


async def wrong_rows_of_rice(world: World) -> int:
    async with world.unit(BENGKEL) as unit:
        return await wrong_rows(unit.session, RICE, unit.village.id, world.dialect)


async def dropped(owner: str, table: str) -> None:
    async with Database(owner) as database, database.transaction(WHOLE_COUNTRY) as session:
        await session.execute(sa.text(f"DROP TABLE {table}"))


async def test_triggers_of_others_are_left_alone(villages: World, owner: str, wantilan_host: Host) -> None:
    foreign = {
        "sqlite": ["CREATE TRIGGER diary_keep_insert AFTER INSERT ON hamlet BEGIN SELECT 1; END"],
        "postgresql": [
            "CREATE FUNCTION diary_keep() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
            "CREATE TRIGGER diary_keep_insert AFTER INSERT ON hamlet EXECUTE FUNCTION diary_keep()",
        ],
    }[villages.dialect]
    async with Database(owner) as database, database.transaction(WHOLE_COUNTRY) as session:
        for statement in foreign:
            await session.execute(sa.text(statement))
    await migrate(owner, declaring(wantilan_host), ROLE)
    there = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'diary%'"
    if villages.dialect == "postgresql":
        there = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'diary%'"
    async with Database(owner) as database, database.session() as session:
        assert await session.scalar(sa.text(there)) == 1


async def test_a_program_that_is_uninstalled_is_named_and_finds_right_totals_when_it_comes_back(
    villages: World, owner: str, wantilan_host: Host
) -> None:
    await added(villages, 3)
    without = host_with()
    told: list[str] = []
    await migrate(owner, lineages(without), ROLE, told.append)
    assert [line.rsplit(": ")[1] for line in told] == [PERSONS.name, RICE.name]
    await added(villages, 4)  # a hand in the database
    assert await counted(villages) == 3
    await migrate(owner, lineages(wantilan_host), ROLE)
    assert await counted(villages) == 7
    assert await wrong(villages) == 0


# Counting what was there before


async def test_rows_of_before_are_counted_when_a_rollup_is_new_or_declared_otherwise(
    villages: World, owner: str, wantilan_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another text of its triggers may mean other totals, so they are counted anew."""
    await added(villages, 3)
    assert await differences(owner, lineages(wantilan_host)) == []
    begin = rollup_triggers._begin

    def otherwise(*, counted: bool) -> str:
        return f"{begin(counted=counted)} /* otherwise */"

    monkeypatch.setattr(rollup_triggers, "_begin", otherwise)
    lines = await differences(owner, lineages(wantilan_host))
    assert lines == [f"the triggers of rollup {one.name}" for one in ROLLUPS]
    await spoiled(villages)
    assert await wrong(villages) > 0
    told: list[str] = []
    await migrate(owner, lineages(wantilan_host), ROLE, told.append)
    assert told == [f"counted in every village: {one.name}" for one in ROLLUPS]
    assert await wrong(villages) == 0
    await added(villages, 2)
    assert await counted(villages) == 5
    assert await wrong(villages) == 0
    told.clear()
    await migrate(owner, lineages(wantilan_host), ROLE, told.append)
    assert told == await differences(owner, lineages(wantilan_host)) == []


async def spoiled(world: World) -> None:
    """Totals that are wrong in both villages, and a row that counts nothing, as triggers of before left them."""
    for code in (BENGKEL, NEIGHBOUR):
        async with world.unit(code) as unit:
            row = {
                "village_id": unit.village.id,
                "sex": "?",
                "birth_year": 0,
                "hamlet_id_key": "",
                "education_key": "",
            }
            await unit.session.execute(sa.insert(PERSONS.model.__table__).values(**row, row_count=0))


async def test_stopped_half_way_nothing_is_served_and_a_second_migrate_does_what_is_left(
    villages: World, owner: str, wantilan_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(owner, lineages(host_with()), ROLE)
    for code, number in ((BENGKEL, 3), (NEIGHBOUR, 4)):
        await added(villages, number, code)
    made_anew, done = keeping.make_anew, []

    async def stumbling(doing: Any, rollup: Any, village: Any, dialect: str) -> None:
        if done:
            raise ConnectionResetError
        done.append(village)
        await made_anew(doing, rollup, village, dialect)

    monkeypatch.setattr(keeping, "make_anew", stumbling)
    with pytest.raises(ConnectionResetError):
        await migrate(owner, lineages(wantilan_host), ROLE)
    assert await wrong(villages) > 0
    lines = await differences(owner, lineages(wantilan_host))
    assert lines == [f"the rollup {one.name}, which is not counted to the end" for one in ROLLUPS]
    for code in (BENGKEL, NEIGHBOUR):  # in the village that is counted, and in the one that is not
        await added(villages, 1, code)
    again: list[Any] = []

    async def noted(doing: Any, rollup: Any, village: Any, dialect: str) -> None:
        again.append((rollup, village))
        await made_anew(doing, rollup, village, dialect)

    monkeypatch.setattr(keeping, "make_anew", noted)
    await migrate(owner, lineages(wantilan_host), ROLE)
    assert len(again) == 3
    assert (PERSONS, done[0]) not in again
    assert await wrong(villages) == 0
    assert await differences(owner, lineages(wantilan_host)) == []


@pytest.fixture
def without_census(wantilan_dialect: str, wantilan_templates: Templates) -> Iterator[str]:
    """A database that has never heard of a census."""
    url = wantilan_templates.fresh(wantilan_dialect, host_with())
    yield url
    wantilan_templates.drop(url)


async def test_a_step_may_make_the_table_of_a_rollup_anew_and_write_what_it_counts(
    without_census: str, wantilan_dialect: str, wantilan_templates: Templates, wantilan_host: Host
) -> None:
    url = without_census
    owner = wantilan_templates.urls(wantilan_dialect, url.rsplit("/", 1)[1].removesuffix(".db"))[1]
    before = [
        replace(one, head="census_0001") if one.name == "census" else one for one in lineages(wantilan_host)
    ]
    await migrate(owner, before, ROLE)
    settings = Settings(database_url=url, keys=SecretStr(wantilan_templates.keys))
    async with application(settings, wantilan_host).running(deliver=False) as running:
        world = World(running)
        for code in (BENGKEL, NEIGHBOUR):
            await world.open(code, "census")
        async with world.unit(BENGKEL) as unit:
            await unit.add(*(person(unit, sex=sex) for sex in "MMP"))
        steps = await migrate(owner, lineages(wantilan_host), ROLE)
        assert [step.revision for step in steps] == ["census_0002"]
        assert sorted((row.sex, row.row_count) for row in await kept_rows(world)) == [("L", 2), ("P", 1)]
        await added(world, 2)
        assert await wrong(world) == 0


# In other hands


async def test_the_text_of_all_steps_counts_what_is_there_already(
    villages: World, owner: str, wantilan_host: Host
) -> None:
    await migrate(owner, lineages(host_with()), ROLE)
    await added(villages, 3)
    text = sql_text(owner, lineages(wantilan_host), ROLE)
    keeping_text = text[text.index("BEGIN;\n" + first_drop(villages.dialect)) :]
    await run_script(villages, owner, keeping_text)
    assert await wrong(villages) == 0
    assert await counted(villages) == 3
    assert await differences(owner, lineages(wantilan_host)) == []


def first_drop(dialect: str) -> str:
    what = f"FUNCTION IF EXISTS {PERSONS.name}_keep" if dialect == "postgresql" else "TRIGGER IF EXISTS"
    return f"DROP {what}"


async def run_script(world: World, owner: str, text: str) -> None:
    if world.dialect == "sqlite":
        with sqlite3.connect(str(world.database.url.database)) as connection:
            connection.executescript(text)
        connection.close()
        return
    import asyncpg

    connection = await asyncpg.connect(owner)
    try:
        await connection.execute(f"SELECT set_config('app.villages', '{WHOLE_COUNTRY}', false)")
        await connection.execute(text)
    finally:
        await connection.close()
