"""A waste bank in Bengkel: what it buys, whose money it keeps, and who works there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from tests.waste.scene import Scene, everybody, set_the_scene

from wantilan import Rupiah, Unit, new_code
from wantilan.registry.models import Message
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, NEIGHBOUR, Reply, World
from wantilan_waste.models import (
    Account,
    Category,
    Deposit,
    DepositLine,
    FeePlan,
    Intake,
    Invoice,
    LedgerEntry,
    Lot,
    Payment,
    PriceItem,
    ServicePoint,
    StockMovement,
    Subscription,
    WasteAccountKind,
    WasteAccountState,
    WasteFeePeriod,
    WasteInvoiceState,
    WasteOrganicHandling,
    WastePointStatus,
    WastePpClass,
    WasteSipsnClass,
    WasteSourceClass,
    WasteStream,
    WasteSubscriptionState,
    Withdrawal,
)
from wantilan_waste.pricing import set_price

POST = """mutation($input: WastePostDepositInput!) { wastePostDeposit(input: $input) {
  deposit { id state mass value operatorShareBp operatorShare credited bagCode businessDate
    receipt { number indonesian english } lines { mass pricePerKg value category { code } } }
  account { id number balance reserved free } village { code } } }"""
REVERSE = """mutation($input: WasteReverseDepositInput!) { wasteReverseDeposit(input: $input) {
  deposit { id state reversedAt reason } account { balance free } } }"""
REQUEST = """mutation($input: WasteRequestWithdrawalInput!) { wasteRequestWithdrawal(input: $input) {
  withdrawal { id state amount method } account { balance reserved free } } }"""


def step(verb: str) -> str:
    """The document of a step of a withdrawal: Approve, Reject, Cancel, Pay."""
    return (
        f"mutation($input: Waste{verb}WithdrawalInput!) {{ waste{verb}Withdrawal(input: $input) {{ "
        "withdrawal { id state reason } account { balance reserved free } } }"
    )


PAY_FEE = """mutation($input: WastePayFeeFromBalanceInput!) { wastePayFeeFromBalance(input: $input) {
  payment { id amount method receiptNo } account { balance free } subscription { id credit } } }"""
UNDO_FEE = """mutation($input: WasteReverseFeeFromBalanceInput!) { wasteReverseFeeFromBalance(input: $input) {
  payment { id amount } account { balance free } } }"""
STATEMENT = """query($id: ID!, $first: Int, $after: String, $order: WasteLedgerEntryOrder) { node(id: $id) {
  ... on WasteAccount { number balance reserved free
    entries(first: $first, after: $after, order: $order) {
      nodes { number kind delta balanceAfter } pageInfo { hasNextPage endCursor } } } } }"""
BOOKS = (
    Account, Deposit, DepositLine, Withdrawal, LedgerEntry, Intake, Lot, StockMovement, Payment, PriceItem,
    Subscription, Invoice, Message,
)  # fmt: skip
"""All that the bank changes."""


@dataclass(frozen=True)
class Bank:
    """The scene of the waste, and the bank in it. `ids` are those of the API."""

    waste: Scene
    ids: Mapping[str, str]
    rows: Mapping[str, UUID]
    tokens: Mapping[str, str | None]

    @property
    def world(self) -> World:
        return self.waste.world

    async def deposit(
        self, who: str = "teller", *lines: tuple[str, int], key: str | None = None, **given: Any
    ) -> Reply:
        """Deposit as somebody: categories and grams, a kilogram of PET if nothing else is said."""
        asked = {
            "accountId": self.ids["household account"],
            "facilityId": self.ids["facility"],
            "lines": [
                {"categoryId": self.ids[code], "mass": grams} for code, grams in lines or [("PET", 1000)]
            ],
            **given,
        }
        return await self.world.ask(POST, self.tokens[who], key=key, input=asked)

    async def ask(self, document: str, who: str, **given: Any) -> Reply:
        return await self.world.ask(document, self.tokens[who], input=given)

    async def asked_for(self, amount: int, account: str = "household account", who: str = "teller") -> str:
        """The id of a withdrawal that was asked for."""
        reply = await self.ask(REQUEST, who, accountId=self.ids[account], amount=amount)
        return str(reply.data["wasteRequestWithdrawal"]["withdrawal"]["id"])

    async def account(self, name: str = "household account") -> Account:
        async with self.world.unit(BENGKEL) as unit:
            found = await unit.get(Account, self.rows[name])
        assert found is not None
        return found

    async def credit(self, rupiah: int, account: str = "household account") -> None:
        """A deposit of which the saver gets exactly so much."""
        grams = rupiah
        while grams - grams * 1500 // 10_000 < rupiah:
            grams += 1
        reply = await self.deposit("teller", ("GOLD", grams), accountId=self.ids[account])
        assert reply.data["wastePostDeposit"]["deposit"]["credited"] == rupiah

    async def entries(self, account: str = "household account") -> Sequence[LedgerEntry]:
        async with self.world.unit(BENGKEL) as unit:
            found = await unit.all(LedgerEntry, LedgerEntry.account_id == self.rows[account])
        return sorted(found, key=lambda entry: entry.number)

    async def books(self) -> object:
        """All rows that the bank writes, and how many events there are: what must not change by a refusal."""
        async with self.world.unit(BENGKEL) as unit:
            found = {}
            for model in BOOKS:
                table: Any = model.__table__
                rows = await unit.session.execute(
                    sa.select(table).where(table.c.village_id == unit.village.id).order_by(table.c.id)
                )
                found[table.name] = [tuple(row) for row in rows]
            return found, len(await unit.all(Event))


async def set_the_bank(world: World) -> Bank:
    waste = await set_the_scene(world)
    async with world.unit(BENGKEL) as unit:
        categories = await some_categories(unit)
        accounts = await some_accounts(unit, waste)
        subscriptions = await some_subscriptions(unit, waste)
    async with world.unit(NEIGHBOUR) as unit:
        foreign = await some_categories(unit)
        other = an_account(unit, household_id=waste.other_household.id)
        await unit.add(other)
    rows = {**categories, **accounts, **subscriptions}
    ids = dict(waste.ids)
    ids |= {code: await world.id_of("WasteCategory", row) for code, row in categories.items()}
    ids |= {name: await world.id_of("WasteAccount", row) for name, row in accounts.items()}
    ids |= {name: await world.id_of("WasteSubscription", row) for name, row in subscriptions.items()}
    ids["other PET"] = await world.id_of("WasteCategory", foreign["PET"])
    ids["other account"] = await world.id_of("WasteAccount", other)
    tokens = await everybody(waste)
    tokens["teller"] = await world.token("waste_bank_teller", BENGKEL, name="teller")
    tokens["second teller"] = await world.token("waste_bank_teller", BENGKEL, name="second teller")
    tokens["next teller"] = await world.token("waste_bank_teller", NEIGHBOUR)
    tokens["made"] = await world.token("resident", BENGKEL, resident=waste.made.id)
    return Bank(waste, ids, {name: row.id for name, row in rows.items()}, tokens)


def a_category(unit: Unit, code: str, stream: WasteStream = WasteStream.ANORGANIK, **more: Any) -> Category:
    return Category(
        village_id=unit.village.id, code=code, name_id=f"{code} id", name_en=f"{code} en", stream=stream,
        sipsn_class=WasteSipsnClass.LAINNYA, pp_class=WastePpClass.LAINNYA,
        **{"accepted_by_bank": True, "active": True, **more},
    )  # fmt: skip


async def some_categories(unit: Unit) -> dict[str, Category]:
    """GOLD is worth a rupiah a gram. BESI has no price, KACA is not accepted, AKI is hazardous, TUA is used
    no more, and BARU gets its first price tomorrow.
    """
    made = [
        a_category(unit, "PET"),
        a_category(unit, "KARDUS"),
        a_category(unit, "GOLD"),
        a_category(unit, "BESI"),
        a_category(unit, "KACA", accepted_by_bank=False),
        a_category(unit, "AKI", WasteStream.B3, accepted_by_bank=False),
        a_category(unit, "TUA", active=False),
        a_category(unit, "BARU"),
    ]
    await unit.add(*made)
    found = {row.code: row for row in made}
    then = unit.now - timedelta(days=400)
    for code, price in (("PET", 3_333), ("KARDUS", 1_500), ("GOLD", 1_000), ("KACA", 100), ("TUA", 100)):
        await set_price(unit, found[code].id, Rupiah(price), then)
    await set_price(unit, found["BARU"].id, Rupiah(500), unit.now + timedelta(days=1))
    return found


def an_account(unit: Unit, number: str = "RK-2025-000001", **owner: Any) -> Account:
    """An account that has been open for a year."""
    group = "group_name" in owner
    return Account(
        village_id=unit.village.id, number=number, opened_on=unit.today - timedelta(days=365),
        kind=WasteAccountKind.COLLECTIVE if group else WasteAccountKind.INDIVIDUAL,
        state=WasteAccountState.ACTIVE, balance=Rupiah(0), reserved=Rupiah(0), entries=0, **owner,
    )  # fmt: skip


async def some_accounts(unit: Unit, waste: Scene) -> dict[str, Account]:
    """The account of Wayan's household, Made's own, and that of a school."""
    made = {
        "household account": an_account(unit, household_id=waste.household.id),
        "made's account": an_account(unit, "RK-2025-000002", resident_id=waste.made.id),
        "school account": an_account(unit, "RK-2025-000003", group_name="SD Contoh"),
    }
    await unit.add(*made.values())
    return made


async def some_subscriptions(unit: Unit, waste: Scene) -> dict[str, Subscription]:
    """Of Wayan's and of Made's household: three months of 10,000 rupiah are owed on each."""
    plan = FeePlan(
        village_id=unit.village.id, name="Iuran", amount=Rupiah(10_000), period=WasteFeePeriod.MONTHLY,
        valid_from=date(2025, 1, 1), legal_basis="Perdes contoh",
    )  # fmt: skip
    await unit.add(plan)
    hamlet, made = waste.household.hamlet_id, waste.made.household_id
    found: dict[str, Subscription] = {}
    for name, home in (("household fee", waste.household.id), ("made's fee", made)):
        point = ServicePoint(
            village_id=unit.village.id, code=new_code(unit.village.code, 20), code_since=unit.now,
            household_id=home, label=name, label_key=name, hamlet_id=hamlet, opened_on=date(2025, 1, 1),
            source_class=WasteSourceClass.RUMAH_TANGGA, status=WastePointStatus.ACTIVE,
            organic_handling=WasteOrganicHandling.TIDAK_ADA,
        )  # fmt: skip
        await unit.add(point)
        found[name] = Subscription(
            point_id=point.id, plan_id=plan.id, household_id=home, credit=Rupiah(0),
            state=WasteSubscriptionState.ACTIVE, start_on=date(2025, 1, 1),
        )  # fmt: skip
        await unit.add(found[name])
        for month in (1, 2, 3):
            invoice = Invoice(
                subscription_id=found[name].id, point_id=point.id, household_id=home, hamlet_id=hamlet,
                period=f"2025-{month:02}", amount=Rupiah(10_000), paid=Rupiah(0), waived=Rupiah(0),
                rest=Rupiah(10_000), issued_on=date(2025, month, 1), due_on=date(2025, month, 20),
                state=WasteInvoiceState.ISSUED,
            )  # fmt: skip
            await unit.add(invoice)
    return found


def moment(**back: float) -> str:
    return (datetime.now(UTC) - timedelta(**back)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
