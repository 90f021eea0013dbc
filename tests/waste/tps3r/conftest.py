"""Fixtures of the TPS3R's tests."""

from __future__ import annotations

import pytest
from tests.waste.tps3r.plant import set_up_the_plant

from wantilan.testing import Setting


@pytest.fixture
def wantilan_setting() -> Setting:
    """Bengkel with a TPS3R, a second facility and five categories; the neighbour with a TPS3R."""
    return set_up_the_plant
