"""Payments of fees are recorded, and reversed where they were written down in error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import strawberry

from wantilan import (
    Info,
    Judge,
    MessageTemplate,
    NotFound,
    RuleViolated,
    Rupiah,
    Text,
    Village,
    WriteUnit,
    find_holder,
    input,
    mutation,
    payload,
    read_code,
    ref,
    tables,
)

from ..messages import FEE_PAID, FEE_TAKEN_BACK
from ..models import Invoice, Payment, ServicePoint, Subscription, WastePaymentMethod, WastePointStatus
from ..paying import reverse_payment, take_payment
from ..permissions import PAYMENT_RECORD
from ..rules.texts import amount_fault, text_fault
from ..rules.weighing import moment_fault
from ..settings import WasteSettings
from ..subscribing import owing_of
from ..telling import tell_household
from ..types.fees import WasteInvoice, WasteSubscription
from ..types.payments import WastePayment
from ..types.points import WasteServicePoint

LONGEST_REASON = 200
MOST_NAMED = 100
OF_WHOM = ("subscription_id", "point_id", "code")


@input
class WasteRecordPaymentInput:
    """Money that came in: for a subscription, a service point or a code that was scanned, one of them."""

    subscription_id: strawberry.ID | None = None
    """The subscription."""
    point_id: strawberry.ID | None = None
    """The service point: the subscription there that owes since longest; where none does the one that runs,
    else the last.
    """
    code: str | None = None
    """What the QR of the service point says, or another code of the household: a card."""
    amount: Rupiah
    """How much."""
    method: WastePaymentMethod
    """How it was paid. From a balance at the waste bank, the bank pays by itself."""
    invoice_ids: list[strawberry.ID] | None = None
    """The invoices that come first; the oldest does, if left out."""
    paid_at: datetime | None = None
    """When it was paid; now, if left out. At most 31 days ago."""


@payload
class WasteRecordPaymentPayload:
    """What came of the money."""

    payment: WastePayment
    """The payment, with its receipt's number and the invoices into which it went."""
    subscription: WasteSubscription
    """The subscription, with its credit."""
    village: Village
    """The village, for reading its payments again."""


@input
class WasteReversePaymentInput:
    """A payment that was written down in error."""

    payment_id: strawberry.ID
    """Which one."""
    reason: str
    """Why, at most 200 characters."""


@payload
class WasteReversePaymentPayload:
    """What is so now."""

    reversal: WastePayment
    """The reversal."""
    payment: WastePayment
    """The payment that it takes back."""
    subscription: WasteSubscription
    """The subscription, with its credit."""


@mutation(needs=PAYMENT_RECORD)
async def waste_record_payment(info: Info, input: WasteRecordPaymentInput) -> WasteRecordPaymentPayload:
    """Record money that came in for a fee, and give its receipt. The oldest invoice is paid first, unless
    some are named; what is over is credit, which the next invoice takes. RULE_VIOLATED for more than is owed
    on a subscription that is over, where the service point has another one.
    """
    judge = Judge(input)
    village, found = _judge_whose(judge, input)
    invoices = _judge_invoices(judge, input)
    if judge.good("amount") and (fault := amount_fault(input.amount)):
        judge.refuse("amount", *fault)
    if input.method is WastePaymentMethod.BANK_SAMPAH_BALANCE:
        text = Text("Bank sampah yang membayar dari saldo.", "From a balance, the waste bank pays.")
        judge.refuse("method", "NOT_HERE", text)
    now = datetime.now(UTC)
    if judge.good("paid_at") and (fault := moment_fault(input.paid_at or now, now)):
        judge.refuse("paid_at", *fault)
    judge.check()
    if village is None:
        raise NotFound
    async with info.context.write(village) as unit:
        subscription = await _subscription(info, unit, found)
        for named in invoices:
            invoice = await unit.get(Invoice, named)
            if invoice is None or invoice.subscription_id != subscription.id:
                raise NotFound
        payment = await take_payment(
            unit,
            subscription,
            input.amount,
            input.method,
            paid_at=input.paid_at or unit.now,
            first=invoices,
        )
        await _tell(unit, payment, FEE_PAID, day=payment.business_date)
        row = await unit.own_village()
    return WasteRecordPaymentPayload(
        payment=ref(WastePayment, payment),
        subscription=ref(WasteSubscription, subscription),
        village=ref(Village, row),
    )


