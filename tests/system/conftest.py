"""Fixtures of the tests that look at the whole house."""

from __future__ import annotations

import pytest
from tests.system.scene import set_the_scene

from wantilan.testing import Setting


@pytest.fixture
def wantilan_setting() -> Setting:
    """Bengkel with its people, its neighbour with others, and a token for each actor."""
    return set_the_scene
