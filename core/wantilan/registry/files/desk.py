"""The counter: contents are brought here, and fetched here. It knows rows and addresses, not HTTP.

What is stored is stored in one go. When a content has come and is good, a removal is written down for the
place where it will lie; then it is put there; then one transaction marks the file as stored, the address as
used, and takes the removal back. Whatever breaks off between leaves a removal, and no file.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ...access.actor import Actor
from ...errors import Conflict, NotFound, Text
from ...graph.context import WriteUnit
from ...programs.files import FileKind
from ...programs.host import Host
from ...settings import Files
from ...store.contents import Contents, new_place
from ...store.database import Database
from ...store.ids import uuid7
from ...store.write import VillageFacts, open_village
from ..models import File, FileRemoval, FileState, FileUse
from .addresses import Address, redeemed
from .judging import Judged, judge
from .rules import reads_file
from .writers import refuse_unless_writer

ENDS_LATER = timedelta(hours=1)
"""When the content of an upload that broke off is removed: later than any upload lasts."""
AT_ONCE = 2
"""How many contents are judged at a time: a picture takes a processor, and memory for its pixels."""

_TOO_LATE = Text("Berkas ini sudah diunggah.", "This file was uploaded already.")


@dataclass(frozen=True)
class Coming:
    """An upload that may begin."""

    address: Address
    file_id: UUID
    kind: FileKind


@dataclass(frozen=True)
class Stored:
    """A file whose content is in store."""

    village_id: UUID
    id: UUID
    kind: str
    type: str
    size: int
    place: str


class Desk:
    """One for each process. `contents` is where what is brought will lie."""

    def __init__(self, database: Database, host: Host, contents: Contents, files: Files) -> None:
        self.database, self.host, self.contents, self.files = database, host, contents, files
        self._judging = asyncio.Semaphore(AT_ONCE)

    async def expect(self, actor: Actor, address: Address) -> Coming:
        """Whether an upload may begin; before a byte of it is read. Raises Refusal."""
        async with self._at(actor, address.village) as unit:
            row = await redeemed(unit, address, FileUse.UPLOAD)
            file = await unit.get(File, row.file_id)
            found = self.host.files.get(file.kind) if file is not None else None
            if file is None or found is None or file.state is not FileState.EXPECTED:
                raise NotFound
            await refuse_unless_writer(unit, *found)
        return Coming(address, file.id, found[1])

    async def store(self, actor: Actor, coming: Coming, source: Path) -> Stored:
        """Judge a content that has come as a whole, and keep it. Raises Refusal; then nothing is kept."""
        place = new_place(coming.address.village, coming.file_id)
        judged = await self._keep(coming.kind, place, source)
        lasted = timedelta(seconds=self.files.upload_seconds)
        async with self._at(actor, coming.address.village) as unit:
            row = await redeemed(unit, coming.address, FileUse.UPLOAD, lasted=lasted)
            file = await unit.get(File, coming.file_id, lock=True)
            if file is None or file.state is not FileState.EXPECTED:
                raise Conflict(_TOO_LATE)
            row.used_at = unit.now
            _mark_stored(file, judged, place, unit.now)
            await _take_back(unit.session, place)
            await unit.flush()
        return _stored(file)

    async def make(self, village: VillageFacts, kind: str, source: Path, *, by: UUID | None) -> Stored:
        """Keep a file that was made here (an export, a report), for `by` and whoever may read its kind.

        Not inside a unit: it has transactions of its own. `source` is taken over. Raises RuleViolated when it
        is not what the kind says, KeyError for an unknown kind.
        """
        program, declared = self.host.files[kind]
        now = datetime.now(UTC)
        file = File(
            village_id=village.id,
            id=uuid7(),
            kind=kind,
            program=None if program.core else program.name,
            opens=declared.read,
            household=declared.household,
            uploaded_by=by,
            created_at=now,
        )
        place = new_place(village.id, file.id)
        _mark_stored(file, await self._keep(declared, place, source), place, now)
        async with self.database.transaction(village.code) as session:
            session.add(file)
            await _take_back(session, place)
        return _stored(file)

    async def hand_out(self, actor: Actor, address: Address) -> Stored:
        """The file that an address fetches; from now on the address is used. Raises Refusal."""
        async with self._at(actor, address.village) as unit:
            row = await redeemed(unit, address, FileUse.DOWNLOAD)
            file = await unit.target(File, row.file_id)
            if file.place is None:
                raise NotFound
            row.used_at = unit.now
            await unit.flush()
        return _stored(file)

    async def _keep(self, kind: FileKind, place: str, source: Path) -> Judged:
        async with self._judging:
            judged = await asyncio.to_thread(judge, source, kind, self.files.most_pixels)
        async with self.database.transaction() as session:
            session.add(FileRemoval(place=place, due_at=datetime.now(UTC) + ENDS_LATER))
        await self.contents.keep(place, judged.path)
        return judged

    @asynccontextmanager
    async def _at(self, actor: Actor, village: UUID) -> AsyncIterator[WriteUnit]:
        """A transaction in the village that an address names, as the actor. Raises NotFound."""
        async with self.database.transaction() as session:
            opening = await open_village(session, village, None)
            if opening is None or not reads_file().admits(actor, opening.row.id, opening.row.code):
                raise NotFound
            yield WriteUnit(session, opening.row, actor, [reads_file()])


async def _take_back(session: AsyncSession, place: str) -> None:
    """Take a removal back. Raises Conflict when it came first: then the content is there no more."""
    done = await session.execute(
        sa.delete(FileRemoval).where(FileRemoval.place == place).returning(FileRemoval.place)
    )
    if done.first() is None:
        raise Conflict(_TOO_LATE)


def _mark_stored(file: File, judged: Judged, place: str, at: datetime) -> None:
    file.state, file.place, file.stored_at = FileState.STORED, place, at
    file.content_type, file.size, file.sha256 = judged.type.value, judged.size, judged.sha256


def _stored(file: File) -> Stored:
    assert file.content_type is not None and file.size is not None and file.place is not None
    return Stored(file.village_id, file.id, file.kind, file.content_type, file.size, file.place)
