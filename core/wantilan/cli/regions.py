"""`wantilan regions`: the administrative regions of the country."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import click
import sqlalchemy as sa

from ..registry.places import RegionChanges, import_regions
from ..registry.regions import RegionFileError, RegionRow, read_regions
from ..store.database import Database
from ..store.places import Region
from .deployment import coroutine, opened
from .printing import count, progress

SHOWN = 5
STEP = 1000
NOTHING = "Nothing was imported."


@click.group()
def regions() -> None:
    """Take in the regions of the country.

    \b
    Example:
      wantilan regions import wilayah_indonesia.csv
    """


@regions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@coroutine
async def import_(file: Path) -> None:
    """Take in the regions of FILE: CSV in UTF-8 with the columns code,level,name,parent_code.

    All of the file or nothing of it; a faulty line is named by its number. Repeatable: names are renewed,
    also of open villages, and regions that the file does not name are kept. No village is opened.

    \b
    Example:
      wantilan regions import wilayah_indonesia.csv
    """
    async with opened() as here:
        rows = await _read(here.database, file)
        async with here.database.transaction() as session:
            with progress(len(rows), "Writing") as so_far:
                changes = await import_regions(session, rows, so_far)
    for line in said(changes):
        click.echo(line)


async def _read(database: Database, file: Path) -> Sequence[RegionRow]:
    """All rows, so that a faulty one is found before anything is written."""
    async with database.session() as session:
        known = frozenset(await session.scalars(sa.select(Region.code)))
    try:
        return list(_rows(file, known))
    except RegionFileError as error:
        raise click.ClickException(f"{error}. {NOTHING}") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"The region file is not UTF-8; save it as UTF-8. {NOTHING}") from None


def _rows(file: Path, known: Collection[str]) -> Iterator[RegionRow]:
    with file.open("rb") as content:
        length = sum(1 for _ in content)
    with file.open(encoding="utf-8-sig", newline="") as lines, progress(length, "Reading") as so_far:
        for number, row in enumerate(read_regions(lines, known=known), 1):
            if number % STEP == 0:
                so_far(number)
            yield row
        so_far(length)


def said(changes: RegionChanges) -> list[str]:
    """What an import did, in a line or more."""
    lines = [
        f"{changes.added:,} added, {len(changes.renamed):,} renamed, {changes.unchanged:,} unchanged.",
    ]
    if changes.renamed:
        lines.append(f"Renamed: {_some(changes.renamed)}.")
    if changes.missing:
        kept = count(len(changes.missing), "stored region is", "stored regions are")
        lines.append(f"{kept} not in the file and kept: {_some(changes.missing)}.")
    return lines


def _some(codes: Sequence[str]) -> str:
    more = len(codes) - SHOWN
    return ", ".join(codes[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
