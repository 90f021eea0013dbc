"""`wantilan migrate`: tables, walls and the home regions, brought up to what is installed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import click
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import ConfigurationError
from ..programs.host import Host
from ..registry.places import import_regions
from ..registry.regions import home_regions
from ..settings import Settings
from ..store.database import Database, database_url, write_engine
from ..store.places import Region
from ..web.application import host_of
from .deployment import coroutine, say_left_out
from .printing import count
from .readiness import without_wall
from .root import drivers_own

if TYPE_CHECKING:
    from ..store.migrations import Lineage

LONGEST_DIFFERENCE = 200


@click.command()
@click.option(
    "--check", is_flag=True, help="Change nothing; list what is missing, and exit with 1 if anything is."
)
@click.option("--sql", is_flag=True, help="Change nothing; print every step as SQL, for another to run.")
@coroutine
async def migrate(check: bool, sql: bool) -> None:
    """Make or renew the tables.

    Those of the core and of every installed program. On SQLite the file of WANTILAN_DATABASE_URL is made. On
    PostgreSQL the steps run as the owner of the tables, WANTILAN_OWNER_URL; then the row-level wall is put up
    for the role of WANTILAN_DATABASE_URL, which must be another one. The regions that come with Wantilan are
    loaded while there are none. Repeatable.

    \b
    Examples:
      wantilan migrate
      wantilan migrate --check
      wantilan migrate --sql > steps.sql
    """
    if check and sql:
        raise click.UsageError("--check and --sql exclude each other.")
    settings = Settings.load()
    host = host_of(settings)
    say_left_out(host)
    url = owner_url(settings)
    if sql:
        from ..store.migrations import sql_text

        click.echo(sql_text(url, lineages(host), role_of(settings)), nl=False)
    elif check:
        await _check(url, host)
    else:
        await migrated(settings, host)


async def migrated(settings: Settings, host: Host) -> None:
    """Run what is pending and say what was done. Raises ConfigurationError."""
    from ..store.migrations import migrate

    url, role = owner_url(settings), role_of(settings)
    if role is not None and role == database_url(url).username:
        raise ConfigurationError(
            "WANTILAN_OWNER_URL and WANTILAN_DATABASE_URL name one role. The application must not own tables."
        )
    await _require_wall(url, role)
    told: list[str] = []
    try:
        steps = await migrate(url, lineages(host), role, told.append)
    except sa.exc.ProgrammingError as error:
        if not isinstance(drivers_own(error), asyncpg.InsufficientPrivilegeError):
            raise
        raise ConfigurationError(
            "The role of WANTILAN_OWNER_URL may not change these tables; it must own them and the schema."
        ) from error
    for done in (*steps, *told):
        click.echo(f"done: {done}")
    await _require_wall(url, role)
    loaded = await _load_home_regions(url)
    if loaded:
        click.echo(f"done: {count(loaded, 'region', 'regions')} that come with Wantilan")
    click.echo("The database is up to date.")


def lineages(host: Host) -> list[Lineage]:
    """One for each program with migrations, core first."""
    from ..store.migrations import Lineage  # the only commands that import alembic are those that run steps

    return [Lineage(p.name, p.migrations, p.models, p.rollups) for p in host.programs if p.migrations]


def owner_url(settings: Settings) -> str:
    """Where the steps run. Raises ConfigurationError: on PostgreSQL the owner must be named."""
    if database_url(settings.database_url).get_backend_name() == "sqlite":
        return settings.database_url
    if settings.owner_url is None:
        raise ConfigurationError(
            "WANTILAN_OWNER_URL is not set. On PostgreSQL the tables belong to another role: give its URL."
        )
    if database_url(settings.owner_url).get_backend_name() != "postgresql":
        raise ConfigurationError(
            "WANTILAN_OWNER_URL must name the PostgreSQL database of WANTILAN_DATABASE_URL."
        )
    return settings.owner_url


def role_of(settings: Settings) -> str | None:
    """The application's role on PostgreSQL; None on SQLite."""
    url = database_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return None
    if not url.username:
        raise ConfigurationError(
            "WANTILAN_DATABASE_URL names no role; the walls need the application's role."
        )
    return url.username


async def _check(url: str, host: Host) -> None:
    from ..store.migrations import differences, pending, undeclared_rollups

    if not _is_there(url):
        raise ConfigurationError("The database is not there. Run `wantilan migrate`.")
    async with reached(url):
        pass
    steps = await pending(url, lineages(host))
    # While steps are pending, every difference would be theirs.
    if steps:
        names = await undeclared_rollups(url, lineages(host))
        lines = [f"pending: {s}" for s in steps]
        lines += [
            f"differs: the triggers of rollup {name}, which no installed program declares" for name in names
        ]
    else:
        lines = [f"differs: {text[:LONGEST_DIFFERENCE]}" for text in await differences(url, lineages(host))]
    for line in lines:
        click.echo(line)
    if lines:
        cure = "Run `wantilan migrate`."
        if not steps:
            cure += " What differs after it was changed by hand, or a step is missing."
        raise click.ClickException(f"{count(len(lines), 'thing is', 'things are')} not up to date. {cure}")
    click.echo("The database is up to date.")


def _is_there(url: str) -> bool:
    """False for a file of SQLite that a look would make."""
    parsed = database_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").exists()


async def _require_wall(url: str, role: str | None) -> None:
    async with reached(url) as connection:
        fault = await connection.run_sync(without_wall, role) if role is not None else None
    if fault is not None:
        raise ConfigurationError(f"The wall would not hold: {fault}.")


@asynccontextmanager
async def reached(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection for a look. Raises ConfigurationError when there is none to be had."""
    engine = write_engine(database_url(url))
    try:
        try:
            connection = await engine.connect()
        except (OSError, sa.exc.DBAPIError, asyncpg.PostgresError) as error:
            cause = drivers_own(error) if isinstance(error, sa.exc.DBAPIError) else error
            raise ConfigurationError(f"The database cannot be reached ({type(cause).__name__}).") from error
        try:
            yield connection
        finally:
            await connection.close()
    finally:
        await engine.dispose()


async def _load_home_regions(url: str) -> int:
    """How many were loaded; none where regions are there already."""
    database = Database(url)
    try:
        async with database.transaction() as session:
            if await session.scalar(sa.select(Region.code).limit(1)) is not None:
                return 0
            return (await import_regions(session, home_regions())).added
    finally:
        await database.engine.dispose()
        await database.looking.dispose()
