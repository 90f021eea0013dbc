"""`wasteRunProgress`: the office sees a run come further, read again through its own rights."""

from __future__ import annotations

from tests.waste.collection.scene import FINISH, START, Scene, everybody

from wantilan.testing import BENGKEL

FOLLOW = """subscription($code: RegionCode!) { wasteRunProgress(villageCode: $code) {
  state stopCount visitedCount outcomes { outcome stops } route { name } } }"""
BLIND = "mutation($input: WasteRecordStopVisitsInput!) { wasteRecordStopVisits(input: $input) { accepted } }"


async def test_each_step_and_each_batch_is_seen_once_in_one_statement(scene: Scene) -> None:
    run = await scene.a_run(started=False)
    async with scene.world.subscribe(FOLLOW, scene.operator, code=BENGKEL) as events:
        assert (await scene.do(START, scene.collector, runId=run)).data
        assert (await events.next())["wasteRunProgress"]["state"] == "STARTED"
        given = {
            "runId": run,
            "device": "hp-1",
            "visits": [scene.visit(1, "p0"), scene.visit(2, "p1", "NO_ACCESS")],
        }
        with scene.world.counting() as statements:
            assert (await scene.world.ask(BLIND, scene.collector, input=given)).data
            told = await events.next()
        assert len(statements) == 1
        assert told["wasteRunProgress"] == {
            "state": "STARTED", "stopCount": 4, "visitedCount": 2, "route": {"name": "Rute Kaja"},
            "outcomes": [{"outcome": "COLLECTED", "stops": 1}, {"outcome": "NO_ACCESS", "stops": 1}],
        }  # fmt: skip
        assert (await scene.world.ask(BLIND, scene.collector, input=given)).data  # known: nothing to tell
        assert (await scene.do(FINISH, scene.collector, runId=run)).data
        assert (await events.next())["wasteRunProgress"]["state"] == "FINISHED"
        assert events.waiting == 0


async def test_only_those_who_read_runs_follow_them(scene: Scene) -> None:
    table = {
        "operator": [], "perbekel": [], "collector": [], "tps3r": [],
        "teller": ["FORBIDDEN"], "agency": ["FORBIDDEN"], "kelian": ["FORBIDDEN"], "wayan": ["FORBIDDEN"],
        "made": ["FORBIDDEN"], "neighbour": ["FORBIDDEN"], "next collector": ["FORBIDDEN"],
        "visitor": ["FORBIDDEN"],
    }  # fmt: skip
    askers = await everybody(scene)
    assert table.keys() == askers.keys()
    for who, token in askers.items():
        async with scene.world.subscribe(FOLLOW, token, code=BENGKEL) as events:
            assert events.codes == table[who], who
