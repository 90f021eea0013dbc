"""Files in the duties towards a resident and towards a village, and whether rows and contents fit together.

These are called inside the transaction of a duty; contents follow after its commit, by the sweep.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa

from ...store.contents import Contents
from ...store.database import Database
from ...store.walls import WHOLE_COUNTRY
from ...store.write import Unit
from ..models import File, FileRemoval
from .desk import ENDS_LATER
from .taking import give_up

_IN_STORE = File.place.is_not(None)


async def erase_files(unit: Unit, resident: UUID) -> int:
    """Give up every file that is about a resident. The rows stay for those that point at them, and say
    nothing of the person. How many there were.
    """
    found = await unit.all(File, File.resident_id == resident)
    for row in found:
        await give_up(unit, row)
    return len(found)


async def give_up_contents(unit: Unit) -> None:
    """Have the contents of all files of the village removed; the rows are about to be deleted."""
    places = sa.select(File.place, sa.literal(unit.now, FileRemoval.due_at.type)).where(
        File.village_id == unit.village.id, _IN_STORE
    )
    await unit.session.execute(sa.insert(FileRemoval).from_select(["place", "due_at"], places))


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
