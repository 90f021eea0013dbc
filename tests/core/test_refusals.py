"""The table of refusals that program authors test with."""

from __future__ import annotations

import pytest

from wantilan.store.places import VillageProgram
from wantilan.testing import BENGKEL, NEIGHBOUR, Refused, World, check_refusals

ENABLE = 'mutation { enableProgram(input: {villageCode: "51.02.06.2001", program: "waste"}) { changed } }'


async def enabled(world: World) -> list[str]:
    async with world.unit(BENGKEL) as unit:
        return [row.program for row in await unit.all(VillageProgram)]


async def test_the_table_passes_when_all_are_refused_and_nothing_changes(world: World) -> None:
    await world.open(BENGKEL)
    await world.open(NEIGHBOUR)
    table = [
        Refused("a visitor", None, "FORBIDDEN"),
        Refused("the operator", await world.token("village_operator", BENGKEL), "FORBIDDEN"),
        Refused("the neighbour's perbekel", await world.token("perbekel", NEIGHBOUR), "NOT_FOUND"),
    ]
    await check_refusals(world, ENABLE, table, unchanged=lambda: enabled(world))


async def test_the_table_names_who_was_not_refused(world: World) -> None:
    await world.open(BENGKEL)
    table = [Refused("the perbekel", await world.token("perbekel", BENGKEL), "FORBIDDEN")]
    with pytest.raises(AssertionError, match="the perbekel: expected FORBIDDEN"):
        await check_refusals(world, ENABLE, table, unchanged=lambda: enabled(world))
