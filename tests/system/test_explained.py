"""Explanations tell the truth: what they show is the statement that runs, and what stands in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.system.explaining import explained, steps
from tests.system.scene import Scene

from wantilan.graph.explained import every
from wantilan.graph.explanation import as_json
from wantilan.graph.recorder import Wall
from wantilan.testing import BENGKEL

PAGE = """query($code: RegionCode!, $n: Int = 2, $order: ResidentOrder) {
  village(code: $code) {
    name
    residents(first: $n, order: $order, filter: {fullName: {startsWith: "Ni"}}) {
      totalCount edges { cursor node { id } } pageInfo { endCursor hasNextPage }
      nodes { fullName phone household { address } hamlet { name }
              waste { massByStream { stream mass } } } }
    waste { facilities { name } intakes { nodes { mass household { id } } } massByStream { stream mass intakes } }
    cctv { publicCameras { totalCount } }
    programs { name enabled } } }"""
REGION = """{ __typename region(code: "51.02") { name waste { massByStream { mass } } }
  cctvPublicCameras(first: 3) { nodes { id } } programs { name } }"""
IDS = """query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Resident { fullName }
  ... on WasteIntake { mass facility { name } } } one: node(id: "ONE") { id } }"""


@pytest.mark.parametrize("who", ["operator_bengkel", "agency", "collector", "visitor"])
async def test_the_statement_that_is_explained_is_the_statement_that_runs(scene: Scene, who: str) -> None:
    ids = [scene.ids["Resident"], scene.ids["WasteIntake"], scene.ids["other_Resident"], "no"]
    asked: list[tuple[str, dict[str, Any]]] = [
        (PAGE, {"code": BENGKEL}),
        (PAGE, {"code": BENGKEL, "n": 1, "order": "BIRTH_DATE_DESC"}),
        (REGION, {}),
        (IDS.replace("ONE", scene.ids["Resident"]), {"ids": ids}),
        ('{ me { actor } village(code: "51.02.06.2001") { name } }', {}),
    ]
    seen = 0
    for query, variables in asked:
        with scene.world.counting() as statements:
            answer = await scene.ask(who, query, **variables)
        if "FORBIDDEN" in answer.codes and not answer.body.get("data"):
            continue
        (reading,) = [
            r
            for r in (await explained(scene.world, query, scene.tokens[who], **variables)).readings
            if r.plan
        ]
        assert [(s.sql, s.values) for s in statements] == [reading.plan.statement(reading.request)[:2]]  # type: ignore[union-attr]
        assert statements[0].heavy is reading.plan.heavy  # type: ignore[union-attr]
        seen += 1
    assert seen >= 2


async def test_walls_rules_gates_and_permissions_stand_where_they_are_emitted(scene: Scene) -> None:
    found = steps(await explained(scene.world, PAGE, scene.tokens["operator_bengkel"], code=BENGKEL))
    residents = found["village.residents"]
    (table,) = residents.tables
    assert (table.name, table.kind, table.wall) == ("resident", "village", Wall.OWN)
    assert table.rules == ("resident.read",)
    assert table.dropped == ("own household",)
    assert residents.order == "FULL_NAME_ASC"
    assert residents.unless == ["resident.read"]
    assert found["village.waste"].gates == ["waste"]
    assert (
        found["village.waste.massByStream"].source
        == "aggregate WasteMass by stream, a period of business_date"
    )
    assert found["village.waste.massByStream.intakes"].source == "count"
    phone = found["village.residents.nodes.phone"]
    assert (phone.needs, phone.unless) == (["resident.contact.read"], [])
    (home,) = found["village.residents.nodes.household"].tables
    assert (home.wall, home.rules, home.settled) == (Wall.ABOVE, ("village.read",), True)
    assert found["village.residents.nodes.hamlet"].ties[0].count("hamlet_id") == 1
    assert found["village"].tables[0].kind == "reference"
    assert found["village"].tables[0].wall is Wall.NONE
    assert found["village.cctv.publicCameras"].tables[0].kind == "published"
    assert found["village.residents.edges.node.id"].coordinate == "Resident.id"


async def test_a_resident_is_shown_the_rules_that_can_hold_for_him(scene: Scene) -> None:
    person = scene.bengkel.residents[0]
    token = await scene.world.token("resident", BENGKEL, resident=person.id)
    query = '{ village(code: "51.02.06.2001") { residents { nodes { fullName } } } }'
    (table,) = steps(await explained(scene.world, query, token))["village.residents"].tables
    assert (table.rules, table.dropped) == (("own household",), ("resident.read",))


async def test_rules_that_hold_in_a_part_of_the_wall_are_asked_of_each_row(scene: Scene) -> None:
    """The head of a hamlet sees a part of the village."""
    world, query = scene.world, '{ village(code: "51.02.06.2001") { residents { nodes { fullName } } } }'
    kelian = await world.token("kelian", BENGKEL, hamlet=scene.bengkel.hamlet.id)
    step = steps(await explained(world, query, kelian))["village.residents"]
    (table,) = step.tables
    assert (table.wall, table.rules, table.settled) == (Wall.OWN, ("resident.read",), False)


async def test_a_region_walls_the_rows_of_its_villages_in_the_tie(scene: Scene) -> None:
    query = '{ region(code: "51.02") { waste { massByStream { mass } } } }'
    found = steps(await explained(scene.world, query, scene.tokens["agency"]))
    (table,) = found["region.waste.massByStream"].tables
    assert table.wall is Wall.TIE
    assert found["region.waste"].gates == ["waste"]
    assert found["region.waste"].enabled == []


async def test_a_page_from_the_end_says_so(scene: Scene) -> None:
    query = '{ village(code: "51.02.06.2001") { residents(last: 4) { nodes { fullName } } } }'
    found = steps(await explained(scene.world, query, scene.tokens["operator_bengkel"]))
    step = found["village.residents"]
    assert (step.backward, step.order) == (True, "FULL_NAME_ASC")
    assert not steps(await explained(scene.world, "{ villages { totalCount } }", None))["villages"].backward


async def test_rows_of_villages_without_the_program_are_left_out_of_a_root_list(scene: Scene) -> None:
    found = steps(await explained(scene.world, "{ cctvPublicCameras { totalCount } }", None))
    step = found["cctvPublicCameras"]
    assert (step.enabled, step.gates) == (["cctv_registry"], [])


async def test_with_the_walls_off_the_explanation_shows_none(scene: Scene) -> None:
    """The control: what is not emitted is not shown."""
    scene.world.engine.walls = False
    found = steps(await explained(scene.world, PAGE, scene.tokens["operator_bengkel"], code=BENGKEL))
    tables = [table for step in found.values() for table in step.tables if table.kind == "village"]
    assert len(tables) > 3
    assert not any(table.rules or table.settled for table in tables)
    assert {table.wall for table in tables} == {Wall.NONE}
    assert not found["village.residents"].unless


async def test_every_parameter_that_is_not_the_actors_belongs_to_a_field(scene: Scene) -> None:
    found = await explained(
        scene.world, PAGE, scene.tokens["operator_bengkel"], code=BENGKEL, order="BIRTH_DATE_ASC"
    )
    (reading,) = found.readings
    fields = reading.bound_by()
    others = {one.name for one in reading.parameters if not one.is_withheld}
    assert others == fields.keys()
    sources = {one.source: fields[one.name] for one in reading.parameters if not one.is_withheld}
    assert sources["variable $code"] == "village"
    assert sources["variable $n"] == "village.residents"


async def test_what_a_payload_refers_to_is_planned_like_anything_else(scene: Scene) -> None:
    query = """mutation { wasteRecordIntake(input: {facilityId: "x", stream: ORGANIK, gross: 1}) {
      facility { name kind } village { name } __typename } }"""
    (reading,) = (await explained(scene.world, query, scene.tokens["collector"])).readings
    found = {step.coordinate: step for step in every(reading.steps)}
    record = found["Mutation.wasteRecordIntake"]
    assert record.notes == [
        "needs waste.intake.record where it writes",
        "the village must have enabled waste",
    ]
    facility = found["WasteRecordIntakePayload.facility"]
    assert facility.source == "what the function refers to, read by its key"
    assert facility.gates == ["waste"]
    assert facility.tables[0].wall is Wall.OWN
    assert facility.tables[0].rules == ("waste.intake.record",)
    assert found["WasteFacility.name"].source == "column waste_facility.name"


async def test_rows_and_cost_are_those_that_the_answer_counts(scene: Scene) -> None:
    query = '{ village(code: "51.02.06.2001") { residents(first: 50) { nodes { waste { intakes(first: 10) { nodes { id } } } } } } }'
    token = scene.tokens["operator_bengkel"]
    found = await explained(scene.world, query, token)
    answer = await scene.world.ask(query, token)
    assert found.rows == 500
    assert found.cost == answer.body["extensions"]["cost"]["requested"] == 6


def texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    else:
        yield str(value)


async def test_as_json_no_value_of_the_actor_and_no_text_that_was_sent_is_shown(scene: Scene) -> None:
    person = scene.bengkel.residents[0]
    token = await scene.world.token("resident", BENGKEL, resident=person.id)
    query = '{ village(code: "51.02.06.2001") { residents(first: 7, filter: {fullName: {startsWith: "Rahasia Nama"}}) { nodes { id } } } }'
    found = await explained(scene.world, query, token)
    told = json.dumps(as_json(found), default=str)
    (reading,) = found.readings
    assert reading.plan is not None
    bound = str(reading.plan.statement(reading.request).values)
    for secret in (BENGKEL, "rahasia nama", person.village_id.hex):
        plain = bound.lower().replace("-", "")
        assert secret.replace("-", "") in plain  # the control: it is bound
        assert secret not in told.lower().replace("-", "")
    assert 7 in [one.get("value") for one in as_json(found)["readings"][0]["parameters"]]  # type: ignore[index]
