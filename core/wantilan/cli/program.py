"""`wantilan program`: what is installed, and what each village has enabled of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import click
import sqlalchemy as sa

from ..errors import Refusal
from ..programs.delivery import Delivery
from ..programs.host import Host
from ..programs.stuck import listed
from ..programs.switching import disable as switch_off
from ..programs.switching import enable as switch_on
from ..store.places import VillageProgram
from ..store.write import Unit
from .check import check
from .deployment import Opened, coroutine, known_program, opened, say_left_out
from .events import events
from .places import VillageCode, open_villages
from .printing import count, table
from .root import contributed
from .setup import setup

Switch: TypeAlias = Callable[[Host, Unit, str], Awaitable[bool]]


@click.group()
def program() -> None:
    """See, switch and check the programs that plug in.

    A program is installed by the package manager, for the whole deployment, and enabled village by village.

    \b
    Examples:
      wantilan program list
      wantilan program enable waste 51.02.06.2001
    """


program.add_command(events)
program.add_command(check)
program.add_command(setup)


@program.command("list")
@click.pass_context
@coroutine
async def list_(ctx: click.Context) -> None:
    """List what is installed, and in how many villages it is enabled; name what could not be loaded.

    \b
    Example:
      wantilan program list
    """
    async with opened() as here, here.database.session() as session:
        counted = sa.select(VillageProgram.program, sa.func.count()).group_by(VillageProgram.program)
        enabled: dict[str, int] = {row[0]: row[1] for row in await session.execute(counted)}
    installed = {p.name: p for p in here.host.optional}
    rows = [
        (name, p.version if p else "not installed", p.title.en if p else "-", enabled.get(name, 0))
        for name in sorted(installed.keys() | enabled.keys())
        for p in [installed.get(name)]
    ]
    table(("NAME", "VERSION", "TITLE", "VILLAGES"), rows, empty="No program is installed.")
    say_left_out(here.host)
    root = ctx.find_root().command
    for line in contributed(
        here.host.programs, root.commands if isinstance(root, click.Group) else {}
    ).clashes:
        click.echo(line, err=True)


@program.command()
@click.argument("name")
@click.argument("codes", metavar="CODE...", nargs=-1, required=True, type=VillageCode())
@coroutine
async def enable(name: str, codes: tuple[str, ...]) -> None:
    """Switch the program NAME on in each village CODE; what it has there from before is back at once.

    \b
    Example:
      wantilan program enable waste 51.02.06.2001 51.02.06.2002
    """
    await _switch(switch_on, name, codes, "enabled", "is enabled already")


@program.command()
@click.argument("name")
@click.argument("codes", metavar="CODE...", nargs=-1, required=True, type=VillageCode())
@coroutine
async def disable(name: str, codes: tuple[str, ...]) -> None:
    """Switch the program NAME off in each village CODE. Nothing is deleted, everything of it is hidden.

    \b
    Example:
      wantilan program disable waste 51.02.06.2001
    """
    await _switch(switch_off, name, codes, "disabled", "is not enabled")


async def _switch(switch: Switch, name: str, codes: Sequence[str], done: str, already: str) -> None:
    """Village by village, each in a transaction of its own; then the events that arose are delivered once."""
    async with opened(persons=True) as here:
        known_program(here.host, name)
        for village in await open_villages(here.database, codes):
            async with here.database.transaction(village.code) as session:
                try:
                    changed = await switch(here.host, Unit(session, village, None), name)
                except Refusal as error:
                    raise click.ClickException(f"{village.code}: {error}") from None
            click.echo(f"{village.code}  {village.name}: {name} {done if changed else already}")
        await _deliver(here)


async def _deliver(here: Opened) -> None:
    delivery = Delivery(here.host, here.database, seconds=here.settings.hook_seconds)
    await delivery.deliver()
    waiting = sum(one.events for one in await listed(here.database, delivery.hearers.values()))
    if waiting:
        click.echo(
            f"{count(waiting, 'event waits', 'events wait')}: see `wantilan program events`.", err=True
        )
