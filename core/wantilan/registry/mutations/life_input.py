"""What `recordLifeEvent` and `undoLifeEvent` take and answer."""

from __future__ import annotations

from datetime import date

import strawberry

from ...graph.declare import input, payload
from ...graph.scalars import RegionCode
from ..codes import (
    Education,
    FamilyRelationship,
    LifeEventKind,
    MaritalStatus,
    Occupation,
    Residency,
)
from ..types import Household, LifeEvent
from .resident_input import LifeEventDetailsInput, NewHouseholdInput


@input
class LifeEventPersonInput:
    """Somebody else whom an event concerns."""

    resident_id: strawberry.ID
    """Who."""
    relationship: FamilyRelationship | None = None
    """What the person is to the head of the household from then on; null where that is nothing."""


@input
class RecordLifeEventInput:
    """What happened. Each kind takes `residentId` and these fields, those with a star are needed:

    MATI `partnerId` (who is widowed) `remaining`; HILANG, PERGI, TIDAK_VALID `remaining`; PINDAH_KELUAR
    `along` `remaining`; KEMBALI, PINDAH_MASUK `householdId` or `newHousehold` with `relationship`,
    `hamletId`, `along`; PINDAH_KELUARGA `householdId`* `relationship`* `along` `remaining`; PECAH_KK
    `newHousehold`* `relationship` `along` `remaining`; GANTI_KEPALA `householdId`* `remaining`* and no
    `residentId`; PINDAH_BANJAR `hamletId`* and `householdId` or `residentId`; KAWIN `partnerId` and, if a
    household is changed, `householdId` or `newHousehold` with `relationship`, `along` `remaining`; CERAI
    `partnerId`; PERUBAHAN at least one of `residency`, `maritalStatus`, `education`, `occupation`. LAHIR,
    TERDAFTAR and the first PINDAH_MASUK are recorded by `registerResident`.
    """

    village_code: RegionCode
    """The village that keeps the register."""
    kind: LifeEventKind
    """What happened."""
    happened_on: date
    """The day on which it happened."""
    reported_on: date | None = None
    """The day on which the village was told; today, if left out."""
    resident_id: strawberry.ID | None = None
    """Whom it is about in the first place."""
    household_id: strawberry.ID | None = None
    """The household that the person enters, or that is concerned."""
    new_household: NewHouseholdInput | None = None
    """The household that the event makes."""
    relationship: FamilyRelationship | None = None
    """What the person is to the head of the household that is entered."""
    along: list[LifeEventPersonInput] | None = None
    """Who moves with the person, and as what into the household, if one is entered. At most 50."""
    remaining: list[LifeEventPersonInput] | None = None
    """What those who stay in the household are from then on: its new head at least, when its head leaves. At
    most 50.
    """
    partner_id: strawberry.ID | None = None
    """The husband or wife, if the person is in this register."""
    hamlet_id: strawberry.ID | None = None
    """The hamlet into which is moved."""
    residency: Residency | None = None
    """Permanent or temporary resident from then on."""
    marital_status: MaritalStatus | None = None
    """Marital status from then on."""
    education: Education | None = None
    """Highest education from then on."""
    occupation: Occupation | None = None
    """Occupation from then on."""
    details: LifeEventDetailsInput | None = None
    """What else is told of it."""


@payload
class RecordLifeEventPayload:
    """What was recorded; `event { effects { resident { … } } }` are those whom it changed."""

    event: LifeEvent | None
    """The event; null for those who may record but not read."""
    household: Household | None
    """The household that was made or entered, if any."""


@input
class UndoLifeEventInput:
    """An event that did not happen, or not so."""

    event_id: strawberry.ID
    """The event."""
    reported_on: date | None = None
    """The day on which the village was told; today, if left out."""
    details: LifeEventDetailsInput | None = None
    """What proves it; `note` says why."""


@payload
class UndoLifeEventPayload:
    """That it was undone; `event { undoes { effects { resident { … } } } }` are those whom it changed."""

    event: LifeEvent | None
    """The event that undoes it."""
