"""The ledger of the waste bank: every rupiah of a saver passes here.

Rows are held in one order, so that nobody waits in a circle: the account first, then the subscription and
its invoices, then the lots of a facility by their labels, and the number of a receipt last. Whatever changes
an account, its withdrawals and its deposits holds the account; so nobody else changes them meanwhile.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from wantilan import NotFound, Refusal, Rupiah, RupiahChange, Text, Unit

from .models import Account, Deposit, LedgerEntry, Payment, WasteLedgerKind, Withdrawal


class InsufficientFunds(Refusal):
    """WASTE_INSUFFICIENT_FUNDS: the free balance of the account is smaller than the amount."""

    code = "WASTE_INSUFFICIENT_FUNDS"

    def __init__(self) -> None:
        super().__init__(Text("Saldo bebas tidak cukup.", "The free balance is not enough."))


class TooEarly(Refusal):
    """WASTE_TOO_EARLY: the account is younger than the village wants for a withdrawal."""

    code = "WASTE_TOO_EARLY"

    def __init__(self) -> None:
        text = Text(
            "Rekening ini belum cukup lama dibuka untuk menarik uang.",
            "The account has not been open long enough to withdraw money.",
        )
        super().__init__(text)


async def hold(unit: Unit, account_id: UUID) -> Account:
    """The account as it is now, held until the end of the transaction. Raises NotFound."""
    query = sa.select(Account).where(Account.village_id == unit.village.id, Account.id == account_id)
    # What was read of it before is read again: it may have changed while this waited.
    held = query.with_for_update().execution_options(populate_existing=True)
    found = await unit.session.scalar(held)
    if found is None:
        raise NotFound
    return found


def need_free(account: Account, amount: int) -> None:
    """Raises InsufficientFunds unless the account holds so much that nothing approved waits for."""
    if amount > account.balance - account.reserved:
        raise InsufficientFunds


async def book(
    unit: Unit,
    account: Account,
    kind: WasteLedgerKind,
    delta: int,
    *,
    deposit: Deposit | None = None,
    withdrawal: Withdrawal | None = None,
    payment: Payment | None = None,
    reverses: LedgerEntry | None = None,
) -> LedgerEntry:
    """Change the balance of an account that is held, by so many rupiah, and write the entry that says why.

    Entries are numbered without a gap, and each is entered later than the one before: a statement by the
    moment of entry is one by number. Raises InsufficientFunds when less would be left than is reserved.
    """
    if delta < 0:
        need_free(account, -delta)
    at = unit.now
    if account.entered_at is not None and at <= account.entered_at:
        at = account.entered_at + timedelta(milliseconds=1)
    account.balance = Rupiah(account.balance + delta)
    account.entries += 1
    account.entered_at = at
    entry = LedgerEntry(
        account_id=account.id,
        resident_id=account.resident_id,
        household_id=account.household_id,
        number=account.entries,
        kind=kind,
        delta=RupiahChange(delta),
        balance_after=account.balance,
        entered_at=at,
        business_date=unit.business_date(at),
        deposit_id=deposit.id if deposit is not None else None,
        withdrawal_id=withdrawal.id if withdrawal is not None else None,
        payment_id=payment.id if payment is not None else None,
        reverses_id=reverses.id if reverses is not None else None,
        entered_by=unit.actor_id,
    )
    await unit.flush()
    await unit.add(entry)
    return entry
