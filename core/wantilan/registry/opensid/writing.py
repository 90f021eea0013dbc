"""Writing a sheet: the rows as OpenSID takes them, codes as integers, days as yyyy-mm-dd."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from .columns import COLUMNS, Column
from .files import delimited, json_lines, workbook
from .kinds.base import Written
from .reading import SheetForm
from .row import ABSENT, SheetRow

TITLE = "Data Penduduk"
"""The name of the sheet in a workbook."""


def cells_of(row: SheetRow, columns: Sequence[Column] = COLUMNS) -> dict[str, Written]:
    """A row's cells by the names of the columns; what is ABSENT in the row is left out."""
    values = ((column, getattr(row, column.field)) for column in columns)
    return {column.name: column.kind.write(value) for column, value in values if value is not ABSENT}


def write_sheet(
    target: BinaryIO,
    rows: Iterable[SheetRow],
    form: SheetForm,
    *,
    columns: Sequence[Column] = COLUMNS,
    delimiter: str = ",",
) -> None:
    """The rows as a file of this form, of these columns; only a CSV has a delimiter.

    What a row lacks (ABSENT) is a blank cell in a table and no name in an object. Rows are taken one by one.
    Blocks: for a thread.
    """
    if form is SheetForm.JSON_LINES:
        json_lines.write(target, (cells_of(row, columns) for row in rows))
    elif form is SheetForm.CSV:
        delimited.write(target, _table(rows, columns), delimiter)
    else:
        workbook.write(target, _table(rows, columns), TITLE)


def _table(rows: Iterable[SheetRow], columns: Sequence[Column]) -> Iterator[list[Written]]:
    yield [column.name for column in columns]
    for row in rows:
        cells = cells_of(row, columns)
        yield [cells.get(column.name, "") for column in columns]
