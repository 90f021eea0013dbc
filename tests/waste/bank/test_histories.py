"""Random histories through the API: whatever is tried in whatever order, the books are sound after it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.waste.bank.scene import PAY_FEE, REQUEST, REVERSE, UNDO_FEE, Bank, step
from tests.waste.bank.soundness import sound

from wantilan.testing import BENGKEL, Reply
from wantilan_waste.models import Account, Deposit, LedgerEntry, Withdrawal
from wantilan_waste.rules.saving import split, value_of

REFUSALS = {"WASTE_INSUFFICIENT_FUNDS", "INVALID_TRANSITION"}
ACCOUNTS = ("household account", "made's account")
BEFORE = {"Approve": "REQUESTED", "Reject": "REQUESTED", "Cancel": "REQUESTED", "Pay": "APPROVED"}
FEES = {"household account": "household fee", "made's account": "made's fee"}


@given(st.integers(1, 100_000_000), st.integers(0, 10_000_000), st.integers(0, 10_000))
def test_nothing_of_a_value_is_lost_between_saver_and_operator(grams: int, price: int, share: int) -> None:
    value = value_of(grams, price)
    assert value * 1000 <= grams * price < (value + 1) * 1000
    parts = split(value, share)
    assert parts.operator + parts.saver == value
    assert parts.operator >= 0 and parts.saver >= 0
    assert parts.operator * 10_000 <= value * share < (parts.operator + 1) * 10_000


class History:
    """One history: what there is to act upon, and what came of each act."""

    def __init__(self, bank: Bank, seed: int) -> None:
        self.bank, self.dice = bank, random.Random(seed)
        self.deposits: list[str] = []
        self.withdrawals: dict[str, str] = {}
        self.payments: list[str] = []
        self.told: Counter[str] = Counter()
        self.acts: list[Callable[[], Awaitable[Reply]]] = [
            self.deposit, self.deposit, self.reverse, self.request, self.request, self.approve, self.approve,
            self.approve, self.reject, self.cancel, self.pay, self.pay, self.pay, self.fee, self.undo_fee,
        ]  # fmt: skip

    async def run(self, acts: int) -> None:
        """After each act the books are sound, and no entry has changed."""
        known = await sound(self.bank)
        for _ in range(acts):
            reply = await self.dice.choice(self.acts)()
            assert set(reply.codes) <= REFUSALS, reply.errors
            self.told.update(reply.codes or ["done"])
            now = await sound(self.bank)
            assert known.items() <= now.items()
            known = now

    async def deposit(self) -> Reply:
        lines = [
            (self.dice.choice(("PET", "KARDUS", "GOLD")), self.dice.randint(1, 9_000))
            for _ in range(self.dice.randint(1, 3))
        ]
        reply = await self.bank.deposit("teller", *lines, ("GOLD", 10), accountId=self.account())
        self.deposits.append(reply.data["wastePostDeposit"]["deposit"]["id"])
        return reply

    async def reverse(self) -> Reply:
        if not self.deposits:
            return await self.deposit()
        return await self.bank.ask(REVERSE, "teller", depositId=self.dice.choice(self.deposits), reason="x")

    async def request(self) -> Reply:
        given = {"accountId": self.account(), "amount": self.dice.randint(1, 12_000)}
        reply = await self.bank.ask(REQUEST, "teller", **given)
        if not reply.codes:
            self.withdrawals[reply.data["wasteRequestWithdrawal"]["withdrawal"]["id"]] = "REQUESTED"
        return reply

    async def approve(self) -> Reply:
        return await self._step("Approve", "operator")

    async def reject(self) -> Reply:
        return await self._step("Reject", "operator", reason="x")

    async def cancel(self) -> Reply:
        return await self._step("Cancel", "teller")

    async def pay(self) -> Reply:
        return await self._step("Pay", "teller")

    async def fee(self) -> Reply:
        name = self.dice.choice(ACCOUNTS)
        given = {
            "accountId": self.bank.ids[name],
            "subscriptionId": self.bank.ids[FEES[name]],
            "amount": self.dice.randint(1, 12_000),
        }
        reply = await self.bank.ask(PAY_FEE, "teller", **given)
        if not reply.codes:
            self.payments.append(reply.data["wastePayFeeFromBalance"]["payment"]["id"])
        return reply

    async def undo_fee(self) -> Reply:
        if not self.payments:
            return await self.fee()
        return await self.bank.ask(UNDO_FEE, "teller", paymentId=self.dice.choice(self.payments), reason="x")

    def account(self) -> str:
        return self.bank.ids[self.dice.choice(ACCOUNTS)]

    async def _step(self, verb: str, who: str, **more: str) -> Reply:
        """Mostly of a withdrawal that waits for it, and now and then of any."""
        if not self.withdrawals:
            return await self.request()
        waiting = [one for one, state in self.withdrawals.items() if state == BEFORE[verb]]
        chosen = self.dice.choice(waiting if waiting and self.dice.random() < 0.8 else list(self.withdrawals))
        reply = await self.bank.ask(step(verb), who, withdrawalId=chosen, **more)
        if not reply.codes:
            self.withdrawals[chosen] = reply.data[f"waste{verb}Withdrawal"]["withdrawal"]["state"]
        return reply


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_books_are_sound_after_each_act_of_a_random_history(scene: Bank, seed: int) -> None:
    scene.world.engine.meter.per_minute = 1_000_000
    history = History(scene, seed)
    await history.run(100)
    assert history.told["done"] > 30
    assert history.told["WASTE_INSUFFICIENT_FUNDS"] and history.told["INVALID_TRANSITION"]
    async with scene.world.unit(BENGKEL) as unit:
        kinds = {entry.kind.name for entry in await unit.all(LedgerEntry)}
        states = {one.state.name for one in await unit.all(Withdrawal)}
    assert kinds == {"DEPOSIT", "WITHDRAWAL", "FEE", "REVERSAL"}
    assert {"PAID", "REJECTED", "CANCELLED"} <= states


async def test_a_planted_fault_is_found(scene: Bank) -> None:
    """The look at the books would see an entry that was changed, and one that is missing."""
    await scene.credit(500)
    await scene.credit(700)
    await sound(scene)
    for change in (
        sa.update(LedgerEntry).where(LedgerEntry.number == 1).values(delta=501),
        sa.update(Account).where(Account.number == "RK-2025-000001").values(balance=1_199),
        sa.delete(LedgerEntry).where(LedgerEntry.number == 1),
    ):
        async with scene.world.unit(BENGKEL) as unit:
            await unit.session.execute(change)
        with pytest.raises(AssertionError):
            await sound(scene)
        async with scene.world.unit(BENGKEL) as unit:
            await unit.session.execute(
                sa.update(LedgerEntry).where(LedgerEntry.number == 1).values(delta=500)
            )
            await unit.session.execute(
                sa.update(Account).where(Account.number == "RK-2025-000001").values(balance=1_200)
            )


# The database's own last word


async def changed(bank: Bank, change: sa.Update) -> None:
    async with bank.world.unit(BENGKEL) as unit:
        await unit.session.execute(change)


@pytest.mark.parametrize(
    "change",
    [
        sa.update(Account).values(balance=-1),
        sa.update(Account).values(reserved=Account.balance + 1),
        sa.update(Account).where(Account.balance > 0).values(state="CLOSED"),
        sa.update(Account).values(group_name="x"),
        sa.update(LedgerEntry).values(balance_after=-1),
        sa.update(LedgerEntry).values(delta=0),
        sa.update(LedgerEntry).values(kind="WITHDRAWAL"),
        sa.update(LedgerEntry).values(kind="REVERSAL"),
        sa.update(LedgerEntry).values(number=1),
        sa.update(Deposit).values(credited=Deposit.credited + 1),
        sa.update(Deposit).values(operator_share=Deposit.operator_share + 1, credited=Deposit.credited - 1),
        sa.update(Deposit).values(state="REVERSED"),
        sa.update(Withdrawal).values(state="PAID"),
        sa.update(Withdrawal).values(approved_by=Withdrawal.requested_by),
        sa.update(Withdrawal).values(amount=0),
    ],
    ids=str,
)
async def test_the_database_refuses_what_breaks_an_invariant(scene: Bank, change: sa.Update) -> None:
    await scene.credit(500)
    await scene.credit(500)
    await scene.asked_for(100)
    before = await scene.books()
    async with scene.world.unit(BENGKEL) as unit:
        here = change.where(change.table.c.village_id == unit.village.id)
    with pytest.raises(sa.exc.IntegrityError):
        await changed(scene, here)
    assert await scene.books() == before
