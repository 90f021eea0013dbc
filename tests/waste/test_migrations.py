"""The steps of the waste program on a database that holds weighings already."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext

from wantilan import uuid7
from wantilan.programs.host import Host
from wantilan.registry.places import import_regions, open_village
from wantilan.registry.regions import home_regions
from wantilan.store.database import Database, database_url, write_engine
from wantilan.store.migrations import Lineage, differences, migrate
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan.testing.plugin import Templates
from wantilan_waste.models import (
    ROLLUPS,
    Facility,
    Intake,
    WasteFacilityKind,
    WasteSourceClass,
    WasteStream,
)

VILLAGE, FACILITY, INTAKE, FILE = (f"{i:032x}" for i in range(1, 5))


def to_step(connection: sa.Connection, lineage: Lineage, revision: str) -> None:
    """Run the steps of one lineage up to a revision, as a deployment of that day would have."""
    script = lineage.script()
    with EnvironmentContext(
        Config(), script, fn=lambda at, context: script._upgrade_revs(revision, at)
    ) as environment:
        environment.configure(
            connection=connection, version_table=lineage.version_table, transactional_ddl=False
        )
        environment.run_migrations()


async def at_first_step(url: str, host: Host) -> None:
    lineages = {p.name: Lineage(p.name, p.migrations, p.models) for p in host.programs if p.migrations}
    engine = write_engine(database_url(url))
    async with engine.begin() as connection:
        await connection.run_sync(to_step, lineages["registry"], "heads")
        await connection.run_sync(to_step, lineages["waste"], "waste_0001")
    await engine.dispose()


def test_weighings_and_their_checks_outlive_the_step_that_adds_photos(
    tmp_path: Path, wantilan_host: Host
) -> None:
    path = tmp_path / "old.db"
    url = f"sqlite:///{path}"
    asyncio.run(at_first_step(url, wantilan_host))
    moment, day = "2026-01-01T00:00:00.000Z", "2026-01-01"
    with sqlite3.connect(path) as old:
        old.execute(
            "INSERT INTO region (code, level, name, name_key) VALUES ('5', 'DESA', 'x', 'x'), ('4', 'DESA', 'x', 'x')"
        )
        old.execute(
            "INSERT INTO village (id, code, region_code, name, name_key, kind, time_zone, hamlet_term, head_term, "
            "hamlet_head_term, opened_at) VALUES (?, '5', '4', 'x', 'x', 'DESA', 'Asia/Makassar', 'x', 'x', 'x', ?)",
            (VILLAGE, moment),
        )
        old.execute(
            "INSERT INTO waste_facility (village_id, id, name, kind) VALUES (?, ?, 'x', 'TPS3R')",
            (VILLAGE, FACILITY),
        )
        weighing = (
            "INSERT INTO waste_intake (village_id, id, facility_id, stream, source_class, gross_grams, tare_grams, "
            "mass_grams, weighed_at, business_date) VALUES (?, ?, ?, 'ORGANIK', 'PASAR', 10, 3, ?, ?, ?)"
        )
        old.execute(weighing, (VILLAGE, INTAKE, FACILITY, 7, moment, day))
    lineages = [Lineage(p.name, p.migrations, p.models) for p in wantilan_host.programs if p.migrations]
    steps = asyncio.run(migrate(url, lineages, None))
    assert "waste_0003" in [step.revision for step in steps]
    with sqlite3.connect(path) as new:
        new.execute("PRAGMA foreign_keys=ON")
        assert new.execute("SELECT id, mass_grams, photo_id FROM waste_intake").fetchall() == [
            (INTAKE, 7, None)
        ]
        with pytest.raises(sqlite3.IntegrityError, match="ck_waste_intake_net"):
            new.execute(weighing, (VILLAGE, FILE, FACILITY, 8, moment, day))
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            new.execute("UPDATE waste_intake SET photo_id = ?", (FILE,))


@pytest.fixture
def urls(wantilan_dialect: str, wantilan_templates: Templates) -> Iterator[tuple[str, str]]:
    """An empty database: the application's URL and the owner's."""
    name = f"w{uuid7().hex[-12:]}"
    if wantilan_dialect == "postgresql":
        wantilan_templates.server.create_database(name)
    url, owner = wantilan_templates.urls(wantilan_dialect, name)
    yield url, owner
    wantilan_templates.drop(url)


def at_first(model: type[Facility] | type[Intake], *names: str) -> sa.TableClause:
    """A table as the first step makes it."""
    table = sa.inspect(model).local_table
    shown = [table.c[name] for name in ("village_id", "id", *names)]
    return sa.table(table.name, *(sa.column(c.name, c.type) for c in shown))


OLD_FACILITY = at_first(Facility, "name", "kind")
OLD = at_first(
    Intake, "facility_id", "household_id", "stream", "source_class", "gross_grams", "tare_grams", "mass_grams",
    "weighed_at", "business_date", "recorded_by",
)  # fmt: skip


async def test_what_was_weighed_before_there_were_totals_is_in_them_after_the_upgrade(
    urls: tuple[str, str], wantilan_host: Host
) -> None:
    url, owner = urls
    now = [Lineage(p.name, p.migrations, p.models, p.rollups) for p in wantilan_host.programs if p.migrations]
    waste = next(one for one in now if one.name == "waste")
    then = replace(waste, head="waste_0001", models=(Facility, Intake), rollups=())
    await migrate(owner, [now[0], then], "wantilan_app")
    chance, weighings = random.Random(1), []
    async with Database(owner) as database, database.transaction(WHOLE_COUNTRY) as session:
        await import_regions(session, home_regions())
        for village in [(await open_village(session, code)).id for code in (BENGKEL, NEIGHBOUR)]:
            facility = uuid7()
            place = {"village_id": village, "id": facility, "name": "TPS3R", "kind": WasteFacilityKind.TPS3R}
            await session.execute(sa.insert(OLD_FACILITY).values(place))
            for _ in range(60):
                grams, day = (
                    chance.randint(1, 10**8),
                    date(2026, 1, 1) - timedelta(chance.randint(-400, 4000)),
                )
                stream = chance.choice(list(WasteStream))
                row = {
                    "village_id": village, "id": uuid7(), "facility_id": facility, "stream": stream,
                    "source_class": WasteSourceClass.PASAR, "gross_grams": grams, "tare_grams": 0,
                    "mass_grams": grams, "weighed_at": datetime(2026, 1, 1, tzinfo=UTC), "business_date": day,
                }  # fmt: skip
                await session.execute(sa.insert(OLD).values(row))
                weighings.append((village, day.toordinal(), stream, grams))
    told: list[str] = []
    steps = await migrate(owner, now, "wantilan_app", told.append)
    assert {"waste_0002", "waste_0003"} <= {step.revision for step in steps}
    assert told == [f"counted in every village: {name}" for name in (r.name for r in ROLLUPS)]
    assert await differences(owner, now) == []
    expected: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    for village, number, stream, grams in weighings:
        for level, size in enumerate((1, 6, 36, 216, 7776)):
            group = expected[village, (level << 24) + number // size, stream]
            group[0] += grams
            group[1] += 1
    async with Database(url) as database, database.transaction(WHOLE_COUNTRY) as session:
        rows = (await session.execute(sa.select(ROLLUPS[0].model.__table__))).all()
    assert {tuple(row[:3]): list(row[3:]) for row in rows} == dict(expected)


def test_both_databases_end_with_the_same_checks_and_keys(
    wantilan_templates: Templates, wantilan_host: Host
) -> None:
    named = {}
    for dialect in ("sqlite", "postgresql"):
        url = wantilan_templates.fresh(dialect, wantilan_host)
        named[dialect] = asyncio.run(names_of(url))
        wantilan_templates.drop(url)
    assert named["sqlite"] == named["postgresql"]
    assert {("ck_waste_intake_mass",), ("fk_waste_intake_village_id_photo_id",)} <= named["sqlite"]


async def names_of(url: str) -> set[tuple[str, ...]]:
    engine = write_engine(database_url(url))

    def look(connection: sa.Connection) -> set[tuple[str, ...]]:
        found = sa.inspect(connection)
        rows = [
            *found.get_check_constraints("waste_intake"), *found.get_foreign_keys("waste_intake"),
            *found.get_indexes("waste_intake"),
        ]  # fmt: skip
        return {(str(row["name"]), *map(str, row.get("column_names", ()))) for row in rows}

    async with engine.connect() as connection:
        names = await connection.run_sync(look)
    await engine.dispose()
    return names
