"""Payments of fees, as clients see them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from wantilan import (
    Household,
    Rupiah,
    Village,
    column,
    entity,
    many,
    one,
    own_household,
    within,
)

from ..models import Payment, PaymentPart, WastePaymentMethod
from ..permissions import FEE_READ, PAYMENT_RECORD

if TYPE_CHECKING:
    from .fees import WasteInvoice, WasteSubscription

OfSubscription = Annotated["WasteSubscription", strawberry.lazy(".fees")]
OfInvoice = Annotated["WasteInvoice", strawberry.lazy(".fees")]


@entity(
    Payment,
    read=[within(FEE_READ), within(PAYMENT_RECORD), own_household(Payment.household_id)],
    order=[Payment.paid_at],
    filter=[Payment.method, Payment.paid_at, Payment.business_date, Payment.receipt_no],
)
class WastePayment:
    """Money that came in for a fee, or the reversal of a payment that was written down in error."""

    amount: Rupiah
    """How much."""
    unused: Rupiah
    """What of it no invoice took; of a payment that stands it is credit."""
    method: WastePaymentMethod
    """How it was paid."""
    receipt_no: str
    """The number of its receipt: `KW-2026-000001`; of a reversal `KB-2026-000001`."""
    paid_at: datetime
    """When it was paid."""
    business_date: date
    """The day of it in the village's time zone."""
    reason: str | None
    """Why it was reversed, on the reversal."""
    reverses: WastePayment | None = one(Payment.reverses_id)
    """The payment that this one takes back, if it is a reversal."""
    reversal: WastePayment | None = one(
        (Payment.id, Payment.reverses_id), only=Payment.reverses_id.is_not(None)
    )
    """What took this payment back, if something did."""
    subscription: OfSubscription | None = one()
    """For which subscription."""
    household: Household | None = one()
    """Who paid; null for a business, and for those who may not see the household."""
    parts: list[WastePaymentPart] | None = many(order=PaymentPart.id)
    """Into which invoices it went, or out of which a reversal took it."""
    village: Village = one()
    """The village it belongs to."""


@entity(
    PaymentPart,
    read=[within(FEE_READ), within(PAYMENT_RECORD), own_household(PaymentPart.household_id)],
)
class WastePaymentPart:
    """What of a payment went into one invoice. The parts of a reversal take back those of its payment."""

    amount: Rupiah = column(PaymentPart.amount)
    """How much."""
    payment: WastePayment | None = one()
    """Of which payment."""
    invoice: OfInvoice | None = one()
    """Into which invoice."""


TYPES = (WastePayment, WastePaymentPart)
