"""Open311 GeoReport v2: both formats against the published fields, what is public and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import Element

import pytest
import sqlalchemy as sa
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st
from tests.waste.complaints.georeport import (
    ERROR,
    POSTED,
    REQUEST,
    SERVICE,
    as_in_xml,
    check_requests,
    of_json,
    of_xml,
)
from tests.waste.complaints.scene import HIDE, PLACE, ComplaintScene

from wantilan import BadUserInput
from wantilan.programs.switching import disable
from wantilan.testing import BENGKEL, NEIGHBOUR, Fetched
from wantilan_waste.models import Complaint, WasteComplaintKind
from wantilan_waste.open311.asking import Search, search_of
from wantilan_waste.open311.formats import element

BASE = "/open311/v2"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> & \"quotes\" 'too' ]]> <!-- é 🗑️ \x0b\x1f\ufffe end"


async def got(place: ComplaintScene, path: str, **query: Any) -> Fetched:
    return await place.world.fetch(f"{BASE}/{path}?{urlencode({'jurisdiction_id': BENGKEL, **query})}")


async def published(place: ComplaintScene, *, state: str | None = None, **given: Any) -> str:
    """The code of a complaint that everybody may read."""
    complaint = await place.reported(**given)
    await place.publish(complaint["id"])
    if state is not None:
        await place.up_to(complaint["id"], state)
    return str(complaint["trackingCode"])


async def codes(place: ComplaintScene, **query: Any) -> list[str]:
    rows = of_json(await got(place, "requests.json", **query), REQUEST)
    check_requests(rows)
    return [row["service_request_id"] for row in rows]


# What is there


async def test_discovery_leads_to_the_endpoint_in_both_formats(place: ComplaintScene) -> None:
    told = (await place.world.fetch(f"{BASE}/discovery.json", headers={"accept-language": "en"})).json
    assert list(told) == ["changeset", "contact", "key_service", "endpoints"]
    (endpoint,) = told["endpoints"]
    assert endpoint == {
        "specification": "http://wiki.open311.org/GeoReport_v2", "url": "https://desa.example/open311/v2",
        "changeset": told["changeset"], "type": "production", "formats": ["text/xml", "application/json"],
    }  # fmt: skip
    assert datetime.fromisoformat(told["changeset"]).tzinfo and "POST needs an api_key" in told["key_service"]
    answer = await place.world.fetch(f"{BASE}/discovery.xml")
    tree: Element = fromstring(answer.body)
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert tree.tag == "discovery"
    assert [one.tag for one in tree] == ["changeset", "contact", "key_service", "endpoints"]
    assert [one.text for one in tree.iterfind("endpoints/endpoint/formats/format")] == [
        "text/xml",
        "application/json",
    ]
    assert (await place.world.fetch(f"{BASE}/discovery.csv")).status == 404


async def test_the_services_are_our_kinds_in_both_formats(place: ComplaintScene) -> None:
    rows = of_json(await got(place, "services.json"), SERVICE)
    assert {row["service_code"] for row in rows} == {kind.name for kind in WasteComplaintKind}
    assert {(row["metadata"], row["type"]) for row in rows} == {(False, "realtime")}
    assert of_xml(await got(place, "services.xml"), "services") == [as_in_xml(row) for row in rows]
    english = await place.world.fetch(
        f"{BASE}/services.json?jurisdiction_id={BENGKEL}", headers={"accept-language": "en"}
    )
    assert "Illegal dumping" in english.text and "Pembuangan liar" in json.dumps(rows)


async def test_a_service_needs_nothing_beyond_the_standard(place: ComplaintScene) -> None:
    assert (await got(place, "services/WILD_DUMP.json")).json == {
        "service_code": "WILD_DUMP",
        "attributes": [],
    }
    tree: Element = fromstring((await got(place, "services/WILD_DUMP.xml")).body)
    assert tree.tag == "service_definition"
    assert [(one.tag, one.text) for one in tree] == [("service_code", "WILD_DUMP"), ("attributes", None)]
    unknown = await got(place, "services/NOISE.json")
    assert (unknown.status, [row["code"] for row in of_json(unknown, ERROR)]) == (404, [404])


async def test_a_published_complaint_has_the_fields_of_the_standard(place: ComplaintScene) -> None:
    where = {"type": "Point", "coordinates": PLACE}
    complaint = await place.reported(kind="WILD_DUMP", text="Made did it.", address="At Made's", place=where)
    await place.publish(complaint["id"], "Waste by the river.")
    await place.up_to(complaint["id"], "RESOLVED")
    await place.move(complaint["id"], "CLOSED", note="ours", publicNote="All fetched.")
    answer = await got(place, "requests.json")
    (row,) = of_json(answer, REQUEST)
    (mine,) = await place.rows(Complaint)

    def moment(at: datetime) -> str:
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert row == {
        "service_request_id": complaint["trackingCode"], "status": "closed", "status_notes": "All fetched.",
        "service_name": "Pembuangan liar", "service_code": "WILD_DUMP", "description": "Waste by the river.",
        "agency_responsible": "Desa Bengkel", "service_notice": None,
        "requested_datetime": moment(mine.opened_at), "updated_datetime": moment(mine.resolved_at),
        "expected_datetime": moment(mine.due_at), "address": "Bengkel", "address_id": None, "zipcode": None,
        "lat": -8.512, "long": 115.123, "media_url": None,
    }  # fmt: skip
    assert "Made" not in answer.text and "ours" not in answer.text
    check_requests([row])
    assert of_xml(await got(place, "requests.xml"), "service_requests") == [as_in_xml(row)]
    for form in ("json", "xml"):
        single = await got(place, f"requests/{complaint['trackingCode']}.{form}")
        assert single.body == (await got(place, f"requests.{form}")).body


async def test_only_what_is_published_is_there_and_only_of_the_village_asked_for(
    place: ComplaintScene,
) -> None:
    secret = (await place.reported())["trackingCode"]
    shown = await published(place)
    theirs = (await place.reported("komang", villageCode=NEIGHBOUR))["trackingCode"]
    assert await codes(place) == [shown]
    assert await codes(place, service_request_id=f"{secret},{shown.lower()},{theirs},x") == [shown]
    for code, status in ((shown, 200), (secret, 404), (theirs, 404), ("x", 404)):
        assert (await got(place, f"requests/{code}.json")).status == status
        alone = await place.world.fetch(f"{BASE}/requests/{code}.json")
        assert alone.status == status
    elsewhere = await place.world.fetch(f"{BASE}/requests/{shown}.json?jurisdiction_id={NEIGHBOUR}")
    assert elsewhere.status == 404
    other = await place.world.fetch(f"{BASE}/requests.json?jurisdiction_id={NEIGHBOUR}")
    assert other.json == []


async def test_what_is_hidden_again_is_gone_and_a_step_is_seen_at_once(place: ComplaintScene) -> None:
    complaint = await place.reported()
    await place.publish(complaint["id"])
    first = await got(place, "requests.json")
    known = {"if-none-match": first.headers["etag"]}
    path = f"{BASE}/requests.json?jurisdiction_id={BENGKEL}"
    assert (await place.world.fetch(path, headers=known)).status == 304
    await place.up_to(complaint["id"], "RESOLVED")
    changed = await place.world.fetch(path, headers=known)
    assert [row["status"] for row in changed.json] == ["closed"]
    await place.world.ask(HIDE, place.operator, input={"complaintId": complaint["id"]})
    assert (await place.world.fetch(path, headers=known)).json == []


# What is asked for


async def test_requests_are_chosen_by_service_status_and_days(place: ComplaintScene) -> None:
    old = await published(place, kind="BILLING")
    await place.age(days=200)
    done, new = await published(place, state="RESOLVED"), await published(place, kind="OTHER")
    assert await codes(place) == [new, done]
    assert await codes(place, service_code="OTHER,BILLING,NOISE") == [new]
    assert await codes(place, service_code="NOISE") == []
    assert await codes(place, status="closed") == [done]
    assert await codes(place, status="open,closed", service_code="") == [new, done]
    now = datetime.now(UTC)
    ago = (now - timedelta(days=210)).isoformat()
    assert await codes(place, start_date=ago) == [old]
    assert await codes(place, start_date=ago, end_date=(now - timedelta(days=205)).isoformat()) == []
    assert await codes(place, end_date=(now - timedelta(days=150)).strftime("%Y-%m-%dT%H:%M:%SZ")) == [old]
    east = (now + timedelta(hours=8, seconds=1)).strftime("%Y-%m-%dT%H:%M:%S") + "+08:00"
    assert await codes(place, end_date=east) == [new, done]
    assert await codes(place, service_request_id=old, status="open", start_date=now.isoformat()) == [old]


async def test_pages_follow_each_other_without_a_gap(place: ComplaintScene) -> None:
    every = [await published(place) for _ in range(5)][::-1]
    pages = [await codes(place, page=page, page_size=2) for page in (1, 2, 3, 4)]
    assert pages == [every[:2], every[2:4], every[4:], []]
    assert await codes(place, page=1) == await codes(place) == every


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"start_date": "yesterday"}, "start_date"),
        ({"start_date": "2026-01-01T00:00:00"}, "start_date"),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"}, "end_date"),
        ({"start_date": "2026-01-02T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, "end_date"),
        ({"status": "pending"}, "status"),
        ({"page": "0"}, "page"),
        ({"page": "9" * 30}, "page"),
        ({"page_size": "1001"}, "page_size"),
        ({"page_size": "٣"}, "page_size"),
        ({"jurisdiction_id": " "}, "jurisdiction_id"),
    ],
)
async def test_what_is_asked_wrongly_is_told_in_the_format_asked_for(
    place: ComplaintScene, query: dict[str, str], field: str
) -> None:
    (error,) = of_json(refused := await got(place, "requests.json", **query), ERROR)
    assert (refused.status, error["code"]) == (400, 400)
    assert error["description"].startswith(f"{field}: ")
    written = of_xml(other := await got(place, "requests.xml", **query), "errors")
    assert (other.status, written) == (400, [as_in_xml(error)])


async def test_all_that_is_wrong_is_told_at_once(place: ComplaintScene) -> None:
    answer = await got(
        place, "requests.json", start_date="x", end_date="y", status="z", page="a", page_size="b"
    )
    assert [row["description"].partition(":")[0] for row in of_json(answer, ERROR)] == [
        "start_date", "end_date", "status", "page", "page_size",
    ]  # fmt: skip


async def test_a_jurisdiction_that_is_none_or_switched_off_is_404_as_the_standard_tells_it(
    place: ComplaintScene,
) -> None:
    await published(place)
    async with place.world.unit(NEIGHBOUR) as unit:
        await disable(place.world.host, unit, "waste")
    for path in ("services", "services/OTHER", "requests"):
        assert (await got(place, f"{path}.json")).status == 200  # the control
        for code in (NEIGHBOUR, "51.02.06.2009", "51.02", "' OR 1=1", "5102062001"):
            answer = await place.world.fetch(f"{BASE}/{path}.xml?jurisdiction_id={quote(code)}")
            (error,) = of_xml(answer, "errors")
            assert (answer.status, error["code"]) == (404, "404")
            assert "jurisdiction_id" in (error["description"] or "")
        bare = await place.world.fetch(f"{BASE}/{path}.json")
        assert (bare.status, of_json(bare, ERROR)[0]["code"]) == (400, 400)


@given(
    st.dictionaries(
        st.sampled_from(["service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size"]),
        st.text(max_size=40) | st.datetimes().map(str) | st.sampled_from(["open", "1", "2026-01-01T00:00:00Z"]),
    )
)  # fmt: skip
def test_whatever_is_asked_is_a_bounded_search_or_refused(query: dict[str, str]) -> None:
    named: set[object] = set()
    try:
        search = search_of(query, BENGKEL, NOW)
    except BadUserInput as refusal:
        named = {fault.path[0] for fault in refusal.fields}
        search = Search(NOW, NOW)
    assert named <= query.keys()
    assert 1 <= search.size <= 1000 and search.page >= 1
    assert timedelta(0) <= search.last - search.first <= timedelta(days=90)


async def test_an_answer_is_one_statement_however_long_it_is(place: ComplaintScene) -> None:
    for _ in range(7):
        await published(place)
    seen: list[str] = []
    engine = place.world.database.looking.sync_engine
    sa.event.listen(engine, "before_cursor_execute", lambda c, cursor, text, *more: seen.append(text))
    assert len(await codes(place)) == 7
    asked = [text for text in seen if text.lstrip().startswith("SELECT")]
    assert len(asked) == 2  # which village, and what of it
    assert sum("waste_public_complaint" in text for text in asked) == 1


# Hostile text


async def test_whatever_the_office_wrote_is_text_in_both_formats(place: ComplaintScene) -> None:
    complaint = await place.reported()
    await place.publish(complaint["id"], HOSTILE)
    (row,) = of_json(await got(place, "requests.json"), REQUEST)
    assert row["description"] == HOSTILE
    answer = await got(place, "requests.xml")
    (written,) = of_xml(answer, "service_requests")
    assert written["description"] == HOSTILE.replace("\x0b", "").replace("\x1f", "").replace("\ufffe", "")
    assert "<script>" not in answer.text


@given(st.text())
def test_any_text_is_one_element(text: str) -> None:
    whole = element("a", {"b": text, "c": None})
    tree: Element = fromstring(whole.encode(errors="surrogatepass").decode(errors="replace"))
    assert [one.tag for one in tree] == ["b", "c"] and not list(tree[0])


# Reporting


async def post(place: ComplaintScene, who: str | None = "wayan", form: str = "json", **given: Any) -> Fetched:
    token = place.tokens[who] if who is not None else None
    fields = {
        "jurisdiction_id": BENGKEL,
        "service_code": "WILD_DUMP",
        "address_string": "By the river",
        **given,
    }
    return await place.world.fetch(f"{BASE}/requests.{form}", token, method="POST", form=fields)


async def test_a_resident_reports_by_the_standards_form_and_it_waits_for_the_office(
    place: ComplaintScene,
) -> None:
    answer = await post(
        place,
        description="Bags.",
        lat="-8.5",
        long="115.1",
        first_name="X",
        phone="0812",
        media_url="http://x",
    )
    (made,) = of_json(answer, POSTED)
    assert answer.status == 201
    (row,) = await place.rows(Complaint)
    assert (row.tracking_code, row.kind.name, row.text) == (made["service_request_id"], "WILD_DUMP", "Bags.")
    assert (row.longitude, row.latitude, row.address) == (115.1, -8.5, "By the river")
    assert row.resident_id == place.waste.wayan.id and "0812" not in str(vars(row))
    assert row.due_at - row.opened_at == timedelta(hours=72)
    assert await codes(place) == [] and len(await place.inbox()) == 1
    track = await place.world.ask(f'{{ wasteTrackComplaint(code: "{row.tracking_code}") {{ state }} }}')
    assert track.data["wasteTrackComplaint"] == {"state": "OPEN"}
    (written,) = of_xml(await post(place, "operator", "xml"), "service_requests", POSTED)
    office = next(
        one for one in await place.rows(Complaint) if one.tracking_code == written["service_request_id"]
    )
    assert (office.resident_id, office.text) == (None, "Pembuangan liar")


async def test_the_key_may_stand_in_the_form(place: ComplaintScene) -> None:
    assert (await post(place, None, api_key=place.tokens["wayan"])).status == 201
    assert (await post(place, None, api_key="wtl_nobody")).status == 403


async def test_who_may_not_report_there_is_refused_in_the_format_and_nothing_is_written(
    place: ComplaintScene,
) -> None:
    await post(place)
    before = await place.written()
    for who in (None, "collector", "tps3r", "agency", "kelian", "neighbour", "komang", "next collector"):
        for form in ("json", "xml"):
            refused = await post(place, who, form)
            told = of_json(refused, ERROR) if form == "json" else of_xml(refused, "errors")
            assert (refused.status, str(told[0]["code"])) == (403, "403"), who
    assert await place.written() == before
    for who in ("wayan", "operator", "perbekel", "admin"):
        assert (await post(place, who)).status == 201  # the control


@pytest.mark.parametrize(
    ("given", "status", "fields"),
    [
        ({"service_code": ""}, 400, ["service_code"]),
        ({"service_code": "NOISE"}, 404, []),
        ({"address_string": ""}, 400, ["lat"]),
        ({"lat": "-8.5"}, 400, ["lat"]),
        ({"lat": "91", "long": "0"}, 400, ["lat"]),
        ({"lat": "nan", "long": "inf"}, 400, ["lat"]),
        ({"description": "x" * 2_001, "address_string": "y" * 201, "lat": "z"}, 400, ["lat", "description", "address_string"]),
        ({"jurisdiction_id": ""}, 400, ["jurisdiction_id"]),
        ({"jurisdiction_id": "51.02.06.2009"}, 404, []),
    ],
)  # fmt: skip
async def test_a_form_at_fault_is_refused_with_all_its_faults(
    place: ComplaintScene, given: dict[str, str], status: int, fields: list[str]
) -> None:
    before = await place.written()
    answer = await post(place, **given)
    assert answer.status == status
    named = [row["description"].partition(":")[0] for row in of_json(answer, ERROR)]
    assert named == fields or (not fields and len(named) == 1)
    assert await place.written() == before


async def test_what_is_no_form_is_refused(place: ComplaintScene) -> None:
    path = f"{BASE}/requests.json?jurisdiction_id={BENGKEL}"
    answer = await place.world.fetch(
        path,
        place.tokens["wayan"],
        method="POST",
        form={"a": "b"},
        headers={"content-type": "application/json"},
    )
    assert (answer.status, of_json(answer, ERROR)[0]["description"].partition(":")[0]) == (
        400,
        "service_code",
    )
    assert (await place.world.fetch(path, method="PUT")).headers["allow"] == "GET, POST, HEAD, OPTIONS"
