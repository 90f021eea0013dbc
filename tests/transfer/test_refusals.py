"""Who may not hand over, take, judge or merge, and what is wrong with an input; nothing is written then."""

from __future__ import annotations

from typing import Any

import pytest
from tests.transfer.scene import (
    ACCEPT,
    BENGKEL,
    COMING,
    DUPLICATES,
    MERGE,
    NEIGHBOUR,
    PROPOSE,
    REFUSE,
    REGISTER,
    THIRD,
    WITHDRAW,
    Scene,
)

from wantilan.testing import Refused, check_refusals

UNDO = "mutation($input: UndoLifeEventInput!) { undoLifeEvent(input: $input) { event { id } } }"
DISMISS = (
    "mutation($input: DismissDuplicateInput!) { dismissDuplicate(input: $input) { duplicate { state } } }"
)
GOING = f"""{{ village(code: "{BENGKEL}") {{ outgoingTransfers {{ nodes {{ id }} }} }} }}"""
WITHOUT = {"kelian": "FORBIDDEN", "kelian there": "FORBIDDEN", "agency": "FORBIDDEN", "resident": "FORBIDDEN",
           "visitor": "FORBIDDEN"}  # fmt: skip
"""Roles that hold neither permission anywhere."""


def lines(scene: Scene, others: dict[str, str], **variables: Any) -> list[Refused]:
    return [Refused(who, scene.tokens[who], code, variables) for who, code in {**WITHOUT, **others}.items()]


async def test_nobody_but_the_two_offices_has_a_hand_in_a_transfer(scene: Scene) -> None:
    proposal = {
        "residentIds": [scene.ids["nyoman"]],
        "targetVillageCode": NEIGHBOUR,
        "happenedOn": "2024-03-01",
    }
    not_source = {"target": "NOT_FOUND", "third": "NOT_FOUND"}
    await check_refusals(
        scene.world, PROPOSE, lines(scene, not_source, input=proposal), unchanged=scene.everything
    )
    transfer = await scene.proposed("nyoman")
    home = await scene.home(transfer, "KEPALA_KELUARGA")
    not_target = {"source": "NOT_FOUND", "third": "NOT_FOUND"}
    await check_refusals(
        scene.world, ACCEPT, lines(scene, not_target, input=home), unchanged=scene.everything
    )
    no = {"transferId": transfer["id"], "reason": "Bukan warga"}
    await check_refusals(scene.world, REFUSE, lines(scene, not_target, input=no), unchanged=scene.everything)
    (going,) = (await scene.ask("source", GOING)).data["village"]["outgoingTransfers"]["nodes"]
    back = {"transferId": going["id"]}
    await check_refusals(
        scene.world, WITHDRAW, lines(scene, not_source, input=back), unchanged=scene.everything
    )
    assert (await scene.ask("source", WITHDRAW, input=back)).errors == []


async def test_nobody_but_the_two_offices_sees_a_transfer(scene: Scene) -> None:
    await scene.proposed("wayan", "luh", "putu")
    for document, own, other in ((GOING, "source", "target"), (COMING, "target", "source")):
        assert len((await scene.ask(own, document)).text) > 100
        for who in (*WITHOUT, other, "third"):
            reply = await scene.ask(who, document)
            assert reply.codes == ["FORBIDDEN"] and "Contoh" not in reply.text, who


