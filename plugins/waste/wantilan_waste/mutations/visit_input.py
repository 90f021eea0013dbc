"""What a batch of visits is made of, and what is answered to it."""

from __future__ import annotations

from datetime import datetime

import strawberry

from wantilan import Grams, Notice, input, payload

from ..models import WasteStopOutcome, WasteVisitResult
from ..types.runs import WasteRun


@input
class WasteStopVisitInput:
    """What came of one stop."""

    point_id: strawberry.ID
    """Where it was."""
    device_seq: int
    """The number that the device gave this visit; another visit of the device has another one."""
    outcome: WasteStopOutcome
    """What came of it."""
    visited_at: datetime
    """When the collector was there, by the device's clock."""
    sort_quality: int | None = None
    """How well the waste was sorted: 3 each stream by itself and clean; 2 sorted, with a few things in the
    wrong place; 1 a part of it sorted; 0 not sorted. Required for COLLECTED and PARTIAL, 0 for
    REJECTED_UNSORTED, and left out for all others.
    """
    mass: Grams | None = None
    """What was taken, if it was weighed at the stop."""
    feedback: str | None = None
    """What the collector wants to tell the house, at most 500 characters."""
    photo_id: strawberry.ID | None = None
    """A photo of it: a file of kind `waste.visit_photo` that you have uploaded."""


@input
class WasteRecordStopVisitsInput:
    """Visits of one run, as a device has kept them."""

    run_id: strawberry.ID
    """The run."""
    device: str
    """What tells this device from others, always the same: 1 to 64 letters, digits and `. _ : -`."""
    visits: list[WasteStopVisitInput]
    """The visits, at most 500; more go into the next batch."""


@payload
class WasteStopVisitResult:
    """What became of one visit of the batch."""

    device_seq: int
    """The number that the device gave it."""
    result: WasteVisitResult
    """Whether it is written down. What is REJECTED would be so again: it is for a person to look at."""
    code: str | None
    """Why it was rejected: the code of the first fault."""
    faults: list[Notice]
    """All that speaks against it."""
    warnings: list[Notice]
    """What deserves a second look: `NOT_ON_RUN` (its point was added to the run), `POINT_NOT_ACTIVE`,
    `OTHER_DAY`, `CLOCK_AHEAD`, `PHOTO_NOT_TAKEN`.
    """


@payload
class WasteRecordStopVisitsPayload:
    """What became of the batch."""

    results: list[WasteStopVisitResult]
    """What became of each visit, in the order in which they were sent."""
    accepted: int
    """How many were written down."""
    duplicates: int
    """How many had been written down before."""
    rejected: int
    """How many were not written down."""
    run: WasteRun | None
    """The run; null for those who may not read it."""
