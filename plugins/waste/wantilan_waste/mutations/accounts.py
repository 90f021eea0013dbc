"""Accounts of the waste bank are opened and closed."""

from __future__ import annotations

import strawberry

from wantilan import (
    Conflict,
    Household,
    Info,
    InvalidTransition,
    Judge,
    NotFound,
    RegionCode,
    Resident,
    ResidentStatus,
    RuleViolated,
    Rupiah,
    Text,
    Village,
    WriteUnit,
    input,
    mutation,
    payload,
    ref,
    tables,
)

from ..ledger import hold
from ..models import Account, WasteAccountKind, WasteAccountState, WasteWithdrawalState, Withdrawal
from ..numbering import next_number
from ..permissions import BANK_TELL
from ..rules.accounts import owner_faults
from ..types.bank import WasteAccount

NUMBER = "RK"
"""Under which name the numbers of accounts are counted: rekening."""
OPENED, CLOSED = "waste.account_opened", "waste.account_closed"


@input
class WasteOpenAccountInput:
    """Whose account: a resident's, a household's or a group's, and exactly one of these."""

    village_code: RegionCode
    """The village whose waste bank it is."""
    kind: WasteAccountKind = WasteAccountKind.INDIVIDUAL
    """INDIVIDUAL for a resident or a household, COLLECTIVE or SOCIAL for a group."""
    resident_id: strawberry.ID | None = None
    """The resident, if it is a resident's."""
    household_id: strawberry.ID | None = None
    """The household, if it is a household's."""
    group_name: str | None = None
    """The group's name, 1 to 100 characters, if it is a group's. Not the name of a person."""


@payload
class WasteOpenAccountPayload:
    """The new account."""

    account: WasteAccount | None
    """The account; null for those who may serve accounts but not read them."""
    village: Village
    """The village, for reading its accounts again."""


@input
class WasteCloseAccountInput:
    """Which account."""

    account_id: strawberry.ID
    """The account. Its balance must be 0, and no withdrawal may wait."""


@payload
class WasteCloseAccountPayload:
    """The closed account."""

    account: WasteAccount | None
    """The account; null for those who may serve accounts but not read them."""


@mutation(needs=BANK_TELL)
async def waste_open_account(info: Info, input: WasteOpenAccountInput) -> WasteOpenAccountPayload:
    """Open an account at the waste bank. A resident, and a household, has one at a time. RULE_VIOLATED for
    who is no longer there.
    """
    judge = Judge(input)
    person, home = judge.key(Resident, "resident_id"), judge.key(Household, "household_id")
    group = input.group_name.strip() if input.group_name is not None else None
    owners = [input.resident_id is not None, input.household_id is not None, group is not None]
    for fault in owner_faults(input.kind, owners.count(True), group):
        judge.refuse(*fault)
    judge.check()
    async with info.context.write(input.village_code) as unit:
        if any(key is not None and key.village_id != unit.village.id for key in (person, home)):
            raise NotFound
        # Held, so that two tellers cannot open two accounts for one owner at once.
        resident = await unit.target(tables.Resident, person.id, lock=True) if person else None
        household = await unit.target(tables.Household, home.id, lock=True) if home else None
        _refuse_gone(resident, household)
        account = Account(
            number="",
            kind=input.kind,
            resident_id=resident.id if resident is not None else None,
            household_id=household.id if household is not None else None,
            group_name=group,
            state=WasteAccountState.ACTIVE,
            opened_on=unit.today,
            closed_on=None,
            balance=Rupiah(0),
            reserved=Rupiah(0),
            entries=0,
            entered_at=None,
        )
        await _only_one(unit, account)
        account.number = await next_number(unit, NUMBER)
        await unit.add(account)
        unit.announce(OPENED, account=account.id)
        village = await unit.own_village()
    return WasteOpenAccountPayload(account=ref(WasteAccount, account), village=ref(Village, village))


def _refuse_gone(resident: tables.Resident | None, household: tables.Household | None) -> None:
    """Nobody would read what is saved there: not who died or moved away, not one person's second record."""
    gone = resident is not None and resident.status is not ResidentStatus.HIDUP
    if gone or (household is not None and household.closed_on is not None):
        text = Text("Pemiliknya sudah tidak ada di desa ini.", "Its owner is no longer in this village.")
        raise RuleViolated("waste.owner_gone", text)


async def _only_one(unit: WriteUnit, account: Account) -> None:
    """Raises Conflict when the resident or the household has an account already."""
    if account.resident_id is not None:
        same = Account.resident_id == account.resident_id
    elif account.household_id is not None:
        same = Account.household_id == account.household_id
    else:
        return
    if await unit.exists(Account, same, Account.state == WasteAccountState.ACTIVE):
        raise Conflict(Text("Sudah ada rekening yang aktif.", "There is an active account already."))


@mutation(needs=BANK_TELL)
async def waste_close_account(info: Info, input: WasteCloseAccountInput) -> WasteCloseAccountPayload:
    """Close an account whose balance is 0. It stays readable, with its whole ledger."""
    judge = Judge(input)
    key = judge.key(WasteAccount, "account_id")
    judge.check()
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        account = await hold(unit, (await unit.target(Account, key.id)).id)
        if account.state is WasteAccountState.CLOSED:
            raise InvalidTransition(Text("Rekening sudah ditutup.", "The account is closed already."))
        if account.balance > 0:
            raise RuleViolated("waste.account_balance", Text("Saldo belum 0.", "The balance is not 0 yet."))
        if await unit.exists(
            Withdrawal,
            Withdrawal.account_id == account.id,
            Withdrawal.state == WasteWithdrawalState.REQUESTED,
        ):
            raise RuleViolated(
                "waste.account_withdrawal",
                Text("Masih ada penarikan yang menunggu.", "A withdrawal still waits for approval."),
            )
        account.state, account.closed_on = WasteAccountState.CLOSED, unit.today
        await unit.flush()
        unit.announce(CLOSED, account=account.id)
    return WasteCloseAccountPayload(account=ref(WasteAccount, account))


MUTATIONS = (waste_open_account, waste_close_account)
