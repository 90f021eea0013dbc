"""What the mutations of runs take and answer."""

from __future__ import annotations

from datetime import date

import strawberry

from wantilan import RegionCode, Village, input, payload

from ..models import WasteStream
from ..types.runs import WasteRun


@input
class WastePlanRunsInput:
    """Days of which the runs are to be planned."""

    village_code: RegionCode
    """The village."""
    first_day: date
    """The first day, at most 31 days ago."""
    last_day: date
    """The last day, at most 62 days together and at most 366 days ahead."""


@payload
class WastePlanRunsPayload:
    """What was planned."""

    made: int
    """Runs that were made."""
    known: int
    """Runs that were there already."""
    without_stops: int
    """Runs that were not made, because their route has no point that is served."""
    village: Village
    """The village, for reading its runs."""


@input
class WastePlanRunInput:
    """One run on a day that no schedule need give."""

    route_id: strawberry.ID
    """The route."""
    stream: WasteStream
    """What is to be fetched."""
    day: date
    """The day."""


@payload
class WastePlanRunPayload:
    """What was planned."""

    run: WasteRun | None
    """The run; null for those who may plan but not read."""


@input
class WasteStartRunInput:
    """Who sets out."""

    run_id: strawberry.ID
    """The run."""
    vehicle: str | None = None
    """The vehicle, at most 100 characters; that of the route, if left out."""
    crew: int | None = None
    """How many people go along, 1 to 50."""


@payload
class WasteStartRunPayload:
    """What was started."""

    run: WasteRun | None
    """The run; null for those who may not read it."""


@input
class WasteFinishRunInput:
    """Which run."""

    run_id: strawberry.ID
    """The run."""


@payload
class WasteFinishRunPayload:
    """What was finished."""

    run: WasteRun | None
    """The run; null for those who may not read it."""


@input
class WasteCloseRunInput:
    """Which run."""

    run_id: strawberry.ID
    """The run."""
    without_load: bool = False
    """It is finished and brought nothing that could be weighed: it is closed all the same."""


@payload
class WasteCloseRunPayload:
    """What was closed."""

    run: WasteRun | None
    """The run; null for those who may not read it."""


@input
class WasteCancelRunInput:
    """Which run does not take place."""

    run_id: strawberry.ID
    """The run."""
    reason: str
    """Why not, 1 to 200 characters."""


@payload
class WasteCancelRunPayload:
    """What was cancelled."""

    run: WasteRun | None
    """The run; null for those who may not read it."""
