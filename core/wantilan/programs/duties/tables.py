"""The duties towards a village over a program's tables, whatever tables they are: `models` in, nothing more.

A table that is added later travels and is purged without new code. What it must say of itself stands in
`store.travel`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ...store.plain import plain_row, typed_row, writing
from ...store.tables import PublishedTable, Table, VillageTable, sql_table
from ...store.travel import does_travel, without_what_stays
from ...store.write import Unit
from ..values import Record

BATCH = 500
"""How many rows are read and written at a time."""
VILLAGE_ID = "village_id"


async def export_tables(unit: Unit, models: Sequence[type[Table]]) -> AsyncIterator[Record]:
    """Every row that these tables keep for the village, what others point at first. For `export_village`.

    Rollups do not belong among them: where the rows arrive, their triggers count them again.
    """
    for table in in_order(model for model in models if does_travel(model)):
        async for row in rows_of(unit.session, table, table.c[VILLAGE_ID] == unit.village.id):
            yield Record(table.name, without_what_stays(table, plain_row(table, row)))


async def import_tables(unit: Unit, models: Sequence[type[Table]], records: AsyncIterator[Record]) -> None:
    """Write what `export_tables` gave elsewhere. For `import_village`.

    Raises ValueError, naming the table, for a record that is not of these tables, or not of this village.
    """
    tables = {table.name: table for table in in_order(m for m in models if does_travel(m))}
    async for name, rows in _batches(records, {name for name, one in tables.items() if _own_keys(one)}):
        if name not in tables:
            raise ValueError(f"{name} is no table of this program.")
        typed = [typed_row(tables[name], row) for row in rows]
        for some in _parents_first(tables[name], typed):
            await write_rows(unit, tables[name], some)


async def purge_tables(unit: Unit, models: Sequence[type[Table]]) -> None:
    """Delete every row that these tables keep for the village. For `purge_village`."""
    for table in reversed(in_order(m for m in models if issubclass(m, VillageTable | PublishedTable))):
        await unit.session.execute(sa.delete(table).where(table.c[VILLAGE_ID] == unit.village.id))


async def write_rows(unit: Unit, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of one table of the unit's village; its key to itself may point at any of them."""
    place = VILLAGE_ID if VILLAGE_ID in table.columns else "id"
    if any(row[place] != unit.village.id for row in rows):
        raise ValueError(f"A row of {table.name} is not of this village.")
    # RETURNING makes SQLAlchemy write many rows with one statement.
    insert = writing(table).returning(next(iter(table.primary_key)))
    await unit.session.execute(insert, list(rows))


async def rows_of(
    session: AsyncSession, table: sa.Table, *conditions: sa.ColumnElement[bool]
) -> AsyncIterator[Mapping[str, Any]]:
    """The rows of a table in the order of their key, piece by piece."""
    key = [column for column in table.primary_key if column.name != VILLAGE_ID]
    query = sa.select(table).where(*conditions).order_by(*key).limit(BATCH)
    page = query
    while True:
        found = (await session.execute(page)).mappings().all()
        for row in found:
            yield dict(row)
        if len(found) < BATCH:
            return
        last = [sa.literal(found[-1][column.name], column.type) for column in key]
        page = query.where(sa.tuple_(*key) > sa.tuple_(*last))


def in_order(models: Iterable[type[Table]]) -> list[sa.Table]:
    """Tables, what others point at first."""
    return sa.schema.sort_tables([sql_table(model) for model in models])


async def _batches(
    records: AsyncIterator[Record], whole: Collection[str]
) -> AsyncIterator[tuple[str, list[Mapping[str, Any]]]]:
    """Records of one table that follow each other; those of the tables in `whole` all at once."""
    name, rows = "", list[Mapping[str, Any]]()
    async for record in records:
        full = len(rows) >= BATCH and name not in whole
        if rows and (record.table != name or full):
            yield name, rows
            rows = []
        name = record.table
        rows.append(record.values)
    if rows:
        yield name, rows


def _own_keys(table: sa.Table) -> list[str]:
    """The columns by which rows of a table point at rows of the same."""
    return [
        name
        for key in table.foreign_key_constraints
        if key.referred_table is table
        for name in key.column_keys
        if name != VILLAGE_ID
    ]


def _parents_first(table: sa.Table, rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Rows in such pieces that none points at a row of a later piece, or of its own: a key is looked at row
    by row. What can never be so arranged comes last, for the database to refuse.
    """
    keys = _own_keys(table)
    if not keys:
        yield rows
        return
    waiting, left = {row["id"] for row in rows}, rows
    while left:
        ready = [row for row in left if not any(row[key] in waiting for key in keys)] or left
        waiting -= {row["id"] for row in ready}
        left = [row for row in left if row["id"] in waiting]
        yield from (ready[start : start + BATCH] for start in range(0, len(ready), BATCH))
