"""The waste bank as clients see it: accounts, their ledger, deposits, withdrawals."""

from __future__ import annotations

from datetime import date, datetime

from wantilan import (
    Connection,
    Grams,
    Household,
    Resident,
    Rupiah,
    RupiahChange,
    column,
    connection,
    entity,
    expression,
    group,
    group_of,
    many,
    one,
    oneself,
    own_household,
    within,
)

from ..models import (
    Account,
    Deposit,
    DepositLine,
    LedgerEntry,
    WasteAccountKind,
    WasteAccountState,
    WasteDepositState,
    WasteLedgerKind,
    WasteWithdrawalMethod,
    WasteWithdrawalState,
    Withdrawal,
)
from ..permissions import BANK_READ
from .categories import WasteCategory
from .facilities import WasteFacility
from .payments import WastePayment


@entity(
    Account,
    read=[within(BANK_READ), oneself(Account.resident_id), own_household(Account.household_id)],
    order=[Account.number],
    filter=[Account.number, Account.kind, Account.state],
)
class WasteAccount:
    """A savings account at the waste bank: of a resident, of a household, or of a group. A resident's is read
    by nobody else of the household; a household's by all of them.
    """

    number: str
    """Its number, `RK-2026-000001`."""
    kind: WasteAccountKind
    """What kind of account it is."""
    state: WasteAccountState
    """Whether it takes deposits."""
    resident: Resident | None = one(Account.resident_id)
    """Whose it is, if a resident's; null for those who may not see the person."""
    household: Household | None = one(Account.household_id)
    """Whose it is, if a household's; null for those who may not see it."""
    group_name: str | None
    """Whose it is, if a group's."""
    opened_on: date
    """The day on which it was opened."""
    closed_on: date | None
    """The day on which it was closed."""
    balance: Rupiah
    """What was saved and not paid out. Never below 0; the sum of all entries, and that of the last one."""
    reserved: Rupiah
    """What approved withdrawals wait for."""
    free: Rupiah = expression(lambda t: t.c.balance - t.c.reserved, type=Account.balance.type)
    """What may still be withdrawn: the balance less what is reserved."""
    entries: Connection[WasteLedgerEntry] | None = connection()
    """The statement: every change of the balance, with the balance after it. The newest come first with
    `order: ENTERED_AT_DESC`.
    """
    deposits: Connection[WasteDeposit] | None = connection()
    """What was deposited."""
    withdrawals: Connection[WasteWithdrawal] | None = connection()
    """What was asked for."""


@group_of(Deposit)
class WasteReceipt:
    """The receipt of a deposit, to be printed or sent. It names no person."""

    number: str = column(Deposit.receipt_no)
    """Its number, without a gap in the village and year."""
    indonesian: str = column(Deposit.receipt_indonesian)
    """Its text in Indonesian."""
    english: str = column(Deposit.receipt_english)
    """Its text in English."""


@entity(
    Deposit,
    read=[within(BANK_READ), oneself(Deposit.resident_id), own_household(Deposit.household_id)],
    order=[Deposit.deposited_at],
    filter=[Deposit.state, Deposit.deposited_at, Deposit.business_date],
)
class WasteDeposit:
    """Waste that was weighed for an account, at the prices of that moment.

    The value of a line is floor(grams x price per kilogram / 1000), that of the deposit their sum. The
    operator's share of it is rounded down; the saver has the rest.
    """

    account: WasteAccount | None = one()
    """The account."""
    facility: WasteFacility | None = one()
    """Where it was weighed."""
    state: WasteDepositState
    """Whether it counts."""
    lines: list[WasteDepositLine] | None = many()
    """What was weighed."""
    mass: Grams
    """Its mass."""
    value: Rupiah
    """The sum of its lines' values."""
    operator_share_bp: int
    """The operator's share in basis points: 1500 are 15 %."""
    operator_share: Rupiah
    """The operator's share: floor(value x basis points / 10,000)."""
    credited: Rupiah
    """What the saver got: the value less the operator's share."""
    bag_code: str | None
    """What stood on the bag."""
    receipt: WasteReceipt = group()
    """The receipt."""
    deposited_at: datetime
    """When it was weighed."""
    business_date: date
    """The day of it in the village's time zone."""
    reversed_at: datetime | None
    """When it was taken back."""
    reason: str | None
    """Why it was taken back."""


@entity(
    DepositLine,
    read=[within(BANK_READ), oneself(DepositLine.resident_id), own_household(DepositLine.household_id)],
)
class WasteDepositLine:
    """One category of a deposit."""

    category: WasteCategory | None = one()
    """The category."""
    mass: Grams
    """Its mass."""
    price_per_kg: Rupiah
    """Its price for a kilogram at that moment; later prices change nothing."""
    value: Rupiah
    """floor(grams x price per kilogram / 1000)."""


@entity(
    Withdrawal,
    read=[within(BANK_READ), oneself(Withdrawal.resident_id), own_household(Withdrawal.household_id)],
    order=[Withdrawal.requested_at],
    filter=[Withdrawal.state, Withdrawal.requested_at],
)
class WasteWithdrawal:
    """Money that the owner of an account wants. Who approves is never who asked."""

    account: WasteAccount | None = one()
    """The account."""
    amount: Rupiah
    """How much."""
    method: WasteWithdrawalMethod
    """How it is paid out."""
    state: WasteWithdrawalState
    """What has become of it. From its approval until it is paid, its amount is reserved."""
    requested_at: datetime
    """When it was asked for."""
    approved_at: datetime | None
    """When it was approved."""
    paid_at: datetime | None
    """When it was paid out."""
    ended_at: datetime | None
    """When it was rejected or cancelled."""
    reason: str | None
    """Why it was rejected."""


@entity(
    LedgerEntry,
    read=[within(BANK_READ), oneself(LedgerEntry.resident_id), own_household(LedgerEntry.household_id)],
    order=[LedgerEntry.entered_at],
    filter=[LedgerEntry.entered_at],
)
class WasteLedgerEntry:
    """One change of an account's balance. It never changes: one in error is taken back by another."""

    account: WasteAccount | None = one()
    """The account."""
    number: int
    """Its number in the account, from 1 on, without a gap."""
    kind: WasteLedgerKind
    """Why the balance changed."""
    delta: RupiahChange
    """By how much."""
    balance_after: Rupiah
    """The balance after it."""
    entered_at: datetime
    """When it was entered; of one account, no two at the same moment."""
    business_date: date
    """The day of it in the village's time zone."""
    deposit: WasteDeposit | None = one()
    """The deposit, if it is one or takes one back."""
    withdrawal: WasteWithdrawal | None = one()
    """The withdrawal, if it is one."""
    payment: WastePayment | None = one()
    """The payment of the fee, if it is one or takes one back; null for those who may not read it."""


TYPES = (
    WasteAccount,
    WasteReceipt,
    WasteDeposit,
    WasteDepositLine,
    WasteWithdrawal,
    WasteLedgerEntry,
)
