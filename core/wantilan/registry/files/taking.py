"""Taking a file that was uploaded, and giving one up: what programs do with files in their own changes."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from ...errors import Conflict, NotFound, RuleViolated, Text
from ...graph.context import WriteUnit
from ...graph.relay import GlobalId
from ...store.write import Unit
from ..models import File, FileAddress, FileRemoval, FileState

_TAKEN = Text("Berkas ini sudah dipakai.", "This file is in use already.")
NOT_STORED = Text("Isi berkas ini belum diunggah.", "The content of this file has not been uploaded yet.")


async def take_file(
    unit: WriteUnit,
    key: GlobalId,
    *,
    kind: str,
    resident: UUID | None = None,
    household: UUID | None = None,
) -> File:
    """A file that the actor uploaded, for a row that will point at it; no other row can take it then.

    `resident` and `household` say whom it is about, for those who may read it for that reason and for the
    duties towards them. Raises NotFound unless it is a file of this kind, in this village, uploaded by this
    actor; RuleViolated while its content has not come; Conflict when it is in use.
    """
    if key.village != unit.village.id:
        raise NotFound
    row = await unit.get(File, key.id, lock=True)
    if row is None or row.kind != kind or row.uploaded_by != unit.actor.id or row.state is FileState.GONE:
        raise NotFound
    if row.state is FileState.EXPECTED:
        raise RuleViolated("FILE_NOT_STORED", NOT_STORED)
    if row.state is not FileState.STORED:
        raise Conflict(_TAKEN)
    row.state, row.resident_id, row.household_id = FileState.TAKEN, resident, household
    await unit.flush()
    return row


async def drop_file(unit: Unit, id: UUID) -> None:
    """Give a file up that no row needs any more: nobody reads it from now on.

    The row stays for those that still point at it. The content is removed after the commit, so that a
    rollback loses nothing. Nothing happens to one that is gone, or that is not there.
    """
    row = await unit.get(File, id, lock=True)
    if row is not None:
        await give_up(unit, row)


async def give_up(unit: Unit, row: File) -> None:
    """What `drop_file` does, with the row at hand."""
    addresses = sa.delete(FileAddress).where(
        FileAddress.village_id == unit.village.id, FileAddress.file_id == row.id
    )
    await unit.session.execute(addresses)
    if row.place is not None:
        unit.session.add(FileRemoval(place=row.place, due_at=unit.now))
    row.state, row.place, row.content_type = FileState.GONE, None, None
    row.size = row.sha256 = row.resident_id = row.household_id = None
    await unit.flush()
