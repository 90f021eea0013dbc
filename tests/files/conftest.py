"""Fixtures of the tests about files."""

from __future__ import annotations

import pytest
from tests.files.scene import Scene, set_the_scene

from wantilan.testing import World


@pytest.fixture
async def scene(world: World) -> Scene:
    """Bengkel and its neighbour with the waste program."""
    return await set_the_scene(world)
