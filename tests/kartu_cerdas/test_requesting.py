"""Asking for a card: who may, for whom, and that a refusal leaves nothing behind."""

from __future__ import annotations

import asyncio
import secrets
from uuid import UUID

import pytest
from tests.kartu_cerdas.scene import Scene

from wantilan import Conflict, ResidentStatus, uuid7
from wantilan.testing import BENGKEL, World
from wantilan_kartu_cerdas.models import Card, KartuCardStatus
from wantilan_kartu_cerdas.numbers import card_number, is_card_number

S = KartuCardStatus

MAY = {
    # who: (for Wayan of Banjar Kaja, for Made of Banjar Kelod)
    "operator": ("REQUESTED", "REQUESTED"),
    "perbekel": ("REQUESTED", "REQUESTED"),
    "officer": ("REQUESTED", "REQUESTED"),
    "kelian_kaja": ("REQUESTED", "NOT_FOUND"),
    "kelian_kelod": ("NOT_FOUND", "REQUESTED"),
    "wayan": ("REQUESTED", "NOT_FOUND"),
    "luh": ("REQUESTED", "NOT_FOUND"),
    "made": ("NOT_FOUND", "REQUESTED"),
    "neighbour": ("NOT_FOUND", "NOT_FOUND"),
    "agency": ("FORBIDDEN", "FORBIDDEN"),
    "visitor": ("FORBIDDEN", "FORBIDDEN"),
}
"""Written by hand. Luh lives with Wayan."""


@pytest.mark.parametrize("who", MAY)
async def test_who_may_ask_for_whom(scene: Scene, who: str) -> None:
    for person, expected in zip(("wayan", "made"), MAY[who], strict=True):
        before = await scene.written()
        reply = await scene.request(who, person)
        if expected == "REQUESTED":
            assert reply.data["kartuRequestCard"]["card"]["status"] == expected
            assert await scene.written() != before
        else:
            assert reply.codes == [expected]
            assert await scene.written() == before
            assert "Contoh" not in reply.text


async def test_a_request_makes_a_card_with_a_number_of_its_village(scene: Scene) -> None:
    reply = await scene.request("kelian_kaja", note="Kartu lama belum ada")
    made = reply.data["kartuRequestCard"]
    assert is_card_number(made["card"]["number"])
    assert made["card"]["number"].startswith("5102062001")
    assert made["card"]["approvedAt"] is None
    assert made["card"]["resident"] == {"fullName": "I Wayan Contoh"}
    assert made["village"] == {"code": BENGKEL}
    assert await scene.written() == {"kartu_card": 1, "kartu_card_event": 1, "event": 3, "idempotency": 0}


@pytest.mark.parametrize(
    ("status", "rule"),
    [
        (ResidentStatus.MATI, "RESIDENT_DEAD"),
        (ResidentStatus.PINDAH, "RESIDENT_LEFT"),
        (ResidentStatus.PERGI, "RESIDENT_LEFT"),
        (ResidentStatus.HILANG, "RESIDENT_MISSING"),
        (ResidentStatus.TIDAK_VALID, "RESIDENT_NOT_VALID"),
    ],
)
async def test_who_is_not_alive_and_of_the_village_gets_no_card(
    scene: Scene, status: ResidentStatus, rule: str
) -> None:
    await scene.becomes("wayan", status)
    before = await scene.written()
    reply = await scene.request("operator")
    assert reply.codes == ["RULE_VIOLATED"]
    assert reply.errors[0]["extensions"]["rule"] == rule
    assert await scene.written() == before


async def test_a_second_card_is_refused_while_one_is_open(scene: Scene) -> None:
    await scene.requested()
    before = await scene.written()
    reply = await scene.request("kelian_kaja")
    assert reply.codes == ["RULE_VIOLATED"]
    assert reply.errors[0]["extensions"]["rule"] == "ONE_OPEN_CARD"
    assert await scene.written() == before
    assert (await scene.request("operator", "luh")).codes == []


async def test_a_card_may_be_asked_for_again_when_the_last_one_is_closed(scene: Scene) -> None:
    await scene.card("wayan", S.REJECTED)
    assert (await scene.request("wayan")).codes == []


async def test_the_database_itself_keeps_one_open_card_per_resident(world: World, scene: Scene) -> None:
    await scene.card("wayan", S.REJECTED)
    first = await scene.card("wayan")
    with pytest.raises(Conflict):
        async with world.unit(BENGKEL) as unit:
            await unit.add(
                Card(
                    number=card_number(BENGKEL, 1), resident_id=first.resident_id, status=S.REQUESTED,
                    requested_at=unit.now,
                )
            )  # fmt: skip


async def test_a_closed_status_without_its_day_cannot_be_stored(world: World, scene: Scene) -> None:
    with pytest.raises(Conflict):
        async with world.unit(BENGKEL) as unit:
            await unit.add(
                Card(
                    number=card_number(BENGKEL, 1), resident_id=scene.people["wayan"].id, status=S.REVOKED,
                    requested_at=unit.now,
                )
            )  # fmt: skip


