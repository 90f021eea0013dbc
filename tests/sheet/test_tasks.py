"""The way of the office: a sheet is uploaded, compared, applied and written out by tasks, on both databases."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.opensid.invented import Invented, invented
from tests.sheet.scene import BORN, Office, head, person, rows_of

from wantilan.graph.relay import decode_id
from wantilan.registry.codes import Sex
from wantilan.registry.models import File, Hamlet
from wantilan.registry.numbers import fictitious_nik
from wantilan.registry.opensid import SheetForm
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Refused, World, check_refusals

IMPORT = """mutation($input: ImportResidentsInput!) { importResidents(input: $input) {
  task { id name state } village { code } } }"""
EXPORT = """mutation($input: ExportResidentsInput!) { exportResidents(input: $input) {
  task { id state } village { code } } }"""
TASK = (
    "query($id: ID!) { node(id: $id) { ... on VillageTask { state done total result failureCode failure } } }"
)
FOLLOW = "subscription($code: RegionCode!) { taskProgressed(villageCode: $code) { state done total } }"
DETAILS = """query($code: RegionCode!) { village(code: $code) { residents { nodes { fullName
  details { ethnicity rw cardTag cardRelationship cardHousehold { id } disability latitude fatherNik }
  sources { source made sheetRow columns recordedBy } } } } }"""
B = person(2, ethnicity="Bali", rw="001", father_nik=fictitious_nik(BORN, Sex.LAKI_LAKI, 4321))
on_sqlite = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])


async def ran(world: World, token: str, operation: str, **given: Any) -> dict[str, Any]:
    """What became of a task that a mutation asked for."""
    reply = await world.ask(operation, token, input={"villageCode": BENGKEL, **given})
    (answer,) = reply.data.values()
    assert answer["task"]["state"] == "WAITING"
    await world.do_tasks()
    task: dict[str, Any] = (await world.ask(TASK, token, id=answer["task"]["id"])).data["node"]
    return task


async def content(world: World, file: str) -> bytes:
    """What lies in a file, by its global id."""
    key = decode_id(file)
    assert key is not None
    async with world.unit(BENGKEL) as unit:
        row = await unit.get(File, key.id)
    assert row is not None and row.place is not None
    async with world.application.desk.contents.opened(row.place) as pieces:
        return b"".join([piece async for piece in pieces])


@pytest.fixture
async def perbekel(office: Office) -> str:
    return await office.world.token("perbekel", BENGKEL, name="the perbekel")


@pytest.fixture
def sheet() -> Invented:
    return invented(240, seed=5, form=SheetForm.JSON_LINES, registrable=True)


@pytest.fixture
async def uploaded(office: Office, perbekel: str, sheet: Invented, tmp_path: Path) -> str:
    path = sheet.write(tmp_path / "sheet")
    return await office.world.file(perbekel, BENGKEL, "resident.sheet", path.read_bytes())


def located(report: bytes) -> list[tuple[int, str, str]]:
    rows = csv.DictReader(io.StringIO(report.decode("utf-8-sig")))
    return sorted(((int(r["row"]), r["column"], r["code"]) for r in rows if r["what"] == "FAULT"), key=str)


async def test_a_sheet_is_compared_applied_and_comes_back_unchanged(
    office: Office, perbekel: str, sheet: Invented, uploaded: str, tmp_path: Path
) -> None:
    world, empty = office.world, await office.register()
    async with world.subscribe(FOLLOW, perbekel, code=BENGKEL) as followed:
        compared = await ran(world, perbekel, IMPORT, fileId=uploaded)
        seen = [(await followed.next())["taskProgressed"]]
        while seen[-1]["state"] != "DONE":
            seen.append((await followed.next())["taskProgressed"])
    done = [task["done"] for task in seen]
    assert len(seen) >= 4 and done == sorted(done) and seen[-1]["done"] == seen[-1]["total"] == 242
    result, good = compared["result"], [row for row in sheet.expected if row is not None]
    assert (compared["state"], result["applied"], result["rows"]) == ("DONE", False, 240)
    assert (result["new"], result["faulty"]) == (len(good), 240 - len(good))
    assert located(await content(world, result["report_id"])) == sheet.faults
    assert await office.register() == empty, "it was only compared"

    refused = await ran(world, perbekel, IMPORT, fileId=uploaded, apply=True)
    assert (refused["state"], refused["failureCode"]) == ("FAILED", "RULE_VIOLATED")
    assert refused["result"]["faulty"] == result["faulty"] and await office.register() == empty

    applied = await ran(world, perbekel, IMPORT, fileId=uploaded, apply=True, skipFaulty=True)
    assert (
        applied["state"] == "DONE" and applied["result"]["applied"] and applied["result"]["new"] == len(good)
    )
    before = await office.register()
    async with world.unit(BENGKEL) as unit:
        today = unit.today
    for form in SheetForm:
        exported = await ran(world, perbekel, EXPORT, format=form.name)
        assert (exported["state"], exported["result"]["rows"]) == ("DONE", len(good))
        path = tmp_path / form.value
        path.write_bytes(await content(world, exported["result"]["file_id"]))
        assert Counter(rows_of(path, today)) == Counter(good)
        again = await ran(world, perbekel, IMPORT, fileId=exported["result"]["file_id"], apply=True)
        counted = again["result"]
        assert (counted["unchanged"], counted["new"], counted["changed"]) == (len(good), 0, 0)
        assert counted["faulty"] == counted["missing"] == 0
    assert await office.register() == before, "what is known already changes nothing"


async def test_no_result_and_no_event_says_anything_of_a_person(
    office: Office, perbekel: str, sheet: Invented, uploaded: str
) -> None:
    applied = await ran(office.world, perbekel, IMPORT, fileId=uploaded, apply=True, skipFaulty=True)
    report = (await content(office.world, applied["result"]["report_id"])).decode()
    told = json.dumps(applied) + str((await office.register())["event"])
    numbers = {n for row in sheet.expected if row for n in (row.nik, row.kk_number, row.father_nik) if n}
    names = {row.full_name for row in sheet.expected if row}
    assert len(numbers) > 200
    assert not [number for number in numbers if str(number) in told or str(number) in report]
    assert not [name for name in names if str(name) in told]


@on_sqlite
async def test_who_may_not_changes_nothing(office: Office, perbekel: str, uploaded: str) -> None:
    world = office.world
    hamlet = await world.hamlet(BENGKEL)
    resident = await world.resident(BENGKEL, hamlet)
    operator = await world.token("village_operator", BENGKEL)
    kelian = await world.token("kelian", BENGKEL, hamlet=hamlet.id)
    neighbour = await world.token("perbekel", NEIGHBOUR)
    agency = await world.token("agency_officer", TABANAN)
    own = await world.token("resident", BENGKEL, resident=resident.id)
    report = await world.file(perbekel, BENGKEL, "resident.sheet_report", b"row,what\n1,NEW\n")

    def given(file: str = uploaded, code: str = BENGKEL) -> dict[str, Any]:
        return {"input": {"villageCode": code, "fileId": file, "apply": True, "skipFaulty": True}}

    def form(**more: Any) -> dict[str, Any]:
        return {"input": {"villageCode": BENGKEL, "format": "CSV", **more}}

    async def unchanged() -> object:
        await world.do_tasks()
        return await office.register()

    imports = [
        Refused("a visitor", None, "FORBIDDEN", given()),
        Refused("a kelian", kelian, "FORBIDDEN", given()),
        Refused("an agency", agency, "FORBIDDEN", given()),
        Refused("a resident", own, "FORBIDDEN", given()),
        Refused("the neighbour", neighbour, "NOT_FOUND", given()),
        Refused("the operator, whose file it is not", operator, "NOT_FOUND", given()),
        Refused("another kind of file", perbekel, "NOT_FOUND", given(report)),
        Refused("no file", perbekel, "NOT_FOUND", given(f"{uploaded[:-4]}0000")),
        Refused("no id", perbekel, "BAD_USER_INPUT", given("x")),
        Refused("another village", perbekel, "NOT_FOUND", given(code=NEIGHBOUR)),
    ]
    await check_refusals(world, IMPORT, imports, unchanged=unchanged)
    exports = [
        Refused("a visitor", None, "FORBIDDEN", form()),
        Refused("a kelian", kelian, "FORBIDDEN", form()),
        Refused("an agency", agency, "FORBIDDEN", form()),
        Refused("a resident", own, "FORBIDDEN", form()),
        Refused("the operator", operator, "FORBIDDEN", form()),
        Refused("the neighbour", neighbour, "NOT_FOUND", form()),
        Refused("an unknown column", perbekel, "BAD_USER_INPUT", form(columns=["nik", "sakit_menahun"])),
        Refused("nothing but the key", perbekel, "BAD_USER_INPUT", form(columns=["nik"])),
    ]
    await check_refusals(world, EXPORT, exports, unchanged=unchanged)
    mine = await world.file(operator, BENGKEL, "resident.sheet", b"nik,nama\n0,I Made\n")
    assert (await ran(world, operator, IMPORT, fileId=mine))["state"] == "DONE", "the control"


@on_sqlite
async def test_a_file_that_is_no_sheet_is_refused_with_what_is_wrong(office: Office, perbekel: str) -> None:
    for content_, said in ((b"a,b\n1,2\n", "heading"), (b"nik,nik\n0,0\n", "twice")):
        file = await office.world.file(perbekel, BENGKEL, "resident.sheet", content_)
        task = await ran(office.world, perbekel, IMPORT, fileId=file, apply=True, skipFaulty=True)
        assert (task["state"], task["failureCode"], task["result"]) == ("FAILED", "RULE_VIOLATED", None)
        assert said in task["failure"]
    assert await office.rows() == []


@on_sqlite
async def test_an_export_may_have_some_columns_and_of_nobody_is_refused(
    office: Office, perbekel: str
) -> None:
    world = office.world
    nobody = await ran(world, perbekel, EXPORT, format="JSON_LINES")
    assert (nobody["state"], nobody["failureCode"]) == ("FAILED", "RULE_VIOLATED")
    await office.apply(head(1), B)
    some = await ran(world, perbekel, EXPORT, format="CSV", columns=["nama", "dusun"])
    written = (await content(world, some["result"]["file_id"])).decode("utf-8-sig").splitlines()
    assert written[0] == "dusun,nama,nik" and len(written) == 3


@on_sqlite
async def test_details_and_sources_are_shown_to_whom_they_concern(office: Office, perbekel: str) -> None:
    world = office.world
    await office.apply(head(1), B)
    reply = await world.ask(DETAILS, perbekel, code=BENGKEL)
    found = {node["fullName"]: node for node in reply.data["village"]["residents"]["nodes"]}
    node = found[B.full_name]
    assert node["details"]["ethnicity"] == "Bali" and node["details"]["fatherNik"] == "************4321"
    assert node["sources"] == [
        {"source": "OPENSID", "made": True, "sheetRow": 2, "columns": None, "recordedBy": "the office"}
    ]
    async with world.unit(BENGKEL) as unit:
        (hamlet,) = await unit.all(Hamlet)
    kelian = await world.token("kelian", BENGKEL, hamlet=hamlet.id)
    hidden = await world.ask(DETAILS, kelian, code=BENGKEL)
    assert "FORBIDDEN" in hidden.codes and "Bali" not in hidden.text and "4321" not in hidden.text
    shown = "query($code: RegionCode!) { village(code: $code) { residents { nodes { details { rw } } } } }"
    nodes = (await world.ask(shown, kelian, code=BENGKEL)).data["village"]["residents"]["nodes"]
    assert {"details": {"rw": "001"}} in nodes
