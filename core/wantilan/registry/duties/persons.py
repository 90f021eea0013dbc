"""Rows about one person, found by the keys of the tables: whatever points at the resident, or at such a row.

A table that is added later is exported and erased without new code. What is not said to be kept is forgotten:
a column that nobody thought of loses its text.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from ...graph.naming import camel_case
from ...programs.duties.tables import VILLAGE_ID, in_order, rows_of
from ...programs.values import Json, ResidentFacts
from ...store.plain import bare_type, plain
from ...store.secrets import Keys
from ...store.tables import PublishedTable, Table, VillageTable, sql_table
from ...store.travel import HASH, keyed_columns, sealed_columns
from ...store.write import Unit
from ..models import Resident

FORGOTTEN = "—"
"""What stands where a text must stand. No name and no note that anybody may give is this."""

_RESIDENT = sql_table(Resident)


def about(
    table: sa.Table, resident: ResidentFacts, way: tuple[sa.Table, ...] = ()
) -> sa.ColumnElement[bool] | None:
    """Which rows of a table are about a person; None where none can be.

    A row that names its resident is about that one alone, whatever else it points at: what an event of his
    changed of others is theirs.
    """
    if table is _RESIDENT:
        return table.c.id == resident.id
    naming: list[sa.Column[Any]] = []
    tests: list[sa.ColumnElement[bool]] = []
    for key in table.foreign_key_constraints:
        far = key.referred_table
        if far is table or far in way or VILLAGE_ID not in far.columns:
            continue
        test = about(far, resident, (*way, table))
        if test is None:
            continue
        own, other = next((e.parent, e.column) for e in key.elements if e.column.name != VILLAGE_ID)
        if far is _RESIDENT:
            naming.append(own)
            continue
        there = sa.select(other).where(far.c.village_id == resident.village_id, test).correlate(None)
        tests.append(own.in_(there))
    if not naming and not tests:
        return None
    named = sa.or_(sa.false(), *(column == resident.id for column in naming))
    nobody = sa.and_(sa.true(), *(column.is_(None) for column in naming))
    beside = sa.and_(nobody, sa.or_(sa.false(), *tests))
    return sa.and_(table.c.village_id == resident.village_id, sa.or_(named, beside))


async def resident_rows(
    unit: Unit, models: Sequence[type[Table]], resident: ResidentFacts
) -> dict[str, Json]:
    """All rows of these tables about a resident, for `export_resident`: a list for each table that has any,
    under the table's name, each row by the names of its columns, both in camelCase. Of who was erased there
    is nothing: what stays of him says nothing of a person.

    What is sealed is opened where the unit has keys. Fingerprints, hashes and tables that are found by words
    are left out: they say nothing that does not stand elsewhere.
    """
    found: dict[str, Json] = {}
    if await is_erased(unit, resident):
        return found
    for table in in_order(m for m in models if issubclass(m, VillageTable | PublishedTable)):
        test = about(table, resident)
        if test is None or has_words_for_a_key(table):
            continue
        rows = [shown(table, row, unit.keys) async for row in rows_of(unit.session, table, test)]
        if rows:
            found[camel_case(table.name)] = rows
    return found


def shown(table: sa.Table, row: Mapping[str, Any], keys: Keys | None) -> dict[str, Json]:
    """A row as its person may read it."""
    sealed, hidden = sealed_columns(table), {VILLAGE_ID, *keyed_columns(table)}
    made: dict[str, Json] = {
        camel_case(column.name): plain(column, row[column.name])
        for column in table.columns
        if column.name not in hidden and HASH not in column.info
    }
    for name, one in sealed.items():
        if keys is not None and row[name] is not None:
            opened = keys.open(row[name], purpose=one.purpose, owner=row[one.owner])
            made[camel_case(name.removesuffix("_sealed"))] = opened
    return made


async def is_erased(unit: Unit, resident: ResidentFacts) -> bool:
    """Whether the register has forgotten him."""
    name = sa.select(Resident.full_name).where(
        Resident.village_id == resident.village_id, Resident.id == resident.id
    )
    return await unit.session.scalar(name) == FORGOTTEN


async def forget_resident(
    unit: Unit,
    models: Sequence[type[Table]],
    resident: ResidentFacts,
    *,
    delete: Collection[type[Table]] = (),
    keep: Collection[InstrumentedAttribute[Any]] = (),
) -> None:
    """Take the person out of all rows of these tables about a resident, for `erase_resident`.

    Rows of the tables in `delete` are deleted, and those whose key is made of words: an index of what is
    written elsewhere. The others stay with their ids, days and instants; whatever
    else may be null is null then, and a text that may not be is `—`. Columns in `keep` stay as they are: what
    says nothing of a person (the number of a card), or what totals are made of.

    Rows that were loaded before are written, and the session knows them no more.
    """
    await unit.flush()
    kept = {column.property.columns[0] for column in keep}
    gone = {sql_table(model) for model in delete}
    for table in reversed(in_order(m for m in models if issubclass(m, VillageTable | PublishedTable))):
        test = about(table, resident)
        if test is None:
            continue
        if table in gone or has_words_for_a_key(table):
            await unit.session.execute(sa.delete(table).where(test))
        elif values := _forgetting(table, kept):
            await unit.session.execute(sa.update(table).where(test).values(values))
    unit.session.expunge_all()


def has_words_for_a_key(table: sa.Table) -> bool:
    """Whether a row is found by a text, so that none can be taken out of it."""
    return any(_is_text(column) for column in table.primary_key)


def _forgetting(table: sa.Table, kept: Collection[sa.Column[Any]]) -> dict[str, Any]:
    free = [column for column in table.columns if column not in kept and not column.primary_key]
    values = {c.name: sa.null() for c in free if c.nullable and not isinstance(bare_type(c), _LASTING)}
    return values | {c.name: FORGOTTEN for c in free if not c.nullable and _is_text(c)}


_LASTING = (sa.Uuid, sa.Date, sa.DateTime)
"""A day that is null would often say something else: that it lasts still. Ids say nothing by themselves."""


def _is_text(column: sa.Column[Any]) -> bool:
    kind = bare_type(column)
    return isinstance(kind, sa.Text | sa.String) and not isinstance(kind, sa.Enum)
