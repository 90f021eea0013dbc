"""Bringing a content: what is stored, and everything after which nothing is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from tests.files.scene import ASK_UPLOAD, Scene, opened, photo

from wantilan.programs.switching import disable, enable
from wantilan.registry.models import FileAddress, FileState
from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan_waste.files import PHOTO

HTML = b"<!doctype html><html><script>alert(1)</script></html>"


# What is stored


async def test_a_photo_is_stored_and_comes_back(scene: Scene) -> None:
    asked = await scene.asked()
    assert asked["file"] == {
        "id": asked["file"]["id"], "kind": PHOTO, "contentType": None, "size": None, "storedAt": None
    }  # fmt: skip
    answer = await scene.put(asked["uploadUrl"], photo("PNG"))
    assert answer.status_code == 201
    row = await scene.file()
    assert answer.json() == {"id": asked["file"]["id"], "contentType": "image/png", "size": row.size}
    assert row.state is FileState.STORED and row.content_type == "image/png"
    assert await scene.lying() == [row.place] and not scene.left() and not await scene.removals()
    fetched = await scene.fetched(asked["file"]["id"])
    assert fetched.status_code == 200
    assert len(fetched.content) == row.size
    assert opened(fetched.content).getpixel((1, 1)) == (220, 30, 20)


async def test_the_answer_and_the_log_of_a_repeated_request_hold_no_secret(scene: Scene) -> None:
    given = {"villageCode": BENGKEL, "kind": PHOTO}
    first = await scene.world.ask(ASK_UPLOAD, scene.operator, key="k", input=given)
    again = await scene.world.ask(ASK_UPLOAD, scene.operator, key="k", input=given)
    url = first.data["requestUpload"]["uploadUrl"]
    assert url and again.data["requestUpload"]["uploadUrl"] is None
    assert again.data["requestUpload"]["file"] == first.data["requestUpload"]["file"]
    assert len(await scene.files()) == 1
    secret = url.partition("key=")[2].encode()
    (row,) = await scene.addresses()
    assert len(secret) > 40 and secret not in row.secret_hash


# What is refused, and leaves nothing


NO_PICTURES = {
    "html": HTML,
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "nothing": b"",
    "gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "pdf": b"%PDF-1.7\n%%EOF",
    "a png cut off": photo("PNG")[:60],
    "html behind the head of a png": b"\x89PNG\r\n\x1a\n" + HTML,
    "html behind the head of a jpeg": b"\xff\xd8\xff" + HTML,
    "html behind the head of a webp": b"RIFF\x00\x00\x00\x00WEBP" + HTML,
}


async def test_what_is_no_picture_is_refused_whatever_it_is_called(scene: Scene) -> None:
    asked = await scene.asked()
    for what, content in NO_PICTURES.items():
        answer = await scene.put(asked["uploadUrl"], content, **{"content-type": "image/png"})
        assert answer.status_code == 415, what
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "RULE_VIOLATED" and error["extensions"]["requestId"]
        assert await scene.nothing_came() and not await scene.removals(), what
    long = await scene.put(asked["uploadUrl"], photo("PNG") + b"x" * 10_000_000)
    assert long.status_code == 413 and long.json()["errors"][0]["extensions"]["limit"] == "fileBytes"
    assert await scene.nothing_came()
    packed = await scene.put(asked["uploadUrl"], photo(), **{"content-encoding": "gzip"})
    assert packed.status_code == 415 and await scene.nothing_came()
    assert (await scene.put(asked["uploadUrl"], photo())).status_code == 201  # the control


async def test_an_address_that_was_used_is_refused_and_the_file_stays(scene: Scene) -> None:
    asked = await scene.asked()
    assert (await scene.put(asked["uploadUrl"], photo())).status_code == 201
    before = await scene.file()
    answer = await scene.put(asked["uploadUrl"], photo("PNG"))
    assert answer.status_code == 409 and answer.json()["errors"][0]["extensions"]["code"] == "CONFLICT"
    after = await scene.file()
    assert (after.sha256, after.place, after.stored_at) == (before.sha256, before.place, before.stored_at)
    assert await scene.lying() == [before.place]


async def test_of_two_who_use_an_address_at_once_one_is_refused(scene: Scene) -> None:
    url = (await scene.asked())["uploadUrl"]
    answers = await asyncio.gather(*[scene.put(url, photo(size=(20 + i, 20))) for i in range(4)])
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    row = await scene.file()
    (stored,) = [a.json() for a in answers if a.status_code == 201]
    assert stored["size"] == row.size and row.place in await scene.lying()
    # What the others brought is to be removed.
    assert {r.place for r in await scene.removals()} >= set(await scene.lying()) - {row.place}


async def test_an_address_of_another_is_refused_with_his_token_without_one_and_with_a_changed_key(
    scene: Scene,
) -> None:
    url = (await scene.asked())["uploadUrl"]
    colleague = await scene.world.token("village_operator", BENGKEL)
    neighbour = await scene.world.token("village_operator", NEIGHBOUR)
    own = await scene.world.village(BENGKEL)
    next_ = await scene.world.village(NEIGHBOUR)
    tries = [
        (url, colleague, 404), (url, neighbour, 404), (url, "wtl_nobody", 401), (url, None, 401),
        (url[:-1] + ("A" if url[-1] != "A" else "B"), scene.operator, 404),
        (url.partition("?")[0], scene.operator, 404),
        (url.replace(own.id.hex, next_.id.hex), scene.operator, 404),
        ("/files/", scene.operator, 404), ("/files", scene.operator, 404),
    ]  # fmt: skip
    for address, token, status in tries:
        answer = await scene.request("PUT", address, token, photo())
        assert answer.status_code == status, (address, answer.text)
        assert await scene.nothing_came()
    assert (await scene.put(url, photo())).status_code == 201  # the control


async def test_a_late_upload_is_refused(scene: Scene) -> None:
    url = (await scene.asked())["uploadUrl"]
    async with scene.world.unit(BENGKEL) as unit:
        await unit.session.execute(
            sa.update(FileAddress)
            .where(FileAddress.village_id == unit.village.id)
            .values(expires_at=datetime.now(UTC) - timedelta(seconds=1))
        )
    answer = await scene.put(url, photo())
    assert answer.status_code == 410
    assert answer.json()["errors"][0]["extensions"]["rule"] == "ADDRESS_EXPIRED"
    assert await scene.nothing_came()


async def test_an_upload_that_began_in_time_may_end_a_little_later(scene: Scene) -> None:
    asked = await scene.asked()

    async def slow() -> Any:
        content = photo()
        yield content[:100]
        async with scene.world.unit(BENGKEL) as unit:
            await unit.session.execute(
                sa.update(FileAddress)
                .where(FileAddress.village_id == unit.village.id)
                .values(expires_at=datetime.now(UTC))
            )
        yield content[100:]

    answer = await scene.request("PUT", asked["uploadUrl"], scene.operator, slow())
    assert answer.status_code == 201


async def test_an_address_for_an_upload_fetches_nothing_and_the_other_way_round(scene: Scene) -> None:
    url = (await scene.asked())["uploadUrl"]
    assert (await scene.request("GET", url, scene.operator)).status_code == 404
    file = await scene.uploaded(photo())
    down = await scene.address(file)
    before = await scene.lying()
    assert (await scene.put(down, photo("PNG"))).status_code == 404
    assert await scene.lying() == before
    assert (await scene.request("GET", down, scene.operator)).status_code == 200


async def test_nobody_has_more_open_addresses_than_the_limit(scene: Scene) -> None:
    given = {"villageCode": BENGKEL, "kind": PHOTO}
    urls = [(await scene.asked())["uploadUrl"] for _ in range(20)]
    refused = await scene.world.ask(ASK_UPLOAD, scene.operator, input=given)
    assert refused.codes == ["LIMIT_EXCEEDED"] and len(await scene.files()) == 20
    assert (await scene.put(urls[0], photo())).status_code == 201
    assert (
        await scene.world.ask(ASK_UPLOAD, scene.operator, input=given)
    ).data  # the used one counts no more


# Who may


async def test_who_may_ask_for_an_upload(scene: Scene) -> None:
    token = scene.world.token
    table = [
        ("visitor", None, "FORBIDDEN"),
        ("resident", await token("resident", BENGKEL, resident=scene.wayan.id), "FORBIDDEN"),
        ("agency", await token("agency_officer", "51.02"), "FORBIDDEN"),
        ("neighbour", await token("village_operator", NEIGHBOUR), "NOT_FOUND"),
        ("operator", scene.operator, None),
        ("collector", await token("waste_collector", BENGKEL), None),
        ("admin", await token("platform_admin", ""), None),
    ]
    given = {"villageCode": BENGKEL, "kind": PHOTO}
    for who, asker, code in table:
        before = len(await scene.files())
        reply = await scene.world.ask(ASK_UPLOAD, asker, input=given)
        assert reply.codes == ([code] if code else []), who
        assert len(await scene.files()) == before + (code is None), who


async def test_what_was_permitted_when_it_was_asked_must_be_permitted_when_it_comes(scene: Scene) -> None:
    url = (await scene.asked())["uploadUrl"]
    async with scene.world.unit(BENGKEL) as unit:
        await disable(scene.world.host, unit, "waste")
    refused = await scene.put(url, photo())
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["extensions"]["code"] == "PROGRAM_NOT_ENABLED"
    assert await scene.nothing_came()
    given = {"villageCode": BENGKEL, "kind": PHOTO}
    assert (await scene.world.ask(ASK_UPLOAD, scene.operator, input=given)).codes == ["PROGRAM_NOT_ENABLED"]
    async with scene.world.unit(BENGKEL) as unit:
        await enable(scene.world.host, unit, "waste")
    assert (await scene.put(url, photo())).status_code == 201  # the control


async def test_an_unknown_kind_and_an_unknown_village_are_refused(scene: Scene) -> None:
    reply = await scene.world.ask(
        ASK_UPLOAD, scene.operator, input={"villageCode": BENGKEL, "kind": "waste.x"}
    )
    assert reply.faults == {"input.kind": "UNKNOWN_KIND"}
    closed = {"villageCode": "51.02.06.2003", "kind": PHOTO}
    assert (await scene.world.ask(ASK_UPLOAD, scene.operator, input=closed)).codes == ["NOT_FOUND"]
    assert await scene.files() == []


async def test_a_village_lists_the_kinds_of_files_of_its_programs(scene: Scene) -> None:
    ask = '{ village(code: "51.02.06.2001") { programs { name fileKinds } } }'
    (waste,) = [p for p in (await scene.world.ask(ask)).data["village"]["programs"] if p["name"] == "waste"]
    assert {kind["name"] for kind in waste["fileKinds"]} == {
        PHOTO, "waste.visit_photo", "waste.complaint_photo", "waste.report_sheet", "waste.proof_sheet",
    }  # fmt: skip
    assert [kind for kind in waste["fileKinds"] if kind["name"] == PHOTO] == [
        {"name": PHOTO, "description": "Photo of a weighing", "types": ["image/jpeg", "image/png", "image/webp"],
         "mostBytes": 10_000_000, "read": "waste.intake.read", "write": "waste.intake.record"}
    ]  # fmt: skip
