"""`wantilan program check`: asks every program whether its data in each village are sound."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import click
import sqlalchemy as sa

from ..errors import Text
from ..programs import hookspecs
from ..programs.manifest import Program
from ..programs.values import Finding, Severity
from ..store.database import Database
from ..store.places import Village, VillageProgram
from ..store.write import Unit, VillageFacts
from .deployment import Opened, coroutine, opened, say_left_out
from .places import VillageCode
from .printing import count, progress

Check: TypeAlias = Callable[[VillageFacts, Unit], AsyncIterator[Finding]]


@click.command()
@click.option("--program", metavar="NAME", help="Only this program.")
@click.option("--village", metavar="CODE", type=VillageCode(), help="Only this village.")
@coroutine
async def check(program: str | None, village: str | None) -> None:
    """Let each program look at its data in each village that enabled it, and print what it finds.

    Exits with 1 when a finding is an error. Whatever a check writes is rolled back.

    \b
    Examples:
      wantilan program check
      wantilan program check --program waste --village 51.02.06.2001
    """
    async with opened(persons=True) as here:
        say_left_out(here.host)
        rounds = [
            (who, call, where)
            for who, call, where in await _rounds(here)
            if program in (None, who.name) and village in (None, where.code)
        ]
        found: list[Finding] = []
        with progress(len(rounds), "Checks") as so_far:
            for number, (who, call, where) in enumerate(rounds, 1):
                for finding in await findings(here.database, call, where):
                    found.append(finding)
                    what = f"{finding.what.en} {finding.cure.en}"
                    click.echo(f"{finding.severity.value}: {where.code} {who.name}: {what}")
                so_far(number)
    errors = sum(finding.severity is Severity.ERROR for finding in found)
    click.echo(
        f"{count(len(rounds), 'check', 'checks')} made: {count(errors, 'error', 'errors')}, "
        f"{count(len(found) - errors, 'warning', 'warnings')}."
    )
    if errors:
        raise click.exceptions.Exit(1)


async def _rounds(here: Opened) -> list[tuple[Program, Check, VillageFacts]]:
    """Every check with every village that enabled its program; core's checks with every village."""
    async with here.database.session() as session:
        villages = [
            VillageFacts.of(v) for v in await session.scalars(sa.select(Village).order_by(Village.code))
        ]
        pairs = await session.execute(sa.select(VillageProgram.village_id, VillageProgram.program))
        enabled = {(village, name) for village, name in pairs}
    return [
        (program, call, village)
        for program, call in here.host.loaded.implementations(hookspecs.check)
        if program in here.host.programs
        for village in villages
        if program.core or (village.id, program.name) in enabled
    ]


async def findings(database: Database, call: Check, village: VillageFacts) -> list[Finding]:
    """What one check finds in one village. A check that raises is a finding itself."""
    found: list[Finding] = []
    try:
        async with _rolled_back(database, village) as unit:
            async for finding in call(village, unit):
                found.append(finding)
    except Exception as error:
        what = Text(
            f"Pemeriksaan gagal ({type(error).__name__}).",
            f"The check itself failed ({type(error).__name__}).",
        )
        cure = Text("Laporkan kepada pembuat program.", "Report it to the program's author.")
        found.append(Finding(Severity.ERROR, what, cure))
    return found


class _Undo(Exception):
    """Ends a transaction without writing."""


@asynccontextmanager
async def _rolled_back(database: Database, village: VillageFacts) -> AsyncIterator[Unit]:
    try:
        async with database.transaction(village.code) as session:
            yield Unit(session, village, None)
            raise _Undo
    except _Undo:
        return
