"""Removing a village for good, after it has moved away or was a trial."""

from __future__ import annotations

import sqlalchemy as sa

from ...access.tokens import access_changed
from ...errors import Text
from ...programs import hookspecs
from ...programs.duties.asking import DutyRefused, duty
from ...programs.host import Host
from ...store.database import unhurried
from ...store.places import Village
from ...store.tables import PublishedTable, VillageTable, sql_table
from ...store.write import Unit


async def purge(host: Host, unit: Unit) -> None:
    """Delete all that every program keeps for the unit's village, and the village itself.

    Raises DutyRefused when a program fails or leaves a row; RuleViolated PROGRAM_NOT_INSTALLED.
    """
    await unhurried(unit.session)
    # Held first: who wants to write there waits, and then finds no village.
    await unit.session.execute(sa.select(Village.id).where(Village.id == unit.village.id).with_for_update())
    await duty(host, hookspecs.purge_village, unit.village, unit)
    for program in host.programs:
        totals = {sql_table(rollup.model) for rollup in program.rollups}
        for model in program.models:
            if not issubclass(model, VillageTable | PublishedTable):
                continue
            table = sql_table(model)
            own = table.c.village_id == unit.village.id
            if table in totals:  # of zeros: triggers keep them, and no program writes there
                await unit.session.execute(sa.delete(table).where(own))
            elif await unit.session.scalar(sa.select(sa.exists(sa.select(table).where(own)))):
                left = Text(f"masih ada baris di {table.name}.", f"rows are left in {table.name}.")
                raise DutyRefused(program.name, "purge_village", left)
    await unit.session.execute(sa.delete(Village).where(Village.id == unit.village.id))
    await access_changed(unit.session)
