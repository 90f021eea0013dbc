"""Duplicates are found, judged, and two records become one with all that hangs on them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.core.office import PDF
from tests.transfer.scene import DUPLICATES, MERGE, Scene

from wantilan import notify
from wantilan.errors import Text
from wantilan.programs.manifest import MessageTemplate
from wantilan.registry.codes import FamilyRelationship, Sex
from wantilan.registry.duplicates.finding import MOST, look_over
from wantilan.registry.file_kinds import CORRECTION_PROOF
from wantilan.registry.models import HamletHead, Message, Resident, ResidentCorrection, ResidentDuplicate
from wantilan.registry.numbering import opened_nik
from wantilan.registry.numbers import fictitious_nik
from wantilan.testing import BENGKEL

TOLD = MessageTemplate("waste.test", subject=Text("Halo", "Hello"), body=Text("Isi", "Body"))
ME = "{ me { resident { id fullName } } }"


async def test_a_second_registration_is_noticed_and_nobody_is_named(scene: Scene) -> None:
    reply = await scene.register("again", "Wy. Contoh", phone="0813 000 111")
    (warning,) = reply.data["registerResident"]["warnings"]
    assert warning["code"] == "POSSIBLE_DUPLICATE" and "Contoh" not in warning["message"]
    (pair,) = (await scene.ask("source", DUPLICATES)).data["village"]["duplicates"]["nodes"]
    assert {**pair, "id": ""} == {
        "id": "", "rule": "NIK_TO_COME", "weight": 95, "state": "OPEN", "first": {"fullName": "I Wayan Contoh"},
        "second": {"fullName": "Wy. Contoh"},
    }  # fmt: skip


async def test_the_night_finds_what_registrations_did_not_and_forgets_what_is_no_more(scene: Scene) -> None:
    hamlet, born = scene.hamlet, date(1980, 4, 12)
    other = await scene.world.resident(
        BENGKEL, hamlet, name="Wayan Contoh", sex=Sex.LAKI_LAKI, born=born, serial=99
    )

    async def night() -> list[ResidentDuplicate]:
        async with scene.world.unit(BENGKEL) as unit:
            await look_over(unit)
            return list(await unit.all(ResidentDuplicate))

    (pair,) = await night()
    assert {pair.first_id, pair.second_id} == {scene.uuid("wayan"), other.id}
    assert [one.id for one in await night()] == [pair.id]
    async with scene.world.unit(BENGKEL) as unit:
        row = await unit.get(Resident, other.id)
        assert row is not None
        row.full_name = "I Ketut Lain"
    assert await night() == []


async def test_two_records_become_one_with_all_that_hangs_on_them(scene: Scene) -> None:
    await scene.register(
        "again", "Wy. Contoh", phone="0813 000 111", motherName="Ni Made Ibu", temporaryNik=True
    )
    again = await scene.row("again")
    async with scene.world.unit(BENGKEL) as unit:
        await notify(unit, again.id, TOLD)
        await unit.add(HamletHead(hamlet_id=scene.hamlet.id, resident_id=again.id, since=date(2021, 1, 1)))
    token = await scene.world.token("resident", BENGKEL, resident=again.id)
    both = {"keptId": scene.ids["wayan"], "mergedId": scene.ids["again"], "fields": ["PHONE"]}
    done = (await scene.ask("source", MERGE, input=both)).data["mergeResidents"]
    assert done["taken"] == ["MOTHER_NAME", "PHONE"] and done["event"] == {"kind": "DIGABUNG"}
    kept, merged = done["resident"], done["merged"]
    assert (kept["phone"], kept["status"], kept["fullName"]) == ("0813000111", "HIDUP", "I Wayan Contoh")
    assert kept["membership"] == {"relationship": "KEPALA_KELUARGA"}
    assert merged["status"] == "TIDAK_VALID" and merged["mergedInto"] == {"id": kept["id"]}
    assert [one["event"]["kind"] for one in merged["history"]["nodes"]] == ["TERDAFTAR", "DIGABUNG"]
    async with scene.world.unit(BENGKEL) as unit:
        (message,) = await unit.all(Message)
        (head,) = await unit.all(HamletHead)
        (pair,) = await unit.all(ResidentDuplicate)
    assert message.resident_id == head.resident_id == scene.uuid("wayan")
    assert pair.state.name == "MERGED" and pair.judged_by_label == "of Bengkel"
    assert (await scene.world.ask(ME, token)).data["me"]["resident"]["fullName"] == "I Wayan Contoh"
    again_asked = await scene.ask("source", MERGE, input=both)
    assert again_asked.faults == {"input.mergedId": "RESIDENT_NOT_VALID"}


async def test_a_permanent_number_goes_to_the_record_that_goes_on(scene: Scene) -> None:
    nik = fictitious_nik(date(1975, 1, 2), Sex.LAKI_LAKI, 44)
    await scene.register("nyoman again", "Nyoman Contoh", birthDate="1975-01-02", nik=nik)
    both = {"keptId": scene.ids["nyoman"], "mergedId": scene.ids["nyoman again"]}
    done = (await scene.ask("source", MERGE, input=both)).data["mergeResidents"]
    assert done["taken"] == ["NIK"] and done["resident"]["nik"] == "************0044"
    kept, merged = await scene.row("nyoman"), await scene.row("nyoman again")
    assert kept.nik_sealed is not None and opened_nik(scene.world.keys, kept.nik_sealed, kept.id) == nik
    assert merged.nik_kind is not None and merged.nik_kind.name == "TEMPORARY"


async def test_a_kept_record_without_family_takes_the_place_of_the_merged_one(scene: Scene) -> None:
    await scene.register("again", "Wy. Contoh")
    both = {"keptId": scene.ids["again"], "mergedId": scene.ids["wayan"]}
    done = (await scene.ask("source", MERGE, input=both)).data["mergeResidents"]
    assert done["resident"]["membership"] == {"relationship": "KEPALA_KELUARGA"}
    assert done["resident"]["nik"] == "************0011" and "NIK" in done["taken"]


async def test_a_household_whose_head_is_merged_away_needs_another(scene: Scene) -> None:
    own = {"newHousehold": {"registeredOn": "2020-01-01"}, "relationship": "KEPALA_KELUARGA"}
    await scene.register("again", "Wy. Contoh", **own)
    both: dict[str, Any] = {"keptId": scene.ids["again"], "mergedId": scene.ids["wayan"]}
    before = await scene.everything()
    headless = await scene.ask("source", MERGE, input=both)
    assert headless.faults == {"input.remaining": "HEAD_MISSING"} and await scene.everything() == before
    staying = [{"residentId": scene.ids["luh"], "relationship": "KEPALA_KELUARGA"}]
    assert (await scene.ask("source", MERGE, input={**both, "remaining": staying})).errors == []
    luh = await scene.ask(
        "source", "query($id: ID!) { resident(id: $id) { membership { relationship } } }", id=scene.ids["luh"]
    )
    assert luh.data["resident"]["membership"]["relationship"] == FamilyRelationship.KEPALA_KELUARGA.name


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
async def test_what_cannot_be_one_person_is_refused(scene: Scene) -> None:
    ids = scene.ids
    await scene.register("gone", "I Wayan Contoh")
    async with scene.world.unit(BENGKEL) as unit:
        today = unit.today.isoformat()
    went = "mutation($input: RecordLifeEventInput!) { recordLifeEvent(input: $input) { event { id } } }"
    event = {
        "villageCode": BENGKEL,
        "kind": "PERGI",
        "happenedOn": today,
        "residentId": ids["gone"],
    }
    assert (await scene.ask("source", went, input=event)).errors == []
    await scene.register("other day", "I Wayan Contoh", birthDate="1980-04-21")
    await scene.propose("nyoman")
    before = await scene.everything()
    table: list[tuple[dict[str, Any], dict[str, str] | str]] = [
        ({"mergedId": ids["wayan"]}, {"input.mergedId": "SAME_RECORD"}),
        ({"mergedId": ids["household"]}, {"input.mergedId": "NOT_AN_ID"}),
        ({"mergedId": ids["nyoman"], "confirm": True}, {"input.mergedId": "TRANSFER_OPEN"}),
        ({"keptId": ids["gone"], "mergedId": ids["wayan"]}, {"input.keptId": "KEPT_NOT_ALIVE"}),
        ({"mergedId": ids["other day"]}, "CONFIRM_DIFFERENT"),
        ({"mergedId": ids["other day"], "happenedOn": "2999-01-01"}, {"input.happenedOn": "IN_FUTURE"}),
        ({"mergedId": ids["other day"], "happenedOn": "2001-01-01", "confirm": True},
         {"input.mergedId": "NOT_IN_REGISTER"}),
    ]  # fmt: skip
    for given, expected in table:
        reply = await scene.ask("source", MERGE, input={"keptId": ids["wayan"], **given})
        if isinstance(expected, str):
            assert reply.errors[0]["extensions"]["rule"] == expected, given
        else:
            assert reply.faults == expected, given
        assert await scene.everything() == before, given
    sure = {"keptId": ids["wayan"], "mergedId": ids["other day"], "confirm": True}
    assert (await scene.ask("source", MERGE, input=sure)).errors == []


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
async def test_a_wrong_list_fills_no_list_of_pairs(scene: Scene) -> None:
    for number in range(15):
        await scene.register(f"one of many {number}", "Made Sama", birthDate="1970-01-01")
    async with scene.world.unit(BENGKEL) as unit:
        await look_over(unit)
        found = await unit.all(ResidentDuplicate)
    counted = [key for pair in found for key in (pair.first_id, pair.second_id)]
    assert 15 < len(found) <= 75 and max(map(counted.count, counted)) == MOST


async def test_what_was_proposed_for_a_record_that_does_not_go_on_is_withdrawn(scene: Scene) -> None:
    await scene.register("again", "Wy. Contoh")
    token = scene.tokens["source"]
    assert token is not None
    for name in ("again", "nyoman", "putu"):
        proof = await scene.world.file(token, BENGKEL, CORRECTION_PROOF, PDF)
        given = {"residentId": scene.ids[name], "fullName": "Contoh Lain", "reason": "Akta", "proofId": proof}
        assert (await scene.ask("source", CORRECT, input=given)).data
    both = {"keptId": scene.ids["wayan"], "mergedId": scene.ids["again"]}
    assert (await scene.ask("source", MERGE, input=both)).data
    transfer = await scene.proposed("nyoman")
    assert (await scene.accept(transfer, "KEPALA_KELUARGA")).data
    async with scene.world.unit(BENGKEL) as unit:
        states = {row.resident_id: row.state.name for row in await unit.all(ResidentCorrection)}
    assert states == {
        scene.uuid("again"): "WITHDRAWN", scene.uuid("nyoman"): "WITHDRAWN", scene.uuid("putu"): "PROPOSED",
    }  # fmt: skip


CORRECT = """mutation($input: ProposeCorrectionInput!) {
  proposeCorrection(input: $input) { correction { state } } }"""
