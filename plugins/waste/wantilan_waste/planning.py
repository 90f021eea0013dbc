"""Runs and pickups follow from schedules: what is kept of them is renewed whenever a schedule changes.

Whoever plans holds the rows of the routes first, in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from wantilan import LimitExceeded, Unit, uuid7

from .coming import renew_pickups, timetables
from .models import (
    Route,
    RouteStop,
    Run,
    RunStop,
    Schedule,
    ServicePoint,
    WastePointStatus,
    WasteRunState,
)
from .rules.schedules import Timetable

DAYS_OF_RUNS = 7
"""Days, from today on, of which the runs are always planned."""
MOST_STOPS = 50_000
"""Stops that one request may have planned."""
AT_A_TIME = 5_000
"""Rows of one statement."""
AS_THEY_ARE = {"populate_existing": True}
"""What was read before it was held may have changed since."""


@dataclass(frozen=True)
class Planned:
    """What came of planning: runs that were made, were there already, and could not be for want of stops."""

    made: int
    known: int
    without_stops: int


async def hold_routes(unit: Unit, routes: Iterable[UUID] | None = None) -> Sequence[Route]:
    """The routes of the village, or these, until the end of the transaction."""
    query = sa.select(Route).where(Route.village_id == unit.village.id).order_by(Route.id).with_for_update()
    if routes is not None:
        query = query.where(Route.id.in_(list(routes)))
    return (await unit.session.scalars(query, execution_options=AS_THEY_ARE)).all()


async def renew(unit: Unit, routes: Sequence[Route]) -> None:
    """After a change of these routes (held), of their schedules or of the points that they pass: the pickups
    that are to come and the runs of the next days are as routes and schedules give them.

    A run that is given no more, and has not started, goes: a plan is no fact.
    """
    known = await timetables(unit, [route.id for route in routes if route.active])
    last = unit.today + timedelta(days=DAYS_OF_RUNS - 1)
    await _withdraw_runs(unit, routes, known)
    await _renew_stops(unit, routes)
    await _plan(unit, known, unit.today, last)
    await renew_pickups(unit, routes, known)


async def plan_runs(unit: Unit, routes: Sequence[Route], first: date, last: date) -> Planned:
    """The runs that the schedules of these routes (held) give from `first` to `last`, both included.

    Raises LimitExceeded for more stops than can be written at once.
    """
    known = await timetables(unit, [route.id for route in routes if route.active])
    return await _plan(unit, known, first, last, most=MOST_STOPS)


async def _plan(
    unit: Unit,
    known: Sequence[tuple[Schedule, Timetable]],
    first: date,
    last: date,
    *,
    most: int | None = None,
) -> Planned:
    wanted = {(row.route_id, row.stream, day): row for row, table in known for day in table.days(first, last)}
    there = await unit.session.execute(
        sa.select(Run.route_id, Run.stream, Run.day).where(
            Run.village_id == unit.village.id,
            Run.day.between(first, last),
            Run.route_id.in_({row.route_id for row, _ in known}),
        )
    )
    met = {(route, stream, day) for route, stream, day in there} & wanted.keys()
    stops = await active_stops(unit, {row.route_id for row, _ in known})
    due = [(key, row) for key, row in sorted(wanted.items(), key=_by_day) if key not in met]
    runs = [new_run(unit, row.route_id, row, day) for (_, _, day), row in due if stops.get(row.route_id)]
    await write_runs(unit, runs, stops, most=most)
    return Planned(len(runs), len(met), len(due) - len(runs))


def _by_day(item: tuple[tuple[UUID, object, date], Schedule]) -> tuple[date, UUID]:
    (_, _, day), row = item
    return day, row.id


def new_run(unit: Unit, route: UUID, schedule: Schedule, day: date) -> dict[str, object]:
    """The values of a run that a schedule gives."""
    return {
        "village_id": unit.village.id,
        "id": uuid7(),
        "route_id": route,
        "schedule_id": schedule.id,
        "stream": schedule.stream,
        "day": day,
        "window_start": schedule.window_start,
        "window_end": schedule.window_end,
        "state": WasteRunState.PLANNED,
    }


async def active_stops(unit: Unit, routes: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The points of each route that are served, in their order."""
    query = (
        sa.select(RouteStop.route_id, RouteStop.point_id)
        .join(
            ServicePoint,
            sa.and_(ServicePoint.village_id == RouteStop.village_id, ServicePoint.id == RouteStop.point_id),
        )
        .where(
            RouteStop.village_id == unit.village.id,
            RouteStop.route_id.in_(list(routes)),
            ServicePoint.status == WastePointStatus.ACTIVE,
        )
        .order_by(RouteStop.route_id, RouteStop.position)
    )
    found: dict[UUID, list[UUID]] = {}
    for route, point in await unit.session.execute(query):
        found.setdefault(route, []).append(point)
    return found


