"""Runs, their stops and what came of them, as clients see it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from wantilan import (
    Connection,
    File,
    Grams,
    Village,
    aggregate,
    computed,
    connection,
    count,
    entity,
    expression,
    follow,
    many,
    one,
    own_household,
    subscription,
    summary,
    within,
)

from ..models import Run, RunStop, StopVisit, WasteRunState, WasteStopOutcome, WasteStream
from ..permissions import RUN_READ, VISIT_READ, VISIT_RECORD
from ..rules.visits import JUDGED
from ..running import EVENTS, PROGRESSED
from .routes import WasteRoute, WasteStopPoint, window_ends, window_starts

OUTCOME = StopVisit.outcome.type
_JUDGED = sorted(JUDGED, key=lambda outcome: outcome.name)


def _rows_of_run(run: sa.FromClause, rows: sa.FromClause) -> Any:
    counted = sa.select(sa.func.count()).where(
        rows.c.village_id == run.c.village_id, rows.c.run_id == run.c.id
    )
    return sa.func.coalesce(counted.correlate(run).scalar_subquery(), 0)


def _last(stop: sa.FromClause, visits: sa.FromClause, shown: sa.ColumnElement[Any]) -> Any:
    """Of the last visit before this run at which the point's sorting was judged."""
    query = (
        sa.select(shown)
        .where(
            visits.c.village_id == stop.c.village_id,
            visits.c.point_id == stop.c.point_id,
            visits.c.run_id != stop.c.run_id,
            visits.c.day <= stop.c.day,
            visits.c.outcome.in_(_JUDGED),
        )
        .order_by(visits.c.visited_at.desc(), visits.c.id.desc())
        .limit(1)
    )
    return query.correlate(stop).scalar_subquery()


@entity(
    StopVisit,
    read=[within(VISIT_READ), within(VISIT_RECORD), own_household(StopVisit.household_id)],
    order=[StopVisit.visited_at],
    filter=[StopVisit.outcome, StopVisit.day, StopVisit.visited_at],
)
class WasteStopVisit:
    """What came of one stop of a run."""

    outcome: WasteStopOutcome
    """What came of it."""
    sort_quality: int | None
    """How well the waste was sorted, where it was looked at: 3 each stream by itself and clean; 2 sorted,
    with a few things in the wrong place; 1 a part of it sorted; 0 not sorted.
    """
    mass: Grams | None
    """What was taken, if it was weighed at the stop."""
    feedback: str | None
    """What the collector wants to tell the house."""
    stream: WasteStream
    """What was to be fetched."""
    day: date
    """The day of the run."""
    visited_at: datetime
    """When the collector was there."""
    photo: File | None = one()
    """A photo of it, if one was taken."""
    point: WasteStopPoint | None = one()
    """Where it was."""


@summary(StopVisit, read=[within(RUN_READ)])
class WasteRunOutcome:
    """Stops with one outcome."""

    outcome: WasteStopOutcome
    """The outcome."""
    stops: int = count()
    """How many stops."""


@entity(RunStop, read=[within(RUN_READ)])
class WasteRunStop:
    """A stop of a run."""

    position: int
    """Its place in the run, from 1."""
    point: WasteStopPoint = one()
    """Where it is."""
    visit: WasteStopVisit | None = one()
    """What came of it; null until it is told."""
    last_outcome: WasteStopOutcome | None = expression(
        lambda t, v: _last(t, v, v.c.outcome), type=OUTCOME, reads=[WasteStopVisit]
    )
    """What came of the last visit before this run at which the sorting of this point was judged."""
    last_quality: int | None = expression(
        lambda t, v: _last(t, v, v.c.sort_quality), type=sa.Integer(), reads=[WasteStopVisit]
    )
    """How well its waste was sorted then, from 0 to 3."""
    recheck_due: bool | None = expression(
        lambda t, v: _last(t, v, v.c.outcome == WasteStopOutcome.REJECTED_UNSORTED),
        type=sa.Boolean(),
        reads=[WasteStopVisit],
    )
    """Whether its waste was left behind then, because it was not sorted: look whether it is now. Null where
    nothing was judged before.
    """


@entity(
    Run,
    read=[within(RUN_READ)],
    order=[Run.day],
    filter=[Run.day, Run.state, Run.stream],
)
class WasteRun:
    """One way of the collectors along a route for one stream."""

    stream: WasteStream
    """What is fetched."""
    day: date
    """On which day."""
    window_start: str | None = computed(window_starts, needs=[Run.window_start])
    """From when on, `HH:MM` by the village's clock; null for a run that was planned by itself."""
    window_end: str | None = computed(window_ends, needs=[Run.window_end])
    """Until when, `HH:MM` by the village's clock."""
    state: WasteRunState
    """How far it is."""
    vehicle: str | None
    """The vehicle that went."""
    crew: int | None
    """How many people went along."""
    started_at: datetime | None
    """When it was started."""
    finished_at: datetime | None
    """When it was finished."""
    weighed_at: datetime | None
    """When its load was weighed."""
    closed_at: datetime | None
    """When it was closed: nothing more is written down for it since."""
    cancelled_at: datetime | None
    """When it was cancelled."""
    cancel_reason: str | None
    """Why it was cancelled."""
    stops: list[WasteRunStop] = many(order=RunStop.position)
    """Its stops in their order: all that a collector needs on the way, with or without a network."""
    stop_count: int = expression(_rows_of_run, type=sa.Integer(), reads=[WasteRunStop])
    """How many stops it has."""
    visited_count: int = expression(_rows_of_run, type=sa.Integer(), reads=[WasteRunOutcome])
    """Of how many of them it is told what came of them."""
    outcomes: list[WasteRunOutcome] = aggregate()
    """What came of those, counted."""
    visits: Connection[WasteStopVisit] | None = connection()
    """What came of each stop."""
    route: WasteRoute = one()
    """The route."""
    village: Village = one()
    """The village it belongs to."""


@subscription
class WasteRunSubscriptions:
    """What can be followed of the runs of a village."""

    waste_run_progress: WasteRun = follow(*EVENTS.values(), PROGRESSED, subject="run")
    """A run, whenever it goes from state to state and whenever a collector's visits have come in."""


TYPES = (WasteStopVisit, WasteRunOutcome, WasteRunStop, WasteRun, WasteRunSubscriptions)
