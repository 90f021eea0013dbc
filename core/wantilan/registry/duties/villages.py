"""The register's own part when a village is exported, imported or removed: its row, core's tables, roles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import sqlalchemy as sa

from ...programs.duties.tables import export_tables, import_tables, purge_tables, write_rows
from ...programs.values import Record
from ...store.places import Village
from ...store.plain import plain_row, typed_row
from ...store.tables import Table, sql_table
from ...store.write import Unit
from ..files.duties import give_up_contents
from ..searching import index_residents
from .accounts import ACTOR, GRANT, drop_accounts, export_accounts, held_at, import_accounts

VILLAGE = sql_table(Village)


async def export_register(unit: Unit, models: Sequence[type[Table]]) -> AsyncIterator[Record]:
    """The village itself, every row of core's tables, and who holds roles there."""
    query = sa.select(VILLAGE).where(VILLAGE.c.id == unit.village.id)
    for row in (await unit.session.execute(query)).mappings():
        yield Record(VILLAGE.name, plain_row(VILLAGE, dict(row)))
    async for record in export_tables(unit, models):
        yield record
    async for record in export_accounts(unit):
        yield record


async def import_register(unit: Unit, models: Sequence[type[Table]], records: AsyncIterator[Record]) -> None:
    """What `export_register` gave elsewhere."""
    accounts: list[Record] = []

    async def of_villages() -> AsyncIterator[Record]:
        async for record in records:
            if record.table == VILLAGE.name:
                await write_rows(unit, VILLAGE, [typed_row(VILLAGE, record.values)])
            elif record.table in (ACTOR.name, GRANT.name):
                accounts.append(record)
            else:
                yield record

    await import_tables(unit, models, of_villages())
    await index_residents(unit)
    await import_accounts(unit, accounts)


async def purge_register(unit: Unit, models: Sequence[type[Table]]) -> None:
    """Delete all but the row of the village itself, which is the last of all programs' to go. Contents of its
    files follow after the commit, by the sweep.
    """
    await give_up_contents(unit)
    await purge_tables(unit, models)
    await drop_accounts(unit, held_at(unit.village))
