"""OpenSID's resident sheet, in and out: `wantilan resident import`, and `export` of a whole village."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from ..registry.life.recording import OPERATOR
from ..registry.opensid import BY_NAME, Located, SheetForm, SheetRow, write_sheet
from ..registry.sheet.applying import Importer
from ..registry.sheet.exporting import chosen, exported
from ..registry.sheet.importing import Outcome, Reading, Sheet, applied, compared
from ..registry.sheet.report import write_report
from ..store.ids import uuid7
from ..store.write import Unit, VillageFacts
from .deployment import Opened, coroutine, opened, require_keys
from .fresh_files import made_whole
from .places import VillageCode, chosen_villages
from .printing import count, progress, table

F = TypeVar("F", bound=Callable[..., Any])
FORMS = {"opensid": SheetForm.XLSX, "csv": SheetForm.CSV, "jsonl": SheetForm.JSON_LINES}
SHOWN = 20
"""So many faults are printed; the report has all of them."""

form_option = click.option(
    "--format", "form", type=click.Choice(list(FORMS)), help="The kind of file: opensid is its workbook."
)


def village_option(**given: Any) -> Callable[[F], F]:
    """`--village CODE`."""
    return click.option("--village", metavar="CODE", type=VillageCode(), **given)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@form_option
@village_option(required=True, help="The village.")
@click.option("--apply", "apply_", is_flag=True, help="Write what differs; else nothing is changed.")
@click.option("--skip-faulty", is_flag=True, help="Leave faulty rows out; else one faulty row stops it.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every difference, fault and warning here, as CSV. It holds personal data.",
)
@coroutine
async def import_(
    file: Path, form: str | None, village: str, apply_: bool, skip_faulty: bool, report: Path | None
) -> None:
    """Compare the resident sheet FILE with a village's register, and with --apply write what differs.

    All of it is written in one transaction. Nobody is ever deleted, and the same file again changes nothing.
    Exits with 1 when a row is faulty and is not left out.

    \b
    Examples:
      wantilan resident import penduduk.xlsx --village 51.02.06.2001 --report beda.csv
      wantilan resident import penduduk.xlsx --village 51.02.06.2001 --apply --skip-faulty
    """
    async with opened(persons=True) as here:
        (facts,) = await chosen_villages(here.database, village)
        sheet = await _read(here, facts, file, FORMS[form] if form is not None else None)
        outcome = await _compared(here, facts, sheet)
        if apply_ and (skip_faulty or not outcome.faulty):
            outcome = await _applied(here, facts, sheet, outcome, skip_faulty)
    if report is not None:
        await asyncio.to_thread(_report, report, outcome)
    _say(outcome)
    if apply_ and not outcome.applied:
        raise click.ClickException("Nothing was changed: rows are faulty. Correct them, or --skip-faulty.")
    if outcome.faulty and not skip_faulty:
        raise click.exceptions.Exit(1)


async def write_village(village: str, form: str | None, output: Path, columns: str | None) -> None:
    """Write all residents of a village as a resident sheet, NIK and KK numbers in full. It comes back
    unchanged when it is imported.
    """
    names = [name.strip() for name in columns.split(",")] if columns is not None else None
    if unknown := sorted(set(names or ()) - BY_NAME.keys()):
        raise click.BadParameter(f"the sheet has no column {unknown[0]!r}.", param_hint="--columns")
    async with opened(persons=True) as here:
        (facts,) = await chosen_villages(here.database, village)
        async with here.database.transaction(facts.code) as session:
            rows = await exported(Unit(session, facts, None), require_keys(here.settings))
    with progress(len(rows), "Writing") as told:
        await asyncio.to_thread(_write, output, _counted(rows, told), FORMS[form or "opensid"], names)
    click.echo(f"{count(len(rows), 'resident', 'residents')} written.")


def _counted(rows: Sequence[SheetRow], told: Callable[[int], None]) -> Iterator[SheetRow]:
    for done, row in enumerate(rows, start=1):
        yield row
        told(done)


def _write(output: Path, rows: Iterator[SheetRow], form: SheetForm, names: list[str] | None) -> None:
    """Into a file that nobody else may read."""
    with made_whole(output) as fresh, fresh.open("wb") as target:
        write_sheet(target, rows, form, columns=chosen(names))


def _report(path: Path, outcome: Outcome) -> None:
    with made_whole(path) as fresh:
        write_report(fresh, outcome)


async def _read(here: Opened, village: VillageFacts, file: Path, form: SheetForm | None) -> Sheet:
    async with here.database.session() as session:
        today = Unit(session, village, None).today
    reading = Reading(file, today=today, form=form)
    while await reading.some():
        pass
    return reading.sheet


async def _compared(here: Opened, village: VillageFacts, sheet: Sheet) -> Outcome:
    async with here.database.transaction(village.code) as session:
        return await compared(Unit(session, village, None), require_keys(here.settings), sheet)


async def _applied(
    here: Opened, village: VillageFacts, sheet: Sheet, outcome: Outcome, skip_faulty: bool
) -> Outcome:
    with progress(len(outcome.plan.planned), "Writing") as told:
        async with here.database.transaction(village.code) as session:
            unit, importer = Unit(session, village, None), Importer(uuid7(), OPERATOR)
            keys = require_keys(here.settings)
            return await applied(unit, keys, sheet, importer, skip_faulty=skip_faulty, told=told)


def _say(outcome: Outcome) -> None:
    plan = outcome.plan
    counts: Sequence[tuple[str, int]] = (
        ("rows of the sheet", outcome.sheet.count),
        ("new residents", len(plan.new)),
        ("changed residents", len(plan.changed)),
        ("unchanged residents", outcome.unchanged),
        ("faulty rows", outcome.faulty),
        ("living residents whom no good row names", plan.missing),
        ("new households", len(plan.families)),
        ("family cards without a head", len(plan.headless)),
        ("warnings", len(outcome.sheet.warnings)),
    )
    table(("COUNT", "WHAT"), [(number, what) for what, number in counts], empty="")
    for name in plan.hamlets.values():
        click.echo(f"New hamlet: {name}")
    _say_faults(outcome.faults)
    click.echo("Written." if outcome.applied else "Nothing was changed.")


def _say_faults(faults: Sequence[Located]) -> None:
    rows = [(fault.row, fault.column or "-", fault.code, fault.text.en) for fault in faults[:SHOWN]]
    if rows:
        table(("ROW", "COLUMN", "FAULT", "WHAT IS WRONG"), rows, empty="")
    if len(faults) > SHOWN:
        click.echo(
            f"… and {count(len(faults) - SHOWN, 'fault', 'faults')} more; --report writes all of them."
        )
