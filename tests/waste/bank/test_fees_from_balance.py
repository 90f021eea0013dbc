"""The fee is paid from a balance: one entry and one payment, both or neither; and taken back the same way."""

from __future__ import annotations

from tests.waste.bank.scene import PAY_FEE, UNDO_FEE, Bank

from wantilan.testing import BENGKEL, Refused, check_refusals
from wantilan_waste.models import Invoice, Payment, Subscription, WastePaymentMethod

BRIEF = (
    "mutation($input: WastePayFeeFromBalanceInput!) { wastePayFeeFromBalance(input: $input) { __typename } }"
)


async def invoices(bank: Bank, fee: str = "household fee") -> list[tuple[int, str]]:
    async with bank.world.unit(BENGKEL) as unit:
        found = await unit.all(Invoice, Invoice.subscription_id == bank.rows[fee])
    return [(one.paid, one.state.name) for one in sorted(found, key=lambda one: one.period)]


def fee(bank: Bank, amount: int, account: str = "household account", of: str = "household fee") -> object:
    return {"accountId": bank.ids[account], "subscriptionId": bank.ids[of], "amount": amount}


async def test_the_entry_and_the_payment_are_one(scene: Bank) -> None:
    await scene.credit(20_000)
    reply = await scene.world.ask(PAY_FEE, scene.tokens["wayan"], input=fee(scene, 15_000))
    paid = reply.data["wastePayFeeFromBalance"]
    assert paid["account"] == {"balance": 5_000, "free": 5_000}
    assert (paid["payment"]["amount"], paid["payment"]["method"]) == (15_000, "BANK_SAMPAH_BALANCE")
    assert paid["payment"]["receiptNo"].startswith("KW-")
    assert await invoices(scene) == [(10_000, "PAID"), (5_000, "PARTIAL"), (0, "ISSUED")]
    entry = (await scene.entries())[-1]
    async with scene.world.unit(BENGKEL) as unit:
        (payment,) = await unit.all(Payment)
    assert payment.method is WastePaymentMethod.BANK_SAMPAH_BALANCE
    assert (entry.kind.name, entry.delta, entry.payment_id) == ("FEE", -15_000, payment.id)


async def test_what_is_more_than_owed_is_credit_and_what_is_not_there_is_refused(scene: Bank) -> None:
    await scene.credit(35_000)
    before = await scene.books()
    reply = await scene.world.ask(PAY_FEE, scene.tokens["teller"], input=fee(scene, 35_001))
    assert reply.codes == ["WASTE_INSUFFICIENT_FUNDS"]
    assert await scene.books() == before
    reply = await scene.world.ask(PAY_FEE, scene.tokens["teller"], input=fee(scene, 35_000))
    assert reply.data["wastePayFeeFromBalance"]["subscription"]["credit"] == 5_000
    assert await invoices(scene) == [(10_000, "PAID")] * 3


async def test_a_member_pays_for_the_house_from_his_own_account(scene: Bank) -> None:
    await scene.credit(10_000, "made's account")
    given = fee(scene, 10_000, "made's account", "made's fee")
    assert (await scene.world.ask(PAY_FEE, scene.tokens["made"], input=given)).data
    assert await invoices(scene, "made's fee") == [(10_000, "PAID"), (0, "ISSUED"), (0, "ISSUED")]


async def test_nobody_pays_the_fee_of_others_with_a_savers_money(scene: Bank) -> None:
    await scene.credit(10_000)
    await scene.credit(10_000, "school account")
    before = await scene.books()
    for account, of in (("household account", "made's fee"), ("school account", "made's fee")):
        reply = await scene.world.ask(PAY_FEE, scene.tokens["teller"], input=fee(scene, 1_000, account, of))
        assert reply.errors[0]["extensions"]["rule"] == "waste.fee_of_another"
    reply = await scene.world.ask(PAY_FEE, scene.tokens["wayan"], input=fee(scene, 1_000, of="made's fee"))
    assert reply.codes == ["NOT_FOUND"]
    assert await scene.books() == before


async def test_who_may_pay_a_fee_from_a_balance(scene: Bank) -> None:
    await scene.credit(10_000)
    given = {"input": fee(scene, 1_000)}
    refused = {
        "visitor": "FORBIDDEN", "agency": "FORBIDDEN", "collector": "FORBIDDEN", "tps3r": "FORBIDDEN",
        "kelian": "FORBIDDEN", "neighbour": "NOT_FOUND", "next teller": "NOT_FOUND", "made": "NOT_FOUND",
    }  # fmt: skip
    table = [Refused(who, scene.tokens[who], code, given) for who, code in refused.items()]
    await check_refusals(scene.world, BRIEF, table, unchanged=scene.books)
    bad = {"accountId": "x", "subscriptionId": scene.ids["facility"], "amount": 0}
    assert (await scene.world.ask(BRIEF, scene.tokens["teller"], input=bad)).faults == {
        "input.accountId": "NOT_AN_ID", "input.subscriptionId": "NOT_AN_ID",
        "input.amount": "MUST_BE_POSITIVE",
    }  # fmt: skip
    for who in ("wayan", "teller", "operator"):
        assert (await scene.world.ask(PAY_FEE, scene.tokens[who], **given)).data, who


async def test_a_payment_in_error_goes_back_to_both_sides(scene: Bank) -> None:
    await scene.credit(20_000)
    reply = await scene.world.ask(PAY_FEE, scene.tokens["teller"], input=fee(scene, 15_000))
    payment = reply.data["wastePayFeeFromBalance"]["payment"]["id"]
    given = {"input": {"paymentId": payment, "reason": "Salah rumah"}}
    refused = {
        "visitor": "FORBIDDEN", "collector": "FORBIDDEN", "agency": "FORBIDDEN", "tps3r": "FORBIDDEN",
        "wayan": "FORBIDDEN", "neighbour": "NOT_FOUND", "next teller": "NOT_FOUND",
    }  # fmt: skip
    table = [Refused(who, scene.tokens[who], code, given) for who, code in refused.items()]
    brief = (
        "mutation($input: WasteReverseFeeFromBalanceInput!) "
        "{ wasteReverseFeeFromBalance(input: $input) { __typename } }"
    )
    await check_refusals(scene.world, brief, table, unchanged=scene.books)
    back = await scene.world.ask(UNDO_FEE, scene.tokens["teller"], **given)
    assert back.data["wasteReverseFeeFromBalance"]["account"] == {"balance": 20_000, "free": 20_000}
    assert await invoices(scene) == [(0, "ISSUED")] * 3
    _, paid, entry = await scene.entries()
    assert (entry.kind.name, entry.delta, entry.reverses_id) == ("REVERSAL", 15_000, paid.id)
    before = await scene.books()
    again = await scene.world.ask(UNDO_FEE, scene.tokens["teller"], **given)
    assert again.codes == ["INVALID_TRANSITION"]
    reversal = back.data["wasteReverseFeeFromBalance"]["payment"]["id"]
    odd = await scene.ask(UNDO_FEE, "teller", paymentId=reversal, reason="x")
    assert odd.errors[0]["extensions"]["rule"] == "waste.not_from_balance"
    assert await scene.books() == before
    async with scene.world.unit(BENGKEL) as unit:
        subscription = await unit.get(Subscription, scene.rows["household fee"])
    assert subscription is not None and subscription.credit == 0
