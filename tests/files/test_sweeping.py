"""What becomes of files that nobody wants, and the duties towards residents and villages."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from tests.files.scene import Scene, photo

from wantilan.programs.duties.tables import purge_tables
from wantilan.registry.files.duties import erase_files, give_up_contents, misfits
from wantilan.registry.files.sweeping import Swept, sweep
from wantilan.registry.models import MODELS, File, FileAddress, FileRemoval, FileState
from wantilan.store.contents import new_place
from wantilan.store.jobs import PlatformJob
from wantilan.testing import BENGKEL
from wantilan_waste.models import Intake


async def swept(scene: Scene) -> Swept:
    world = scene.world
    return await sweep(world.database, world.host, scene.contents, world.application.settings.files)


async def change(scene: Scene, model: Any, **values: Any) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        await unit.session.execute(
            sa.update(model).where(model.village_id == unit.village.id).values(**values)
        )


async def content_of(scene: Scene, place: str) -> bytes:
    async with scene.contents.opened(place) as pieces:
        return b"".join([piece async for piece in pieces])


async def test_what_nothing_took_in_a_day_is_swept_and_what_was_taken_stays(scene: Scene) -> None:
    taken, untaken = await scene.uploaded(photo()), await scene.uploaded(photo("PNG"))
    await scene.address(untaken)
    assert (await scene.recorded(taken)).data
    assert await swept(scene) == Swept(0, 0)
    assert len(await scene.lying()) == 2
    await change(scene, File, stored_at=datetime.now(UTC) - timedelta(hours=25))
    assert await swept(scene) == Swept(1, 1)
    row = await scene.file()
    assert row.state is FileState.TAKEN and await scene.lying() == [row.place]
    assert not await scene.removals()
    assert (await scene.fetched(taken)).status_code == 200


async def test_a_serving_process_sweeps_every_hour(scene: Scene) -> None:
    app = scene.world.application
    await scene.uploaded(photo())
    await change(scene, File, stored_at=datetime.now(UTC) - timedelta(hours=25))
    await app.jobs.work()
    assert len(await scene.lying()) == 1, "it is not the time yet"
    async with app.database.transaction() as session:
        job = await session.get_one(PlatformJob, "files.sweep")
        assert timedelta() < job.due_at - datetime.now(UTC) <= timedelta(hours=1)
        job.due_at = datetime.now(UTC)
    assert await app.jobs.run_due() == 1
    assert await scene.lying() == []


async def test_what_never_came_is_swept_once_its_address_is_forgotten(scene: Scene) -> None:
    await scene.asked()
    await change(scene, FileAddress, expires_at=datetime.now(UTC) - timedelta(hours=23))
    assert await swept(scene) == Swept(0, 0)
    assert len(await scene.files()) == 1
    await change(scene, FileAddress, expires_at=datetime.now(UTC) - timedelta(hours=25))
    assert await swept(scene) == Swept(1, 0)
    assert await scene.files() == [] and await scene.addresses() == []


async def test_a_row_that_points_at_a_file_keeps_it_even_if_it_never_took_it(scene: Scene) -> None:
    assert (await scene.recorded(await scene.uploaded(photo()))).data
    await change(scene, File, state=FileState.STORED, stored_at=datetime.now(UTC) - timedelta(days=2))
    assert (await swept(scene)).contents == 0
    assert (await scene.file()).state is FileState.TAKEN
    assert len(await scene.lying()) == 1


async def test_what_a_killed_process_left_is_removed_when_no_upload_can_last_so_long(
    scene: Scene, tmp_path: Any
) -> None:
    """It was killed when the content was stored and the file was not yet marked."""
    village = await scene.world.village(BENGKEL)
    place = new_place(village.id, village.id)
    source = tmp_path / "x"
    source.write_bytes(b"x")
    await scene.contents.keep(place, source)
    soon = datetime.now(UTC) + timedelta(minutes=59)
    async with scene.world.database.transaction() as session:
        session.add(FileRemoval(place=place, due_at=soon))
    old, new = scene.contents.incoming / "old", scene.contents.incoming / "new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    assert await swept(scene) == Swept(0, 0)
    assert await scene.lying() == [place] and new.exists() and not old.exists()
    async with scene.world.database.transaction() as session:
        await session.execute(sa.update(FileRemoval).values(due_at=datetime.now(UTC)))
    assert await swept(scene) == Swept(0, 1)
    assert await scene.lying() == [] and not await scene.removals()


async def test_the_rows_follow_a_kind_that_is_opened_to_others(scene: Scene) -> None:
    await scene.uploaded(photo())
    await change(scene, File, opens="village.read", household=False)
    await swept(scene)
    row = await scene.file()
    assert (row.opens, row.household) == ("waste.intake.read", True)


async def test_rows_without_content_and_contents_without_row_are_found(scene: Scene) -> None:
    await scene.uploaded(photo())
    await scene.uploaded(photo())
    look = scene.world.database, scene.contents
    assert await misfits(*look) == []
    lost, kept = await scene.lying()
    await scene.contents.remove(lost)
    village = await scene.world.village(BENGKEL)
    stray = new_place(village.id, village.id)
    path = scene.contents.incoming.parent / stray
    path.write_bytes(b"x")
    assert [(m.place, m.missing) for m in await misfits(*look)] == [(lost, True)]  # it may be about to come
    os.utime(path, (0, 0))
    assert [(m.place, m.missing) for m in await misfits(*look)] == [(lost, True), (stray, False)]
    assert kept


# Duties


async def test_a_resident_is_given_his_files_and_they_are_erased_with_him(scene: Scene) -> None:
    for form in ("JPEG", "PNG"):
        assert (await scene.recorded(await scene.uploaded(photo(form)))).data
    first, other = await scene.files()
    async with scene.world.unit(BENGKEL) as unit:
        row = await unit.get(File, first.id)
        assert row is not None
        row.resident_id = scene.wayan.id
    async with scene.world.unit(BENGKEL) as unit:
        assert await erase_files(unit, scene.wayan.id) == 1
        assert await erase_files(unit, scene.wayan.id) == 0
    assert len(await scene.lying()) == 2
    assert await swept(scene) == Swept(0, 1)
    assert await scene.lying() == [other.place]
    (erased,) = [row for row in await scene.files() if row.id == first.id]
    assert (erased.state, erased.resident_id, erased.sha256) == (FileState.GONE, None, None)
    async with scene.world.unit(BENGKEL) as unit:
        assert len(await unit.all(Intake, Intake.photo_id.is_not(None))) == 2  # totals stay as they are


async def test_the_contents_of_a_village_that_is_purged_are_removed(scene: Scene) -> None:
    await scene.uploaded(photo())
    await scene.asked()
    (row,) = [row for row in await scene.files() if row.place]
    async with scene.world.unit(BENGKEL) as unit:
        await give_up_contents(unit)
        await purge_tables(unit, MODELS)
    assert await scene.files() == [] and await scene.addresses() == []
    assert await scene.lying() == [row.place]
    assert (await swept(scene)).contents == 1
    assert await scene.lying() == []


async def test_a_file_that_is_made_here_is_fetched_like_any_other(scene: Scene, tmp_path: Any) -> None:
    source = tmp_path / "made"
    source.write_bytes(photo("PNG"))
    actor = await scene.world.application.actors.resolve(scene.operator)
    village = await scene.world.village(BENGKEL)
    stored = await scene.world.application.desk.make(village, "waste.intake_photo", source, by=actor.id)
    assert not await scene.removals()
    fetched = await scene.fetched(f"file-{stored.village_id.hex}-{stored.id.hex}")
    assert fetched.status_code == 200 and len(fetched.content) == stored.size
