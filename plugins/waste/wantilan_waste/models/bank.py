"""The waste bank: accounts, prices, deposits, the ledger, withdrawals."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wantilan import Grams, Rupiah, RupiahChange, VillageTable, reference, tables

from .facilities import Category, Facility
from .fees import Payment
from .tps3r import Intake
from .words import (
    WasteAccountKind,
    WasteAccountState,
    WasteDepositState,
    WasteLedgerKind,
    WasteWithdrawalMethod,
    WasteWithdrawalState,
)


class Account(VillageTable):
    """A savings account. `balance` is that of its last entry, `reserved` what approved withdrawals wait for:
    the rest is free. `entries` counts the entries of its ledger, `entered_at` is the moment of the last one.
    """

    __tablename__ = "waste_account"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "number"),
        sa.CheckConstraint(
            "(CASE WHEN resident_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN household_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN group_name IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_owner",
        ),
        sa.CheckConstraint("(kind = 'INDIVIDUAL') = (group_name IS NULL)", name="kind_of_owner"),
        sa.CheckConstraint("reserved <= balance", name="reserved"),
        sa.CheckConstraint("state <> 'CLOSED' OR balance = 0", name="closed"),
        sa.Index(None, "village_id", "resident_id"),
        sa.Index(None, "village_id", "household_id"),
        sa.Index(None, "village_id", "kind", "number"),
        sa.Index(None, "village_id", "state", "number"),
    )

    number: Mapped[str]
    kind: Mapped[WasteAccountKind]
    resident_id: Mapped[UUID | None] = reference(tables.Resident)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    group_name: Mapped[str | None]
    state: Mapped[WasteAccountState]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    balance: Mapped[Rupiah]
    reserved: Mapped[Rupiah]
    entries: Mapped[int]
    entered_at: Mapped[datetime | None]


class Tariff(VillageTable):
    """A category that has a price, or will have one: a line of the price list. Its prices are price items."""

    __tablename__ = "waste_tariff"
    __table_args__ = (sa.UniqueConstraint("village_id", "category_id"),)

    category_id: Mapped[UUID] = reference(Category)


class PriceItem(VillageTable):
    """What a category is worth from a moment on. Append-only: the last one that has begun counts."""

    __tablename__ = "waste_price_item"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "category_id", "effective_from"),
        sa.CheckConstraint("price_per_kg <= 10000000", name="price"),
        sa.Index(None, "village_id", "effective_from", "id"),
    )

    category_id: Mapped[UUID] = reference(Category)
    price_per_kg: Mapped[Rupiah]
    effective_from: Mapped[datetime]
    set_by: Mapped[UUID | None] = mapped_column()


class Deposit(VillageTable):
    """Waste that was weighed for an account. The operator's share is rounded down; the saver has the rest."""

    __tablename__ = "waste_deposit"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "receipt_no"),
        sa.CheckConstraint("operator_share_bp BETWEEN 0 AND 10000", name="share_bp"),
        sa.CheckConstraint("operator_share = (value * operator_share_bp) / 10000", name="share"),
        sa.CheckConstraint("value = operator_share + credited", name="whole"),
        sa.CheckConstraint(
            "(state = 'REVERSED') = (reversed_at IS NOT NULL) AND (reversed_at IS NULL) = (reason IS NULL)",
            name="reversed",
        ),
        sa.Index(None, "village_id", "account_id", "deposited_at", "id"),
        sa.Index(None, "village_id", "resident_id"),
        sa.Index(None, "village_id", "household_id", "deposited_at", "id"),
        sa.Index(None, "village_id", "deposited_at", "id"),
        sa.Index(None, "village_id", "business_date"),
        sa.Index(None, "village_id", "state", "deposited_at", "id"),
    )

    account_id: Mapped[UUID] = reference(Account)
    resident_id: Mapped[UUID | None] = reference(tables.Resident)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    facility_id: Mapped[UUID] = reference(Facility)
    bag_code: Mapped[str | None]
    state: Mapped[WasteDepositState]
    mass: Mapped[Grams]
    value: Mapped[Rupiah]
    operator_share_bp: Mapped[int]
    operator_share: Mapped[Rupiah]
    credited: Mapped[Rupiah]
    receipt_no: Mapped[str]
    deposited_at: Mapped[datetime]
    business_date: Mapped[date]
    receipt_indonesian: Mapped[str]
    receipt_english: Mapped[str]
    posted_by: Mapped[UUID | None] = mapped_column()
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[UUID | None] = mapped_column()
    reason: Mapped[str | None]


