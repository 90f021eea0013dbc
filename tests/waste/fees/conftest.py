"""Fixtures of the tests of service points and fees."""

from __future__ import annotations

import pytest
from tests.waste.fees.scene import set_the_scene

from wantilan.testing import Setting


@pytest.fixture
def wantilan_setting() -> Setting:
    """Bengkel with two households under a monthly plan, and its neighbour."""
    return set_the_scene
