"""What a workbook unpacks to, before anything of it is built up in memory.

An .xlsx is a zip of XML: a small one can unpack to terabytes, entities can grow to more, and a library that
reads rows one by one still builds a whole row of elements. So each part is first run through a parser that
keeps nothing and only counts.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import IO
from xml.parsers import expat

from ..findings import Unreadable
from .base import SheetLimits, too_large, too_many_columns, unreadable

FORM = "xlsx"
MOST_PARTS = 1_000
SIDE_BYTES = 8 * 1024 * 1024
"""Of an XML part that holds no cells: styles, relations, properties."""
TEXT_BYTES = 64 * 1024 * 1024
"""Of the table of texts, the one part that is kept in memory as a whole."""
MOST_TEXTS = 1_500_000
MOST_ROWS = 2_000_000
"""With the blank ones, in all sheets; a sheet of Excel has 1,048,576."""
SIDE_ELEMENTS = 200_000
"""Elements outside of rows and texts, in all parts together."""
CELL_ELEMENTS = 12
"""Elements per cell: its value, its formula, the runs of a formatted text."""

_PIECE = 256 * 1024
_BEGINNINGS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00<")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def vet(path: Path, limits: SheetLimits) -> None:
    """Raises Unreadable for what is no workbook, or one that is larger than it may be."""
    try:
        with zipfile.ZipFile(path) as archive:
            _measure(archive.infolist(), limits)
            counts = _Counts(limits)
            for part in archive.infolist():
                with archive.open(part) as content:
                    _vet_part(part, content, counts)
    except _BROKEN:
        raise Unreadable(unreadable(FORM)) from None


def _measure(parts: list[zipfile.ZipInfo], limits: SheetLimits) -> None:
    """By the sizes that the archive states: more than it states of a part is never unpacked."""
    if sum(part.file_size for part in parts) > limits.bytes or len(parts) > MOST_PARTS:
        raise Unreadable(too_large(limits.bytes))


def _vet_part(part: zipfile.ZipInfo, content: IO[bytes], counts: _Counts) -> None:
    """By what it holds: a name is only what somebody called it."""
    head = content.read(_PIECE)
    if not head.lstrip().startswith(_BEGINNINGS):
        return
    name = part.filename.lower()
    counts.sheet = "/worksheets/" in name
    most = counts.limits.bytes if counts.sheet else TEXT_BYTES if "sharedstrings" in name else SIDE_BYTES
    if part.file_size > most:
        raise Unreadable(too_large(most))
    _count(head, content, counts)


class _Counts:
    """Counts elements as they come; the parser of each part calls it."""

    def __init__(self, limits: SheetLimits) -> None:
        self.limits = limits
        self.sheet = False
        """Whether the part may be a sheet, which alone may be large."""
        self.side = self.rows = self.texts = 0
        self.cells = self.inside = self.depth = 0
        """Of the row or text in which the parser is; depth 0 is outside of them."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if self.depth:
            self.depth += 1
            self._within(name)
        elif name in ("row", "si"):
            self.depth, self.cells, self.inside = 1, 0, 0
            self._begin(name)
        else:
            self.side += 1
            self._refuse_if(self.side > SIDE_ELEMENTS)

    def _begin(self, name: str) -> None:
        self.rows += name == "row"
        self.texts += name == "si"
        self._refuse_if(self.rows > MOST_ROWS or self.texts > MOST_TEXTS or (self.sheet and name == "si"))

    def _within(self, name: str) -> None:
        self.inside += 1
        self.cells += name == "c"
        if self.cells > self.limits.columns:
            raise Unreadable(too_many_columns(self.limits.columns))
        self._refuse_if(self.inside > self.limits.columns * CELL_ELEMENTS)

    def _refuse_if(self, over: bool) -> None:
        if over:
            raise Unreadable(too_large(self.limits.bytes))

    def end(self, name: str) -> None:
        if self.depth:
            self.depth -= 1

    def doctype(self, *_: object) -> None:
        """No workbook has one; with one begin entities that grow and files that are fetched."""
        raise Unreadable(unreadable(FORM))


def _count(head: bytes, content: IO[bytes], counts: _Counts) -> None:
    counts.depth = 0
    parser = expat.ParserCreate()
    parser.StartElementHandler = counts.start
    parser.EndElementHandler = counts.end
    parser.StartDoctypeDeclHandler = counts.doctype
    try:
        piece = head
        while piece:
            parser.Parse(piece)
            piece = content.read(_PIECE)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise Unreadable(unreadable(FORM)) from None
