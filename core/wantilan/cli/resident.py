"""`wantilan resident`: one person, given out or forgotten; and all of a village, taken in and written out."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ..graph.relay import decode_id
from ..programs.values import ResidentFacts
from ..registry.duties.asked import document_of
from ..registry.duties.asked import erase as erase_everywhere
from ..registry.models import File, Resident
from ..store.contents import ContentMissing, contents_of
from ..store.write import Unit, VillageFacts, village_facts
from .deployment import Opened, coroutine, opened, require_keys
from .fresh_files import made_whole, refuse_existing, write_whole
from .printing import count
from .sheet import form_option, import_, village_option, write_village


class ResidentId(click.ParamType[ResidentFacts]):
    """The id of a resident as the API shows it; it says in which village he is."""

    name = "id"

    def convert(
        self, value: str | ResidentFacts, param: click.Parameter | None, ctx: click.Context | None
    ) -> ResidentFacts:
        if isinstance(value, ResidentFacts):
            return value
        found = decode_id(value)
        if found is None or found.village is None:
            self.fail("give the id of a resident as the API shows it.", param, ctx)
        return ResidentFacts(found.id, found.village)


@click.group()
def resident() -> None:
    """Give out, or forget, what every program keeps about one person; take all residents in from OpenSID's
    sheet, and write them out as one.

    \b
    Examples:
      wantilan resident import penduduk.xlsx --village 51.02.06.2001
      wantilan resident export --village 51.02.06.2001 --format opensid -o penduduk.xlsx
      wantilan resident export RESIDENT_ID --output wayan.json
      wantilan resident erase RESIDENT_ID
    """


resident.add_command(import_)


@resident.command()
@click.argument("who", metavar="[ID]", type=ResidentId(), required=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to, readable by you alone; else stdout. A sheet needs it.",
)
@click.option(
    "--files",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Also put the contents of the files about the person there.",
)
@village_option(help="All residents of this village, as a sheet.")
@form_option
@click.option("--columns", metavar="A,B,…", help="Only these columns of the sheet; nik always is among them.")
@coroutine
async def export(
    who: ResidentFacts | None,
    output: Path | None,
    files: Path | None,
    village: str | None,
    form: str | None,
    columns: str | None,
) -> None:
    """Give out all that every program keeps about the resident with this ID, as JSON; or, with --village, all
    residents of a village as OpenSID's sheet.

    Programs that the village has switched off are asked too. NIK and KK stand there in full: it is the
    person's own. A file is readable by you alone; hand it over, and delete it. A sheet comes back unchanged
    when it is imported.

    \b
    Examples:
      wantilan resident export RESIDENT_ID --output wayan.json --files wayan
      wantilan resident export RESIDENT_ID
      wantilan resident export --village 51.02.06.2001 --format opensid -o penduduk.xlsx
      wantilan resident export --village 51.02.06.2001 --format csv --columns nik,nama,dusun -o nama.csv
    """
    if (who is None) == (village is None):
        raise click.UsageError("Give the ID of a resident, or --village.")
    if village is not None:
        if output is None or files is not None:
            raise click.UsageError("A village is written into one file: give -o FILE, and no --files.")
        await write_village(village, form, output, columns)
    elif who is not None:
        if form is not None or columns is not None:
            raise click.UsageError("--format and --columns are for a --village.")
        await _give_out(who, output, files)


async def _give_out(who: ResidentFacts, output: Path | None, files: Path | None) -> None:
    refuse_existing(*(path for path in (output, files) if path is not None))
    async with opened(persons=True) as here:
        village = await _home(here, who)
        async with here.database.snapshot(village.code) as session:
            unit = Unit(session, village, None)
            unit.keys = require_keys(here.settings)
            await _require(unit, who)
            document = await document_of(here.host, unit, who)
            if files is not None:
                files.mkdir(mode=0o700)  # noqa: ASYNC240
                await _give_contents(here, unit, who, files)
    text = json.dumps(document, indent=2, ensure_ascii=False)
    if output is None:
        click.echo(text)
    else:
        write_whole(output, text + "\n")
    where = f"{output} holds" if output is not None else "This is"
    click.echo(
        f"{where} all that is kept about one person, NIK and KK in full. It is for that person.", err=True
    )


@resident.command()
@click.argument("who", metavar="ID", type=ResidentId())
@click.option("--yes", is_flag=True, help="Do not ask.")
@coroutine
async def erase(who: ResidentFacts, yes: bool) -> None:
    """Make everything that every program keeps say nothing about the resident with this ID.

    What the law makes the village keep stays, and is listed with the reason. There is no way back.
    Repeatable: it changes nothing then, and lists the same. Backups and exports of before still name the
    person.

    \b
    Example:
      wantilan resident erase RESIDENT_ID
    """
    async with opened(persons=True) as here:
        village = await _home(here, who)
        if not yes:
            click.confirm("The person can never be found again. Erase?", abort=True, err=True)
        async with here.database.transaction(village.code) as session:
            unit = Unit(session, village, None)
            await _require(unit, who)
            remains = await erase_everywhere(here.host, unit, who)
    click.echo("Erased. This stays:")
    for one in remains:
        for kept in one.kept:
            click.echo(f"  {one.program}: {kept.what.en} {kept.why.en}")


async def _home(here: Opened, who: ResidentFacts) -> VillageFacts:
    async with here.database.session() as session:
        found = await village_facts(session, who.village_id)
    if found is None:
        raise click.ClickException("No resident with this id is known here.")
    return found


async def _require(unit: Unit, who: ResidentFacts) -> None:
    if not await unit.exists(Resident, Resident.id == who.id):
        raise click.ClickException("No resident with this id is known here.")


async def _give_contents(here: Opened, unit: Unit, who: ResidentFacts, folder: Path) -> None:
    """Each content under the id of its file."""
    contents = contents_of(here.settings)
    rows = await unit.all(File, File.resident_id == who.id, File.place.is_not(None))
    for row in rows:
        with made_whole(folder / str(row.id)) as fresh, fresh.open("wb") as out:
            try:
                async with contents.opened(str(row.place)) as pieces:
                    async for piece in pieces:
                        out.write(piece)
            except ContentMissing as error:
                raise click.ClickException(f"{error} `wantilan files check` names it.") from None
    click.echo(f"{count(len(rows), 'file', 'files')} in {folder}.", err=True)
