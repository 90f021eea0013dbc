"""Rollups: totals declared beside a table, which the database keeps up to date in the writing transaction.

Days are kept in spans of 1, 6, 36, 216 and 7,776 days, so that any period is the sum of some dozen spans and
not of all its days. What a rollup holds is made by triggers (see `rollup_triggers`), whoever writes and
however.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, mapped_column

from ..errors import DeclarationError
from .tables import Table, VillageTable, sql_table

Attribute = InstrumentedAttribute[Any]

SIZES = (1, 6, 36, 216, 7776)
"""Days in a span of each level. A year is at most 20 spans, and all days that there are some hundred; a row
is counted once in each level.
"""
LEVEL_BITS = 24
SPAN, ROWS = "span", "row_count"
NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
"""What a table can be called without quotes, and its triggers on PostgreSQL without being cut off."""
KEEPS = (sa.Enum, sa.Text, sa.String, sa.Uuid, sa.Integer, sa.BigInteger, sa.Boolean, sa.Date)


@dataclass(frozen=True, eq=False)
class Rollup:
    """`model` is its table: one row for each village, span of days and value of `by`, with the sum of each of
    `sums` and the number of rows.
    """

    model: type[Table]
    source: type[VillageTable]
    by: tuple[str, ...]
    sums: tuple[str, ...]
    day: str | None
    nullable: tuple[str, ...] = ()
    """Those of `by` that may be null."""

    @property
    def name(self) -> str:
        return sql_table(self.model).name

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What its rows are kept by, behind the village."""
        return (*((SPAN,) if self.day else ()), *self.by)

    @property
    def key(self) -> tuple[str, ...]:
        """The key of its rows. It holds no null: a dimension that may be has a column of its own there."""
        unknown = {column: key_column(column) for column in self.nullable}
        return ("village_id", *(unknown.get(column, column) for column in self.dimensions))


def key_column(column: str) -> str:
    """What stands in the key for a dimension that may be null: '' for null, else the value behind a '='."""
    return f"{column}_key"


def rollup(
    name: str,
    source: type[VillageTable],
    *,
    by: Sequence[Attribute] = (),
    sums: Sequence[Attribute] = (),
    day: Attribute | None = None,
) -> Rollup:
    """Declare totals of a table: `rollup("waste_intake_total", Intake, day=…, by=[…], sums=[…])`.

    `name` is the name of its table, which a migration of the program makes; `by` are the columns to group by,
    which may be null; `sums` are whole numbers; `day` is a date column by which periods are asked for. Raises
    DeclarationError for a name that no table can have, a column that is not the source's, stands twice or is
    of the wrong kind, and for sums and a day that may be null.
    """
    where = f"rollup({name!r})"
    if not (isinstance(source, type) and issubclass(source, VillageTable) and hasattr(source, "__table__")):
        raise DeclarationError(
            f"{where}: only tables of villages have rollups. Declare it over a VillageTable."
        )
    where += f" over {source.__name__}"
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise DeclarationError(
            f"{where}: this is no name of a table. Give it at most 48 small letters, digits and underscores."
        )
    by, sums = _listed(where, source, "by", by), _listed(where, source, "sums", sums)
    for column in (*by, *sums, *([day] if day is not None else ())):
        _check_column(where, source, column)
    for column in by:
        if not isinstance(_bare(column), KEEPS):
            raise DeclarationError(
                f"{where}: by {column.key!r} is no kind of value to group by. Leave it out."
            )
    for column in sums:
        if not isinstance(_bare(column), sa.Integer):
            raise DeclarationError(f"{where}: {column.key!r} is no whole number, so it has no exact sum.")
        _refuse_null(
            where, source, column, "what is null adds nothing. Make it NOT NULL, with 0 for nothing."
        )
    if day is not None:
        if not isinstance(_bare(day), sa.Date):
            raise DeclarationError(
                f"{where}: day={day.key!r} is no date. Keep the business date in a column."
            )
        _refuse_null(
            where, source, day, "what has no day is in no period. Make it NOT NULL, or put it into by."
        )
    _refuse_twice(where, source, by, sums, day)
    if name in Table.metadata.tables:
        raise DeclarationError(f"{where}: there is a table of this name already. Give it another one.")
    return Rollup(
        _model(name, source, by, sums, day),
        source,
        tuple(column.key for column in by),
        tuple(column.key for column in sums),
        day.key if day is not None else None,
        tuple(column.key for column in by if _may_be_null(source, column)),
    )


