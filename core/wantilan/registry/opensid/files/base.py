"""What every kind of file has in common: how large it may be, and that it can turn out to be none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ....errors import Text
from ...numbers import Finding
from ..kinds.base import Raw

Numbered = tuple[int, Sequence[Raw]]
"""A row's number, as a spreadsheet shows it, and its cells."""


@dataclass(frozen=True)
class SheetLimits:
    """How large a sheet may be. The defaults take in every village of the country several times over."""

    rows: int = 100_000
    """Rows that are not blank."""
    columns: int = 256
    bytes: int = 200 * 1024 * 1024
    """Of the file, and of all that a workbook unpacks to."""


def unreadable(form: str) -> Finding:
    return Finding(
        "SHEET_UNREADABLE", Text(f"Isi berkas bukan {form} yang utuh.", f"The content is no whole {form}.")
    )


def too_large(limit: int) -> Finding:
    megabytes = limit // (1024 * 1024)
    return Finding(
        "SHEET_TOO_LARGE",
        Text(f"Isi berkas paling besar {megabytes} MiB.", f"The content has at most {megabytes} MiB."),
    )


def too_many_rows(limit: int) -> Finding:
    return Finding(
        "SHEET_TOO_MANY_ROWS",
        Text(f"Paling banyak {limit:,} baris.", f"There may be at most {limit:,} rows."),
    )


def too_many_columns(limit: int) -> Finding:
    return Finding(
        "SHEET_TOO_MANY_COLUMNS",
        Text(f"Paling banyak {limit} kolom.", f"There may be at most {limit} columns."),
    )
