"""Accounts are opened, closed and read; each by its own people."""

from __future__ import annotations

from typing import Any

import pytest
from tests.waste.bank.scene import STATEMENT, Bank, step

from wantilan.registry.codes import ResidentStatus
from wantilan.registry.models import Household, Resident
from wantilan.testing import BENGKEL, NEIGHBOUR, Refused, check_refusals
from wantilan_waste.models import Account, WasteAccountState

OPEN = """mutation($input: WasteOpenAccountInput!) { wasteOpenAccount(input: $input) {
  account { id number kind state groupName openedOn balance } village { code } } }"""
CLOSE = """mutation($input: WasteCloseAccountInput!) { wasteCloseAccount(input: $input) {
  account { state closedOn number } } }"""
BRIEF = "mutation($input: WasteOpenAccountInput!) { wasteOpenAccount(input: $input) { village { code } } }"


async def test_accounts_are_numbered_and_belong_to_one_owner(scene: Bank) -> None:
    owners: list[dict[str, Any]] = [
        {"residentId": scene.ids["wayan"]},
        {"groupName": " PKK Banjar Kaja ", "kind": "COLLECTIVE"},
        {"groupName": "Dana sosial", "kind": "SOCIAL"},
    ]
    found = []
    for owner in owners:
        reply = await scene.ask(OPEN, "teller", villageCode=BENGKEL, **owner)
        found.append(reply.data["wasteOpenAccount"]["account"])
    assert [one["number"][-7:] for one in found] == ["-000001", "-000002", "-000003"]
    assert all(one["number"].startswith("RK-") and one["balance"] == 0 for one in found)
    owner = "query($id: ID!) { node(id: $id) { ... on WasteAccount { resident { id } household { id } } } }"
    read = await scene.world.ask(owner, scene.tokens["operator"], id=found[0]["id"])
    assert read.data["node"] == {"resident": {"id": scene.ids["wayan"]}, "household": None}
    assert [one["kind"] for one in found] == ["INDIVIDUAL", "COLLECTIVE", "SOCIAL"]
    assert [one["groupName"] for one in found] == [None, "PKK Banjar Kaja", "Dana sosial"]


FAULTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "nobody": ({}, {"input.residentId": "EXACTLY_ONE"}),
    "two owners": (
        {"residentId": "<wayan>", "householdId": "<household>"},
        {"input.residentId": "EXACTLY_ONE"},
    ),
    "a group without a name": (
        {"groupName": " ", "kind": "SOCIAL"},
        {"input.groupName": "LENGTH"},
    ),
    "a resident as a group": (
        {"residentId": "<wayan>", "kind": "COLLECTIVE"},
        {"input.kind": "NOT_OF_OWNER"},
    ),
    "a group as one": ({"groupName": "SD"}, {"input.kind": "NOT_OF_OWNER"}),
    "all at once": (
        {"residentId": "x", "householdId": "y", "groupName": "z" * 101},
        {
            "input.residentId": "EXACTLY_ONE",
            "input.householdId": "NOT_AN_ID",
            "input.groupName": "LENGTH",
        },
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_faulty_account_is_refused_with_every_fault(scene: Bank, fault: str) -> None:
    given, expected = FAULTS[fault]
    asked = {name: scene.ids.get(str(value).strip("<>"), value) for name, value in given.items()}
    before = await scene.books()
    reply = await scene.ask(OPEN, "teller", villageCode=BENGKEL, **asked)
    assert (reply.codes, reply.faults) == (["BAD_USER_INPUT"], expected)
    assert await scene.books() == before


async def test_an_owner_has_one_account_and_may_open_another_after_it(scene: Bank) -> None:
    owner = {"villageCode": BENGKEL, "residentId": scene.ids["made"]}
    before = await scene.books()
    assert (await scene.ask(OPEN, "teller", **owner)).codes == ["CONFLICT"]
    assert await scene.books() == before
    assert (await scene.ask(CLOSE, "teller", accountId=scene.ids["made's account"])).data
    assert (await scene.ask(OPEN, "teller", **owner)).data


@pytest.mark.parametrize("status", ["MATI", "PINDAH", "TIDAK_VALID"])
async def test_who_is_no_longer_there_gets_no_account(scene: Bank, status: str) -> None:
    """It would be money that nobody reads: a record that was merged into another has nobody of its own."""
    async with scene.world.unit(BENGKEL) as unit:
        wayan = await unit.get(Resident, scene.waste.wayan.id)
        house = await unit.get(Household, scene.waste.household.id)
        assert wayan is not None and house is not None
        wayan.status, house.closed_on = ResidentStatus[status], unit.today
        (account,) = await unit.all(Account, Account.household_id == house.id)
        account.state, account.closed_on = WasteAccountState.CLOSED, unit.today
    before = await scene.books()
    for owner in ({"residentId": scene.ids["wayan"]}, {"householdId": scene.ids["household"]}):
        reply = await scene.ask(OPEN, "teller", villageCode=BENGKEL, **owner)
        assert reply.errors[0]["extensions"]["rule"] == "waste.owner_gone"
    assert await scene.books() == before


async def test_only_an_empty_account_for_which_nothing_waits_is_closed(scene: Bank) -> None:
    account = {"accountId": scene.ids["household account"]}
    await scene.credit(1_000)
    waiting = await scene.asked_for(1_000)
    before = await scene.books()
    reply = await scene.ask(CLOSE, "teller", **account)
    assert reply.errors[0]["extensions"]["rule"] == "waste.account_balance"
    assert await scene.books() == before
    paid = await scene.asked_for(1_000)
    for verb, who in (("Approve", "operator"), ("Pay", "teller")):
        assert (await scene.ask(step(verb), who, withdrawalId=paid)).data
    reply = await scene.ask(CLOSE, "teller", **account)
    assert reply.errors[0]["extensions"]["rule"] == "waste.account_withdrawal"
    assert (await scene.ask(step("Cancel"), "teller", withdrawalId=waiting)).data
    reply = await scene.ask(CLOSE, "teller", **account)
    assert reply.data["wasteCloseAccount"]["account"]["state"] == "CLOSED"
    assert (await scene.ask(CLOSE, "teller", **account)).codes == ["INVALID_TRANSITION"]
    async with scene.world.unit(BENGKEL) as unit:
        row = await unit.get(Account, scene.rows["household account"])
        assert row is not None and row.state is WasteAccountState.CLOSED and row.closed_on == unit.today


async def test_who_may_open_and_close(scene: Bank) -> None:
    opened = {"input": {"villageCode": BENGKEL, "residentId": scene.ids["wayan"]}}
    closed = {"input": {"accountId": scene.ids["made's account"]}}
    refused = {
        "visitor": "FORBIDDEN", "agency": "FORBIDDEN", "collector": "FORBIDDEN", "tps3r": "FORBIDDEN",
        "kelian": "FORBIDDEN", "wayan": "FORBIDDEN", "made": "FORBIDDEN", "neighbour": "NOT_FOUND",
        "next teller": "NOT_FOUND",
    }  # fmt: skip
    close = "mutation($input: WasteCloseAccountInput!) { wasteCloseAccount(input: $input) { __typename } }"
    for document, given in ((BRIEF, opened), (close, closed)):
        table = [Refused(who, scene.tokens[who], code, given) for who, code in refused.items()]
        await check_refusals(scene.world, document, table, unchanged=scene.books)
        assert (await scene.world.ask(document, scene.tokens["teller"], **given)).data


async def test_people_of_another_village_get_no_account_here(scene: Bank) -> None:
    before = await scene.books()
    for code, owner in ((BENGKEL, "other_household"), (NEIGHBOUR, "household")):
        reply = await scene.ask(OPEN, "teller", villageCode=code, householdId=scene.ids[owner])
        assert reply.codes == ["NOT_FOUND"]
    assert await scene.books() == before


# Reading

MINE = """{ me { resident { waste { accounts { nodes { number balance } } }
  household { waste { accounts { nodes { number balance } } } } } } }"""
ALL = """{ village(code: "51.02.06.2001") { waste { accounts(order: NUMBER_ASC) { totalCount nodes { number } }
  deposits { totalCount } withdrawals { totalCount } } } }"""


async def test_everybody_finds_his_own_accounts_and_only_these(scene: Bank) -> None:
    await scene.credit(500)
    await scene.credit(700, "made's account")
    wayan = (await scene.world.ask(MINE, scene.tokens["wayan"])).data["me"]["resident"]
    assert wayan["waste"]["accounts"]["nodes"] == []
    assert wayan["household"]["waste"]["accounts"]["nodes"] == [{"number": "RK-2025-000001", "balance": 500}]
    made = (await scene.world.ask(MINE, scene.tokens["made"])).data["me"]["resident"]
    assert made["waste"]["accounts"]["nodes"] == [{"number": "RK-2025-000002", "balance": 700}]
    assert made["household"]["waste"]["accounts"]["nodes"] == []


async def test_a_residents_own_account_is_not_for_the_others_of_his_house(scene: Bank) -> None:
    world, waste = scene.world, scene.waste
    hamlet = await world.hamlet(BENGKEL, "Banjar Kelod")
    async with world.unit(BENGKEL) as unit:
        assert waste.made.household_id is not None
        house = await unit.get(Household, waste.made.household_id)
    assert house is not None
    wife = await world.resident(BENGKEL, hamlet, house, name="Ni Luh Contoh", serial=9)
    hers = await world.token("resident", BENGKEL, resident=wife.id)
    await scene.credit(700, "made's account")
    ask = "query($id: ID!) { node(id: $id) { ... on WasteAccount { balance } } }"
    given = {"id": scene.ids["made's account"]}
    assert (await world.ask(ask, hers, **given)).data["node"] is None
    assert (await world.ask(ask, scene.tokens["made"], **given)).data["node"] == {"balance": 700}
    taken_in = "{ me { resident { waste { intakes { nodes { mass } } massByStream { mass } } } } }"
    for token in (hers, scene.tokens["made"]):  # it is worth mass times price, and everybody knows the price
        waste_of_house = (await world.ask(taken_in, token)).data["me"]["resident"]["waste"]
        assert waste_of_house == {"intakes": {"nodes": []}, "massByStream": []}
    await scene.credit(700)
    waste_of_house = (await world.ask(taken_in, scene.tokens["wayan"])).data["me"]["resident"]["waste"]
    assert len(waste_of_house["intakes"]["nodes"]) == 1  # into the household's own account


async def test_the_office_reads_all_and_who_else_reads_nothing(scene: Bank) -> None:
    await scene.credit(500)
    for who in ("teller", "operator", "perbekel", "admin"):
        waste = (await scene.world.ask(ALL, scene.tokens[who])).data["village"]["waste"]
        assert (waste["accounts"]["totalCount"], waste["deposits"]["totalCount"]) == (3, 1)
    for who in ("collector", "tps3r", "agency", "kelian", None):
        reply = await scene.world.ask(ALL, scene.tokens[who] if who else None)
        assert set(reply.codes) == {"FORBIDDEN"}, who
        assert "RK-2025" not in reply.text
    wayan = (await scene.world.ask(ALL, scene.tokens["wayan"])).data["village"]["waste"]
    assert wayan["accounts"] == {"totalCount": 1, "nodes": [{"number": "RK-2025-000001"}]}


async def test_a_statement_is_one_question_and_shows_the_running_balance(scene: Bank) -> None:
    for rupiah in (100, 200, 300):
        await scene.credit(rupiah)
    asked = {"id": scene.ids["household account"], "first": 2, "order": "ENTERED_AT_DESC"}
    with scene.world.counting() as statements:
        reply = await scene.world.ask(STATEMENT, scene.tokens["wayan"], **asked)
    assert len(statements) == 1
    entries = reply.data["node"]["entries"]
    assert [(one["number"], one["balanceAfter"]) for one in entries["nodes"]] == [(3, 600), (2, 300)]
    cursor = entries["pageInfo"]["endCursor"]
    with scene.world.counting() as statements:
        rest = await scene.world.ask(STATEMENT, scene.tokens["wayan"], after=cursor, **asked)
    assert len(statements) == 1
    assert rest.data["node"]["entries"] == {
        "nodes": [{"number": 1, "kind": "DEPOSIT", "delta": 100, "balanceAfter": 100}],
        "pageInfo": {"hasNextPage": False, "endCursor": rest.data["node"]["entries"]["pageInfo"]["endCursor"]},
    }  # fmt: skip
    foreign = await scene.world.ask(STATEMENT, scene.tokens["made"], **asked)
    assert foreign.data["node"] is None
