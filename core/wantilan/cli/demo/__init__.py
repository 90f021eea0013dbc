"""`wantilan demo`: a regency of villages with invented people, served from one folder."""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from ...errors import ConfigurationError
from ...programs.host import Host
from ...settings import Settings
from ...store.database import Database
from ...store.secrets import Keys
from ...web.application import application, host_of
from ..deployment import say_left_out
from ..readiness import not_migrated
from ..serve import serve_until_stopped
from .building import Say, bring_up_to_date, build, fingerprints, reason_to_build
from .folder import Folder, Note
from .holders import give_tokens
from .telling import welcome

FOLDER = Path("var/demo")


@click.command()
@click.option(
    "--folder",
    "path",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Where database, keys and tokens of the demo are kept.",
)
def demo(path: Path) -> None:
    """Serve invented data.

    The 133 villages of Kabupaten Tabanan with their true codes; in Bengkel about 1,000 invented residents, a
    year of waste up to today, cameras and cards. The first start builds the data, later ones keep it.
    Tokens of every role stand in tokens.json; without the folder it begins again. WANTILAN_PORT chooses the
    port.

    \b
    Examples:
      wantilan demo
      WANTILAN_PORT=8080 wantilan demo
    """
    plain = Settings.load()
    require_free(plain.host, plain.port)
    host = host_of(plain)
    say_left_out(host)
    folder = Folder(path)
    keys = asyncio.run(prepared(folder, host, datetime.now(UTC), ZoneInfo(plain.time_zone), say=_say))
    settings = Settings.load(
        database_url=folder.database_url, owner_url=None, keys=keys, demo=True, introspection=True
    )
    serve_until_stopped(
        application(settings, host),
        settings.host,
        settings.port,
        log_level="warning",
        ready=lambda url: click.echo(welcome(url, host, folder.tokens_file)),
    )


def _say(text: str) -> None:
    click.echo(f"  {text}")


async def prepared(folder: Folder, host: Host, now: datetime, zone: ZoneInfo, *, say: Say) -> str:
    """Have everything of the folder as it should be today; the text of its keys."""
    today, found = now.astimezone(zone).date(), fingerprints(host)
    keys, note = folder.keys(), folder.note()
    reason = reason_to_build(note, found, today) if keys is not None else "there is none yet"
    if reason is None and await _lacking(folder, host):
        reason = "its tables are not those of the programs"
    keys = keys or folder.make_keys()
    if reason is not None or note is None:
        started = time.monotonic()
        click.echo(f"Building the demo in {folder.path} ({reason}); this takes some seconds.")
        await _built(folder, host, Keys.parse(keys), now, say)
        folder.keep_note(Note(today, today, found))
        click.echo(f"Built in {time.monotonic() - started:.0f} s.")
        return keys
    async with Database(folder.database_url) as database:
        if note.day < today:
            await bring_up_to_date(database, host, now, say)
        folder.keep_tokens(await give_tokens(database, host, folder.tokens(), anew=False))
    if note.day < today:
        folder.keep_note(Note(note.built_on, today, note.programs))
    return keys


async def _lacking(folder: Folder, host: Host) -> bool:
    async with Database(folder.database_url) as database, database.looking.connect() as connection:
        return bool(await connection.run_sync(not_migrated, host.programs))


async def _built(folder: Folder, host: Host, keys: Keys, now: datetime, say: Say) -> None:
    from ...store.migrations import Lineage, migrate  # the only part that needs alembic

    folder.clear()
    folder.path.mkdir(parents=True, exist_ok=True)
    lineages = [Lineage(p.name, p.migrations, p.models, p.rollups) for p in host.programs if p.migrations]
    await migrate(folder.database_url, lineages, None)
    say(f"tables of {len(host.programs)} programs")
    async with Database(folder.database_url) as database:
        await build(database, host, keys, now, say)
        folder.keep_tokens(await give_tokens(database, host, folder.tokens(), anew=True))
    say(f"tokens in {folder.tokens_file}")


def require_free(address: str, port: int) -> None:
    """Raises ConfigurationError: better before the data is built than after."""
    if not 0 <= port <= 65535:
        raise ConfigurationError("WANTILAN_PORT must be a number from 0 to 65535.")
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((address, port))
        except OSError as error:
            raise ConfigurationError(
                f"Port {port} of {address} cannot be had ({error.strerror}). "
                "Choose another: WANTILAN_PORT=8001 make demo"
            ) from error
