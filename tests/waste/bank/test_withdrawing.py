"""Withdrawals: the state machine as a table, four eyes, what is reserved, and who may take which step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.waste.bank.scene import REQUEST, Bank, step

from wantilan import Rupiah
from wantilan.registry.models import Message
from wantilan.testing import BENGKEL, Refused, check_refusals
from wantilan_waste.models import Account, WasteWithdrawalState, Withdrawal
from wantilan_waste.rules.saving import STEPS, may_become

STATES = [state.name for state in WasteWithdrawalState]
MACHINE = {
    "REQUESTED": {"Approve": "APPROVED", "Reject": "REJECTED", "Cancel": "CANCELLED"},
    "APPROVED": {"Pay": "PAID", "Reject": "REJECTED", "Cancel": "CANCELLED"},
    "PAID": {},
    "REJECTED": {},
    "CANCELLED": {},
}
"""By hand: from which state which step leads where."""
WAYS: dict[str, list[str]] = {
    "REQUESTED": [],
    "APPROVED": ["Approve"],
    "PAID": ["Approve", "Pay"],
    "REJECTED": ["Reject"],
    "CANCELLED": ["Cancel"],
}
BY = {"Approve": "operator", "Reject": "operator", "Cancel": "teller", "Pay": "second teller"}


async def take(bank: Bank, verb: str, withdrawal: str, who: str | None = None) -> Any:
    given = {"withdrawalId": withdrawal, **({"reason": "Kas kosong"} if verb == "Reject" else {})}
    return await bank.ask(step(verb), who or BY[verb], **given)


async def row(bank: Bank, id: str) -> Withdrawal:
    async with bank.world.unit(BENGKEL) as unit:
        (found,) = [one for one in await unit.all(Withdrawal) if one.id.hex in id]
    return found


@pytest.mark.parametrize("state", MACHINE)
async def test_the_state_machine_knows_these_steps_and_no_others(scene: Bank, state: str) -> None:
    await scene.credit(100_000)
    for verb, target in {**dict.fromkeys(BY, None), **MACHINE[state]}.items():
        withdrawal = await scene.asked_for(1_000)
        for way in WAYS[state]:
            assert (await take(scene, way, withdrawal)).data
        assert (await row(scene, withdrawal)).state.name == state
        before = await scene.books()
        reply = await take(scene, verb, withdrawal)
        if target is None:
            assert reply.codes == ["INVALID_TRANSITION"], verb
            assert await scene.books() == before
        else:
            assert reply.data[f"waste{verb}Withdrawal"]["withdrawal"]["state"] == target


def test_the_rules_have_the_same_table() -> None:
    found = {
        state.name: {target.name for target in WasteWithdrawalState if may_become(state, target)}
        for state in STEPS
    }
    assert found == {state: set(steps.values()) for state, steps in MACHINE.items()}
    assert sorted(found) == sorted(STATES)


async def test_money_is_reserved_by_the_approval_and_goes_with_the_payment(scene: Bank) -> None:
    await scene.credit(10_000)
    withdrawal = await scene.asked_for(4_000)
    assert (await scene.account()).reserved == 0
    for verb, balance, reserved in (("Approve", 10_000, 4_000), ("Pay", 6_000, 0)):
        reply = await take(scene, verb, withdrawal)
        assert reply.data[f"waste{verb}Withdrawal"]["account"] == {
            "balance": balance, "reserved": reserved, "free": balance - reserved,
        }  # fmt: skip
    entry = (await scene.entries())[-1]
    assert (entry.kind.name, entry.delta, entry.balance_after, entry.number) == (
        "WITHDRAWAL", -4_000, 6_000, 2,
    )  # fmt: skip
    async with scene.world.unit(BENGKEL) as unit:
        told = [one for one in await unit.all(Message) if one.template == "waste.money_out"]
    assert [one.resident_id for one in told] == [scene.waste.wayan.id]
    assert told[0].body_en.startswith("Rp4,000 out of account RK-2025-000001. The balance is now Rp6,000.")


@pytest.mark.parametrize("verb", ["Reject", "Cancel"])
async def test_what_was_reserved_is_free_again_when_nothing_comes_of_it(scene: Bank, verb: str) -> None:
    await scene.credit(10_000)
    withdrawal = await scene.asked_for(4_000)
    await take(scene, "Approve", withdrawal)
    reply = await take(scene, verb, withdrawal)
    assert reply.data[f"waste{verb}Withdrawal"]["account"] == {
        "balance": 10_000, "reserved": 0, "free": 10_000,
    }  # fmt: skip
    assert len(await scene.entries()) == 1
    ended = await row(scene, withdrawal)
    assert ended.ended_at is not None and ended.ended_by is not None
    assert ended.reason == ("Kas kosong" if verb == "Reject" else None)


async def test_two_withdrawals_that_fit_alone_do_not_both_pass(scene: Bank) -> None:
    await scene.credit(10_000)
    first, second = [await scene.asked_for(6_000) for _ in range(2)]
    assert (await take(scene, "Approve", first)).data
    before = await scene.books()
    assert (await take(scene, "Approve", second)).codes == ["WASTE_INSUFFICIENT_FUNDS"]
    reply = await scene.ask(REQUEST, "teller", accountId=scene.ids["household account"], amount=4_001)
    assert reply.codes == ["WASTE_INSUFFICIENT_FUNDS"]
    assert await scene.books() == before
    assert await scene.asked_for(4_000)


async def test_who_asked_does_not_approve(scene: Bank) -> None:
    await scene.credit(10_000)
    withdrawal = await scene.asked_for(1_000, who="operator")
    before = await scene.books()
    reply = await take(scene, "Approve", withdrawal, "operator")
    assert reply.errors[0]["extensions"] | {"requestId": ""} == {
        "code": "RULE_VIOLATED", "rule": "waste.four_eyes", "requestId": "",
    }  # fmt: skip
    assert await scene.books() == before
    assert (await take(scene, "Approve", withdrawal, "perbekel")).data


async def test_only_who_asked_cancels(scene: Bank) -> None:
    await scene.credit(10_000)
    withdrawal = await scene.asked_for(1_000, who="wayan")
    before = await scene.books()
    reply = await take(scene, "Cancel", withdrawal, "teller")
    assert reply.errors[0]["extensions"]["rule"] == "waste.not_the_asker"
    assert await scene.books() == before
    assert (await take(scene, "Cancel", withdrawal, "wayan")).data


async def test_a_young_account_gives_nothing_until_its_day(scene: Bank) -> None:
    await scene.credit(10_000)
    given = {"accountId": scene.ids["household account"], "amount": 1}
    for days, codes in ((89, ["WASTE_TOO_EARLY"]), (90, [])):
        async with scene.world.unit(BENGKEL) as unit:
            account = await unit.get(Account, scene.rows["household account"])
            assert account is not None
            account.opened_on = unit.today - timedelta(days=days)
        before = await scene.books()
        assert (await scene.ask(REQUEST, "wayan", **given)).codes == codes
        assert (await scene.books() == before) is bool(codes)


async def test_a_faulty_request_names_every_fault(scene: Bank) -> None:
    before = await scene.books()
    reply = await scene.ask(REQUEST, "teller", accountId=scene.ids["facility"], amount=0)
    assert reply.faults == {"input.accountId": "NOT_AN_ID", "input.amount": "MUST_BE_POSITIVE"}
    reply = await scene.ask(step("Reject"), "operator", withdrawalId="x", reason="y" * 501)
    assert reply.faults == {"input.withdrawalId": "NOT_AN_ID", "input.reason": "LENGTH"}
    assert await scene.books() == before


async def test_who_may_ask_for_money(scene: Bank) -> None:
    """Made lives in another house; his own account is his alone, also before the teller's eyes."""
    await scene.credit(10_000)
    await scene.credit(10_000, "made's account")
    brief = "mutation($input: WasteRequestWithdrawalInput!) { wasteRequestWithdrawal(input: $input) { __typename } }"
    given = {"input": {"accountId": scene.ids["household account"], "amount": 100}}
    mades = {"input": {"accountId": scene.ids["made's account"], "amount": 100}}
    refused = {
        "visitor": "FORBIDDEN", "agency": "FORBIDDEN", "collector": "FORBIDDEN", "tps3r": "FORBIDDEN",
        "kelian": "FORBIDDEN", "neighbour": "NOT_FOUND", "next teller": "NOT_FOUND", "made": "NOT_FOUND",
    }  # fmt: skip
    table = [Refused(who, scene.tokens[who], code, given) for who, code in refused.items()]
    table.append(Refused("wayan for made", scene.tokens["wayan"], "NOT_FOUND", mades))
    await check_refusals(scene.world, brief, table, unchanged=scene.books)
    for who, asked in (("wayan", given), ("teller", given), ("made", mades), ("operator", mades)):
        assert (await scene.world.ask(REQUEST, scene.tokens[who], **asked)).data, who


