"""Rollups: totals declared beside a table, which the database keeps up to date in the writing transaction.

Days are kept in spans of 1, 6, 36 and 216 days, so that any period is the sum of some dozen spans and not of
all its days. What a rollup holds is made by triggers (see `rollup_sql`), whoever writes and however.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, mapped_column

from ..errors import DeclarationError
from .tables import Table, VillageTable, sql_table

Attribute = InstrumentedAttribute[Any]

SIZES = (1, 6, 36, 216)
"""Days in a span of each level. A year is at most 25 spans; a row is counted once in each level."""
LEVEL_BITS = 24
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
"""Days outside count as these: so no period is more than some hundred spans."""
SPAN, ROWS = "span", "row_count"
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

    @property
    def name(self) -> str:
        return sql_table(self.model).name

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The key of its rows behind the village."""
        return (*((SPAN,) if self.day else ()), *self.by)


def rollup(
    name: str,
    source: type[VillageTable],
    *,
    by: Sequence[Attribute] = (),
    sums: Sequence[Attribute] = (),
    day: Attribute | None = None,
) -> Rollup:
    """Declare totals of a table: `rollup("waste_intake_total", Intake, day=…, by=[…], sums=[…])`.

    `name` is the name of its table, which a migration of the program makes; `day` a date column by which
    periods are asked for. Raises DeclarationError for a column that is not the source's, may be null, or is
    of the wrong kind.
    """
    where = f"rollup({name!r})"
    if not (isinstance(source, type) and issubclass(source, VillageTable)):
        raise DeclarationError(
            f"{where}: only tables of villages have rollups. Declare it over a VillageTable."
        )
    table = sql_table(source)
    for column in (*by, *sums, *([day] if day is not None else ())):
        _check_column(where, source, table, column)
    for column in by:
        if not isinstance(_bare(column), KEEPS):
            raise DeclarationError(
                f"{where}: by {column.key!r} is no kind of value to group by. Leave it out."
            )
    for column in sums:
        if not isinstance(_bare(column), sa.Integer):
            raise DeclarationError(f"{where}: {column.key!r} is no whole number, so it has no exact sum.")
    if day is not None and not isinstance(_bare(day), sa.Date):
        raise DeclarationError(f"{where}: day={day.key!r} is no date. Keep the business date in a column.")
    return Rollup(
        _model(name, source, by, sums, day),
        source,
        tuple(column.key for column in by),
        tuple(column.key for column in sums),
        day.key if day is not None else None,
    )


def _check_column(where: str, source: type[Table], table: sa.Table, column: Attribute) -> None:
    if column.class_ is not source or column.key not in table.c:
        raise DeclarationError(f"{where}: {column.key!r} is no column of {source.__name__}.")
    if table.c[column.key].nullable:
        raise DeclarationError(
            f"{where}: {column.key!r} may be null, and what is null is in no group. Make it NOT NULL, with a "
            "value that says so."
        )


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
    begin, end = _number(first), _number(last) + 1
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


def _number(day: date) -> int:
    return min(max(day, FIRST), LAST).toordinal()


def _span(level: int, number: int) -> int:
    return level << LEVEL_BITS | number


WHOLE = _span(len(SIZES) - 1, 0)
"""Spans from here on are those of the last level: together they hold every row once."""
