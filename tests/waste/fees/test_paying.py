"""Paying: the oldest invoice first, what is over is credit, and what was in error goes back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from tests.waste.fees.scene import (
    CHANGE,
    ISSUE,
    MONTHLY,
    PAY,
    REVERSE,
    SUBSCRIBE,
    TODAY,
    VOID,
    WAIVE,
    Scene,
    check_books,
    first_of,
    month,
)

from wantilan import Rupiah
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL
from wantilan_waste.models import Subscription, WastePaymentMethod
from wantilan_waste.paying import take_payment

DAY = timedelta(days=1)


async def test_a_payment_goes_into_the_oldest_invoices_and_what_is_over_is_credit(scene: Scene) -> None:
    for back in (2, 1, 0):
        await scene.issue(back)
    part = await scene.pay(MONTHLY + 5_000)
    assert part["payment"]["receiptNo"] == f"KW-{TODAY.year}-000001"
    assert part["payment"]["businessDate"] == str(TODAY)
    assert part["payment"]["parts"] == [
        {"amount": MONTHLY, "invoice": {"period": month(2), "state": "PAID", "rest": 0}},
        {"amount": 5_000, "invoice": {"period": month(1), "state": "PARTIAL", "rest": MONTHLY - 5_000}},
    ]
    over = await scene.pay(2 * MONTHLY)
    assert [one["amount"] for one in over["payment"]["parts"]] == [MONTHLY - 5_000, MONTHLY]
    assert over["payment"]["unused"] == over["subscription"]["credit"] == 5_000
    assert [row.rest for row in await scene.invoices("second subscription")] == [MONTHLY] * 3
    await check_books(scene.world)


async def test_an_invoice_that_is_named_comes_first(scene: Scene) -> None:
    for back in (1, 0):
        await scene.issue(back)
    newest = (await scene.invoices("subscription"))[-1]
    paid = await scene.pay(MONTHLY + 1_000, invoiceIds=[await scene.id_of(newest)])
    assert [(one["invoice"]["period"], one["amount"]) for one in paid["payment"]["parts"]] == [
        (month(0), MONTHLY),
        (month(1), 1_000),
    ]
    foreign = (await scene.invoices("second subscription"))[0]
    given = {"subscriptionId": scene.ids["subscription"], "amount": 5, "method": "CASH"}
    refused = await scene.ask(PAY, invoiceIds=[await scene.id_of(foreign)], **given)
    assert refused.codes == ["NOT_FOUND"]
    faulty = await scene.ask(PAY, invoiceIds=[await scene.id_of(newest), scene.ids["point"]], **given)
    assert faulty.faults == {"input.invoiceIds.1": "NOT_AN_ID"}


async def test_the_next_invoice_takes_the_credit_by_itself(scene: Scene) -> None:
    await scene.pay(MONTHLY // 2)
    await scene.pay(2 * MONTHLY)
    done = await scene.issue(1)
    assert (done["issued"], done["total"], done["fromCredit"]) == (2, 2 * MONTHLY, MONTHLY)
    (invoice,) = await scene.invoices("subscription")
    assert (invoice.state.name, invoice.rest) == ("PAID", 0)
    assert (await scene.issue(0))["fromCredit"] == MONTHLY
    third = await scene.pay(1)
    assert third["subscription"]["credit"] == MONTHLY // 2 + 1
    books = await check_books(scene.world)
    assert books["parts"] == 3


async def test_a_fee_is_paid_by_the_code_that_is_scanned_and_by_the_point(scene: Scene) -> None:
    await scene.issue()
    code = scene.ids["code"]
    spelled = f" {code.lower()} "
    by_code = await scene.done(PAY, "teller", code=spelled, amount=5_000, method="QRIS")
    by_point = await scene.done(PAY, "teller", pointId=scene.ids["point"], amount=5_000, method="TRANSFER")
    for paid in (by_code, by_point):
        assert paid["payment"]["parts"][0]["invoice"]["period"] == month()
    assert by_point["payment"]["parts"][0]["invoice"]["rest"] == MONTHLY - 10_000
    assert (await scene.ask(PAY, code="x", amount=1, method="CASH")).faults == {"input.code": "NOT_A_CODE"}
    unknown = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert (await scene.ask(PAY, code=unknown, amount=1, method="CASH")).codes == ["NOT_FOUND"]


async def test_a_point_pays_first_for_the_subscription_that_owes_since_longest(scene: Scene) -> None:
    await scene.issue(1)
    await scene.done(
        CHANGE, subscriptionId=scene.ids["subscription"], action="END", day=str(first_of() - DAY)
    )
    after = await scene.done(
        SUBSCRIBE, pointId=scene.ids["point"], planId=scene.ids["plan"], startOn=str(first_of())
    )
    assert after["subscription"]["state"] == "ACTIVE"
    for expected in (month(1), None):
        paid = await scene.done(PAY, pointId=scene.ids["point"], amount=MONTHLY, method="CASH")
        parts = [one["invoice"]["period"] for one in paid["payment"]["parts"]]
        assert parts == ([expected] if expected else [])
    assert (await scene.issue())["fromCredit"] == MONTHLY  # the second went to the one that runs
    await check_books(scene.world)


async def test_what_is_over_is_no_credit_of_a_subscription_that_another_one_follows(scene: Scene) -> None:
    """Nothing would ever take it there, while the one that runs owes."""
    await scene.issue(1)
    await scene.done(
        CHANGE, subscriptionId=scene.ids["subscription"], action="END", day=str(first_of() - DAY)
    )
    await scene.pay(1_000)
    await scene.done(SUBSCRIBE, pointId=scene.ids["point"], planId=scene.ids["plan"], startOn=str(first_of()))
    await scene.issue()
    given = {"pointId": scene.ids["point"], "method": "CASH"}
    before = await scene.everything()
    refused = await scene.ask(PAY, amount=2 * MONTHLY - 1_000, **given)
    assert refused.errors[0]["extensions"]["rule"] == "waste.more_than_owed"
    assert await scene.everything() == before
    for amount, period in ((MONTHLY - 1_000, month(1)), (MONTHLY, month())):
        paid = await scene.done(PAY, amount=amount, **given)
        assert [one["invoice"]["period"] for one in paid["payment"]["parts"]] == [period]
        assert paid["subscription"]["credit"] == 0
    await check_books(scene.world)


async def test_every_faulty_field_of_a_payment_is_named_at_once(scene: Scene) -> None:
    reply = await scene.ask(
        PAY, subscriptionId=scene.ids["subscription"], code=scene.ids["code"], amount=0,
        method="BANK_SAMPAH_BALANCE", paidAt="2031-01-01T00:00:00Z",
    )  # fmt: skip
    assert reply.faults == {
        "input.subscriptionId": "ONE_OF_THEM", "input.code": "ONE_OF_THEM", "input.amount": "MUST_BE_POSITIVE",
        "input.method": "NOT_HERE", "input.paidAt": "IN_FUTURE",
    }  # fmt: skip
    nobody = await scene.ask(PAY, amount=10**10, method="CASH")
    assert nobody.faults == {"input.subscriptionId": "ONE_OF_THEM", "input.amount": "TOO_MUCH"}


async def test_what_is_reversed_is_owed_again_and_its_credit_is_gone(scene: Scene) -> None:
    await scene.issue(1)
    paid = await scene.pay(MONTHLY + 7_000)
    back = await scene.done(REVERSE, paymentId=paid["payment"]["id"], reason="Salah rumah")
    assert back["reversal"]["reverses"] == {"id": paid["payment"]["id"]}
    assert back["reversal"]["receiptNo"] == f"KB-{TODAY.year}-000001"
    assert back["payment"] == {"reversal": {"receiptNo": back["reversal"]["receiptNo"]}}
    assert back["subscription"] == {"credit": 0}
    assert [row.rest for row in await scene.invoices("subscription")] == [MONTHLY]
    again = await scene.ask(REVERSE, paymentId=paid["payment"]["id"], reason="Lagi")
    assert again.codes == ["INVALID_TRANSITION"]
    await check_books(scene.world)


async def test_credit_pays_what_a_reversal_opens_again(scene: Scene) -> None:
    await scene.issue(1)
    first = await scene.pay(MONTHLY // 2)
    second = await scene.pay(MONTHLY)
    assert second["subscription"] == {"credit": MONTHLY // 2}
    back = await scene.done(REVERSE, paymentId=first["payment"]["id"], reason="Uang palsu")
    assert back["subscription"] == {"credit": 0}
    (invoice,) = await scene.invoices("subscription")
    assert (invoice.state.name, invoice.paid) == ("PAID", MONTHLY)
    books = await check_books(scene.world)
    assert books["parts"] == 3


async def test_events_name_rows_and_nothing_else(scene: Scene) -> None:
    await scene.issue()
    paid = await scene.pay(12_345)
    await scene.done(REVERSE, paymentId=paid["payment"]["id"], reason="Salah")
    async with scene.world.unit(BENGKEL) as unit:
        events = {event.name: event.subjects for event in await unit.all(Event)}
    assert {"waste.point_added", "waste.subscribed", "waste.invoices_issued"} <= events.keys()
    assert events["waste.payment_recorded"] == {"payment": str(UUID(paid["payment"]["id"].split("-")[-1]))}
    assert events["waste.payment_reversed"].keys() == {"payment", "reversal"}
    for name, subjects in events.items():
        if name.startswith("waste."):
            assert all(UUID(value) for value in subjects.values()), name


async def test_the_household_is_told_of_its_receipt_where_the_village_wants_it(scene: Scene) -> None:
    ask = "{ me { resident { messages { nodes { body } } } } }"

    async def told() -> list[str]:
        reply = await scene.world.ask(ask, scene.tokens["wayan"])
        return [one["body"] for one in reply.data["me"]["resident"]["messages"]["nodes"]]

    paid = await scene.pay(12_500)
    await scene.done(REVERSE, paymentId=paid["payment"]["id"], reason="Salah")
    bodies = sorted(await told())
    assert len(bodies) == 2
    assert all(f"KW-{TODAY.year}-000001" in body and "12,500" in body for body in bodies), bodies
    configure = "mutation($input: ConfigureProgramInput!) { configureProgram(input: $input) { changed } }"
    given = {"villageCode": BENGKEL, "program": "waste", "settings": {"notify_payers": False}}
    assert (await scene.world.ask(configure, scene.tokens["perbekel"], input=given)).data
    await scene.pay(1)
    assert len(await told()) == 2


async def test_a_reversal_and_what_the_bank_paid_are_not_reversed_here(scene: Scene) -> None:
    ask = "query($id: ID!) { node(id: $id) { ... on WastePayment { reversal { id } } } }"
    paid = await scene.pay(1_000)
    await scene.done(REVERSE, paymentId=paid["payment"]["id"], reason="Salah")
    node = await scene.world.ask(ask, scene.tokens["operator"], id=paid["payment"]["id"])
    reversal = node.data["node"]["reversal"]["id"]
    assert (await scene.ask(REVERSE, paymentId=reversal, reason="?")).codes == ["INVALID_TRANSITION"]
    async with scene.world.unit(BENGKEL) as unit:
        subscription = await unit.first(Subscription)
        assert subscription is not None
        balance = WastePaymentMethod.BANK_SAMPAH_BALANCE
        payment = await take_payment(unit, subscription, Rupiah(500), balance, paid_at=unit.now)
    key = await scene.world.id_of("WastePayment", payment)
    refused = await scene.ask(REVERSE, paymentId=key, reason="Salah")
    assert refused.errors[0]["extensions"]["rule"] == "waste.paid_from_balance"


async def test_what_is_left_of_an_invoice_is_forgiven_and_what_was_paid_stays_paid(scene: Scene) -> None:
    await scene.issue(1)
    await scene.pay(5_000)
    (invoice,) = await scene.invoices("subscription")
    key = await scene.id_of(invoice)
    waived = await scene.done(WAIVE, invoiceId=key, reason="Musibah")
    assert waived["invoice"] == {
        "state": "WAIVED", "amount": MONTHLY, "paid": 5_000, "waived": MONTHLY - 5_000, "rest": 0,
        "reason": "Musibah",
    }  # fmt: skip
    assert (await scene.ask(WAIVE, invoiceId=key, reason="Lagi")).codes == ["INVALID_TRANSITION"]
    more = await scene.pay(1_000)
    assert more["payment"]["parts"] == []
    assert more["payment"]["unused"] == 1_000
    await check_books(scene.world)


async def test_a_payment_that_is_taken_back_is_owed_although_the_rest_was_forgiven(scene: Scene) -> None:
    await scene.issue(1)
    paid = await scene.pay(5_000)
    (invoice,) = await scene.invoices("subscription")
    await scene.done(WAIVE, invoiceId=await scene.id_of(invoice), reason="Musibah")
    await scene.done(REVERSE, paymentId=paid["payment"]["id"], reason="Uang palsu")
    (invoice,) = await scene.invoices("subscription")
    assert (invoice.state.name, invoice.rest, invoice.waived) == ("ISSUED", 5_000, MONTHLY - 5_000)
    await scene.pay(5_000)
    (invoice,) = await scene.invoices("subscription")
    assert (invoice.state.name, invoice.rest) == ("WAIVED", 0)
    await check_books(scene.world)


async def test_only_an_invoice_of_which_nothing_is_paid_can_be_void_and_it_is_not_issued_anew(
    scene: Scene,
) -> None:
    await scene.issue(1)
    await scene.pay(1)
    paid, unpaid = (await scene.invoices("subscription")) + (await scene.invoices("second subscription"))
    refused = await scene.ask(VOID, invoiceId=await scene.id_of(paid), reason="Salah")
    assert refused.codes == ["INVALID_TRANSITION"]
    done = await scene.done(VOID, invoiceId=await scene.id_of(unpaid), reason="Salah")
    assert (done["invoice"]["state"], done["invoice"]["rest"]) == ("VOID", 0)
    again = await scene.done(ISSUE, villageCode=BENGKEL, period=month(1))
    assert again["issued"] == 0
    assert again["skips"] == [{"reason": "VOIDED", "count": 1}, {"reason": "ALREADY_ISSUED", "count": 1}]
    await check_books(scene.world)
