"""`wantilan statistics`: whether the kept figures of months are what the registers say, or counted anew."""

from __future__ import annotations

import click

from ..registry.statistics.keeping import keep, keep_ended_months, wrong_months
from ..store.write import Unit
from .deployment import coroutine, opened
from .places import chosen_villages, placed
from .printing import count, progress, table


@click.group()
def statistics() -> None:
    """Look after the kept figures of months.

    A job counts each month once it is over, and the database keeps it up to date from then on. These commands
    are for the day after somebody has changed rows past the database's triggers, or restored a part of a
    backup, and for who does not want to wait for the job.

    \b
    Examples:
      wantilan statistics keep
      wantilan statistics check
    """


@statistics.command("keep")
@placed
@coroutine
async def keep_(village: str | None) -> None:
    """Count the months that are over and are not kept yet, as the job `statistics.keep` does each night.

    \b
    Example:
      wantilan statistics keep --village 51.02.06.2001
    """
    async with opened() as here:
        villages, months = await chosen_villages(here.database, village), 0
        with progress(len(villages), "Counting") as told:
            for done, one in enumerate(villages, start=1):
                async with here.database.transaction(one.code) as session:
                    today = Unit(session, one, None).today
                    months += len(await keep_ended_months(session, one.id, today))
                told(done)
    click.echo(f"{count(months, 'month was', 'months were')} counted.")


@statistics.command()
@placed
@click.option("--rebuild", is_flag=True, help="Count anew what differs.")
@coroutine
async def check(village: str | None, rebuild: bool) -> None:
    """Count every kept month again, and list those that differ; exit with 1 if one does and is left so.

    One village at a time. With `--rebuild` who writes there meanwhile waits a moment, and is counted.

    \b
    Examples:
      wantilan statistics check
      wantilan statistics check --rebuild
    """
    found = []
    async with opened() as here:
        villages = await chosen_villages(here.database, village)
        with progress(len(villages), "Checking") as told:
            for done, one in enumerate(villages, start=1):
                async with here.database.transaction(one.code) as session:
                    wrong = await wrong_months(session, one.id)
                    if rebuild:
                        await keep(session, one.id, wrong)
                found += [(one.code, month.isoformat()) for month in wrong]
                told(done)
    table(("VILLAGE", "MONTH END"), found, empty="Every kept month is what the register says.")
    if found and rebuild:
        click.echo(f"{count(len(found), 'month was', 'months were')} counted anew.")
    elif found:
        differ = count(len(found), "month differs", "months differ")
        raise click.ClickException(f"{differ}. Run `wantilan statistics check --rebuild`.")