class DepositLine(VillageTable):
    """One category of a deposit, at the price of that moment: value = floor(mass x price / 1000)."""

    __tablename__ = "waste_deposit_line"
    __table_args__ = (
        sa.CheckConstraint("mass > 0", name="mass"),
        sa.CheckConstraint("value = (mass * price_per_kg) / 1000", name="value"),
        sa.Index(None, "village_id", "deposit_id"),
        sa.Index(None, "village_id", "category_id"),
    )

    deposit_id: Mapped[UUID] = reference(Deposit)
    resident_id: Mapped[UUID | None] = reference(tables.Resident)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    category_id: Mapped[UUID] = reference(Category)
    intake_id: Mapped[UUID] = reference(Intake)
    mass: Mapped[Grams]
    price_per_kg: Mapped[Rupiah]
    value: Mapped[Rupiah]


class Withdrawal(VillageTable):
    """Money that an account's owner wants. Who approves is never who asked; approved, it is reserved."""

    __tablename__ = "waste_withdrawal"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> requested_by", name="four_eyes"),
        sa.CheckConstraint(
            "state NOT IN ('APPROVED', 'PAID') OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)",
            name="approved",
        ),
        sa.CheckConstraint("(state = 'PAID') = (paid_at IS NOT NULL)", name="paid"),
        sa.CheckConstraint("(state IN ('REJECTED', 'CANCELLED')) = (ended_at IS NOT NULL)", name="ended"),
        sa.CheckConstraint("state <> 'REJECTED' OR reason IS NOT NULL", name="rejected"),
        sa.Index(None, "village_id", "account_id", "requested_at", "id"),
        sa.Index(None, "village_id", "resident_id"),
        sa.Index(None, "village_id", "household_id", "requested_at", "id"),
        sa.Index(None, "village_id", "state", "requested_at", "id"),
        sa.Index(None, "village_id", "requested_at", "id"),
        sa.Index(None, "village_id", "paid_at"),
    )

    account_id: Mapped[UUID] = reference(Account)
    resident_id: Mapped[UUID | None] = reference(tables.Resident)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    amount: Mapped[Rupiah]
    method: Mapped[WasteWithdrawalMethod]
    state: Mapped[WasteWithdrawalState]
    requested_at: Mapped[datetime]
    requested_by: Mapped[UUID] = mapped_column()
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column()
    paid_at: Mapped[datetime | None]
    paid_by: Mapped[UUID | None] = mapped_column()
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column()
    reason: Mapped[str | None]


class LedgerEntry(VillageTable):
    """One change of an account's balance. Append-only; `number` counts the entries of the account from 1, and
    each is entered later than the one before. It is corrected only by an entry that points at it.
    """

    __tablename__ = "waste_ledger_entry"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "account_id", "number"),
        sa.ForeignKeyConstraint(
            ["village_id", "reverses_id"], ["waste_ledger_entry.village_id", "waste_ledger_entry.id"]
        ),
        sa.CheckConstraint("delta <> 0", name="delta"),
        sa.CheckConstraint("(kind = 'REVERSAL') = (reverses_id IS NOT NULL)", name="reversal"),
        sa.CheckConstraint("kind <> 'DEPOSIT' OR (deposit_id IS NOT NULL AND delta > 0)", name="deposit"),
        sa.CheckConstraint(
            "kind <> 'WITHDRAWAL' OR (withdrawal_id IS NOT NULL AND delta < 0)", name="withdrawal"
        ),
        sa.CheckConstraint("kind <> 'FEE' OR (payment_id IS NOT NULL AND delta < 0)", name="fee"),
        sa.Index(
            "uq_waste_ledger_entry_reverses",
            "village_id",
            "reverses_id",
            unique=True,
            sqlite_where=sa.text("reverses_id IS NOT NULL"),
            postgresql_where=sa.text("reverses_id IS NOT NULL"),
        ),
        sa.Index(None, "village_id", "account_id", "entered_at", "id"),
        sa.Index(None, "village_id", "resident_id"),
        sa.Index(None, "village_id", "household_id", "entered_at", "id"),
        sa.Index(None, "village_id", "entered_at", "id"),
        sa.Index(None, "village_id", "deposit_id"),
        sa.Index(None, "village_id", "withdrawal_id"),
        sa.Index(None, "village_id", "payment_id"),
    )

    account_id: Mapped[UUID] = reference(Account)
    resident_id: Mapped[UUID | None] = reference(tables.Resident)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    number: Mapped[int]
    kind: Mapped[WasteLedgerKind]
    delta: Mapped[RupiahChange]
    balance_after: Mapped[Rupiah]
    entered_at: Mapped[datetime]
    business_date: Mapped[date]
    deposit_id: Mapped[UUID | None] = reference(Deposit)
    withdrawal_id: Mapped[UUID | None] = reference(Withdrawal)
    payment_id: Mapped[UUID | None] = reference(Payment)
    reverses_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    entered_by: Mapped[UUID | None] = mapped_column()
