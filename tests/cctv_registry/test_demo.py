"""The eight invented cameras of `make demo`."""

from __future__ import annotations

from itertools import combinations

import sqlalchemy as sa
from tests.cctv_registry.scene import Scene

from wantilan import tables
from wantilan.testing import BENGKEL
from wantilan_cctv_registry.demo import demo
from wantilan_cctv_registry.models import Camera
from wantilan_cctv_registry.places import Place, metres_between
from wantilan_cctv_registry.program import wantilan_program


async def shown(scene: Scene) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        await demo(unit.village, unit)


async def test_eight_cameras_of_which_six_are_published(scene: Scene) -> None:
    await shown(scene)
    assert await scene.counted() == (8, 6)
    assert wantilan_program().demo is demo


async def test_asked_twice_it_writes_once(scene: Scene) -> None:
    await shown(scene)
    await shown(scene)
    assert await scene.counted() == (8, 6)


async def test_they_stand_around_the_village_and_not_on_each_other(scene: Scene) -> None:
    centre = Place(116.0, -2.0)
    async with scene.world.database.transaction() as session:
        where = sa.update(tables.Village).where(tables.Village.code == BENGKEL)
        await session.execute(where.values(longitude=centre.longitude, latitude=centre.latitude))
    await shown(scene)
    async with scene.world.unit(BENGKEL) as unit:
        places = [Place(camera.longitude, camera.latitude) for camera in await unit.all(Camera)]
    assert all(metres_between(centre, place) < 1_000 for place in places)
    assert all(metres_between(a, b) > 25 for a, b in combinations(places, 2))


async def test_the_operator_and_the_visitor_see_them(scene: Scene) -> None:
    await shown(scene)
    query = '{ village(code: "51.02.06.2001") { cctv { cameras { totalCount nodes { operator } } } } }'
    register = (await scene.ask("operator", query)).data["village"]["cctv"]["cameras"]
    assert register["totalCount"] == 8
    assert register["nodes"][0] == {"operator": "Pemerintah Desa Bengkel"}
    public = (await scene.ask("visitor", "{ cctvPublicCameras { totalCount } }")).data["cctvPublicCameras"]
    assert public == {"totalCount": 6}
