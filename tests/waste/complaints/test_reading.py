"""Who reads what of complaints: the office, the household, everybody, and who has the code."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from tests.waste.complaints.scene import TRACK, ComplaintScene

from wantilan.access.actor import VISITOR
from wantilan.graph.context import Context
from wantilan.programs.switching import disable
from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan_waste.models import Complaint

ALL = """{ village(code: "51.02.06.2001") { waste { complaints { totalCount nodes { text trackingCode } } } } }"""
OWN = """query($id: ID!) { resident(id: $id) { waste { complaints { nodes { text steps { state } } } }
  household { waste { complaints { nodes { text } } } } } }"""
FIGURES = """{ village(code: "51.02.06.2001") { waste { complaintsByState { kind state complaints } } } }"""
LATE = """query($now: DateTime!) { village(code: "51.02.06.2001") { waste {
  complaints(filter: {state: {in: [OPEN, ACKNOWLEDGED, IN_PROGRESS]}, dueAt: {lt: $now}}, order: DUE_AT_ASC) {
    totalCount nodes { trackingCode isLate } } } } }"""


OTHERS = (
    "collector", "tps3r", "agency", "kelian", "neighbour", "next collector", "komang", "visitor",
)  # fmt: skip
"""Everybody else: who reads no complaint of Bengkel at all."""


async def texts(place: ComplaintScene, who: str, query: str = ALL) -> tuple[str, ...]:
    reply = await place.world.ask(query, place.tokens[who])
    if reply.codes:
        return tuple(reply.codes)
    found = reply.data["village"]["waste"]["complaints"]
    return tuple(sorted(node["text"] for node in found["nodes"]))


async def test_the_office_reads_all_of_its_village_and_each_household_its_own(place: ComplaintScene) -> None:
    await place.reported(text="Wayan's")
    await place.reported("made", text="Made's")
    await place.reported("operator", text="Nobody's")
    await place.reported("komang", text="Next door", villageCode=NEIGHBOUR)
    assert {who: await texts(place, who) for who in place.tokens} == {
        **dict.fromkeys(("operator", "perbekel", "admin"), ("Made's", "Nobody's", "Wayan's")),
        **dict.fromkeys(("wayan", "ketut"), ("Wayan's",)),
        "made": ("Made's",),
        **dict.fromkeys(OTHERS, ("FORBIDDEN",)),
    }


async def test_a_resident_and_his_household_show_what_they_reported(place: ComplaintScene) -> None:
    await place.reported(text="Wayan's")
    await place.reported("ketut", text="Ketut's")
    reply = await place.world.ask(OWN, place.tokens["wayan"], id=place.waste.ids["wayan"])
    resident = reply.data["resident"]
    assert resident["waste"]["complaints"]["nodes"] == [{"text": "Wayan's", "steps": [{"state": "OPEN"}]}]
    household = resident["household"]["waste"]["complaints"]["nodes"]
    assert sorted(node["text"] for node in household) == ["Ketut's", "Wayan's"]


async def test_what_the_office_noted_for_itself_is_not_for_the_reporter(place: ComplaintScene) -> None:
    shown = await place.reported()
    await place.move(shown["id"], "ACKNOWLEDGED", note="A secret.")
    query = "query($id: ID!) { node(id: $id) { ... on WasteComplaint { steps { state note } } } }"
    assert (await place.world.ask(query, place.tokens["wayan"], id=shown["id"])).codes == ["FORBIDDEN"]
    (_, step) = (await place.world.ask(query, place.operator, id=shown["id"])).data["node"]["steps"]
    assert step == {"state": "ACKNOWLEDGED", "note": "A secret."}  # the control


async def test_late_is_computed_when_it_is_asked(place: ComplaintScene) -> None:
    late, resolved = await place.reported(), await place.reported()
    await place.up_to(resolved["id"], "RESOLVED")
    asked = {"now": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")}

    async def found() -> dict[str, Any]:
        reply = await place.world.ask(LATE, place.operator, **asked)
        return dict(reply.data["village"]["waste"]["complaints"])

    assert await found() == {"totalCount": 0, "nodes": []}
    await place.age(hours=25)
    assert await found() == {
        "totalCount": 1,
        "nodes": [{"trackingCode": late["trackingCode"], "isLate": True}],
    }
    query = "query($id: ID!) { node(id: $id) { ... on WasteComplaint { isLate } } }"
    assert (await place.world.ask(query, place.operator, id=resolved["id"])).data["node"] == {"isLate": False}


async def test_figures_count_by_kind_and_state_and_are_for_the_office(place: ComplaintScene) -> None:
    for _ in range(2):
        await place.reported()
    await place.move((await place.reported(kind="OTHER"))["id"], "ACKNOWLEDGED")
    reply = await place.world.ask(FIGURES, place.operator)
    rows = reply.data["village"]["waste"]["complaintsByState"]
    assert sorted(rows, key=lambda row: str(row["kind"])) == [
        {"kind": "MISSED_PICKUP", "state": "OPEN", "complaints": 2},
        {"kind": "OTHER", "state": "ACKNOWLEDGED", "complaints": 1},
    ]
    for who in ("wayan", "agency", "visitor"):
        assert (await place.world.ask(FIGURES, place.tokens[who])).codes == ["FORBIDDEN"]


@pytest.mark.parametrize("many", [1, 12])
async def test_one_question_is_one_statement_however_many_there_are(place: ComplaintScene, many: int) -> None:
    for _ in range(many):
        await place.reported()
    query = """{ village(code: "51.02.06.2001") { waste { complaintsByState { complaints }
      complaints { totalCount nodes { text isLate steps { state note } photos { file { kind } }
        reporter { fullName } household { id } } } publicComplaints { totalCount } } } }"""
    with place.world.counting() as statements:
        reply = await place.world.ask(query, place.operator)
    assert reply.data["village"]["waste"]["complaints"]["totalCount"] == many
    assert len(statements) == 1


# Tracking


async def test_who_has_the_code_learns_the_state_the_deadline_and_the_note_and_nothing_else(
    place: ComplaintScene,
) -> None:
    shown = await place.reported()
    await place.move(shown["id"], "ACKNOWLEDGED", note="ours", publicNote="Tomorrow.")
    code = shown["trackingCode"]
    typed = f" {code[:10]}{code[10:].lower().replace('0', 'o').replace('1', 'l')} "
    for who in ("visitor", "wayan", "komang", "neighbour"):
        for text in (code, typed):
            reply = await place.world.ask(TRACK, place.tokens[who], code=text)
            assert reply.data["wasteTrackComplaint"] == {
                "state": "ACKNOWLEDGED", "dueAt": shown["dueAt"], "note": "Tomorrow.",
            }  # fmt: skip
    fields = place.world.host.schema.graphql.type_map["WasteTrackedComplaint"]
    assert set(fields.fields) == {"state", "dueAt", "note"}  # type: ignore[attr-defined]


async def test_a_code_that_is_none_of_another_village_or_of_one_that_switched_off_gives_nothing(
    place: ComplaintScene,
) -> None:
    code = (await place.reported())["trackingCode"]
    assert (await place.world.ask(TRACK, code=code)).data["wasteTrackComplaint"]  # the control
    for text in (
        "", "x", "5102062001-", "5102062001-AAAAAAAA", code.replace("5102062001", "5102062002"),
        code.replace("5102062001", "5102062009"), code + "A", f"{code}' OR 1=1",
    ):  # fmt: skip
        assert (await place.world.ask(TRACK, code=text)).data == {"wasteTrackComplaint": None}, text
    async with place.world.unit(BENGKEL) as unit:
        await disable(place.world.host, unit, "waste")
    assert (await place.world.ask(TRACK, code=code)).data == {"wasteTrackComplaint": None}


@pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
async def test_a_resolver_looks_behind_the_wall_of_one_village_and_writes_nothing(
    place: ComplaintScene,
) -> None:
    await place.reported("komang", villageCode=NEIGHBOUR)
    await place.reported()
    context: Any = SimpleNamespace(engine=place.world.engine, actor=VISITOR)
    async with Context.look(context, BENGKEL, "waste") as unit:
        assert unit is not None
        seen = (await unit.session.scalars(sa.select(Complaint.tracking_code))).all()
        assert [code[:10] for code in seen] == ["5102062001"]
        with pytest.raises(sa.exc.DBAPIError):
            await unit.session.execute(sa.update(Complaint).values(text="x"))
    assert {row.text for row in await place.rows(Complaint)} == {"Nobody came."}
