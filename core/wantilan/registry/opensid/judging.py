"""Judging one row: each cell by its column, then cells that contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...errors import Text
from ..codes import Sex
from ..numbers import Finding, nik_warnings
from .columns import BY_FIELD, Column
from .findings import Located, located
from .kinds.base import Raw, Sense

MARRIED_BEFORE_BIRTH = Finding(
    "MARRIED_BEFORE_BIRTH", Text("Tanggal kawin sebelum tanggal lahir.", "Married before the birth date.")
)
DIVORCED_BEFORE_MARRIED = Finding(
    "DIVORCED_BEFORE_MARRIED", Text("Tanggal cerai sebelum tanggal kawin.", "Divorced before the marriage.")
)
COORDINATE_ALONE = Finding(
    "COORDINATE_ALONE",
    Text("Lintang tanpa bujur, atau sebaliknya.", "A latitude without longitude, or the reverse."),
)

_NIK_SAYS = {"NIK_BIRTH_DATE_MISMATCH": "tanggallahir", "NIK_SEX_MISMATCH": "sex"}

Known = Callable[[str], bool]


@dataclass(frozen=True)
class Judged:
    """A row's good cells by field, and what is wrong with the others."""

    good: Mapping[str, Any]
    faults: tuple[Located, ...]
    warnings: tuple[Located, ...]


def judge_row(number: int, cells: Mapping[Column, Raw], sense: Sense, known_region: Known | None) -> Judged:
    good: dict[str, Any] = {}
    faults = []
    for column, raw in cells.items():
        value = column.kind.read(raw, sense)
        if isinstance(value, Finding):
            faults.append(located(value, number, column.name))
        else:
            good[column.field] = value
    warnings = tuple(located(finding, number, column) for column, finding in _doubts(good, known_region))
    return Judged(good, tuple(faults), warnings)


def _doubts(good: Mapping[str, Any], known_region: Known | None) -> Iterator[tuple[str, Finding]]:
    """What is odd about cells that are each in order, with the column where to look."""
    yield from _nik_doubts(good.get("nik"), good.get("birth_date"), good.get("sex"), known_region)
    born, married, divorced = (good.get(field) for field in ("birth_date", "married_on", "divorced_on"))
    if born and married and married < born:
        yield BY_FIELD["married_on"].name, MARRIED_BEFORE_BIRTH
    if married and divorced and divorced < married:
        yield BY_FIELD["divorced_on"].name, DIVORCED_BEFORE_MARRIED
    if {"latitude", "longitude"} <= good.keys():
        alone = [field for field in ("latitude", "longitude") if good[field] is None]
        if len(alone) == 1:
            yield BY_FIELD[alone[0]].name, COORDINATE_ALONE


def _nik_doubts(
    nik: str | None, born: date | None, sex: Sex | None, known_region: Known | None
) -> Iterator[tuple[str, Finding]]:
    if nik is None or born is None or sex is None:
        return
    for finding in nik_warnings(nik, birth_date=born, sex=sex, known_region=known_region):
        yield _NIK_SAYS.get(finding.code, "nik"), finding
