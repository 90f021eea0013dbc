"""A shell for tests of the command line: one deployment, and commands given to it."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import sqlite3
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner, Result

from wantilan.cli import main
from wantilan.programs.host import Host
from wantilan.programs.loading import GROUP
from wantilan.settings import Settings
from wantilan.store.database import Database
from wantilan.web.application import host_of

T = TypeVar("T")
KEYS = "WANTILAN_KEYS"


_HOSTS: dict[object, Host] = {}


def known_host(settings: Settings) -> Host:
    """Builds the schema once for each set of installed programs: each command would build it anew."""
    points = importlib.metadata.entry_points(group=GROUP)
    key = (settings.strict, frozenset((point.name, point.value) for point in points))
    if key not in _HOSTS:
        _HOSTS[key] = host_of(settings)
    return _HOSTS[key]


class Shell:
    """`shell("village", "list")` runs a command in this process; the environment knows nothing but `env`."""

    def __init__(self, url: str, keys: str | None = None, owner_url: str | None = None) -> None:
        self.url = url
        self.env = {name: None for name in os.environ if name.startswith("WANTILAN_")}
        self.env |= {"WANTILAN_DATABASE_URL": url, KEYS: keys, "WANTILAN_OWNER_URL": owner_url}

    def __call__(self, *arguments: str, stdin: str | None = None, **env: str | None) -> Result:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("deployment", "documents", "explain", "migrate", "root", "serve"):
                patch.setattr(import_module(f"wantilan.cli.{name}"), "host_of", known_host)
            return CliRunner().invoke(main, arguments, env={**self.env, **env}, input=stdin)

    def done(self, *arguments: str, **env: str | None) -> str:
        """What a command says that must succeed."""
        result = self(*arguments, **env)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *arguments: str, code: int = 1, **env: str | None) -> str:
        """The one line on stderr of a command that must fail."""
        result = self(*arguments, **env)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        lines = [line for line in result.stderr.splitlines() if line.startswith("Error:")]
        assert len(lines) == 1, result.output
        return lines[0]

    def inside(self, work: Callable[[Database], Awaitable[T]]) -> T:
        """Look into the database behind the commands' back."""

        async def run() -> T:
            async with Database(self.url) as database:
                return await work(database)

        return asyncio.run(run())


def empty_sqlite(folder: Path) -> str:
    """The URL of a file of SQLite without a table."""
    path = folder / "empty.db"
    sqlite3.connect(path).close()
    return f"sqlite:///{path}"


WATCH = '''
"""A night watch: a program of the tests, with a command, a check and a hook that can fail."""

import os

import click

from wantilan import Finding, Program, Severity, Text, hookimpl

@click.command()
def rounds():
    """Walk the rounds.

    Example: wantilan NAME rounds
    """
    click.echo("walked")

@click.command()
def stumble():
    """Fail. Example: wantilan NAME stumble"""
    raise KeyError("3171234567890001")

@hookimpl
def wantilan_program():
    return Program(
        name="NAME", title=Text("Ronda", "Night watch"), summary=Text("Ronda malam.", "Watches by night."),
        version="1.0", api=">=0.1,<0.2", commands=(rounds, stumble),
    )

@hookimpl
async def village_enabled(village, event, unit):
    if os.environ.get("WATCH_STUCK"):
        raise RuntimeError("3171234567890001")

@hookimpl
async def check(village, unit):
    from sqlalchemy import text
    await unit.session.execute(text("UPDATE village SET name = 'Written by a check'"))
    level = os.environ.get("WATCH_FINDS")
    if level == "BROKEN":
        raise RuntimeError("3171234567890001")
    if level:
        yield Finding(Severity[level], Text("Lampu mati.", "The lamp is out."), Text("Ganti.", "Replace it."))
'''


def write_program(folder: Path, name: str, text: str = WATCH) -> None:
    """What pip would leave of a distribution with one program; put `folder` on the path of modules."""
    (folder / f"wantilan_{name}.py").write_text(text.replace("NAME", name))
    info = folder / f"wantilan_{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: wantilan-{name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[wantilan.programs]\n{name} = wantilan_{name}\n")
