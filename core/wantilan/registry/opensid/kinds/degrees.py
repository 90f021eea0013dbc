"""Columns that hold half of a place on the earth: a latitude or a longitude, WGS84."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from ....errors import Text
from ...numbers import Finding
from .base import CELL_BOOLEAN, Raw, Sense, text_of

DECIMALS = 8
"""A millimetre; not every file keeps what comes after."""

COORDINATE_FORM = Finding(
    "COORDINATE_FORM",
    Text("Bukan derajat desimal seperti -8.53.", "Not decimal degrees such as -8.53."),
)

_DECIMAL = re.compile(r"[-+]?\d{1,3}([.,]\d+)?([eE]-\d{1,3})?", re.ASCII)


@dataclass(frozen=True)
class Degrees:
    """A column of decimal degrees between `-most` and `most`; a decimal comma is read too.

    Codes: COORDINATE_FORM, COORDINATE_RANGE, those of `text_of`.
    """

    most: int

    def read(self, raw: Raw, sense: Sense) -> float | Finding | None:
        number = _number_of(raw)
        if not isinstance(number, float):
            return number
        return round(number, DECIMALS) if abs(number) <= self.most else self.out_of_range

    @property
    def out_of_range(self) -> Finding:
        return Finding(
            "COORDINATE_RANGE",
            Text(
                f"Harus antara -{self.most} dan {self.most} derajat.",
                f"Must lie between -{self.most} and {self.most} degrees.",
            ),
        )

    def write(self, value: float | None) -> str | float:
        return "" if value is None else round(value, DECIMALS)


def _number_of(raw: Raw) -> float | Finding | None:
    if isinstance(raw, bool):
        return CELL_BOOLEAN
    if isinstance(raw, int | float):
        return float(raw) if math.isfinite(raw) else COORDINATE_FORM
    text = text_of(raw)
    if isinstance(text, Finding) or not text:
        return text or None
    text = text.lstrip("'").replace("−", "-")
    return float(text.replace(",", ".")) if _DECIMAL.fullmatch(text) else COORDINATE_FORM
