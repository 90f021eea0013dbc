"""Schedules of routes begin, end, and know of ceremonies."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
import strawberry

from wantilan import (
    Info,
    InvalidTransition,
    Judge,
    LimitExceeded,
    NotFound,
    Text,
    WriteUnit,
    input,
    mutation,
    payload,
    ref,
)

from ..coming import timetable_of
from ..models import Route, Schedule, ScheduleDate, WasteScheduleDateKind, WasteStream
from ..permissions import RUN_PLAN
from ..planning import hold_routes, renew
from ..rules.recurrence import Recurrence, never_fault, read
from ..rules.schedules import FARTHEST, OLDEST, date_fault, minutes
from ..types.routes import WasteRoute, WasteSchedule

MOST_SCHEDULES = 20
"""Schedules of one route that have not ended."""
MOST_DATES = 400
"""Single dates of one schedule."""
TOO_OLD = Text("Paling lama 31 hari yang lalu.", "At most 31 days ago.")
ENDED = Text("Jadwal ini sudah berakhir.", "The schedule has ended already.")
NOT_A_TIME = Text("Bukan jam HH:MM.", "Not a time of day as HH:MM.")


@input
class WasteAddScheduleInput:
    """When one stream is fetched along a route."""

    route_id: strawberry.ID
    """The route."""
    stream: WasteStream
    """What is fetched."""
    rrule: str
    """The days, as an RRULE of iCalendar without hours and without an end: `FREQ=WEEKLY;BYDAY=MO,TH`. FREQ is
    DAILY, WEEKLY or MONTHLY; INTERVAL, BYDAY, BYMONTHDAY, BYMONTH and WKST may stand there.
    """
    starts_on: date
    """The first day on which it may give a pickup; intervals are counted from it."""
    window_start: str
    """From when on waste is fetched, `HH:MM` by the village's clock."""
    window_end: str
    """Until when it is fetched, `HH:MM` by the village's clock."""


@payload
class WasteAddSchedulePayload:
    """What was added."""

    schedule: WasteSchedule | None
    """The schedule; null for those who may plan but not read."""
    route: WasteRoute | None
    """The route with its next pickups."""


@input
class WasteEndScheduleInput:
    """Which schedule."""

    schedule_id: strawberry.ID
    """The schedule."""
    ends_on: date
    """The last day on which it may give a pickup; not before yesterday."""


@payload
class WasteEndSchedulePayload:
    """What was ended."""

    schedule: WasteSchedule | None
    """The schedule; null for those who may plan but not read."""


@input
class WasteSetScheduleDateInput:
    """A single day of a schedule."""

    schedule_id: strawberry.ID
    """The schedule."""
    day: date
    """The day."""
    kind: WasteScheduleDateKind
    """Whether there is a pickup on it."""
    reason: str | None = None
    """Why: a ceremony. At most 200 characters."""


@payload
class WasteSetScheduleDatePayload:
    """What was changed."""

    schedule: WasteSchedule | None
    """The schedule; null for those who may plan but not read."""


@input
class WasteRemoveScheduleDateInput:
    """Which day of which schedule."""

    schedule_id: strawberry.ID
    """The schedule."""
    day: date
    """The day, from today on."""


@payload
class WasteRemoveScheduleDatePayload:
    """What was changed."""

    schedule: WasteSchedule | None
    """The schedule; null for those who may plan but not read."""


@mutation(needs=RUN_PLAN)
async def waste_add_schedule(info: Info, input: WasteAddScheduleInput) -> WasteAddSchedulePayload:
    """Add a schedule to a route. The runs of the next seven days are planned at once."""
    judge = Judge(input)
    key = judge.key(WasteRoute, "route_id")
    rule = read(input.rrule)
    if not isinstance(rule, Recurrence):
        judge.refuse("rrule", *rule)
    elif judge.good("starts_on") and (fault := never_fault(rule, input.starts_on)):
        judge.refuse("rrule", *fault)
    start, end = minutes(input.window_start), minutes(input.window_end)
    if start is None:
        judge.refuse("window_start", "NOT_A_TIME", NOT_A_TIME)
    if end is None:
        judge.refuse("window_end", "NOT_A_TIME", NOT_A_TIME)
    if start is not None and end is not None and end <= start:
        judge.refuse(
            "window_end", "NOT_AFTER_START", Text("Harus setelah mulai.", "Must be after the start.")
        )
    if key is None:
        judge.check()
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        if judge.good("starts_on"):
            if input.starts_on < unit.today - OLDEST:
                judge.refuse(
                    "starts_on", "TOO_OLD", Text("Paling lama 31 hari lalu.", "At most 31 days ago.")
                )
            if input.starts_on > unit.today + FARTHEST:
                text = Text("Paling jauh 366 hari ke depan.", "At most 366 days ahead.")
                judge.refuse("starts_on", "TOO_FAR", text)
        judge.check()
        assert isinstance(rule, Recurrence) and start is not None and end is not None, "judged"
        route = await unit.target(Route, key.id, lock=True)
        lasts = sa.or_(Schedule.ended_on.is_(None), Schedule.ended_on >= unit.today)
        running = await unit.all(Schedule, Schedule.route_id == route.id, lasts)
        if len(running) >= MOST_SCHEDULES:
            raise LimitExceeded("schedulesPerRoute", MOST_SCHEDULES)
        schedule = Schedule(
            route_id=route.id,
            stream=input.stream,
            rrule=str(rule),
            starts_on=input.starts_on,
            window_start=start,
            window_end=end,
            changed_at=unit.now,
        )
        await unit.add(schedule)
        await renew(unit, [route])
    return WasteAddSchedulePayload(schedule=ref(WasteSchedule, schedule), route=ref(WasteRoute, route))


