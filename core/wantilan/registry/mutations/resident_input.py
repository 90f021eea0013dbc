"""What `registerResident` takes and answers."""

from __future__ import annotations

from datetime import date

import strawberry

from ...graph.declare import input, payload
from ...graph.notices import Notice
from ...graph.scalars import KkNumber, Nik, RegionCode
from ..codes import (
    BloodType,
    Citizenship,
    CurrentEducation,
    DeathCause,
    Education,
    FamilyRelationship,
    LifeEventKind,
    MaritalStatus,
    MoveDistance,
    Occupation,
    Religion,
    Residency,
    Sex,
)
from ..types import Household, Resident


@input
class NewHouseholdInput:
    """A household that enters the register together with the resident."""

    kk_number: KkNumber | None = None
    """The number of its KK; leave it out while it has none."""
    address: str | None = None
    """House and street, as the village writes them."""
    registered_on: date | None = None
    """The day of its registration; today, if left out."""


@input
class LifeEventDetailsInput:
    """What is told of an event beside what it changes."""

    place: str | None = None
    """Where somebody was born or died, came from or went to."""
    distance: MoveDistance | None = None
    """How far somebody moved."""
    cause: DeathCause | None = None
    """What somebody died of."""
    document: str | None = None
    """The number of the deed or letter that proves it."""
    note: str | None = None
    """What else the office wants to note."""
    proof_id: strawberry.ID | None = None
    """The file that proves it, of kind `life_event.proof`, uploaded before."""


@input
class RegistrationEventInput:
    """How a person came into the register."""

    kind: LifeEventKind
    """LAHIR, PINDAH_MASUK, or TERDAFTAR for somebody found living here."""
    happened_on: date
    """The day on which it happened; for a birth the birth date."""
    reported_on: date | None = None
    """The day on which the village was told; today, if left out."""
    details: LifeEventDetailsInput | None = None
    """What else is told of it."""


@input
class RegisterResidentInput:
    """A person with the official biodata, as they stand in the KK."""

    village_code: RegionCode
    """The village that keeps the register."""
    hamlet_id: strawberry.ID
    """The hamlet the person lives in."""
    full_name: str
    """The one full name: there is no surname."""
    sex: Sex
    """Sex."""
    birth_date: date
    """Date of birth."""
    nik: Nik | None = None
    """The permanent NIK. Leave it out for somebody who has none."""
    temporary_nik: bool = False
    """Draw a temporary NIK from the village's own series."""
    birth_place: str | None = None
    """Place of birth."""
    religion: Religion | None = None
    """Religion or belief."""
    marital_status: MaritalStatus | None = None
    """Marital status."""
    education: Education | None = None
    """Highest education."""
    current_education: CurrentEducation | None = None
    """Education being pursued."""
    occupation: Occupation | None = None
    """Occupation."""
    blood_type: BloodType | None = None
    """Blood group."""
    citizenship: Citizenship = Citizenship.WNI
    """Citizenship."""
    residency: Residency = Residency.TETAP
    """Permanent or temporary resident."""
    father_name: str | None = None
    """The father's name."""
    mother_name: str | None = None
    """The mother's name."""
    phone: str | None = None
    """Telephone number."""
    household_id: strawberry.ID | None = None
    """The household that the person enters, if it is in the register; its relationship must be given too."""
    new_household: NewHouseholdInput | None = None
    """The household that the person enters, if it is not in the register yet."""
    relationship: FamilyRelationship | None = None
    """What the person is to the head of the household."""
    event: RegistrationEventInput | None = None
    """How the person came: by birth or by moving in. Left out, the person was found living here."""


@payload
class RegisterResidentPayload:
    """Who is in the register now."""

    resident: Resident | None
    """The resident; null for those who may register but not read."""
    household: Household | None
    """The household that the resident entered, if any."""
    warnings: list[Notice]
    """What should be looked at again; it did not stop the registration."""
