"""Withdrawals from the waste bank: asked for, approved by another, paid out; or rejected, or cancelled."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from wantilan import (
    Info,
    InvalidTransition,
    Judge,
    RuleViolated,
    Rupiah,
    Text,
    WriteUnit,
    mutation,
    oneself,
    own_household,
    ref,
    within,
)

from ..ledger import TooEarly, book, hold, need_free
from ..messages import MONEY_OUT
from ..models import (
    Account,
    WasteAccountState,
    WasteLedgerKind,
    WasteWithdrawalState,
    Withdrawal,
)
from ..permissions import BANK_APPROVE, BANK_TELL
from ..rules.saving import amount_fault, may_become, may_withdraw_on, reason_fault
from ..settings import WasteSettings
from ..telling import tell_saver
from ..types.bank import WasteAccount, WasteWithdrawal
from .withdrawal_input import (
    WasteApproveWithdrawalInput,
    WasteApproveWithdrawalPayload,
    WasteCancelWithdrawalInput,
    WasteCancelWithdrawalPayload,
    WastePayWithdrawalInput,
    WastePayWithdrawalPayload,
    WasteRejectWithdrawalInput,
    WasteRejectWithdrawalPayload,
    WasteRequestWithdrawalInput,
    WasteRequestWithdrawalPayload,
)

OWNER_OR_TELLER = [within(BANK_TELL), oneself(Account.resident_id), own_household(Account.household_id)]
ACCOUNT_CLOSED = Text("Rekening ditutup.", "The account is closed.")
REQUESTED, APPROVED = "waste.withdrawal_requested", "waste.withdrawal_approved"
REJECTED, CANCELLED = "waste.withdrawal_rejected", "waste.withdrawal_cancelled"
PAID = "waste.withdrawal_paid"


@mutation(needs=OWNER_OR_TELLER)
async def waste_request_withdrawal(
    info: Info, input: WasteRequestWithdrawalInput
) -> WasteRequestWithdrawalPayload:
    """Ask for money from an account: its owner, or the teller for him. Nothing is reserved yet.

    Refused with WASTE_TOO_EARLY while the account is younger than the village has set, and with
    WASTE_INSUFFICIENT_FUNDS when the amount is above the free balance.
    """
    judge = Judge(input)
    key = judge.key(WasteAccount, "account_id")
    if judge.good("amount") and (fault := amount_fault(input.amount)):
        judge.refuse("amount", *fault)
    judge.check()
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        account = await hold(unit, (await unit.target(Account, key.id)).id)
        if account.state is WasteAccountState.CLOSED:
            raise RuleViolated("waste.account_closed", ACCOUNT_CLOSED)
        settings = await unit.settings(WasteSettings)
        if unit.today < may_withdraw_on(account.opened_on, settings.withdrawal_after_days):
            raise TooEarly
        need_free(account, input.amount)
        assert unit.actor_id is not None, "a visitor has no account"
        withdrawal = Withdrawal(
            account_id=account.id,
            resident_id=account.resident_id,
            household_id=account.household_id,
            amount=input.amount,
            method=input.method,
            state=WasteWithdrawalState.REQUESTED,
            requested_at=unit.now,
            requested_by=unit.actor_id,
        )
        await unit.add(withdrawal)
        unit.announce(REQUESTED, withdrawal=withdrawal.id, account=account.id)
    return WasteRequestWithdrawalPayload(
        withdrawal=ref(WasteWithdrawal, withdrawal), account=ref(WasteAccount, account)
    )


@mutation(needs=BANK_APPROVE)
async def waste_approve_withdrawal(
    info: Info, input: WasteApproveWithdrawalInput
) -> WasteApproveWithdrawalPayload:
    """Approve a withdrawal that somebody else asked for. Its amount is reserved until it is paid; refused
    with WASTE_INSUFFICIENT_FUNDS when the free balance is no longer enough.
    """
    key = _judged(Judge(input))
    async with info.context.write(key.village_id) as unit:
        withdrawal, account = await _held(unit, key.id)
        _step(withdrawal, WasteWithdrawalState.APPROVED)
        if withdrawal.requested_by == unit.actor_id:
            raise RuleViolated(
                "waste.four_eyes",
                Text("Yang meminta tidak boleh menyetujui.", "Who asked for it cannot approve it."),
            )
        need_free(account, withdrawal.amount)
        account.reserved = Rupiah(account.reserved + withdrawal.amount)
        withdrawal.state = WasteWithdrawalState.APPROVED
        withdrawal.approved_at, withdrawal.approved_by = unit.now, unit.actor_id
        await unit.flush()
        unit.announce(APPROVED, withdrawal=withdrawal.id, account=account.id)
    return WasteApproveWithdrawalPayload(
        withdrawal=ref(WasteWithdrawal, withdrawal), account=ref(WasteAccount, account)
    )


@mutation(needs=BANK_APPROVE)
async def waste_reject_withdrawal(
    info: Info, input: WasteRejectWithdrawalInput
) -> WasteRejectWithdrawalPayload:
    """Reject a withdrawal, with a reason. One that was approved and not yet paid can be rejected too: what
    was reserved for it is free again.
    """
    judge = Judge(input)
    if fault := reason_fault(input.reason):
        judge.refuse("reason", *fault)
    key = _judged(judge)
    async with info.context.write(key.village_id) as unit:
        withdrawal, account = await _held(unit, key.id)
        await _end(unit, withdrawal, account, WasteWithdrawalState.REJECTED, input.reason.strip())
        unit.announce(REJECTED, withdrawal=withdrawal.id, account=account.id)
    return WasteRejectWithdrawalPayload(
        withdrawal=ref(WasteWithdrawal, withdrawal), account=ref(WasteAccount, account)
    )


@mutation(needs=OWNER_OR_TELLER)
async def waste_cancel_withdrawal(
    info: Info, input: WasteCancelWithdrawalInput
) -> WasteCancelWithdrawalPayload:
    """Take one's own request back, before it is paid. Only who asked for it can; the office rejects."""
    key = _judged(Judge(input))
    async with info.context.write(key.village_id) as unit:
        withdrawal, account = await _held(unit, key.id)
        if withdrawal.requested_by != unit.actor_id:
            raise RuleViolated(
                "waste.not_the_asker",
                Text("Hanya yang meminta dapat membatalkan.", "Only who asked for it can cancel it."),
            )
        await _end(unit, withdrawal, account, WasteWithdrawalState.CANCELLED, None)
        unit.announce(CANCELLED, withdrawal=withdrawal.id, account=account.id)
    return WasteCancelWithdrawalPayload(
        withdrawal=ref(WasteWithdrawal, withdrawal), account=ref(WasteAccount, account)
    )


