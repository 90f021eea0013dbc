"""Who writes addresses down, who sees them, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wantilan import ResidentFacts, Unit, tables
from wantilan.registry.models import Resident
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Refused, World, check_refusals
from wantilan_mail.models import MODELS, Address, MailOutcome, Sent
from wantilan_mail.program import (
    erase_resident,
    export_resident,
    export_village,
    merge_residents,
    purge_village,
    transfer_resident,
)

SET = """mutation($id: ID!, $address: String!) { mailSetAddress(input: {residentId: $id, address: $address}) {
  changed resident { mail { address { address } } } } }"""
REMOVE = "mutation($id: ID!) { mailRemoveAddress(input: {residentId: $id}) { changed } }"
SEND = "mutation($id: ID!) { mailSendCode(input: {residentId: $id}) { changed } }"
CONFIRM = """mutation($id: ID!) { mailConfirmAddress(input: {residentId: $id, code: "1"}) { confirmed } }"""
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
    for document in (REMOVE, SEND, CONFIRM):
        same = [Refused(name, token, code, {"id": id_}) for name, (token, code) in who.items()]
        await check_refusals(world, document, same, unchanged=unchanged)
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
        given: Any = await export_resident(whom, unit)
        assert [row["address"] for row in given["mailAddress"]] == [ADDRESS]
        assert given.keys() == {"mailAddress", "mailCode"}  # the code that confirms it was asked for
        await erase_resident(whom, unit)
        assert await export_resident(whom, unit) == {}
        assert await rows(unit) == []


async def test_of_two_who_are_one_the_address_stays_and_nothing_points_at_the_other(
    world: World, wayan: Resident, id_: str
) -> None:
    operator = await world.token("village_operator", BENGKEL)
    twice = await world.resident(BENGKEL, await world.hamlet(BENGKEL, "Banjar Kelod"), serial=2)
    second = await world.id_of("Resident", twice)
    assert (await world.ask(SET, operator, id=second, address="kedua@surel.example")).data
    for kept_address in (ADDRESS, None):
        if kept_address is not None:
            assert (await world.ask(SET, operator, id=id_, address=kept_address)).data
        kept, merged = ResidentFacts(wayan.id, wayan.village_id), ResidentFacts(twice.id, twice.village_id)
        if kept_address is None:
            kept, merged = merged, kept
        async with world.unit(BENGKEL) as unit:
            await merge_residents(kept, merged, unit)
            assert {row.resident_id for row in await rows(unit)} == {kept.id}
        assert await addresses(world) == [ADDRESS]


async def test_a_village_is_given_out_row_by_row_and_then_forgotten_and_no_other(
    world: World, wayan: Resident, id_: str
) -> None:
    await world.open(NEIGHBOUR, "mail")
    other = await world.resident(NEIGHBOUR, await world.hamlet(NEIGHBOUR), serial=9)
    for code, whom in ((BENGKEL, id_), (NEIGHBOUR, await world.id_of("Resident", other))):
        operator = await world.token("village_operator", code)
        assert (await world.ask(SET, operator, id=whom, address=ADDRESS)).data
    async with world.unit(BENGKEL) as unit:
        (record,) = [record async for record in export_village(unit)]
        assert record.table == "mail_address" and record.values["address"] == ADDRESS
        assert json.loads(json.dumps(record.values)) == record.values
        await purge_village(unit)
        assert await rows(unit) == []
    async with world.unit(NEIGHBOUR) as unit:
        assert len(await rows(unit)) == 2  # the control


async def test_an_address_moves_with_the_person_confirmed_and_what_was_sent_stays(
    world: World, wayan: Resident, id_: str
) -> None:
    operator = await world.token("village_operator", BENGKEL)
    assert (await world.ask(SET, operator, id=id_, address=ADDRESS)).data
    assert (await world.ask(SEND, operator, id=id_)).data
    await world.open(NEIGHBOUR, "mail")
    there = await world.resident(NEIGHBOUR, await world.hamlet(NEIGHBOUR), serial=9)
    leaving, arriving = ResidentFacts(wayan.id, wayan.village_id), ResidentFacts(there.id, there.village_id)
    for moved in (True, False):  # the second time there is nothing left to move
        async with world.database.transaction(f"{BENGKEL},{NEIGHBOUR}") as session:
            source = Unit(session, await world.village(BENGKEL), None)
            target = Unit(session, await world.village(NEIGHBOUR), None)
            message = await source.first(tables.Message)
            assert message is not None
            if moved:
                (row,) = await source.all(Address)
                row.confirmed_at = source.now
                sent = Sent(
                    message_id=message.id, resident_id=wayan.id, outcome=MailOutcome.SENT, at=source.now
                )
                await source.add(sent)
            await transfer_resident(leaving, arriving, source, target)
            assert [type(row) for row in await rows(source)] == [Sent]
            (row,) = await rows(target)
            assert (row.resident_id, row.address, row.code_id) == (there.id, ADDRESS, None)
            assert row.confirmed_at is not None


async def rows(unit: Unit) -> list[Any]:
    """All that the program keeps in a village."""
    return [row for model in MODELS for row in await unit.all(model)]
