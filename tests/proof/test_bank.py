"""A thousand deposits with keys, a server that is killed again and again, and all of them sent once more."""

from __future__ import annotations

import asyncio
import random

import pytest
from tests.proof.conftest import Say
from tests.system.crashing import server_process
from tests.waste.bank.crashing import deposit_all, keys, same, written
from tests.waste.bank.scene import Bank, set_the_bank

from wantilan.testing import World

DEPOSITS = 1_000
KILLS = 4


@pytest.fixture
async def bank(world: World) -> Bank:
    return await set_the_bank(world)


async def test_each_of_a_thousand_deposits_is_booked_once_whatever_is_killed(bank: Bank, say: Say) -> None:
    dice = random.Random(5102)
    wanted = keys(DEPOSITS)
    acknowledged: dict[str, str] = {}
    unanswered = 0
    for round_ in range(KILLS):
        waiting = [key for key in wanted if key not in acknowledged]
        at_a_commit = (str(dice.randrange(40, 160)),) if round_ % 2 else ()
        with server_process(bank.world, *at_a_commit) as (process, address):
            asking = asyncio.create_task(deposit_all(address, bank, waiting))
            if not at_a_commit:
                await asyncio.sleep(1 + dice.random() * 2)
                process.kill()
            told = await asking
        found = await written(bank)
        assert same(told, found)
        acknowledged |= told
        unanswered += len([key for key in found if key not in acknowledged])
    assert 0 < len(found) < DEPOSITS
    assert unanswered > 0  # at least one kill fell between write and answer
    with server_process(bank.world) as (_, address):
        again = await deposit_all(address, bank, wanted)
    after = await written(bank)
    assert sorted(after) == sorted(again) == sorted(wanted)
    assert found.items() <= after.items()
    assert same(again, after)
    assert {key: again[key] for key in acknowledged} == acknowledged
    say(
        f"{bank.world.dialect}: {KILLS} kills, {len(found)} of {DEPOSITS} deposits written before all were sent "
        f"again, {unanswered} times one written without an answer; then each exactly once, 0 lost, 0 doubled"
    )
