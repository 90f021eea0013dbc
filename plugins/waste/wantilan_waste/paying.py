"""Money for fees: a payment goes into invoices, what is over is credit, and what was in error goes back.

Whoever holds the subscription may change its invoices and payments: the order of locks is the subscription,
then its invoices by the day on which they are due, then the number of the receipt. After each of these no
credit stands beside an invoice that is still open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from wantilan import InvalidTransition, NotFound, RuleViolated, Rupiah, Text, Unit

from .models import (
    Invoice,
    Payment,
    PaymentPart,
    Subscription,
    WasteInvoiceState,
    WastePaymentMethod,
    WasteSubscriptionState,
)
from .numbering import next_number
from .rules.invoices import spread, standing

OPEN = (WasteInvoiceState.ISSUED, WasteInvoiceState.PARTIAL)
RECEIPT, REVERSAL = "KW", "KB"
"""Under which names the numbers of receipts and of reversals are counted: kuitansi, kuitansi batal."""
PAID, REVERSED = "waste.payment_recorded", "waste.payment_reversed"
MORE_THAN_OWED = Text(
    "Langganan ini sudah berakhir dan sisa tagihannya kurang dari itu; catat sisanya untuk yang berjalan.",
    "This subscription is over and owes less than that; record the rest for the one that goes on.",
)


async def hold(unit: Unit, subscription_id: UUID) -> Subscription:
    """The subscription as it is now, held until the end of the transaction. Raises NotFound."""
    query = (
        sa.select(Subscription)
        .where(Subscription.village_id == unit.village.id, Subscription.id == subscription_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = await unit.session.scalar(query)
    if found is None:
        raise NotFound
    return found


async def hold_open_invoices(unit: Unit, subscription_id: UUID) -> Sequence[Invoice]:
    """What is still to be paid of a subscription that is held: the oldest first, held as well."""
    return await _held_invoices(unit, Invoice.subscription_id == subscription_id, Invoice.state.in_(OPEN))


async def hold_invoice(unit: Unit, invoice_id: UUID) -> Invoice:
    """One invoice of a subscription that is held. Raises NotFound."""
    found = await _held_invoices(unit, Invoice.id == invoice_id)
    if not found:
        raise NotFound
    return found[0]


async def take_payment(
    unit: Unit,
    subscription: Subscription,
    amount: Rupiah,
    method: WastePaymentMethod,
    *,
    paid_at: datetime,
    first: Sequence[UUID] = (),
) -> Payment:
    """Take an amount for a subscription, and give its receipt. The invoices named in `first` come first, then
    the others, the oldest first; what is over is credit, which the next invoice takes.

    Raises RuleViolated for what is over where the subscription has ended and another one of its point goes
    on: nothing would take the credit, and the other one would go on owing.
    """
    held = await hold(unit, subscription.id)
    invoices = await hold_open_invoices(unit, held.id)
    invoices = sorted(invoices, key=lambda invoice: invoice.id not in first)  # stays ordered by day
    parts = spread(amount, [invoice.rest for invoice in invoices])
    if sum(parts) < amount and await _is_followed(unit, held):
        raise RuleViolated("waste.more_than_owed", MORE_THAN_OWED)
    payment = Payment(
        subscription_id=held.id,
        household_id=held.household_id,
        amount=amount,
        unused=Rupiah(amount - sum(parts)),
        method=method,
        receipt_no=await next_number(unit, RECEIPT),
        paid_at=paid_at,
        business_date=unit.business_date(paid_at),
        collected_by=unit.actor_id,
    )
    await unit.add(payment)
    for invoice, part in zip(invoices, parts, strict=True):
        if part:
            unit.session.add(part_of(payment, invoice, part))
            pay(invoice, part)
    held.credit = Rupiah(held.credit + payment.unused)
    await unit.flush()
    unit.announce(PAID, payment=payment.id)
    return payment


async def _is_followed(unit: Unit, held: Subscription) -> bool:
    """Whether a subscription is over and its point has one that is not."""
    if held.state is not WasteSubscriptionState.ENDED:
        return False
    return await unit.exists(
        Subscription,
        Subscription.point_id == held.point_id,
        Subscription.state != WasteSubscriptionState.ENDED,
    )


async def reverse_payment(unit: Unit, payment: Payment, reason: str) -> Payment:
    """Take a payment back that was written down in error: a row of its own, made of the same parts. What it
    had paid is owed again, what was left of it is credit no more; other credit pays in its place.

    Raises InvalidTransition when it is a reversal or has been reversed.
    """
    held = await hold(unit, payment.subscription_id)
    if payment.reverses_id is not None or await unit.exists(Payment, Payment.reverses_id == payment.id):
        raise InvalidTransition(
            Text("Pembayaran ini sudah dibatalkan.", "This payment is reversed, or is a reversal.")
        )
    await unit.session.refresh(payment)
    parts = await unit.all(PaymentPart, PaymentPart.payment_id == payment.id)
    taken = {part.invoice_id: part.amount for part in parts}
    invoices = await _held_invoices(unit, Invoice.id.in_(taken))
    reversal = Payment(
        subscription_id=held.id,
        household_id=held.household_id,
        amount=payment.amount,
        unused=payment.unused,
        method=payment.method,
        receipt_no=await next_number(unit, REVERSAL),
        paid_at=unit.now,
        business_date=unit.today,
        collected_by=unit.actor_id,
        reverses_id=payment.id,
        reason=reason,
    )
    await unit.add(reversal)
    for invoice in invoices:
        unit.session.add(part_of(reversal, invoice, taken[invoice.id]))
        pay(invoice, -taken[invoice.id])
    held.credit = Rupiah(held.credit - payment.unused)
    await unit.flush()
    await _use_credit(unit, held)
    unit.announce(REVERSED, payment=payment.id, reversal=reversal.id)
    return reversal


def pay(invoice: Invoice, rupiah: int) -> None:
    """Change what is paid of an invoice that is held, below nothing for what goes back."""
    invoice.paid = Rupiah(invoice.paid + rupiah)
    state, rest = standing(invoice.amount, invoice.paid, invoice.waived)
    invoice.state, invoice.rest = state, Rupiah(rest)


def part_of(payment: Payment, invoice: Invoice, rupiah: int) -> PaymentPart:
    return PaymentPart(
        village_id=payment.village_id,
        payment_id=payment.id,
        invoice_id=invoice.id,
        household_id=payment.household_id,
        amount=Rupiah(rupiah),
    )


async def payments_with_credit(unit: Unit, *conditions: sa.ColumnElement[bool]) -> Sequence[Payment]:
    """The payments of which something is unused and that are not reversed, the oldest first."""
    reversal = aliased(Payment)
    reversed_ = sa.exists().where(
        reversal.village_id == Payment.village_id, reversal.reverses_id == Payment.id
    )
    query = (
        sa.select(Payment)
        .where(
            Payment.village_id == unit.village.id,
            Payment.unused > 0,
            Payment.reverses_id.is_(None),
            ~reversed_,
            *conditions,
        )
        .order_by(Payment.paid_at, Payment.id)
        .execution_options(populate_existing=True)
    )
    return (await unit.session.scalars(query)).all()


async def _use_credit(unit: Unit, held: Subscription) -> None:
    """Let credit pay what is open again; a part that a payment had in the invoice already grows."""
    if not held.credit:
        return
    invoices = list(await hold_open_invoices(unit, held.id))
    for payment in await payments_with_credit(unit, Payment.subscription_id == held.id):
        parts = await unit.all(PaymentPart, PaymentPart.payment_id == payment.id)
        known = {part.invoice_id: part for part in parts}
        for invoice, rupiah in zip(
            invoices, spread(payment.unused, [one.rest for one in invoices]), strict=True
        ):
            if not rupiah:
                continue
            if invoice.id in known:
                known[invoice.id].amount = Rupiah(known[invoice.id].amount + rupiah)
            else:
                unit.session.add(part_of(payment, invoice, rupiah))
            pay(invoice, rupiah)
            payment.unused = Rupiah(payment.unused - rupiah)
            held.credit = Rupiah(held.credit - rupiah)
    await unit.flush()


async def _held_invoices(unit: Unit, *conditions: sa.ColumnElement[bool]) -> Sequence[Invoice]:
    query = (
        sa.select(Invoice)
        .where(Invoice.village_id == unit.village.id, *conditions)
        .order_by(Invoice.due_on, Invoice.period, Invoice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await unit.session.scalars(query)).all()