async def test_nobody_but_the_office_judges_and_merges(scene: Scene) -> None:
    await scene.register("again", "I Wy. Contoh", birthDate="1980-04-12")
    (pair,) = (await scene.ask("source", DUPLICATES)).data["village"]["duplicates"]["nodes"]
    others = {"target": "NOT_FOUND", "third": "NOT_FOUND"}
    judged = {"duplicateId": pair["id"]}
    await check_refusals(scene.world, DISMISS, lines(scene, others, input=judged), unchanged=scene.everything)
    both = {"keptId": scene.ids["wayan"], "mergedId": scene.ids["again"]}
    await check_refusals(scene.world, MERGE, lines(scene, others, input=both), unchanged=scene.everything)
    for who in (*WITHOUT, "target"):
        assert (await scene.ask(who, DUPLICATES)).codes == ["FORBIDDEN"], who
    assert (await scene.ask("source", DISMISS, input=judged)).data["dismissDuplicate"] == {
        "duplicate": {"state": "DISMISSED"}
    }
    assert (await scene.ask("source", DISMISS, input=judged)).codes == ["INVALID_TRANSITION"]
    assert (await scene.register("third one", "Wayan Contoh", birthDate="1999-01-01")).errors == []


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
async def test_what_is_wrong_with_a_proposal_is_said_at_its_field(scene: Scene) -> None:
    ids = scene.ids
    table: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"targetVillageCode": BENGKEL}, {"input.targetVillageCode": "SAME_VILLAGE"}),
        ({"targetVillageCode": "51.02.06.2009"}, {"input.targetVillageCode": "UNKNOWN_VILLAGE"}),
        ({"happenedOn": "2999-01-01"}, {"input.happenedOn": "IN_FUTURE"}),
        ({"happenedOn": "2019-12-31"}, {"input.residentIds.0": "NOT_IN_REGISTER"}),
        ({"residentIds": []}, {"input.residentIds": "MISSING"}),
        ({"residentIds": [ids["nyoman"]] * 51}, {"input.residentIds": "TOO_MANY"}),
        ({"residentIds": [ids["nyoman"], ids["nyoman"]]}, {"input.residentIds.1": "PERSON_TWICE"}),
        ({"residentIds": ["x", ids["household"]]},
         {"input.residentIds.0": "NOT_AN_ID", "input.residentIds.1": "NOT_AN_ID"}),
        ({"residentIds": [ids["luh"], ids["nyoman"]]}, {"input.residentIds.1": "NOT_ONE_HOUSEHOLD"}),
        ({"residentIds": [ids["nyoman"], ids["luh"]]}, {"input.residentIds.1": "NOT_ONE_HOUSEHOLD"}),
        ({"remaining": [{"residentId": ids["luh"], "relationship": "KEPALA_KELUARGA"}]},
         {"input.remaining.0.residentId": "NOT_A_MEMBER"}),
        ({"details": {"place": "Kediri", "distance": "LUAR_DESA", "cause": "LAINNYA"}},
         {"input.details.place": "NOT_FOR_THIS_KIND", "input.details.distance": "NOT_FOR_THIS_KIND",
          "input.details.cause": "NOT_FOR_THIS_KIND"}),
    ]  # fmt: skip
    before = await scene.everything()
    for given, faults in table:
        reply = await scene.propose("nyoman", **given)
        assert reply.codes == ["BAD_USER_INPUT"] and reply.faults.items() >= faults.items(), (
            given,
            reply.body,
        )
        assert await scene.everything() == before, given
    assert (await scene.propose("nyoman")).errors == []
    again = await scene.propose("nyoman")
    assert again.faults == {"input.residentIds.0": "ALREADY_PROPOSED"}


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
async def test_what_is_wrong_with_an_acceptance_is_said_at_its_field(scene: Scene) -> None:
    world, ids = scene.world, scene.ids
    transfer = await scene.proposed("wayan", "luh", "putu")
    closed = await world.household(NEIGHBOUR, scene.there)
    full = [{"personId": one["id"], "relationship": "ANAK"} for one in transfer["persons"]]
    table: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"relationships": full[:2]}, {"input.relationships": "PERSON_MISSING"}),
        ({"relationships": [*full, full[0]]}, {"input.relationships.3.personId": "PERSON_TWICE"}),
        ({"relationships": [*full, {"personId": ids["wayan"], "relationship": "ANAK"}]},
         {"input.relationships.3.personId": "NOT_AN_ID"}),
        ({"newHousehold": None}, {"input.relationships": "HOUSEHOLD_MISSING"}),
        ({"hamletId": await world.id_of("Hamlet", scene.hamlet)}, {"input.hamletId": "UNKNOWN_HAMLET"}),
        ({"householdId": ids["household"], "newHousehold": None}, {"input.householdId": "UNKNOWN_HOUSEHOLD"}),
        ({"householdId": await world.id_of("Household", closed)}, {"input.newHousehold": "HOUSEHOLD_TWICE"}),
    ]  # fmt: skip
    before = await scene.everything()
    for given, faults in table:
        reply = await scene.accept(transfer, "KEPALA_KELUARGA", "ISTRI", "ANAK", **given)
        assert reply.codes == ["BAD_USER_INPUT"] and reply.faults == faults, (given, reply.body)
        assert await scene.everything() == before, given
    headless = await scene.accept(transfer, "ANAK", "ANAK", "ANAK")
    assert headless.codes == ["RULE_VIOLATED"] and await scene.everything() == before
    assert (await scene.accept(transfer, "KEPALA_KELUARGA", "ISTRI", "ANAK")).errors == []


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
async def test_whoever_is_in_the_register_already_is_not_taken_twice(scene: Scene) -> None:
    transfer = await scene.proposed("wayan", "luh", "putu")
    given = {
        "villageCode": NEIGHBOUR, "hamletId": await scene.world.id_of("Hamlet", scene.there), "fullName": "Luh Contoh",
        "sex": "PEREMPUAN", "birthDate": "1982-06-03", "nik": scene.niks["luh"],
    }  # fmt: skip
    assert (await scene.ask("target", REGISTER, input=given)).errors == []
    before = await scene.everything()
    reply = await scene.accept(transfer, "KEPALA_KELUARGA", "ISTRI", "ANAK")
    assert reply.errors[0]["extensions"]["rule"] == "DUPLICATE_NIK" and scene.niks["luh"] not in reply.text
    assert await scene.everything() == before


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
async def test_a_register_that_has_moved_on_refuses_without_saying_why(scene: Scene) -> None:
    transfer = await scene.proposed("nyoman")
    died = """mutation($input: RecordLifeEventInput!) { recordLifeEvent(input: $input) { event { id } } }"""
    event = {
        "villageCode": BENGKEL,
        "kind": "MATI",
        "happenedOn": "2024-02-01",
        "residentId": scene.ids["nyoman"],
    }
    assert (await scene.ask("source", died, input=event)).errors == []
    before = await scene.everything()
    reply = await scene.accept(transfer, "KEPALA_KELUARGA")
    assert reply.errors[0]["extensions"]["rule"] == "TRANSFER_OUTDATED"
    assert "died" not in reply.text and await scene.everything() == before


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
async def test_neither_office_undoes_its_half(scene: Scene) -> None:
    transfer = await scene.proposed("nyoman")
    assert (await scene.accept(transfer, "KEPALA_KELUARGA")).errors == []
    events = '{ village(code: "%s") { lifeEvents(order: HAPPENED_ON_DESC, first: 1) { nodes { id kind } } } }'
    before = await scene.everything()
    for who, code, kind in (("source", BENGKEL, "PINDAH_DESA"), ("target", NEIGHBOUR, "PINDAH_MASUK")):
        (last,) = (await scene.ask(who, events % code)).data["village"]["lifeEvents"]["nodes"]
        assert last["kind"] == kind
        reply = await scene.ask(who, UNDO, input={"eventId": last["id"]})
        assert reply.errors[0]["extensions"]["rule"] == "NOT_UNDONE"
    assert await scene.everything() == before
    assert THIRD not in str(before["outgoing_transfer"])


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
async def test_an_entry_into_the_register_is_not_undone(scene: Scene) -> None:
    history = "query($id: ID!) { resident(id: $id) { history { nodes { event { id } } } } }"
    (entry,) = (await scene.ask("source", history, id=scene.ids["nyoman"])).data["resident"]["history"][
        "nodes"
    ]
    before = await scene.everything()
    reply = await scene.ask("source", UNDO, input={"eventId": entry["event"]["id"]})
    assert reply.errors[0]["extensions"]["rule"] == "ENTRY_UNDONE"
    assert await scene.everything() == before
