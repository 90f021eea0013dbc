"""Fetching a content: who may, how it goes out, and that an address serves once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from tests.files.scene import ASK_DOWNLOAD, NODE, Scene, photo
from tests.waste.scene import BRIEF

from wantilan.access.tables import RoleGrant
from wantilan.programs.switching import disable, enable
from wantilan.registry.models import FileAddress
from wantilan.testing import BENGKEL, NEIGHBOUR


async def test_a_content_goes_out_so_that_no_browser_runs_it(scene: Scene) -> None:
    file = await scene.uploaded(photo("WEBP"))
    answer = await scene.fetched(file)
    row = await scene.file()
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["content-length"] == str(row.size)
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="waste.intake_photo-{row.id.hex}.webp"'
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-request-id"]


async def test_an_address_serves_once_in_time_and_nobody_else(scene: Scene) -> None:
    file = await scene.uploaded(photo())
    colleague = await scene.world.token("village_operator", BENGKEL)
    url = await scene.address(file)
    for token, status in ((colleague, 404), (None, 401), (scene.operator, 200), (scene.operator, 409)):
        assert (await scene.request("GET", url, token)).status_code == status
    late = await scene.address(file)
    async with scene.world.unit(BENGKEL) as unit:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await unit.session.execute(
            sa.update(FileAddress)
            .where(FileAddress.village_id == unit.village.id, FileAddress.used_at.is_(None))
            .values(expires_at=past)
        )
    assert (await scene.request("GET", late, scene.operator)).status_code == 410
    assert (await scene.fetched(file, colleague)).status_code == 200  # with an address of his own


async def test_who_reads_a_photo_of_his_village(scene: Scene) -> None:
    """Those who read weighings, and who took it; of a household's weighing also who lives there."""
    token, resident = scene.world.token, scene.world.resident
    collector = await token("waste_collector", BENGKEL)
    photo_id = await scene.uploaded(photo(), collector)
    household = await scene.world.id_of("Household", scene.household)
    hamlet = await scene.world.hamlet(BENGKEL, "Banjar Kelod")
    other = await resident(BENGKEL, hamlet, await scene.world.household(BENGKEL, hamlet), serial=2)
    given = {"facilityId": scene.facility, "stream": "ORGANIK", "gross": 1, "photoId": photo_id}
    assert (await scene.world.ask(BRIEF, collector, input={**given, "householdId": household})).data
    table = {
        "operator": (scene.operator, True),
        "collector who took it": (collector, True),
        "another collector": (await token("waste_collector", BENGKEL), False),
        "resident of the household": (await token("resident", BENGKEL, resident=scene.wayan.id), True),
        "resident of another": (await token("resident", BENGKEL, resident=other.id), False),
        "kelian": (await token("kelian", BENGKEL, hamlet=scene.wayan.hamlet_id), False),
        "agency": (await token("agency_officer", "51.02"), False),
        "neighbour": (await token("village_operator", NEIGHBOUR), False),
        "admin": (await token("platform_admin", ""), True),
        "regency": (await token("village_operator", "51.02"), True),
    }
    for who, (asker, may) in table.items():
        node = await scene.world.ask(NODE, asker, id=photo_id)
        assert (node.data["node"] is not None) is may, who
        before = len(await scene.addresses())
        reply = await scene.world.ask(ASK_DOWNLOAD, asker, input={"fileId": photo_id})
        assert reply.codes == ([] if may else ["NOT_FOUND"]), who
        assert len(await scene.addresses()) == before + may, who
        assert not may or (await scene.fetched(photo_id, asker)).status_code == 200, who
    visitor = await scene.world.ask(ASK_DOWNLOAD, None, input={"fileId": photo_id})
    assert visitor.codes == ["FORBIDDEN"]
    assert (await scene.world.ask(NODE, None, id=photo_id)).data["node"] is None


async def test_a_file_is_shown_where_a_row_points_at_it_and_only_to_those_who_may_read_it(
    scene: Scene,
) -> None:
    photo_id = await scene.uploaded(photo())
    shown = (await scene.recorded(photo_id)).data["wasteRecordIntake"]["intake"]
    assert shown["photo"]["id"] == photo_id and shown["photo"]["size"] == (await scene.file()).size
    with scene.world.counting() as statements:
        ask = '{ village(code: "51.02.06.2001") { waste { intakes { nodes { photo { id } } } } } }'
        reply = await scene.world.ask(ask, scene.operator)
    assert reply.data["village"]["waste"]["intakes"]["nodes"] == [{"photo": {"id": photo_id}}]
    assert len(statements) == 1


async def test_a_file_is_hidden_with_its_program(scene: Scene) -> None:
    file = await scene.uploaded(photo())
    url = await scene.address(file)
    async with scene.world.unit(BENGKEL) as unit:
        await disable(scene.world.host, unit, "waste")
    assert (await scene.world.ask(NODE, scene.operator, id=file)).data["node"] is None
    asked = await scene.world.ask(ASK_DOWNLOAD, scene.operator, input={"fileId": file})
    assert asked.codes == ["NOT_FOUND"]
    assert (await scene.request("GET", url, scene.operator)).status_code == 404
    async with scene.world.unit(BENGKEL) as unit:
        await enable(scene.world.host, unit, "waste")
    assert (await scene.request("GET", url, scene.operator)).status_code == 200


async def test_who_holds_nothing_in_the_village_any_more_does_not_find_even_what_he_brought(
    scene: Scene,
) -> None:
    file = await scene.uploaded(photo())
    url = await scene.address(file)
    async with scene.world.database.transaction() as session:
        await session.execute(sa.update(RoleGrant).values(revoked_at=datetime.now(UTC)))
    scene.world.application.actors.forget()
    assert (await scene.request("GET", url, scene.operator)).status_code == 404
    asked = await scene.world.ask(ASK_DOWNLOAD, scene.operator, input={"fileId": file})
    assert asked.codes == ["NOT_FOUND"]
    assert (await scene.world.ask(NODE, scene.operator, id=file)).data["node"] is None
    async with scene.world.database.transaction() as session:
        await session.execute(sa.update(RoleGrant).values(revoked_at=None))
    scene.world.application.actors.forget()
    assert (await scene.request("GET", url, scene.operator)).status_code == 200  # the control


async def test_what_has_no_content_yet_cannot_be_fetched(scene: Scene) -> None:
    file = (await scene.asked())["file"]["id"]
    reply = await scene.world.ask(ASK_DOWNLOAD, scene.operator, input={"fileId": file})
    assert reply.codes == ["NOT_FOUND"]
    wrong = await scene.world.ask(ASK_DOWNLOAD, scene.operator, input={"fileId": scene.facility})
    assert wrong.faults == {"input.fileId": "NOT_AN_ID"}
