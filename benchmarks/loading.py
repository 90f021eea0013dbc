"""Rows into a migrated database, in bulk: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

import enum
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from wantilan.store.rollup_sql import filled
from wantilan.store.rollups import Rollup
from wantilan.store.secrets import Keys
from wantilan.store.tables import Table, sql_table

from .dataset import Row, Size, VillageMaker, regions

Batch = dict[type[Table], list[tuple[object, ...]]]
Convert = Callable[[Any], object]
VILLAGES_AT_ONCE = 10


def batches(
    size: Size, today: date, keys: Keys, converters: Callable[[sa.Column[Any]], Convert]
) -> Iterator[Batch]:
    """Rows by table, tables in the order in which they point at each other."""
    shapes: dict[type[Table], list[tuple[str, object, Convert]]] = {}

    def shape(model: type[Table]) -> list[tuple[str, object, Convert]]:
        if model not in shapes:
            columns = sql_table(model).columns
            shapes[model] = [(c.name, _default(c), converters(c)) for c in columns]
        return shapes[model]

    def batch(rows: Iterable[Row]) -> Batch:
        made: Batch = defaultdict(list)
        for model, values in rows:
            made[model].append(tuple(convert(values.get(n, d)) for n, d, convert in shape(model)))
        return made

    yield batch(regions(size))
    for start in range(0, size.villages, VILLAGES_AT_ONCE):
        numbers = range(start, min(start + VILLAGES_AT_ONCE, size.villages))
        yield batch(row for n in numbers for row in VillageMaker(n, size, today, keys).rows())


def _default(column: sa.Column[Any]) -> object:
    default = column.default
    return default.arg if isinstance(default, sa.ColumnDefault) and default.is_scalar else None


async def fill_postgres(
    superuser_dsn: str, size: Size, today: date, keys: Keys, rollups: Sequence[Rollup]
) -> None:
    """As superuser: row security and the triggers of foreign keys would cost ten times the rows. Those of
    rollups do not run either; what they would have counted is counted at the end.
    """
    connection = await asyncpg.connect(superuser_dsn)
    try:
        await connection.execute("SET session_replication_role = replica")
        for batch in batches(size, today, keys, _for_asyncpg):
            for model, rows in batch.items():
                names = [column.name for column in sql_table(model).columns]
                await connection.copy_records_to_table(sql_table(model).name, records=rows, columns=names)
        for rollup in rollups:
            await connection.execute(filled(rollup, "postgresql"))
        # The map of visible pages too: without it no scan is of the index alone.
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def _for_asyncpg(column: sa.Column[Any]) -> Convert:
    def convert(value: Any) -> object:
        return value.name if isinstance(value, enum.Enum) else value

    return convert


def fill_sqlite(path: Path, size: Size, today: date, keys: Keys) -> None:
    """In one transaction for each batch; the foreign keys hold by construction."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for batch in batches(size, today, keys, _for_sqlite):
            connection.execute("BEGIN IMMEDIATE")
            for model, rows in batch.items():
                connection.executemany(_insert(model), rows)
            connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _insert(model: type[Table]) -> str:
    table = sql_table(model)
    names: Sequence[str] = [f'"{column.name}"' for column in table.columns]
    return f'INSERT INTO "{table.name}" ({", ".join(names)}) VALUES ({", ".join("?" * len(names))})'


def _for_sqlite(column: sa.Column[Any]) -> Convert:
    dialect = sqlite.dialect()
    process = column.type.dialect_impl(dialect).bind_processor(dialect)

    def convert(value: Any) -> object:
        return value if value is None or process is None else process(value)

    return convert
