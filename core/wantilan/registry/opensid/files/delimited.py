"""CSV: UTF-8 with or without a byte order mark, split by comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

from ....errors import Text
from ...numbers import Finding
from ..findings import Unreadable
from ..heading import LOOKED_THROUGH, heading_of
from ..kinds.base import Written
from .base import Numbered, SheetLimits, too_large, unreadable

FORM = "CSV"
DELIMITERS = ",;\t"

NOT_UTF8 = Finding(
    "SHEET_NOT_UTF8", Text("CSV harus disimpan sebagai UTF-8.", "The CSV must be saved as UTF-8.")
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula when it opens a CSV."""
_QUOTED = (*_FORMULA, "'")


def escaped(cell: Written) -> Written:
    """A text that no spreadsheet runs: an apostrophe before what would begin a formula."""
    if isinstance(cell, str) and (
        cell.startswith(_FORMULA) or (cell[:1] == "'" and cell[1:].startswith(_QUOTED))
    ):
        return cell if cell == "-" else f"'{cell}"
    return cell


def unescaped(cell: str) -> str:
    """Undoes `escaped`, and leaves every other text alone."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_QUOTED) else cell


def read(path: Path, limits: SheetLimits) -> Iterator[Numbered]:
    """The rows, blank ones too. Raises Unreadable for what is no CSV in UTF-8."""
    if path.stat().st_size > limits.bytes:
        raise Unreadable(too_large(limits.bytes))
    delimiter = _delimiter(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from _rows(file, delimiter)


def _rows(file: TextIO, delimiter: str) -> Iterator[Numbered]:
    rows = csv.reader(file, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except UnicodeDecodeError:
            raise Unreadable(NOT_UTF8) from None
        except csv.Error:
            raise Unreadable(unreadable(FORM)) from None
        yield number, [unescaped(cell) for cell in cells]


def _delimiter(path: Path) -> str:
    """The first by which one of the first rows is a heading."""
    for delimiter in DELIMITERS:
        with path.open(encoding="utf-8-sig", newline="") as file:
            try:
                for (number, cells), _ in zip(_rows(file, delimiter), range(LOOKED_THROUGH), strict=False):
                    if heading_of(number, cells):
                        return delimiter
            except Unreadable as error:
                if error.finding is NOT_UTF8:
                    raise
    return DELIMITERS[0]


def write(target: BinaryIO, rows: Iterable[list[Written]], delimiter: str = ",") -> None:
    """Rows as CSV in UTF-8 with a byte order mark, without which Excel reads another encoding."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="")
    csv.writer(text, delimiter=delimiter).writerows([escaped(cell) for cell in row] for row in rows)
    text.detach()  # the file stays the caller's, who closes it
