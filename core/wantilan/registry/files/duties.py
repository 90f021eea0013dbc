"""Files in the duties towards a resident and towards a village, and whether rows and contents fit together.

These are called inside the transaction of a duty; contents follow after its commit, by the sweep.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa

from ...programs.values import Json, Record
from ...store.contents import Contents
from ...store.database import Database
from ...store.tables import sql_table
from ...store.types import instant_text
from ...store.walls import WHOLE_COUNTRY
from ...store.write import Unit
from ..models import File, FileAddress, FileRemoval
from .desk import ENDS_LATER
from .taking import give_up

_IN_STORE = File.place.is_not(None)


async def files_of_resident(unit: Unit, resident: UUID) -> Sequence[File]:
    """The files in store that are about a resident; `place` is where `Contents.opened` finds the content."""
    return await unit.all(File, File.resident_id == resident, _IN_STORE)


async def erase_files(unit: Unit, resident: UUID) -> int:
    """Give up every file that is about a resident. The rows stay for those that point at them, and say
    nothing of the person. How many there were.
    """
    found = await unit.all(File, File.resident_id == resident)
    for row in found:
        await give_up(unit, row)
    return len(found)


async def export_files(unit: Unit) -> AsyncIterator[Record]:
    """The rows of all files in store of the village; the contents are found at their `place`."""
    for row in await unit.all(File, _IN_STORE):
        columns = sql_table(File).columns
        yield Record("file", {column.name: _json(getattr(row, column.key)) for column in columns})


async def purge_files(unit: Unit) -> None:
    """Delete every file of the village; after the programs, whose rows point at them."""
    places = sa.select(File.place, sa.literal(unit.now, FileRemoval.due_at.type)).where(
        File.village_id == unit.village.id, _IN_STORE
    )
    await unit.session.execute(sa.insert(FileRemoval).from_select(["place", "due_at"], places))
    for model in (FileAddress, File):
        await unit.session.execute(sa.delete(model).where(model.village_id == unit.village.id))


def _json(value: object) -> Json:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, UUID):
        return str(value)
    if value is None or isinstance(value, str | int):
        return value
    return str(getattr(value, "name", value))


@dataclass(frozen=True)
class Misfit:
    """Where rows and contents do not fit together. A place holds ids only."""

    place: str
    missing: bool
    """Whether the row is there and the content is not; else it is the other way round."""


async def misfits(database: Database, contents: Contents) -> list[Misfit]:
    """Rows without content, and contents without row, those aside that are about to come or to be removed."""
    began = datetime.now(UTC)
    lying = {place: since async for place, since in contents.places()}
    async with database.transaction(WHOLE_COUNTRY) as session:
        rows = await session.execute(sa.select(File.place, File.stored_at).where(_IN_STORE))
        known = {str(place): at for place, at in rows}
        awaited = set(await session.scalars(sa.select(FileRemoval.place)))
    missing = [place for place, at in known.items() if place not in lying and at is not None and at < began]
    stray = [
        place
        for place, since in lying.items()
        if place not in known and place not in awaited and since < began - ENDS_LATER
    ]
    return [*(Misfit(p, True) for p in sorted(missing)), *(Misfit(p, False) for p in sorted(stray))]
