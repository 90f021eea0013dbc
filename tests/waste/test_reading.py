"""Who sees what of a village's waste: a table by hand."""

from __future__ import annotations

from typing import Any

import pytest
from tests.waste.scene import Scene, everybody, weighed

from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan_waste.models import WasteStream

VILLAGE = f'{{ village(code: "{BENGKEL}") {{ waste {{ <what> }} }} }}'
ASKED = {
    "facilities": "facilities { name }",
    "intakes": "intakes { totalCount }",
    "figures": "massByStream { mass }",
    "whose": "intakes { nodes { household { id } } }",
}
WHOLE = {
    "facilities": {"facilities": [{"name": "TPS3R Bestari"}]},
    "intakes": {"intakes": {"totalCount": 3}},
    "figures": {"massByStream": [{"mass": 1_000}, {"mass": 20}]},
    "whose": {
        "intakes": {
            "nodes": [{"household": {"id": "<1>"}}, {"household": {"id": "<2>"}}, {"household": None}]
        }
    },
}
NO, HIDDEN, YES = "refused", "not here", "all"
TABLE = {
    #                  facilities intakes  figures  whose
    "operator":       (YES,       YES,     YES,     YES),
    "perbekel":       (YES,       YES,     YES,     YES),
    "admin":          (YES,       YES,     YES,     YES),
    "tps3r":          (YES,       YES,     YES,     NO),
    "collector":      (YES,       NO,      NO,      NO),
    "agency":         (YES,       NO,      YES,     NO),
    "kelian":         (NO,        NO,      NO,      NO),
    "wayan":          (YES,       "own",   YES,     "own"),
    "neighbour":      (HIDDEN,    HIDDEN,  HIDDEN,  HIDDEN),
    "next collector": (HIDDEN,    NO,      NO,      NO),
    "visitor":        (NO,        NO,      NO,      NO),
}  # fmt: skip
"""What each sees of Bengkel: refused while planning, null with an error, his own household's, or all."""
OWN = {
    "intakes": {"intakes": {"totalCount": 1}},
    "whose": {"intakes": {"nodes": [{"household": {"id": "<1>"}}]}},
}


@pytest.fixture
async def weighings(scene: Scene) -> Scene:
    """One of each household and one of nobody's, in two streams; the neighbour has one too."""
    async with scene.world.unit(BENGKEL) as unit:
        first = weighed(unit, scene.facility, 400, household=scene.household)
        second = weighed(unit, scene.facility, 600)
        second.household_id = scene.made.household_id
        third = weighed(unit, scene.facility, 20, stream=WasteStream.RESIDU)
        for row in (first, second, third):
            await unit.add(row)
    async with scene.world.unit(NEIGHBOUR) as unit:
        await unit.add(weighed(unit, scene.other_facility, 9_999, household=scene.other_household))
    return scene


async def seen(scene: Scene, token: str | None, what: str) -> str:
    """How the actor's answer is called in the table."""
    reply = await scene.world.ask(VILLAGE.replace("<what>", ASKED[what]), token)
    if "data" not in reply.body:
        assert reply.codes == ["FORBIDDEN"]
        return NO
    waste: Any = numbered(scene, reply.body["data"]["village"]["waste"])
    if waste == WHOLE[what]:
        return YES
    if waste == OWN.get(what):
        return "own"
    assert reply.codes == ["FORBIDDEN"] and list(waste.values()) == [None], reply.text
    return HIDDEN


def numbered(scene: Scene, waste: Any) -> Any:
    """The ids of the two households, by number."""
    import json

    village = scene.household.village_id.hex
    text = json.dumps(waste).replace(scene.ids["household"], "<1>")
    return json.loads(text.replace(f"household-{village}-{scene.made.household_id.hex}", "<2>"))


async def test_each_sees_what_the_table_says_and_nothing_else(weighings: Scene) -> None:
    tokens = await everybody(weighings)
    found = {
        who: tuple([await seen(weighings, token, what) for what in ASKED]) for who, token in tokens.items()
    }
    assert found == TABLE


async def test_the_table_names_everybody(weighings: Scene) -> None:
    assert set(await everybody(weighings)) == set(TABLE)


async def test_a_resident_sees_his_households_weighings_and_no_one_elses(weighings: Scene) -> None:
    text = "query($id: ID!) { resident(id: $id) { waste { intakes { totalCount nodes { mass facility { name } } } massByStream { mass } } } }"
    wayan = await weighings.world.token("resident", BENGKEL, resident=weighings.wayan.id)
    own = await weighings.world.ask(text, wayan, id=weighings.ids["wayan"])
    other = await weighings.world.ask(text, wayan, id=weighings.ids["made"])
    control = await weighings.world.ask(text, weighings.operator, id=weighings.ids["made"])
    assert own.data["resident"]["waste"] == {
        "intakes": {"totalCount": 1, "nodes": [{"mass": 400, "facility": {"name": "TPS3R Bestari"}}]},
        "massByStream": [{"mass": 400}],
    }
    assert other.data == {"resident": None}
    assert control.data["resident"]["waste"]["massByStream"] == [{"mass": 600}]


async def test_a_resident_reaches_no_other_households_weighing_by_its_id(weighings: Scene) -> None:
    wayan = await weighings.world.token("resident", BENGKEL, resident=weighings.wayan.id)
    rows = {
        row.mass_grams: await weighings.world.id_of("WasteIntake", row) for row in await weighings.intakes()
    }
    text = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on WasteIntake { mass } } }"
    ids = [rows[400], rows[600], rows[20]]
    assert (await weighings.world.ask(text, wayan, ids=ids)).data["nodes"] == [{"mass": 400}, None, None]
    assert None not in (await weighings.world.ask(text, weighings.operator, ids=ids)).data["nodes"]


async def test_a_facility_is_shown_with_its_place_and_village(weighings: Scene) -> None:
    text = f'{{ village(code: "{BENGKEL}") {{ waste {{ facilities {{ id name kind place openedOn village {{ code }} }} }} }} }}'
    reply = await weighings.world.ask(text, weighings.operator)
    assert reply.data["village"]["waste"]["facilities"] == [
        {
            "id": weighings.ids["facility"], "name": "TPS3R Bestari", "kind": "TPS3R", "openedOn": None,
            "place": {"type": "Point", "coordinates": [115.0, -8.5]}, "village": {"code": BENGKEL},
        }
    ]  # fmt: skip


async def test_a_weighing_shows_its_gross_tare_and_net(scene: Scene) -> None:
    await scene.record(gross=900, tare=100)
    text = f'{{ village(code: "{BENGKEL}") {{ waste {{ intakes {{ nodes {{ gross tare mass }} }} }} }} }}'
    reply = await scene.world.ask(text, scene.operator)
    assert reply.data["village"]["waste"]["intakes"]["nodes"] == [{"gross": 900, "tare": 100, "mass": 800}]
