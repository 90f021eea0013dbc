"""What `updateResident` takes and answers."""

from __future__ import annotations

import strawberry

from ...graph.declare import input, payload
from ..codes import BloodType, Citizenship, CurrentEducation, Religion
from ..types import Resident


@input
class UpdateResidentInput:
    """What is to be changed of what does not identify a person. What is left out stays; null takes it away.

    What happens to a person (status, household, hamlet, marital status, last education, occupation) is
    recorded by `recordLifeEvent`; NIK, name, sex, birth and the parents' names are put right by
    `proposeCorrection`.
    """

    resident_id: strawberry.ID
    """Who."""
    phone: str | None = strawberry.UNSET
    """Telephone number."""
    religion: Religion | None = strawberry.UNSET
    """Religion or belief."""
    blood_type: BloodType | None = strawberry.UNSET
    """Blood group."""
    current_education: CurrentEducation | None = strawberry.UNSET
    """Education being pursued."""
    citizenship: Citizenship | None = strawberry.UNSET
    """Citizenship; it cannot be taken away."""


@payload
class UpdateResidentPayload:
    """Who was changed."""

    resident: Resident | None
    """The resident; null for those who may change but not read."""
