"""Fees of the demo: plans, subscriptions, an invoice a month, and what is paid. All amounts are invented."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from ..models import (
    FeePlan,
    FeePlanClass,
    Invoice,
    Payment,
    PaymentPart,
    Subscription,
    WasteFeePeriod,
    WasteInvoiceState,
    WastePaymentMethod,
    WasteSubscriptionState,
)
from ..models import WasteSourceClass as From
from ..rules.invoices import next_due, spread, standing
from .actors import COLLECTOR, OFFICER
from .bank import Bank
from .history import History, Row
from .payers import Payer, payer_of
from .points import Points
from .timeline import Deed

LEGAL_BASIS = "Perdes contoh"
"""Invented: a village names its own regulation here."""
VALID_FROM = date(2022, 11, 1)
FETCHED, BRINGS, BUSINESS = "Iuran rumah tangga", "Iuran antar sendiri", "Iuran usaha"
PLANS = {
    FETCHED: (25_000, (From.RUMAH_TANGGA,)),
    BRINGS: (10_000, (From.RUMAH_TANGGA,)),
    BUSINESS: (75_000, tuple(one for one in From if one is not From.RUMAH_TANGGA)),
}
"""Rupiah a month, and for whom."""
EXEMPT = {
    From.TEMPAT_IBADAH: "Tempat ibadah tidak dipungut iuran",
    From.FASUM: "Fasilitas umum tidak dipungut iuran",
}
ISSUES_AT = time(7, 0)
DUE_DAY = 20
"""Invoices are issued on the first day of a month and due on this one."""
RECEIPT = "KW"
UNPAID = (WasteInvoiceState.ISSUED, WasteInvoiceState.PARTIAL)


class Fees:
    """The subscriptions that run, their open invoices, and when each is going to be paid."""

    def __init__(self, history: History, points: Points, bank: Bank) -> None:
        self.history, self.points, self.bank = history, points, bank
        self._plans: dict[str, Row] = {}
        self._subscriptions: list[Row] = []
        self._issued: set[tuple[UUID, str]] = set()
        self._open: dict[UUID, list[Row]] = {}
        self._unused: dict[UUID, list[Row]] = {}
        self._payers: dict[UUID, Payer] = {}
        self._hamlets: dict[UUID, UUID] = {}
        self._agenda: dict[date, list[tuple[datetime, Row, int]]] = {}

    async def load(self, since: date) -> None:
        known = await self.history.known(FeePlan)
        self._plans = {row["name"]: row for row in known if row["valid_until"] is None}
        if not known:
            self._make_plans()
        running = Subscription.state != WasteSubscriptionState.ENDED
        self._subscriptions = await self.history.known(Subscription, running)
        recent = sa.or_(Invoice.state.in_(UNPAID), Invoice.period >= f"{since:%Y-%m}")
        invoices = await self.history.known(Invoice, recent)
        for payment in await self.history.known(Payment, Payment.unused > 0):
            self._unused.setdefault(payment["subscription_id"], []).append(payment)
        if not known:
            for point in self.points.rows:
                self.subscribe(point, since)
        by_id = {row["id"]: row for row in self._subscriptions}
        for invoice in sorted(invoices, key=lambda row: (row["due_on"], row["id"])):
            if invoice["state"] in UNPAID:
                self._open.setdefault(invoice["subscription_id"], []).append(invoice)
            subscription = by_id.get(invoice["subscription_id"])
            if subscription is not None:
                self._expect(subscription, invoice)

    def _make_plans(self) -> None:
        for name, (amount, classes) in PLANS.items():
            plan = self._plans[name] = self.history.add(
                FeePlan, name=name, amount=amount, period=WasteFeePeriod.MONTHLY, valid_from=VALID_FROM,
                valid_until=None, legal_basis=LEGAL_BASIS,
            )  # fmt: skip
            for one in classes:
                self.history.add(FeePlanClass, plan_id=plan["id"], source_class=one)

    def subscribe(self, point: Row, day: date) -> None:
        source = point["source_class"]
        name = BRINGS if self.points.brings_itself(point) else FETCHED
        name = name if source is From.RUMAH_TANGGA else BUSINESS
        plan = self._plans.get(name)
        if plan is None:
            return
        made = self.history.add(
            Subscription, point_id=point["id"], plan_id=plan["id"], household_id=point["household_id"],
            state=WasteSubscriptionState.ACTIVE, start_on=max(point["opened_on"], VALID_FROM), end_on=None,
            exempt_reason=EXEMPT.get(source), credit=0,
        )  # fmt: skip
        self._subscriptions.append(made)

    # Invoices

    def deeds(self, day: date) -> list[Deed]:
        made = [
            Deed(at, partial(self._pay, subscription, rupiah))
            for at, subscription, rupiah in self._agenda.pop(day, [])
        ]
        if day.day == 1:
            made.append(Deed(self.history.moment(day, ISSUES_AT), self._issue))
        return made

    def _issue(self, at: datetime) -> None:
        day = self.history.day_of(at)
        amounts = {plan["id"]: plan["amount"] for plan in self._plans.values()}
        self._hamlets = {point["id"]: point["hamlet_id"] for point in self.points.rows}
        for subscription in self._subscriptions:
            key = (subscription["id"], f"{day:%Y-%m}")
            active = subscription["state"] is WasteSubscriptionState.ACTIVE
            if not active or subscription["exempt_reason"] or key in self._issued:
                continue
            if subscription["start_on"] > day or subscription["plan_id"] not in amounts:
                continue
            amount = amounts[subscription["plan_id"]]
            invoice = self.history.add(
                Invoice, subscription_id=subscription["id"], point_id=subscription["point_id"],
                household_id=subscription["household_id"], hamlet_id=self._hamlets[subscription["point_id"]],
                period=key[1], amount=amount, paid=0, waived=0, rest=amount, issued_on=day,
                due_on=next_due(day, DUE_DAY), state=WasteInvoiceState.ISSUED,
            )  # fmt: skip
            self._open.setdefault(subscription["id"], []).append(invoice)
            self._use_credit(subscription, invoice)
            self._expect(subscription, invoice)

    def _use_credit(self, subscription: Row, invoice: Row) -> None:
        """What was paid ahead goes into the new invoice, the oldest payment first."""
        for payment in list(self._unused.get(subscription["id"], [])):
            part = min(payment["unused"], invoice["rest"])
            if part:
                self.history.change(payment, unused=payment["unused"] - part)
                self.history.change(subscription, credit=subscription["credit"] - part)
                self._settle(payment, invoice, part)

    def _expect(self, subscription: Row, invoice: Row) -> None:
        """Put into the agenda when it is going to be paid, and how much at a time."""
        self._issued.add((subscription["id"], invoice["period"]))
        if invoice["state"] not in UNPAID:
            return
        payer = self._payer(subscription)
        rng = self.history.chance("pays", subscription["start_on"], payer.number, invoice["period"])
        for at, rupiah in payer.pays(rng, invoice, self.history):
            day = self.history.day_of(at)
            self._agenda.setdefault(day, []).append((at, subscription, rupiah))

    def _payer(self, subscription: Row) -> Payer:
        known = self._payers.get(subscription["id"])
        if known is None:
            point = next(row for row in self.points.rows if row["id"] == subscription["point_id"])
            account = self.bank.account_of(subscription["household_id"])
            known = payer_of(self.history, self.points.number_of(point), saves=account is not None)
            self._payers[subscription["id"]] = known
        return known

    # Payments

    def _pay(self, subscription: Row, rupiah: int, at: datetime) -> None:
        """The oldest invoice first; what is over is credit."""
        owed = self._open.get(subscription["id"], [])
        rests = [invoice["rest"] for invoice in owed]
        if not rests:
            return
        payer = self._payer(subscription)
        method = payer.method(self.history.chance("method", payer.number, at))
        account = self.bank.account_of(subscription["household_id"])
        if method is WastePaymentMethod.BANK_SAMPAH_BALANCE:
            rupiah = min(rupiah, sum(rests))
            if account is None or self.bank.free(account) < rupiah:
                method = WastePaymentMethod.CASH
        day, parts = self.history.day_of(at), spread(rupiah, rests)
        unused = rupiah - sum(parts)
        payment = self.history.add(
            Payment, subscription_id=subscription["id"], household_id=subscription["household_id"],
            amount=rupiah, unused=unused, method=method, receipt_no=self.history.number(RECEIPT, day),
            paid_at=at, business_date=day,
            collected_by=COLLECTOR if method is WastePaymentMethod.CASH else OFFICER,
        )  # fmt: skip
        if account is not None and method is WastePaymentMethod.BANK_SAMPAH_BALANCE:
            self.bank.pay_fee(account, payment, at)
        for invoice, part in zip(list(owed), parts, strict=True):
            self._settle(payment, invoice, part)
        if unused:
            self._unused.setdefault(subscription["id"], []).append(payment)
            self.history.change(subscription, credit=subscription["credit"] + unused)

    def _settle(self, payment: Row, invoice: Row, rupiah: int) -> None:
        if not rupiah:
            return
        paid = invoice["paid"] + rupiah
        state, rest = standing(invoice["amount"], paid, invoice["waived"])
        self.history.change(invoice, paid=paid, state=state, rest=rest)
        self.history.add(
            PaymentPart, payment_id=payment["id"], invoice_id=invoice["id"],
            household_id=invoice["household_id"], amount=rupiah,
        )  # fmt: skip
        if not rest:
            self._open[invoice["subscription_id"]].remove(invoice)
