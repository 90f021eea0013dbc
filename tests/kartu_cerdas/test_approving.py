"""Approving a card: four eyes, once, and only what was asked for."""

from __future__ import annotations

import asyncio

import pytest
from tests.kartu_cerdas.scene import Scene

from wantilan import Conflict, ResidentStatus, uuid7
from wantilan.testing import BENGKEL, World
from wantilan_kartu_cerdas.models import Card, KartuCardStatus
from wantilan_kartu_cerdas.numbers import card_number

S = KartuCardStatus

MAY = {
    "operator": "APPROVED",
    "perbekel": "APPROVED",
    "officer": "FORBIDDEN",
    "kelian_kaja": "FORBIDDEN",
    "kelian_kelod": "FORBIDDEN",
    "wayan": "FORBIDDEN",
    "made": "FORBIDDEN",
    "neighbour": "NOT_FOUND",
    "agency": "FORBIDDEN",
    "visitor": "FORBIDDEN",
}
"""Written by hand: who may approve the card that Luh asked for."""


@pytest.mark.parametrize("who", MAY)
async def test_who_may_approve(scene: Scene, who: str) -> None:
    card = await scene.requested("luh", "wayan")
    before = await scene.written()
    reply = await scene.approve(who, card)
    if MAY[who] == "APPROVED":
        assert reply.data["kartuApproveCard"]["card"]["status"] == "APPROVED"
    else:
        assert reply.codes == [MAY[who]]
        assert await scene.written() == before


async def test_an_approval_is_written_down_with_what_was_checked(scene: Scene) -> None:
    card = await scene.requested("kelian_kaja")
    reply = await scene.approve("perbekel", card, note="KTP-el dilihat")
    approved = reply.data["kartuApproveCard"]["card"]
    assert approved["biodataChecked"] is True
    assert approved["photoChecked"] is False
    assert approved["approvedAt"] is not None
    assert reply.data["kartuApproveCard"]["village"] == {"code": BENGKEL}
    written = await scene.written()
    assert (written["kartu_card"], written["kartu_card_event"]) == (1, 2)


@pytest.mark.parametrize("who", ["operator", "perbekel"])
async def test_who_asked_may_not_approve(scene: Scene, who: str) -> None:
    card = await scene.requested(who)
    before = await scene.written()
    reply = await scene.approve(who, card)
    assert reply.codes == ["RULE_VIOLATED"]
    assert reply.errors[0]["extensions"]["rule"] == "FOUR_EYES"
    assert await scene.written() == before
    other = "perbekel" if who == "operator" else "operator"
    assert (await scene.approve(other, card)).codes == []


async def test_the_database_itself_keeps_four_eyes(world: World, scene: Scene) -> None:
    same = uuid7()
    with pytest.raises(Conflict):
        async with world.unit(BENGKEL) as unit:
            await unit.add(
                Card(
                    number=card_number(BENGKEL, 1), resident_id=scene.people["wayan"].id, status=S.APPROVED,
                    requested_at=unit.now, requested_by=same, approved_by=same,
                )
            )  # fmt: skip


LIVES = {
    S.APPROVED: (S.APPROVED,),
    S.REJECTED: (S.REJECTED,),
    S.CANCELLED: (S.CANCELLED,),
    S.PRINTED: (S.APPROVED, S.PRINTED),
    S.ISSUED: (S.APPROVED, S.ISSUED),
    S.ACTIVE: (S.APPROVED, S.ISSUED, S.ACTIVE),
    S.SUSPENDED: (S.APPROVED, S.ISSUED, S.ACTIVE, S.SUSPENDED),
    S.LOST: (S.APPROVED, S.ISSUED, S.LOST),
    S.STOLEN: (S.APPROVED, S.ISSUED, S.STOLEN),
    S.DAMAGED: (S.APPROVED, S.ISSUED, S.DAMAGED),
    S.REPLACED: (S.APPROVED, S.ISSUED, S.LOST, S.REPLACED),
    S.REVOKED: (S.APPROVED, S.PRINTED, S.REVOKED),
}


async def test_only_a_request_can_be_approved(world: World, scene: Scene) -> None:
    assert set(LIVES) == set(S) - {S.REQUESTED}
    hamlet = await world.hamlet(BENGKEL, "Banjar Tengah")
    holders = {
        status: await world.resident(BENGKEL, hamlet, serial=100 + n) for n, status in enumerate(LIVES)
    }
    for status, steps in LIVES.items():
        card = await world.id_of("KartuCard", await scene.card(holders[status], *steps))
        before = await scene.written()
        reply = await scene.approve("operator", card)
        assert (status, reply.codes) == (status, ["INVALID_TRANSITION"])
        assert await scene.written() == before


async def test_of_two_approvals_at_once_one_succeeds(scene: Scene) -> None:
    card = await scene.requested("kelian_kaja")
    replies = await asyncio.gather(*(scene.approve(who, card) for who in ("operator", "perbekel")))
    assert sorted(reply.codes for reply in replies) == [[], ["INVALID_TRANSITION"]]
    assert (await scene.written())["kartu_card_event"] == 2


async def test_a_card_of_one_who_died_meanwhile_is_not_approved(scene: Scene) -> None:
    card = await scene.requested("kelian_kaja")
    await scene.becomes("wayan", ResidentStatus.MATI)
    before = await scene.written()
    reply = await scene.approve("operator", card)
    assert reply.errors[0]["extensions"]["rule"] == "RESIDENT_DEAD"
    assert await scene.written() == before


async def test_the_same_key_twice_approves_once(scene: Scene) -> None:
    card = await scene.requested("kelian_kaja")
    first = await scene.approve("operator", card, key="dua")
    again = await scene.approve("operator", card, key="dua")
    assert first.data["kartuApproveCard"] == again.data["kartuApproveCard"]
    assert (await scene.written())["kartu_card_event"] == 2


async def test_the_id_of_a_resident_is_not_the_id_of_a_card(scene: Scene) -> None:
    reply = await scene.approve("operator", scene.ids["wayan"])
    assert reply.faults == {"input.cardId": "NOT_AN_ID"}


async def test_the_neighbours_card_is_not_found(world: World, scene: Scene) -> None:
    card = await world.id_of("KartuCard", await scene.card("ketut"))
    before = await scene.written()
    assert (await scene.approve("operator", card)).codes == ["NOT_FOUND"]
    assert await scene.written() == before
    assert (await scene.approve("neighbour", card)).codes == []
