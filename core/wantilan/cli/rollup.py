"""`wantilan rollup`: whether kept totals are what their tables say, and making them anew."""

from __future__ import annotations

from dataclasses import dataclass

import click

from ..programs.host import Host
from ..store.database import Database
from ..store.keeping import make_anew, wrong_rows
from ..store.rollups import Rollup
from ..store.write import VillageFacts
from .deployment import Opened, coroutine, opened
from .places import chosen_villages, placed
from .printing import count, progress, table


@click.group()
def rollup() -> None:
    """Look after kept totals.

    A rollup holds totals of a table; the database keeps it with every change of the table. These commands are
    for the day after somebody has changed rows past the database's triggers, or restored a part of a backup.

    \b
    Examples:
      wantilan rollup check
      wantilan rollup rebuild --village 51.02.06.2001
    """


@dataclass(frozen=True)
class Task:
    """One rollup in one village."""

    rollup: Rollup
    program: str
    village: VillageFacts


named = click.option("--name", metavar="ROLLUP", help="Only this one.")


@rollup.command()
@named
@placed
@coroutine
async def check(name: str | None, village: str | None) -> None:
    """Count every total again, and list where it differs; exit with 1 if it does anywhere.

    ROWS are those of the rollup that are not what its table says, in the village as a whole.

    \b
    Examples:
      wantilan rollup check
      wantilan rollup check --name waste_intake_total
    """
    async with opened() as here:
        tasks = await _tasks(here, name, village)
        found = []
        with progress(len(tasks), "Checking") as told:
            for done, task in enumerate(tasks, start=1):
                rows = await _differing(here.database, task)
                found += [(task.village.code, task.program, task.rollup.name, rows)] if rows else []
                told(done)
    table(("VILLAGE", "PROGRAM", "ROLLUP", "ROWS"), found, empty="Every total is what its table says.")
    if found:
        places = count(len(found), "rollup of a village differs", "rollups of villages differ")
        raise click.ClickException(f"{places} from its table. Run `wantilan rollup rebuild`.")


@rollup.command()
@named
@placed
@click.option("--all", "everything", is_flag=True, help="Also where nothing differs.")
@coroutine
async def rebuild(name: str | None, village: str | None, everything: bool) -> None:
    """Make totals anew from their tables, wherever they differ.

    One village at a time, each in a transaction of its own: its writers wait as long, others do not. Stopped
    half-way it is begun again, and finds done what was done.

    \b
    Examples:
      wantilan rollup rebuild
      wantilan rollup rebuild --all --name waste_intake_total
    """
    async with opened() as here:
        tasks = await _tasks(here, name, village)
        made = 0
        with progress(len(tasks), "Rebuilding") as told:
            for done, task in enumerate(tasks, start=1):
                if everything or await _differing(here.database, task):
                    await _rebuild(here.database, task)
                    made += 1
                told(done)
    click.echo(f"{count(made, 'rollup of a village was', 'rollups of villages were')} made anew.")


async def _tasks(here: Opened, name: str | None, village: str | None) -> list[Task]:
    """Raises UsageError for a rollup that nobody declares, ClickException for a village that is not here."""
    chosen = [(one, whose) for one, whose in _declared(here.host) if name in (None, one.name)]
    if name is not None and not chosen:
        known = ", ".join(one.name for one, _ in _declared(here.host)) or "none"
        raise click.UsageError(f"No program declares a rollup of this name. There are: {known}.")
    villages = await chosen_villages(here.database, village)
    return [Task(one, whose, place) for place in villages for one, whose in chosen]


def _declared(host: Host) -> list[tuple[Rollup, str]]:
    return [(one, program.name) for program in host.programs for one in program.rollups]


async def _differing(database: Database, task: Task) -> int:
    async with database.transaction(task.village.code) as session:
        return await wrong_rows(session, task.rollup, task.village.id, database.dialect)


async def _rebuild(database: Database, task: Task) -> None:
    async with database.transaction(task.village.code) as session:
        await make_anew(session, task.rollup, task.village.id, database.dialect)
