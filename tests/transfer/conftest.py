"""Fixtures of the tests of transfers and duplicates."""

from __future__ import annotations

import pytest
from tests.transfer.scene import set_the_scene

from wantilan.testing import Setting


@pytest.fixture
def wantilan_setting() -> Setting:
    """A family in Bengkel, a hamlet and a family at the neighbour, and a token for everybody."""
    return set_the_scene