async def write_runs(
    unit: Unit,
    runs: Sequence[dict[str, object]],
    stops: dict[UUID, list[UUID]],
    *,
    most: int | None = None,
) -> None:
    """Runs with the stops of their routes. Raises LimitExceeded before anything is written, if there are more
    than `most` stops.
    """
    rows = [
        stop_row(unit, run["id"], run["day"], position, point)
        for run in runs
        for position, point in enumerate(stops[run["route_id"]], 1)  # type: ignore[index]
    ]
    if most is not None and len(rows) > most:
        raise LimitExceeded("plannedStops", most)
    if runs:
        await unit.session.execute(sa.insert(Run), runs)
    await _write_stops(unit, rows)


async def _write_stops(unit: Unit, rows: Sequence[dict[str, object]]) -> None:
    for start in range(0, len(rows), AT_A_TIME):
        await unit.session.execute(sa.insert(RunStop), rows[start : start + AT_A_TIME])


def stop_row(unit: Unit, run: object, day: object, position: int, point: UUID) -> dict[str, object]:
    return {
        "village_id": unit.village.id,
        "id": uuid7(),
        "run_id": run,
        "day": day,
        "position": position,
        "point_id": point,
    }


async def _renew_stops(unit: Unit, routes: Sequence[Route]) -> None:
    """Runs that have not started go past the points of their route that are served; those that do already
    are left as they are.
    """
    ids = [route.id for route in routes]
    runs = await _hold_planned(unit, Run.route_id.in_(ids))
    stops = await active_stops(unit, ids)
    rows = await unit.session.execute(
        sa.select(RunStop.run_id, RunStop.point_id)
        .where(RunStop.village_id == unit.village.id, RunStop.run_id.in_([run.id for run in runs]))
        .order_by(RunStop.run_id, RunStop.position)
    )
    there: dict[UUID, list[UUID]] = {}
    for run_id, point in rows:
        there.setdefault(run_id, []).append(point)
    changed = [run for run in runs if there.get(run.id, []) != stops.get(run.route_id, [])]
    await _delete_stops(unit, [run.id for run in changed])
    new = [
        stop_row(unit, run.id, run.day, position, point)
        for run in changed
        for position, point in enumerate(stops.get(run.route_id, []), 1)
    ]
    await _write_stops(unit, new)


async def _withdraw_runs(
    unit: Unit, routes: Sequence[Route], known: Sequence[tuple[Schedule, Timetable]]
) -> None:
    """Runs to come that a schedule gave and gives no more. One that somebody planned by himself stays."""
    ids = [route.id for route in routes]
    planned = await _hold_planned(unit, Run.route_id.in_(ids), Run.schedule_id.is_not(None))
    tables = {row.id: table for row, table in known}
    gone = [
        run.id
        for run in planned
        if run.schedule_id not in tables or not tables[run.schedule_id].days(run.day, run.day)
    ]
    await _delete_stops(unit, gone)
    if gone:
        await unit.session.execute(sa.delete(Run).where(Run.village_id == unit.village.id, Run.id.in_(gone)))


async def _hold_planned(unit: Unit, *conditions: sa.ColumnElement[bool]) -> Sequence[Run]:
    """Runs from today on that have not started, and cannot start until the end of the transaction."""
    query = sa.select(Run).where(
        Run.village_id == unit.village.id,
        Run.state == WasteRunState.PLANNED,
        Run.day >= unit.today,
        *conditions,
    )
    held = query.order_by(Run.id).with_for_update()
    return (await unit.session.scalars(held, execution_options=AS_THEY_ARE)).all()


async def _delete_stops(unit: Unit, runs: Sequence[UUID]) -> None:
    if runs:
        await unit.session.execute(
            sa.delete(RunStop).where(RunStop.village_id == unit.village.id, RunStop.run_id.in_(runs))
        )
