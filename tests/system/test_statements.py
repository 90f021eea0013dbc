"""One operation is one statement: counted where we cannot cheat, in PostgreSQL's own log and at sqlite3 itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.system.scene import Scene, set_the_scene

from wantilan.testing import BENGKEL, World
from wantilan.testing.plugin import Templates

THREE = {"waste", "cctv_registry", "kartu_cerdas"}


def question(world: World, residents: int) -> str:
    """The question of the README; of programs that are not installed it does not ask."""
    here = {program.name for program in world.host.programs}
    card = "kartuCerdas { card { status } }" if "kartu_cerdas" in here else ""
    waste = "waste { massByStream { stream mass } }" if "waste" in here else ""
    cctv = "cctv { cameras { totalCount } }" if "cctv_registry" in here else ""
    return f"""{{ village(code: "{BENGKEL}") {{ name region {{ name }} hamlets {{ name }}
      residents(first: {residents}) {{ totalCount nodes {{ fullName nik {card} }} }}
      {waste} {cctv} programs {{ name enabled }} }} }}"""


@contextmanager
def executed(world: World, templates: Templates) -> Iterator[list[str]]:
    """Every statement that the database meanwhile says it executed for the application's role."""
    seen: list[str] = []
    if world.dialect == "postgresql":
        server = templates.server
        before = server.log_position()
        yield seen
        seen += server.statements_since(before)
        return
    reader: Any = world.database.reader
    connect, free = reader.connect, reader.free

    def traced() -> sqlite3.Connection:
        made: sqlite3.Connection = connect()
        made.set_trace_callback(seen.append)
        return made

    kept, free[:] = list(free), []
    reader.connect = traced
    yield seen
    reader.connect = connect
    for connection in free:
        connection.set_trace_callback(None)
    free += kept


async def warm(scene: Scene, who: str) -> None:
    """The token's look-up comes before the statement and is remembered for five seconds."""
    await scene.ask(who, "{ me { actor } }")


async def everything(world: World, people: int = 100) -> Scene:
    programs = tuple(sorted(THREE & {program.name for program in world.host.programs}))
    return await set_the_scene(world, people=people, programs=programs)


async def test_the_question_that_crosses_core_and_all_programs_is_one_statement(
    world: World, wantilan_templates: Templates
) -> None:
    scene = await everything(world)
    counts: dict[int, int] = {}
    for residents in (3, 100):
        await warm(scene, "operator_bengkel")
        with executed(world, wantilan_templates) as seen:
            reply = await scene.ask("operator_bengkel", question(world, residents))
        village = reply.data["village"]
        assert len(village["residents"]["nodes"]) == residents
        assert village["residents"]["totalCount"] == 100
        assert village["waste"]["massByStream"] == [{"stream": "ORGANIK", "mass": 12_500}]
        assert {p["name"] for p in village["programs"] if p["enabled"]} >= {"waste"}
        counts[residents] = len(seen)
    assert counts == {3: 1, 100: 1}


async def test_all_three_programs_are_asked() -> None:
    """The control of the question's own document: with all three installed it asks each of them."""
    pytest.importorskip("wantilan_cctv_registry.program")
    pytest.importorskip("wantilan_kartu_cerdas.program")
    installed = type(
        "W", (), {"host": type("H", (), {"programs": [type("P", (), {"name": n}) for n in THREE]})}
    )
    assert all(part in question(installed(), 3) for part in ("waste {", "cctv {", "kartuCerdas {"))


async def test_the_count_sees_two_statements_where_there_are_two(
    scene: Scene, wantilan_templates: Templates
) -> None:
    """The control: what counts one would count two."""
    await warm(scene, "operator_bengkel")
    with executed(scene.world, wantilan_templates) as seen:
        await scene.ask("operator_bengkel", question(scene.world, 3))
        await scene.ask("operator_bengkel", question(scene.world, 2))
    assert len(seen) == 2


async def test_a_token_that_is_not_known_yet_is_looked_up_before_the_statement(
    scene: Scene, wantilan_templates: Templates
) -> None:
    scene.world.application.actors.forget()
    with executed(scene.world, wantilan_templates) as seen:
        await scene.ask("operator_bengkel", question(scene.world, 3))
    data = [s for s in seen if "json_quote(" in s or "to_json(" in s]
    assert data == seen[-1:]


async def test_ten_levels_of_lists_are_one_statement(scene: Scene, wantilan_templates: Templates) -> None:
    text = """{ region(code: "51.02") { children(first: 10) { nodes { villages(first: 2) { nodes { hamlets { households(first: 2)
      { nodes { members(first: 2) { nodes { resident { fullName } } } } } } } } } } } }"""
    await warm(scene, "operator_bengkel")
    with executed(scene.world, wantilan_templates) as seen:
        reply = await scene.ask("operator_bengkel", text)
    assert "Rahasia" in reply.text
    assert len(seen) == 1


