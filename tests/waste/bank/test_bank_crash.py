"""A server killed during deposits that are sent with keys, and all of them sent again: each is there once.

The long version, with 1,000 deposits and several kills, is `make proof`.
"""

from __future__ import annotations

from tests.system.crashing import server_process
from tests.waste.bank.crashing import asked, deposit_all, keys, same, written
from tests.waste.bank.scene import POST, Bank


async def test_deposits_that_are_sent_again_after_a_kill_are_booked_once(scene: Bank) -> None:
    wanted = keys(40)
    with server_process(scene.world, "12") as (process, address):
        told = await deposit_all(address, scene, wanted)
        assert process.wait(10) == -9
    found = await written(scene)
    assert set(told) < set(found)  # at least one was written and not answered
    assert 12 <= len(found) < len(wanted)
    assert same(told, found)
    scene.world.engine.meter.per_minute = 1_000_000
    again = {}
    for key in wanted:
        reply = await scene.world.ask(POST, scene.tokens["teller"], key=key, input=asked(scene, key))
        again[key] = reply.data["wastePostDeposit"]["deposit"]["id"]
    after = await written(scene)
    assert sorted(after) == sorted(wanted)
    assert found.items() <= after.items()
    assert same(again, after)
