"""What the changes of a household take and answer."""

from __future__ import annotations

from datetime import date

import strawberry

from ...graph.declare import input, payload
from ...graph.scalars import KkNumber
from ..types import Household, HouseholdNumber


@input
class UpdateHouseholdInput:
    """Where a household lives inside its hamlet. Moves, founding and closing are life events."""

    household_id: strawberry.ID
    """The household."""
    address: str | None = strawberry.UNSET
    """House and street, as the village writes them; null takes it away."""


@payload
class UpdateHouseholdPayload:
    """The household as it is now."""

    household: Household | None
    """The household; null for those who may change but not read."""


@input
class ChangeKkNumberInput:
    """The number of a new KK: a permanent one that was given, or a temporary one that is drawn."""

    household_id: strawberry.ID
    """The household."""
    kk_number: KkNumber | None = None
    """The permanent number. Leave it out for a temporary one."""
    temporary_number: bool = False
    """Draw a temporary number from the village's own series."""
    since: date | None = None
    """The first day on which it is valid; today, if left out. The number until then ends the day before."""


@payload
class ChangeKkNumberPayload:
    """The number now."""

    household: Household | None
    """The household; null for those who may change but not read."""
    number: HouseholdNumber | None
    """The number, masked."""
