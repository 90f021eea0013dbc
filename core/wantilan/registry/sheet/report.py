"""The report of an import: a table of every new and changed row, every difference, fault and warning.

It holds people's data and is kept like them: as a file of the village, for whoever may import. NIK and KK
numbers are masked in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..numbers import LENGTH, mask
from ..opensid import BY_NAME, Located
from ..opensid.files import delimited
from ..opensid.kinds.base import Written
from .importing import Outcome
from .planning import Planned

HEADING = ("row", "what", "column", "old", "new", "code", "pesan", "message")
NUMBERS = frozenset({"nik", "no_kk", "ayah_nik", "ibu_nik"})


def write_report(path: Path, outcome: Outcome) -> None:
    """Write the report as CSV. Blocks: for a thread."""
    with path.open("wb") as file:
        delimited.write(file, _rows(outcome))


def _rows(outcome: Outcome) -> Iterator[list[Written]]:
    yield list(HEADING)
    yield from _found("FAULT", outcome.faults)
    yield from _found("WARNING", outcome.sheet.warnings)
    for one in outcome.plan.new:
        yield [one.number, "NEW", "", "", "", "", "", ""]
    for one in outcome.plan.changed:
        for name in one.changed or ("no_kk",):
            yield [one.number, "CHANGED", name, *_sides(one, name), "", "", ""]
    for name in outcome.plan.hamlets.values():
        yield ["", "HAMLET", "dusun", "", name, "", "", ""]


def _found(what: str, found: Iterable[Located]) -> Iterator[list[Written]]:
    for one in found:
        row: Written = one.row if one.row is not None else ""
        yield [row, what, one.column or "", "", "", one.code, one.text.id, one.text.en]


def _sides(one: Planned, name: str) -> tuple[Written, Written]:
    assert one.known is not None
    column = BY_NAME[name]
    old, new = getattr(one.known.shown, column.field), getattr(one.row, column.field)
    return _told(name, old), _told(name, new)


def _told(name: str, value: Any) -> Written:
    if name in NUMBERS and isinstance(value, str):
        return mask(value) if len(value) == LENGTH else ""
    return BY_NAME[name].kind.write(value)
