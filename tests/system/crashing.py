"""What the crash tests share: a server in a process of its own, clients that may get no answer, and the books.

Each mutation writes a row, an event and an idempotency record: all three or none.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import sqlalchemy as sa
from tests.system.scene import Scene

from wantilan.store.outbox import Event, Idempotency
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import World
from wantilan_waste.models import Intake

RECORD = (
    """mutation($input: WasteRecordIntakeInput!) { wasteRecordIntake(input: $input) { intake { id } } }"""
)
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Books:
    """Ids of weighings, as each of the three tables names them."""

    rows: frozenset[UUID]
    events: frozenset[UUID]
    records: dict[str, UUID]

    @property
    def whole(self) -> bool:
        return self.rows == self.events == frozenset(self.records.values())


async def books(world: World, scene: Scene) -> Books:
    """Without the weighings of the scene, which no mutation wrote."""
    before = {scene.bengkel.intake.id, scene.neighbour.intake.id}
    async with world.database.transaction(WHOLE_COUNTRY) as session:
        rows = set((await session.scalars(sa.select(Intake.id))).all()) - before
        said = await session.scalars(sa.select(Event.subjects).where(Event.name == "waste.intake_recorded"))
        events = frozenset(UUID(one["intake"]) for one in said)
        kept = (await session.execute(sa.select(Idempotency.key, Idempotency.result))).all()
    return Books(frozenset(rows), events, {key: UUID(hex=result["intake"]["uuid"]) for key, result in kept})


@contextmanager
def server_process(world: World, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server over the database of the world, and its address."""
    command = [sys.executable, "-m", "tests.system.victim", *arguments]
    process = subprocess.Popen(command, env=environment(world), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Wantilan answers at "), line
        yield process, line.split()[3]
    finally:
        process.kill()
        process.communicate()


def environment(world: World) -> dict[str, str]:
    """That of a process over the database of the world."""
    settings = world.application.settings
    assert settings.keys is not None
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("WANTILAN_")}
    return inherited | {
        "WANTILAN_DATABASE_URL": settings.database_url,
        "WANTILAN_KEYS": settings.keys.get_secret_value(),
    }


async def weigh(client: httpx.AsyncClient, address: str, scene: Scene, key: str) -> str | None:
    """The id that was acknowledged; None when there was no answer, or one that promises nothing."""
    given = {"facilityId": scene.ids["WasteFacility"], "stream": "RESIDU", "gross": 1000}
    headers = {"authorization": f"Bearer {scene.tokens['operator_bengkel']}", "idempotency-key": key}
    try:
        reply = await client.post(
            address, json={"query": RECORD, "variables": {"input": given}}, headers=headers
        )
    except httpx.TransportError:
        return None
    body = reply.json()
    if "errors" in body:
        codes = [error["extensions"]["code"] for error in body["errors"]]
        assert codes == ["UNAVAILABLE"], body
        return None
    return str(body["data"]["wasteRecordIntake"]["intake"]["id"])


async def weigh_all(address: str, scene: Scene, keys: Sequence[str]) -> dict[str, str | None]:
    """Eight clients at once, each key once; what each was told."""
    told: dict[str, str | None] = {}
    waiting = list(reversed(keys))
    async with httpx.AsyncClient(timeout=30) as client:

        async def work() -> None:
            while waiting:
                key = waiting.pop()
                told[key] = await weigh(client, address, scene, key)

        await asyncio.gather(*(work() for _ in range(8)))
    return told


async def weigh_again(world: World, scene: Scene, keys: Sequence[str]) -> dict[str, str]:
    """Every key once more, on a server that lives."""
    given = {"facilityId": scene.ids["WasteFacility"], "stream": "RESIDU", "gross": 1000}
    world.engine.meter.per_minute = 1_000_000
    told = {}
    for key in keys:
        reply = await world.ask(RECORD, scene.tokens["operator_bengkel"], key=key, input=given)
        told[key] = reply.data["wasteRecordIntake"]["intake"]["id"]
    return told