@mutation(needs=RUN_PLAN)
async def waste_end_schedule(info: Info, input: WasteEndScheduleInput) -> WasteEndSchedulePayload:
    """End a schedule with a day. Its planned runs after that day are planned no more. INVALID_TRANSITION for
    one that had ended before yesterday: it does not begin again.
    """
    judge = Judge(input)
    key = judge.key(WasteSchedule, "schedule_id")
    if key is None:
        judge.check()
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        schedule, route = await _held(unit, key.id)
        yesterday = unit.today - timedelta(days=1)
        if judge.good("ends_on") and not max(schedule.starts_on, yesterday) <= input.ends_on:
            text = Text("Paling awal kemarin dan hari pertamanya.", "Not before yesterday and its first day.")
            judge.refuse("ends_on", "TOO_EARLY", text)
        judge.check()
        if schedule.ended_on is not None and schedule.ended_on < yesterday:
            raise InvalidTransition(ENDED)
        schedule.ended_on, schedule.changed_at = input.ends_on, unit.now
        await unit.flush()
        await renew(unit, [route])
    return WasteEndSchedulePayload(schedule=ref(WasteSchedule, schedule))


@mutation(needs=RUN_PLAN)
async def waste_set_schedule_date(
    info: Info, input: WasteSetScheduleDateInput
) -> WasteSetScheduleDatePayload:
    """Take a day out of a schedule, or add one: for a ceremony. Planned runs and calendars follow."""
    judge = Judge(input)
    key = judge.key(WasteSchedule, "schedule_id")
    reason = (input.reason or "").strip() or None
    if reason is not None and len(reason) > 200:
        judge.refuse("reason", "LENGTH", Text("Paling banyak 200 karakter.", "At most 200 characters."))
    if key is None:
        judge.check()
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        schedule, route = await _held(unit, key.id)
        dates = await unit.all(ScheduleDate, ScheduleDate.schedule_id == schedule.id)
        if judge.good("day") and (
            fault := date_fault(timetable_of(schedule, dates), input.day, input.kind, unit.today)
        ):
            judge.refuse("day", *fault)
        judge.check()
        known = next((one for one in dates if one.day == input.day), None)
        if known is not None:
            known.kind, known.reason = input.kind, reason
        elif len(dates) >= MOST_DATES:
            raise LimitExceeded("datesPerSchedule", MOST_DATES)
        else:
            await unit.add(
                ScheduleDate(schedule_id=schedule.id, day=input.day, kind=input.kind, reason=reason)
            )
        await _changed(unit, schedule, route)
    return WasteSetScheduleDatePayload(schedule=ref(WasteSchedule, schedule))


@mutation(needs=RUN_PLAN)
async def waste_remove_schedule_date(
    info: Info, input: WasteRemoveScheduleDateInput
) -> WasteRemoveScheduleDatePayload:
    """Let a day be again as the rule of the schedule has it."""
    judge = Judge(input)
    key = judge.key(WasteSchedule, "schedule_id")
    if key is None:
        judge.check()
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        schedule, route = await _held(unit, key.id)
        if judge.good("day") and input.day < unit.today:
            judge.refuse("day", "IN_PAST", Text("Tidak boleh di masa lalu.", "Must not lie in the past."))
        judge.check()
        known = await unit.first(
            ScheduleDate, ScheduleDate.schedule_id == schedule.id, ScheduleDate.day == input.day
        )
        if known is None:
            judge.refuse("day", "UNKNOWN", Text("Bukan hari khusus.", "Not a single date of the schedule."))
        judge.check()
        await unit.session.delete(known)
        await _changed(unit, schedule, route)
    return WasteRemoveScheduleDatePayload(schedule=ref(WasteSchedule, schedule))


async def _held(unit: WriteUnit, id: UUID) -> tuple[Schedule, Route]:
    """A schedule and its route, the route locked: who changes one of its schedules waits here."""
    schedule = await unit.target(Schedule, id)
    (route,) = await hold_routes(unit, [schedule.route_id])
    await unit.session.refresh(schedule)
    return schedule, route


async def _changed(unit: WriteUnit, schedule: Schedule, route: Route) -> None:
    schedule.changed_at = unit.now
    await unit.flush()
    await renew(unit, [route])


MUTATIONS = (waste_add_schedule, waste_end_schedule, waste_set_schedule_date, waste_remove_schedule_date)
