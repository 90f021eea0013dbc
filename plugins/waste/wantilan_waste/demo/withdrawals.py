"""Withdrawals of the demo: asked for at the counter, approved by somebody else, then paid out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial

from ..models import WasteLedgerKind as Kind
from ..models import WasteWithdrawalMethod, Withdrawal
from ..models import WasteWithdrawalState as State
from .actors import OFFICER, TELLER
from .bank import Bank
from .history import History, Row
from .timeline import Deed

UNDECIDED = (State.REQUESTED, State.APPROVED)
ASKS_AT, DECIDES_AT, PAYS_AT = time(10, 0), time(9, 0), time(9, 30)
WORTH_THE_WAY = 20_000
"""Rupiah: nobody asks for less."""
OPEN_FOR = timedelta(days=90)
"""An account must have been open so long."""
FRIDAY, MONDAY, TUESDAY = 4, 0, 1
REASON = "Saldo dipakai untuk iuran"
"""Why a withdrawal is refused now and then."""


class Withdrawals:
    """What is asked for on two Fridays of a month, decided on Monday and paid out on Tuesday."""

    def __init__(self, history: History, bank: Bank) -> None:
        self.history, self.bank = history, bank
        self._waiting: list[Row] = []

    async def load(self) -> None:
        waiting = await self.history.known(Withdrawal, Withdrawal.state.in_(UNDECIDED))
        self._waiting = [row for row in waiting if row["requested_by"] == TELLER]

    def deeds(self, day: date) -> list[Deed]:
        if day.weekday() == FRIDAY and (day.day - 1) // 7 in (1, 3):
            return self._asked(day)
        if day.weekday() == MONDAY:
            return [Deed(self.history.moment(day, DECIDES_AT), self._decide)]
        if day.weekday() == TUESDAY:
            return [Deed(self.history.moment(day, PAYS_AT), self._pay)]
        return []

    def _asked(self, day: date) -> list[Deed]:
        rng = self.history.chance("withdrawals", day)
        rich = [
            row
            for row in self.bank.accounts
            if self.bank.free(row) >= 2 * WORTH_THE_WAY and row["opened_on"] + OPEN_FOR <= day
        ]
        at = self.history.moment(day, ASKS_AT)
        return [
            Deed(at + n * timedelta(minutes=7), partial(self._ask, account, 0.3 + rng.random() / 2))
            for n, account in enumerate(rng.sample(rich, min(3, len(rich))))
        ]

    def _ask(self, account: Row, share: float, at: datetime) -> None:
        amount = int(self.bank.free(account) * share) // 1000 * 1000
        if amount < WORTH_THE_WAY:
            return
        by_bank = account["group_name"] is not None
        self._waiting.append(
            self.history.add(
                Withdrawal, account_id=account["id"], resident_id=account["resident_id"],
                household_id=account["household_id"], amount=amount, state=State.REQUESTED, requested_at=at,
                method=WasteWithdrawalMethod.TRANSFER if by_bank else WasteWithdrawalMethod.CASH,
                requested_by=TELLER,
            )
        )  # fmt: skip

    def _decide(self, at: datetime) -> None:
        """Approved, the amount is reserved; whoever approves is never who asked."""
        for row in list(self._waiting):
            if row["state"] is not State.REQUESTED:
                continue
            account = self._account(row)
            drawn = self.history.chance("decides", row["amount"], self.history.day_of(at)).random()
            if account is None or self.bank.free(account) < row["amount"] or drawn < 0.06:
                self.history.change(row, state=State.REJECTED, reason=REASON, ended_at=at, ended_by=OFFICER)
                self._waiting.remove(row)
            elif drawn < 0.1:
                self.history.change(row, state=State.CANCELLED, ended_at=at, ended_by=TELLER)
                self._waiting.remove(row)
            else:
                self.history.change(account, reserved=account["reserved"] + row["amount"])
                self.history.change(row, state=State.APPROVED, approved_at=at, approved_by=OFFICER)

    def _pay(self, at: datetime) -> None:
        for row in list(self._waiting):
            account = self._account(row)
            if row["state"] is not State.APPROVED or account is None:
                continue
            self.history.change(account, reserved=account["reserved"] - row["amount"])
            self.history.change(row, state=State.PAID, paid_at=at, paid_by=TELLER)
            self.bank.enter(account, Kind.WITHDRAWAL, -row["amount"], at, withdrawal_id=row["id"])
            self._waiting.remove(row)

    def _account(self, row: Row) -> Row | None:
        return next((one for one in self.bank.accounts if one["id"] == row["account_id"]), None)
