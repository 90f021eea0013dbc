"""What tests of dashboards and reports begin with."""

from __future__ import annotations

import pytest
from tests.waste.reports.a_month import Month, a_month

from wantilan.testing import Setting


@pytest.fixture
def wantilan_setting() -> Setting:
    return a_month


@pytest.fixture
def month(scene: Month) -> Month:
    return scene
