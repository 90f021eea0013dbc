"""Taking a file in a mutation of a program, and giving it up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.files.scene import NODE, Scene, photo

from wantilan import Conflict, NotFound, drop_file, take_file
from wantilan.graph.context import WriteUnit
from wantilan.graph.relay import decode_id
from wantilan.registry.models import FileState
from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan_waste.files import PHOTO
from wantilan_waste.models import Intake


async def intakes(scene: Scene) -> list[Intake]:
    async with scene.world.unit(BENGKEL) as unit:
        return list(await unit.all(Intake))


async def test_a_file_is_taken_once(scene: Scene) -> None:
    file = await scene.uploaded(photo())
    assert (await scene.recorded(file)).data
    row = await scene.file()
    (intake,) = await intakes(scene)
    assert row.state is FileState.TAKEN and intake.photo_id == row.id
    assert (await scene.recorded(file)).codes == ["CONFLICT"]
    assert len(await intakes(scene)) == 1


async def test_a_mutation_that_is_refused_takes_nothing(scene: Scene) -> None:
    file = await scene.uploaded(photo())
    household = f"household-{scene.household.village_id.hex}-{'0' * 32}"
    assert (await scene.recorded(file, householdId=household)).codes == ["NOT_FOUND"]
    assert (await scene.file()).state is FileState.STORED
    assert (await scene.recorded(file)).data  # the control


async def test_what_cannot_be_taken_is_refused_and_nothing_is_written(scene: Scene) -> None:
    colleague = await scene.world.token("village_operator", BENGKEL)
    admin = await scene.world.token("platform_admin", "")
    elsewhere = await scene.asked(admin, code=NEIGHBOUR)
    assert (await scene.put(elsewhere["uploadUrl"], photo(), admin)).status_code == 201
    mine = await scene.uploaded(photo())
    table = [
        ((await scene.asked())["file"]["id"], scene.operator, ["RULE_VIOLATED"]),
        (mine, colleague, ["NOT_FOUND"]),
        (mine[:-32] + "0" * 32, scene.operator, ["NOT_FOUND"]),
        (elsewhere["file"]["id"], admin, ["NOT_FOUND"]),
    ]
    for file, token, codes in table:
        assert (await scene.recorded(file, token)).codes == codes
    assert (await scene.recorded(scene.facility)).faults == {"input.photoId": "NOT_AN_ID"}
    assert await intakes(scene) == []
    assert (await scene.recorded(mine)).data  # the control


async def test_a_file_of_another_kind_is_not_found(scene: Scene) -> None:
    key = decode_id(await scene.uploaded(photo()))
    assert key is not None
    actor = await scene.world.application.actors.resolve(scene.operator)
    async with scene.world.unit(BENGKEL) as unit:
        writing = WriteUnit(unit.session, await unit.own_village(), actor, ())
        with pytest.raises(NotFound):
            await take_file(writing, key, kind="waste.other")
        with pytest.raises(NotFound):
            await take_file(writing, replace(key, village=None), kind=PHOTO)
        assert (await take_file(writing, key, kind=PHOTO)).state is FileState.TAKEN
        with pytest.raises(Conflict):
            await take_file(writing, key, kind=PHOTO)


async def test_a_file_that_is_dropped_is_read_by_nobody_and_its_content_goes_after_the_commit(
    scene: Scene,
) -> None:
    file = await scene.uploaded(photo())
    assert (await scene.recorded(file)).data
    row = await scene.file()
    url = await scene.address(file)

    async def drop_and_fail() -> None:
        async with scene.world.unit(BENGKEL) as unit:
            await drop_file(unit, row.id)
            raise NotFound

    with pytest.raises(NotFound):
        await drop_and_fail()
    assert (await scene.request("GET", url, scene.operator)).status_code == 200  # a rollback lost nothing
    async with scene.world.unit(BENGKEL) as unit:
        await drop_file(unit, row.id)
        await drop_file(unit, row.id)
    gone = await scene.file()
    assert (gone.state, gone.place, gone.sha256) == (FileState.GONE, None, None)
    assert (await scene.world.ask(NODE, scene.operator, id=file)).data["node"] is None
    assert [r.place for r in await scene.removals()] == [row.place] == await scene.lying()
    (intake,) = await intakes(scene)
    assert intake.photo_id == row.id