def _listed(where: str, source: type[Table], what: str, given: object) -> list[Any]:
    if isinstance(given, list | tuple):
        return list(given)
    raise DeclarationError(f"{where}: {what} must be a list of columns. Write {what}=[{source.__name__}.…].")


def _check_column(where: str, source: type[Table], column: object) -> None:
    if not isinstance(column, InstrumentedAttribute):
        raise DeclarationError(f"{where}: {column!r:.60} is no column. Write {source.__name__}.<column>.")
    if column.class_ is not source or column.key not in sql_table(source).c:
        raise DeclarationError(
            f"{where}: {column.key!r} is no column of {source.__name__}. Name one that it has."
        )


def _refuse_null(where: str, source: type[Table], column: Attribute, why: str) -> None:
    if _may_be_null(source, column):
        raise DeclarationError(f"{where}: {column.key!r} may be null, and {why}")


def _refuse_twice(
    where: str,
    source: type[Table],
    by: Sequence[Attribute],
    sums: Sequence[Attribute],
    day: Attribute | None,
) -> None:
    """Every column of its table has one meaning."""
    own = ["village_id", ROWS, *([SPAN] if day is not None else [])]
    keys = [column.key for column in by]
    names = Counter([*own, *keys, *(column.key for column in sums)])
    names.update(key_column(c.key) for c in by if _may_be_null(source, c))
    for name, times in names.items():
        if times > 1 and name in own:
            raise DeclarationError(
                f"{where}: {name!r} is a column of every rollup. Leave it out of by and sums."
            )
        if times > 1:
            raise DeclarationError(
                f"{where}: {name!r} would be two columns of its table. Name it once, in by or in sums."
            )


def _may_be_null(source: type[Table], column: Attribute) -> bool:
    return bool(sql_table(source).c[column.key].nullable)


def _bare(column: Attribute) -> Any:
    type_: Any = column.type
    while isinstance(type_, sa.types.TypeDecorator):
        type_ = type_.impl_instance
    return type_


def _model(
    name: str,
    source: type[Table],
    by: Sequence[Attribute],
    sums: Sequence[Attribute],
    day: Attribute | None,
) -> type[Table]:
    """Its table. The key is what it is kept by; nothing points at a row of it, so it has no id."""
    columns: dict[str, Any] = {"id": None}
    if day is not None:
        columns[SPAN] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    for column in by:
        if _may_be_null(source, column):
            columns[column.key] = mapped_column(column.type, nullable=True)
            columns[key_column(column.key)] = mapped_column(sa.Text, primary_key=True)
        else:
            columns[column.key] = mapped_column(column.type, primary_key=True, autoincrement=False)
    for column in sums:
        columns[column.key] = mapped_column(sa.BigInteger, nullable=False)
    columns[ROWS] = mapped_column(sa.BigInteger, nullable=False)
    title = "".join(part.capitalize() for part in name.split("_"))
    made = {
        "__tablename__": name,
        "__table_args__": {"sqlite_with_rowid": False},
        "__module__": source.__module__,
    }
    return type(title, (VillageTable,), {**made, **columns, "__doc__": f"Totals of {source.__name__}."})


def spans_of(first: date, last: date) -> list[int]:
    """The spans that together are the days from the first to the last one, both included; none for an empty
    period.
    """
    if first > last:
        return []
    begin, end = first.toordinal(), last.toordinal() + 1
    found: list[int] = []
    for level, size in enumerate(SIZES):
        larger = SIZES[level + 1] if level + 1 < len(SIZES) else None
        while begin < end and (larger is None or begin % larger):
            found.append(_span(level, begin // size))
            begin += size
        while begin < end and (larger is None or end % larger):
            end -= size
            found.append(_span(level, end // size))
    return found


def _span(level: int, number: int) -> int:
    return level << LEVEL_BITS | number


WHOLE = _span(len(SIZES) - 1, 0)
"""Spans from here on are those of the last level: together they hold every row once."""
