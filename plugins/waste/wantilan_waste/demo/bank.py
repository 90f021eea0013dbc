"""The waste bank of the demo: accounts of households, residents and groups, bank days, and the ledger."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from wantilan import Text

from ..models import (
    Account,
    Deposit,
    DepositLine,
    LedgerEntry,
    WasteAccountKind,
    WasteAccountState,
    WasteDepositState,
)
from ..models import WasteLedgerKind as Kind
from ..models import WasteSourceClass as From
from ..models import WasteStream as S
from ..rules.receipts import Receipt, ReceiptLine, receipt_text
from ..rules.saving import Split, split, value_of
from .actors import TELLER
from .categories import Categories
from .history import History, Row
from .points import Points
from .stock import Stock
from .timeline import Deed
from .weighings import Weighing

EVERY = 3
"""One household in so many has an account."""
GROUPS = (
    ("SD Contoh 1", WasteAccountKind.COLLECTIVE),
    ("PKK Contoh", WasteAccountKind.COLLECTIVE),
    ("Sekaa Teruna Contoh", WasteAccountKind.COLLECTIVE),
    ("Dana Sosial Contoh", WasteAccountKind.SOCIAL),
)
ACCOUNT, RECEIPT = "RK", "SB"
"""Numbers of accounts and of the receipts of deposits begin so."""
OPERATOR_SHARE_BP = 1500
"""Fifteen in a hundred for the operator: assumed by the demo, every bank decides it."""
OPENS_AT = time(12, 30)
COMES = 0.3
"""The share of the accounts that bring something to a bank day."""
OWNER = ("resident_id", "household_id")


class Bank:
    """The accounts with their balances, and what comes in on the first and the third Saturday of a month."""

    def __init__(self, history: History, stock: Stock, points: Points, categories: Categories) -> None:
        self.history, self.stock, self.points, self.categories = history, stock, points, categories
        self.accounts: list[Row] = []
        self._of_household: dict[UUID, Row] = {}

    async def load(self, since: date) -> None:
        self.accounts = await self.history.known(Account, Account.state == WasteAccountState.ACTIVE)
        heads = self.points.heads
        if not self.accounts:
            self._found(since, heads)
        for row in self.accounts:
            if row["household_id"] is not None:
                self._of_household.setdefault(row["household_id"], row)

    def _found(self, since: date, heads: dict[UUID, UUID]) -> None:
        for home in self.points.homes[::EVERY]:
            own = home.number % 2 == 0 or home.id not in heads
            owner = {"household_id": home.id} if own else {"resident_id": heads[home.id]}
            self._open(since, WasteAccountKind.INDIVIDUAL, **owner)
        for name, kind in GROUPS:
            self._open(since, kind, group_name=name)

    def _open(self, day: date, kind: WasteAccountKind, **owner: object) -> None:
        self.accounts.append(
            self.history.add(
                Account, number=self.history.number(ACCOUNT, day), kind=kind, state=WasteAccountState.ACTIVE,
                opened_on=day, balance=0, reserved=0, entries=0, **owner,
            )
        )  # fmt: skip

    def account_of(self, household: UUID | None) -> Row | None:
        return self._of_household.get(household) if household else None

    def free(self, account: Row) -> int:
        return int(account["balance"] - account["reserved"])

    def deeds(self, day: date) -> list[Deed]:
        """One after the other, so that no two lines are weighed at the same moment."""
        if day.weekday() != 5 or (day.day - 1) // 7 not in (0, 2):
            return []
        rng = self.history.chance("bank day", day)
        comes = [account for account in self.accounts if rng.random() < COMES and account["opened_on"] <= day]
        at = self.history.moment(day, OPENS_AT)
        return [
            Deed(at + n * timedelta(minutes=3), partial(self._deposit, account), weighs=True)
            for n, account in enumerate(comes)
        ]

    def _deposit(self, account: Row, at: datetime) -> None:
        """The last line is weighed at the moment of the deposit, those before it a little earlier."""
        day = self.history.day_of(at)
        rng = self.history.chance("deposit", account["number"], day)
        many = 4 if account["group_name"] else 1
        codes = rng.sample(self.categories.banked(), rng.randint(1, 3))
        brought = [
            (code, rng.randrange(500, 6_000, 100) * many, self.categories.price(code)) for code in codes
        ]
        value = sum(value_of(grams, price) for _, grams, price in brought)
        parts = split(value, OPERATOR_SHARE_BP)
        owner = {key: account[key] for key in OWNER}
        number = self.history.number(RECEIPT, day)
        text = self._receipt(number, day, account, brought, value, parts)
        deposit = self.history.add(
            Deposit, account_id=account["id"], facility_id=self.stock.facility["id"], **owner,
            state=WasteDepositState.POSTED, mass=sum(grams for _, grams, _ in brought), value=value,
            operator_share_bp=OPERATOR_SHARE_BP, operator_share=parts.operator, credited=parts.saver,
            receipt_no=number, deposited_at=at, business_date=day, posted_by=TELLER,
            receipt_indonesian=text.id, receipt_english=text.en,
        )  # fmt: skip
        source = From.LAINNYA if account["group_name"] else From.RUMAH_TANGGA
        for left, (code, grams, price) in zip(range(len(brought) - 1, -1, -1), brought, strict=True):
            weighed_at = at - left * timedelta(seconds=20)
            weighing = Weighing(at.time(), S.ANORGANIK, source, grams)
            intake = self.stock.take_in(
                weighing, weighed_at, household=account["household_id"], category=code
            )
            self.history.add(
                DepositLine, deposit_id=deposit["id"], category_id=self.categories.by_code[code]["id"],
                intake_id=intake["id"], mass=grams, price_per_kg=price, value=value_of(grams, price), **owner,
            )  # fmt: skip
        if parts.saver:
            self.enter(account, Kind.DEPOSIT, parts.saver, at, deposit_id=deposit["id"])

    def _receipt(
        self,
        number: str,
        day: date,
        account: Row,
        brought: list[tuple[str, int, int]],
        value: int,
        parts: Split,
    ) -> Text:
        lines = []
        for code, grams, price in brought:
            category = self.categories.by_code[code]
            name = Text(category["name_id"], category["name_en"])
            lines.append(ReceiptLine(name, grams, price, value_of(grams, price)))
        balance = account["balance"] + parts.saver
        return receipt_text(
            Receipt(
                number, day, self.history.unit.village.name, self.stock.facility["name"], account["number"],
                lines, value, parts.operator, parts.saver, balance,
            )
        )  # fmt: skip

    def pay_fee(self, account: Row, payment: Row, at: datetime) -> None:
        self.enter(account, Kind.FEE, -payment["amount"], at, payment_id=payment["id"])

    def enter(self, account: Row, kind: Kind, delta: int, at: datetime, **cause: object) -> None:
        """The next entry of an account, later than the one before; no balance is ever below 0."""
        balance = account["balance"] + delta
        assert balance >= account["reserved"], "the money is there"
        last = account["entered_at"]
        at = max(at, last + timedelta(milliseconds=1)) if last is not None else at
        self.history.change(account, balance=balance, entries=account["entries"] + 1, entered_at=at)
        self.history.add(
            LedgerEntry, account_id=account["id"], number=account["entries"], kind=kind, delta=delta,
            balance_after=balance, entered_at=at, business_date=self.history.day_of(at), entered_by=TELLER,
            **{key: account[key] for key in OWNER}, **cause,
        )  # fmt: skip
