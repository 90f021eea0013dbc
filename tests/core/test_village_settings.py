"""What a village sets in a program: typed, with defaults, and never stale."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from wantilan import VillageSettings
from wantilan.programs.switching import configure
from wantilan.store.places import ProgramSettings
from wantilan.testing import BENGKEL, NEIGHBOUR, World
from wantilan.web.application import Application
from wantilan_cctv_registry.settings import CctvSettings

CONFIGURE = """mutation ($input: ConfigureProgramInput!) { configureProgram(input: $input) { changed } }"""


class Narrowed(VillageSettings, program="cctv_registry"):
    """As a later version of the program might have them."""

    duplicate_metres: int = 25
    far_metres: int = 7

    def model_post_init(self, context: Any) -> None:
        if self.far_metres > 100:
            raise ValueError("too far")


async def in_bengkel(world: World) -> CctvSettings:
    async with world.unit(BENGKEL) as unit:
        return await unit.settings(CctvSettings)


async def test_a_village_that_has_set_nothing_has_the_defaults(world: World) -> None:
    await world.open(BENGKEL, "cctv_registry")
    assert await in_bengkel(world) == CctvSettings(duplicate_metres=25, far_metres=15_000)


async def test_what_one_village_sets_is_read_there_and_not_next_door(world: World) -> None:
    await world.open(BENGKEL, "cctv_registry")
    await world.open(NEIGHBOUR, "cctv_registry")
    async with world.unit(BENGKEL) as unit:
        await configure(world.host, unit, "cctv_registry", {"duplicate_metres": 7})
        assert (await unit.settings(CctvSettings)).duplicate_metres == 7, "in the same transaction already"
    async with world.unit(NEIGHBOUR) as unit:
        assert (await unit.settings(CctvSettings)).duplicate_metres == 25


async def test_another_process_reads_what_was_set_in_its_very_next_transaction(world: World) -> None:
    """At most five seconds stale, is promised: without a cache it is none."""
    await world.open(BENGKEL, "cctv_registry")
    perbekel = await world.token("perbekel", BENGKEL)
    async with Application(world.application.settings, world.host).running(deliver=False) as other:
        there = World(other)
        for metres in (1, 2, 3):
            settings = {"duplicate_metres": metres}
            given: Any = {"villageCode": BENGKEL, "program": "cctv_registry", "settings": settings}
            assert (await world.ask(CONFIGURE, perbekel, input=given)).data["configureProgram"]["changed"]
            assert (await in_bengkel(there)).duplicate_metres == metres
        with there.counting() as statements:
            seen = await there.ask(
                "query ($c: RegionCode!) { village(code: $c) { programs { name settings } } }",
                perbekel,
                c=BENGKEL,
            )
        assert len(statements) == 1
        assert {"name": "cctv_registry", "settings": {"duplicate_metres": 3, "far_metres": 15_000}} in (
            seen.data["village"]["programs"]
        )


async def test_a_program_that_was_switched_off_in_one_process_is_off_at_once_in_another(world: World) -> None:
    """Enablement is never cached."""
    await world.open(BENGKEL, "cctv_registry")
    perbekel = await world.token("perbekel", BENGKEL)
    ask = "query ($c: RegionCode!) { village(code: $c) { cctv { cameras { totalCount } } } }"
    switch = "mutation ($input: {}ProgramInput!) {{ {}Program(input: $input) {{ changed }} }}"
    given: Any = {"villageCode": BENGKEL, "program": "cctv_registry"}
    async with Application(world.application.settings, world.host).running(deliver=False) as other:
        there = World(other)
        for way, codes in (
            ("Disable", ["PROGRAM_NOT_ENABLED"]),
            ("Enable", []),
            ("Disable", ["PROGRAM_NOT_ENABLED"]),
        ):
            await world.ask(switch.format(way, way.lower()), perbekel, input=given)
            assert (await there.ask(ask, perbekel, c=BENGKEL)).codes == codes


@pytest.mark.parametrize(
    "kept, understood",
    [
        ({"duplicate_metres": 3, "far_metres": 50}, (3, 50)),
        ({"duplicate_metres": "many", "far_metres": 50}, (25, 50)),
        ({"duplicate_metres": 3, "gone": True}, (3, 7)),
        ({"duplicate_metres": 3, "far_metres": 500}, (25, 7)),
    ],
)
async def test_what_a_later_version_does_not_understand_gives_way_to_the_default(
    world: World, kept: dict[str, Any], understood: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    await world.open(BENGKEL, "cctv_registry")
    async with world.unit(BENGKEL) as unit:
        now = datetime.now(UTC)
        await unit.add(ProgramSettings(program="cctv_registry", values=kept, changed_at=now))
    async with world.unit(BENGKEL) as unit:
        found = await unit.settings(Narrowed)
    assert (found.duplicate_metres, found.far_metres) == understood
    assert bool(caplog.text) == (understood != (3, 50))
    assert "many" not in caplog.text
