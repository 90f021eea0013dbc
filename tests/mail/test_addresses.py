"""Who writes addresses down, who sees them, and what is refused."""

from __future__ import annotations

import pytest

from wantilan import ResidentFacts
from wantilan.registry.models import Resident
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Refused, World, check_refusals
from wantilan_mail.models import Address
from wantilan_mail.program import erase_resident, export_resident

SET = """mutation($id: ID!, $address: String!) { mailSetAddress(input: {residentId: $id, address: $address}) {
  changed resident { mail { address { address } } } } }"""
REMOVE = "mutation($id: ID!) { mailRemoveAddress(input: {residentId: $id}) { changed } }"
ASK = "query($id: ID!) { resident(id: $id) { mail { address { address } } } }"
ADDRESS = "wayan@surel.example"


@pytest.fixture
async def id_(world: World, wayan: Resident) -> str:
    return await world.id_of("Resident", wayan)


async def addresses(world: World) -> list[str]:
    async with world.unit(BENGKEL) as unit:
        return [row.address for row in await unit.all(Address)]


async def test_the_office_and_the_resident_himself_write_an_address_down(
    world: World, wayan: Resident, id_: str
) -> None:
    operator = await world.token("village_operator", BENGKEL)
    himself = await world.token("resident", BENGKEL, resident=wayan.id)
    first = (await world.ask(SET, operator, id=id_, address=f" {ADDRESS} ")).data["mailSetAddress"]
    assert first == {"changed": True, "resident": {"mail": {"address": {"address": ADDRESS}}}}
    again = (await world.ask(SET, himself, id=id_, address=ADDRESS)).data["mailSetAddress"]
    assert again["changed"] is False
    assert (await world.ask(SET, himself, id=id_, address="baru@surel.example")).data["mailSetAddress"][
        "changed"
    ]
    assert await addresses(world) == ["baru@surel.example"]
    assert (await world.ask(REMOVE, operator, id=id_)).data == {"mailRemoveAddress": {"changed": True}}
    assert (await world.ask(REMOVE, operator, id=id_)).data == {"mailRemoveAddress": {"changed": False}}
    assert await addresses(world) == []


async def test_everybody_else_is_refused_and_sees_nothing(world: World, wayan: Resident, id_: str) -> None:
    await world.open(NEIGHBOUR, "mail")
    operator = await world.token("village_operator", BENGKEL)
    assert (await world.ask(SET, operator, id=id_, address=ADDRESS)).data
    hamlet = wayan.hamlet_id
    other = await world.resident(NEIGHBOUR, await world.hamlet(NEIGHBOUR), serial=9)
    who = {
        "a visitor": (None, "FORBIDDEN"),
        "the neighbour's operator": (await world.token("village_operator", NEIGHBOUR), "NOT_FOUND"),
        "a resident next door": (await world.token("resident", NEIGHBOUR, resident=other.id), "NOT_FOUND"),
        "the kelian": (await world.token("kelian", BENGKEL, hamlet=hamlet), "FORBIDDEN"),
        "the agency": (await world.token("agency_officer", TABANAN), "FORBIDDEN"),
    }
    given = {"id": id_, "address": "other@surel.example"}
    table = [Refused(name, token, code, given) for name, (token, code) in who.items()]

    async def unchanged() -> list[str]:
        return await addresses(world)

    await check_refusals(world, SET, table, unchanged=unchanged)
    for name, (token, _) in who.items():
        assert ADDRESS not in (await world.ask(ASK, token, id=id_)).text, name
    assert ADDRESS in (await world.ask(ASK, operator, id=id_)).text  # the control


async def test_an_address_that_is_none_is_named_and_not_repeated(world: World, id_: str) -> None:
    operator = await world.token("village_operator", BENGKEL)
    refused = await world.ask(SET, operator, id=id_, address="wayan(at)surel")
    assert refused.faults == {"input.address": "NOT_AN_ADDRESS"}
    assert "surel" not in refused.text
    assert await addresses(world) == []


async def test_what_is_kept_of_a_resident_is_given_out_and_forgotten(
    world: World, wayan: Resident, id_: str
) -> None:
    operator = await world.token("village_operator", BENGKEL)
    assert (await world.ask(SET, operator, id=id_, address=ADDRESS)).data
    whom = ResidentFacts(wayan.id, wayan.village_id)
    async with world.unit(BENGKEL) as unit:
        assert await export_resident(whom, unit) == {"address": ADDRESS, "mails": []}
        await erase_resident(whom, unit)
    assert await addresses(world) == []
