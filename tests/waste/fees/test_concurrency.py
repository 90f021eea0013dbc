"""Many at once: nothing is lost and nothing is done twice, on both databases."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from uuid import UUID

from tests.waste.fees.scene import (
    CHANGE,
    END_PLAN,
    FIRST,
    ISSUE,
    MONTHLY,
    PAY,
    REVERSE,
    SET_STATUS,
    SUBSCRIBE,
    TODAY,
    WAIVE,
    Scene,
    a_plan,
    a_shop,
    check_books,
    month,
)

from wantilan.testing import BENGKEL, World
from wantilan_waste.models import (
    Payment,
    ServicePoint,
    Subscription,
    WastePointStatus,
    WasteSubscriptionState,
)
from wantilan_waste.numbering import next_number
from wantilan_waste.paying import hold


async def test_fifty_payments_at_once_lose_and_double_nothing(scene: Scene) -> None:
    for back in (2, 1, 0):
        await scene.issue(back)
    given = {"subscriptionId": scene.ids["subscription"], "method": "CASH"}
    amounts = [1_000 + 10 * n for n in range(50)]
    replies = await asyncio.gather(*(scene.ask(PAY, amount=amount, **given) for amount in amounts))
    numbers = {reply.data["wasteRecordPayment"]["payment"]["receiptNo"] for reply in replies}
    assert numbers == {f"KW-{TODAY.year}-{n:06d}" for n in range(1, 51)}
    books = await check_books(scene.world)
    assert books["paid"] + books["credit"] == sum(amounts)
    assert books["credit"] == sum(amounts) - 3 * MONTHLY > 0


async def test_payments_reversals_waivers_and_issues_at_once_keep_the_books(scene: Scene) -> None:
    await scene.issue(3)
    paid = [(await scene.pay(7_000))["payment"]["id"] for _ in range(6)]
    (invoice,) = await scene.invoices("second subscription")
    other = await scene.id_of(invoice)
    asked = [
        *((REVERSE, {"paymentId": key, "reason": "Salah"}) for key in (*paid, *paid)),
        *((ISSUE, {"villageCode": BENGKEL, "period": month(back)}) for back in (2, 1, 2, 1)),
        *(
            (PAY, {"subscriptionId": scene.ids[of], "amount": 9_000, "method": "CASH"})
            for of in ("subscription", "second subscription") * 5
        ),
        *((WAIVE, {"invoiceId": other, "reason": "Musibah"}) for _ in range(2)),
    ]
    replies = await asyncio.gather(*(scene.ask(document, **given) for document, given in asked))
    assert {code for reply in replies for code in reply.codes} <= {"INVALID_TRANSITION"}
    assert sum(not reply.codes for reply in replies[:12]) == 6
    books = await check_books(scene.world)
    assert (books["invoices"], books["payments"], books["reversals"]) == (6, 6 + 6 + 10, 6)


async def test_who_issue_at_once_issue_each_invoice_once(scene: Scene) -> None:
    await scene.pay(MONTHLY // 2)
    replies = await asyncio.gather(*(scene.issue(1) for _ in range(8)))
    assert sorted(reply["issued"] for reply in replies) == [0] * 7 + [2]
    assert sum(reply["fromCredit"] for reply in replies) == MONTHLY // 2
    books = await check_books(scene.world)
    assert books["invoices"] == 2


async def test_points_plans_subscriptions_and_money_at_once_wait_for_each_other(scene: Scene) -> None:
    """Whoever comes in between: a point is closed once, has one subscription, and nobody is sent away."""
    plan = await a_plan(scene, "Usaha", 50_000, "MONTHLY", "WARUNG_TOKO")
    shops = [await a_shop(scene, f"Warung {n}") for n in range(3)]
    await scene.issue(2)
    asked = [
        *((SUBSCRIBE, {"pointId": shop, "planId": plan, "startOn": str(FIRST)}) for shop in shops * 3),
        *(
            (SET_STATUS, {"pointId": point, "status": "CLOSED"})
            for point in (shops[0], scene.ids["point"]) * 2
        ),
        *((ISSUE, {"villageCode": BENGKEL, "period": month(back)}) for back in (1, 0, 1)),
        *((PAY, {"pointId": scene.ids["point"], "amount": 9_000, "method": "CASH"}) for _ in range(8)),
        *(
            (CHANGE, {"subscriptionId": scene.ids[f"{name}subscription"], "action": action})
            for name in ("", "second ")
            for action in ("SUSPEND", "RESUME", "SUSPEND")
        ),
        (END_PLAN, {"planId": plan, "lastDay": str(TODAY)}),
    ]
    Random(7).shuffle(asked)
    replies = await asyncio.gather(*(scene.ask(document, **given) for document, given in asked))
    codes = {code for reply in replies for code in reply.codes}
    assert codes <= {"CONFLICT", "INVALID_TRANSITION", "RULE_VIOLATED", "BAD_USER_INPUT"}
    closed = [reply for (document, _), reply in zip(asked, replies, strict=True) if document == SET_STATUS]
    assert sum(not reply.codes for reply in closed) == 2
    async with scene.world.unit(BENGKEL) as unit:
        rows = await unit.all(Subscription, Subscription.state != WasteSubscriptionState.ENDED)
        points = {row.id: row.status for row in await unit.all(ServicePoint)}
    assert len({row.point_id for row in rows}) == len(rows)
    assert all(points[row.point_id] is not WastePointStatus.CLOSED for row in rows)
    await check_books(scene.world)


async def test_who_closes_a_point_while_a_month_is_issued_is_not_waited_for_in_a_circle(scene: Scene) -> None:
    async with holding(scene, ServicePoint, "point", then="subscription"):
        assert (await scene.issue(1))["issued"] == 2


async def test_who_changes_one_while_another_ends_by_its_day_waits_in_no_circle(scene: Scene) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        ended = await unit.get(Subscription, key_of(scene, "second subscription"))
        assert ended is not None
        ended.end_on = TODAY - timedelta(days=1)
    async with holding(scene, Subscription, "subscription", then="second subscription"):
        changed = await scene.done(CHANGE, subscriptionId=scene.ids["subscription"], action="SUSPEND")
    assert changed["subscription"]["state"] == "SUSPENDED"


def key_of(scene: Scene, name: str) -> UUID:
    return UUID(hex=scene.ids[name].split("-")[-1])


@asynccontextmanager
async def holding(
    scene: Scene, model: type[ServicePoint | Subscription], name: str, *, then: str
) -> AsyncIterator[None]:
    """While somebody holds a row and then wants a subscription, in the order in which they are to be held."""
    is_held = asyncio.Event()

    async def hold_both() -> None:
        async with scene.world.unit(BENGKEL) as unit:
            await unit.get(model, key_of(scene, name), lock=True)
            is_held.set()
            # Longer than PostgreSQL waits before it looks for circles: then it is this one whom it would end.
            await asyncio.sleep(1.3)
            await hold(unit, key_of(scene, then))

    both = asyncio.create_task(hold_both())
    await is_held.wait()
    yield
    await both


async def test_a_payment_with_a_key_that_is_sent_again_and_again_is_recorded_once(scene: Scene) -> None:
    token = scene.tokens["operator"]
    given = {"subscriptionId": scene.ids["subscription"], "amount": 5_000, "method": "CASH"}
    replies = await asyncio.gather(*(scene.world.ask(PAY, token, key="k", input=given) for _ in range(10)))
    payments = {reply.data["wasteRecordPayment"]["payment"]["id"] for reply in replies}
    assert len(payments) == 1
    async with scene.world.unit(BENGKEL) as unit:
        assert len(await unit.all(Payment)) == 1


async def test_numbers_have_no_gap_also_where_a_transaction_was_undone(world: World) -> None:
    await world.open(BENGKEL, "waste")

    async def take(number: int) -> str | None:
        try:
            async with world.unit(BENGKEL) as unit:
                taken = await next_number(unit, "XX")
                if number % 5 == 0:
                    raise LookupError
                return taken
        except LookupError:
            return None

    taken = [one for one in await asyncio.gather(*(take(n) for n in range(40))) if one is not None]
    year = TODAY.year
    assert sorted(taken) == [f"XX-{year}-{n:06d}" for n in range(1, 33)]
    assert re.fullmatch(r"YY-\d{4}-000001", await _one(world, "YY"))


async def _one(world: World, name: str) -> str:
    async with world.unit(BENGKEL) as unit:
        return await next_number(unit, name)
