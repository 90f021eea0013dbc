"""The scene on which each test of the card program plays."""

from __future__ import annotations

import pytest
from tests.kartu_cerdas.scene import Scene, set_the_scene

from wantilan.testing import World


@pytest.fixture
async def scene(world: World) -> Scene:
    return await set_the_scene(world)
