"""Bengkel with sixty invented households, where the demo was started ten days ago and again today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.waste.demo.books import Books, books_of

from wantilan.registry.demo import Settlement, settle
from wantilan.testing import BENGKEL, World
from wantilan_waste.demo import demo

NOW = datetime(2026, 5, 20, 2, 30, tzinfo=UTC)
"""Half past ten in Bengkel, a Wednesday: a run is on its way home."""
FIRST = NOW - timedelta(days=10)
HAMLETS = ("Banjar Kaja", "Banjar Kangin", "Banjar Kelod", "Banjar Tengah")


@dataclass(frozen=True)
class Scene:
    """The world; `books` of it are read by the fixture of that name."""

    world: World

    async def start(self, now: datetime) -> Books:
        """Start the demo again; the books afterwards."""
        await start(self.world, now)
        return await read(self.world)


async def set_the_scene(world: World) -> Scene:
    await settled(world, 60)
    for moment in (FIRST, NOW):
        await start(world, moment)
    return Scene(world)


async def settled(world: World, households: int) -> None:
    await world.open(BENGKEL, "waste")
    async with world.unit(BENGKEL) as unit:
        village = await unit.own_village()
        village.longitude, village.latitude = 115.0926, -8.5658
        unit.now = FIRST
        await settle(unit, world.keys, Settlement(HAMLETS, households))


async def start(world: World, now: datetime) -> None:
    async with world.unit(BENGKEL) as unit:
        unit.now = now
        await demo(unit.village, unit)


async def read(world: World) -> Books:
    async with world.unit(BENGKEL) as unit:
        return await books_of(unit)
