"""Issuing the invoices of a month for a whole village: what is missing, in a handful of statements.

The village's points are held first: an invoice points at one, and who closes or changes a point holds it
before its subscription. Then the subscriptions, in the order of their ids, so that two who issue at once
issue each once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from wantilan import Rupiah, Unit, uuid7

from .models import (
    FeePlan,
    Invoice,
    Payment,
    PaymentPart,
    ServicePoint,
    StopVisit,
    Subscription,
    SubscriptionPause,
    WasteInvoiceState,
    WasteStopOutcome,
)
from .paying import payments_with_credit
from .rules.invoices import next_due, spread, standing
from .rules.issuing import Due, Subscribed, WasteSkipReason, judged
from .subscribing import let_days_take_effect

FETCHED = (WasteStopOutcome.COLLECTED, WasteStopOutcome.PARTIAL)
ISSUED = "waste.invoices_issued"


@dataclass
class Issued:
    """What came of it."""

    invoices: int = 0
    total: int = 0
    from_credit: int = 0
    skipped: list[tuple[WasteSkipReason, UUID]] = field(default_factory=list)

    @property
    def counts(self) -> Mapping[WasteSkipReason, int]:
        found = Counter(reason for reason, _ in self.skipped)
        return {reason: found[reason] for reason in WasteSkipReason if found[reason]}

    def first_skipped(self, most: int) -> list[tuple[WasteSkipReason, UUID]]:
        """Those that an office has to look at come first."""
        order = {reason: number for number, reason in enumerate(WasteSkipReason)}
        return sorted(self.skipped, key=lambda one: order[one[0]])[:most]


async def issue(unit: Unit, last: date, due_day: int) -> Issued:
    """Issue what is missing for the month of this last day. Credit pays what it can of each."""
    await _hold_points(unit)
    await let_days_take_effect(unit)
    rows = await _subscriptions(unit)
    pauses, pickups, issued = await _pauses(unit), await _pickups(unit, last), await _issued(unit, last)
    done, made, with_credit = Issued(), [], {}
    for row in rows:
        found = judged(
            Subscribed(
                start_on=row.start_on,
                end_on=row.end_on,
                pauses=pauses.get(row.id, ()),
                is_exempt=row.exempt_reason is not None,
                amount=row.amount,
                period=row.period,
                plan_until=row.valid_until,
                point=row.status,
                pickups=pickups.get(row.id, 0),
                issued=issued.get(row.id),
            ),
            last,
            unit.today,
        )
        if isinstance(found, WasteSkipReason):
            done.skipped.append((found, row.id))
            continue
        made.append(_invoice(unit, row, found, last, next_due(unit.today, due_day)))
        if row.credit:
            with_credit[row.id] = made[-1]
    done.invoices, done.total = len(made), sum(one["amount"] for one in made)
    parts = await _from_credit(unit, with_credit)
    done.from_credit = sum(part["amount"] for part in parts)
    for model, new in ((Invoice, made), (PaymentPart, parts)):
        if new:
            await unit.session.execute(sa.insert(model), new)
    if made:
        unit.announce(ISSUED)
    return done


def _invoice(unit: Unit, row: Any, due: Due, last: date, due_on: date) -> dict[str, Any]:
    return {
        "village_id": unit.village.id,
        "id": uuid7(),
        "subscription_id": row.id,
        "point_id": row.point_id,
        "household_id": row.household_id,
        "hamlet_id": row.hamlet_id,
        "period": f"{last:%Y-%m}",
        "pickups": due.pickups,
        "amount": due.amount,
        "paid": Rupiah(0),
        "waived": Rupiah(0),
        "rest": due.amount,
        "issued_on": unit.today,
        "due_on": due_on,
        "state": WasteInvoiceState.ISSUED,
        "reason": None,
    }


async def _from_credit(unit: Unit, invoices: Mapping[UUID, dict[str, Any]]) -> list[dict[str, Any]]:
    """Pay new invoices, by their subscriptions, with credit; the parts that come of it."""
    if not invoices:
        return []
    with_credit = sa.select(Subscription.id).where(
        Subscription.village_id == unit.village.id, Subscription.credit > 0
    )
    parts = []
    for payment in await payments_with_credit(unit, Payment.subscription_id.in_(with_credit)):
        invoice = invoices.get(payment.subscription_id)
        if invoice is None:
            continue
        (part,) = spread(payment.unused, [invoice["rest"]])
        if part:
            parts.append(
                {
                    "village_id": unit.village.id,
                    "id": uuid7(),
                    "payment_id": payment.id,
                    "invoice_id": invoice["id"],
                    "household_id": payment.household_id,
                    "amount": Rupiah(part),
                }
            )
            payment.unused = Rupiah(payment.unused - part)
            invoice["paid"] = Rupiah(invoice["paid"] + part)
            invoice["state"], invoice["rest"] = standing(invoice["amount"], invoice["paid"], 0)
    for held in await unit.all(Subscription, Subscription.credit > 0):
        if held.id in invoices:
            held.credit = Rupiah(held.credit - invoices[held.id]["paid"])
    await unit.flush()
    return parts


async def _hold_points(unit: Unit) -> None:
    """As an invoice that points at them would hold them; others who only point at them do not wait."""
    points = sa.select(ServicePoint.id).where(ServicePoint.village_id == unit.village.id)
    held = points.order_by(ServicePoint.id).with_for_update(read=True, key_share=True)
    await unit.session.execute(held)


async def _subscriptions(unit: Unit) -> list[Any]:
    """All subscriptions of the village with their plans, held, and their points. A plan that is just being
    ended is waited for.
    """
    query = (
        sa.select(
            Subscription.id,
            Subscription.point_id,
            Subscription.household_id,
            Subscription.start_on,
            Subscription.end_on,
            Subscription.exempt_reason,
            Subscription.credit,
            FeePlan.amount,
            FeePlan.period,
            FeePlan.valid_until,
            ServicePoint.status,
            ServicePoint.hamlet_id,
        )
        .join(FeePlan, (FeePlan.village_id == Subscription.village_id) & (FeePlan.id == Subscription.plan_id))
        .join(
            ServicePoint,
            (ServicePoint.village_id == Subscription.village_id) & (ServicePoint.id == Subscription.point_id),
        )
        .where(Subscription.village_id == unit.village.id)
        .order_by(Subscription.id)
        .with_for_update(of=(Subscription, FeePlan), key_share=True)
    )
    return list((await unit.session.execute(query)).all())


async def _pauses(unit: Unit) -> Mapping[UUID, list[tuple[date, date | None]]]:
    found = defaultdict(list)
    for pause in await unit.all(SubscriptionPause):
        found[pause.subscription_id].append((pause.first_day, pause.last_day))
    return found


async def _pickups(unit: Unit, last: date) -> Mapping[UUID, int]:
    """How often something was fetched in the month while each subscription lasted."""
    query = (
        sa.select(Subscription.id, sa.func.count())
        .join(
            StopVisit,
            (StopVisit.village_id == Subscription.village_id)
            & (StopVisit.point_id == Subscription.point_id)
            & (StopVisit.day >= Subscription.start_on)
            & sa.or_(Subscription.end_on.is_(None), StopVisit.day <= Subscription.end_on),
        )
        .where(
            Subscription.village_id == unit.village.id,
            StopVisit.day.between(last.replace(day=1), last),
            StopVisit.outcome.in_(FETCHED),
        )
        .group_by(Subscription.id)
    )
    return {row[0]: row[1] for row in (await unit.session.execute(query)).all()}


async def _issued(unit: Unit, last: date) -> Mapping[UUID, WasteInvoiceState]:
    query = sa.select(Invoice.subscription_id, Invoice.state).where(
        Invoice.village_id == unit.village.id, Invoice.period == f"{last:%Y-%m}"
    )
    return {row[0]: row[1] for row in (await unit.session.execute(query)).all()}
