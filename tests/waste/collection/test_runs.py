"""A run from its plan to its end, and what a collector takes along."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.waste.collection.scene import (
    CANCEL,
    CLOSE,
    FINISH,
    START,
    Scene,
    a_past_run,
    everybody,
)

from wantilan import InvalidTransition
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL
from wantilan_waste.models import Run, WasteRunState
from wantilan_waste.running import EVENTS, weigh_run

MY_RUN = """query($day: Date!) { village(code: "51.02.06.2001") { waste { runs(filter: {day: {eq: $day}}) { nodes {
  stream day state vehicle windowStart stopCount visitedCount outcomes { outcome stops } route { name }
  stops { position point { id label place instructions hamlet { name } }
    visit { outcome sortQuality feedback } lastOutcome lastQuality recheckDue } } } } } }"""


async def weigh(scene: Scene, run: str) -> None:
    """As an intake that names the run does."""
    async with scene.world.unit(BENGKEL) as unit:
        rows = {await scene.world.id_of("WasteRun", row): row.id for row in await unit.all(Run)}
        row = await unit.get(Run, rows[run], lock=True)
        assert row is not None
        await weigh_run(unit, row, unit.now)


async def the_run(scene: Scene, token: str | None = None, **more: Any) -> dict[str, Any]:
    day = str(await scene.today())
    reply = await scene.world.ask(MY_RUN, token or scene.collector, **{"day": day, **more})
    (found,) = reply.data["village"]["waste"]["runs"]["nodes"]
    return dict(found)


async def test_a_collector_takes_the_whole_run_along_in_one_statement(scene: Scene) -> None:
    await scene.a_run()
    with scene.world.counting() as statements:
        run = await the_run(scene)
    assert (run["state"], run["vehicle"], run["route"]) == ("STARTED", "Viar 1", {"name": "Rute Kaja"})
    assert [stop["point"]["label"] for stop in run["stops"]] == [
        "Rumah Wayan", "Rumah Made", "Warung Contoh", "Toko Contoh",
    ]  # fmt: skip
    assert run["stops"][0]["point"]["id"] == scene.ids["p0"]
    assert run["stops"][0]["point"]["instructions"] == "Lewat gang"
    assert (run["stopCount"], run["visitedCount"], run["outcomes"]) == (4, 0, [])
    assert len(statements) == 1


async def test_how_far_a_run_is_is_counted_by_outcome(scene: Scene) -> None:
    run = await scene.a_run()
    visits = [
        scene.visit(i, f"p{i}", outcome) for i, outcome in enumerate(("COLLECTED", "COLLECTED", "NO_ACCESS"))
    ]
    assert (await scene.record(run, *visits)).data
    found = await the_run(scene)
    assert (found["stopCount"], found["visitedCount"]) == (4, 3)
    assert sorted((one["outcome"], one["stops"]) for one in found["outcomes"]) == [
        ("COLLECTED", 2),
        ("NO_ACCESS", 1),
    ]
    assert [stop["visit"] and stop["visit"]["outcome"] for stop in found["stops"]] == [
        "COLLECTED", "COLLECTED", "NO_ACCESS", None,
    ]  # fmt: skip


async def test_a_run_goes_its_way_and_every_step_is_told(scene: Scene) -> None:
    run = await scene.a_run(started=False)
    started = await scene.do(START, scene.collector, runId=run, vehicle="Viar 9", crew=3)
    assert started.data["wasteStartRun"]["run"] == {
        "id": run,
        "state": "STARTED",
        "vehicle": "Viar 9",
        "crew": 3,
    }
    assert (await scene.do(FINISH, scene.collector, runId=run)).data["wasteFinishRun"]["run"][
        "state"
    ] == "FINISHED"
    await weigh(scene, run)
    await weigh(scene, run)  # a second container
    closed = await scene.do(CLOSE, scene.collector, runId=run)
    assert closed.data["wasteCloseRun"]["run"]["state"] == "CLOSED"
    (row,) = await scene.all(Run)
    assert row.started_at <= row.finished_at <= row.weighed_at <= row.closed_at
    names = [event.name for event in await scene.all(Event) if event.name.startswith("waste.run")]
    assert names == ["waste.run_started", "waste.run_finished", "waste.run_weighed", "waste.run_closed"]
    assert {tuple(e.subjects) for e in await scene.all(Event) if e.name in names} == {("run",)}


ALLOWED = {
    (START, "PLANNED"), (CANCEL, "PLANNED"), (CANCEL, "STARTED"), (FINISH, "STARTED"), (CLOSE, "WEIGHED"),
}  # fmt: skip
"""By hand: which mutation takes a run out of which state."""


@pytest.mark.parametrize("state", list(WasteRunState))
async def test_no_other_step_is_taken_and_a_refused_one_changes_nothing(
    scene: Scene, state: WasteRunState
) -> None:
    day = await scene.today()
    run = await a_past_run(scene, day, state)
    before = await scene.kept()
    for document in (START, FINISH, CLOSE, CANCEL):
        if (document, state.name) in ALLOWED:
            continue
        given = {"runId": run, **({"reason": "Hujan"} if document == CANCEL else {})}
        reply = await scene.do(document, **given)
        assert reply.codes == ["INVALID_TRANSITION"], document
        assert await scene.kept() == before
    for document in (START, FINISH, CLOSE, CANCEL):
        if (document, state.name) in ALLOWED:
            given = {"runId": run, **({"reason": "Hujan"} if document == CANCEL else {})}
            assert (await scene.do(document, **given)).data
            break


@pytest.mark.parametrize("state", list(WasteRunState))
async def test_only_a_load_that_was_out_is_weighed(scene: Scene, state: WasteRunState) -> None:
    run = await a_past_run(scene, await scene.today(), state)
    if state.name in ("STARTED", "FINISHED", "WEIGHED"):
        await weigh(scene, run)
        (row,) = await scene.all(Run)
        assert row.state is WasteRunState.WEIGHED
    else:
        with pytest.raises(InvalidTransition):
            await weigh(scene, run)


async def test_a_run_that_brought_nothing_is_closed_without_a_load(scene: Scene) -> None:
    run = await scene.a_run()
    assert (await scene.do(CLOSE, runId=run, withoutLoad=True)).codes == ["INVALID_TRANSITION"]
    assert (await scene.do(FINISH, scene.collector, runId=run)).data
    assert (await scene.do(CLOSE, runId=run)).codes == ["INVALID_TRANSITION"]
    assert (await scene.do(CLOSE, runId=run, withoutLoad=True)).data


async def test_a_run_at_which_a_stop_was_visited_is_not_cancelled(scene: Scene) -> None:
    run = await scene.a_run()
    assert (await scene.record(run, scene.visit(1, "p0"))).data
    reply = await scene.do(CANCEL, runId=run, reason="Hujan")
    assert reply.errors[0]["extensions"]["rule"] == "waste.run_has_visits"


async def test_nobody_sets_out_on_a_day_to_come_and_every_fault_is_named(scene: Scene) -> None:
    ahead = await scene.a_run(started=False, back=-1)
    early = await scene.do(START, scene.collector, runId=ahead)
    assert early.errors[0]["extensions"]["rule"] == "waste.run_in_future"
    bad = await scene.do(START, scene.collector, runId="x", vehicle="x" * 101, crew=0)
    assert bad.faults == {"input.runId": "NOT_AN_ID", "input.vehicle": "LENGTH", "input.crew": "OUT_OF_RANGE"}
    assert (await scene.do(CANCEL, runId=ahead, reason=" ")).faults == {"input.reason": "LENGTH"}


async def test_who_was_left_behind_unsorted_is_to_be_looked_at_again(scene: Scene) -> None:
    """A visit at which nobody was met does not make it forgotten; one at which the waste was sorted does."""
    today = await scene.today()

    async def stop(back: int) -> tuple[Any, ...]:
        found = await the_run(scene, day=str(today - timedelta(days=back)))
        first = found["stops"][0]
        return first["lastOutcome"], first["lastQuality"], first["recheckDue"]

    outcomes = ("REJECTED_UNSORTED", "NOT_PUT_OUT", "PARTIAL", "COLLECTED")
    for back, outcome in zip((4, 3, 2, 1), outcomes, strict=True):
        run = await scene.a_run(back=back)
        at = f"{today - timedelta(days=back)}T02:00:00Z"
        visit = scene.visit(back, "p0", outcome, visitedAt=at)
        assert (await scene.record(run, visit)).data["wasteRecordStopVisits"]["accepted"] == 1
    await scene.a_run()
    assert await stop(4) == (None, None, None)
    assert await stop(3) == ("REJECTED_UNSORTED", 0, True)
    assert await stop(2) == ("REJECTED_UNSORTED", 0, True)
    assert await stop(1) == ("PARTIAL", 2, False)
    assert await stop(0) == ("COLLECTED", 3, False)


async def test_runs_are_read_by_those_who_work_with_them(scene: Scene) -> None:
    assert (await scene.record(await scene.a_run(), scene.visit(1, "p0"))).data
    askers = await everybody(scene)
    for who in ("operator", "perbekel", "collector"):
        assert (await the_run(scene, askers[who]))["stops"][0]["visit"] == {
            "outcome": "COLLECTED", "sortQuality": 3, "feedback": None,
        }  # fmt: skip
    day = str(await scene.today())
    for who in ("wayan", "made", "teller", "agency", "kelian", "neighbour", "next collector", "visitor"):
        reply = await scene.world.ask(MY_RUN, askers[who], day=day)
        assert set(reply.codes) == {"FORBIDDEN"}, who
        assert "Rumah" not in reply.text, who


async def test_at_the_scale_runs_are_counted_and_single_visits_are_not_shown(scene: Scene) -> None:
    """`visit` is no business of the TPS3R; how many stops were made is."""
    assert (await scene.record(await scene.a_run(), scene.visit(1, "p0"))).data
    day = str(await scene.today())
    reply = await scene.world.ask(MY_RUN, (await everybody(scene))["tps3r"], day=day)
    assert set(reply.codes) == {"FORBIDDEN"} and "COLLECTED" not in reply.text
    counts = """query($day: Date!) { village(code: "51.02.06.2001") { waste { runs(filter: {day: {eq: $day}}) {
      nodes { visitedCount outcomes { outcome stops } } } } } }"""
    counted = await scene.world.ask(counts, (await everybody(scene))["tps3r"], day=day)
    assert counted.data["village"]["waste"]["runs"]["nodes"] == [
        {"visitedCount": 1, "outcomes": [{"outcome": "COLLECTED", "stops": 1}]}
    ]


MONEY = """{ __type(name: "WasteStopPoint") { fields { name } } }"""


async def test_a_collector_gets_neither_invoices_nor_balances_nor_people_through_a_stop(scene: Scene) -> None:
    admin = await scene.world.token("platform_admin", "")
    fields = (await scene.world.ask(MONEY, admin)).data["__type"]["fields"]
    assert {field["name"] for field in fields} == {
        "id", "label", "sourceClass", "place", "instructions", "status", "hamlet", "stops", "feeds",
    }  # fmt: skip


def test_every_state_but_the_first_has_its_event() -> None:
    assert EVENTS.keys() == set(WasteRunState) - {WasteRunState.PLANNED}
