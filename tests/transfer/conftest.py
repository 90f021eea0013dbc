"""Fixtures of the tests of transfers and duplicates."""

from __future__ import annotations

import pytest
from tests.transfer.scene import Scene, set_the_scene

from wantilan.testing import World


@pytest.fixture
async def scene(world: World) -> Scene:
    """A family in Bengkel, a hamlet and a family at the neighbour, and a token for everybody."""
    return await set_the_scene(world)
