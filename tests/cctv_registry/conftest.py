"""Fixtures of the camera register's tests."""

from __future__ import annotations

import pytest
from tests.cctv_registry.scene import Scene, set_the_scene

from wantilan.testing import World


@pytest.fixture
async def scene(world: World) -> Scene:
    """Bengkel and its neighbour with the register switched on."""
    return await set_the_scene(world)
