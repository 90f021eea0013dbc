"""Fixtures of the waste program's tests."""

from __future__ import annotations

import pytest
from tests.waste.scene import Scene, set_the_scene

from wantilan.testing import World


@pytest.fixture
async def scene(world: World) -> Scene:
    """Bengkel and its neighbour, each with a TPS3R and a household."""
    return await set_the_scene(world)
