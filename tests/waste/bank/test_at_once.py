"""Many at once on one account: nothing is lost, nothing is doubled, and nothing that was not there is spent.

On SQLite one writes after the other; on PostgreSQL whoever holds the account keeps the others waiting.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from tests.waste.bank.scene import PAY_FEE, REQUEST, REVERSE, Bank, step
from tests.waste.bank.soundness import sound

from wantilan.store.database import lost_a_race
from wantilan.testing import BENGKEL, Reply
from wantilan_waste.models import Payment, WasteWithdrawalState, Withdrawal

AT_ONCE = 50
SAVE_CATEGORY = """mutation($input: WasteSaveCategoryInput!) { wasteSaveCategory(input: $input) {
  category { name } } }"""


def counted(replies: list[Reply]) -> Counter[str]:
    return Counter(code for reply in replies for code in (reply.codes or ["done"]))


async def requested(bank: Bank, amount: int, count: int) -> list[str]:
    bank.world.engine.meter.per_minute = 1_000_000
    return [await bank.asked_for(amount) for _ in range(count)]


async def test_of_fifty_approvals_at_once_only_those_pass_for_which_there_is_money(scene: Bank) -> None:
    await scene.credit(10_500)
    asked = await requested(scene, 1_000, AT_ONCE)
    replies = await asyncio.gather(
        *(scene.ask(step("Approve"), "operator", withdrawalId=one) for one in asked)
    )
    assert counted(replies) == {"done": 10, "WASTE_INSUFFICIENT_FUNDS": 40}
    account = await scene.account()
    assert (account.balance, account.reserved) == (10_500, 10_000)
    await sound(scene)


async def test_fifty_payments_and_fees_at_once_lose_and_double_nothing(scene: Bank) -> None:
    """25 approved withdrawals are paid while 25 fees are paid from what is free; each is sent twice."""
    await scene.credit(37_000)
    asked = await requested(scene, 1_000, 25)
    for one in asked:
        assert (await scene.ask(step("Approve"), "operator", withdrawalId=one)).data
    fee = {
        "accountId": scene.ids["household account"],
        "subscriptionId": scene.ids["household fee"],
        "amount": 1_000,
    }
    pays = [scene.ask(step("Pay"), "teller", withdrawalId=one) for one in asked for _ in range(2)]
    fees = [
        scene.world.ask(PAY_FEE, scene.tokens["wayan"], key=f"f{number}", input=fee)
        for number in range(25)
        for _ in range(2)
    ]
    replies = await asyncio.gather(*(one for pair in zip(pays, fees, strict=True) for one in pair))
    paid, charged = counted(replies[::2]), counted(replies[1::2])
    assert paid == {"done": 25, "INVALID_TRANSITION": 25}
    assert set(charged) == {"done", "WASTE_INSUFFICIENT_FUNDS"} and charged["done"] == 24
    account = await scene.account()
    assert (account.balance, account.reserved) == (0, 0)
    async with scene.world.unit(BENGKEL) as unit:
        payments = await unit.all(Payment)
        states = Counter(one.state for one in await unit.all(Withdrawal))
    assert [one.amount for one in payments] == [1_000] * 12
    assert states == {WasteWithdrawalState.PAID: 25}
    assert len({one.receipt_no for one in payments}) == 12
    await sound(scene)


async def test_deposits_reversals_and_requests_at_once_are_all_there(scene: Bank) -> None:
    scene.world.engine.meter.per_minute = 1_000_000
    posted = [
        (await scene.deposit("teller", ("GOLD", 1_000))).data["wastePostDeposit"]["deposit"]["id"]
        for _ in range(10)
    ]
    request = {"accountId": scene.ids["household account"], "amount": 100}
    replies = await asyncio.gather(
        *(scene.deposit("second teller", ("GOLD", 500), ("PET", 300)) for _ in range(10)),
        *(scene.deposit("teller", ("PET", 300), ("GOLD", 500)) for _ in range(10)),
        *(scene.ask(REVERSE, "teller", depositId=one, reason="x") for one in posted),
        *(scene.ask(REQUEST, "wayan", **request) for _ in range(10)),
    )
    assert counted(list(replies)) == {"done": 40}
    assert len(await scene.entries()) == 40
    await sound(scene)


async def test_a_withdrawal_that_is_cancelled_and_paid_at_once_is_one_of_both(scene: Bank) -> None:
    await scene.credit(10_000)
    for amount in range(1, 9):
        (withdrawal,) = await requested(scene, amount, 1)
        assert (await scene.ask(step("Approve"), "operator", withdrawalId=withdrawal)).data
        replies = await asyncio.gather(
            scene.ask(step("Cancel"), "teller", withdrawalId=withdrawal),
            scene.ask(step("Pay"), "second teller", withdrawalId=withdrawal),
        )
        assert counted(list(replies)) == {"done": 1, "INVALID_TRANSITION": 1}
    assert (await scene.account()).reserved == 0
    await sound(scene)


async def test_two_tellers_open_one_account_for_one_owner(scene: Bank) -> None:
    document = """mutation($input: WasteOpenAccountInput!) {
      wasteOpenAccount(input: $input) { account { number } } }"""
    given = {"villageCode": BENGKEL, "residentId": scene.ids["wayan"]}
    replies = await asyncio.gather(
        *(scene.ask(document, who, **given) for who in ("teller", "second teller") * 2)
    )
    assert counted(list(replies)) == {"done": 1, "CONFLICT": 3}


async def test_who_deposits_and_who_changes_categories_wait_for_nobody_in_a_circle(
    scene: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[object] = []

    def noted(error: Any) -> bool:
        lost.append(error)
        return lost_a_race(error)

    monkeypatch.setattr("wantilan.graph.context.lost_a_race", noted)
    given = {
        "villageCode": BENGKEL, "code": "PET", "englishName": "PET", "stream": "ANORGANIK", "sipsnClass": "PLASTIK",
        "ppClass": "LAINNYA", "categoryId": scene.ids["PET"], "acceptedByBank": True,
    }  # fmt: skip
    lines = [(code, 100) for code in ("GOLD", "KARDUS", "PET")]
    asked = [
        one
        for number in range(12)
        for one in (
            scene.deposit("teller", *lines),
            scene.ask(SAVE_CATEGORY, "operator", **given, name=f"Botol {number}"),
            scene.ask(SAVE_CATEGORY, "operator", **given, name=f"Gelas {number}"),
        )
    ]
    replies = await asyncio.gather(*asked)
    assert counted(replies) == {"done": 36}
    assert lost == []
    await sound(scene)