@mutation(needs=PAYMENT_RECORD)
async def waste_reverse_payment(info: Info, input: WasteReversePaymentInput) -> WasteReversePaymentPayload:
    """Take a payment back that was written down in error: what it paid is owed again, what was left of it is
    credit no more. INVALID_TRANSITION where it is reversed already; RULE_VIOLATED for one from a balance at
    the waste bank, which the bank takes back.
    """
    judge = Judge(input)
    key = judge.key(WastePayment, "payment_id")
    if fault := text_fault(input.reason, LONGEST_REASON):
        judge.refuse("reason", *fault)
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        payment = await unit.target(Payment, key.id)
        if payment.method is WastePaymentMethod.BANK_SAMPAH_BALANCE:
            text = Text("Bank sampah yang membatalkannya.", "The waste bank takes this one back.")
            raise RuleViolated("waste.paid_from_balance", text)
        reversal = await reverse_payment(unit, payment, input.reason.strip())
        await _tell(unit, payment, FEE_TAKEN_BACK)
        subscription = await unit.get(Subscription, payment.subscription_id)
        assert subscription is not None
    return WasteReversePaymentPayload(
        reversal=ref(WastePayment, reversal),
        payment=ref(WastePayment, payment),
        subscription=ref(WasteSubscription, subscription),
    )


Whose = tuple[type[Subscription] | type[ServicePoint], UUID | str]
"""By what a client says whose fee it is: the id of a subscription or a point, or the code of a point."""


def _judge_whose(judge: Judge, input: WasteRecordPaymentInput) -> tuple[UUID | str | None, Whose | None]:
    """The village and whose fee it is; faults are noted."""
    given = [name for name in OF_WHOM if getattr(input, name) is not None]
    if len(given) != 1:
        text = Text("Tepat satu dari ketiganya.", "Exactly one of the three.")
        for name in given or OF_WHOM[:1]:
            judge.refuse(name, "ONE_OF_THEM", text)
        return None, None
    if input.code is not None:
        read = read_code(input.code)
        if read is None:
            judge.refuse("code", "NOT_A_CODE", Text("Bukan kode titik layanan.", "Not a code of a point."))
            return None, None
        return read[0], (ServicePoint, read[1])
    by_point = input.point_id is not None
    key = judge.key(WasteServicePoint if by_point else WasteSubscription, given[0])
    if key is None:
        return None, None
    return key.village_id, (ServicePoint if by_point else Subscription, key.id)


def _judge_invoices(judge: Judge, input: WasteRecordPaymentInput) -> list[UUID]:
    found = []
    if len(input.invoice_ids or ()) > MOST_NAMED:
        judge.refuse("invoice_ids", "TOO_MANY", Text("Paling banyak 100.", "At most 100."))
        return []
    for index, text in enumerate(input.invoice_ids or ()):
        one = Judge(_Named(text), "input", "invoiceIds", str(index))
        key = one.key(WasteInvoice, "id")
        judge.faults += [fault._replace(path=("input", "invoiceIds", index)) for fault in one.faults]
        if key is not None:
            found.append(key.id)
    return found


@dataclass
class _Named:
    """One id of a list, to be judged by itself."""

    id: str


async def _tell(unit: WriteUnit, payment: Payment, template: MessageTemplate, **more: date) -> None:
    """Tell the household, if it is one that paid, where the village wants it so."""
    if payment.household_id is None or not (await unit.settings(WasteSettings)).notify_payers:
        return
    values = {"receipt": payment.receipt_no, "amount": payment.amount, **more}
    await tell_household(unit, payment.household_id, template, **values)


async def _subscription(info: Info, unit: WriteUnit, whose: Whose | None) -> Subscription:
    if whose is None:
        raise NotFound
    model, key = whose
    if model is Subscription:
        assert isinstance(key, UUID)
        return await unit.target(Subscription, key)
    point = await (
        unit.target(ServicePoint, key) if isinstance(key, UUID) else _point_of_code(info, unit, key)
    )
    subscription = await owing_of(unit, point.id)
    if subscription is None:
        text = Text("Titik ini belum pernah berlangganan.", "This point never had a subscription.")
        raise RuleViolated("waste.no_subscription", text)
    return subscription


async def _point_of_code(info: Info, unit: WriteUnit, code: str) -> ServicePoint:
    """The point whose QR says so, else that of the household whose code it is, as some program knows it."""
    served = ServicePoint.status != WastePointStatus.CLOSED
    point = await unit.first(ServicePoint, ServicePoint.code == code, served)
    if point is not None:
        return point
    holder = await find_holder(info, unit, code)
    household = holder.household_id if holder is not None and holder.valid else None
    if holder is not None and holder.valid and holder.resident is not None:
        resident = await unit.get(tables.Resident, holder.resident.id)
        household = resident.household_id if resident is not None else None
    point = await unit.first(ServicePoint, ServicePoint.household_id == household, served)
    if household is None or point is None:
        raise NotFound
    return point


MUTATIONS = (waste_record_payment, waste_reverse_payment)
