"""`wantilan village export`, `import` and `purge`: a village leaves as one file, arrives, is removed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import click

from ..programs.host import Host
from ..registry.moving.file import VillageFile
from ..registry.moving.removing import purge as purge_village
from ..registry.moving.taking import take_in
from ..registry.moving.writing import count_rows, write_village
from ..store.contents import contents_of
from ..store.secrets import Keys
from ..store.write import Unit, VillageFacts, village_facts
from .deployment import Opened, coroutine, opened, require_keys
from .fresh_files import made_whole, refuse_existing, write_whole
from .migrate import lineages
from .places import VillageCode
from .printing import count, progress

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("export")
@click.argument("code", type=VillageCode())
@click.option(
    "--output", required=True, type=FILE, metavar="FILE", help="The file to make: a SQLite database."
)
@click.option(
    "--keys",
    type=FILE,
    metavar="FILE",
    help="The file of its keys.  [default: that of --output with .keys.json]",
)
@coroutine
async def export(code: str, output: Path, keys: Path | None) -> None:
    """Write the village CODE into one file, with everything that every program keeps for it.

    The file is a database of SQLite that `wantilan serve` serves alone, contents of files included, and that
    `wantilan village import` takes in elsewhere. Personal numbers are sealed anew in it, under fresh keys
    that are written to a file of their own: keep the two apart. Both are readable by you alone.

    All is read at one moment; the village stays, and goes on. Roles at the village or below it travel with
    the names of their holders. Tokens, one-time addresses and mail codes do not: they are secrets of this
    deployment.

    \b
    Examples:
      wantilan village export 51.02.06.2001 --output bengkel.db
      WANTILAN_DATABASE_URL=sqlite:///bengkel.db WANTILAN_KEYS="$(cat bengkel.keys.json)" wantilan serve
    """
    keys = keys or output.with_suffix(".keys.json")
    if keys == output:
        raise click.UsageError(
            "--output and --keys name one file. The keys must not lie in the file they open."
        )
    refuse_existing(output, keys)
    async with opened(persons=True) as here:
        village = await open_village(here, code)
        fresh = Keys.generate()
        with made_whole(output) as file:
            await _migrated(file, here.host)
            async with here.database.snapshot(village.code) as session:
                unit = Unit(session, village, None)
                with progress(await count_rows(here.host, unit), "Writing") as told:
                    note = await write_village(
                        file,
                        here.host,
                        unit,
                        contents_of(here.settings),
                        heads(here.host),
                        old=require_keys(here.settings),
                        new=Keys.parse(fresh),
                        told=told,
                    )
            write_whole(keys, fresh + "\n")
    click.echo(
        f"{village.code}  {village.name}: {count(note.rows, 'row', 'rows')}, "
        f"{count(note.contents, 'content', 'contents')} of {', '.join(note.programs)}."
    )
    click.echo(
        f"{output} is sealed by the keys in {keys}. Whoever has both reads every personal number.", err=True
    )


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keys",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The file of its keys.",
)
@coroutine
async def import_(file: Path, keys: Path) -> None:
    """Take in the village in FILE, as `wantilan village export` wrote it; all of it, or nothing.

    Personal numbers are sealed anew under the keys of this deployment; ids stay as they are. The file is
    judged as a whole first. It is refused when it is damaged or was changed, when the village is here
    already, and when a program of it is missing here or of another version.

    Who holds roles there holds them here, and gets tokens from you. On SQLite nobody else can write
    meanwhile.

    \b
    Example:
      wantilan village import bengkel.db --keys bengkel.keys.json
    """
    async with opened(persons=True) as here:
        own, its = require_keys(here.settings), _keys_in(keys)
        with ExitStack() as stack:
            source = stack.enter_context(VillageFile.opened(file))
            source.judge(its, here.host, heads(here.host))
            note = source.note
            told = stack.enter_context(progress(note.rows, "Taking in"))
            contents = contents_of(here.settings)
            await take_in(source, here.database, here.host, contents, old=its, new=own, told=told)
    click.echo(
        f"{note.code}  {note.name}: {count(note.rows, 'row', 'rows')}, "
        f"{count(note.contents, 'content', 'contents')} of {', '.join(note.programs)} taken in."
    )


@click.command()
@click.argument("code", type=VillageCode())
@click.option("--yes", is_flag=True, help="Do not ask.")
@coroutine
async def purge(code: str, yes: bool) -> None:
    """Delete the village CODE with everything that every program keeps for it, and the accounts that it alone
    had.

    There is no way back but an export. Stop the village's servers first: what people write meanwhile is lost.
    The contents of its files are removed by `wantilan files sweep`, which servers do every hour.

    \b
    Example:
      wantilan village purge 51.02.06.2001
    """
    async with opened(persons=True) as here:
        village = await open_village(here, code)
        if not yes:
            given = click.prompt(
                f"Everything of {village.name} is deleted. Give its code to do that", err=True
            )
            if given != village.code:
                raise click.ClickException("That is not its code. Nothing was deleted.")
        async with here.database.transaction(village.code) as session:
            await purge_village(here.host, Unit(session, village, None))
    click.echo(f"{village.code}  {village.name}: deleted.")


def _keys_in(file: Path) -> Keys:
    """Raises ConfigurationError for a file that holds no keys."""
    return Keys.parse(file.read_text(encoding="utf-8", errors="replace"))


async def open_village(here: Opened, code: str) -> VillageFacts:
    async with here.database.session() as session:
        found = await village_facts(session, code)
    if found is None:
        raise click.ClickException(f"Not open here: {code}. `wantilan village list` shows what is.")
    return found


def heads(host: Host) -> Mapping[str, str]:
    """The last step of each installed program."""
    steps = {one.name: ", ".join(sorted(one.script().get_heads())) for one in lineages(host)}
    return {program.name: steps.get(program.name, "none") for program in host.programs}


async def _migrated(file: Path, host: Host) -> None:
    from ..store.migrations import migrate  # only commands that run steps import alembic

    await migrate(f"sqlite:///{file}", lineages(host), None)
