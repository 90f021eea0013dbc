"""Bengkel and its neighbour with two households each, plans of fees, and an office that works with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wantilan.registry.models import Hamlet, Household, Resident
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, World
from wantilan_waste.models import (
    Invoice,
    Payment,
    PaymentPart,
    Route,
    Run,
    RunStop,
    ServicePoint,
    StopVisit,
    Subscription,
    WasteInvoiceState,
    WasteRunState,
    WasteStopOutcome,
    WasteStream,
)

TODAY = datetime.now(ZoneInfo("Asia/Makassar")).date()
FIRST = TODAY.replace(year=TODAY.year - 1, month=1, day=1)
"""The first day of last year: since then the points of the scene are served."""
MONTHLY, PER_PICKUP = 20_000, 5_000

ADD_POINT = """mutation($input: WasteAddServicePointInput!) { wasteAddServicePoint(input: $input) {
  point { id label code status hamletId household { id } businessName sourceClass organicHandling openedOn } } }"""
UPDATE_POINT = """mutation($input: WasteUpdateServicePointInput!) { wasteUpdateServicePoint(input: $input) {
  point { label people instructions place sourceClass organicHandling } warnings { code } } }"""
SET_STATUS = """mutation($input: WasteSetServicePointStatusInput!) { wasteSetServicePointStatus(input: $input) {
  point { status closedOn } endedSubscription { id state endOn } } }"""
ROTATE = """mutation($input: WasteRotateServicePointCodeInput!) { wasteRotateServicePointCode(input: $input) {
  point { code } } }"""
SURVEY = """mutation($input: WasteRecordSourceSurveyInput!) { wasteRecordSourceSurvey(input: $input) {
  survey { id day isSorting organicHandling } point { organicHandling } } }"""
ADD_PLAN = """mutation($input: WasteAddFeePlanInput!) { wasteAddFeePlan(input: $input) {
  plan { id name amount period validFrom validUntil legalBasis classes { sourceClass } } } }"""
END_PLAN = """mutation($input: WasteEndFeePlanInput!) { wasteEndFeePlan(input: $input) {
  plan { validUntil } warnings { code } } }"""
SUBSCRIBE = """mutation($input: WasteSubscribeInput!) { wasteSubscribe(input: $input) {
  subscription { id state startOn endOn credit exemptReason } } }"""
CHANGE = """mutation($input: WasteChangeSubscriptionInput!) { wasteChangeSubscription(input: $input) {
  subscription { state endOn exemptReason pauses { firstDay lastDay } } } }"""
ISSUE = """mutation($input: WasteIssueInvoicesInput!) { wasteIssueInvoices(input: $input) {
  issued total fromCredit skips { reason count } skipped { subscriptionId reason } } }"""
WAIVE = """mutation($input: WasteWaiveInvoiceInput!) { wasteWaiveInvoice(input: $input) {
  invoice { state amount paid waived rest reason } } }"""
VOID = """mutation($input: WasteVoidInvoiceInput!) { wasteVoidInvoice(input: $input) {
  invoice { state amount paid waived rest reason } } }"""
PAY = """mutation($input: WasteRecordPaymentInput!) { wasteRecordPayment(input: $input) {
  payment { id amount unused method receiptNo businessDate parts { amount invoice { period state rest } } }
  subscription { credit } } }"""
REVERSE = """mutation($input: WasteReversePaymentInput!) { wasteReversePayment(input: $input) {
  reversal { amount receiptNo reason reverses { id } parts { amount } } payment { reversal { receiptNo } }
  subscription { credit } } }"""


def month(back: int = 0) -> str:
    """A month so many months ago, YYYY-MM."""
    return f"{first_of(back):%Y-%m}"


def first_of(back: int = 0) -> date:
    """The first day of the month so many months ago."""
    day = TODAY.replace(day=1)
    for _ in range(back):
        day = (day - timedelta(days=1)).replace(day=1)
    return day


@dataclass(frozen=True)
class Scene:
    """Two households of Bengkel with a point and a monthly subscription each since `FIRST`, and who works
    there; ids as clients know them.
    """

    world: World
    hamlet: Hamlet
    other_hamlet: Hamlet
    households: tuple[Household, Household]
    wayan: Resident
    made: Resident
    ids: Mapping[str, str]
    tokens: Mapping[str, str]

    async def ask(self, document: str, who: str | None = "operator", **given: Any) -> Reply:
        """As somebody of the scene; None is a visitor."""
        return await self.world.ask(document, self.tokens[who] if who else None, input=given)

    async def done(self, document: str, who: str = "operator", **given: Any) -> Any:
        """What the payload says; fails when it is refused."""
        ((_, answer),) = (await self.ask(document, who, **given)).data.items()
        return answer

    async def issue(self, back: int = 0) -> Any:
        return await self.done(ISSUE, villageCode=BENGKEL, period=month(back))

    async def pay(self, amount: int, of: str = "subscription", who: str = "operator", **more: Any) -> Any:
        return await self.done(PAY, who, subscriptionId=self.ids[of], amount=amount, method="CASH", **more)

    async def invoices(self, of: str | None = None) -> list[Invoice]:
        """By month, of one subscription of the scene or of all."""
        async with self.world.unit(BENGKEL) as unit:
            rows = await unit.all(Invoice)
        wanted = UUID(hex=self.ids[of].split("-")[-1]) if of else None
        return sorted(
            (row for row in rows if wanted in (None, row.subscription_id)), key=lambda row: row.period
        )

    async def id_of(self, row: Invoice) -> str:
        return await self.world.id_of("WasteInvoice", row)

    async def everything(self) -> dict[str, Any]:
        """What must stay as it is when something is refused: every row of the area, in both villages."""
        found: dict[str, Any] = {}
        for code in (BENGKEL, NEIGHBOUR):
            async with self.world.unit(code) as unit:
                for model in (ServicePoint, Subscription, Invoice, Payment, PaymentPart):
                    rows = await unit.all(model)
                    names = model.__table__.columns.keys()
                    found[f"{code} {model.__name__}"] = sorted(
                        [str(getattr(row, name)) for name in names] for row in rows
                    )
        return found


async def set_the_scene(world: World) -> Scene:
    await world.open(BENGKEL, "waste")
    await world.open(NEIGHBOUR, "waste")
    hamlet = await world.hamlet(BENGKEL)
    other_hamlet = await world.hamlet(NEIGHBOUR)
    first, second = [await world.household(BENGKEL, hamlet) for _ in range(2)]
    wayan = await world.resident(BENGKEL, hamlet, first, name="I Wayan Contoh", serial=1)
    made = await world.resident(BENGKEL, hamlet, second, name="I Made Contoh", serial=2)
    other = await world.household(NEIGHBOUR, other_hamlet)
    tokens = {
        "operator": await world.token("village_operator", BENGKEL),
        "perbekel": await world.token("perbekel", BENGKEL),
        "teller": await world.token("waste_bank_teller", BENGKEL),
        "collector": await world.token("waste_collector", BENGKEL),
        "tps3r": await world.token("waste_tps3r_operator", BENGKEL),
        "agency": await world.token("agency_officer", TABANAN),
        "kelian": await world.token("kelian", BENGKEL, hamlet=hamlet.id),
        "wayan": await world.token("resident", BENGKEL, resident=wayan.id),
        "made": await world.token("resident", BENGKEL, resident=made.id),
        "neighbour": await world.token("village_operator", NEIGHBOUR),
    }
    ids = {
        "hamlet": await world.id_of("Hamlet", hamlet),
        "other hamlet": await world.id_of("Hamlet", other_hamlet),
        "household": await world.id_of("Household", first),
        "second household": await world.id_of("Household", second),
        "other household": await world.id_of("Household", other),
        "wayan": await world.id_of("Resident", wayan),
        "made": await world.id_of("Resident", made),
    }
    scene = Scene(world, hamlet, other_hamlet, (first, second), wayan, made, ids, tokens)
    for name, household in (("", "household"), ("second ", "second household")):
        added = await scene.done(
            ADD_POINT, householdId=ids[household], openedOn=str(FIRST), label=f"{name}rumah"
        )
        ids[f"{name}point"], ids[f"{name}code"] = added["point"]["id"], added["point"]["code"]
    for name, amount, period in (("plan", MONTHLY, "MONTHLY"), ("pickup plan", PER_PICKUP, "PER_PICKUP")):
        ids[name] = await a_plan(scene, name, amount, period)
    for name in ("", "second "):
        done = await scene.done(
            SUBSCRIBE, pointId=ids[f"{name}point"], planId=ids["plan"], startOn=str(FIRST)
        )
        ids[f"{name}subscription"] = done["subscription"]["id"]
    return scene


async def a_plan(
    scene: Scene, name: str, amount: int, period: str = "MONTHLY", *classes: str, **more: Any
) -> str:
    added = await scene.done(
        ADD_PLAN, villageCode=BENGKEL, name=name, amount=amount, period=period,
        sourceClasses=list(classes or ("RUMAH_TANGGA",)), validFrom=str(FIRST),
        legalBasis="Perdes 3/2024", **more,
    )  # fmt: skip
    return str(added["plan"]["id"])


async def a_shop(scene: Scene, name: str = "Warung Bu Made", **more: Any) -> str:
    """The id of the point of a business."""
    added = await scene.done(
        ADD_POINT, businessName=name, hamletId=scene.ids["hamlet"], sourceClass="WARUNG_TOKO",
        openedOn=str(FIRST), **more,
    )  # fmt: skip
    return str(added["point"]["id"])


async def fetched(scene: Scene, point: str, *days: date, outcome: str = "COLLECTED") -> None:
    """That something was fetched, or not, at a point on some days."""
    async with scene.world.unit(BENGKEL) as unit:
        route = await unit.first(Route)
        if route is None:
            route = Route(name="Kaja", active=True)
            await unit.add(route)
        row = await unit.get(ServicePoint, UUID(hex=point.split("-")[-1]))
        assert row is not None
        number = len(await unit.all(StopVisit))
        for day in days:
            run = await unit.first(Run, Run.day == day, Run.route_id == route.id)
            if run is None:
                run = Run(route_id=route.id, stream=WasteStream.RESIDU, day=day, state=WasteRunState.CLOSED)
                await unit.add(run)
            number += 1
            stop = RunStop(run_id=run.id, day=day, position=number, point_id=row.id)
            await unit.add(stop)
            visit = StopVisit(
                run_id=run.id, stop_id=stop.id, point_id=row.id, household_id=row.household_id, stream=run.stream, day=day,
                outcome=WasteStopOutcome[outcome], visited_at=unit.now, device="tes", device_seq=number,
            )  # fmt: skip
            await unit.add(visit)


async def check_books(world: World, code: str = BENGKEL) -> dict[str, int]:
    """The invariants of fees, on whatever was done: fails naming what does not hold. Gives what there was."""
    async with world.unit(code) as unit:
        invoices = {row.id: row for row in await unit.all(Invoice)}
        payments = {row.id: row for row in await unit.all(Payment)}
        parts, subscriptions = await unit.all(PaymentPart), await unit.all(Subscription)
    reversed_ = {row.reverses_id for row in payments.values() if row.reverses_id}
    assert len({(row.subscription_id, row.period) for row in invoices.values()}) == len(invoices)
    in_invoice: dict[UUID, int] = defaultdict(int)
    of_payment: dict[UUID, int] = defaultdict(int)
    for part in parts:
        payment, invoice = payments[part.payment_id], invoices[part.invoice_id]
        assert payment.subscription_id == invoice.subscription_id
        in_invoice[invoice.id] += part.amount * (-1 if payment.reverses_id else 1)
        of_payment[payment.id] += part.amount
    for row in invoices.values():
        assert 0 <= row.paid <= row.amount
        assert row.paid == in_invoice[row.id]
        assert row.state is state_of(row), (row.state, row.amount, row.paid, row.waived)
        assert row.rest == (0 if row.state is WasteInvoiceState.VOID else row.amount - row.paid - row.waived)
    for payment in payments.values():
        assert payment.amount == of_payment[payment.id] + payment.unused
    for number in ("KW", "KB"):
        given = sorted(row.receipt_no for row in payments.values() if row.receipt_no.startswith(number))
        assert [int(text.split("-")[-1]) for text in given] == list(range(1, len(given) + 1))
    for subscription in subscriptions:
        mine = [row for row in payments.values() if row.subscription_id == subscription.id]
        standing = [row for row in mine if row.id not in reversed_ and not row.reverses_id]
        assert subscription.credit == sum(row.unused for row in standing)
        owed = [row for row in invoices.values() if row.subscription_id == subscription.id]
        assert sum(row.amount for row in standing) == sum(row.paid for row in owed) + subscription.credit
        assert not subscription.credit or not any(row.rest for row in owed), "credit beside what is owed"
    return {
        "invoices": len(invoices), "payments": len(payments), "reversals": len(reversed_),
        "credit": sum(row.credit for row in subscriptions), "parts": len(parts),
        "waived": sum(row.waived > 0 for row in invoices.values()),
        "void": sum(row.state is WasteInvoiceState.VOID for row in invoices.values()),
        "paid": sum(row.paid for row in invoices.values()),
    }  # fmt: skip


def state_of(row: Invoice) -> WasteInvoiceState:
    """By hand: what the state of an invoice must be."""
    if row.state is WasteInvoiceState.VOID:
        assert row.paid == row.waived == 0
        return WasteInvoiceState.VOID
    if row.paid == row.amount:
        return WasteInvoiceState.PAID
    if row.paid + row.waived == row.amount:
        return WasteInvoiceState.WAIVED
    return WasteInvoiceState.PARTIAL if row.paid else WasteInvoiceState.ISSUED
