"""What most commands need: settings, installed programs, an open database that is migrated, keys."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

import click

from ..errors import ConfigurationError
from ..programs.host import Host
from ..programs.manifest import Program
from ..settings import Settings
from ..store.database import Database
from ..store.secrets import Keys
from ..web.application import host_of
from .readiness import not_migrated

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Opened:
    """One deployment while a command works on it."""

    settings: Settings
    host: Host
    database: Database


def coroutine(function: Callable[P, Coroutine[object, object, T]]) -> Callable[P, T]:
    """Make an `async def` a click callback."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return asyncio.run(function(*args, **kwargs))

    return call


@asynccontextmanager
async def opened(*, persons: bool = False) -> AsyncIterator[Opened]:
    """Open the deployment. `persons`: the command, or a hook that it calls, may touch persons: keys needed.

    Raises ConfigurationError: a setting is wrong, keys are missing, the database is away or not migrated.
    """
    settings = Settings.load()
    if persons:
        require_keys(settings)
    host = host_of(settings)
    async with Database.of(settings) as database:
        await require_migrated(database, host)
        yield Opened(settings, host, database)


def require_keys(settings: Settings) -> Keys:
    if settings.keys is None:
        raise ConfigurationError(
            "WANTILAN_KEYS is not set, and this command may touch persons. "
            "Make keys with `wantilan keys new` and keep them safe."
        )
    return Keys.parse(settings.keys.get_secret_value())


async def require_migrated(database: Database, host: Host) -> None:
    async with database.looking.connect() as connection:
        behind = await connection.run_sync(not_migrated, host.programs)
    if behind:
        raise ConfigurationError(
            f"The database lacks tables, columns or totals of: {', '.join(behind)}. Run `wantilan migrate`."
        )


def say_left_out(host: Host) -> None:
    """One line on stderr for each program that could not be loaded."""
    for failure in host.failures:
        click.echo(str(failure), err=True)


def known_program(host: Host, name: str) -> Program:
    """Raises ClickException naming the installed ones, or why this one was left out."""
    found = host.program(name)
    if found is not None:
        return found
    for failure in host.failures:
        if failure.name == name:
            raise click.ClickException(str(failure))
    names = ", ".join(p.name for p in host.optional) or "none"
    raise click.ClickException(f"There is no program {name!r}. Installed are: {names}.")
