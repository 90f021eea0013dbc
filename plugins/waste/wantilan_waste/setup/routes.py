"""Templates of routes in a set-up: names and days, without stops and vehicles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from wantilan import FieldFault, Text, Unit

from ..models import Route, Schedule
from ..planning import hold_routes, renew
from ..rules.recurrence import Recurrence, never_fault, read
from ..rules.schedules import clock, minutes
from .words import Fault, Name, Part, Stream

WHERE = "routes"
NOT_A_TIME = Text("Bukan jam HH:MM.", "Not a time of day as HH:MM.")
NOT_AFTER = Text("Harus setelah mulai.", "Must be after the start.")
MOST_SCHEDULES = 20


class ScheduleSetup(Part):
    """When one stream is fetched, by the village's clock."""

    window_start: str
    window_end: str


class RouteSetup(Part):
    """One route: for each stream its rules (RRULE of iCalendar), and the window of each."""

    schedules: Annotated[dict[Stream, dict[str, ScheduleSetup]], Field(default_factory=dict)]


Routes = Mapping[Name, RouteSetup]


async def given(unit: Unit) -> dict[str, RouteSetup]:
    """The routes that are gone along, with the schedules that last.

    A schedule begins where it is taken over: what its rule says only by its first day, it says by itself.
    """
    routes = await unit.all(Route, Route.active.is_(True))
    lasting = sa.or_(Schedule.ended_on.is_(None), Schedule.ended_on >= unit.today)
    rows = await unit.all(Schedule, lasting)
    made = {route.name: RouteSetup(schedules={}) for route in sorted(routes, key=lambda one: one.name)}
    names = {route.id: route.name for route in routes}
    for row in sorted(rows, key=lambda row: (row.stream.name, row.rrule, row.window_start, row.id)):
        if row.route_id not in names:
            continue
        rule = read(row.rrule)
        assert isinstance(rule, Recurrence), "judged when it was added"
        of_stream = made[names[row.route_id]].schedules.setdefault(row.stream, {})
        window = ScheduleSetup(window_start=clock(row.window_start), window_end=_end(row.window_end))
        of_stream.setdefault(str(anchored(rule, row.starts_on)), window)
    return made


def anchored(rule: Recurrence, start: date) -> Recurrence:
    """The same rule, saying by itself which weekday or day of the month it has of its first day."""
    if rule.weekdays or rule.month_days or rule.frequency == "DAILY":
        return rule
    if rule.frequency == "WEEKLY":
        return replace(rule, weekdays=frozenset({(0, start.weekday())}))
    return replace(rule, month_days=frozenset({start.day}))


def _end(window_end: int) -> str:
    """`minutes` reads no 24:00."""
    return clock(min(window_end, 24 * 60 - 1))


def faults(wanted: Routes, today: date) -> list[Fault]:
    return [fault for name, route in wanted.items() for fault in _of_route((WHERE, name), route, today)]


def _of_route(where: tuple[str, ...], route: RouteSetup, today: date) -> Iterator[Fault]:
    if sum(map(len, route.schedules.values())) > MOST_SCHEDULES:
        yield FieldFault((*where, "schedules"), "TOO_MANY", Text("Paling banyak 20.", "At most 20."))
    for stream, rules in route.schedules.items():
        for text, window in rules.items():
            here = (*where, "schedules", stream.name, text)
            rule = read(text)
            fault = never_fault(rule, today) if isinstance(rule, Recurrence) else rule
            if fault is not None:
                yield FieldFault(here, *fault)
            start, end = minutes(window.window_start), minutes(window.window_end)
            if start is None:
                yield FieldFault((*here, "window_start"), "NOT_A_TIME", NOT_A_TIME)
            if end is None:
                yield FieldFault((*here, "window_end"), "NOT_A_TIME", NOT_A_TIME)
            if start is not None and end is not None and end <= start:
                yield FieldFault((*here, "window_end"), "NOT_AFTER_START", NOT_AFTER)


async def take(unit: Unit, wanted: Routes) -> None:
    """Add the routes that are not there, with schedules from today on. A route of the same name stays as it
    is, with its days: households rely on them.
    """
    known = {route.name for route in await hold_routes(unit)}
    new: list[Route] = []
    for name, one in wanted.items():
        if name in known:
            continue
        route = Route(name=name, active=True)
        await unit.add(route)
        new.append(route)
        for stream, rules in one.schedules.items():
            for text, window in rules.items():
                rule = read(text)
                start, end = minutes(window.window_start), minutes(window.window_end)
                assert isinstance(rule, Recurrence) and start is not None and end is not None, "judged"
                await unit.add(
                    Schedule(
                        route_id=route.id,
                        stream=stream,
                        rrule=str(anchored(rule, unit.today)),
                        starts_on=unit.today,
                        window_start=start,
                        window_end=end,
                        changed_at=unit.now,
                    )
                )
    if new:
        await renew(unit, new)
