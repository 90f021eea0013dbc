"""The values that a correction may change, and how they are kept: pure functions over columns."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...errors import Text
from ..codes import Sex
from ..names import clean_name
from ..numbers import Finding, NikKind, nik_fault, nik_kind
from ..rules import REQUIRED, day_fault, person_fault, text_fault

COLUMNS = ("full_name", "sex", "birth_place", "birth_date", "father_name", "mother_name")
"""What identifies a person beside the NIK, which is kept sealed and apart."""
TEXTS = ("full_name", "birth_place", "father_name", "mother_name")
NEEDED = frozenset({"full_name", "sex", "birth_date", "nik"})
LONGEST_REASON = 1000

TEMPORARY = Finding(
    "NIK_TEMPORARY",
    Text(
        "NIK sementara diberi oleh sistem, dan tidak memperbaiki apa pun.",
        "A temporary NIK is drawn here, and puts nothing right.",
    ),
)
REASON_FORM = Finding(
    "REASON_FORM",
    Text(
        f"Isi alasan, paling panjang {LONGEST_REASON} karakter.",
        f"Give a reason, at most {LONGEST_REASON} characters.",
    ),
)


def reason_fault(reason: str | None) -> Finding | None:
    """What is wrong with why something is proposed or rejected."""
    fits = reason is not None and 0 < len(clean_name(reason)) <= LONGEST_REASON
    return None if fits else REASON_FORM


def value_faults(given: Mapping[str, Any], today: date) -> Iterator[tuple[str, Finding]]:
    """What is wrong with new values, each with its field. `given` holds those fields only that were sent and
    that the scalars found no fault with.
    """
    for name, value in given.items():
        fault = REQUIRED if value is None and name in NEEDED else _fault(name, value, today)
        if fault is not None:
            yield name, fault


def _fault(name: str, value: Any, today: date) -> Finding | None:
    match name:
        case "birth_place":
            return text_fault(value)
        case "birth_date":
            return day_fault(value, today)
        case "nik":
            return nik_fault(value) or (TEMPORARY if nik_kind(value) is NikKind.TEMPORARY else None)
        case "sex":
            return None
    return person_fault(value)


def cleaned(name: str, value: Any) -> Any:
    """A faultless value as the register keeps it."""
    return clean_name(value) if name in TEXTS and value is not None else value


def encoded(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, enum.Enum):
        return value.name
    return value.isoformat() if isinstance(value, date) else value


def decoded(name: str, value: Any) -> Any:
    """The inverse of `encoded`."""
    if value is None:
        return None
    if name == "sex":
        return Sex[value]
    return date.fromisoformat(value) if name == "birth_date" else value