async def test_of_two_requests_at_once_one_succeeds(scene: Scene) -> None:
    replies = await asyncio.gather(
        *(scene.request(who) for who in ("operator", "perbekel", "kelian_kaja", "wayan"))
    )
    refused = [reply for reply in replies if reply.codes]
    assert len(refused) == 3
    assert {code for reply in refused for code in reply.codes} <= {"RULE_VIOLATED", "CONFLICT"}
    written = await scene.written()
    assert (written["kartu_card"], written["kartu_card_event"]) == (1, 1)


async def test_a_number_in_use_is_drawn_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter([7, 7, 7, 8])
    monkeypatch.setattr(secrets, "randbelow", lambda below: next(draws))
    first = await scene.request("operator", "wayan")
    second = await scene.request("operator", "made")
    assert first.data["kartuRequestCard"]["card"]["number"] == card_number(BENGKEL, 7)
    assert second.data["kartuRequestCard"]["card"]["number"] == card_number(BENGKEL, 8)


async def test_the_number_of_a_closed_card_is_never_given_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda below: 7)
    await scene.card("wayan", S.CANCELLED)
    before = await scene.written()
    reply = await scene.request("operator", "made")
    assert reply.codes == ["CONFLICT"]
    assert await scene.written() == before


async def test_the_same_key_twice_makes_one_card(scene: Scene) -> None:
    first = await scene.request("operator", key="satu")
    again = await scene.request("operator", key="satu")
    assert first.data["kartuRequestCard"] == again.data["kartuRequestCard"]
    assert await scene.written() == {"kartu_card": 1, "kartu_card_event": 1, "event": 3, "idempotency": 1}


async def test_the_same_key_at_once_makes_one_card_and_one_answer(scene: Scene) -> None:
    replies = await asyncio.gather(*(scene.request("operator", key="satu") for _ in range(3)))
    cards = [reply.data["kartuRequestCard"]["card"]["id"] for reply in replies]
    assert len(set(cards)) == 1
    assert (await scene.written())["kartu_card"] == 1


async def test_the_same_key_for_another_resident_is_refused(scene: Scene) -> None:
    await scene.request("operator", "wayan", key="satu")
    before = await scene.written()
    reply = await scene.request("operator", "made", key="satu")
    assert reply.codes == ["IDEMPOTENCY_CONFLICT"]
    assert await scene.written() == before


@pytest.mark.parametrize("given", ["nonsense", "kartu_card-" + "0" * 32 + "-" + "0" * 32, ""])
async def test_what_is_not_the_id_of_a_resident_is_bad_input(scene: Scene, given: str) -> None:
    before = await scene.written()
    reply = await scene.ask(
        "operator",
        "mutation ($id: ID!) { kartuRequestCard(input: {residentId: $id}) { village { code } } }",
        id=given,
    )
    assert reply.faults == {"input.residentId": "NOT_AN_ID"}
    assert await scene.written() == before


async def test_a_resident_that_is_not_there_and_one_of_another_village_look_the_same(scene: Scene) -> None:
    village = scene.people["wayan"].village_id
    before = await scene.written()
    query = "mutation ($id: ID!) { kartuRequestCard(input: {residentId: $id}) { village { code } } }"
    absent = await scene.ask("operator", query, id=f"resident-{village.hex}-{uuid7().hex}")
    beyond = await scene.ask("operator", query, id=scene.ids["ketut"])
    mixed = f"resident-{village.hex}-{scene.people['ketut'].id.hex}"
    smuggled = await scene.ask("operator", query, id=mixed)
    assert absent.errors == beyond.errors == smuggled.errors
    assert absent.codes == ["NOT_FOUND"]
    assert await scene.written() == before


@pytest.mark.parametrize(("note", "code"), [("x" * 201, "TOO_LONG"), ("a\x00b", "NOT_PLAIN_TEXT")])
async def test_a_note_that_is_no_note_is_named_and_not_repeated(scene: Scene, note: str, code: str) -> None:
    before = await scene.written()
    reply = await scene.request("operator", note=note)
    assert reply.faults == {"input.note": code}
    assert note not in reply.text
    assert await scene.written() == before


async def test_a_payload_field_that_the_actor_may_not_read_is_refused_before_anything_is_written(
    scene: Scene,
) -> None:
    query = """mutation ($id: ID!) { kartuRequestCard(input: {residentId: $id}) {
      resident { religion } } }"""
    before = await scene.written()
    reply = await scene.ask("wayan", query, id=scene.ids["wayan"])
    assert reply.codes == ["FORBIDDEN"]
    assert await scene.written() == before
    assert (await scene.ask("operator", query, id=scene.ids["wayan"])).codes == []


async def test_no_card_is_asked_for_where_the_program_is_off(scene: Scene) -> None:
    await scene.switch_off()
    before = await scene.written()
    reply = await scene.request("operator")
    assert reply.codes == ["PROGRAM_NOT_ENABLED"]
    assert await scene.written() == before
    await scene.switch_on()
    assert (await scene.request("operator")).codes == []


async def test_what_is_announced_names_ids_only(scene: Scene) -> None:
    card = await scene.requested("kelian_kaja")
    await scene.approve("operator", card)
    subjects = {"card": str(UUID(hex=card.rsplit("-", 1)[1])), "resident": str(scene.people["wayan"].id)}
    assert await scene.announced() == [("kartu.card_requested", subjects), ("kartu.card_approved", subjects)]
