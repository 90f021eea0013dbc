"""`wantilan program events`: what programs have not been told, what got stuck, and how to go on."""

from __future__ import annotations

from uuid import UUID

import click

from ..programs.delivery import Delivery
from ..programs.stuck import Waiting, listed, pass_over
from ..programs.stuck import release as try_again
from ..store.database import Database
from ..store.write import village_facts
from .deployment import Opened, coroutine, opened
from .places import VillageCode
from .printing import count, moment, table

HEADINGS = ("VILLAGE", "PROGRAM", "NEXT", "EVENT", "AT", "WAITING", "ATTEMPTS", "FAILURE", "TRIED AGAIN")


@click.command()
@click.option("--program", metavar="NAME", help="Only those for this program.")
@click.option("--village", metavar="CODE", type=VillageCode(), help="Only those of this village.")
@click.option(
    "--release", is_flag=True, help="Tell them now, the stuck ones too, without waiting for their pause."
)
@click.option(
    "--pass",
    "passed",
    metavar="NEXT",
    type=click.IntRange(min=1),
    help="Never tell the program the event of this number, at which it is stuck, and go on behind it.",
)
@click.option("--yes", is_flag=True, help="Pass over it without asking.")
@coroutine
async def events(
    program: str | None, village: str | None, release: bool, passed: int | None, yes: bool
) -> None:
    """List where programs have not been told yet what happened, one line for each village and program.

    NEXT is the number of the event that comes next, in its village; WAITING counts it and those behind it. An
    event whose hook raised, or took too long, is stuck: it is told again after growing pauses, and what
    follows it in that village, for that program, waits behind it. FAILURE is the class of what was raised
    ("Died": the process ended meanwhile); the log has the rest.

    An event that can never be told is passed over by its number. The program then never hears of it: whatever
    it should have done is to be done by hand.

    \b
    Examples:
      wantilan program events
      wantilan program events --program waste --village 51.02.06.2001 --release
      wantilan program events --program waste --village 51.02.06.2001 --pass 17
    """
    if passed is not None and (program is None or village is None):
        raise click.UsageError("--pass needs --program and --village: numbers count in one village.")
    async with opened(persons=release) as here:
        delivery = Delivery(here.host, here.database, seconds=here.settings.hook_seconds)
        where = await _village(here, village)

        async def waiting() -> list[Waiting]:
            return await listed(here.database, delivery.hearers.values(), program=program, village=where)

        if passed is not None:
            await _pass(here.database, await waiting(), passed, yes=yes)
        if release:
            await try_again(here.database, await waiting())
            told = await delivery.deliver(program=program, village=where)
            click.echo(f"{count(told, 'event was', 'events were')} told.")
        rows = [_row(one) for one in await waiting()]
    table(HEADINGS, rows, empty="No event waits.")


async def _village(here: Opened, code: str | None) -> UUID | None:
    if code is None:
        return None
    async with here.database.session() as session:
        facts = await village_facts(session, code)
    if facts is None:
        raise click.ClickException(f"Not open here: {code}.")
    return facts.id


async def _pass(database: Database, waiting: list[Waiting], number: int, *, yes: bool) -> None:
    one = next((one for one in waiting if one.attempts and one.number == number), None)
    if one is None:
        raise click.ClickException(f"It is not stuck at {number}. What it is stuck at, the list says.")
    click.echo(
        f"{one.code} {one.program}: {one.event} of {moment(one.at)} will never be told. "
        f"It failed {count(one.attempts, 'time', 'times')}."
    )
    if not yes:
        click.confirm("Pass over it?", abort=True)
    if not await pass_over(database, one):
        raise click.ClickException("It is being told at this moment. Look again.")
    click.echo("Passed over.")


def _row(one: Waiting) -> tuple[object, ...]:
    return (
        one.code, one.program, one.number, one.event, moment(one.at), one.events, one.attempts,
        one.failure or "-", moment(one.due_at) if one.attempts else "-",
    )  # fmt: skip
