"""Deposits at the waste bank are posted, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import strawberry

from wantilan import (
    Grams,
    Info,
    Judge,
    NotFound,
    Text,
    Village,
    WriteUnit,
    find_holder,
    input,
    mutation,
    payload,
    ref,
    tables,
)

from ..depositing import Weighed, post
from ..judging import each, gather
from ..ledger import hold
from ..messages import DEPOSIT_POSTED
from ..models import Account, Category, Facility, WasteAccountState, WasteStream
from ..permissions import BANK_TELL
from ..pricing import prices_at
from ..rules import saving
from ..rules.saving import MOST_LINES
from ..rules.weighing import gross_fault
from ..settings import WasteSettings
from ..telling import tell_saver
from ..types.bank import WasteAccount, WasteDeposit
from ..types.categories import WasteCategory
from ..types.facilities import WasteFacility

POSTED = "waste.deposit_posted"
LONGEST_BAG_CODE = 100
OPEN = Account.state == WasteAccountState.ACTIVE


@input
class WasteDepositLineInput:
    """One category of a deposit."""

    category_id: strawberry.ID
    """The category: one that the bank accepts and that has a price. Never hazardous waste (B3)."""
    mass: Grams
    """Its net mass."""


@input
class WastePostDepositInput:
    """What was weighed, where, and for which account."""

    account_id: strawberry.ID | None = None
    """The account; leave it out if you give a code."""
    code: str | None = None
    """What was scanned or typed instead: a card or a printed code of its owner. His own account comes
    before that of the household.
    """
    facility_id: strawberry.ID
    """Where it was weighed, and into whose stock it goes."""
    lines: list[WasteDepositLineInput]
    """What was weighed, 1 to 50 lines."""
    bag_code: str | None = None
    """What stands on the bag, at most 100 characters."""


@payload
class WastePostDepositPayload:
    """What the deposit changed."""

    deposit: WasteDeposit | None
    """The deposit with its receipt; null for those who may serve accounts but not read them."""
    account: WasteAccount | None
    """The account, for reading its balance again; null for those who may serve accounts but not read them."""
    village: Village
    """The village, for reading its figures again."""


@mutation(needs=BANK_TELL)
async def waste_post_deposit(info: Info, input: WastePostDepositInput) -> WastePostDepositPayload:
    """Book waste that was weighed for an account.

    Each line is worth floor(grams x price per kilogram / 1000), at the price of this moment; the deposit is
    worth their sum. The operator's share, basis points of it that the village has set, is rounded down; the
    saver gets the rest.
    """
    judge = Judge(input)
    place, saver = judge.key(WasteFacility, "facility_id"), judge.key(WasteAccount, "account_id")
    lines = input.lines if 0 < len(input.lines) <= MOST_LINES else []
    judges = each(judge, "lines", lines)
    keys = [one.key(WasteCategory, "category_id") for one in judges]
    _judge_alone(judge, judges, input, lines)
    if place is None:
        gather(judge, judges)
        judge.check()
        raise NotFound
    async with info.context.write(place.village_id) as unit:
        facility = await unit.target(Facility, place.id)
        if facility.closed_on is not None and facility.closed_on <= unit.today:
            judge.refuse("facility_id", *saving.FACILITY_CLOSED)
        account = None
        if saver is not None:
            if saver.village_id != unit.village.id:
                raise NotFound
            account = await hold(unit, (await unit.target(Account, saver.id)).id)
        elif input.code is not None and input.account_id is None:
            account = await _account_of_code(info, unit, judge, input.code)
        if account is not None and account.state is WasteAccountState.CLOSED:
            judge.refuse("account_id", *saving.ACCOUNT_CLOSED)
        ids = [key.id if key is not None and key.village_id == unit.village.id else None for key in keys]
        settings = await unit.settings(WasteSettings)
        weighed = await _weighed(unit, judges, ids, lines)
        _judge_worth(judge, judges, weighed, lines, settings)
        gather(judge, judges)
        judge.check()
        assert account is not None, "judged"
        bag = input.bag_code.strip() if input.bag_code is not None else None
        deposit = await post(unit, account, facility, weighed, settings.operator_share_bp, bag)
        unit.announce(POSTED, deposit=deposit.id, account=account.id)
        await tell_saver(
            unit,
            account,
            DEPOSIT_POSTED,
            receipt=deposit.receipt_no,
            mass=deposit.mass,
            credited=deposit.credited,
            account=account.number,
            balance=account.balance,
        )
        village = await unit.own_village()
    return WastePostDepositPayload(
        deposit=ref(WasteDeposit, deposit), account=ref(WasteAccount, account), village=ref(Village, village)
    )


async def _account_of_code(info: Info, unit: WriteUnit, judge: Judge, code: str) -> Account | None:
    """The account of who holds a code, held; what is wrong with the code is noted."""
    holder = await find_holder(info, unit, code)
    if holder is None or not holder.valid:
        judge.refuse("code", *(saving.CODE_UNKNOWN if holder is None else saving.CODE_NOT_VALID))
        return None
    home, found = holder.household_id, None
    if holder.resident is not None:
        person = await unit.get(tables.Resident, holder.resident.id)
        home = person.household_id if person is not None else None
        found = await unit.first(Account, Account.resident_id == holder.resident.id, OPEN)
    if found is None and home is not None:
        found = await unit.first(Account, Account.household_id == home, OPEN)
    if found is None:
        judge.refuse("code", *saving.NO_ACCOUNT)
        return None
    return await hold(unit, found.id)


def _judge_alone(
    judge: Judge,
    judges: Sequence[Judge],
    input: WastePostDepositInput,
    lines: Sequence[WasteDepositLineInput],
) -> None:
    """Every rule that needs nothing but the input. `lines` is empty where there are too many to be judged."""
    if not lines:
        judge.refuse("lines", "HOW_MANY", Text("1 sampai 50 baris.", "1 to 50 lines."))
    if (input.account_id is None) is (input.code is None):
        judge.refuse("account_id", *saving.ONE_OF)
    if input.bag_code is not None and not 0 < len(input.bag_code.strip()) <= LONGEST_BAG_CODE:
        judge.refuse("bag_code", "LENGTH", Text("1 sampai 100 karakter.", "1 to 100 characters."))
    for one, line in zip(judges, lines, strict=True):
        if one.good("mass") and (fault := gross_fault(line.mass)):
            one.refuse("mass", *fault)


async def _weighed(
    unit: WriteUnit,
    judges: Sequence[Judge],
    ids: Sequence[UUID | None],
    lines: Sequence[WasteDepositLineInput],
) -> list[Weighed]:
    """The lines that are right, at the prices of this moment; the faults of the others are noted."""
    wanted = [id_ for id_ in ids if id_ is not None]
    known = {row.id: row for row in await unit.all(Category, Category.id.in_(wanted))}
    prices = await prices_at(unit, wanted, unit.now)
    found: list[Weighed] = []
    for one, id_, line in zip(judges, ids, lines, strict=True):
        if not one.good("category_id"):
            continue
        category = known.get(id_) if id_ is not None else None
        fault = _category_fault(category, id_ in prices)
        if fault is not None:
            one.refuse("category_id", *fault)
        elif category is not None and id_ is not None and one.good("mass"):
            found.append(Weighed(category, line.mass, prices[id_]))
    return found


def _category_fault(category: Category | None, priced: bool) -> saving.Fault | None:
    if category is None:
        return saving.UNKNOWN_CATEGORY
    if category.stream is WasteStream.B3:
        return saving.B3_HAS_NO_PRICE
    if not category.active:
        return saving.RETIRED
    if not category.accepted_by_bank:
        return saving.NOT_ACCEPTED
    return None if priced else saving.NO_PRICE


def _judge_worth(
    judge: Judge,
    judges: Sequence[Judge],
    weighed: Sequence[Weighed],
    lines: Sequence[WasteDepositLineInput],
    settings: WasteSettings,
) -> None:
    """Rules of the whole deposit; they say something only where every line is good."""
    if not judge.good("lines") or len(weighed) < len(lines) or any(one.faults for one in judges):
        return
    if sum(one.mass for one in weighed) < settings.minimum_deposit_grams:
        judge.refuse("lines", *saving.TOO_LIGHT)
    elif saving.split(sum(one.value for one in weighed), settings.operator_share_bp).saver == 0:
        judge.refuse("lines", *saving.WORTH_NOTHING)


MUTATIONS = (waste_post_deposit,)
