"""What a cell can hold as a file gives it, and what every kind of column does with it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol, TypeVar

from ....errors import Text
from ...names import clean_name
from ...numbers import Finding

Raw = str | int | float | bool | date | datetime | time | timedelta | None
Written = str | int | float
T = TypeVar("T")

SAFE = 10**15
"""Spreadsheets keep 15 digits of a number; whatever came after them is 0 now."""

CELL_BOOLEAN = Finding(
    "CELL_BOOLEAN",
    Text("Sel berisi BENAR/SALAH, bukan teks atau angka.", "The cell holds TRUE/FALSE, no text or number."),
)
CELL_DATE = Finding(
    "CELL_DATE",
    Text(
        "Sel menjadi tanggal; beri format Teks lalu isi ulang.",
        "The cell has become a date; format it as Text and fill it in again.",
    ),
)
CELL_ERROR = Finding(
    "CELL_ERROR",
    Text("Sel berisi kesalahan rumus seperti #N/A.", "The cell holds an error of a formula, such as #N/A."),
)
NUMBER_CELL = Finding(
    "NUMBER_CELL",
    Text(
        "Sel berupa angka, sehingga sebagian digit bisa hilang; beri format Teks lalu isi ulang.",
        "The cell is a number, of which digits may be lost; format it as Text and fill it in again.",
    ),
)

_ERRORS = frozenset(
    ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!")
)
_SCIENTIFIC = re.compile(r"[-+]?\d+([.,]\d+)?[eE]\+?\d+")


@dataclass(frozen=True)
class Sense:
    """What is needed to understand a cell. `epoch_1904`: whether the workbook counts its days from 1904."""

    today: date
    epoch_1904: bool = False


class Kind(Protocol[T]):
    """How the cells of a column are read and written; `write(read(cell))` reads as the same value again."""

    def read(self, raw: Raw, sense: Sense) -> T | Finding | None:
        """The value, None for a blank cell, or what is wrong with it."""

    def write(self, value: T | None) -> Written:
        """The cell that OpenSID takes."""


def cleaned(text: str) -> str:
    """As it is stored; blank where it holds nothing but spaces and dashes."""
    # Nearly every cell is plain ASCII, and a sheet has millions of them.
    plain = text.isascii() and text.isprintable()
    text = " ".join(text.split()) if plain else clean_name(text)
    return text if text.strip("-–—− ") else ""


def text_of(raw: Raw) -> str | Finding:
    """A cell as text, "" where it is blank. Codes: CELL_BOOLEAN, CELL_DATE, CELL_ERROR, NUMBER_CELL."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        text = cleaned(raw)
        return CELL_ERROR if text in _ERRORS else text
    if isinstance(raw, bool):
        return CELL_BOOLEAN
    if isinstance(raw, int | float):
        return _number_as_text(raw)
    return CELL_DATE


def _number_as_text(number: int | float) -> str | Finding:
    if isinstance(number, float) and not math.isfinite(number):
        return CELL_ERROR
    if abs(number) >= SAFE:
        return NUMBER_CELL
    if number == int(number):
        return str(int(number))
    return repr(number)


def looks_scientific(text: str) -> bool:
    """Whether a number has been written as 5.10206E+15: its digits are lost."""
    return _SCIENTIFIC.fullmatch(text) is not None
