"""Bengkel with its reporters and its office, for the tests of complaints and of Open311."""

from __future__ import annotations

import pytest
from tests.waste.complaints.scene import ComplaintScene, set_the_complaint_scene

from wantilan.testing import Setting


@pytest.fixture
def wantilan_setting() -> Setting:
    return set_the_complaint_scene


@pytest.fixture
def place(scene: ComplaintScene) -> ComplaintScene:
    return scene
