"""Plans, subscriptions and invoices of fees, as clients see them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from wantilan import (
    Connection,
    Household,
    Month,
    Rupiah,
    Village,
    by,
    column,
    connection,
    count,
    entity,
    many,
    one,
    own_household,
    own_village,
    summary,
    total,
    within,
)

from ..models import (
    FeePlan,
    FeePlanClass,
    Invoice,
    PaymentPart,
    Subscription,
    SubscriptionPause,
    WasteFeePeriod,
    WasteInvoiceState,
    WasteSourceClass,
    WasteSubscriptionState,
)
from ..permissions import FEE_READ, FIGURES, PAYMENT_RECORD
from .payments import WastePayment, WastePaymentPart

if TYPE_CHECKING:
    from .points import WasteServicePoint

Point = Annotated["WasteServicePoint", strawberry.lazy(".points")]


@entity(FeePlan, read=[within(FEE_READ), within(PAYMENT_RECORD), own_village()], order=[FeePlan.valid_from])
class WasteFeePlan:
    """What is to be paid, since when and on which legal basis. Its amount never changes: another amount is
    another plan.
    """

    name: str
    """Its name."""
    amount: Rupiah
    """What is paid for each period."""
    period: WasteFeePeriod
    """For what it is paid."""
    valid_from: date
    """The first day."""
    valid_until: date | None
    """The last day; null while it lasts."""
    legal_basis: str
    """The village regulation or the customary rule on which the fee rests."""
    classes: list[WasteFeePlanClass] = many()
    """Whom it is for."""
    village: Village = one()
    """The village it belongs to."""


@entity(FeePlanClass, read=[within(FEE_READ), within(PAYMENT_RECORD), own_village()])
class WasteFeePlanClass:
    """A kind of place for which a plan is."""

    source_class: WasteSourceClass
    """The kind of place."""


@entity(
    Subscription,
    read=[within(FEE_READ), within(PAYMENT_RECORD), own_household(Subscription.household_id)],
    order=[Subscription.start_on],
    filter=[Subscription.state, Subscription.start_on, Subscription.plan_id],
)
class WasteSubscription:
    """A service point under a plan, from a day on. One of a point runs at a time."""

    state: WasteSubscriptionState
    """Its state; `PENDING` and a last day that is set take effect with the day."""
    start_on: date
    """The first day."""
    end_on: date | None
    """The last day, if it is known; before `startOn` for one that never began."""
    exempt_reason: str | None
    """Why nothing is invoiced, if it is not."""
    credit: Rupiah
    """What was paid beyond the invoices; the next invoice takes it."""
    plan: WasteFeePlan | None = one()
    """What is to be paid."""
    plan_id: strawberry.ID = column(Subscription.plan_id)
    """The id of that plan."""
    point: Point | None = one()
    """What is served."""
    household: Household | None = one()
    """Whose it is; null for a business, and for those who may not see the household."""
    pauses: list[WasteSubscriptionPause] | None = many(order=SubscriptionPause.first_day)
    """When it rested."""
    invoices: Connection[WasteInvoice] | None = connection()
    """What was invoiced."""
    payments: Connection[WastePayment] | None = connection()
    """What was paid."""
    village: Village = one()
    """The village it belongs to."""


@entity(
    SubscriptionPause,
    read=[within(FEE_READ), within(PAYMENT_RECORD), own_household(SubscriptionPause.household_id)],
)
class WasteSubscriptionPause:
    """Days on which a subscription rested."""

    first_day: date
    """The first."""
    last_day: date | None
    """The last; null while it rests."""


@entity(
    Invoice,
    read=[within(FEE_READ), within(PAYMENT_RECORD), own_household(Invoice.household_id)],
    order=[by(Invoice.due_on), Invoice.period],
    filter=[Invoice.state, Invoice.period, Invoice.due_on, Invoice.hamlet_id],
)
class WasteInvoice:
    """What is owed for one month of one subscription."""

    period: Month
    """The month."""
    amount: Rupiah
    """What is owed for it."""
    pickups: int | None
    """How many pickups that are; null where the month is paid for."""
    paid: Rupiah
    """What was paid of it."""
    waived: Rupiah
    """What was forgiven of it."""
    rest: Rupiah
    """What is still to be paid: the amount less what was paid and forgiven; nothing of one that is void."""
    state: WasteInvoiceState
    """Where it stands."""
    issued_on: date
    """When it was issued."""
    due_on: date
    """Until when it is to be paid."""
    reason: str | None
    """Why it was forgiven or is void."""
    hamlet_id: strawberry.ID = column(Invoice.hamlet_id)
    """The hamlet in which the service point lay when it was issued."""
    subscription: WasteSubscription | None = one()
    """For which subscription."""
    point: Point | None = one()
    """For which service point."""
    household: Household | None = one()
    """Who owes it; null for a business, and for those who may not see the household."""
    parts: list[WastePaymentPart] | None = many(order=PaymentPart.id)
    """What went into it, and what was taken back."""
    village: Village = one()
    """The village it belongs to."""


@summary(Invoice, read=[within(FEE_READ), within(FIGURES)])
class WasteInvoiceSum:
    """The invoices in one state, summed up. What is owed stands in those that are `ISSUED` or `PARTIAL`."""

    state: WasteInvoiceState
    """The state."""
    invoices: int = count()
    """How many."""
    amount: Rupiah = total(Invoice.amount)
    """What was invoiced."""
    paid: Rupiah = total(Invoice.paid)
    """What was paid of it."""
    waived: Rupiah = total(Invoice.waived)
    """What was forgiven of it."""
    rest: Rupiah = total(Invoice.rest)
    """What is still to be paid."""


TYPES = (
    WasteFeePlan,
    WasteFeePlanClass,
    WasteSubscription,
    WasteSubscriptionPause,
    WasteInvoice,
    WasteInvoiceSum,
)
