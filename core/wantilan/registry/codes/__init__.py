"""The official code lists of a resident's biodata, with the integers of Dukcapil and of the resident sheet.

Chronic illnesses (`sakit_menahun`) are left out on purpose: that list names specific diseases.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from wantilan.registry.codes.base import CodeList
from wantilan.registry.codes.education import CurrentEducation, Education
from wantilan.registry.codes.family import FamilyRelationship, MaritalStatus
from wantilan.registry.codes.health import Contraception, Insurance, Pregnancy
from wantilan.registry.codes.identity import IdentityCard, IdentityCardProgress
from wantilan.registry.codes.life import DeathCause, LifeEventKind, MoveDistance
from wantilan.registry.codes.occupation import Occupation
from wantilan.registry.codes.person import BloodType, Citizenship, Disability, Religion, Sex
from wantilan.registry.codes.residence import Residency, ResidentStatus
from wantilan.registry.codes.statistics import AgeGroup, HouseholdSize

__all__ = [
    "AgeGroup",
    "BloodType",
    "Citizenship",
    "CodeList",
    "Contraception",
    "CurrentEducation",
    "DeathCause",
    "Disability",
    "Education",
    "FamilyRelationship",
    "HouseholdSize",
    "IdentityCard",
    "IdentityCardProgress",
    "Insurance",
    "LifeEventKind",
    "MaritalStatus",
    "MoveDistance",
    "Occupation",
    "Pregnancy",
    "Religion",
    "Residency",
    "ResidentStatus",
    "Sex",
    "code_lists",
]

_LISTS: tuple[type[CodeList], ...] = (
    AgeGroup,
    BloodType,
    Citizenship,
    Contraception,
    CurrentEducation,
    DeathCause,
    Disability,
    Education,
    FamilyRelationship,
    HouseholdSize,
    IdentityCard,
    IdentityCardProgress,
    Insurance,
    LifeEventKind,
    MaritalStatus,
    MoveDistance,
    Occupation,
    Pregnancy,
    Religion,
    Residency,
    ResidentStatus,
    Sex,
)
_BY_NAME = MappingProxyType({code_list.__name__: code_list for code_list in _LISTS})


def code_lists() -> Mapping[str, type[CodeList]]:
    """Every code list under its GraphQL name, which is the name of its class. Read-only."""
    return _BY_NAME
