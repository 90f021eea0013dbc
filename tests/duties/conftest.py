"""The scene that tests of the duties share."""

from __future__ import annotations

import pytest
from tests.duties.scene import Scene, set_the_scene

from wantilan.testing import World
from wantilan.testing.plugin import Templates


@pytest.fixture
async def scene(world: World, wantilan_templates: Templates) -> Scene:
    return await set_the_scene(world, wantilan_templates.keys)
