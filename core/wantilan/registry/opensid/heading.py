"""The row that names the columns: found by its names, in any order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import Text
from ..numbers import Finding
from .columns import COLUMNS, Column
from .kinds.base import Raw

LOOKED_THROUGH = 10
"""A heading stands within so many rows: above it there is at most a title."""
KEY = "nik"

HEADING_MISSING = Finding(
    "HEADING_MISSING",
    Text(
        f"Tidak ada baris judul dengan kolom {KEY} di antara {LOOKED_THROUGH} baris pertama.",
        f"None of the first {LOOKED_THROUGH} rows is a heading with the column {KEY}.",
    ),
)

_NAME = re.compile(r"[A-Za-z][A-Za-z _./()-]{0,39}")


def folded(name: str) -> str:
    return re.sub(r"[\s_]+", "", name).casefold()


_BY_FOLDED = {folded(column.name): column for column in COLUMNS}


def column_of(name: Raw) -> Column | None:
    """The column of a name, whatever its case, spaces and underscores."""
    return _BY_FOLDED.get(folded(name)) if isinstance(name, str) else None


@dataclass(frozen=True)
class Heading:
    """`places`: the column at each place of a row, None where there is none. `unknown`: the others, as they
    may be shown. `unnamed`: the places among them that have no name at all.
    """

    row: int
    places: tuple[Column | None, ...]
    unknown: tuple[str, ...]
    unnamed: tuple[int, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that the sheet has, in the order of the 43."""
        return in_order(set(self.places))

    @property
    def twice(self) -> tuple[Column, ...]:
        counts = Counter(self.places)
        return tuple(column for column in self.columns if counts[column] > 1)


def in_order(columns: set[Column | None]) -> tuple[Column, ...]:
    return tuple(column for column in COLUMNS if column in columns)


def heading_of(row: int, cells: Sequence[Raw]) -> Heading | None:
    """The heading that these cells are; None where they do not name the key."""
    names = list(cells)
    while names and not filled(names[-1]):
        names.pop()
    places = tuple(map(column_of, names))
    if not any(column is not None and column.name == KEY for column in places):
        return None
    others = ((place, name) for place, name in enumerate(names) if places[place] is None)
    unknown = [shown(name, place) for place, name in others if filled(name)]
    unnamed = (place for place, name in enumerate(names) if not filled(name))
    return Heading(row, places, tuple(unknown), tuple(unnamed))


def filled(cell: Raw) -> bool:
    return cell is not None and (not isinstance(cell, str) or cell.strip() != "")


def shown(name: Raw, place: int) -> str:
    """The name of an unknown column if it can be nothing but a name, else its letter: it may be a number
    of somebody whose row lost its heading.
    """
    text = name.strip() if isinstance(name, str) else ""
    return text if _NAME.fullmatch(text) else letter(place)


def letter(place: int) -> str:
    """A, B, …, Z, AA: as spreadsheets call the column at a place, which counts from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def unknown_column(name: str) -> Finding:
    return Finding(
        "COLUMN_UNKNOWN",
        Text(f"Kolom {name} tidak dikenal; diabaikan.", f"The column {name} is unknown; left out."),
    )


def missing_column(column: Column) -> Finding:
    return Finding(
        "COLUMN_MISSING",
        Text(
            f"Kolom {column.name} tidak ada; datanya tidak dibandingkan.",
            f"There is no column {column.name}; what it holds is not compared.",
        ),
    )


TWICE = Finding("COLUMN_TWICE", Text("Kolom ini ada dua kali.", "This column is there twice."))
