"""Subscriptions as they come and go: whoever changes one holds it (see `paying.hold`)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from wantilan import RuleViolated, Text, Unit

from .models import Invoice, Subscription, SubscriptionPause, WasteInvoiceState, WasteSubscriptionState
from .paying import hold


async def let_days_take_effect(unit: Unit, *beside: sa.ColumnElement[bool]) -> None:
    """What was to begin until today is active, what ended before today is over. Repeatable.

    `beside` names those that are to be changed next: they are held together with these.
    """
    here = Subscription.village_id == unit.village.id
    begun = Subscription.state == WasteSubscriptionState.PENDING, Subscription.start_on <= unit.today
    over = Subscription.state != WasteSubscriptionState.ENDED, Subscription.end_on < unit.today
    due = sa.or_(sa.and_(*begun), sa.and_(*over))
    # Held in one order, so that two who come at once do not wait for each other.
    wanted = sa.select(Subscription.id, due.label("is_due")).where(here, sa.or_(due, *beside))
    held = (await unit.session.execute(wanted.order_by(Subscription.id).with_for_update())).all()
    if not any(row.is_due for row in held):
        return
    unchanged = {"synchronize_session": False}
    await unit.session.execute(
        sa.update(Subscription).where(here, *begun).values(state=WasteSubscriptionState.ACTIVE),
        execution_options=unchanged,
    )
    resting = sa.select(Subscription.end_on).where(
        here, Subscription.id == SubscriptionPause.subscription_id, *over
    )
    await unit.session.execute(
        sa.update(SubscriptionPause)
        .where(
            SubscriptionPause.village_id == unit.village.id,
            SubscriptionPause.last_day.is_(None),
            resting.exists(),
        )
        .values(last_day=resting.scalar_subquery()),
        execution_options=unchanged,
    )
    await unit.session.execute(
        sa.update(Subscription).where(here, *over).values(state=WasteSubscriptionState.ENDED),
        execution_options=unchanged,
    )


async def running_of(unit: Unit, point_id: UUID) -> Subscription | None:
    """The subscription of a point that has not ended, held."""
    found = await unit.first(
        Subscription,
        Subscription.point_id == point_id,
        Subscription.state != WasteSubscriptionState.ENDED,
    )
    if found is None:
        return None
    held = await hold(unit, found.id)
    return held if held.state is not WasteSubscriptionState.ENDED else None


async def owing_of(unit: Unit, point_id: UUID) -> Subscription | None:
    """The subscription of a point that owes since longest; where none does the one that has not ended, else
    the last that did.
    """
    owes = sa.select(sa.func.min(Invoice.due_on)).where(
        Invoice.village_id == Subscription.village_id,
        Invoice.subscription_id == Subscription.id,
        Invoice.rest > 0,
    )
    query = (
        sa.select(Subscription)
        .where(Subscription.village_id == unit.village.id, Subscription.point_id == point_id)
        .order_by(
            owes.scalar_subquery().asc().nulls_last(),
            # Months that were issued on one day are due on one day.
            owes.with_only_columns(sa.func.min(Invoice.period)).scalar_subquery(),
            sa.case((Subscription.state == WasteSubscriptionState.ENDED, 1), else_=0),
            Subscription.start_on.desc(),
            Subscription.id.desc(),
        )
        .limit(1)
    )
    return (await unit.session.scalars(query)).first()


async def open_pause(unit: Unit, subscription_id: UUID) -> SubscriptionPause | None:
    """The rest that lasts."""
    return await unit.first(
        SubscriptionPause,
        SubscriptionPause.subscription_id == subscription_id,
        SubscriptionPause.last_day.is_(None),
    )


async def end(unit: Unit, held: Subscription, last_day: date) -> None:
    """End a subscription that is held after a day: at once, if the day is not to come.

    Raises RuleViolated when later months are invoiced.
    """
    await refuse_invoices_after(unit, last_day, Invoice.subscription_id == held.id)
    held.end_on = last_day
    if last_day <= unit.today or last_day < held.start_on:
        held.state = WasteSubscriptionState.ENDED
        rest = await open_pause(unit, held.id)
        if rest is not None:
            rest.last_day = max(last_day, rest.first_day)
    await unit.flush()


async def refuse_invoices_after(unit: Unit, day: date, *conditions: sa.ColumnElement[bool]) -> None:
    later = Invoice.period > f"{day:%Y-%m}"
    if await unit.exists(Invoice, later, Invoice.state != WasteInvoiceState.VOID, *conditions):
        text = Text(
            "Bulan sesudahnya sudah ditagih; batalkan tagihan itu dahulu.",
            "Later months are invoiced; make those invoices void first.",
        )
        raise RuleViolated("waste.invoiced_beyond", text)
