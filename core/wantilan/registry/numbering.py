"""How a personal number is stored: sealed, as a fingerprint inside its village, and masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict
from uuid import UUID

from ..store.secrets import Keys
from .numbers import NikKind, mask, nik_kind

NIK, KK = "nik", "kk"
FATHER_NIK, MOTHER_NIK = "father_nik", "mother_nik"
"""The purposes: a seal or a fingerprint of one is nothing to the other."""


class StoredNik(TypedDict):
    """The columns of a `Resident` that hold the NIK."""

    nik_sealed: bytes
    nik_hash: bytes
    nik_masked: str
    nik_kind: NikKind | None


class StoredKk(TypedDict):
    """The columns of a `HouseholdNumber` that hold the KK number."""

    number_sealed: bytes
    number_hash: bytes
    masked: str


def sealed_nik(keys: Keys, nik: str, resident_id: UUID, village_id: UUID) -> StoredNik:
    """What a resident's row keeps of a NIK that has passed `nik_fault`."""
    return StoredNik(
        nik_sealed=keys.seal(nik, purpose=NIK, owner=resident_id),
        nik_hash=nik_hash(keys, nik, village_id),
        nik_masked=mask(nik),
        nik_kind=nik_kind(nik),
    )


def nik_hash(keys: Keys, nik: str, village_id: UUID) -> bytes:
    """Under what a village finds a NIK; equal only inside the same village."""
    return keys.fingerprint(nik, purpose=NIK, village=village_id)


def opened_nik(keys: Keys, sealed: bytes, resident_id: UUID) -> str:
    """The NIK itself: for documents and tests, never for an output type."""
    return keys.open(sealed, purpose=NIK, owner=resident_id)


def sealed_kk(keys: Keys, number: str, household_id: UUID, village_id: UUID) -> StoredKk:
    """What a household's number row keeps of a KK number that has passed `kk_fault`."""
    return StoredKk(
        number_sealed=keys.seal(number, purpose=KK, owner=household_id),
        number_hash=kk_hash(keys, number, village_id),
        masked=mask(number),
    )


def kk_hash(keys: Keys, number: str, village_id: UUID) -> bytes:
    """Under what a village finds a KK number; equal only inside the same village."""
    return keys.fingerprint(number, purpose=KK, village=village_id)


def opened_kk(keys: Keys, sealed: bytes, household_id: UUID) -> str:
    """The KK number itself: for documents and tests, never for an output type."""
    return keys.open(sealed, purpose=KK, owner=household_id)


def sealed_parents(keys: Keys, values: Mapping[str, Any], resident_id: UUID) -> dict[str, Any]:
    """Columns of a `ResidentDetail`, with `father_nik` and `mother_nik` as the row keeps them."""
    stored = dict(values)
    for name, purpose in (("father_nik", FATHER_NIK), ("mother_nik", MOTHER_NIK)):
        if name in stored:
            nik = stored.pop(name)
            stored[f"{name}_sealed"] = (
                keys.seal(nik, purpose=purpose, owner=resident_id) if nik is not None else None
            )
            stored[f"{name}_masked"] = mask(nik) if nik is not None else None
    return stored
