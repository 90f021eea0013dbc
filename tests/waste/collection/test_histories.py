"""Random histories of phones: batches sent again, in another order, overlapping, from two devices at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random
from typing import Any

import pytest
from tests.waste.collection.scene import (
    ADD_SCHEDULE,
    CANCEL,
    SET_DATE,
    SET_STOPS,
    START,
    Scene,
    clock,
)

from wantilan.testing import BENGKEL
from wantilan_waste.models import Pickup, Run, RunStop, StopVisit, WasteRunState
from wantilan_waste.running import step

OUTCOMES = ("COLLECTED", "PARTIAL", "REJECTED_UNSORTED", "NOT_PUT_OUT", "NO_ACCESS", "SKIPPED")
Log = dict[str, list[dict[str, Any]]]


def a_log(scene: Scene, chance: Random, first: int) -> list[dict[str, Any]]:
    """What one phone has kept of one run: some points, some of them twice, under numbers of its own."""
    points = [f"p{i}" for i in range(5)]
    chosen = chance.choices(points, k=chance.randint(4, 7))
    return [
        scene.visit(
            first + i, point, chance.choice(OUTCOMES), visitedAt=clock(seconds=chance.randint(1, 600))
        )
        for i, point in enumerate(chosen)
    ]


def batches(chance: Random, log: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Parts that overlap, whole ones again, and some in another order; together all of it."""
    made = [[visit for visit in log if chance.random() < 0.6] for _ in range(3)]
    made += [chance.sample(log, len(log)), [*log, *log]]
    chance.shuffle(made)
    return [batch for batch in made if batch]


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_phones_send_each_run_has_one_visit_of_each_point(scene: Scene, seed: int) -> None:
    """Invariant 10 of the notes: one visit for each run and point, one for each device and number."""
    chance = Random(seed)
    runs = [await scene.a_run(stream=stream) for stream in ("ORGANIK", "RESIDU")]
    logs = {
        (run, device): a_log(scene, chance, 100 * i)
        for i, run in enumerate(runs)
        for device in ("hp-1", "hp-2")
    }
    due = [(run, device, batch) for (run, device), log in logs.items() for batch in batches(chance, log)]
    chance.shuffle(due)
    accepted: Counter[tuple[str, int]] = Counter()
    while due:
        together, due = due[:4], due[4:]
        replies = await asyncio.gather(
            *(scene.record(run, *batch, device=device) for run, device, batch in together)
        )
        for (_, device, batch), reply in zip(together, replies, strict=True):
            results = reply.data["wasteRecordStopVisits"]["results"]
            assert [one["deviceSeq"] for one in results] == [visit["deviceSeq"] for visit in batch]
            assert {one["code"] for one in results} <= {None, "ALREADY_VISITED"}
            for one in results:
                accepted[device, one["deviceSeq"]] += one["result"] == "ACCEPTED"
    rows = await scene.all(StopVisit)
    assert {key for key, count in accepted.items() if count} == {(row.device, row.device_seq) for row in rows}
    assert max(accepted.values()) == 1
    assert len({(row.run_id, row.point_id) for row in rows}) == len(rows)
    visited = {(run, visit["pointId"]) for (run, _), log in logs.items() for visit in log}
    assert len(rows) == len(visited)
    kept = {(row.device, row.device_seq): row for row in rows}
    for (_, device), log in logs.items():
        for visit in log:
            row = kept.get((device, visit["deviceSeq"]))
            if row is not None:
                assert (row.outcome.name, clock(row.visited_at)) == (visit["outcome"], visit["visitedAt"])
                assert visit["pointId"].endswith(row.point_id.hex)
    # All of it once more: it is known, and nothing changes.
    for (run, device), log in logs.items():
        reply = await scene.record(run, *log, device=device)
        assert reply.data["wasteRecordStopVisits"]["accepted"] == 0
    assert len(await scene.all(StopVisit)) == len(rows)


