"""The scene on which each test of the card program plays."""

from __future__ import annotations

import pytest
from tests.kartu_cerdas.scene import set_the_scene

from wantilan.testing import Setting


@pytest.fixture
def wantilan_setting() -> Setting:
    return set_the_scene
