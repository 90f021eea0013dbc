"""Fixtures of the waste bank's tests."""

from __future__ import annotations

import pytest
from tests.waste.bank.scene import set_the_bank

from wantilan.testing import Setting


@pytest.fixture
def wantilan_setting() -> Setting:
    """Bengkel with a waste bank: categories, prices, accounts, and who works there."""
    return set_the_bank
