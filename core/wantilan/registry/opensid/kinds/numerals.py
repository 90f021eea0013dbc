"""Columns that hold a NIK or a KK number: sixteen digits, which spreadsheets like to take for a number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ....errors import Text
from ...numbers import LENGTH, Finding
from .base import CELL_BOOLEAN, NUMBER_CELL, Raw, Sense, looks_scientific, text_of

NIK_MISSING = Finding(
    "NIK_MISSING",
    Text("Isi NIK, atau 0 bila belum punya.", "Fill in the NIK, or 0 for somebody who has none."),
)

_EXACT = 2**53
"""Above it a binary number skips integers."""
_WHOLE = re.compile(r"(\d+)[.,]0+", re.ASCII)


@dataclass(frozen=True)
class Numeral:
    """A personal number's column; the sheet's 0 is None.

    A cell that is a number is taken only where it provably lost nothing: spreadsheets turn the sixteenth
    digit to 0. Codes: NUMBER_CELL, NIK_MISSING, those of `fault` and of `text_of`.
    """

    fault: Callable[[str], Finding | None]
    nobody: str = ""
    """What is written for None."""
    missing: Finding | None = None
    """What is wrong with a blank cell, if anything is."""

    def read(self, raw: Raw, sense: Sense) -> str | Finding | None:
        if isinstance(raw, bool):
            return CELL_BOOLEAN
        text = _from_number(raw) if isinstance(raw, int | float) else _from_text(raw)
        if isinstance(text, Finding):
            return text
        if not text:
            return self.missing
        if text == "0":
            return None
        return self.fault(text) or text

    def write(self, value: str | None) -> str:
        return self.nobody if value is None else value


def _from_number(number: int | float) -> str | Finding:
    if number == 0:
        return "0"
    exact = 0 < number < _EXACT and number == int(number)
    digits = str(int(number)) if exact else ""
    return digits if len(digits) == LENGTH and not digits.endswith("0") else NUMBER_CELL


def _from_text(raw: Raw) -> str | Finding:
    text = text_of(raw)
    if isinstance(text, Finding):
        return text
    # People begin a cell with an apostrophe to keep it a text; some programs pass it on.
    text = text.lstrip("'").replace(" ", "")
    if looks_scientific(text):
        return NUMBER_CELL
    whole = _WHOLE.fullmatch(text)
    return _from_number(int(whole[1])) if whole else text
