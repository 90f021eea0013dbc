"""The scene that tests of the duties share."""

from __future__ import annotations

import pytest
from tests.duties.scene import Scene, a_shell, set_the_scene

from wantilan.testing import Setting, World
from wantilan.testing.plugin import Templates


@pytest.fixture
def wantilan_setting() -> Setting:
    return set_the_scene


@pytest.fixture
def scene(world: World, wantilan_templates: Templates) -> Scene:
    made: Scene = wantilan_templates.scene(world, set_the_scene)
    made.shell = a_shell(world, wantilan_templates.keys)
    return made
