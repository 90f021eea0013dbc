"""Figures as CSV: our own columns, which the program's docs describe. Pure functions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for a formula, or for the way to one, at the beginning of a cell."""

Cell = str | int | None
REPORT_COLUMNS = ("section", "code", "value", "unit", "source")
HAULAGE_COLUMNS = ("section", "day", "stream", "vehicle", "what", "method", "grams", "stops", "note")


def harmless(cell: Cell) -> str:
    """A cell that no spreadsheet computes. A number below nothing stays one."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        return str(cell)
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8, commas, a line for the columns; lines end as RFC 4180 says."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return target.getvalue().encode()


def report_rows(facts: Mapping[str, Cell], figures: Mapping[str, Any]) -> list[Sequence[Cell]]:
    """The report itself, its indicators with their sources, its warnings and gaps, the masses they follow
    from.
    """
    made: list[Sequence[Cell]] = [("report", code, value, "", "") for code, value in facts.items()]
    for one in figures["indicators"]:
        made.append(("indicator", one["code"], one["value"], one["unit"], one["source"]))
    for section in ("warnings", "gaps"):
        made += [(section, code, 1, "", "") for code in figures[section]]
    inputs = figures["inputs"]
    for stream, source, method, sipsn_class, _, grams in inputs["intakes"]:
        made.append(("intake", f"{stream}/{source}/{method}/{sipsn_class or 'MIXED'}", grams, "g", ""))
    for kind, _, taken, output, loss in inputs["batches"]:
        made += [
            ("batch", f"{kind}/INPUT", taken, "g", ""),
            ("batch", f"{kind}/OUTPUT", output, "g", ""),
            ("batch", f"{kind}/LOSS", loss, "g", ""),
        ]
    for stream, _, grams, rupiah in inputs["sales"]:
        made += [("sale", f"{stream}/MASS", grams, "g", ""), ("sale", f"{stream}/VALUE", rupiah, "IDR", "")]
    for kind, stream, method, _, grams in inputs["trips"]:
        made.append(("trip", f"{kind}/{stream}/{method}", grams, "g", ""))
    for source, count, people in inputs["points"]:
        made += [
            ("points", f"{source}/POINTS", count, "points", ""),
            ("points", f"{source}/PEOPLE", people, "people", ""),
        ]
    return made


def surveyed_rows(surveys: Iterable[Sequence[Any]]) -> list[Sequence[Cell]]:
    """How many service points sort, of those that were asked, and what they do with organic waste."""
    surveys = list(surveys)
    asked, sorting = sum(row[2] for row in surveys), sum(row[2] for row in surveys if row[0])
    share = f"{100 * sorting / asked:.2f}" if asked else None
    made: list[Sequence[Cell]] = [
        ("sorting", "", "", "", "POINTS_SURVEYED", "", None, asked, ""),
        ("sorting", "", "", "", "POINTS_SORTING", "", None, sorting, ""),
        ("sorting", "", "", "", "POINTS_SORTING_PERCENT", "", None, None, share),
    ]
    handled: dict[str, int] = {}
    for _, handling, count in surveys:
        handled[handling] = handled.get(handling, 0) + count
    return [
        *made,
        *(("sorting", "", "", "", f"ORGANIC_{h}", "", None, n, "") for h, n in sorted(handled.items())),
    ]
