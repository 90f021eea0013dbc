"""`wantilan village`: which villages take part, and moving one elsewhere."""

from __future__ import annotations

import click
import sqlalchemy as sa

from ..errors import NotFound, Refusal
from ..registry.places import open_village
from ..store.places import Village, VillageProgram
from .deployment import coroutine, opened
from .places import VillageCode
from .printing import count, table
from .village_file import export, import_, purge

NONE = "No village was opened."


@click.group()
def village() -> None:
    """Open villages, list those that are open, move one elsewhere as one file, remove one.

    \b
    Examples:
      wantilan village open 51.02.06.2001 51.02.06.2002
      wantilan village list
      wantilan village export 51.02.06.2001 --output bengkel.db
    """


for command in (export, import_, purge):
    village.add_command(command)


@village.command("open")
@click.argument("codes", metavar="CODE...", nargs=-1, required=True, type=VillageCode())
@coroutine
async def open_(codes: tuple[str, ...]) -> None:
    """Make each region CODE a village of this deployment; all of them, or none when one cannot be opened.

    \b
    Example:
      wantilan village open 51.02.06.2001 51.02.06.2002
    """
    wanted = list(dict.fromkeys(codes))
    async with opened() as here, here.database.transaction() as session:
        made = []
        for code in wanted:
            try:
                made.append(await open_village(session, code))
            except NotFound:
                raise click.ClickException(
                    f"{code}: no such region is known. `wantilan regions import` loads them. {NONE}"
                ) from None
            except Refusal as error:
                raise click.ClickException(f"{code}: {error} {NONE}") from None
    for row in made:
        click.echo(f"{row.code}  {row.name}")
    click.echo(f"{count(len(made), 'village', 'villages')} opened.")


@village.command("list")
@coroutine
async def list_() -> None:
    """List the open villages with the programs that each has enabled.

    \b
    Example:
      wantilan village list
    """
    async with opened() as here, here.database.session() as session:
        rows = (await session.scalars(sa.select(Village).order_by(Village.code))).all()
        enabled: dict[object, list[str]] = {}
        for village_id, program in await session.execute(
            sa.select(VillageProgram.village_id, VillageProgram.program).order_by(VillageProgram.program)
        ):
            enabled.setdefault(village_id, []).append(program)
    table(
        ("CODE", "NAME", "KIND", "TIME ZONE", "PROGRAMS"),
        [(v.code, v.name, v.kind.value, v.time_zone, ", ".join(enabled.get(v.id, ())) or "-") for v in rows],
        empty="No village is open. `wantilan village open CODE` opens one.",
    )
