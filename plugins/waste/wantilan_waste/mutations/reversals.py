"""A deposit in error is taken back."""

from __future__ import annotations

import strawberry

from wantilan import (
    Info,
    InvalidTransition,
    Judge,
    Text,
    WriteUnit,
    input,
    mutation,
    payload,
    ref,
)

from ..ledger import book, hold, need_free
from ..messages import DEPOSIT_REVERSED
from ..models import (
    Category,
    Deposit,
    DepositLine,
    Intake,
    LedgerEntry,
    WasteDepositState,
    WasteLedgerKind,
    WasteStockReason,
)
from ..permissions import BANK_TELL
from ..rules.saving import reason_fault
from ..stock import move, standing_lot
from ..telling import tell_saver
from ..types.bank import WasteAccount, WasteDeposit

REVERSED = "waste.deposit_reversed"


@input
class WasteReverseDepositInput:
    """Which deposit, and why."""

    deposit_id: strawberry.ID
    """The deposit."""
    reason: str
    """Why, 1 to 500 characters. Not the name of a person."""


@payload
class WasteReverseDepositPayload:
    """What the reversal changed."""

    deposit: WasteDeposit | None
    """The deposit; null for those who may serve accounts but not read them."""
    account: WasteAccount | None
    """The account, for reading its balance again; null for those who may serve accounts but not read them."""


@mutation(needs=BANK_TELL)
async def waste_reverse_deposit(info: Info, input: WasteReverseDepositInput) -> WasteReverseDepositPayload:
    """Take a deposit back that was booked in error: its credit by an entry that points at the first one, its
    mass by movements of the stock (ADJUST).

    Refused when the free balance is smaller than the credit, and (`waste.stock`) when the facility does not
    have so much of it any more: what was sold or processed cannot be given back.
    """
    judge = Judge(input)
    key = judge.key(WasteDeposit, "deposit_id")
    if fault := reason_fault(input.reason):
        judge.refuse("reason", *fault)
    judge.check()
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        deposit = await unit.target(Deposit, key.id)
        account = await hold(unit, deposit.account_id)
        await unit.session.refresh(deposit)
        if deposit.state is not WasteDepositState.POSTED:
            raise InvalidTransition(
                Text("Setoran ini sudah dibatalkan.", "This deposit has been taken back already.")
            )
        need_free(account, deposit.credited)
        await _give_back(unit, deposit)
        entry = await unit.first(
            LedgerEntry,
            LedgerEntry.deposit_id == deposit.id,
            LedgerEntry.kind == WasteLedgerKind.DEPOSIT,
        )
        assert entry is not None, "a deposit has its entry"
        deposit.state, deposit.reversed_at = WasteDepositState.REVERSED, unit.now
        deposit.reversed_by, deposit.reason = unit.actor_id, input.reason.strip()
        await book(
            unit, account, WasteLedgerKind.REVERSAL, -deposit.credited, deposit=deposit, reverses=entry
        )
        unit.announce(REVERSED, deposit=deposit.id, account=account.id)
        await tell_saver(
            unit,
            account,
            DEPOSIT_REVERSED,
            receipt=deposit.receipt_no,
            credited=deposit.credited,
            account=account.number,
            balance=account.balance,
        )
    return WasteReverseDepositPayload(deposit=ref(WasteDeposit, deposit), account=ref(WasteAccount, account))


async def _give_back(unit: WriteUnit, deposit: Deposit) -> None:
    """Take the mass of each line out of the facility's stock again, by the order in which lots are held."""
    lines = await unit.all(DepositLine, DepositLine.deposit_id == deposit.id)
    categories = {
        row.id: row for row in await unit.all(Category, Category.id.in_([line.category_id for line in lines]))
    }
    for line in sorted(lines, key=lambda line: categories[line.category_id].code):
        category = categories[line.category_id]
        intake = await unit.get(Intake, line.intake_id)
        lot = await standing_lot(unit, deposit.facility_id, category.stream, category)
        await move(unit, lot, -line.mass, WasteStockReason.ADJUST, at=unit.now, intake=intake)


MUTATIONS = (waste_reverse_deposit,)