@mutation(needs=BANK_TELL)
async def waste_pay_withdrawal(info: Info, input: WastePayWithdrawalInput) -> WastePayWithdrawalPayload:
    """Pay an approved withdrawal out. The balance goes down, and the reservation ends."""
    key = _judged(Judge(input))
    async with info.context.write(key.village_id) as unit:
        withdrawal, account = await _held(unit, key.id)
        _step(withdrawal, WasteWithdrawalState.PAID)
        account.reserved = Rupiah(account.reserved - withdrawal.amount)
        withdrawal.state = WasteWithdrawalState.PAID
        withdrawal.paid_at, withdrawal.paid_by = unit.now, unit.actor_id
        await book(unit, account, WasteLedgerKind.WITHDRAWAL, -withdrawal.amount, withdrawal=withdrawal)
        unit.announce(PAID, withdrawal=withdrawal.id, account=account.id)
        await tell_saver(
            unit,
            account,
            MONEY_OUT,
            amount=withdrawal.amount,
            account=account.number,
            balance=account.balance,
        )
    return WastePayWithdrawalPayload(
        withdrawal=ref(WasteWithdrawal, withdrawal), account=ref(WasteAccount, account)
    )


# What they share


class _Key(NamedTuple):
    """Which withdrawal, in which village."""

    village_id: UUID
    id: UUID


def _judged(judge: Judge) -> _Key:
    key = judge.key(WasteWithdrawal, "withdrawal_id")
    judge.check()
    assert key is not None, "judged"
    return _Key(key.village_id, key.id)


async def _held(unit: WriteUnit, id: UUID) -> tuple[Withdrawal, Account]:
    """A withdrawal that is open to the actor, as it is now, and its account, which holds both."""
    withdrawal = await unit.target(Withdrawal, id)
    account = await hold(unit, withdrawal.account_id)
    await unit.session.refresh(withdrawal)
    return withdrawal, account


def _step(withdrawal: Withdrawal, next_state: WasteWithdrawalState) -> None:
    """Raises InvalidTransition for a step that the state machine does not have."""
    if not may_become(withdrawal.state, next_state):
        raise InvalidTransition(
            Text(
                "Keadaan penarikan tidak mengizinkannya.",
                "The state of the withdrawal does not allow it.",
            )
        )


async def _end(
    unit: WriteUnit,
    withdrawal: Withdrawal,
    account: Account,
    state: WasteWithdrawalState,
    reason: str | None,
) -> None:
    """Let nothing come of a withdrawal; what was reserved for it is free again."""
    _step(withdrawal, state)
    if withdrawal.state is WasteWithdrawalState.APPROVED:
        account.reserved = Rupiah(account.reserved - withdrawal.amount)
    withdrawal.state, withdrawal.reason = state, reason
    withdrawal.ended_at, withdrawal.ended_by = unit.now, unit.actor_id
    await unit.flush()


MUTATIONS = (
    waste_request_withdrawal,
    waste_approve_withdrawal,
    waste_reject_withdrawal,
    waste_cancel_withdrawal,
    waste_pay_withdrawal,
)
