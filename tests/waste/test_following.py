"""`wasteIntakes`: each weighing once it is recorded, for those who may read it, as a query would show it."""

from __future__ import annotations

from datetime import date

from tests.waste.scene import Scene, everybody

from wantilan.graph.selection import Request
from wantilan.testing import BENGKEL

BLIND = "mutation($input: WasteRecordIntakeInput!) { wasteRecordIntake(input: $input) { __typename } }"
FOLLOW = """subscription($code: RegionCode!) { wasteIntakes(villageCode: $code) {
  mass stream facility { name } household { id } } }"""


async def test_a_weighing_comes_with_what_hangs_on_it_in_one_statement(scene: Scene) -> None:
    async with scene.world.subscribe(FOLLOW, scene.operator, code=BENGKEL) as events:
        with scene.world.counting() as statements:
            await scene.record(gross=1500, householdId=scene.ids["household"], document=BLIND)
            told = await events.next()
    assert told == {
        "wasteIntakes": {
            "mass": 1500,
            "stream": "ORGANIK",
            "facility": {"name": "TPS3R Bestari"},
            "household": {"id": scene.ids["household"]},
        }
    }
    assert len(statements) == 1


async def test_only_those_who_may_read_may_follow(scene: Scene) -> None:
    table = {
        "operator": [], "perbekel": [], "tps3r": [], "admin": [], "wayan": [],
        "collector": ["FORBIDDEN"], "agency": ["FORBIDDEN"], "kelian": ["FORBIDDEN"],
        "neighbour": ["FORBIDDEN"], "next collector": ["FORBIDDEN"], "visitor": ["FORBIDDEN"],
    }  # fmt: skip
    askers = await everybody(scene)
    assert table.keys() == askers.keys()
    mass = "subscription($code: RegionCode!) { wasteIntakes(villageCode: $code) { mass } }"
    for who, token in askers.items():
        async with scene.world.subscribe(mass, token, code=BENGKEL) as events:
            assert events.codes == table[who], who


async def test_it_is_explained_as_the_one_statement_of_each_event(scene: Scene) -> None:
    engine = scene.world.engine
    document = engine.documents.load(FOLLOW)
    prepared = engine.preparations.of(document, None)
    variables = prepared.variables.coerce({"code": BENGKEL})
    actor = await engine.resolve(scene.operator)
    request = Request(actor, variables, "en", date(2026, 1, 1))
    (reading,) = engine.explained(document, prepared.operation, request).readings
    assert reading.what == "one statement at each event"
    assert reading.plan is not None and "waste_intake" in reading.plan.sql
    assert [one.source for one in reading.parameters].count("what the function returns") == 2
