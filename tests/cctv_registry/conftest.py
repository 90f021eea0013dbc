"""Fixtures of the camera register's tests."""

from __future__ import annotations

import pytest
from tests.cctv_registry.scene import set_the_scene

from wantilan.testing import Setting


@pytest.fixture
def wantilan_setting() -> Setting:
    """Bengkel and its neighbour with the register switched on."""
    return set_the_scene
