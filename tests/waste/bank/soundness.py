"""What must hold of the books of a waste bank at any time (invariants 1 to 4 of the notes)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from tests.waste.bank.scene import Bank

from wantilan.testing import BENGKEL
from wantilan_waste.models import (
    Account,
    Deposit,
    DepositLine,
    LedgerEntry,
    Payment,
    WasteAccountState,
    WasteDepositState,
    WasteLedgerKind,
    WastePaymentMethod,
    WasteWithdrawalState,
    Withdrawal,
)


async def sound(bank: Bank) -> dict[str, tuple[Any, ...]]:
    """Fails unless the books are sound; the entries by their ids, for a look whether one has changed."""
    async with bank.world.unit(BENGKEL) as unit:
        accounts, entries = await unit.all(Account), await unit.all(LedgerEntry)
        deposits, lines = await unit.all(Deposit), await unit.all(DepositLine)
        withdrawals, payments = await unit.all(Withdrawal), await unit.all(Payment)
    ledgers = defaultdict(list)
    for entry in entries:
        ledgers[entry.account_id].append(entry)
    for account in accounts:
        _account(account, sorted(ledgers[account.id], key=lambda one: one.number), withdrawals)
    _deposits(deposits, lines, entries)
    _money_out(withdrawals, payments, entries)
    return {
        entry.id.hex: tuple(getattr(entry, one.key) for one in LedgerEntry.__table__.columns)
        for entry in entries
    }


def _account(account: Account, entries: Sequence[LedgerEntry], withdrawals: Sequence[Withdrawal]) -> None:
    balance = 0
    for number, entry in enumerate(entries, start=1):
        balance += entry.delta
        assert (entry.number, entry.balance_after) == (number, balance)
        assert balance >= 0
    moments = [entry.entered_at for entry in entries]
    assert moments == sorted(set(moments))
    assert (account.balance, account.entries) == (balance, len(entries))
    reserved = sum(
        one.amount
        for one in withdrawals
        if one.account_id == account.id and one.state is WasteWithdrawalState.APPROVED
    )
    assert account.reserved == reserved <= balance
    assert account.state is WasteAccountState.ACTIVE or balance == 0


def _deposits(
    deposits: Sequence[Deposit], lines: Sequence[DepositLine], entries: Sequence[LedgerEntry]
) -> None:
    for deposit in deposits:
        own = [line for line in lines if line.deposit_id == deposit.id]
        assert all(line.value == line.mass * line.price_per_kg // 1000 for line in own)
        assert deposit.value == sum(line.value for line in own)
        assert deposit.mass == sum(line.mass for line in own)
        assert deposit.operator_share == deposit.value * deposit.operator_share_bp // 10_000
        assert deposit.operator_share + deposit.credited == deposit.value
        deltas = [entry.delta for entry in entries if entry.deposit_id == deposit.id]
        reversed_ = deposit.state is WasteDepositState.REVERSED
        assert sorted(deltas) == ([-deposit.credited] if reversed_ else []) + [deposit.credited]
    numbers = sorted(deposit.receipt_no for deposit in deposits)
    assert [int(one[-6:]) for one in numbers] == list(range(1, len(numbers) + 1))


def _money_out(
    withdrawals: Sequence[Withdrawal], payments: Sequence[Payment], entries: Sequence[LedgerEntry]
) -> None:
    """Each payment out has exactly one entry, and nothing else has."""
    paid = {one.id: -one.amount for one in withdrawals if one.state is WasteWithdrawalState.PAID}
    booked = [(e.withdrawal_id, e.delta) for e in entries if e.kind is WasteLedgerKind.WITHDRAWAL]
    assert sorted(booked, key=str) == sorted(paid.items(), key=str)
    fees = {
        one.id: -one.amount if one.reverses_id is None else one.amount
        for one in payments
        if one.method is WastePaymentMethod.BANK_SAMPAH_BALANCE
    }
    linked = [(e.payment_id, e.delta) for e in entries if e.payment_id is not None]
    assert sorted(linked, key=str) == sorted(fees.items(), key=str)
    reversals = [e for e in entries if e.reverses_id is not None]
    by_id = {e.id: e for e in entries}
    assert all(e.reverses_id and by_id[e.reverses_id].delta == -e.delta for e in reversals)
    assert len({e.reverses_id for e in reversals}) == len(reversals)
