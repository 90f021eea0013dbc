"""Fixtures of the demo's tests."""

from __future__ import annotations

import pytest
from tests.waste.demo.books import Books
from tests.waste.demo.scene import Scene, read, set_the_scene

from wantilan.testing import Setting


@pytest.fixture
def wantilan_setting() -> Setting:
    """Bengkel with invented people, after two starts of the demo."""
    return set_the_scene


_read: dict[str, Books] = {}


@pytest.fixture
async def books(scene: Scene) -> Books:
    """All rows of the scene, read once on each database: no test may change them."""
    dialect = scene.world.dialect
    if dialect not in _read:
        _read[dialect] = await read(scene.world)
    return _read[dialect]
