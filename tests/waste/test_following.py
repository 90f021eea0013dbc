"""`wasteIntakes`: each weighing once it is recorded, for those who may read it, as a query would show it."""

from __future__ import annotations

from tests.waste.scene import Scene

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
