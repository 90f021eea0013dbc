"""The pickups that are to come, as the schedules give them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from wantilan import Unit, uuid7

from .models import (
    Pickup,
    Route,
    Run,
    Schedule,
    ScheduleDate,
    WasteRunState,
    WasteScheduleDateKind,
)
from .rules.recurrence import Recurrence, read
from .rules.schedules import Timetable

DAYS_OF_PICKUPS = 60
"""Days, from today on, of which the pickups are written down."""


async def timetables(
    unit: Unit, routes: Iterable[UUID], schedules: Iterable[UUID] | None = None
) -> list[tuple[Schedule, Timetable]]:
    """The schedules of these routes, or some of them, with what they give."""
    rows = await unit.all(
        Schedule,
        Schedule.route_id.in_(list(routes)),
        *([Schedule.id.in_(list(schedules))] if schedules is not None else []),
    )
    dates = await unit.all(ScheduleDate, ScheduleDate.schedule_id.in_([row.id for row in rows]))
    return [(row, timetable_of(row, dates)) for row in sorted(rows, key=lambda row: row.id)]


def timetable_of(row: Schedule, dates: Iterable[ScheduleDate]) -> Timetable:
    """Dates of other schedules are passed over."""
    rule = read(row.rrule)
    assert isinstance(rule, Recurrence), "judged when it was added"
    own = [one for one in dates if one.schedule_id == row.id]
    return Timetable(
        rule=rule,
        starts_on=row.starts_on,
        ended_on=row.ended_on,
        extra=frozenset(one.day for one in own if one.kind is WasteScheduleDateKind.EXTRA),
        excluded=frozenset(one.day for one in own if one.kind is WasteScheduleDateKind.EXCLUDED),
    )


async def renew_pickups(
    unit: Unit, routes: Sequence[Route], known: Sequence[tuple[Schedule, Timetable]]
) -> None:
    """What stays keeps its id. A run that was cancelled is a pickup that does not take place."""
    first, last = unit.today, unit.today + timedelta(days=DAYS_OF_PICKUPS - 1)
    ids = [route.id for route in routes]
    off = await cancelled(unit, ids, first)
    wanted = {
        (row.id, day): row
        for row, table in known
        for day in table.days(first, last)
        if (row.route_id, row.stream, day) not in off
    }
    there = {(one.schedule_id, one.day): one for one in await unit.all(Pickup, Pickup.route_id.in_(ids))}
    gone = [one.id for key, one in there.items() if key not in wanted]
    if gone:
        await unit.session.execute(
            sa.delete(Pickup).where(Pickup.village_id == unit.village.id, Pickup.id.in_(gone))
        )
    new = [pickup_row(unit, row, day) for (one, day), row in wanted.items() if (one, day) not in there]
    if new:
        await unit.session.execute(sa.insert(Pickup), new)


async def cancelled(unit: Unit, routes: Sequence[UUID], first: date) -> set[tuple[UUID, object, date]]:
    """Route, stream and day of runs that were cancelled, from a day on."""
    rows = await unit.session.execute(
        sa.select(Run.route_id, Run.stream, Run.day).where(
            Run.village_id == unit.village.id,
            Run.route_id.in_(routes),
            Run.state == WasteRunState.CANCELLED,
            Run.day >= first,
        )
    )
    return {(route, stream, day) for route, stream, day in rows}


def pickup_row(unit: Unit, schedule: Schedule, day: date) -> dict[str, object]:
    return {
        "village_id": unit.village.id,
        "id": uuid7(),
        "schedule_id": schedule.id,
        "route_id": schedule.route_id,
        "stream": schedule.stream,
        "day": day,
        "window_start": schedule.window_start,
        "window_end": schedule.window_end,
    }
