"""Fees: plans, subscriptions, invoices, and what is paid on them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wantilan import Rupiah, VillageTable, reference, tables

from .points import ServicePoint
from .words import (
    WasteFeePeriod,
    WasteInvoiceState,
    WastePaymentMethod,
    WasteSourceClass,
    WasteSubscriptionState,
)


class Counter(VillageTable):
    """The last number that was given out under a name and in a year: receipts, deposits."""

    __tablename__ = "waste_counter"
    __table_args__ = (sa.UniqueConstraint("village_id", "name", "year"),)

    name: Mapped[str]
    year: Mapped[int]
    last: Mapped[int]


class FeePlan(VillageTable):
    """What is to be paid, since when and on which legal basis. Its amount never changes: another amount is
    another plan.
    """

    __tablename__ = "waste_fee_plan"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "name", "valid_from"),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="days"),
        sa.CheckConstraint("length(legal_basis) > 0", name="legal_basis"),
        sa.Index(None, "village_id", "valid_from", "id"),
    )

    name: Mapped[str]
    amount: Mapped[Rupiah]
    period: Mapped[WasteFeePeriod]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    legal_basis: Mapped[str]


class FeePlanClass(VillageTable):
    """A source class to which a plan applies."""

    __tablename__ = "waste_fee_plan_class"
    __table_args__ = (sa.UniqueConstraint("village_id", "plan_id", "source_class"),)

    plan_id: Mapped[UUID] = reference(FeePlan)
    source_class: Mapped[WasteSourceClass]


class Subscription(VillageTable):
    """A service point under a plan, from a day on. One of a point runs at a time. `credit` is what was paid
    beyond the invoices; the next one takes it. One that ended before its first day has never begun.
    """

    __tablename__ = "waste_subscription"
    __table_args__ = (
        sa.CheckConstraint("end_on IS NULL OR end_on >= start_on OR state = 'ENDED'", name="days"),
        sa.CheckConstraint("state <> 'ENDED' OR end_on IS NOT NULL", name="ended"),
        sa.Index(
            "uq_waste_subscription_running",
            "village_id",
            "point_id",
            unique=True,
            sqlite_where=sa.text("state != 'ENDED'"),
            postgresql_where=sa.text("state != 'ENDED'"),
        ),
        sa.Index(None, "village_id", "point_id", "start_on"),
        sa.Index(None, "village_id", "plan_id"),
        sa.Index(None, "village_id", "household_id"),
        sa.Index(None, "village_id", "state", "start_on", "id"),
        sa.Index(None, "village_id", "start_on", "id"),
    )

    point_id: Mapped[UUID] = reference(ServicePoint)
    plan_id: Mapped[UUID] = reference(FeePlan)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    state: Mapped[WasteSubscriptionState]
    start_on: Mapped[date]
    end_on: Mapped[date | None]
    exempt_reason: Mapped[str | None]
    credit: Mapped[Rupiah]


class SubscriptionPause(VillageTable):
    """The days on which a subscription rested, both included; the last is null while it rests."""

    __tablename__ = "waste_subscription_pause"
    __table_args__ = (
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name="days"),
        sa.UniqueConstraint("village_id", "subscription_id", "first_day"),
        sa.Index(
            "uq_waste_subscription_pause_open",
            "village_id",
            "subscription_id",
            unique=True,
            sqlite_where=sa.text("last_day IS NULL"),
            postgresql_where=sa.text("last_day IS NULL"),
        ),
    )

    subscription_id: Mapped[UUID] = reference(Subscription)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    first_day: Mapped[date]
    last_day: Mapped[date | None]


class Invoice(VillageTable):
    """What is owed for one month of one subscription. `period` is the month, YYYY-MM; `rest` what is still to
    be paid.
    """

    __tablename__ = "waste_invoice"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "subscription_id", "period"),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint("paid + waived <= amount", name="paid"),
        sa.CheckConstraint(
            "rest = CASE WHEN state = 'VOID' THEN 0 ELSE amount - paid - waived END", name="rest"
        ),
        sa.CheckConstraint("state <> 'VOID' OR paid + waived = 0", name="void"),
        sa.CheckConstraint("(state = 'PAID') = (paid = amount)", name="paid_in_full"),
        sa.CheckConstraint("state <> 'WAIVED' OR (waived > 0 AND rest = 0)", name="waived_rest"),
        sa.CheckConstraint("state <> 'PARTIAL' OR (paid > 0 AND rest > 0)", name="paid_partly"),
        sa.CheckConstraint("state <> 'ISSUED' OR (paid = 0 AND rest > 0)", name="paid_nothing"),
        sa.Index(None, "village_id", "period", "state"),
        sa.Index(None, "village_id", "point_id", "period"),
        sa.Index(None, "village_id", "hamlet_id", "due_on", "id"),
        sa.Index(None, "village_id", "household_id", "due_on", "id"),
        sa.Index(None, "village_id", "state", "due_on", "id"),
        sa.Index(None, "village_id", "due_on", "id"),
    )

    subscription_id: Mapped[UUID] = reference(Subscription)
    point_id: Mapped[UUID] = reference(ServicePoint)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    hamlet_id: Mapped[UUID] = reference(tables.Hamlet)
    """That of the service point when it was issued."""
    period: Mapped[str]
    pickups: Mapped[int | None]
    amount: Mapped[Rupiah]
    paid: Mapped[Rupiah]
    waived: Mapped[Rupiah]
    rest: Mapped[Rupiah]
    issued_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[WasteInvoiceState]
    reason: Mapped[str | None]


class Payment(VillageTable):
    """Money that came in for a subscription, with its receipt. Nothing is taken out: one in error is reversed
    by a row of its own that points at it and is made of the same parts. `unused` is what no invoice took yet.
    """

    __tablename__ = "waste_payment"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "receipt_no"),
        sa.ForeignKeyConstraint(
            ["village_id", "reverses_id"], ["waste_payment.village_id", "waste_payment.id"]
        ),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint("unused <= amount", name="unused"),
        sa.CheckConstraint("(reverses_id IS NULL) = (reason IS NULL)", name="reason"),
        sa.Index(
            "uq_waste_payment_reverses",
            "village_id",
            "reverses_id",
            unique=True,
            sqlite_where=sa.text("reverses_id IS NOT NULL"),
            postgresql_where=sa.text("reverses_id IS NOT NULL"),
        ),
        sa.Index(None, "village_id", "subscription_id", "paid_at", "id"),
        sa.Index(None, "village_id", "household_id", "paid_at", "id"),
        sa.Index(None, "village_id", "paid_at", "id"),
        sa.Index(None, "village_id", "business_date", "method", "amount"),
        sa.Index(None, "village_id", "method", "paid_at", "id"),
    )

    subscription_id: Mapped[UUID] = reference(Subscription)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    amount: Mapped[Rupiah]
    unused: Mapped[Rupiah]
    method: Mapped[WastePaymentMethod]
    receipt_no: Mapped[str]
    paid_at: Mapped[datetime]
    business_date: Mapped[date]
    collected_by: Mapped[UUID | None] = mapped_column()
    reverses_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    reason: Mapped[str | None]


class PaymentPart(VillageTable):
    """What of a payment went into which invoice. The parts of a reversal take back those of its payment."""

    __tablename__ = "waste_payment_part"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "payment_id", "invoice_id"),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.Index(None, "village_id", "invoice_id"),
    )

    payment_id: Mapped[UUID] = reference(Payment)
    invoice_id: Mapped[UUID] = reference(Invoice)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    amount: Mapped[Rupiah]
