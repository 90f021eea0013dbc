"""What several tests of the core begin with."""

from __future__ import annotations

from datetime import date

import pytest
from tests.core.lives import Lives

from wantilan.registry.codes import FamilyRelationship as Role
from wantilan.registry.codes import Sex
from wantilan.testing import BENGKEL, NEIGHBOUR, World

HEAD, WIFE, CHILD = Role.KEPALA_KELUARGA, Role.ISTRI, Role.ANAK
MAN, WOMAN = Sex.LAKI_LAKI, Sex.PEREMPUAN


@pytest.fixture
def lives(scene: Lives) -> Lives:
    """Of modules whose `wantilan_setting` gives `two_families`."""
    return scene


async def two_families(world: World) -> Lives:
    """A family of four and a couple, in one hamlet of two."""
    await world.open(BENGKEL)
    await world.open(NEIGHBOUR)
    made = Lives(
        world,
        await world.token("village_operator", BENGKEL, name="Operator"),
        (await world.hamlet(BENGKEL), await world.hamlet(BENGKEL, "Banjar Kelod")),
    )
    await made.family(
        "home",
        ("father", HEAD, MAN, date(1970, 1, 1)),
        ("mother", WIFE, WOMAN, date(1972, 1, 1)),
        ("son", CHILD, MAN, date(1998, 1, 1)),
        ("daughter", CHILD, WOMAN, date(2000, 1, 1)),
    )
    await made.family(
        "other", ("uncle", HEAD, MAN, date(1965, 1, 1)), ("aunt", WIFE, WOMAN, date(1966, 1, 1))
    )
    return made
