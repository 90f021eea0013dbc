"""The root of all commands: errors as one line, and the commands that installed programs contribute."""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import click
import sqlalchemy as sa

from ..errors import BadUserInput, Refusals, WantilanError
from ..programs.host import Host
from ..programs.manifest import Program
from ..settings import Settings
from ..web.application import host_of

STOPS = (click.ClickException, click.exceptions.Exit, click.Abort)
"""What click itself turns into an exit code: 2 for a wrong call, 1 for a refusal."""


class Root(click.Group):
    """Built-in commands first; any other name is looked for among the installed programs, and only then."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        try:
            found = contributed(host_of(Settings.load()).programs, self.commands)
        except WantilanError as error:  # help must not depend on a deployment that works
            click.echo(one_line(error), err=True)
            return list(self.commands)
        for line in found.clashes:
            click.echo(line, err=True)
        return [*self.commands, *found.groups]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = self.commands.get(cmd_name)
        if known is not None:
            return known
        host = host_of(Settings.load())
        found = contributed(host.programs, self.commands).groups.get(cmd_name)
        if found is None:
            _say_why_missing(host, cmd_name)
        return found

    def invoke(self, ctx: click.Context) -> object:
        """Whatever goes wrong becomes one line and exit code 1; `--debug` shows where."""
        try:
            return super().invoke(ctx)
        except STOPS:
            raise
        except BrokenPipeError:  # `… | head`: click ends quietly
            raise
        except Exception as error:
            if ctx.params.get("debug"):
                click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
            raise click.ClickException(one_line(error)) from error


def one_line(error: Exception) -> str:
    """What an operator reads. Texts of unknown errors stay out of it: they may carry values of persons."""
    if isinstance(error, BadUserInput) and error.fields:
        faults = (f"{'.'.join(map(str, fault.path))}: {fault.text.en}" for fault in error.fields)
        return " ".join([error.text.en, *faults])
    if isinstance(error, Refusals):
        return " ".join(one_line(refusal) for refusal in error.refusals)
    if isinstance(error, WantilanError):
        return str(error)
    if isinstance(error, sa.exc.DBAPIError):
        # SQLite's texts name tables and columns; PostgreSQL's may quote a row.
        text = f": {error.orig}" if isinstance(error.orig, sqlite3.Error) else ""
        return f"The database refused ({type(drivers_own(error)).__name__}{text}). {HINT}"
    return f"Unexpected {type(error).__name__}. {HINT}"


def drivers_own(error: sa.exc.DBAPIError) -> BaseException | None:
    """What the driver itself raised, below SQLAlchemy's and the adapter's own classes."""
    orig = error.orig
    return orig.__cause__ or orig if orig is not None else None


HINT = "`wantilan --debug …` shows the traceback."


@dataclass(frozen=True)
class Contributed:
    """The programs' commands, a group for each program, and a line for each that had to be left out."""

    groups: Mapping[str, click.Group]
    clashes: tuple[str, ...]


def contributed(programs: Iterable[Program], builtin: Mapping[str, object]) -> Contributed:
    """Gather what programs contribute below `wantilan <name>`. A built-in name stays built in."""
    groups: dict[str, click.Group] = {}
    clashes: list[str] = []
    for program in programs:
        if not program.commands:
            continue
        if program.name in builtin:
            clashes.append(
                f"Commands of program {program.name!r} are left out: `wantilan {program.name}` is built in. "
                "Rename the program."
            )
            continue
        groups[program.name] = _group(program)
    return Contributed(groups, tuple(clashes))


def _group(program: Program) -> click.Group:
    commands = {str(command.name): command for command in program.commands}
    examples = "\n".join(f"  wantilan {program.name} {name} --help" for name in commands)
    text = f"{program.summary.en}\n\n\b\nExamples:\n{examples}"
    return click.Group(program.name, commands=commands, help=text)


def _say_why_missing(host: Host, name: str) -> None:
    """Raises ClickException where the name is a program's that was left out, or that has no commands."""
    for failure in host.failures:
        if failure.name == name:
            raise click.ClickException(str(failure))
    if host.program(name) is not None:
        raise click.ClickException(
            f"The program {name!r} has no commands of its own. See `wantilan program --help`."
        )
