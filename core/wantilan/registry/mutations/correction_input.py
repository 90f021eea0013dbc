"""What the mutations about corrections take and answer."""

from __future__ import annotations

from datetime import date

import strawberry

from ...graph.declare import input, payload
from ...graph.notices import Notice
from ...graph.scalars import Nik
from ..codes import Sex
from ..types import Resident, ResidentCorrection


@input
class ProposeCorrectionInput:
    """New values for what identifies a resident. What is left out stays; null takes a birth place or a
    parent's name away, and nothing else can be taken away.
    """

    resident_id: strawberry.ID
    """Whose data is wrong."""
    full_name: str | None = strawberry.UNSET
    """The one full name."""
    nik: Nik | None = strawberry.UNSET
    """The permanent NIK; it also replaces a temporary one."""
    sex: Sex | None = strawberry.UNSET
    """Sex."""
    birth_place: str | None = strawberry.UNSET
    """Place of birth."""
    birth_date: date | None = strawberry.UNSET
    """Date of birth. A birth that was recorded here is recorded anew on that day."""
    father_name: str | None = strawberry.UNSET
    """The father's name."""
    mother_name: str | None = strawberry.UNSET
    """The mother's name."""
    reason: str
    """Why, at most 1,000 characters."""
    proof_id: strawberry.ID
    """The file that proves it, of kind `correction.proof`, uploaded before."""


@payload
class ProposeCorrectionPayload:
    """What was proposed; nothing of the resident has changed yet."""

    correction: ResidentCorrection | None
    """The proposal."""
    resident: Resident | None
    """The resident; null for those who may propose but not read."""
    warnings: list[Notice]
    """What should be looked at before it is approved."""


@input
class ApproveCorrectionInput:
    """A correction that another proposed."""

    correction_id: strawberry.ID
    """Which one."""
    note: str | None = None
    """What was looked at, at most 1,000 characters."""


@payload
class ApproveCorrectionPayload:
    """What is so now."""

    correction: ResidentCorrection | None
    """The correction, applied."""
    resident: Resident | None
    """The resident with the new values; null for those who may decide but not read."""


@input
class RejectCorrectionInput:
    """A correction that another proposed, and that is wrong."""

    correction_id: strawberry.ID
    """Which one."""
    note: str
    """Why, at most 1,000 characters."""


@payload
class RejectCorrectionPayload:
    """What was rejected; nothing of the resident has changed."""

    correction: ResidentCorrection | None
    """The correction."""


@input
class WithdrawCorrectionInput:
    """A correction that one proposed oneself."""

    correction_id: strawberry.ID
    """Which one."""
    note: str | None = None
    """Why, at most 1,000 characters."""


@payload
class WithdrawCorrectionPayload:
    """What was withdrawn; nothing of the resident has changed."""

    correction: ResidentCorrection | None
    """The correction."""
