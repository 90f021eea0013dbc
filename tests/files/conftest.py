"""Fixtures of the tests about files."""

from __future__ import annotations

import pytest
from tests.files.scene import set_the_scene

from wantilan.testing import Setting


@pytest.fixture
def wantilan_setting() -> Setting:
    """Bengkel and its neighbour with the waste program."""
    return set_the_scene
