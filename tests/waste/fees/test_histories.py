"""Whatever is done with fees, and in whatever order: the invariants hold after every step."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from tests.waste.fees.scene import (
    CHANGE,
    ISSUE,
    MONTHLY,
    PAY,
    REVERSE,
    SUBSCRIBE,
    TODAY,
    VOID,
    WAIVE,
    Scene,
    a_plan,
    a_shop,
    check_books,
    fetched,
    first_of,
    month,
    set_the_scene,
)

from wantilan.testing import BENGKEL, World
from wantilan_waste.models import Payment

STEPS = 45


class History:
    """Random steps of an office, from a seed."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene, self.chance = scene, random.Random(seed)
        self.subscriptions = [scene.ids["subscription"], scene.ids["second subscription"]]
        self.came: Counter[str] = Counter()

    async def begin(self) -> None:
        """A third one that pays for each pickup."""
        point = await a_shop(self.scene)
        plan = await a_plan(self.scene, "Sekali", 3_000, "PER_PICKUP", "WARUNG_TOKO")
        done = await self.scene.done(SUBSCRIBE, pointId=point, planId=plan, startOn=str(first_of(6)))
        self.subscriptions.append(done["subscription"]["id"])
        for back in range(1, 6):
            days = [first_of(back) + timedelta(days=n) for n in range(self.chance.randint(0, 4))]
            await fetched(self.scene, point, *days)

    async def step(self) -> None:
        steps: list[Any] = [
            self.issue, self.issue, self.pay, self.pay, self.pay, self.pay, self.reverse, self.waive, self.void,
            self.change,
        ]  # fmt: skip
        what = self.chance.choice(steps)
        reply = await what()
        if reply is not None:
            self.came[f"{what.__name__} {(reply.codes or ['done'])[0]}"] += 1
            assert set(reply.codes) <= {"INVALID_TRANSITION", "BAD_USER_INPUT", "RULE_VIOLATED"}, reply.errors

    async def issue(self) -> Any:
        return await self.scene.ask(ISSUE, villageCode=BENGKEL, period=month(self.chance.randint(0, 6)))

    async def pay(self) -> Any:
        amount = self.chance.choice([1, MONTHLY // 2, MONTHLY, MONTHLY, self.chance.randint(1, 5 * MONTHLY)])
        of = self.chance.choice(self.subscriptions)
        named = [row for row in await self.scene.invoices() if of.endswith(row.subscription_id.hex)]
        ids = [await self.scene.id_of(row) for row in self.chance.sample(named, min(len(named), 2))]
        more = {"invoiceIds": ids} if self.chance.random() < 0.3 else {}
        return await self.scene.ask(PAY, subscriptionId=of, amount=amount, method="CASH", **more)

    async def reverse(self) -> Any:
        async with self.scene.world.unit(BENGKEL) as unit:
            rows = sorted(await unit.all(Payment), key=lambda row: row.receipt_no)
        if not rows:
            return None
        key = await self.scene.world.id_of("WastePayment", self.chance.choice(rows))
        return await self.scene.ask(REVERSE, paymentId=key, reason="Salah")

    async def waive(self) -> Any:
        return await self._invoice(WAIVE)

    async def void(self) -> Any:
        return await self._invoice(VOID)

    async def _invoice(self, document: str) -> Any:
        rows = sorted(await self.scene.invoices(), key=lambda row: (row.period, row.amount, row.paid))
        if not rows:
            return None
        key = await self.scene.id_of(self.chance.choice(rows))
        return await self.scene.ask(document, invoiceId=key, reason="Alasan")

    async def change(self) -> Any:
        day = TODAY - timedelta(days=self.chance.randint(0, 60))
        action = self.chance.choice(["SUSPEND", "RESUME"])
        return await self.scene.ask(
            CHANGE, subscriptionId=self.chance.choice(self.subscriptions), action=action, day=str(day)
        )


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_books_are_right_after_every_step(scene: Scene, seed: int) -> None:
    history = History(scene, seed)
    await history.begin()
    for _ in range(STEPS):
        await history.step()
        books = await check_books(scene.world)
    assert books["invoices"] > 5
    assert books["payments"] > 10
    for what in ("issue done", "pay done", "reverse done"):
        assert history.came[what] > 1, history.came


async def test_the_check_of_the_books_finds_each_planted_error(world: World) -> None:
    """Each invariant is broken once, by hand, and found."""
    scene = await set_the_scene(world)
    await scene.issue(1)
    await scene.pay(MONTHLY + 500)
    async with world.unit(BENGKEL) as unit:
        (payment,) = await unit.all(Payment)
    await check_books(world)
    for name, wrong in (("unused", 400), ("amount", MONTHLY + 400)):
        right = getattr(payment, name)
        await _set(world, payment, name, wrong)
        with pytest.raises(AssertionError):
            await check_books(world)
        await _set(world, payment, name, right)
    await check_books(world)


async def _set(world: World, row: Payment, name: str, value: int) -> None:
    async with world.unit(BENGKEL) as unit:
        found = await unit.get(Payment, row.id)
        assert found is not None
        setattr(found, name, value)