@pytest.mark.parametrize("verb", ["Approve", "Reject", "Pay", "Cancel"])
async def test_who_may_take_the_next_steps(scene: Bank, verb: str) -> None:
    await scene.credit(10_000)
    withdrawal = await scene.asked_for(1_000, who="wayan" if verb == "Cancel" else "teller")
    if verb == "Pay":
        await take(scene, "Approve", withdrawal)
    brief = f"mutation($input: Waste{verb}WithdrawalInput!) {{ waste{verb}Withdrawal(input: $input) {{ __typename }} }}"
    given = {"withdrawalId": withdrawal, **({"reason": "x"} if verb == "Reject" else {})}
    refused = {
        "visitor": "FORBIDDEN", "agency": "FORBIDDEN", "collector": "FORBIDDEN", "tps3r": "FORBIDDEN",
        "neighbour": "NOT_FOUND",
    }  # fmt: skip
    if verb == "Cancel":
        refused |= {"made": "NOT_FOUND", "next teller": "NOT_FOUND", "teller": "RULE_VIOLATED"}
    else:
        refused |= {"wayan": "FORBIDDEN", "made": "FORBIDDEN"}
    if verb in ("Approve", "Reject"):
        refused |= {"teller": "FORBIDDEN", "next teller": "FORBIDDEN"}
    table = [Refused(who, scene.tokens[who], code, {"input": given}) for who, code in refused.items()]
    await check_refusals(scene.world, brief, table, unchanged=scene.books)
    right = "wayan" if verb == "Cancel" else BY[verb]
    assert (await scene.world.ask(brief, scene.tokens[right], input=given)).data


async def test_a_refusal_of_money_tells_no_amount(scene: Bank) -> None:
    await scene.credit(12_345)
    reply = await scene.ask(REQUEST, "teller", accountId=scene.ids["household account"], amount=98_765)
    assert reply.codes == ["WASTE_INSUFFICIENT_FUNDS"]
    assert "98" not in reply.errors[0]["message"] and "12" not in reply.errors[0]["message"]
    assert Rupiah(12_345) == (await scene.account()).balance
