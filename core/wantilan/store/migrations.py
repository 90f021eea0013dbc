"""Migrations: one Alembic lineage and one version table per program, core first. Only commands import this
module.

A shared version table would brick every upgrade after a program was uninstalled.
"""

from __future__ import annotations

import importlib.resources
import io
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ..errors import ConfigurationError
from .database import database_url, write_engine
from .keeping import count_left, execute, keep, make_way, unkept
from .rollup_sql import cleared, filled
from .rollup_triggers import keeping_statements, undeclared
from .rollups import Rollup
from .tables import Table, sql_table
from .walls import SETTING, WHOLE_COUNTRY, wall_statements

OPEN_WALL = f"SELECT set_config('{SETTING}', '{WHOLE_COUNTRY}', true)"
"""The owner of the tables stands behind their walls too, and a step that changes rows means all of them."""


@dataclass(frozen=True)
class Lineage:
    """One program's steps: its name, the package that holds them, its tables, and what is kept of them."""

    name: str
    package: str
    models: tuple[type[Table], ...]
    rollups: tuple[Rollup, ...] = ()
    head: str = "heads"
    """Up to which step."""

    @property
    def version_table(self) -> str:
        return f"alembic_version_{self.name}"

    def script(self) -> ScriptDirectory:
        folder = str(importlib.resources.files(self.package))
        config = Config()
        config.set_main_option("script_location", folder.replace("%", "%%"))
        config.set_main_option("version_locations", folder.replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        return ScriptDirectory.from_config(config)


@dataclass(frozen=True)
class Step:
    """One step that was run, or is still to be run."""

    program: str
    revision: str
    title: str

    def __str__(self) -> str:
        return f"{self.program} {self.revision}: {self.title}"


async def migrate(
    url: str, lineages: Sequence[Lineage], role: str | None, told: Callable[[str], None] = lambda done: None
) -> list[Step]:
    """Run every pending step, put the walls up and keep the rollups. `role` is the application's role on
    PostgreSQL; `told` hears what became of rollups.

    Steps, walls and triggers are one transaction; what the triggers have not seen is counted after it.
    """
    engine, rollups = write_engine(database_url(url)), _rollups(lineages)
    try:
        async with _inside(engine) as connection:
            steps = await connection.run_sync(_changed, lineages, role, told)
        async for rollup in count_left(partial(_inside, engine), rollups):
            told(f"counted in every village: {rollup.name}")
    finally:
        await engine.dispose()
    return steps


@asynccontextmanager
async def _inside(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction that sees every village."""
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            await connection.exec_driver_sql(OPEN_WALL)
        yield connection


def _changed(
    connection: sa.Connection, lineages: Sequence[Lineage], role: str | None, told: Callable[[str], None]
) -> list[Step]:
    rollups = _rollups(lineages)
    for name in make_way(connection, rollups, steps=bool(_pending(connection, lineages))):
        told(f"no longer kept, since no installed program declares it: {name}")
    steps = [step for one in lineages for step in _upgrade(connection, one)]
    if connection.dialect.name == "postgresql":
        execute(connection, _walls(lineages, role))
    keep(connection, rollups)
    return steps


def _walls(lineages: Iterable[Lineage], role: str | None) -> Iterator[str]:
    if role is None:
        raise ConfigurationError(
            "WANTILAN_DATABASE_URL names no role; the walls need the application's role."
        )
    yield from wall_statements([model for one in lineages for model in one.models], role)


def _rollups(lineages: Iterable[Lineage]) -> list[Rollup]:
    return [rollup for one in lineages for rollup in one.rollups]


def _upgrade(connection: sa.Connection, lineage: Lineage) -> list[Step]:
    script = lineage.script()
    before = _current(connection, lineage)
    with EnvironmentContext(
        Config(), script, fn=lambda revision, context: script._upgrade_revs(lineage.head, revision)
    ) as environment:
        environment.configure(
            connection=connection, version_table=lineage.version_table, transactional_ddl=False
        )
        environment.run_migrations()
    return _steps(lineage, script, before)


def _current(connection: sa.Connection, lineage: Lineage) -> tuple[str, ...]:
    context = MigrationContext.configure(connection, opts={"version_table": lineage.version_table})
    return tuple(context.get_current_heads())


def _steps(lineage: Lineage, script: ScriptDirectory, done: Sequence[str]) -> list[Step]:
    seen = {r.revision for head in done for r in script.iterate_revisions(head, "base")}
    all_steps = [r for head in script.get_heads() for r in script.iterate_revisions(head, "base")]
    return [Step(lineage.name, r.revision, r.doc) for r in reversed(all_steps) if r.revision not in seen]


async def pending(url: str, lineages: Sequence[Lineage]) -> list[Step]:
    """The steps that `migrate` would run."""
    engine = write_engine(database_url(url))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_pending, lineages)
    finally:
        await engine.dispose()


def _pending(connection: sa.Connection, lineages: Sequence[Lineage]) -> list[Step]:
    return [step for one in lineages for step in _steps(one, one.script(), _current(connection, one))]


async def differences(url: str, lineages: Sequence[Lineage]) -> list[str]:
    """Where the tables in the database differ from the declared ones; empty when `migrate` has been run."""
    engine = write_engine(database_url(url))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(lambda sync: list(_compared(sync, lineages)))
    finally:
        await engine.dispose()


def _compared(connection: sa.Connection, lineages: Sequence[Lineage]) -> Iterator[str]:
    known = {sql_table(model).name for one in lineages for model in one.models}

    def ours(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        table = item if kind == "table" else getattr(item, "table", None)
        return table is None or table.name in known

    context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": False})
    for difference in compare_metadata(context, Table.metadata):
        yield str(difference)
    yield from unkept(connection, _rollups(lineages))


async def undeclared_rollups(url: str, lineages: Sequence[Lineage]) -> list[str]:
    """The names of rollups that are kept in the database and that none of these programs declares."""
    engine = write_engine(database_url(url))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(undeclared, _rollups(lineages))
    finally:
        await engine.dispose()


def sql_text(url: str, lineages: Sequence[Lineage], role: str | None) -> str:
    """All steps as SQL text, for a database that somebody else administers."""
    dialect = database_url(url).get_backend_name()
    out = io.StringIO()
    if dialect == "postgresql":
        out.write(OPEN_WALL.replace("true", "false") + ";\n")
    for lineage in lineages:
        script = lineage.script()
        with EnvironmentContext(
            Config(),
            script,
            fn=lambda revision, context, script=script: script._upgrade_revs("heads", revision),
            as_sql=True,
            starting_rev=None,
            destination_rev="heads",
        ) as environment:
            environment.configure(
                dialect_name=dialect,
                version_table=lineage.version_table,
                output_buffer=out,
                literal_binds=True,
            )
            environment.run_migrations()
    if dialect == "postgresql":
        for statement in _walls(lineages, role):
            out.write(statement + ";\n")
    for rollup in _rollups(lineages):
        out.write("BEGIN;\n")  # whoever writes between a trigger and the counting would be counted twice
        for statement in (*keeping_statements(rollup, dialect), cleared(rollup), filled(rollup, dialect)):
            out.write(statement + ";\n")
        out.write("COMMIT;\n")
    return out.getvalue()
