"""`wantilan program setup`: a village's set-up of a program as a file, published, and taken over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from ..errors import BadUserInput, Refusal
from ..programs.setups import publishing
from ..programs.setups.applying import take_over
from ..programs.setups.changes import Changed, SetupChangeKind
from ..programs.setups.judging import file_text, read_file
from ..programs.setups.taking import take
from ..store.ending import undone
from ..store.write import Unit
from .deployment import coroutine, known_program, opened
from .fresh_files import refuse_existing, write_whole
from .places import VillageCode, open_villages
from .printing import count

SIGNS = {SetupChangeKind.ADDED: "+", SetupChangeKind.CHANGED: "~", SetupChangeKind.REMOVED: "-"}

in_village = click.option(
    "--village", "code", metavar="CODE", type=VillageCode(), required=True, help="Of this village."
)


@click.group()
def setup() -> None:
    """Take over how a village has set up a program: prices, plans, routes. No person, no money.

    \b
    Examples:
      wantilan program setup export waste --village 51.02.06.2001 waste.json
      wantilan program setup import waste --village 51.02.06.2002 waste.json --preview
    """


@setup.command()
@click.argument("name", metavar="PROGRAM")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@in_village
@coroutine
async def export(name: str, file: Path | None, code: str) -> None:
    """Write the set-up of PROGRAM into FILE, as JSON that people can edit; without FILE to the screen.

    It holds what the program gives as its set-up and the village's settings, without those that are the
    village's own. Nothing of it is published by that.

    \b
    Example:
      wantilan program setup export waste --village 51.02.06.2001 waste.json
    """
    if file is not None:
        refuse_existing(file)
    async with opened(persons=True) as here:
        known_program(here.host, name)
        (village,) = await open_villages(here.database, [code])
        async with here.database.transaction(village.code) as session, undone(session):
            unit = Unit(session, village, None)
            text = file_text(await take(here.host, unit, name), village.code, unit.now)
    if file is None:
        click.echo(text, nl=False)
    else:
        write_whole(file, text)
        click.echo(f"{village.code}  {village.name}: the set-up of {name} is in {file}.")


@setup.command("import")
@click.argument("name", metavar="PROGRAM")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@in_village
@click.option("--preview", is_flag=True, help="Only tell what would change.")
@coroutine
async def import_(name: str, file: Path, code: str, preview: bool) -> None:
    """Take the set-up in FILE over for PROGRAM; all of it, or nothing. To repeat it changes nothing.

    Each change is a line: `+` what is added, `~` what is changed, `-` what is removed. With --preview the
    same is done and undone again. A file with faults is refused; each is named with its place and its code.

    \b
    Examples:
      wantilan program setup import waste --village 51.02.06.2002 waste.json --preview
      wantilan program setup import waste --village 51.02.06.2002 waste.json
    """
    text = read(file)
    async with opened(persons=True) as here:
        known_program(here.host, name)
        (village,) = await open_villages(here.database, [code])
        try:
            given = read_file(text, name)
            async with here.database.transaction(village.code) as session:
                unit = Unit(session, village, None)
                made = await take_over(here.host, unit, given, preview=preview)
        except BadUserInput as error:
            raise refused(error) from None
    for one in made:
        click.echo(line(one))
    done = "would change" if preview else "changed"
    click.echo(f"{village.code}  {village.name}: {count(len(made), 'part', 'parts')} of {name} {done}.")


@setup.command()
@click.argument("name", metavar="PROGRAM")
@in_village
@coroutine
async def publish(name: str, code: str) -> None:
    """Let everybody read the set-up of PROGRAM as it is now, and other villages take it over.

    \b
    Example:
      wantilan program setup publish waste --village 51.02.06.2001
    """
    async with opened(persons=True) as here:
        known_program(here.host, name)
        (village,) = await open_villages(here.database, [code])
        async with here.database.transaction(village.code) as session:
            _, changed = await publishing.publish(here.host, Unit(session, village, None), name)
    said = "is published" if changed else "was published like this already"
    click.echo(f"{village.code}  {village.name}: the set-up of {name} {said}.")


@setup.command()
@click.argument("name", metavar="PROGRAM")
@in_village
@coroutine
async def withdraw(name: str, code: str) -> None:
    """Let nobody read the published set-up of PROGRAM any more. What others took over stays theirs.

    \b
    Example:
      wantilan program setup withdraw waste --village 51.02.06.2001
    """
    async with opened() as here:
        known_program(here.host, name)
        (village,) = await open_villages(here.database, [code])
        async with here.database.transaction(village.code) as session:
            changed = await publishing.withdraw(Unit(session, village, None), name)
    said = "is withdrawn" if changed else "was not published"
    click.echo(f"{village.code}  {village.name}: the set-up of {name} {said}.")


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def line(one: Changed) -> str:
    """`~ categories.PET.resin  1 -> 2`"""
    values = " -> ".join(value for value in (one.before, one.after) if value is not None)
    return f"{SIGNS[one.change]} {'.'.join(one.path)}  {values}"


def refused(error: Refusal) -> click.ClickException:
    """Every fault of a file with its place and its code; no value."""
    faults: Sequence[str] = [
        f"{'.'.join(map(str, path)) or 'the file'}: {code} {text.en}"
        for path, code, text in (error.fields if isinstance(error, BadUserInput) else ())
    ]
    return click.ClickException("; ".join(faults) + " Nothing was changed.")
