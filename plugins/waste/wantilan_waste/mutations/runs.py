"""Runs are planned, and go from state to state."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from wantilan import (
    Conflict,
    Info,
    Judge,
    NotFound,
    RuleViolated,
    Text,
    Village,
    WriteUnit,
    mutation,
    ref,
    uuid7,
    within,
)

from ..coming import timetables
from ..models import Pickup, Route, Run, Schedule, StopVisit, WasteRunState, WasteStream
from ..permissions import RUN_PLAN, VISIT_RECORD
from ..planning import active_stops, hold_routes, plan_runs, write_runs
from ..rules.schedules import day_fault, period_fault
from ..running import step
from ..types.routes import WasteRoute
from ..types.runs import WasteRun
from .run_input import (
    WasteCancelRunInput,
    WasteCancelRunPayload,
    WasteCloseRunInput,
    WasteCloseRunPayload,
    WasteFinishRunInput,
    WasteFinishRunPayload,
    WastePlanRunInput,
    WastePlanRunPayload,
    WastePlanRunsInput,
    WastePlanRunsPayload,
    WasteStartRunInput,
    WasteStartRunPayload,
)


@mutation(needs=RUN_PLAN)
async def waste_plan_runs(info: Info, input: WastePlanRunsInput) -> WastePlanRunsPayload:
    """Plan the runs that the schedules give on some days. It may be asked again: what is there stays.

    The runs of the next seven days are planned every night without being asked for.
    """
    judge = Judge(input)
    if judge.good("first_day", "last_day") and (fault := period_fault(input.first_day, input.last_day)):
        judge.refuse("last_day", *fault)
    if not judge.good("village_code"):
        judge.check()
    async with info.context.write(input.village_code) as unit:
        for name in ("first_day", "last_day"):
            if judge.good(name) and (fault := day_fault(getattr(input, name), unit.today)):
                judge.refuse(name, *fault)
        judge.check()
        routes = await hold_routes(unit)
        planned = await plan_runs(unit, routes, input.first_day, input.last_day)
        village = await unit.own_village()
    return WastePlanRunsPayload(
        made=planned.made,
        known=planned.known,
        without_stops=planned.without_stops,
        village=ref(Village, village),
    )


@mutation(needs=RUN_PLAN)
async def waste_plan_run(info: Info, input: WastePlanRunInput) -> WastePlanRunPayload:
    """Plan one run by itself. Calendars tell nothing of it: for that, give the schedule a day more."""
    judge = Judge(input)
    key = judge.key(WasteRoute, "route_id")
    if key is None:
        judge.check()
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        if judge.good("day") and (fault := day_fault(input.day, unit.today)):
            judge.refuse("day", *fault)
        judge.check()
        route = await unit.target(Route, key.id, lock=True)
        if not route.active:
            text = Text("Rute ini tidak dijalankan.", "The route is not gone along.")
            raise RuleViolated("waste.route_not_active", text)
        same = [Run.route_id == route.id, Run.stream == input.stream, Run.day == input.day]
        if await unit.exists(Run, *same):
            raise Conflict(Text("Pengangkutan itu sudah ada.", "There is such a run already."))
        stops = await active_stops(unit, [route.id])
        if not stops:
            text = Text("Rute ini belum punya titik.", "The route has no point that is served.")
            raise RuleViolated("waste.route_without_stops", text)
        id_ = uuid7()
        given = await _schedule_of(unit, route, input.stream, input.day)
        values = {
            "village_id": unit.village.id,
            "id": id_,
            "route_id": route.id,
            "stream": input.stream,
            "day": input.day,
            "state": WasteRunState.PLANNED,
        }
        await write_runs(unit, [values | given], stops)
        run = await unit.target(Run, id_)
    return WastePlanRunPayload(run=ref(WasteRun, run))


async def _schedule_of(unit: WriteUnit, route: Route, stream: WasteStream, day: date) -> dict[str, object]:
    """The schedule that gives such a run, if one does."""
    for row, table in await timetables(unit, [route.id]):
        if row.stream is stream and table.days(day, day):
            return {
                "schedule_id": row.id,
                "window_start": row.window_start,
                "window_end": row.window_end,
            }
    return {}


@mutation(needs=VISIT_RECORD)
async def waste_start_run(info: Info, input: WasteStartRunInput) -> WasteStartRunPayload:
    """The collectors set out: from now on visits are written down."""
    judge = Judge(input)
    key = judge.key(WasteRun, "run_id")
    vehicle = (input.vehicle or "").strip() or None
    if vehicle is not None and len(vehicle) > 100:
        judge.refuse("vehicle", "LENGTH", Text("Paling banyak 100 karakter.", "At most 100 characters."))
    if input.crew is not None and not 1 <= input.crew <= 50:
        judge.refuse("crew", "OUT_OF_RANGE", Text("1 sampai 50 orang.", "1 to 50 people."))
    judge.check()
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        run = await unit.target(Run, key.id, lock=True)
        if run.day > unit.today:
            text = Text("Pengangkutan ini untuk hari lain.", "The run is for a day to come.")
            raise RuleViolated("waste.run_in_future", text)
        route = await unit.get(Route, run.route_id)
        run.vehicle = vehicle or (route.vehicle if route is not None else None)
        run.crew, run.started_by = input.crew, unit.actor_id
        await step(unit, run, WasteRunState.STARTED)
    return WasteStartRunPayload(run=ref(WasteRun, run))


@mutation(needs=VISIT_RECORD)
async def waste_finish_run(info: Info, input: WasteFinishRunInput) -> WasteFinishRunPayload:
    """All stops were looked at. Visits that were written down without a network may still come."""
    judge = Judge(input)
    key = judge.key(WasteRun, "run_id")
    judge.check()
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        run = await unit.target(Run, key.id, lock=True)
        await step(unit, run, WasteRunState.FINISHED)
    return WasteFinishRunPayload(run=ref(WasteRun, run))


@mutation(needs=[within(RUN_PLAN), within(VISIT_RECORD)])
async def waste_close_run(info: Info, input: WasteCloseRunInput) -> WasteCloseRunPayload:
    """Close a run whose load is weighed: no visit is taken in any more."""
    judge = Judge(input)
    key = judge.key(WasteRun, "run_id")
    judge.check()
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        run = await unit.target(Run, key.id, lock=True)
        if input.without_load and run.state is WasteRunState.FINISHED:
            await step(unit, run, WasteRunState.WEIGHED)
        await step(unit, run, WasteRunState.CLOSED)
    return WasteCloseRunPayload(run=ref(WasteRun, run))


@mutation(needs=RUN_PLAN)
async def waste_cancel_run(info: Info, input: WasteCancelRunInput) -> WasteCancelRunPayload:
    """A run does not take place: calendars and the next pickups leave it out. One at which a stop was visited
    did take place.
    """
    judge = Judge(input)
    key = judge.key(WasteRun, "run_id")
    reason = input.reason.strip()
    if not 0 < len(reason) <= 200:
        judge.refuse("reason", "LENGTH", Text("1 sampai 200 karakter.", "1 to 200 characters."))
    judge.check()
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        await hold_routes(unit, [(await unit.target(Run, key.id)).route_id])
        run = await unit.target(Run, key.id, lock=True)
        if run.state is WasteRunState.STARTED and await unit.exists(StopVisit, StopVisit.run_id == run.id):
            text = Text("Sudah ada kunjungan.", "Some of its stops were visited.")
            raise RuleViolated("waste.run_has_visits", text)
        run.cancel_reason = reason
        await step(unit, run, WasteRunState.CANCELLED)
        await _tell_calendars(unit, run)
    return WasteCancelRunPayload(run=ref(WasteRun, run))


async def _tell_calendars(unit: WriteUnit, run: Run) -> None:
    """The day falls out of the schedules that gave it."""
    await unit.session.execute(
        sa.delete(Pickup).where(
            Pickup.village_id == unit.village.id,
            Pickup.route_id == run.route_id,
            Pickup.stream == run.stream,
            Pickup.day == run.day,
        )
    )
    await unit.session.execute(
        sa.update(Schedule)
        .where(
            Schedule.village_id == unit.village.id,
            Schedule.route_id == run.route_id,
            Schedule.stream == run.stream,
        )
        .values(changed_at=unit.now)
    )


MUTATIONS = (
    waste_plan_runs,
    waste_plan_run,
    waste_start_run,
    waste_finish_run,
    waste_close_run,
    waste_cancel_run,
)
