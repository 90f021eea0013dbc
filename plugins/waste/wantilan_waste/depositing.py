"""A deposit at the waste bank: what is worth how much, its receipt, and what it does to stock and ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wantilan import Grams, Rupiah, Text, Unit

from .ledger import book
from .models import (
    Account,
    Category,
    Deposit,
    DepositLine,
    Facility,
    Intake,
    WasteDepositState,
    WasteLedgerKind,
    WasteSourceClass,
)
from .numbering import next_number
from .rules.receipts import Receipt, ReceiptLine, receipt_text
from .rules.saving import split, value_of
from .stock import take_in

NUMBER = "SB"
"""Under which name the receipts of deposits are counted: setoran bank sampah."""


@dataclass(frozen=True)
class Weighed:
    """One category of a deposit: grams, and rupiah a kilogram at this moment."""

    category: Category
    mass: Grams
    price_per_kg: Rupiah

    @property
    def value(self) -> int:
        return value_of(self.mass, self.price_per_kg)


async def post(
    unit: Unit,
    account: Account,
    facility: Facility,
    weighed: Sequence[Weighed],
    share_bp: int,
    bag_code: str | None = None,
) -> Deposit:
    """Take what was weighed into the facility's stock, and credit its value to an account that is held.

    Each line is an intake of its own, so that the mass balance of the facility knows it.
    """
    intakes = await _take_in(unit, account, facility, weighed)
    value = sum(one.value for one in weighed)
    parts = split(value, share_bp)
    number = await next_number(unit, NUMBER)
    text = receipt_text(
        Receipt(
            number,
            unit.today,
            unit.village.name,
            facility.name,
            account.number,
            [_line(one) for one in weighed],
            value,
            parts.operator,
            parts.saver,
            account.balance + parts.saver,
        )
    )
    deposit = Deposit(
        account_id=account.id,
        resident_id=account.resident_id,
        household_id=account.household_id,
        facility_id=facility.id,
        bag_code=bag_code,
        state=WasteDepositState.POSTED,
        mass=Grams(sum(one.mass for one in weighed)),
        value=Rupiah(value),
        operator_share_bp=share_bp,
        operator_share=Rupiah(parts.operator),
        credited=Rupiah(parts.saver),
        receipt_no=number,
        deposited_at=unit.now,
        business_date=unit.today,
        receipt_indonesian=text.id,
        receipt_english=text.en,
        posted_by=unit.actor_id,
    )
    await unit.add(deposit)
    await unit.add(
        *(
            DepositLine(
                deposit_id=deposit.id,
                resident_id=account.resident_id,
                household_id=account.household_id,
                category_id=one.category.id,
                intake_id=intake.id,
                mass=one.mass,
                price_per_kg=one.price_per_kg,
                value=Rupiah(one.value),
            )
            for one, intake in zip(weighed, intakes, strict=True)
        )
    )
    await book(unit, account, WasteLedgerKind.DEPOSIT, parts.saver, deposit=deposit)
    return deposit


async def _take_in(
    unit: Unit, account: Account, facility: Facility, weighed: Sequence[Weighed]
) -> Sequence[Intake]:
    """The intakes, in the order of the lines. The lots are held in the order of their labels.

    What goes into a resident's own account is not his household's: by mass and price the others of the house
    would know what he saves.
    """
    group = account.group_name is not None
    intakes = [
        Intake(
            facility_id=facility.id,
            household_id=account.household_id,
            stream=one.category.stream,
            source_class=WasteSourceClass.LAINNYA if group else WasteSourceClass.RUMAH_TANGGA,
            gross_grams=one.mass,
            tare_grams=Grams(0),
            mass_grams=one.mass,
            weighed_at=unit.now,
            business_date=unit.today,
            category_id=one.category.id,
            recorded_by=unit.actor_id,
        )
        for one in weighed
    ]
    pairs = zip(intakes, weighed, strict=True)
    for intake, one in sorted(pairs, key=lambda pair: pair[1].category.code):
        await take_in(unit, intake, one.category)
        unit.announce("waste.intake_recorded", intake=intake.id, facility=facility.id)
    return intakes


def _line(one: Weighed) -> ReceiptLine:
    name = Text(one.category.name_id, one.category.name_en)
    return ReceiptLine(name, one.mass, one.price_per_kg, one.value)
