"""`wantilan files`: what becomes of files that nobody wants, and whether rows and contents fit together."""

from __future__ import annotations

import click

from ..registry.files.duties import misfits
from ..registry.files.sweeping import sweep as swept_away
from ..store.contents import contents_of
from .deployment import coroutine, opened
from .printing import count, table


@click.group()
def files() -> None:
    """Look after the files of villages: photos, documents, tables.

    \b
    Examples:
      wantilan files sweep
      wantilan files check
    """


@files.command()
@coroutine
async def sweep() -> None:
    """Remove what nobody wants: files that never came, files that nothing took in time, contents given up.

    Repeatable, and harmless beside a running server. Run it once an hour.

    \b
    Example:
      wantilan files sweep
    """
    async with opened() as here:
        done = await swept_away(here.database, here.host, contents_of(here.settings), here.settings.files)
    click.echo(
        f"{count(done.files, 'file', 'files')} swept, {count(done.contents, 'content', 'contents')} removed."
    )


@files.command()
@coroutine
async def check() -> None:
    """Compare rows and contents: each file in store has a content, each content a file. Changes nothing.

    A content that is MISSING is lost: bring it back from a backup. A STRAY one belongs to no file, and may be
    removed. Exits with 1 when there is either. PLACE is where it lies, in ids.

    \b
    Example:
      wantilan files check
    """
    async with opened() as here:
        found = await misfits(here.database, contents_of(here.settings))
    rows = [("MISSING" if one.missing else "STRAY", one.place) for one in found]
    table(("WHAT", "PLACE"), rows, empty="Every file has its content, and every content its file.")
    if found:
        raise click.exceptions.Exit(1)
