"""The waste fee is paid from a balance at the waste bank, and such a payment is taken back."""

from __future__ import annotations

from uuid import UUID

import strawberry

from wantilan import (
    Info,
    Judge,
    NotFound,
    RuleViolated,
    Rupiah,
    Text,
    WriteUnit,
    input,
    mutation,
    own_household,
    payload,
    ref,
    tables,
    within,
)

from ..ledger import book, hold, need_free
from ..messages import MONEY_OUT
from ..models import (
    Account,
    LedgerEntry,
    Payment,
    Subscription,
    WasteAccountState,
    WasteLedgerKind,
    WastePaymentMethod,
)
from ..paying import reverse_payment, take_payment
from ..permissions import BANK_TELL
from ..rules.saving import amount_fault, reason_fault
from ..telling import tell_saver
from ..types.bank import WasteAccount
from ..types.fees import WasteSubscription
from ..types.payments import WastePayment
from .withdrawals import ACCOUNT_CLOSED, OWNER_OR_TELLER

PAID, REVERSED = "waste.fee_paid_from_balance", "waste.fee_from_balance_reversed"


@input
class WastePayFeeFromBalanceInput:
    """How much of which balance, and for which subscription."""

    account_id: strawberry.ID
    """The account: one's own, the household's, or any for the teller."""
    subscription_id: strawberry.ID
    """The subscription: that of the household whose account it is, or whose member's."""
    amount: Rupiah
    """How much; at most the free balance. The oldest invoices are paid first, what is over is credit."""


@payload
class WastePayFeeFromBalancePayload:
    """What was paid."""

    payment: WastePayment | None
    """The payment with its receipt number; null for those who may not read payments."""
    account: WasteAccount | None
    """The account, for reading its balance again; null for those who may not read accounts."""
    subscription: WasteSubscription | None
    """The subscription, for reading its invoices again; null for those who may not read fees."""


@input
class WasteReverseFeeFromBalanceInput:
    """Which payment, and why."""

    payment_id: strawberry.ID
    """A payment by the method BANK_SAMPAH_BALANCE."""
    reason: str
    """Why, 1 to 500 characters. Not the name of a person."""


@payload
class WasteReverseFeeFromBalancePayload:
    """What the reversal changed."""

    payment: WastePayment | None
    """The reversal; null for those who may not read payments."""
    account: WasteAccount | None
    """The account, for reading its balance again; null for those who may not read accounts."""


@mutation(needs=OWNER_OR_TELLER)
async def waste_pay_fee_from_balance(
    info: Info, input: WastePayFeeFromBalanceInput
) -> WastePayFeeFromBalancePayload:
    """Pay the waste fee from the free balance of an account: the entry in its ledger and the payment are
    written together or not at all. Refused with WASTE_INSUFFICIENT_FUNDS when it is not enough.
    """
    judge = Judge(input)
    key, fee = judge.key(WasteAccount, "account_id"), judge.key(WasteSubscription, "subscription_id")
    if judge.good("amount") and (fault := amount_fault(input.amount)):
        judge.refuse("amount", *fault)
    judge.check()
    assert key is not None and fee is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        if fee.village_id != unit.village.id:
            raise NotFound
        account = await hold(unit, (await unit.target(Account, key.id)).id)
        payers = [within(BANK_TELL), own_household(Subscription.household_id)]
        subscription = await unit.target(Subscription, fee.id, needs=payers)
        if subscription.household_id != await _household_of(unit, account):
            raise RuleViolated(
                "waste.fee_of_another",
                Text("Bukan iuran pemilik rekening.", "It is not the fee of the account's owner."),
            )
        need_free(account, input.amount)
        payment = await take_payment(
            unit, subscription, input.amount, WastePaymentMethod.BANK_SAMPAH_BALANCE, paid_at=unit.now
        )
        await book(unit, account, WasteLedgerKind.FEE, -input.amount, payment=payment)
        unit.announce(PAID, payment=payment.id, account=account.id)
        await tell_saver(
            unit, account, MONEY_OUT, amount=input.amount, account=account.number, balance=account.balance
        )
    return WastePayFeeFromBalancePayload(
        payment=ref(WastePayment, payment),
        account=ref(WasteAccount, account),
        subscription=ref(WasteSubscription, subscription),
    )


@mutation(needs=BANK_TELL)
async def waste_reverse_fee_from_balance(
    info: Info, input: WasteReverseFeeFromBalanceInput
) -> WasteReverseFeeFromBalancePayload:
    """Take back a payment from a balance that was made in error: what it paid is owed again, and the account
    gets its money back by an entry that points at the first one.
    """
    judge = Judge(input)
    key = judge.key(WastePayment, "payment_id")
    if fault := reason_fault(input.reason):
        judge.refuse("reason", *fault)
    judge.check()
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        payment = await unit.target(Payment, key.id)
        entry = await unit.first(
            LedgerEntry, LedgerEntry.payment_id == payment.id, LedgerEntry.kind == WasteLedgerKind.FEE
        )
        if entry is None:
            raise RuleViolated(
                "waste.not_from_balance",
                Text("Tidak dibayar dari saldo.", "It was not paid from a balance, or is a reversal."),
            )
        account = await hold(unit, entry.account_id)
        if account.state is WasteAccountState.CLOSED:
            raise RuleViolated("waste.account_closed", ACCOUNT_CLOSED)
        reversal = await reverse_payment(unit, payment, input.reason.strip())
        await book(unit, account, WasteLedgerKind.REVERSAL, payment.amount, payment=reversal, reverses=entry)
        unit.announce(REVERSED, payment=payment.id, reversal=reversal.id, account=account.id)
    return WasteReverseFeeFromBalancePayload(
        payment=ref(WastePayment, reversal), account=ref(WasteAccount, account)
    )


async def _household_of(unit: WriteUnit, account: Account) -> UUID | None:
    """The household whose fee an account may pay; None for a group, which pays for what is no household's."""
    if account.resident_id is None:
        return account.household_id
    resident = await unit.get(tables.Resident, account.resident_id)
    if resident is None or resident.household_id is None:
        raise RuleViolated(
            "waste.fee_of_another",
            Text("Pemilik tidak punya rumah tangga.", "The account's owner is in no household."),
        )
    return resident.household_id


MUTATIONS = (waste_pay_fee_from_balance, waste_reverse_fee_from_balance)
