"""What the crash tests of the bank share: deposits under keys, a server that may die, and the look after."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import httpx
import sqlalchemy as sa
from tests.waste.bank.scene import POST, Bank
from tests.waste.bank.soundness import sound

from wantilan.store.outbox import Event, Idempotency
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL
from wantilan_waste.models import Deposit, DepositLine, Intake, LedgerEntry, Lot, StockMovement

CLIENTS = 8


def keys(count: int) -> list[str]:
    return [f"d{number}" for number in range(count)]


def asked(bank: Bank, key: str) -> dict[str, object]:
    """Another mass under each key: what was booked twice or never shows in the sum."""
    return {
        "accountId": bank.ids["household account"],
        "facilityId": bank.ids["facility"],
        "lines": [{"categoryId": bank.ids["GOLD"], "mass": grams_of(key)}],
    }


def grams_of(key: str) -> int:
    return 1_000 + int(key[1:]) * 20


def credited(key: str) -> int:
    return grams_of(key) - grams_of(key) * 1_500 // 10_000


async def deposit(client: httpx.AsyncClient, address: str, bank: Bank, key: str) -> str | None:
    """The id that was acknowledged; None when there was no answer, or one that promises nothing."""
    headers = {"authorization": f"Bearer {bank.tokens['teller']}", "idempotency-key": key}
    body = {"query": POST, "variables": {"input": asked(bank, key)}}
    try:
        reply = (await client.post(address, json=body, headers=headers)).json()
    except httpx.TransportError:
        return None
    if "errors" in reply:
        assert [error["extensions"]["code"] for error in reply["errors"]] == ["UNAVAILABLE"], reply
        return None
    return str(reply["data"]["wastePostDeposit"]["deposit"]["id"])


async def deposit_all(address: str, bank: Bank, wanted: Sequence[str]) -> dict[str, str]:
    """Several clients at once, each key once; what was acknowledged."""
    told: dict[str, str | None] = {}
    waiting = list(reversed(wanted))
    async with httpx.AsyncClient(timeout=30) as client:

        async def work() -> None:
            while waiting:
                key = waiting.pop()
                told[key] = await deposit(client, address, bank, key)

        await asyncio.gather(*(work() for _ in range(CLIENTS)))
    return {key: id_ for key, id_ in told.items() if id_ is not None}


async def written(bank: Bank) -> dict[str, UUID]:
    """The deposit of each key that was written; fails unless each is there whole, and nothing beside them."""
    async with bank.world.database.transaction(WHOLE_COUNTRY) as session:
        kept = (await session.execute(sa.select(Idempotency.key, Idempotency.result))).all()
        found = {key: UUID(hex=result["deposit"]["uuid"]) for key, result in kept}
        said = await session.scalars(sa.select(Event.subjects).where(Event.name == "waste.deposit_posted"))
        events = [UUID(one["deposit"]) for one in said]
    async with bank.world.unit(BENGKEL) as unit:
        deposits = {row.id: row for row in await unit.all(Deposit)}
        entries = {row.deposit_id: row for row in await unit.all(LedgerEntry)}
        lines, intakes = await unit.all(DepositLine), await unit.all(Intake)
        movements, lots = await unit.all(StockMovement), await unit.all(Lot)
    ids = sorted(found.values())
    assert sorted(deposits) == sorted(events) == sorted(one.deposit_id for one in lines) == ids
    assert {row.credited for row in deposits.values()} == {credited(key) for key in found}
    assert {key: entries[id_].delta for key, id_ in found.items()} == {key: credited(key) for key in found}
    assert len(entries) == len(lines) == len(intakes) == len(movements) == len(found)
    assert sum(lot.stock for lot in lots) == sum(grams_of(key) for key in found)
    assert (await bank.account()).balance == sum(credited(key) for key in found)
    await sound(bank)
    return found


def same(told: Mapping[str, str], found: Mapping[str, UUID]) -> bool:
    """Whether everything that was acknowledged is what was written."""
    return all(id_.endswith(found[key].hex) for key, id_ in told.items())
