"""Schedules, ceremonies, and the runs and pickups that follow from them."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from tests.waste.collection.scene import (
    ADD_SCHEDULE,
    CANCEL,
    END_SCHEDULE,
    PLAN_RUN,
    PLAN_RUNS,
    REMOVE_DATE,
    SET_DATE,
    SET_STOPS,
    Scene,
)

from wantilan.programs.schedule import Schedule as Cron
from wantilan.store.database import lost_a_race
from wantilan.testing import BENGKEL
from wantilan_waste import planning
from wantilan_waste.jobs import JOBS, plan_ahead
from wantilan_waste.models import (
    Pickup,
    Run,
    RunStop,
    Schedule,
    ServicePoint,
    WastePointStatus,
    WasteRunState,
)


def days(reply: Any, name: str) -> list[str]:
    return [row["day"] for row in reply.data[name]["schedule"]["pickups"]["nodes"]]


async def add(scene: Scene, rrule: str = "FREQ=DAILY;INTERVAL=2", **more: Any) -> Any:
    given = {
        "routeId": scene.ids["route"], "stream": "ORGANIK", "rrule": rrule, "startsOn": str(await scene.today()),
        "windowStart": "06:30", "windowEnd": "09:00", **more,
    }  # fmt: skip
    return await scene.do(ADD_SCHEDULE, **given)


async def a_schedule(scene: Scene, rrule: str = "FREQ=DAILY;INTERVAL=2", **more: Any) -> str:
    return str((await add(scene, rrule, **more)).data["wasteAddSchedule"]["schedule"]["id"])


async def run_days(scene: Scene) -> list[date]:
    return sorted(run.day for run in await scene.all(Run))


async def test_a_schedule_gives_pickups_for_sixty_days_and_runs_for_seven(scene: Scene) -> None:
    today = await scene.today()
    payload = (await add(scene, "byday=mo,th;freq=weekly")).data["wasteAddSchedule"]
    schedule = payload["schedule"]
    assert schedule.pop("id").startswith("waste_schedule-")
    assert schedule == {
        "stream": "ORGANIK", "rrule": "FREQ=WEEKLY;BYDAY=MO,TH", "startsOn": str(today), "endedOn": None,
        "windowStart": "06:30", "windowEnd": "09:00",
    }  # fmt: skip
    expected = [d for i in range(60) if (d := today + timedelta(days=i)).weekday() in (0, 3)]
    assert payload["route"]["nextPickups"]["nodes"] == [
        {"stream": "ORGANIK", "day": str(day), "windowStart": "06:30", "windowEnd": "09:00"} for day in expected
    ]  # fmt: skip
    assert await run_days(scene) == [day for day in expected if day < today + timedelta(days=7)]
    assert len(await scene.all(RunStop)) == 4 * len(await scene.all(Run))


FAULTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "no rule": ({"rrule": "every day"}, {"input.rrule": "NOT_A_RULE"}),
    "a rule of hours": ({"rrule": "FREQ=DAILY;BYHOUR=6"}, {"input.rrule": "UNSUPPORTED_PART"}),
    "a rule of seconds": ({"rrule": "FREQ=SECONDLY"}, {"input.rrule": "UNSUPPORTED_FREQUENCY"}),
    "a rule that ends": ({"rrule": "FREQ=DAILY;COUNT=3"}, {"input.rrule": "ENDS_BY_ITSELF"}),
    "a rule that gives nothing": ({"rrule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"}, {"input.rrule": "NEVER"}),
    "no times": ({"windowStart": "6.30", "windowEnd": "24:00"},
                 {"input.windowStart": "NOT_A_TIME", "input.windowEnd": "NOT_A_TIME"}),
    "an end before the start": ({"windowEnd": "06:30"}, {"input.windowEnd": "NOT_AFTER_START"}),
    "long ago": ({"startsOn": "2020-01-01"}, {"input.startsOn": "TOO_OLD"}),
    "far ahead": ({"startsOn": "2999-01-01"}, {"input.startsOn": "TOO_FAR"}),
    "all at once": (
        {"rrule": "x", "windowStart": "x", "startsOn": "x", "routeId": "x"},
        {"input.rrule": "NOT_A_RULE", "input.windowStart": "NOT_A_TIME", "input.startsOn": "NOT_A_DATE",
         "input.routeId": "NOT_AN_ID"},
    ),
}  # fmt: skip


async def test_every_fault_of_a_schedule_is_named_and_nothing_is_written(scene: Scene) -> None:
    before = await scene.kept()
    for what, (given, expected) in FAULTS.items():
        assert (await add(scene, **given)).faults == expected, what
    assert await scene.kept() == before


async def test_a_ceremony_takes_a_day_out_and_brings_another_in(scene: Scene) -> None:
    today, schedule = await scene.today(), await a_schedule(scene)
    holy, extra = today + timedelta(days=4), today + timedelta(days=5)
    without = await scene.do(SET_DATE, scheduleId=schedule, day=str(holy), kind="EXCLUDED", reason="Galungan")
    assert str(holy) not in days(without, "wasteSetScheduleDate")
    assert holy not in await run_days(scene)
    more = await scene.do(SET_DATE, scheduleId=schedule, day=str(extra), kind="EXTRA", reason="Galungan")
    assert str(extra) in days(more, "wasteSetScheduleDate")
    assert extra in await run_days(scene)
    assert more.data["wasteSetScheduleDate"]["schedule"]["dates"] == [
        {"day": str(holy), "kind": "EXCLUDED", "reason": "Galungan"},
        {"day": str(extra), "kind": "EXTRA", "reason": "Galungan"},
    ]
    for day in (holy, extra):
        back = await scene.do(REMOVE_DATE, scheduleId=schedule, day=str(day))
    assert back.data["wasteRemoveScheduleDate"]["schedule"]["dates"] == []
    assert days(back, "wasteRemoveScheduleDate")[:4] == [str(today + timedelta(days=i)) for i in (0, 2, 4, 6)]
    assert await run_days(scene) == [today + timedelta(days=i) for i in (0, 2, 4, 6)]


async def test_what_speaks_against_a_single_day_is_named(scene: Scene) -> None:
    today = await scene.today()
    schedule = await a_schedule(scene, startsOn=str(today - timedelta(days=10)))
    before = await scene.kept()
    table = {
        (-1, "EXTRA"): "IN_PAST", (-2, "EXCLUDED"): "IN_PAST", (2, "EXTRA"): "GIVEN_ALREADY",
        (1, "EXCLUDED"): "NOT_GIVEN", (368, "EXCLUDED"): "TOO_FAR",
    }  # fmt: skip
    for (ahead, kind), code in table.items():
        day = str(today + timedelta(days=ahead))
        reply = await scene.do(SET_DATE, scheduleId=schedule, day=day, kind=kind, reason="x" * 201)
        assert reply.faults == {"input.day": code, "input.reason": "LENGTH"}, (ahead, kind)
    unknown = await scene.do(REMOVE_DATE, scheduleId=schedule, day=str(today + timedelta(days=1)))
    assert unknown.faults == {"input.day": "UNKNOWN"}
    assert await scene.kept() == before
    later = await a_schedule(scene, stream="B3", startsOn=str(today + timedelta(days=10)))
    early = await scene.do(SET_DATE, scheduleId=later, day=str(today + timedelta(days=3)), kind="EXTRA")
    assert early.faults == {"input.day": "OUTSIDE_SCHEDULE"}


async def test_a_schedule_ends_and_its_planned_runs_with_it(scene: Scene) -> None:
    today, schedule = await scene.today(), await a_schedule(scene)
    last = today + timedelta(days=3)
    ended = await scene.do(END_SCHEDULE, scheduleId=schedule, endsOn=str(last))
    assert ended.data["wasteEndSchedule"]["schedule"]["endedOn"] == str(last)
    assert days(ended, "wasteEndSchedule") == [str(today), str(today + timedelta(days=2))]
    assert await run_days(scene) == [today, today + timedelta(days=2)]
    early = await scene.do(END_SCHEDULE, scheduleId=schedule, endsOn=str(today - timedelta(days=2)))
    assert early.faults == {"input.endsOn": "TOO_EARLY"}


async def test_a_run_that_has_started_or_was_planned_by_itself_outlives_its_schedule(scene: Scene) -> None:
    today, schedule = await scene.today(), await a_schedule(scene, "FREQ=DAILY")
    async with scene.world.unit(BENGKEL) as unit:
        run = await unit.first(Run, Run.day == today)
        assert run is not None
        run.state = WasteRunState.STARTED
    own = await scene.do(
        PLAN_RUN, routeId=scene.ids["route"], stream="B3", day=str(today + timedelta(days=2))
    )
    assert own.data["wastePlanRun"]["run"]["windowStart"] is None
    assert (await scene.do(END_SCHEDULE, scheduleId=schedule, endsOn=str(today - timedelta(days=1)))).faults
    assert (await scene.do(END_SCHEDULE, scheduleId=schedule, endsOn=str(today))).data
    assert await run_days(scene) == [today, today + timedelta(days=2)]


async def test_planning_may_be_asked_again_and_finds_what_is_there(scene: Scene) -> None:
    today = await scene.today()
    await a_schedule(scene, startsOn=str(today - timedelta(days=20)))
    given = {
        "villageCode": BENGKEL,
        "firstDay": str(today - timedelta(days=20)),
        "lastDay": str(today + timedelta(days=41)),
    }
    first = (await scene.do(PLAN_RUNS, **given)).data["wastePlanRuns"]
    assert first == {"made": 27, "known": 4, "withoutStops": 0}
    again = (await scene.do(PLAN_RUNS, **given)).data["wastePlanRuns"]
    assert again == {"made": 0, "known": 31, "withoutStops": 0}
    assert len(await scene.all(Run)) == 31
    assert (await scene.do(SET_STOPS, routeId=scene.ids["route"], stops=[])).data
    empty = await scene.do(
        PLAN_RUNS, **given | {"firstDay": str(today), "lastDay": str(today + timedelta(days=60))}
    )
    assert empty.data["wastePlanRuns"]["withoutStops"] == 10


async def test_no_request_plans_more_stops_than_a_request_may(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_schedule(scene, "FREQ=DAILY")
    monkeypatch.setattr(planning, "MOST_STOPS", 39)
    before, day = await scene.kept(), await scene.today() + timedelta(days=7)
    given = {"villageCode": BENGKEL, "firstDay": str(day)}
    many = await scene.do(PLAN_RUNS, **given, lastDay=str(day + timedelta(days=9)))
    assert (many.codes, many.errors[0]["extensions"]["limit"]) == (["LIMIT_EXCEEDED"], "plannedStops")
    assert await scene.kept() == before
    few = await scene.do(PLAN_RUNS, **given, lastDay=str(day + timedelta(days=8)))
    assert few.data["wastePlanRuns"]["made"] == 9


async def test_days_that_cannot_be_planned_are_named(scene: Scene) -> None:
    today = await scene.today()
    table = {
        (0, -1): {"input.lastDay": "BEFORE_FROM"},
        (0, 62): {"input.lastDay": "TOO_LONG"},
        (-32, 0): {"input.firstDay": "TOO_OLD"},
        (367, 368): {"input.firstDay": "TOO_FAR", "input.lastDay": "TOO_FAR"},
    }
    for (first, last), expected in table.items():
        reply = await scene.do(
            PLAN_RUNS, villageCode=BENGKEL, firstDay=str(today + timedelta(days=first)),
            lastDay=str(today + timedelta(days=last)),
        )  # fmt: skip
        assert reply.faults == expected
    bad = await scene.do(PLAN_RUNS, villageCode="x", firstDay="y", lastDay="z")
    assert bad.faults.keys() == {"input.villageCode", "input.firstDay", "input.lastDay"}


async def test_one_run_is_planned_by_itself_once(scene: Scene) -> None:
    today = await scene.today()
    await a_schedule(scene, "FREQ=DAILY;INTERVAL=2")
    given = {"routeId": scene.ids["route"], "stream": "ORGANIK", "day": str(today + timedelta(days=1))}
    run = (await scene.do(PLAN_RUN, **given)).data["wastePlanRun"]["run"]
    assert (run["state"], run["stopCount"], run["windowStart"]) == ("PLANNED", 4, None)
    assert (await scene.do(PLAN_RUN, **given)).codes == ["CONFLICT"]
    assert (await scene.do(PLAN_RUN, **given | {"day": "2020-01-01"})).faults == {"input.day": "TOO_OLD"}
    assert (await scene.do(SET_STOPS, routeId=scene.ids["route"], stops=[])).data
    empty = await scene.do(PLAN_RUN, **given | {"stream": "B3"})
    assert empty.errors[0]["extensions"]["rule"] == "waste.route_without_stops"


async def test_a_cancelled_run_is_no_pickup_and_is_not_planned_again(scene: Scene) -> None:
    today = await scene.today()
    await a_schedule(scene)
    (run,) = [run for run in await scene.all(Run) if run.day == today + timedelta(days=2)]
    cancelled = await scene.do(CANCEL, runId=await scene.world.id_of("WasteRun", run), reason="Nyepi")
    assert cancelled.data["wasteCancelRun"]["run"] == {"state": "CANCELLED", "cancelReason": "Nyepi"}
    for _ in range(2):
        async with scene.world.unit(BENGKEL) as unit:
            await plan_ahead(unit)
    pickups = {row.day for row in await scene.all(Pickup)}
    assert run.day not in pickups and today in pickups
    assert [one.state.name for one in await scene.all(Run) if one.day == run.day] == ["CANCELLED"]


async def test_every_night_the_next_days_are_planned_and_what_is_over_is_let_go(scene: Scene) -> None:
    """What stays keeps its row; only the day that is new is written."""
    today = await scene.today()
    await a_schedule(scene, "FREQ=DAILY")
    async with scene.world.unit(BENGKEL) as unit:
        rows = sorted(await unit.all(Pickup), key=lambda row: row.day)
        stays = {row.id for row in rows[1:-1]}
        rows[0].day = today - timedelta(days=1)
        await unit.session.delete(rows[-1])
    async with scene.world.unit(BENGKEL) as unit:
        await plan_ahead(unit)
    after = await scene.all(Pickup)
    assert {row.day for row in after} == {today + timedelta(days=i) for i in range(60)}
    assert stays < {row.id for row in after}
    (job,) = [job for job in JOBS if job.name == "waste.plan_ahead"]
    assert Cron.of(job.cron, "Asia/Makassar")


async def test_a_point_that_is_served_no_more_is_left_out_by_the_next_morning(scene: Scene) -> None:
    """A run that is under way keeps it: its collectors have the list with them."""
    under_way = await scene.a_run(stream="RESIDU")
    await a_schedule(scene, "FREQ=DAILY")
    before = {stop.id for stop in await scene.all(RunStop)}
    for served, count in ((WastePointStatus.PAUSED, 3), (WastePointStatus.ACTIVE, 4)):
        async with scene.world.unit(BENGKEL) as unit:
            point = await unit.get(ServicePoint, scene.points[1].id)
            assert point is not None
            point.status = served
            await unit.flush()
            await plan_ahead(unit)
        stops = await scene.all(RunStop)
        runs = {await scene.world.id_of("WasteRun", run): run.id for run in await scene.all(Run)}
        sizes = {id_: len([s for s in stops if s.run_id == run]) for id_, run in runs.items()}
        assert sizes.pop(under_way) == 4
        assert set(sizes.values()) == {count}
    async with scene.world.unit(BENGKEL) as unit:
        await plan_ahead(unit)
    again = {stop.id for stop in await scene.all(RunStop)}
    assert again == {stop.id for stop in stops} and again != before  # what is right is not written anew


@pytest.mark.parametrize("times", [21])
async def test_a_route_has_so_many_schedules_and_no_more(scene: Scene, times: int) -> None:
    replies = [await add(scene, "FREQ=MONTHLY;BYMONTHDAY=1") for _ in range(times)]
    assert [bool(reply.errors) for reply in replies] == [False] * 20 + [True]
    assert replies[-1].codes == ["LIMIT_EXCEEDED"]


async def test_a_schedule_that_ends_some_day_counts_until_then(scene: Scene) -> None:
    today = await scene.today()
    some = [await a_schedule(scene, "FREQ=MONTHLY;BYMONTHDAY=1") for _ in range(20)]
    assert (await scene.do(END_SCHEDULE, scheduleId=some[0], endsOn=str(today + timedelta(days=900)))).data
    assert (await add(scene)).codes == ["LIMIT_EXCEEDED"]
    assert (await scene.do(END_SCHEDULE, scheduleId=some[0], endsOn=str(today))).data
    async with scene.world.unit(BENGKEL) as unit:
        ended = await unit.first(Schedule, Schedule.ended_on.is_not(None))
        assert ended is not None
        ended.starts_on = ended.ended_on = today - timedelta(days=1)
    assert (await add(scene)).data


async def test_a_schedule_that_has_ended_does_not_begin_again(scene: Scene) -> None:
    today, schedule = await scene.today(), await a_schedule(scene, "FREQ=DAILY")
    async with scene.world.unit(BENGKEL) as unit:
        row = await unit.first(Schedule)
        assert row is not None
        row.starts_on, row.ended_on = today - timedelta(days=20), today - timedelta(days=10)
        await plan_ahead(unit)
    before = await scene.kept()
    reply = await scene.do(END_SCHEDULE, scheduleId=schedule, endsOn=str(today + timedelta(days=30)))
    assert reply.codes == ["INVALID_TRANSITION"]
    assert await scene.kept() == before
    assert await run_days(scene) == []


async def test_who_cancels_and_who_plans_wait_for_nobody_in_a_circle(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[object] = []

    def noted(error: Any) -> bool:
        lost.append(error)
        return lost_a_race(error)

    monkeypatch.setattr("wantilan.graph.context.lost_a_race", noted)
    today, schedule = await scene.today(), await a_schedule(scene, "FREQ=DAILY")
    runs = [await scene.world.id_of("WasteRun", run) for run in await scene.all(Run)]
    cancelled = [scene.do(CANCEL, runId=run, reason="Galungan") for run in runs]
    away = [
        scene.do(SET_DATE, scheduleId=schedule, day=str(today + timedelta(days=10 + n)), kind="EXCLUDED")
        for n in range(28)
    ]
    asked = [one for n, run in enumerate(cancelled) for one in (*away[n::7], run)]
    replies = await asyncio.gather(*asked)
    assert [reply.codes for reply in replies] == [[]] * 35
    assert lost == []
    assert {run.state for run in await scene.all(Run)} == {WasteRunState.CANCELLED}
    assert len(await scene.all(Pickup)) == 60 - 7 - 28
