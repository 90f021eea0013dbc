"""What the mutations of a transfer take and answer."""

from __future__ import annotations

from datetime import date

import strawberry

from ...graph.declare import input, payload
from ...graph.notices import Notice
from ...graph.scalars import RegionCode
from ..codes import FamilyRelationship
from ..types import Household, IncomingTransfer, OutgoingTransfer
from .life_input import LifeEventPersonInput
from .resident_input import LifeEventDetailsInput, NewHouseholdInput


@input
class ProposeTransferInput:
    """Who goes to which other village of this deployment."""

    resident_ids: list[strawberry.ID]
    """One person, or several who live in one household: at most 50. The first is the one whom it is about."""
    target_village_code: RegionCode
    """The village to which they go."""
    happened_on: date
    """The day from which they live there."""
    remaining: list[LifeEventPersonInput] | None = None
    """What those who stay in the household are from then on: its new head at least, when its head goes."""
    details: LifeEventDetailsInput | None = None
    """What proves it, and what else the office wants to note; it stays in this village. `place` and
    `distance` follow from the villages.
    """


@payload
class ProposeTransferPayload:
    """What was proposed."""

    transfer: OutgoingTransfer | None
    """The transfer, which the other office is to answer now."""


@input
class ArrivingPersonInput:
    """One of those who come."""

    person_id: strawberry.ID
    """Who: the id of an `IncomingPerson`."""
    relationship: FamilyRelationship
    """What the person is to the head of the household that is entered."""


@input
class AcceptTransferInput:
    """Where those who come will live."""

    transfer_id: strawberry.ID
    """The transfer."""
    hamlet_id: strawberry.ID
    """The hamlet in which they will live."""
    household_id: strawberry.ID | None = None
    """The household that they enter, if it is in the register; the relationships must be given too."""
    new_household: NewHouseholdInput | None = None
    """The household that they make; registered on the day of the transfer, if no other is given."""
    relationships: list[ArrivingPersonInput] | None = None
    """What each of them is in the household that is entered: everybody, and each once."""
    details: LifeEventDetailsInput | None = None
    """What proves it here. `place` and `distance` follow from the villages."""


@payload
class AcceptTransferPayload:
    """Who is in the register now: `transfer { persons { resident { … } } }`."""

    transfer: IncomingTransfer | None
    """The transfer."""
    household: Household | None
    """The household that was entered, if any."""
    warnings: list[Notice]
    """What should be looked at again; it did not stop the transfer."""


@input
class RefuseTransferInput:
    """That those who were to come do not."""

    transfer_id: strawberry.ID
    """The transfer."""
    reason: str
    """Why; the other office reads it."""


@payload
class RefuseTransferPayload:
    """What was refused. Who was to come is not kept."""

    transfer: IncomingTransfer | None
    """The transfer."""


@input
class WithdrawTransferInput:
    """That those who were to go do not."""

    transfer_id: strawberry.ID
    """The transfer."""
    reason: str | None = None
    """Why; the other office reads it."""


@payload
class WithdrawTransferPayload:
    """What was taken back."""

    transfer: OutgoingTransfer | None
    """The transfer."""
