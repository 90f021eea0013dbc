"""Fixtures of the tests of collection."""

from __future__ import annotations

import pytest
from tests.waste.collection.scene import set_the_scene

from wantilan.testing import Setting


@pytest.fixture
def wantilan_setting() -> Setting:
    """Bengkel with a route past four points, and its neighbour with a route past one."""
    return set_the_scene