async def test_the_same_batch_at_once_from_many_requests_is_written_once(scene: Scene) -> None:
    run = await scene.a_run()
    batch = [scene.visit(i, f"p{i}", "REJECTED_UNSORTED") for i in range(5)]
    replies = await asyncio.gather(*(scene.record(run, *batch) for _ in range(8)))
    counts = sorted(
        (reply.data["wasteRecordStopVisits"]["accepted"], reply.data["wasteRecordStopVisits"]["duplicates"])
        for reply in replies
    )
    assert counts == [(0, 5)] * 7 + [(5, 0)]
    assert len(await scene.all(StopVisit)) == 5


async def test_one_number_for_two_visits_of_two_runs_at_once_is_kept_for_one(scene: Scene) -> None:
    """A phone that counts wrongly: one of both is written, the other is refused by a code."""
    runs = [await scene.a_run(stream=stream) for stream in ("ORGANIK", "RESIDU")]
    replies = await asyncio.gather(*(scene.record(run, scene.visit(1, "p0")) for run in runs))
    assert len(await scene.all(StopVisit)) == 1
    told = {
        reply.codes[0] if reply.errors else reply.data["wasteRecordStopVisits"]["results"][0]["code"]
        for reply in replies
    }
    assert None in told and told <= {None, "SEQUENCE_REUSED", "CONFLICT"}


async def test_a_run_starts_or_is_withdrawn_and_one_that_has_started_loses_nothing(scene: Scene) -> None:
    """The collectors set out while the office takes the day out, changes the route, and calls the run off."""
    today = await scene.today()
    for stream in ("ORGANIK", "ANORGANIK", "B3", "RESIDU"):
        added = await scene.do(
            ADD_SCHEDULE, routeId=scene.ids["route"], stream=stream, rrule="FREQ=DAILY", startsOn=str(today),
            windowStart="06:00", windowEnd="07:00",
        )  # fmt: skip
        schedule = added.data["wasteAddSchedule"]["schedule"]["id"]
        (run,) = [one for one in await scene.all(Run) if one.day == today and one.stream.name == stream]
        id_ = await scene.world.id_of("WasteRun", run)
        started, taken, changed, cancelled = await asyncio.gather(
            scene.do(START, scene.collector, runId=id_),
            scene.do(SET_DATE, scheduleId=schedule, day=str(today), kind="EXCLUDED"),
            scene.do(SET_STOPS, routeId=scene.ids["route"], stops=[{"pointId": scene.ids["p0"]}]),
            scene.do(CANCEL, runId=id_, reason="Hujan"),
        )
        assert taken.data and changed.data
        assert {*started.codes, *cancelled.codes} <= {"NOT_FOUND", "INVALID_TRANSITION"}
        after = {one.id: one for one in await scene.all(Run)}.get(run.id)
        stops = [stop for stop in await scene.all(RunStop) if stop.run_id == run.id]
        if started.codes and cancelled.codes:
            assert (after, stops) == (None, [])
        else:
            assert after is not None and len(stops) in (1, 4)
            assert after.state.name == ("STARTED" if cancelled.codes else "CANCELLED")
        assert not [one for one in await scene.all(Pickup) if one.day == today and one.stream.name == stream]
        assert (
            await scene.do(
                SET_STOPS,
                routeId=scene.ids["route"],
                stops=[{"pointId": scene.ids[f"p{i}"]} for i in range(4)],
            )
        ).data


async def test_who_withdraws_a_run_waits_for_who_starts_it(scene: Scene) -> None:
    today = await scene.today()
    added = await scene.do(
        ADD_SCHEDULE, routeId=scene.ids["route"], stream="B3", rrule="FREQ=DAILY", startsOn=str(today),
        windowStart="06:00", windowEnd="07:00",
    )  # fmt: skip
    schedule = added.data["wasteAddSchedule"]["schedule"]["id"]
    async with scene.world.unit(BENGKEL) as unit:
        run = await unit.first(Run, Run.day == today, lock=True)
        assert run is not None
        await step(unit, run, WasteRunState.STARTED)
        taken = scene.do(SET_DATE, scheduleId=schedule, day=str(today), kind="EXCLUDED")
        waiting = asyncio.create_task(taken)
        await asyncio.sleep(0.3)
        assert not waiting.done()
    assert (await waiting).data
    (kept,) = [one for one in await scene.all(Run) if one.day == today]
    assert kept.state is WasteRunState.STARTED
    assert len([stop for stop in await scene.all(RunStop) if stop.run_id == kept.id]) == 4
