"""What the mutations about duplicates take and answer."""

from __future__ import annotations

from datetime import date

import strawberry

from ...graph.declare import input, payload
from ..duplicates.merging import ResidentField
from ..types import LifeEvent, Resident, ResidentDuplicate
from .life_input import LifeEventPersonInput
from .resident_input import LifeEventDetailsInput


@input
class DismissDuplicateInput:
    """A pair that is two persons."""

    duplicate_id: strawberry.ID
    """The pair."""
    note: str | None = None
    """How it is known."""


@payload
class DismissDuplicatePayload:
    """What was judged."""

    duplicate: ResidentDuplicate | None
    """The pair; it is not found again."""


@input
class MergeResidentsInput:
    """Two records of one village that are one person."""

    kept_id: strawberry.ID
    """The record that goes on."""
    merged_id: strawberry.ID
    """The record that is closed; its id leads to the other one from then on."""
    happened_on: date | None = None
    """The day from which it is closed; today, if left out."""
    fields: list[ResidentField] | None = None
    """What the kept record takes from the merged one. In any case it takes what it says nothing of, and a
    permanent NIK if it has none.
    """
    remaining: list[LifeEventPersonInput] | None = None
    """What those who stay in the household of the merged record are from then on: its new head at least, when
    it was the head.
    """
    confirm: bool = False
    """That it is known that the two differ in sex or birth date."""
    details: LifeEventDetailsInput | None = None
    """What proves it."""


@payload
class MergeResidentsPayload:
    """The record that goes on."""

    resident: Resident | None
    """The kept record."""
    merged: Resident | None
    """The closed record, with its history."""
    event: LifeEvent | None
    """What was recorded."""
    taken: list[ResidentField]
    """What the kept record took from the merged one."""
