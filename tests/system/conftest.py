"""Fixtures of the tests that look at the whole house."""

from __future__ import annotations

import pytest
from tests.system.scene import Scene, set_the_scene

from wantilan.testing import World


@pytest.fixture
async def scene(world: World) -> Scene:
    """Bengkel with its people, its neighbour with others, and a token for each actor."""
    return await set_the_scene(world)
