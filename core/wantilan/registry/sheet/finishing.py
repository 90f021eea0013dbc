"""What is done with every resident whom an import has made or changed: one place for whatever follows."""

from __future__ import annotations

from collections.abc import Sequence

from ...store.write import Unit
from ..life.projecting import batched
from ..models import Resident
from ..names import sort_key
from ..searching import index_residents


def rename(resident: Resident, name: str) -> None:
    """Give a resident a name that has passed `name_fault`."""
    resident.full_name, resident.name_key = name, sort_key(name)


async def finish_residents(unit: Unit, made: Sequence[Resident], changed: Sequence[Resident]) -> None:
    """Called once for each piece of an import, when all of its rows are written and still in the session. The
    search has the new ones already: their entry wrote them.
    """
    for some in batched([resident.id for resident in changed]):
        await index_residents(unit, Resident.id.in_(some))
    for resident in made:
        unit.announce("resident_registered", resident=resident.id)
