"""What becomes of files that nobody wants: swept away, village by village."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ...programs.files import FileKind
from ...programs.host import Host
from ...settings import Files
from ...store.contents import Contents
from ...store.database import Database
from ...store.places import Village
from ...store.walls import WHOLE_COUNTRY
from ..models import File, FileAddress, FileRemoval, FileState

BATCH = 500
"""How many rows a transaction takes at most."""
KEPT = timedelta(days=1)
"""How long an address is known after it has expired: so long it is told to be late, then to be unknown."""
LEFT_SECONDS = 24 * 3600.0
"""How old what lies in the folder of incoming contents must be to have been left there."""


@dataclass(frozen=True)
class Swept:
    """What a sweep did: files that were never brought or that nothing took, and contents given up."""

    files: int
    contents: int


async def sweep(database: Database, host: Host, contents: Contents, files: Files) -> Swept:
    """Remove what nobody wants. It may run beside the server, several times at once, and stop anywhere."""
    longest = timedelta(hours=files.untaken_hours)
    villages = await _with_work(database, host, longest)
    swept = 0
    for village in villages:
        async with database.transaction(village.code) as session:
            await _follow_kinds(session, village, host)
            await _forget_addresses(session, village)
        while found := await _sweep_some(database, village, longest):
            swept += found
    removed = await _remove_due(database, contents)
    for left in _left(contents.incoming):
        shutil.rmtree(left, ignore_errors=True)
    return Swept(swept, removed)


async def _with_work(database: Database, host: Host, longest: timedelta) -> Sequence[Village]:
    """The villages in which there is something to do."""
    changed = [_differs(name, kind) for name, (_, kind) in host.files.items()]
    here = File.village_id == Village.id
    work = sa.or_(
        sa.exists().where(here, sa.or_(_unwanted(longest), *changed)),
        sa.exists().where(FileAddress.village_id == Village.id, _forgotten()),
    )
    async with database.transaction(WHOLE_COUNTRY) as session:
        return (await session.scalars(sa.select(Village).where(work).order_by(Village.code))).all()


def _differs(name: str, kind: FileKind) -> sa.ColumnElement[bool]:
    return sa.and_(File.kind == name, sa.or_(File.opens != kind.read, File.household != kind.household))


def _forgotten() -> sa.ColumnElement[bool]:
    return FileAddress.expires_at < datetime.now(UTC) - KEPT


def _unwanted(longest: timedelta) -> sa.ColumnElement[bool]:
    """Files that have no address any more and no content yet, and those that nothing took in time."""
    known = sa.exists().where(FileAddress.village_id == File.village_id, FileAddress.file_id == File.id)
    open_ = known.where(~_forgotten())
    return sa.or_(
        sa.and_(File.state == FileState.EXPECTED, ~open_),
        sa.and_(File.state == FileState.STORED, File.stored_at < datetime.now(UTC) - longest),
    )


async def _follow_kinds(session: AsyncSession, village: Village, host: Host) -> None:
    """A new release of a program may open its files to others: the rows say what the kinds say now."""
    for name, (_, kind) in host.files.items():
        await session.execute(
            sa.update(File)
            .where(File.village_id == village.id, _differs(name, kind))
            .values(opens=kind.read, household=kind.household)
        )


async def _forget_addresses(session: AsyncSession, village: Village) -> None:
    late = FileAddress.village_id == village.id, _forgotten()
    await session.execute(sa.delete(FileAddress).where(*late))


async def _sweep_some(database: Database, village: Village, longest: timedelta) -> int:
    query = sa.select(File).where(File.village_id == village.id, _unwanted(longest)).limit(BATCH)
    async with database.transaction(village.code) as session:
        # Whoever takes one at this moment holds it: it is passed over, and found as taken the next time.
        rows = (await session.scalars(query.with_for_update(skip_locked=True))).all()
        for row in rows:
            await _delete(session, row)
    return len(rows)


async def _delete(session: AsyncSession, row: File) -> None:
    place = row.place
    addresses = sa.delete(FileAddress).where(
        FileAddress.village_id == row.village_id, FileAddress.file_id == row.id
    )
    try:
        async with session.begin_nested():
            await session.execute(addresses)
            await session.delete(row)
    except sa.exc.IntegrityError:  # a row points at it that never took it: then it is taken
        row.state = FileState.TAKEN
        await session.flush()
        return
    if place is not None:
        session.add(FileRemoval(place=place, due_at=datetime.now(UTC)))


async def _remove_due(database: Database, contents: Contents) -> int:
    """Contents before their removals: whatever breaks off between is done again."""
    removed = 0
    due = sa.select(FileRemoval.place).where(
        FileRemoval.due_at <= sa.bindparam("now", type_=FileRemoval.due_at.type)
    )
    while True:
        async with database.session() as session:
            places = (await session.scalars(due.limit(BATCH), {"now": datetime.now(UTC)})).all()
        if not places:
            return removed
        for place in places:
            await contents.remove(place)
        async with database.transaction() as session:
            await session.execute(sa.delete(FileRemoval).where(FileRemoval.place.in_(places)))
        removed += len(places)


def _left(incoming: Path) -> Iterator[Path]:
    """What a process that was killed left in the folder of incoming contents."""
    for found in incoming.glob("*"):
        if time.time() - found.stat().st_mtime > LEFT_SECONDS:
            yield found
