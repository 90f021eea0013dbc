"""Reporting: what is written and told, for whom, and everything for which nothing is."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from tests.waste.complaints.scene import BRIEF, PLACE, REPORT, ComplaintScene

from wantilan import read_code
from wantilan.programs.switching import disable
from wantilan.registry.models import File
from wantilan.testing import BENGKEL, NEIGHBOUR, Refused, check_refusals
from wantilan_waste.files import COMPLAINT_PHOTO
from wantilan_waste.models import Complaint, ComplaintPhoto, PublicComplaint

CONFIGURE = (
    """mutation($input: ConfigureProgramInput!) { configureProgram(input: $input) { village { code } } }"""
)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    return out.getvalue()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_a_resident_reports_and_gets_a_code_and_a_deadline(place: ComplaintScene) -> None:
    reply = await place.report(kind="WILD_DUMP", text=" Behind the temple. ", address="By the river",
                               place={"type": "Point", "coordinates": PLACE})  # fmt: skip
    payload = reply.data["wasteReportIssue"]
    complaint, code = payload["complaint"], payload["trackingCode"]
    assert read_code(code) == (BENGKEL, code) and len(code) == 19
    opened, due = moment(complaint.pop("openedAt")), moment(complaint.pop("dueAt"))
    assert due - opened == timedelta(hours=72)
    assert complaint.pop("id").startswith("waste_complaint-")
    assert complaint == {
        "trackingCode": code, "kind": "WILD_DUMP", "state": "OPEN", "text": "Behind the temple.",
        "address": "By the river", "place": {"type": "Point", "coordinates": PLACE}, "isLate": False,
        "reporter": {"id": place.waste.ids["wayan"]}, "household": {"id": place.waste.ids["household"]},
        "steps": [{"state": "OPEN"}], "photos": [],
    }  # fmt: skip
    assert payload["village"] == {"code": BENGKEL}
    assert await place.rows(PublicComplaint) == []


async def test_the_reporter_is_told_the_code_and_the_deadline_in_his_language(place: ComplaintScene) -> None:
    code = (await place.reported())["trackingCode"]
    (english,), (indonesian,) = await place.inbox(), await place.inbox(language="id")
    assert english["subject"] == "We have received your report" and code in english["body"]
    assert indonesian["subject"] == "Aduan Anda kami terima" and code in indonesian["body"]
    assert await place.inbox("made") == []


@pytest.mark.parametrize(("kind", "hours"), [("MISSED_PICKUP", 24), ("B3_FOUND", 24), ("BILLING", 120)])
async def test_the_deadline_is_that_of_the_kind(place: ComplaintScene, kind: str, hours: int) -> None:
    complaint = await place.reported(kind=kind, address="There")
    assert moment(complaint["dueAt"]) - moment(complaint["openedAt"]) == timedelta(hours=hours)


async def test_a_village_sets_its_hours_and_what_was_reported_before_keeps_its_deadline(
    place: ComplaintScene,
) -> None:
    before = await place.reported()
    given = {
        "villageCode": BENGKEL,
        "program": "waste",
        "settings": {"complaint_hours": {"missed_pickup": 6}},
    }
    admin = place.tokens["admin"]
    assert (await place.world.ask(CONFIGURE, admin, input=given)).data
    after = await place.reported()
    assert moment(after["dueAt"]) - moment(after["openedAt"]) == timedelta(hours=6)
    kept = {row.tracking_code: row.due_at for row in await place.rows(Complaint)}
    assert kept[before["trackingCode"]] == moment(before["dueAt"])


async def test_somebody_reports_for_who_lives_with_him_and_the_office_for_anybody(
    place: ComplaintScene,
) -> None:
    ketut = await place.world.id_of("Resident", place.ketut)
    for who, resident, told in (
        ("wayan", ketut, ketut),
        ("operator", place.waste.ids["made"], place.waste.ids["made"]),
        ("operator", None, None),
    ):
        reporter = (await place.reported(who, residentId=resident))["reporter"]
        assert (reporter or {"id": None})["id"] == told
    assert len(await place.inbox("ketut")) == len(await place.inbox("made")) == 1


async def test_a_service_point_is_named_by_the_code_on_its_label(place: ComplaintScene) -> None:
    await place.reported(kind="OVERFLOW", pointCode=f" {place.point.code.lower()} ")
    (row,) = await place.rows(Complaint)
    assert row.point_id == place.point.id
    assert (row.longitude, row.latitude) == (None, None)  # where somebody lives is not written down again


async def test_photos_come_along_and_are_seen_by_the_office_and_the_household(place: ComplaintScene) -> None:
    mine = place.tokens["wayan"]
    assert mine is not None
    photos = [await place.world.file(mine, BENGKEL, COMPLAINT_PHOTO, picture()) for _ in range(2)]
    shown = await place.reported(photoIds=photos)
    assert shown["photos"] == [{"file": {"kind": COMPLAINT_PHOTO}}] * 2
    query = "query($id: ID!) { node(id: $id) { ... on WasteComplaint { photos { file { kind } } } } }"
    for who in ("operator", "ketut"):
        assert (
            len((await place.world.ask(query, place.tokens[who], id=shown["id"])).data["node"]["photos"]) == 2
        )
    assert (await place.world.ask(query, place.tokens["made"], id=shown["id"])).data == {"node": None}
    again = await place.report(photoIds=photos[:1])
    assert again.codes == ["CONFLICT"]
    assert len(await place.rows(ComplaintPhoto)) == 2


async def test_one_key_reports_once(place: ComplaintScene) -> None:
    given = {"villageCode": BENGKEL, "kind": "OTHER", "text": "Twice?"}
    replies = [await place.world.ask(REPORT, place.tokens["wayan"], key="k", input=given) for _ in range(2)]
    assert replies[0].data == replies[1].data
    assert len(await place.rows(Complaint)) == 1 and len(await place.inbox()) == 1


async def test_every_faulty_field_is_named_at_once_and_nothing_is_written(place: ComplaintScene) -> None:
    before = await place.written()
    reply = await place.report(
        kind="WILD_DUMP", text=" ", villageCode="x", residentId="x", photoIds=["y", "z", "u", "v", "w", "t"],
    )  # fmt: skip
    ids = {f"input.photoIds.{i}": "NOT_AN_ID" for i in range(6)}
    assert reply.faults == {
        "input.text": "LENGTH", "input.place": "PLACE_NEEDED", "input.photoIds": "TOO_MANY",
        "input.residentId": "NOT_AN_ID", "input.villageCode": "NOT_A_REGION_CODE", **ids,
    }  # fmt: skip
    where = {"type": "Point", "coordinates": [200, 0]}
    assert "input.place" in (await place.report(place=where)).faults
    assert await place.written() == before


async def test_only_who_lives_there_and_the_office_report(place: ComplaintScene) -> None:
    given: dict[str, Any] = {"input": {"villageCode": BENGKEL, "kind": "OTHER", "text": "x"}}

    def with_(**more: Any) -> dict[str, Any]:
        return {"input": {**given["input"], **more}}

    ids, token = place.waste.ids, place.tokens
    photo_of_another = await place.world.file(place.operator, BENGKEL, COMPLAINT_PHOTO, picture())
    table = [
        Refused("a visitor", None, "FORBIDDEN", given),
        *(
            Refused(who, token[who], "FORBIDDEN", given)
            for who in ("tps3r", "collector", "agency", "next collector", "kelian")
        ),
        Refused("the next office", token["neighbour"], "NOT_FOUND", given),
        Refused("a resident of the next village", token["komang"], "NOT_FOUND", given),
        Refused("for who lives elsewhere", token["wayan"], "NOT_FOUND", with_(residentId=ids["made"])),
        Refused("for the next village", place.operator, "NOT_FOUND",
                with_(residentId=await place.world.id_of("Resident", place.komang))),
        Refused("a label that is none", token["wayan"], "NOT_FOUND", with_(pointCode="5102062001-AAAAAAAA")),
        Refused("the label of another village", token["wayan"], "NOT_FOUND",
                with_(pointCode=place.point.code.replace("5102062001", "5102062002"))),
        Refused("a photo of another", token["wayan"], "NOT_FOUND", with_(photoIds=[photo_of_another])),
        Refused("no such village", token["wayan"], "NOT_FOUND", with_(villageCode="51.02.06.2009")),
    ]  # fmt: skip
    await check_refusals(place.world, BRIEF, table, unchanged=place.written)
    for who in ("wayan", "operator", "perbekel", "admin"):
        assert (await place.report(who, BRIEF)).data  # the control


async def test_where_the_program_is_off_nobody_reports(place: ComplaintScene) -> None:
    async with place.world.unit(BENGKEL) as unit:
        await disable(place.world.host, unit, "waste")
    assert (await place.report(document=BRIEF)).codes == ["PROGRAM_NOT_ENABLED"]
    assert (await place.report("komang", BRIEF, villageCode=NEIGHBOUR)).data  # the control


async def test_the_photo_of_a_report_is_about_the_reporter(place: ComplaintScene) -> None:
    mine = place.tokens["wayan"]
    assert mine is not None
    photo = await place.world.file(mine, BENGKEL, COMPLAINT_PHOTO, picture())
    await place.reported(photoIds=[photo])
    (file,) = await place.rows(File)
    assert (file.resident_id, file.state.name) == (place.waste.wayan.id, "TAKEN")
