"""That a report follows again from what is kept with it. Pure."""

from __future__ import annotations

from wantilan import Row

from .indicators import VERSIONS, figures_of
from .reports import canonical, days_of, hash_of_inputs


def reproductions_of(rows: list[Row]) -> list[bool | None]:
    return [_reproduces(row) if row["figures"] is not None else None for row in rows]


def _reproduces(row: Row) -> bool:
    figures, version = row["figures"], row["mapping_version"]
    if version not in VERSIONS or hash_of_inputs(figures["inputs"]) != row["inputs_hash"]:
        return False
    again = figures_of(figures["inputs"], version, days_in(row["period"]))
    return canonical(again) == canonical(figures)


def days_in(period: str) -> int:
    first, last = days_of(period)
    return (last - first).days + 1
