"""Fixtures of the waste program's tests."""

from __future__ import annotations

import pytest
from tests.waste.scene import set_the_scene

from wantilan.testing import Setting


@pytest.fixture
def wantilan_setting() -> Setting:
    """Bengkel and its neighbour, each with a TPS3R and a household."""
    return set_the_scene
