"""Reading a sheet: row by row, every fault located, nothing kept but what later rows need."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ...errors import Text
from ..numbers import Finding
from . import heading
from .across import Across
from .columns import BY_NAME, COLUMNS, Column
from .files import delimited, json_lines, workbook
from .files.base import Numbered, SheetLimits, too_many_columns, too_many_rows
from .findings import Findings, Located, Unreadable, located
from .heading import HEADING_MISSING, KEY, Heading, column_of, filled, heading_of
from .judging import Judged, judge_row
from .kinds.base import Raw, Sense
from .kinds.numerals import NIK_MISSING
from .row import SheetRow


class SheetForm(enum.Enum):
    """The kinds of files that hold a sheet."""

    XLSX = "xlsx"
    """A workbook, as OpenSID exports and imports it."""
    CSV = "csv"
    """A table in UTF-8."""
    JSON_LINES = "jsonl"
    """One JSON object a line."""


CELL_UNNAMED = Finding(
    "CELL_UNNAMED",
    Text(
        "Ada isi di kolom tanpa nama, di sini atau di bawahnya; diabaikan.",
        "Something stands in a column without a name, here or below; left out.",
    ),
)
ROW_TOO_LONG = Finding(
    "ROW_TOO_LONG",
    Text(
        "Baris lebih panjang dari judul: pemisah di dalam teks tanpa tanda kutip?",
        "The row is longer than the heading: a delimiter inside a text without quotes?",
    ),
)


_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
"""How an .xls begins: it is to be refused as a workbook, and not for its letters."""


def form_of(path: Path) -> SheetForm:
    """The kind of a file by how its content begins; CSV unless it is another."""
    with path.open("rb") as file:
        head = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"PK", _OLD_WORKBOOK)):
        return SheetForm.XLSX
    return SheetForm.JSON_LINES if head.startswith(b"{") else SheetForm.CSV


@dataclass(frozen=True)
class SheetLine:
    """One row that is not blank. `row` is None if it has a fault; warnings leave it."""

    number: int
    row: SheetRow | None
    faults: tuple[Located, ...] = ()
    warnings: tuple[Located, ...] = ()


class SheetReader:
    """Reads one file once.

        reader = SheetReader(path, today=unit.today)
        for line in reader:
            ...
        reader.faults.total, reader.warnings.listed, reader.columns

    `columns` is there from the first line on (of JSON Lines: those met so far). `faults` and `warnings` are
    whole after the last line; they hold also what is no row's: an unreadable file, a missing heading, unknown
    columns. Nothing is raised for what a file can hold. Blocks: for a thread.
    """

    def __init__(
        self,
        path: Path,
        *,
        today: date,
        form: SheetForm | None = None,
        limits: SheetLimits | None = None,
        known_region: Callable[[str], bool] | None = None,
        most_listed: int | None = None,
    ) -> None:
        self.path, self.form = path, form or form_of(path)
        self.limits = limits or SheetLimits()
        self.columns: tuple[Column, ...] = ()
        self.faults, self.warnings = (Findings(*([most_listed] if most_listed else [])) for _ in range(2))
        self.rows = self.faulty_rows = 0
        """How many rows are not blank, and how many of them have a fault."""
        self._sense = Sense(today)
        self._known_region = known_region
        self._across = Across()
        self._noted = False

    def __iter__(self) -> Iterator[SheetLine]:
        try:
            yield from self._lines()
        except Unreadable as error:
            self.faults.add(located(error.finding))
            return
        self.warnings.add(*self._across.end())

    def _lines(self) -> Iterator[SheetLine]:
        if self.form is SheetForm.JSON_LINES:
            yield from self._from_objects()
        elif self.form is SheetForm.CSV:
            yield from self._from_tables([delimited.read(self.path, self.limits)])
        else:
            with workbook.opened(self.path, self.limits) as (sheets, epoch_1904):
                self._sense = Sense(self._sense.today, epoch_1904)
                yield from self._from_tables(sheets)

    # Tables

    def _from_tables(self, tables: Sequence[Iterator[Numbered]]) -> Iterator[SheetLine]:
        """Of the first table that has a heading: workbooks also hold sheets that explain."""
        for rows in tables:
            for number, cells in rows:
                found = heading_of(number, cells) if number <= heading.LOOKED_THROUGH else None
                if found:
                    yield from self._below(found, rows)
                    return
                if number >= heading.LOOKED_THROUGH:
                    break
        self.faults.add(located(HEADING_MISSING))

    def _below(self, found: Heading, rows: Iterator[Numbered]) -> Iterator[SheetLine]:
        self.columns = found.columns
        if len(found.places) > self.limits.columns:
            raise Unreadable(too_many_columns(self.limits.columns))
        if found.twice:
            self.faults.add(*[located(heading.TWICE, found.row, column.name) for column in found.twice])
            return
        self._warn_of_columns(found.unknown, found.row)
        places = [(place, column) for place, column in enumerate(found.places) if column is not None]
        for number, cells in rows:
            if any(map(filled, cells)):
                padded = cells if len(cells) >= len(found.places) else [*cells, *[None] * len(found.places)]
                line = {column: padded[place] for place, column in places}
                yield self._judged(number, line, too_long=self._too_long(found, number, padded))

    def _too_long(self, found: Heading, number: int, cells: Sequence[Raw]) -> bool:
        """Whether cells stand where there is no name: of a CSV a fault, since its other cells may stand in
        the wrong place; of a workbook somebody's note, of which the first is told.
        """
        width = len(found.places)
        if self.form is SheetForm.CSV:
            return any(map(filled, cells[width:]))
        if not self._noted and (any(cells[width:]) or any(cells[place] for place in found.unnamed)):
            self._noted = True
            self.warnings.add(located(CELL_UNNAMED, number))
        return False

    def _warn_of_columns(self, unknown: Sequence[str], row: int | None) -> None:
        self.warnings.add(*[located(heading.unknown_column(name), row) for name in unknown])
        missing = [column for column in COLUMNS if column not in self.columns]
        self.warnings.add(*[located(heading.missing_column(column), row, column.name) for column in missing])

    # Objects

    def _from_objects(self) -> Iterator[SheetLine]:
        met: set[Column | None] = set()
        unknown: dict[str, None] = {}
        for number, one in json_lines.read(self.path, self.limits):
            if one is None:
                yield self._not_an_object(number)
                continue
            named = [(column_of(name), value) for name, value in one.items()]
            line: dict[Column, Raw] = {column: value for column, value in named if column is not None}
            others = [name for name in one if column_of(name) is None]
            if len(line) + len(others) < len(named):
                yield self._not_an_object(number)  # a name comes twice, in two spellings
                continue
            for place, name in enumerate(others[: self.limits.columns - len(unknown)]):
                unknown[heading.shown(name, place)] = None
            if not any(map(filled, line.values())):
                continue
            if not met >= line.keys():
                met |= line.keys()
                self.columns = heading.in_order(met)
            yield self._judged(number, line)
        self._warn_of_columns(list(unknown), None)

    def _not_an_object(self, number: int) -> SheetLine:
        fault = located(json_lines.NOT_AN_OBJECT, number)
        return self._line(number, Judged({}, (fault,), ()))

    # Rows

    def _judged(self, number: int, cells: Mapping[Column, Raw], too_long: bool = False) -> SheetLine:
        judged = judge_row(number, cells, self._sense, self._known_region)
        faults = [*judged.faults, *self._across.faults(number, judged.good)]
        if BY_NAME[KEY] not in cells:
            faults.append(located(NIK_MISSING, number, KEY))
        if too_long:
            faults.append(located(ROW_TOO_LONG, number))
        warnings = (*judged.warnings, *self._across.warnings(number, judged.good))
        return self._line(number, Judged(judged.good, tuple(faults), warnings))

    def _line(self, number: int, judged: Judged) -> SheetLine:
        self.rows += 1
        if self.rows > self.limits.rows:
            raise Unreadable(too_many_rows(self.limits.rows))
        self.faulty_rows += bool(judged.faults)
        self.faults.add(*judged.faults)
        self.warnings.add(*judged.warnings)
        row = None if judged.faults else SheetRow(**judged.good)
        return SheetLine(number, row, judged.faults, judged.warnings)
