"""A server killed between write and answer: what was acknowledged is there, and nothing is there by half.

The long version, with many kills and a database that crashes too, is `make proof`.
"""

from __future__ import annotations

from tests.system.crashing import books, server_process, weigh_again, weigh_all
from tests.system.scene import Scene


async def test_a_kill_between_write_and_answer_loses_nothing_and_doubles_nothing(scene: Scene) -> None:
    keys = [f"k{number}" for number in range(24)]
    with server_process(scene.world, "8") as (process, address):
        told = await weigh_all(address, scene, keys)
        assert process.wait(10) == -9
    acknowledged = {key: id_ for key, id_ in told.items() if id_ is not None}
    found = await books(scene.world, scene)
    assert found.whole
    assert set(acknowledged) < set(found.records)  # at least one was written and not answered
    assert len(found.rows) >= 8
    again = await weigh_again(scene.world, scene, keys)
    assert {key: again[key] for key in acknowledged} == acknowledged
    assert all(again[key].endswith(found.records[key].hex) for key in found.records)
    after = await books(scene.world, scene)
    assert after.whole and len(after.rows) == len(keys)
