"""Publishing a set-up: a copy that everybody may read, until the village withdraws it or switches it off."""

from __future__ import annotations

import sqlalchemy as sa

from ...store.places import ProgramSetup, Village
from ...store.write import Unit
from ..host import Host
from .changes import same
from .taking import Setup, take

PUBLISHED, WITHDRAWN = "setup_published", "setup_withdrawn"


async def publish(host: Host, unit: Unit, name: str) -> tuple[ProgramSetup, bool]:
    """Publish the set-up as it is now, in place of what was published before; False when it is the same.

    Raises what `take` raises.
    """
    setup = await take(host, unit, name)
    row = await unit.first(ProgramSetup, ProgramSetup.program == name, lock=True)
    if row is not None and row.version == setup.version and same(setup_of(row).whole, setup.whole):
        return row, False
    if row is None:
        row = ProgramSetup(program=name)
    row.version, row.published_at = setup.version, unit.now
    row.setup, row.settings = dict(setup.setup), dict(setup.settings)
    await unit.add(row)
    unit.announce(PUBLISHED, program=name)
    return row, True


async def withdraw(unit: Unit, name: str) -> bool:
    """Let nobody read it any more, or take it over; what others took over stays theirs. False when there is
    none.
    """
    row = await unit.first(ProgramSetup, ProgramSetup.program == name, lock=True)
    if row is None:
        return False
    await unit.session.delete(row)
    await unit.flush()
    unit.announce(WITHDRAWN, program=name)
    return True


async def published(unit: Unit, village: str, name: str) -> Setup | None:
    """What the village of this code has published of a program, read from inside another one."""
    query = sa.select(ProgramSetup).join(Village, Village.id == ProgramSetup.village_id)
    found = await unit.session.scalar(query.where(Village.code == village, ProgramSetup.program == name))
    return setup_of(found) if found is not None else None


def setup_of(row: ProgramSetup) -> Setup:
    return Setup(row.program, row.version, row.setup, row.settings)
