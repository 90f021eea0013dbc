"""One resident as the sheet has him: a typed field for each of the 43 columns."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias, TypeVar

from ..codes import (
    BloodType,
    Citizenship,
    Contraception,
    CurrentEducation,
    Disability,
    Education,
    FamilyRelationship,
    IdentityCard,
    IdentityCardProgress,
    Insurance,
    MaritalStatus,
    Occupation,
    Pregnancy,
    Religion,
    ResidentStatus,
    Sex,
)

T = TypeVar("T")


class Absent(enum.Enum):
    """Of a column that the sheet does not have: nothing is said of it, so nothing is compared."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT

Cell: TypeAlias = T | Absent | None
"""The value, None for a blank cell, ABSENT for a column that is not in the sheet."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """Fields in the order of the columns; `columns.COLUMNS` says which is which.

    `nik` None is the sheet's literal 0: somebody without a NIK. `kk_number` None is its 0 or blank: somebody
    without a family card; two such rows are no family.
    """

    address: Cell[str] = ABSENT
    hamlet: Cell[str] = ABSENT
    rw: Cell[str] = ABSENT
    rt: Cell[str] = ABSENT
    full_name: Cell[str] = ABSENT
    kk_number: Cell[str] = ABSENT
    nik: Cell[str] = ABSENT
    sex: Cell[Sex] = ABSENT
    birth_place: Cell[str] = ABSENT
    birth_date: Cell[date] = ABSENT
    religion: Cell[Religion] = ABSENT
    education: Cell[Education] = ABSENT
    current_education: Cell[CurrentEducation] = ABSENT
    occupation: Cell[Occupation] = ABSENT
    marital_status: Cell[MaritalStatus] = ABSENT
    relationship: Cell[FamilyRelationship] = ABSENT
    citizenship: Cell[Citizenship] = ABSENT
    father_nik: Cell[str] = ABSENT
    father_name: Cell[str] = ABSENT
    mother_nik: Cell[str] = ABSENT
    mother_name: Cell[str] = ABSENT
    blood_type: Cell[BloodType] = ABSENT
    birth_certificate: Cell[str] = ABSENT
    passport: Cell[str] = ABSENT
    passport_expires_on: Cell[date] = ABSENT
    stay_permit: Cell[str] = ABSENT
    marriage_certificate: Cell[str] = ABSENT
    married_on: Cell[date] = ABSENT
    divorce_certificate: Cell[str] = ABSENT
    divorced_on: Cell[date] = ABSENT
    disability: Cell[Disability] = ABSENT
    contraception: Cell[Contraception] = ABSENT
    pregnancy: Cell[Pregnancy] = ABSENT
    identity_card: Cell[IdentityCard] = ABSENT
    identity_card_progress: Cell[IdentityCardProgress] = ABSENT
    current_address: Cell[str] = ABSENT
    status: Cell[ResidentStatus] = ABSENT
    ethnicity: Cell[str] = ABSENT
    card_tag: Cell[str] = ABSENT
    insurance: Cell[Insurance] = ABSENT
    insurance_number: Cell[str] = ABSENT
    latitude: Cell[float] = ABSENT
    longitude: Cell[float] = ABSENT
