"""All the ways in which a value can stand in a cell, written by hand from the domain notes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from wantilan.registry.codes import BloodType, CodeList, MaritalStatus, ResidentStatus, Sex
from wantilan.registry.opensid import COLUMNS, Column, SheetForm
from wantilan.registry.opensid.kinds.coded import Coded

ALIASES: dict[tuple[str, CodeList], tuple[str, ...]] = {
    ("sex", Sex.LAKI_LAKI): ("L", "LK", "lk"),
    ("sex", Sex.PEREMPUAN): ("P", "Pr", "PR"),
    ("status_kawin", MaritalStatus.BELUM_KAWIN): ("BK",),
    ("status_kawin", MaritalStatus.KAWIN): ("K", "KAWIN TERCATAT", "KAWIN BELUM TERCATAT"),
    ("status_kawin", MaritalStatus.CERAI_HIDUP): ("CH",),
    ("status_kawin", MaritalStatus.CERAI_MATI): ("CM", "cm"),
    ("golongan_darah_id", BloodType.TIDAK_TAHU): ("Tdk Th",),
    ("status_dasar", ResidentStatus.PINDAH): ("PINDAH DALAM NEGERI",),
}
BLANKS: tuple[Any, ...] = (None, "", "  ", "-", " - ", "--", "\u00a0")
DAY_ZERO = date(1899, 12, 30)


def coded_columns() -> dict[str, type[CodeList]]:
    return {column.name: column.kind.codes for column in COLUMNS if isinstance(column.kind, Coded)}


def code_forms(column: str, member: CodeList) -> Iterator[Any]:
    """Integer and label of a member, in what case and with what spaces people write them, and the aliases."""
    label = member.label.id
    yield from (
        member.code,
        float(member.code),
        str(member.code),
        f" {member.code} ",
        f"0{member.code}",
        f"{member.code}.0",
    )
    yield from (
        label,
        label.upper(),
        label.lower(),
        f"  {label.replace('/', ' / ')} ",
        label.replace(" ", "  "),
    )
    yield from (member.name, member.name.replace("_", " "))
    yield from ALIASES.get((column, member), ())


def day_forms(day: date, form: SheetForm) -> Iterator[Any]:
    yield from (
        f"{day:%d-%m-%Y}",
        f"{day:%d/%m/%Y}",
        f"{day:%Y-%m-%d}",
        f"{day.day}/{day.month}/{day.year}",
        f" {day} 00:00:00",
    )
    if day >= date(1927, 5, 18):
        counted = (day - DAY_ZERO).days
        yield from (counted, float(counted), str(counted))
    if form is SheetForm.XLSX:
        yield from (day, datetime.combine(day, datetime.min.time()))


def numeral_forms(number: str) -> Iterator[Any]:
    yield from (number, f"'{number}", f" {number} ", f"{number[:4]} {number[4:8]} {number[8:]}")
    if not number.endswith("0") and not number.startswith("0") and int(number) < 2**53:
        yield int(number)


def degree_forms(degrees: float) -> Iterator[Any]:
    yield from (degrees, str(degrees), str(degrees).replace(".", ","), f" {degrees} ")


def next_day(day: date, days: int = 1) -> date:
    return day + timedelta(days=days)


def column(name: str) -> Column:
    return next(column for column in COLUMNS if column.name == name)