async def test_several_root_fields_are_one_statement(scene: Scene, wantilan_templates: Templates) -> None:
    text = f"""{{ a: village(code: "{BENGKEL}") {{ residents {{ totalCount }} }} b: villages {{ nodes {{ name }} }}
      c: node(id: "{scene.ids["Resident"]}") {{ id }} programs {{ name }} }}"""
    await warm(scene, "operator_bengkel")
    with executed(scene.world, wantilan_templates) as seen:
        reply = await scene.ask("operator_bengkel", text)
    assert reply.data["a"]["residents"]["totalCount"] == 3
    assert len(seen) == 1


async def test_planned_fields_beside_a_resolver_are_one_statement(
    scene: Scene, wantilan_templates: Templates
) -> None:
    text = f"""{{ me {{ actor roles {{ role }} }} a: village(code: "{BENGKEL}") {{ name residents {{ totalCount }} }}
      b: resident(id: "{scene.ids["Resident"]}") {{ fullName }} }}"""
    await warm(scene, "operator_bengkel")
    with executed(scene.world, wantilan_templates) as seen:
        reply = await scene.ask("operator_bengkel", text)
    assert reply.data["b"]["fullName"].startswith("Ni Luh")
    assert len(seen) == 1


async def test_nodes_of_three_kinds_are_one_statement(scene: Scene, wantilan_templates: Templates) -> None:
    text = """query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Resident { fullName }
      ... on Household { members { nodes { resident { fullName } } } } ... on WasteIntake { mass facility { name } } } }"""
    kinds = ["Resident", "WasteIntake", "Household", "other_Resident"]
    await warm(scene, "operator_bengkel")
    with executed(scene.world, wantilan_templates) as seen:
        reply = await scene.ask("operator_bengkel", text, ids=[scene.ids[kind] for kind in kinds])
    found = [node and node["__typename"] for node in reply.data["nodes"]]
    assert found == ["Resident", "WasteIntake", "Household", None]
    assert len(seen) == 1


RECORD = """mutation($input: WasteRecordIntakeInput!) { wasteRecordIntake(input: $input) {
  intake { id mass household { members { nodes { resident { fullName } } } } } facility { name }
  village { residents(first: 50) { totalCount nodes { fullName } } waste { massByStream { mass } intakes { totalCount } } }
  again: village { code } } }"""


async def test_the_payload_of_a_mutation_is_read_by_one_statement(
    scene: Scene, wantilan_templates: Templates
) -> None:
    given = {
        "facilityId": scene.ids["WasteFacility"],
        "householdId": scene.ids["Household"],
        "stream": "RESIDU",
        "gross": 700,
    }
    await warm(scene, "operator_bengkel")
    with executed(scene.world, wantilan_templates) as seen:
        reply = await scene.ask("operator_bengkel", RECORD, input=given)
    payload = reply.data["wasteRecordIntake"]
    assert (payload["intake"]["mass"], payload["again"]["code"]) == (700, BENGKEL)
    assert payload["village"]["waste"]["intakes"]["totalCount"] == 2
    assert len(payloads(scene.world, seen)) == 1


def payloads(world: World, seen: list[str]) -> list[str]:
    """The statements of the read door; on SQLite the write door has a connection of its own, not traced here."""
    return [s for s in seen if "WITH wall" in s] if world.dialect == "postgresql" else seen


async def test_a_refused_operation_runs_no_statement(scene: Scene, wantilan_templates: Templates) -> None:
    await warm(scene, "agency")
    with executed(scene.world, wantilan_templates) as seen:
        reply = await scene.ask("agency", question(scene.world, 3))
    assert reply.codes == ["FORBIDDEN"]
    assert seen == []


async def test_the_count_does_not_grow_with_the_rows(world: World, wantilan_templates: Templates) -> None:
    scene = await set_the_scene(world, people=2)
    text = f"""{{ village(code: "{BENGKEL}") {{ hamlets {{ name head {{ resident {{ fullName }} }} households {{ nodes
      {{ number {{ masked }} members {{ nodes {{ resident {{ fullName hamlet {{ name }} }} }} }} }} }} }} }} }}"""
    await warm(scene, "operator_bengkel")
    with executed(world, wantilan_templates) as few:
        await scene.ask("operator_bengkel", text)
    for i in range(5):
        await more(world, i)
    await warm(scene, "operator_bengkel")
    with executed(world, wantilan_templates) as many:
        reply = await scene.ask("operator_bengkel", text)
    assert len(reply.data["village"]["hamlets"]) == 6
    assert (len(few), len(many)) == (1, 1)


async def more(world: World, i: int) -> None:
    hamlet = await world.hamlet(BENGKEL, f"Banjar {i}")
    for serial in range(3):
        household = await world.household(BENGKEL, hamlet)
        await world.resident(BENGKEL, hamlet, household, serial=9000 + 10 * i + serial)
