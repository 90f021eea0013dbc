"""Recording a weighing: what is written, and everything for which nothing is."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from PIL import Image
from tests.waste.scene import BRIEF, RECORD, Scene, everybody

from wantilan import Conflict
from wantilan.programs.switching import disable
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, NEIGHBOUR, World
from wantilan_waste.files import PHOTO
from wantilan_waste.models import Intake, WasteSourceClass, WasteStream


def moment(**back: float) -> str:
    return (datetime.now(UTC) - timedelta(**back)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# What is written


async def test_a_weighing_is_written_and_shown_with_the_villages_new_figures(scene: Scene) -> None:
    at = moment(hours=2)
    reply = await scene.record(
        gross=12_500, tare=500, householdId=scene.ids["household"], weighedAt=at, sourceClass="PASAR"
    )
    payload = reply.data["wasteRecordIntake"]
    intake = payload["intake"]
    assert intake.pop("id").startswith("waste_intake-")
    assert intake.pop("businessDate")
    assert intake == {
        "stream": "ORGANIK", "sourceClass": "PASAR", "gross": 12_500, "tare": 500, "mass": 12_000, "weighedAt": at,
        "facility": {"name": "TPS3R Bestari"}, "household": {"id": scene.ids["household"]},
    }  # fmt: skip
    assert payload["facility"] == {"id": scene.ids["facility"], "name": "TPS3R Bestari"}
    assert payload["village"] == {
        "code": BENGKEL, "waste": {"massByStream": [{"stream": "ORGANIK", "mass": 12_000, "intakes": 1}]},
    }  # fmt: skip


async def test_the_row_says_what_was_asked_and_who_asked(scene: Scene) -> None:
    actor = await scene.world.application.actors.resolve(scene.operator)
    await scene.record(stream="B3", gross=700, tare=100)
    (row,) = await scene.intakes()
    assert (row.stream, row.source_class) == (WasteStream.B3, WasteSourceClass.RUMAH_TANGGA)
    assert (row.gross_grams, row.tare_grams, row.mass_grams) == (700, 100, 600)
    assert (row.facility_id, row.household_id, row.recorded_by) == (scene.facility.id, None, actor.id)
    assert datetime.now(UTC) - row.weighed_at < timedelta(minutes=1)
    assert await scene.intakes(NEIGHBOUR) == []


async def test_a_weighing_shows_its_photo_to_those_who_read_it_and_to_the_household(scene: Scene) -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    collector = await scene.world.token("waste_collector", BENGKEL)
    photo = await scene.world.file(collector, BENGKEL, PHOTO, out.getvalue())
    given = {"photoId": photo, "householdId": scene.ids["household"]}
    assert (await scene.record(collector, BRIEF, **given)).data
    everyone = await everybody(scene)
    ask = "query($id: ID!) { resident(id: $id) { waste { intakes { nodes { photo { contentType } } } } } }"
    for who in ("operator", "wayan"):
        reply = await scene.world.ask(ask, everyone[who], id=scene.ids["wayan"])
        assert reply.data["resident"]["waste"]["intakes"]["nodes"] == [
            {"photo": {"contentType": "image/png"}}
        ]


@pytest.mark.parametrize("stream", [s.name for s in WasteStream])
@pytest.mark.parametrize("source", [s.name for s in WasteSourceClass][:3])
async def test_streams_and_sources_come_back_by_their_names(scene: Scene, stream: str, source: str) -> None:
    reply = await scene.record(stream=stream, sourceClass=source)
    intake = reply.data["wasteRecordIntake"]["intake"]
    assert (intake["stream"], intake["sourceClass"]) == (stream, source)


async def test_the_event_holds_ids_only(scene: Scene) -> None:
    await scene.record(householdId=scene.ids["household"])
    (row,) = await scene.intakes()
    async with scene.world.unit(BENGKEL) as unit:
        (event,) = await unit.all(Event, Event.name == "waste.intake_recorded")
    assert event.subjects == {"intake": str(row.id), "facility": str(scene.facility.id)}


async def test_the_business_date_is_the_day_in_the_village(scene: Scene) -> None:
    """Bengkel lies in WITA: at 16:30 UTC it is half past midnight of the next day."""
    day = (datetime.now(UTC) - timedelta(days=3)).date()
    for clock, expected in (("15:59:59.999", day), ("16:00:00.000", day + timedelta(days=1))):
        reply = await scene.record(weighedAt=f"{day}T{clock}Z")
        assert reply.data["wasteRecordIntake"]["intake"]["businessDate"] == expected.isoformat()
    offset = await scene.record(weighedAt=f"{day + timedelta(days=1)}T00:30:00+08:00")
    assert offset.data["wasteRecordIntake"]["intake"]["weighedAt"] == f"{day}T16:30:00.000Z"


async def test_the_same_weighing_twice_is_two_entries_and_the_first_stays_as_it_was(scene: Scene) -> None:
    """Append-only: nothing that is recorded changes what was recorded before."""
    await scene.record(gross=700)
    (first,) = await scene.intakes()
    before = {c.key: getattr(first, c.key) for c in sa.inspect(Intake).column_attrs}
    await scene.record(gross=700)
    await scene.record(gross=900, tare=100)
    after = {row.id: row for row in await scene.intakes()}
    assert len(after) == 3
    assert {key: getattr(after[first.id], key) for key in before} == before


async def test_the_program_offers_nothing_that_changes_or_deletes_a_weighing(world: World) -> None:
    schema: Any = world.host.schema.graphql
    about = {name for name in schema.mutation_type.fields if name.startswith("waste") and "Intake" in name}
    assert about == {"wasteRecordIntake"}


async def test_one_key_records_once(scene: Scene) -> None:
    given = {"facilityId": scene.ids["facility"], "stream": "RESIDU", "gross": 700}
    replies = [await scene.world.ask(RECORD, scene.operator, key="k1", input=given) for _ in range(2)]
    assert replies[0].data["wasteRecordIntake"]["intake"] == replies[1].data["wasteRecordIntake"]["intake"]
    assert len(await scene.intakes()) == 1


async def test_two_weighings_in_one_operation_are_two(scene: Scene) -> None:
    text = """mutation($input: WasteRecordIntakeInput!) { a: wasteRecordIntake(input: $input) { intake { id } }
      b: wasteRecordIntake(input: $input) { intake { id } } }"""
    reply = await scene.record(document=text)
    assert reply.data["a"]["intake"]["id"] != reply.data["b"]["intake"]["id"]
    assert len(await scene.intakes()) == 2


# Nothing is written

FAULTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "nothing weighed": ({"gross": 0}, {"input.gross": "MUST_BE_POSITIVE"}),
    "a container as heavy": ({"gross": 500, "tare": 500}, {"input.tare": "NOT_BELOW_GROSS"}),
    "a container that is heavier": ({"gross": 500, "tare": 501}, {"input.tare": "NOT_BELOW_GROSS"}),
    "2^53 grams": ({"gross": 2**53}, {"input.gross": "OUT_OF_RANGE"}),
    "2^53 - 1 grams": ({"gross": 2**53 - 1}, {"input.gross": "TOO_HEAVY"}),
    "below nothing": ({"gross": -1}, {"input.gross": "OUT_OF_RANGE"}),
    "a container below nothing": ({"tare": -1}, {"input.tare": "OUT_OF_RANGE"}),
    "half a gram": ({"gross": 1.5}, {"input.gross": "NOT_A_WHOLE_NUMBER"}),
    "grams as text": ({"gross": "1000"}, {"input.gross": "NOT_A_WHOLE_NUMBER"}),
    "grams that are true": ({"gross": True}, {"input.gross": "NOT_A_WHOLE_NUMBER"}),
    "more than a hundred tonnes": ({"gross": 100_000_001}, {"input.gross": "TOO_HEAVY"}),
    "tomorrow": ({"weighedAt": moment(days=-1)}, {"input.weighedAt": "IN_FUTURE"}),
    "32 days ago": ({"weighedAt": moment(days=32)}, {"input.weighedAt": "TOO_OLD"}),
    "no moment": ({"weighedAt": "yesterday"}, {"input.weighedAt": "NOT_A_DATE_TIME"}),
    "a moment without offset": ({"weighedAt": "2026-11-23T04:00:00"}, {"input.weighedAt": "NOT_A_DATE_TIME"}),
    "a date only": ({"weighedAt": "2026-11-23"}, {"input.weighedAt": "NOT_A_DATE_TIME"}),
    "an unknown stream": ({"stream": "PLASTIK"}, {"input.stream": "UNKNOWN_VALUE"}),
    "an unknown source": ({"sourceClass": "BULAN"}, {"input.sourceClass": "UNKNOWN_VALUE"}),
    "a missing stream": ({"stream": None}, {"input.stream": "REQUIRED"}),
    "an unknown field": ({"colour": "red"}, {"input.colour": "UNKNOWN_FIELD"}),
    "no id": ({"facilityId": "TPS3R"}, {"input.facilityId": "NOT_AN_ID"}),
    "an id of something else": ({"facilityId": "<household>"}, {"input.facilityId": "NOT_AN_ID"}),
    "a household that is none": ({"householdId": "x"}, {"input.householdId": "NOT_AN_ID"}),
    "a facility as a household": ({"householdId": "<facility>"}, {"input.householdId": "NOT_AN_ID"}),
    "all at once": (
        {"gross": 0, "weighedAt": moment(days=40)},
        {"input.gross": "MUST_BE_POSITIVE", "input.weighedAt": "TOO_OLD"},
    ),
    "all scalars at once": (
        {"gross": 1.5, "tare": -1, "weighedAt": "x", "householdId": "x", "facilityId": "y"},
        {
            "input.gross": "NOT_A_WHOLE_NUMBER", "input.tare": "OUT_OF_RANGE", "input.weighedAt": "NOT_A_DATE_TIME",
            "input.householdId": "NOT_AN_ID", "input.facilityId": "NOT_AN_ID",
        },
    ),
    "both scalars and rules": (
        {"gross": 0, "tare": -1, "weighedAt": "x", "householdId": "x", "facilityId": "y"},
        {
            "input.gross": "MUST_BE_POSITIVE", "input.tare": "OUT_OF_RANGE", "input.weighedAt": "NOT_A_DATE_TIME",
            "input.householdId": "NOT_AN_ID", "input.facilityId": "NOT_AN_ID",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_faulty_weighing_is_refused_with_every_faulty_field_and_nothing_is_written(
    scene: Scene, fault: str
) -> None:
    given, expected = FAULTS[fault]
    given = {k: scene.ids.get(str(v).strip("<>"), v) for k, v in given.items()}
    reply = await scene.record(**given)
    assert reply.codes == ["BAD_USER_INPUT"]
    assert reply.faults == expected
    assert await scene.unchanged()


@pytest.mark.parametrize(
    "fault", ["nothing weighed", "tomorrow", "half a gram", "an unknown stream", "no id"]
)
async def test_a_fault_is_told_in_both_languages(scene: Scene, fault: str) -> None:
    given = {"facilityId": scene.ids["facility"], "stream": "ORGANIK", "gross": 1000, **FAULTS[fault][0]}
    said = []
    for language in ("id", "en"):
        reply = await scene.world.ask(BRIEF, scene.operator, language=language, input=given)
        said.append([f["message"] for e in reply.errors for f in e["extensions"]["fields"]])
    assert said[0] != said[1] and all(said[0]) and all(said[1])


async def test_no_refusal_repeats_what_was_sent(scene: Scene) -> None:
    sign = "9912345678901234"
    for given in (
        {"gross": int(sign)}, {"gross": sign}, {"stream": sign}, {"weighedAt": sign}, {"facilityId": sign},
        {"householdId": sign}, {sign: 1}, {f"x{sign}": 1}, {"tare": float(sign) + 0.5},
    ):  # fmt: skip
        reply = await scene.record(**given)
        assert reply.codes == ["BAD_USER_INPUT"]
        assert sign not in reply.text
    assert await scene.unchanged()


async def test_as_literals_the_faults_are_the_same(scene: Scene) -> None:
    text = f"""mutation {{ wasteRecordIntake(input: {{facilityId: "{scene.ids["facility"]}", stream: ORGANIK, gross: 0,
      weighedAt: "2020-01-01T00:00:00Z"}}) {{ facility {{ name }} }} }}"""
    reply = await scene.world.ask(text, scene.operator)
    assert reply.faults == {"input.gross": "MUST_BE_POSITIVE", "input.weighedAt": "TOO_OLD"}
    assert await scene.unchanged()


async def test_what_is_missing_is_named(scene: Scene) -> None:
    reply = await scene.world.ask(BRIEF, scene.operator, input={})
    assert reply.faults == dict.fromkeys(("input.facilityId", "input.stream"), "REQUIRED")
    weighed = {"facilityId": scene.ids["facility"], "stream": "ORGANIK"}
    reply = await scene.world.ask(BRIEF, scene.operator, input=weighed)
    assert reply.faults == {"input.gross": "REQUIRED"}
    assert (await scene.world.ask(BRIEF, scene.operator)).faults == {"input": "REQUIRED"}
    assert await scene.unchanged()


async def test_what_is_not_there_or_not_his_is_not_found(scene: Scene) -> None:
    tag, village, _ = scene.ids["facility"].split("-")
    house_tag, _, house = scene.ids["household"].split("-")
    other_village = scene.ids["other_facility"].split("-")[1]
    for given in (
        {"facilityId": f"{tag}-{village}-{uuid4().hex}"},
        {"facilityId": f"{tag}-{uuid4().hex}-{scene.facility.id.hex}"},
        {"facilityId": scene.ids["other_facility"]},
        {"facilityId": f"{tag}-{village}-{scene.other_facility.id.hex}"},
        {"householdId": scene.ids["other_household"]},
        {"householdId": f"{house_tag}-{village}-{scene.other_household.id.hex}"},
        {"householdId": f"{house_tag}-{other_village}-{house}"},
        {"householdId": f"{house_tag}-{village}-{uuid4().hex}"},
    ):
        reply = await scene.record(**given)
        assert (reply.codes, reply.body["data"]) == (["NOT_FOUND"], None), given
    assert await scene.unchanged()
    assert (await scene.record(householdId=scene.ids["household"])).data


async def test_whoever_works_for_both_villages_cannot_mix_them(scene: Scene) -> None:
    both = await scene.world.token("village_operator", BENGKEL, name="both")
    await scene.world.token("village_operator", NEIGHBOUR, name="both")
    mixed = await scene.record(both, householdId=scene.ids["other_household"])
    assert mixed.codes == ["NOT_FOUND"]
    assert await scene.unchanged()
    right = await scene.record(
        both, facilityId=scene.ids["other_facility"], householdId=scene.ids["other_household"]
    )
    assert right.data
    assert (len(await scene.intakes()), len(await scene.intakes(NEIGHBOUR))) == (0, 1)


async def test_where_the_program_is_off_nothing_is_recorded(scene: Scene) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        await disable(scene.world.host, unit, "waste")
    reply = await scene.record()
    assert reply.codes == ["PROGRAM_NOT_ENABLED"]
    assert reply.errors[0]["extensions"]["villages"] == [BENGKEL]
    assert await scene.intakes() == []


async def test_who_may_record(scene: Scene) -> None:
    """By hand: an empty list means recorded."""
    expected = {
        "operator": [], "perbekel": [], "tps3r": [], "collector": [], "admin": [],
        "agency": ["FORBIDDEN"], "kelian": ["FORBIDDEN"], "wayan": ["FORBIDDEN"], "visitor": ["FORBIDDEN"],
        "neighbour": ["NOT_FOUND"], "next collector": ["NOT_FOUND"],
    }  # fmt: skip
    found, written = {}, 0
    for who, token in (await everybody(scene)).items():
        given = {"facilityId": scene.ids["facility"], "stream": "ORGANIK", "gross": 1000}
        found[who] = (await scene.world.ask(BRIEF, token, input=given)).codes
        written += not expected[who]
        assert len(await scene.intakes()) == written, who
    assert found == expected


@pytest.mark.parametrize("below", ["intake { mass }", "village { waste { massByStream { mass } } }"])
async def test_a_payload_that_the_collector_may_not_read_refuses_before_the_write(
    scene: Scene, below: str
) -> None:
    collector = await scene.world.token("waste_collector", BENGKEL)
    text = BRIEF.replace("facility { name }", f"facility {{ name }} {below}")
    reply = await scene.record(collector, text)
    assert reply.codes == ["FORBIDDEN"]
    assert await scene.unchanged()
    assert (await scene.record(collector, BRIEF)).data["wasteRecordIntake"] == {
        "facility": {"name": "TPS3R Bestari"}
    }


# The database's own last word


@pytest.mark.parametrize(
    "wrong", [{"mass_grams": 1}, {"gross_grams": 0, "mass_grams": 0}, {"stream": "PLASTIK"}]
)
async def test_the_database_takes_no_weighing_that_breaks_an_invariant(
    scene: Scene, wrong: dict[str, Any]
) -> None:
    good = {
        "facility_id": scene.facility.id, "stream": WasteStream.B3, "source_class": WasteSourceClass.PASAR, "gross_grams": 10,
        "tare_grams": 4, "mass_grams": 6, "weighed_at": datetime.now(UTC), "business_date": datetime.now(UTC).date(),
    }  # fmt: skip
    with pytest.raises((Conflict, sa.exc.StatementError)):
        async with scene.world.unit(BENGKEL) as unit:
            await unit.add(Intake(**{**good, **wrong}))
    assert await scene.unchanged()
    async with scene.world.unit(BENGKEL) as unit:
        await unit.add(Intake(**good))
    assert len(await scene.intakes()) == 1
