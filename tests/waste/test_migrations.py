"""The steps of the waste program on a database that holds weighings already."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext

from wantilan.programs.host import Host
from wantilan.store.database import database_url, write_engine
from wantilan.store.migrations import Lineage, migrate
from wantilan.testing.plugin import Templates

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
