"""Kept totals: always what the weighings themselves say, whoever writes, and however."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from tests.core.shell import Shell
from tests.waste.scene import RECORD, Scene, weighed

from wantilan import Grams, Unit
from wantilan.store import keeping
from wantilan.store.database import lost_a_race
from wantilan.store.keeping import wrong_rows
from wantilan.store.rollup_sql import rebuilt
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, World
from wantilan.testing.plugin import Templates
from wantilan.web.application import application, host_of
from wantilan_waste.models import ROLLUPS, Facility, Intake, WasteStream

TOTALS, *_ = ROLLUPS
STREAMS = list(WasteStream)
VILLAGE = f'{{ village(code: "{BENGKEL}") {{ waste {{ massByStream {{ stream mass intakes }} }} }} }}'
REGION = f'{{ region(code: "{TABANAN}") {{ waste {{ villagesCounted massByStream {{ stream mass intakes }} }} }} }}'
on_postgres = pytest.mark.parametrize("wantilan_dialect", ["postgresql"])


async def wrong(world: World, code: str = BENGKEL) -> int:
    """How many totals of a village are not what its weighings say."""
    async with world.unit(code) as unit:
        return await wrong_rows(unit.session, TOTALS, unit.village.id, world.dialect)


def village_of(unit: Unit) -> sa.BindParameter[UUID]:
    return sa.bindparam("village", unit.village.id, sa.Uuid())


async def total(world: World) -> int:
    """The grams that the totals of Bengkel hold, in the spans of one day."""
    async with world.unit(BENGKEL) as unit:
        table = TOTALS.model.__table__
        query = sa.select(sa.func.sum(table.c.mass_grams)).where(
            table.c.village_id == unit.village.id, table.c.span < 1 << 24
        )
        return int(await unit.session.scalar(query) or 0)


@asynccontextmanager
async def triggers_off(world: World, templates: Templates) -> AsyncIterator[None]:
    """Rows meanwhile change past the triggers, as by a hand in the database."""
    name = world.database.url.database or ""
    if world.dialect == "postgresql":
        templates.server.sql("ALTER TABLE waste_intake DISABLE TRIGGER USER", name)
        yield
        templates.server.sql("ALTER TABLE waste_intake ENABLE TRIGGER USER", name)
        return
    async with world.database.transaction() as session:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'waste_intake'"
        found = [(row[0], row[1]) for row in await session.execute(sa.text(query))]
        assert len(found) == 3 * sum(rollup.source is Intake for rollup in ROLLUPS)
        for trigger, _ in found:
            await session.execute(sa.text(f"DROP TRIGGER {trigger}"))
    yield
    async with world.database.transaction() as session:
        connection = await session.connection()
        for _, made in found:
            await connection.exec_driver_sql(made)


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_writes_totals_are_what_the_weighings_say(scene: Scene, seed: int) -> None:
    """Weighings in bulk, corrections of every column that counts, deletions, and transactions undone."""
    chance, world = random.Random(seed), scene.world
    for _ in range(12):
        try:
            async with world.unit(BENGKEL) as unit:
                await write_something(unit, scene.facility, chance)
                if chance.random() < 0.2:
                    raise LookupError
        except LookupError:
            pass
        assert await wrong(world) == 0
    assert await total(world) == sum(row.mass_grams for row in await scene.intakes())
    async with counting_rows(world) as bare:
        for question in (VILLAGE, REGION):
            kept, counted = (
                await world.ask(question, await officer(world)),
                await bare.ask(question, await officer(world)),
            )
            assert kept.data == counted.data


async def write_something(unit: Unit, facility: Facility, chance: random.Random) -> None:
    rows = list(await unit.all(Intake))
    chance.shuffle(rows)
    for _ in range(chance.randint(1, 3)):
        what = chance.choice(["add", "add", "correct", "delete"])
        if what == "add":
            days = [unit.today - timedelta(days=chance.randint(0, 800)) for _ in range(chance.randint(1, 8))]
            await unit.add(
                *[
                    weighed(unit, facility, chance.randint(1, 9000), day, stream=chance.choice(STREAMS))
                    for day in days
                ]
            )
        elif what == "correct" and rows:
            row = rows.pop()
            row.stream = chance.choice(STREAMS)
            row.business_date = unit.today - timedelta(days=chance.randint(0, 800))
            row.gross_grams = row.mass_grams = Grams(chance.randint(1, 9000))
            await unit.flush()
        elif rows:
            await unit.session.delete(rows.pop())
            await unit.flush()


async def officer(world: World) -> str:
    return await world.token("platform_admin", "")


@asynccontextmanager
async def counting_rows(world: World) -> AsyncIterator[World]:
    """The same deployment, asked by a server that counts the weighings themselves."""
    host = host_of(world.application.settings)
    host.schema.rollups.clear()
    made = application(world.application.settings, host)
    async with made.running(deliver=False):
        yield World(made)


async def test_totals_are_read_where_they_hold_what_is_asked_and_nowhere_else(scene: Scene) -> None:
    household = f'{{ resident(id: "{scene.ids["wayan"]}") {{ waste {{ massByStream {{ stream mass }} }} }} }}'
    tables = {VILLAGE: TOTALS.name, REGION: TOTALS.name, household: "waste_intake"}
    for question, table in tables.items():
        with scene.world.counting() as statements:
            assert (await scene.world.ask(question, await officer(scene.world))).data
        (statement,) = statements
        others = {TOTALS.name, "waste_intake"} - {table}
        assert f" {table} " in statement.sql
        assert not any(f" {other} " in statement.sql for other in others)


async def test_a_stream_of_which_nothing_is_left_is_not_shown(scene: Scene) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        await unit.add(
            weighed(unit, scene.facility, 500), weighed(unit, scene.facility, 700, stream=WasteStream.B3)
        )
    assert len((await scene.world.ask(VILLAGE, scene.operator)).data["village"]["waste"]["massByStream"]) == 2
    async with scene.world.unit(BENGKEL) as unit:
        (row,) = await unit.all(Intake, Intake.stream == WasteStream.B3)
        await unit.session.delete(row)
    shown = (await scene.world.ask(VILLAGE, scene.operator)).data["village"]["waste"]["massByStream"]
    assert shown == [{"stream": "ORGANIK", "mass": 500, "intakes": 1}]


FAR = [date.min, date(900, 1, 1), date(1000, 1, 1), date(1899, 12, 31), date(1900, 1, 1), date(2199, 12, 31),
       date(2200, 1, 1), date(2200, 1, 2), date(2999, 12, 31), date(9999, 12, 30), date.max]  # fmt: skip
PERIOD = f"""query($from: Date, $to: Date) {{ village(code: "{BENGKEL}") {{ waste {{
  massByStream(from: $from, to: $to) {{ mass intakes }} }} }} }}"""


async def test_any_day_that_there_is_counts_in_its_own_period_and_never_stops_a_write(scene: Scene) -> None:
    """date.max is 'infinity' in PostgreSQL; whoever writes it by hand must not stop everybody else."""
    world = scene.world
    async with world.unit(BENGKEL) as unit:
        await unit.add(*(weighed(unit, scene.facility, 1 << number, day) for number, day in enumerate(FAR)))
    await set_day(world, FAR[-2], {"postgresql": "-infinity", "sqlite": "no day"}[world.dialect])
    assert await wrong(world) == 0
    await set_day(world, FAR[1], {"postgresql": "0044-03-15 BC", "sqlite": "-0044-03-15"}[world.dialect])
    async with world.unit(BENGKEL) as unit:
        (last,) = await unit.all(Intake, Intake.business_date == date.max)
        await unit.session.delete(last)
    assert await wrong(world) == 0
    within = [day for day in FAR if 1000 <= day.year < 3000]
    async with counting_rows(world) as bare:
        for first in within:
            for last in (day for day in within if day >= first):
                asked = {"from": first.isoformat(), "to": last.isoformat()}
                kept = await world.ask(PERIOD, await officer(world), **asked)
                rows = await bare.ask(PERIOD, await officer(world), **asked)
                assert kept.data == rows.data
                expected = sum(1 << FAR.index(day) for day in within if first <= day <= last)
                assert kept.data["village"]["waste"]["massByStream"][0]["mass"] == expected


async def set_day(world: World, old: date, new: str) -> None:
    """As a hand in the database does."""
    async with world.unit(BENGKEL) as unit:
        change = f"UPDATE waste_intake SET business_date = '{new}' WHERE business_date = '{old}'"
        done: Any = await unit.session.execute(sa.text(change))
        assert done.rowcount == 1


@pytest.mark.parametrize("day", ["0001-01-01", "0999-12-31", "3000-01-01", "9999-12-31"])
async def test_a_day_that_nobody_can_mean_is_refused_where_it_comes_in(scene: Scene, day: str) -> None:
    for asked in ({"from": day}, {"to": day}):
        refused = await scene.world.ask(PERIOD, scene.operator, **asked)
        assert refused.codes == ["BAD_USER_INPUT"]
        assert "between 1000 and 2999" in refused.errors[0]["message"] + str(refused.errors[0]["extensions"])
    filtered = f'{{ village(code: "{BENGKEL}") {{ waste {{ intakes(filter: {{ businessDate: {{ gte: "{day}" }} }}) {{ totalCount }} }} }} }}'
    assert (await scene.world.ask(filtered, scene.operator)).codes == ["BAD_USER_INPUT"]
    recorded = await scene.record(weighedAt=f"{day}T12:00:00Z")
    assert recorded.faults == {"input.weighedAt": "OUT_OF_RANGE"}
    assert await scene.unchanged()


async def test_a_repeated_mutation_counts_once_and_a_refused_one_not_at_all(scene: Scene) -> None:
    asked = {"facilityId": scene.ids["facility"], "stream": "ORGANIK", "gross": 1000}
    for _ in range(3):
        assert (await scene.world.ask(RECORD, scene.operator, key="once", input=asked)).data
    refused = await scene.record(tare=2000)
    assert refused.codes == ["BAD_USER_INPUT"]
    assert await total(scene.world) == 1000


async def test_many_who_record_and_correct_at_once_leave_totals_right(scene: Scene) -> None:
    """All in the same streams and on the same day: each total is wanted by all of them."""
    async with scene.world.unit(BENGKEL) as unit:
        rows = [weighed(unit, scene.facility, 1000, stream=stream) for stream in STREAMS]
        await unit.add(*rows)

    async def write(number: int) -> None:
        chance = random.Random(number)
        async with scene.world.unit(BENGKEL) as unit:
            row = await unit.get(Intake, chance.choice(rows).id)
            assert row is not None
            await asyncio.sleep(0.01)  # everybody has read before anybody writes
            row.gross_grams = row.mass_grams = Grams(1000 + number)
            await unit.add(weighed(unit, scene.facility, 1, stream=chance.choice(STREAMS)))

    async def again(number: int) -> None:
        """Two may wait for each other, and one is sent away: a mutation runs again by itself."""
        while True:
            try:
                return await write(number)
            except sa.exc.DBAPIError as error:
                if not lost_a_race(error):
                    raise

    await asyncio.gather(*(again(number) for number in range(24)))
    assert await wrong(scene.world) == 0
    assert len(await scene.intakes()) == len(STREAMS) + 24


async def test_a_hand_in_the_table_is_found_and_mended_village_by_village(
    scene: Scene, wantilan_templates: Templates, wantilan_database_url: str
) -> None:
    shell, named = Shell(wantilan_database_url), ("--name", TOTALS.name)
    for code, facility in ((BENGKEL, scene.facility), (NEIGHBOUR, scene.other_facility)):
        async with scene.world.unit(code) as unit:
            await unit.add(weighed(unit, facility, 500), weighed(unit, facility, 700))
    assert "Every total is what its table says." in await asyncio.to_thread(shell.done, "rollup", "check")
    async with triggers_off(scene.world, wantilan_templates), scene.world.unit(BENGKEL) as unit:
        await unit.add(weighed(unit, scene.facility, 9))
    assert await wrong(scene.world) > 0
    checked = await asyncio.to_thread(shell, "rollup", "check", *named)
    assert checked.exit_code == 1
    assert BENGKEL in checked.output and NEIGHBOUR not in checked.output
    assert "1 rollup of a village differs from its table" in checked.output
    mended = await asyncio.to_thread(shell.done, "rollup", "rebuild", *named)
    assert (
        "1 rollup of a village was made anew." in mended
    )  # the neighbour's was right: begun again, it is found done
    assert await wrong(scene.world) == 0
    assert "0 rollups" in await asyncio.to_thread(shell.done, "rollup", "rebuild", *named)
    everything = await asyncio.to_thread(shell.done, "rollup", "rebuild", "--all", *named)
    assert "2 rollups of villages were made anew." in everything
    assert await total(scene.world) == 1209
    unknown = await asyncio.to_thread(shell.refused, "rollup", "check", "--name", "nothing", code=2)
    assert TOTALS.name in unknown


@on_postgres
@pytest.mark.parametrize("writer_ends_first", [True, False])
async def test_who_writes_while_a_village_is_made_anew_is_counted_once(
    scene: Scene, writer_ends_first: bool
) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        await unit.add(weighed(unit, scene.facility, 500))
    begun, go = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with scene.world.unit(BENGKEL) as unit:
            if not writer_ends_first:
                await go.wait()
            await unit.add(weighed(unit, scene.facility, 1))
            begun.set()
            if writer_ends_first:
                await go.wait()

    async def rebuild() -> None:
        async with scene.world.unit(BENGKEL) as unit:
            for number, statement in enumerate(rebuilt(TOTALS, "postgresql")):
                await unit.session.execute(sa.text(statement).bindparams(village_of(unit)))
                if number == 0:
                    go.set()
                    await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(write())
        if writer_ends_first:
            await begun.wait()
            tasks.create_task(rebuild())
            await asyncio.sleep(0.05)  # it waits for the writer
            go.set()
        else:
            tasks.create_task(rebuild())
    assert await wrong(scene.world) == 0
    assert await total(scene.world) == 501


async def test_without_its_triggers_nothing_is_served_until_migrate_has_counted_anew(
    scene: Scene, wantilan_templates: Templates, wantilan_database_url: str
) -> None:
    world, name = scene.world, wantilan_database_url.rsplit("/", 1)[1]
    shell = Shell(
        wantilan_database_url, owner_url=wantilan_templates.urls(world.dialect, name.removesuffix(".db"))[1]
    )
    assert "up to date" in await asyncio.to_thread(shell.done, "migrate", "--check")
    await spoil_trigger(world, wantilan_templates)
    async with world.unit(BENGKEL) as unit:
        await unit.add(weighed(unit, scene.facility, 500))
    assert await total(world) == 0
    checked = await asyncio.to_thread(shell, "migrate", "--check")
    assert "the triggers of rollup waste_intake_total" in checked.output
    assert "Run `wantilan migrate`" in await asyncio.to_thread(shell.refused, "rollup", "check")
    await asyncio.to_thread(shell.done, "migrate")
    assert await total(world) == 500
    assert await wrong(world) == 0


async def test_who_stops_migrate_half_way_is_told_what_is_left(
    scene: Scene, wantilan_templates: Templates, wantilan_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, name = scene.world, wantilan_database_url.rsplit("/", 1)[1]
    shell = Shell(
        wantilan_database_url, owner_url=wantilan_templates.urls(world.dialect, name.removesuffix(".db"))[1]
    )
    async with triggers_off(world, wantilan_templates):
        for code, facility in ((BENGKEL, scene.facility), (NEIGHBOUR, scene.other_facility)):
            async with world.unit(code) as unit:
                await unit.add(weighed(unit, facility, 500))
    await spoil_trigger(world, wantilan_templates)
    made_anew, done = keeping.make_anew, list[object]()

    async def stumbling(doing: Any, rollup: Any, village: Any, dialect: str) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(village)
        await made_anew(doing, rollup, village, dialect)

    with monkeypatch.context() as patch:
        patch.setattr(keeping, "make_anew", stumbling)
        stopped = await asyncio.to_thread(shell, "migrate")
    assert stopped.exit_code != 0
    assert "totals of: waste. Run `wantilan migrate`." in await asyncio.to_thread(
        shell.refused, "rollup", "check"
    )
    checked = await asyncio.to_thread(shell, "migrate", "--check")
    assert "differs: the rollup waste_intake_total, which is not counted to the end" in checked.output
    assert "done: counted in every village: waste_intake_total" in await asyncio.to_thread(
        shell.done, "migrate"
    )
    named = ("--name", TOTALS.name)  # another rollup of the table had its triggers all the while
    assert "Every total is what its table says." in await asyncio.to_thread(
        shell.done, "rollup", "check", *named
    )


async def spoil_trigger(world: World, templates: Templates) -> None:
    """Drop a trigger, so that all are put up anew."""
    if world.dialect == "postgresql":
        templates.server.sql(
            "DROP TRIGGER waste_intake_total_insert ON waste_intake", world.database.url.database or ""
        )
        return
    async with world.database.transaction() as session:
        await session.execute(sa.text("DROP TRIGGER waste_intake_total_insert"))
