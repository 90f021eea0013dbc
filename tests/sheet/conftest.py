"""Fixtures of the tests about resident sheets and the register."""

from __future__ import annotations

import pytest
from tests.sheet.scene import Office

from wantilan.testing import BENGKEL, NEIGHBOUR, World


@pytest.fixture
async def office(world: World) -> Office:
    """Bengkel, whose register is empty, and its neighbour."""
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code)
    return Office(world)
