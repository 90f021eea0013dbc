"""Batches of visits as phones send them: what is written, what is not, and who is told."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from tests.waste.collection.scene import (
    CANCEL,
    CLOSE,
    FINISH,
    Scene,
    a_past_run,
    clock,
    everybody,
)

from wantilan.registry.models import Message
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan_waste.files import VISIT_PHOTO
from wantilan_waste.models import RunStop, StopVisit, WasteRunState


def results(reply: Any) -> list[tuple[int, str, str | None]]:
    payload = reply.data["wasteRecordStopVisits"]
    return [(one["deviceSeq"], one["result"], one["code"]) for one in payload["results"]]


async def test_a_batch_is_written_as_it_was_sent(scene: Scene) -> None:
    run, at = await scene.a_run(), clock(minutes=3)
    reply = await scene.record(
        run,
        scene.visit(7, "p0", "PARTIAL", sortQuality=1, mass=2500, feedback=" Botol dicampur. ", visitedAt=at),
        scene.visit(8, "p2", "NOT_PUT_OUT"),
    )
    payload = reply.data["wasteRecordStopVisits"]
    assert (payload["accepted"], payload["duplicates"], payload["rejected"]) == (2, 0, 0)
    assert payload["run"]["visitedCount"] == 2
    rows = {row.device_seq: row for row in await scene.all(StopVisit)}
    row = rows[7]
    actor = await scene.world.application.actors.resolve(scene.collector)
    assert (row.point_id, row.household_id) == (scene.points[0].id, scene.household.id)
    assert (row.outcome.name, row.sort_quality, row.mass, row.feedback) == (
        "PARTIAL",
        1,
        2500,
        "Botol dicampur.",
    )
    assert (clock(row.visited_at), row.device, row.recorded_by) == (at, "hp-1", actor.id)
    assert (row.stream.name, row.day) == ("ORGANIK", await scene.today())
    assert (rows[8].sort_quality, rows[8].household_id, rows[8].mass) == (None, None, None)


async def test_each_visit_is_judged_by_itself_and_all_that_speaks_against_it_is_named(scene: Scene) -> None:
    run = await scene.a_run()
    reply = await scene.record(
        run,
        scene.visit(1, "p0"),
        scene.visit(2, "p1", sortQuality=None, visitedAt=clock(days=2), feedback="x" * 501),
        scene.visit(3, "p2", visitedAt="yesterday", mass=-1),
        scene.visit(4, "far"),
        scene.visit(5, "route"),
        scene.visit(6, "p3", visitedAt=clock(minutes=-30)),
        scene.visit(7, "p0", "NO_ACCESS"),
        scene.visit(1, "p0", "NO_ACCESS"),
    )
    assert results(reply) == [
        (1, "ACCEPTED", None), (2, "REJECTED", "REQUIRED"), (3, "REJECTED", "NOT_A_DATE_TIME"),
        (4, "REJECTED", "UNKNOWN_POINT"), (5, "REJECTED", "NOT_AN_ID"), (6, "REJECTED", "IN_FUTURE"),
        (7, "REJECTED", "ALREADY_VISITED"), (1, "REJECTED", "SEQUENCE_REUSED"),
    ]  # fmt: skip
    found = reply.data["wasteRecordStopVisits"]["results"][1]["faults"]
    assert {".".join(one["path"]): one["code"] for one in found} == {
        "input.visits.1.sortQuality": "REQUIRED", "input.visits.1.visitedAt": "NOT_ON_RUNS_DAY",
        "input.visits.1.feedback": "LENGTH",
    }  # fmt: skip
    assert all(one["message"] for one in found)
    assert {one["code"] for one in reply.data["wasteRecordStopVisits"]["results"][2]["faults"]} == {
        "NOT_A_DATE_TIME", "OUT_OF_RANGE",
    }  # fmt: skip
    assert [row.device_seq for row in await scene.all(StopVisit)] == [1]


async def test_a_batch_that_is_sent_again_is_known(scene: Scene) -> None:
    run = await scene.a_run()
    batch = [scene.visit(i, f"p{i}") for i in range(3)]
    assert [r for _, r, _ in results(await scene.record(run, *batch))] == ["ACCEPTED"] * 3
    more = [*reversed(batch), scene.visit(3, "p3")]
    assert [r for _, r, _ in results(await scene.record(run, *more))] == ["DUPLICATE"] * 3 + ["ACCEPTED"]
    assert len(await scene.all(StopVisit)) == 4
    other = await scene.record(run, scene.visit(0, "p0"), device="hp-2")
    assert results(other) == [(0, "REJECTED", "ALREADY_VISITED")]


async def test_a_key_reads_the_same_result_again(scene: Scene) -> None:
    run = await scene.a_run()
    batch = (scene.visit(1, "p0"), scene.visit(2, "p1", sortQuality=None))
    first = await scene.record(run, *batch, key="k")
    assert (await scene.record(run, *batch, key="k")).data == first.data


async def test_a_point_beside_the_run_is_added_to_it_with_a_warning(scene: Scene) -> None:
    run = await scene.a_run()
    reply = await scene.record(run, scene.visit(1, "p4"), scene.visit(2, "p0"))
    first, second = reply.data["wasteRecordStopVisits"]["results"]
    assert first["result"] == "ACCEPTED"
    assert [one["code"] for one in first["warnings"]] == ["NOT_ON_RUN", "POINT_NOT_ACTIVE"]
    assert second["warnings"] == []
    stops = sorted(await scene.all(RunStop), key=lambda stop: stop.position)
    assert [stop.position for stop in stops] == [1, 2, 3, 4, 5]
    assert stops[-1].point_id == scene.points[4].id
    assert reply.data["wasteRecordStopVisits"]["run"]["stopCount"] == 5


async def test_a_visit_of_yesterdays_run_after_its_end_is_rejected(scene: Scene) -> None:
    run = await scene.a_run()
    kept = scene.visit(1, "p0")
    assert (await scene.record(run, kept)).data
    assert (await scene.do(FINISH, scene.collector, runId=run)).data
    late = await scene.record(run, scene.visit(2, "p1"))  # a phone that had no network
    assert results(late) == [(2, "ACCEPTED", None)]
    assert (await scene.do(CLOSE, runId=run, withoutLoad=True)).data
    before = await scene.kept()
    closed = await scene.record(run, kept, scene.visit(3, "p2"))
    assert results(closed) == [(1, "DUPLICATE", None), (3, "REJECTED", "RUN_CLOSED")]
    assert await scene.kept() == before


@pytest.mark.parametrize(
    "state, code", [("PLANNED", "RUN_NOT_STARTED"), ("CANCELLED", "RUN_CLOSED"), ("WEIGHED", None)]
)
async def test_the_state_of_the_run_decides(scene: Scene, state: str, code: str | None) -> None:
    run = await a_past_run(scene, await scene.today(), WasteRunState[state])
    reply = await scene.record(run, scene.visit(1, "p0"))
    assert results(reply) == [(1, "REJECTED" if code else "ACCEPTED", code)]


async def test_a_visit_past_midnight_or_by_a_fast_clock_is_kept_with_a_warning(scene: Scene) -> None:
    run = await a_past_run(scene, await scene.today() - timedelta(days=3))
    late = datetime.combine(await scene.today() - timedelta(days=2), datetime.min.time(), UTC) - timedelta(
        hours=7
    )
    reply = await scene.record(run, scene.visit(1, "p0", visitedAt=clock(late)))
    (one,) = reply.data["wasteRecordStopVisits"]["results"]
    assert (one["result"], [w["code"] for w in one["warnings"]]) == ("ACCEPTED", ["OTHER_DAY"])
    fast = await scene.record(await scene.a_run(), scene.visit(2, "p0", visitedAt=clock(minutes=-5)))
    (one,) = fast.data["wasteRecordStopVisits"]["results"]
    assert (one["result"], one["warnings"][0]["code"]) == ("ACCEPTED", "CLOCK_AHEAD")


async def test_a_batch_of_ten_thousand_is_refused_and_nothing_is_written(scene: Scene) -> None:
    run = await scene.a_run()
    before = await scene.kept()
    for size in (10_000, 501):
        reply = await scene.record(run, *[scene.visit(i, "p0") for i in range(size)])
        assert reply.codes == ["LIMIT_EXCEEDED"]
        assert reply.errors[0]["extensions"] | {"requestId": ""} == {
            "code": "LIMIT_EXCEEDED", "limit": "visitsPerBatch", "allowed": 500, "requestId": "",
        }  # fmt: skip
    assert await scene.kept() == before


async def test_faults_of_the_batch_itself_refuse_all_of_it(scene: Scene) -> None:
    before = await scene.kept()
    reply = await scene.record("x", scene.visit(1, "p0", visitedAt="x"), device="hp 1")
    assert reply.faults == {"input.runId": "NOT_AN_ID", "input.device": "NOT_A_DEVICE"}
    assert await scene.kept() == before


async def test_many_visits_cost_as_many_statements_as_few(scene: Scene) -> None:
    """Counted at the driver: what is read is read at once, and what is written too."""
    seen: list[str] = []
    engine = scene.world.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", lambda *a: seen.append(a[2]))

    async def cost(count: int, stream: str) -> int:
        run = await scene.a_run(stream=stream)
        visits = [scene.visit(i, f"p{i}") for i in range(count)]
        seen.clear()
        reply = await scene.record(run, *visits, device=f"hp-{stream}")
        assert reply.data["wasteRecordStopVisits"]["accepted"] == count
        return len(seen)

    few, many = await cost(1, "B3"), await cost(4, "RESIDU")
    assert few == many > 5


async def test_one_event_tells_of_a_batch_and_holds_ids_only(scene: Scene) -> None:
    run = await scene.a_run()
    batch = [scene.visit(i, f"p{i}", feedback="Rahasia") for i in range(3)]
    for _ in range(2):
        assert (await scene.record(run, *batch)).data
    told = [event for event in await scene.all(Event) if event.name == "waste.run_progressed"]
    assert [set(event.subjects) for event in told] == [{"run"}]


# Who is told


async def test_a_house_whose_waste_was_left_behind_is_told_why_once(scene: Scene) -> None:
    run = await scene.a_run()
    batch = [
        scene.visit(1, "p0", "REJECTED_UNSORTED", feedback="Plastik di ember organik."),
        scene.visit(2, "p1", "COLLECTED", feedback="Bagus."),
        scene.visit(3, "p2", "REJECTED_UNSORTED"),
    ]
    for _ in range(2):
        assert (await scene.record(run, *batch)).data
    (message,) = await scene.all(Message)
    assert (message.resident_id, message.template) == (scene.wayan.id, "waste.rejected_unsorted")
    assert "Plastik di ember organik." in message.body_id and "left your waste behind" in message.body_en


OWN = """query($id: ID!) { resident(id: $id) { waste { visits(order: VISITED_AT_DESC) {
  nodes { outcome sortQuality feedback stream point { label } } } } } }"""


async def test_a_household_reads_its_own_visits_with_their_feedback_and_no_other(scene: Scene) -> None:
    run = await scene.a_run()
    visits = (scene.visit(1, "p0", sortQuality=2, feedback="Hampir."), scene.visit(2, "p1", feedback="Rapi."))
    assert (await scene.record(run, *visits)).data
    askers = await everybody(scene)
    with scene.world.counting() as statements:
        own = await scene.world.ask(OWN, askers["wayan"], id=scene.ids["wayan"])
    assert own.data["resident"]["waste"]["visits"]["nodes"] == [
        {"outcome": "COLLECTED", "sortQuality": 2, "feedback": "Hampir.", "stream": "ORGANIK",
         "point": {"label": "Rumah Wayan"}},
    ]  # fmt: skip
    assert len(statements) == 1
    other = await scene.world.ask(OWN, askers["made"], id=scene.ids["wayan"])
    assert other.data["resident"] is None
    listed = """{ village(code: "51.02.06.2001") { waste { visits { nodes { feedback } } } } }"""
    seen = await scene.world.ask(listed, askers["made"])
    assert seen.data["village"]["waste"]["visits"]["nodes"] == [{"feedback": "Rapi."}]
    office = await scene.world.ask(listed, scene.operator)
    assert len(office.data["village"]["waste"]["visits"]["nodes"]) == 2


async def test_a_photo_comes_along_and_one_that_cannot_be_used_holds_up_no_visit(scene: Scene) -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    run = await scene.a_run()
    photo = await scene.world.file(scene.collector, BENGKEL, VISIT_PHOTO, out.getvalue())
    reply = await scene.record(
        run, scene.visit(1, "p0", "REJECTED_UNSORTED", photoId=photo), scene.visit(2, "p1", photoId=photo)
    )
    first, second = reply.data["wasteRecordStopVisits"]["results"]
    assert (first["result"], first["warnings"]) == ("ACCEPTED", [])
    assert (second["result"], second["warnings"][0]["code"]) == ("ACCEPTED", "PHOTO_NOT_TAKEN")
    shown = (
        """query($id: ID!) { resident(id: $id) { waste { visits { nodes { photo { contentType } } } } } }"""
    )
    own = await scene.world.ask(shown, (await everybody(scene))["wayan"], id=scene.ids["wayan"])
    assert own.data["resident"]["waste"]["visits"]["nodes"] == [{"photo": {"contentType": "image/png"}}]


async def test_a_run_next_door_is_not_found(scene: Scene) -> None:
    far = await a_past_run(scene, await scene.today(), code=NEIGHBOUR)
    assert (await scene.record(far, scene.visit(1, "p0"))).codes == ["NOT_FOUND"]
    assert (await scene.do(CANCEL, runId=far, reason="x")).codes == ["NOT_FOUND"]
    assert await scene.all(StopVisit, NEIGHBOUR) == []
