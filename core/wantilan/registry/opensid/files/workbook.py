"""Excel workbooks (.xlsx), by openpyxl: read row by row after they were vetted, written row by row."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ..findings import Unreadable
from ..kinds.base import Raw, Written
from .base import Numbered, SheetLimits, too_many_rows, unreadable
from .vetting import FORM, vet

LAST_ROW = 1_048_576
"""Of a sheet in Excel."""
MOST_SHEETS = 20
_BATCH = 500


@contextmanager
def opened(path: Path, limits: SheetLimits) -> Iterator[tuple[list[Iterator[Numbered]], bool]]:
    """The rows of each sheet, without the blank ones; and whether the workbook counts its days from 1904.
    A formula counts by the value that it had when the workbook was saved.

    Raises Unreadable, also while the rows are read.
    """
    vet(path, limits)
    with path.open("rb") as content:  # given a path, openpyxl refuses what is not called .xlsx
        with _silent(), _ours():
            book = load_workbook(content, read_only=True, data_only=True, keep_links=False)
        try:
            sheets = [_rows(sheet, limits) for sheet in book.worksheets[:MOST_SHEETS]]
            yield sheets, book.epoch == CALENDAR_MAC_1904
        finally:
            book.close()


def _rows(sheet: Any, limits: SheetLimits) -> Iterator[Numbered]:
    """The rows that hold something. The size that a sheet states is often wrong: it is not asked."""
    sheet.reset_dimensions()
    rows: Iterator[Sequence[Raw]] = sheet.iter_rows(values_only=True, max_col=limits.columns)
    number = 0
    while batch := _batch(rows):
        for cells in batch:
            number += 1
            if number > LAST_ROW:
                raise Unreadable(too_many_rows(LAST_ROW))
            # A sheet can have a million rows that are merely formatted.
            if cells.count(None) < len(cells):
                yield number, cells


def _batch(rows: Iterator[Sequence[Raw]]) -> list[Sequence[Raw]]:
    with _silent(), _ours():
        return list(islice(rows, _BATCH))


@contextmanager
def _silent() -> Iterator[None]:
    """openpyxl warns of what it does not know, and with that of what a cell holds. Only around its own work:
    a filter that lasted between two rows would be another's by then.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"openpyxl\.")
        yield


@contextmanager
def _ours() -> Iterator[None]:
    """Whatever openpyxl raises over a broken workbook is the workbook's fault, and may hold its values."""
    try:
        yield
    except Unreadable:
        raise
    except Exception:
        raise Unreadable(unreadable(FORM)) from None


def write(target: BinaryIO, rows: Iterable[list[Written]], title: str) -> None:
    """Rows as a workbook of one sheet. A text stays a text, whatever it looks like: no formula, no number."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append([_cell(sheet, cell) for cell in row])
    book.save(target)


def _cell(sheet: Any, value: Written) -> Any:
    if not isinstance(value, str):
        return value
    if not value:
        return None
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
