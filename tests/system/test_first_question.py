"""One question through all rooms, on both databases."""

from __future__ import annotations

from wantilan.testing import BENGKEL, NEIGHBOUR, World

QUESTION = """{ village(code: "51.02.06.2001") { name region { name } hamlets { name }
  residents(first: 3) { totalCount nodes { fullName nik } } waste { massByStream { stream mass } } } }"""


async def test_a_question_across_core_and_waste_is_one_statement(world: World) -> None:
    await world.open(BENGKEL, "waste")
    hamlet = await world.hamlet(BENGKEL)
    for serial in range(1, 6):
        await world.resident(BENGKEL, hamlet, serial=serial)
    operator = await world.token("village_operator", BENGKEL)
    await world.ask("{ me { actor } }", operator)
    with world.counting() as statements:
        reply = await world.ask(QUESTION, operator)
    village = reply.data["village"]
    assert len(statements) == 1
    assert village["region"] == {"name": "Kediri"}
    assert village["residents"]["totalCount"] == 5
    assert len(village["residents"]["nodes"]) == 3


async def test_the_neighbours_operator_sees_no_person(world: World) -> None:
    await world.open(BENGKEL, "waste")
    await world.open(NEIGHBOUR)
    hamlet = await world.hamlet(BENGKEL)
    await world.resident(BENGKEL, hamlet, name="Ni Luh Rahasia")
    neighbour = await world.token("village_operator", NEIGHBOUR)
    reply = await world.ask(QUESTION, neighbour)
    assert reply.body["data"]["village"]["residents"] is None
    assert "FORBIDDEN" in reply.codes
    assert "Rahasia" not in reply.text
