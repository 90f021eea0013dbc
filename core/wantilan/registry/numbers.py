"""The two personal numbers: NIK (of a person) and KK (of a family card).

The hard rule is narrow, since a NIK is never changed: neither when its holder moves, nor when a birth date
is put right. What a NIK says about its holder is therefore a hint, and a contradiction is a warning.
No message of this module contains a number that was given.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from wantilan.errors import FieldFault, Text
from wantilan.registry.codes import Sex
from wantilan.registry.regions import compact, is_village

LENGTH = 16
WOMEN_DAY_OFFSET = 40
FICTITIOUS_PREFIX = "990000"
"""Region part of invented numbers. No province is numbered 99, and no regency or district 00."""


class Finding(NamedTuple):
    """What a rule says of one value: a fault that refuses it, or a warning that does not."""

    code: str
    text: Text

    def at(self, *path: str | int) -> FieldFault:
        """The same as a fault of the input field at `path`."""
        return FieldFault(path, self.code, self.text)


class NikKind(enum.Enum):
    """Who gave a NIK, and for how long."""

    PERMANENT = "PERMANENT"
    """Given by Dukcapil, for life."""
    TEMPORARY = "TEMPORARY"
    """Given by the village until Dukcapil gives one."""


@dataclass(frozen=True)
class NikParts:
    """What a permanent NIK says, unjudged: nonsense such as day 0 or month 13 stands here as it was read.

    `region` is the district of first registration in dotted form (`51.02.06`), `day` is without the 40 that
    women have added, `year_of_century` is 0-99: a NIK does not tell the century.
    """

    region: str
    day: int
    month: int
    year_of_century: int
    sex: Sex
    serial: int


class _Faults(NamedTuple):
    zero: Finding
    not_digits: Finding
    length: Finding
    leading_zero: Finding


def _faults(prefix: str, name: str) -> _Faults:
    def finding(code: str, indonesian: str, english: str) -> Finding:
        return Finding(f"{prefix}_{code}", Text(f"{name} {indonesian}.", f"{name} {english}."))

    return _Faults(
        zero=finding(
            "ZERO",
            "tidak boleh angka nol; kosongkan bila belum ada",
            "must not be the digit zero; leave it empty where there is none",
        ),
        not_digits=finding("NOT_DIGITS", "hanya boleh berisi angka", "may hold digits only"),
        length=finding("LENGTH", f"harus tepat {LENGTH} angka", f"must have exactly {LENGTH} digits"),
        leading_zero=finding(
            "LEADING_ZERO",
            "boleh diawali nol hanya bila sementara: nol, kode desa (10 angka), nomor urut (5 angka)",
            "may begin with zero only if temporary: zero, village code (10 digits), serial (5 digits)",
        ),
    )


_NIK_FAULTS = _faults("NIK", "NIK")
_KK_FAULTS = _faults("KK", "No. KK")

_BIRTH_DATE_MISMATCH = Finding(
    "NIK_BIRTH_DATE_MISMATCH",
    Text(
        "Tanggal lahir menurut NIK berbeda dari tanggal lahir yang dicatat.",
        "The birth date in the NIK differs from the birth date recorded.",
    ),
)
_SEX_MISMATCH = Finding(
    "NIK_SEX_MISMATCH",
    Text(
        "Jenis kelamin menurut NIK berbeda dari jenis kelamin yang dicatat.",
        "The sex in the NIK differs from the sex recorded.",
    ),
)
_UNKNOWN_REGION = Finding(
    "NIK_UNKNOWN_REGION",
    Text(
        "Kode wilayah di awal NIK tidak dikenal; kecamatan lama atau hasil pemekaran?",
        "The region code at the start of the NIK is unknown; an old or a divided district?",
    ),
)


def nik_fault(text: str) -> Finding | None:
    """What makes `text` no NIK, or None. Whoever has no NIK has None, not the sheet's `0`.

    Codes: NIK_ZERO, NIK_NOT_DIGITS, NIK_LENGTH, NIK_LEADING_ZERO.
    """
    return _number_fault(text, _NIK_FAULTS)


def kk_fault(text: str) -> Finding | None:
    """What makes `text` no KK number, or None. Codes: KK_ZERO, KK_NOT_DIGITS, KK_LENGTH, KK_LEADING_ZERO."""
    return _number_fault(text, _KK_FAULTS)


def _number_fault(text: str, faults: _Faults) -> Finding | None:
    if text == "0":
        return faults.zero
    if text and not (text.isascii() and text.isdigit()):
        return faults.not_digits
    if len(text) != LENGTH:
        return faults.length
    if text.startswith("0") and not _is_temporary(text):
        return faults.leading_zero
    return None


def _is_temporary(number: str) -> bool:
    return number.startswith("0") and is_village(number[1:11]) and number[11:] != "00000"


def nik_kind(nik: str) -> NikKind | None:
    """Permanent or temporary; None for what is no NIK."""
    if nik_fault(nik):
        return None
    return NikKind.TEMPORARY if nik.startswith("0") else NikKind.PERMANENT


def nik_parts(nik: str) -> NikParts | None:
    """The parts of a permanent NIK. None for no NIK and for a temporary one: that says nothing of anybody."""
    if nik_kind(nik) is not NikKind.PERMANENT:
        return None
    day = int(nik[6:8])
    woman = day > WOMEN_DAY_OFFSET
    return NikParts(
        region=f"{nik[0:2]}.{nik[2:4]}.{nik[4:6]}",
        day=day - WOMEN_DAY_OFFSET if woman else day,
        month=int(nik[8:10]),
        year_of_century=int(nik[10:12]),
        sex=Sex.PEREMPUAN if woman else Sex.LAKI_LAKI,
        serial=int(nik[12:16]),
    )


def nik_warnings(
    nik: str, *, birth_date: date, sex: Sex, known_region: Callable[[str], bool] | None = None
) -> list[Finding]:
    """What a permanent NIK says otherwise than the record: never a reason to refuse. Other texts give none.

    `known_region` answers whether a district code in dotted form exists; without it the region is not judged.
    Codes: NIK_BIRTH_DATE_MISMATCH, NIK_SEX_MISMATCH, NIK_UNKNOWN_REGION.
    """
    parts = nik_parts(nik)
    if parts is None:
        return []
    warnings = []
    said = (parts.day, parts.month, parts.year_of_century)
    if said != (birth_date.day, birth_date.month, birth_date.year % 100):
        warnings.append(_BIRTH_DATE_MISMATCH)
    if parts.sex is not sex:
        warnings.append(_SEX_MISMATCH)
    if known_region is not None and not known_region(parts.region):
        warnings.append(_UNKNOWN_REGION)
    return warnings


def mask(number: str) -> str:
    """The only form of a NIK or KK number that leaves the house: twelve stars and the last four digits.

    Raises `ValueError` unless there are 16 characters: four of a shorter text would tell too much of it.
    """
    if len(number) != LENGTH:
        raise ValueError("mask() takes a whole NIK or KK number; ask nik_fault() or kk_fault() first")
    return "*" * 12 + number[-4:]


def temporary_nik(village_code: str, serial: int) -> str:
    """The NIK that a village gives until Dukcapil does: `0`, compact village code, serial 1-99,999.

    Raises `ValueError` when the code is no village's or the serial is out of range.
    """
    if not is_village(village_code):
        raise ValueError("a temporary number needs the code of a village, such as 51.02.06.2001")
    return f"0{compact(village_code)}{_serial(serial, digits=5)}"


def temporary_kk(village_code: str, serial: int) -> str:
    """The temporary KK number; same form and errors as `temporary_nik`, with its own series of serials."""
    return temporary_nik(village_code, serial)


def fictitious_nik(birth_date: date, sex: Sex, serial: int) -> str:
    """An invented NIK for demo and tests: nobody's, and the hard rule accepts it. `serial` is 1-9,999.

    It agrees with birth date and sex; its region is nowhere, so that only NIK_UNKNOWN_REGION gives it away.
    Raises `ValueError` when the serial is out of range.
    """
    day = birth_date.day + (WOMEN_DAY_OFFSET if sex is Sex.PEREMPUAN else 0)
    return f"{FICTITIOUS_PREFIX}{day:02}{_month_and_year(birth_date)}{_serial(serial, digits=4)}"


def fictitious_kk(registered: date, serial: int) -> str:
    """An invented KK number, of the date of registration and a serial 1-9,999; else like `fictitious_nik`."""
    return f"{FICTITIOUS_PREFIX}{registered.day:02}{_month_and_year(registered)}{_serial(serial, digits=4)}"


def _month_and_year(day: date) -> str:
    return f"{day.month:02}{day.year % 100:02}"


def _serial(serial: int, *, digits: int) -> str:
    largest = 10**digits - 1
    if not 1 <= serial <= largest:
        raise ValueError(f"the serial of a personal number lies between 1 and {largest:,}")
    return f"{serial:0{digits}}"
