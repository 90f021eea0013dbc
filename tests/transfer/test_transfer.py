"""A transfer: proposed by one office, accepted by the other, and what each of them knows when."""

from __future__ import annotations

import asyncio

from tests.core.lives import RECORD
from tests.transfer.scene import COMING, PROPOSE, REFUSE, WITHDRAW, Scene

from wantilan.registry.models import Resident
from wantilan.registry.numbering import opened_nik
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, NEIGHBOUR

OLD = """query($id: ID!) { resident(id: $id) { fullName status nik movedTo { code name } household { id }
  memberships { until } history { nodes { event { kind place distance recordedBy } } } } }"""
ACCEPT_BARE = (
    """mutation($input: AcceptTransferInput!) { acceptTransfer(input: $input) { transfer { state } } }"""
)


async def test_a_family_goes_to_the_neighbour_and_both_offices_know_what_is_theirs(scene: Scene) -> None:
    transfer = await scene.proposed("wayan", "luh", "putu")
    assert transfer["source"] == {"code": BENGKEL, "name": "Bengkel"}
    assert [{**one, "id": ""} for one in transfer["persons"]] == [
        {"id": "", "fullName": "I Wayan Contoh", "sex": "LAKI_LAKI", "birthDate": "1980-04-12",
         "relationship": "KEPALA_KELUARGA", "resident": None},
        {"id": "", "fullName": "Ni Luh Contoh", "sex": "PEREMPUAN", "birthDate": "1982-06-03",
         "relationship": "ISTRI", "resident": None},
        {"id": "", "fullName": "Putu Contoh", "sex": "LAKI_LAKI", "birthDate": "2010-09-09", "relationship": "ANAK",
         "resident": None},
    ]  # fmt: skip
    done = (await scene.accept(transfer, "KEPALA_KELUARGA", "ISTRI", "ANAK")).data["acceptTransfer"]
    came = done["transfer"]
    assert came["state"] == "ACCEPTED" and came["endedBy"] == "of the neighbour" and done["warnings"] == []
    assert came["event"] == {
        "kind": "PINDAH_MASUK", "happenedOn": "2024-03-01", "place": "Bengkel", "distance": "LUAR_DESA"
    }  # fmt: skip
    assert all(one["fullName"] is one["birthDate"] is one["relationship"] is None for one in came["persons"])
    people = [one["resident"] for one in came["persons"]]
    assert [(p["fullName"], p["status"], p["membership"]["relationship"]) for p in people] == [
        ("I Wayan Contoh", "HIDUP", "KEPALA_KELUARGA"), ("Ni Luh Contoh", "HIDUP", "ISTRI"), ("Putu Contoh", "HIDUP", "ANAK"),
    ]  # fmt: skip
    old = (await scene.ask("source", OLD, id=scene.ids["wayan"])).data["resident"]
    assert old["status"] == "PINDAH" and old["movedTo"] == {"code": NEIGHBOUR, "name": "Pangkung Tibah"}
    assert old["household"] is None and old["memberships"] == [{"until": "2024-02-29"}]
    assert [one["event"]["kind"] for one in old["history"]["nodes"]] == ["TERDAFTAR", "PINDAH_DESA"]
    assert old["history"]["nodes"][-1]["event"]["place"] == "Pangkung Tibah"
    # The old office sees nothing of the new record, and the new one nothing of the old.
    new = people[0]["id"]
    assert (await scene.ask("source", OLD, id=new)).data == {"resident": None}
    assert (await scene.ask("target", OLD, id=scene.ids["wayan"])).data == {"resident": None}


async def test_the_number_and_the_biodata_come_along_and_nothing_else(scene: Scene) -> None:
    transfer = await scene.proposed("wayan", "luh", "putu")
    assert (await scene.accept(transfer, "KEPALA_KELUARGA", "ISTRI", "ANAK")).errors == []
    old = await scene.row("wayan")
    async with scene.world.unit(NEIGHBOUR) as unit:
        new = await unit.first(Resident, Resident.full_name == "I Wayan Contoh")
        events = [(one.name, one.subjects.get("resident")) for one in await unit.all(Event)]
    assert new is not None and new.nik_sealed is not None and new.nik_sealed != old.nik_sealed
    assert opened_nik(scene.world.keys, new.nik_sealed, new.id) == scene.niks["wayan"]
    assert new.nik_hash != old.nik_hash and new.nik_masked == old.nik_masked
    same = ("name_key", "birth_date", "sex", "religion", "marital_status", "phone", "citizenship")
    assert [getattr(new, name) for name in same] == [getattr(old, name) for name in same]
    assert new.id != old.id and new.moved_to_id is None and ("resident_registered", str(new.id)) in events
    async with scene.world.unit(BENGKEL) as unit:
        left = [one.subjects["resident"] for one in await unit.all(Event, Event.name == "resident_left")]
    assert str(old.id) in left and str(new.id) not in left


async def test_whoever_leaves_a_family_leaves_it_a_head(scene: Scene) -> None:
    alone = await scene.propose("wayan")
    assert alone.faults == {"input.remaining": "HEAD_MISSING"}
    staying = [
        {"residentId": scene.ids["luh"], "relationship": "KEPALA_KELUARGA"},
        {"residentId": scene.ids["putu"], "relationship": "ANAK"},
    ]
    transfer = await scene.proposed("wayan", remaining=staying)
    assert (await scene.accept(transfer, "KEPALA_KELUARGA")).errors == []
    members = """query($id: ID!) { node(id: $id) { ... on Household { closedOn members {
      nodes { relationship resident { fullName } } } } } }"""
    found = (await scene.ask("source", members, id=scene.ids["household"])).data["node"]
    assert found["closedOn"] is None
    assert {(one["resident"]["fullName"], one["relationship"]) for one in found["members"]["nodes"]} >= {
        ("Ni Luh Contoh", "KEPALA_KELUARGA"), ("Putu Contoh", "ANAK")
    }  # fmt: skip


async def test_a_temporary_number_is_drawn_anew(scene: Scene) -> None:
    transfer = await scene.proposed("nyoman")
    done = await scene.ask("target", ACCEPT_BARE, input={
        "transferId": transfer["id"], "hamletId": await scene.world.id_of("Hamlet", scene.there)
    })  # fmt: skip
    assert done.errors == []
    async with scene.world.unit(NEIGHBOUR) as unit:
        new = await unit.first(Resident)
    assert new is not None and new.nik_sealed is not None and new.household_id is None
    number = opened_nik(scene.world.keys, new.nik_sealed, new.id)
    assert number.startswith("0" + NEIGHBOUR.replace(".", ""))


async def test_whoever_comes_back_comes_back_to_his_old_record(scene: Scene) -> None:
    transfer = await scene.proposed("wayan", "luh", "putu")
    assert (await scene.accept(transfer, "KEPALA_KELUARGA", "ISTRI", "ANAK")).errors == []
    alone = {
        "villageCode": BENGKEL, "kind": "PINDAH_MASUK", "happenedOn": "2025-01-01", "residentId": scene.ids["wayan"],
    }  # fmt: skip
    both = await scene.ask("source", RECORD, input=alone)
    assert both.faults == {"input.residentId": "MOVED_ELSEWHERE"}  # else he would live in two villages
    async with scene.world.unit(NEIGHBOUR) as unit:
        rows = {row.full_name: row for row in await unit.all(Resident)}
    back = {name: await scene.world.id_of("Resident", row) for name, row in rows.items()}
    names = ["I Wayan Contoh", "Ni Luh Contoh", "Putu Contoh"]
    asked = {
        "residentIds": [back[n] for n in names],
        "targetVillageCode": BENGKEL,
        "happenedOn": "2025-01-01",
    }
    assert (await scene.ask("target", PROPOSE, input=asked)).errors == []
    coming = COMING.replace(NEIGHBOUR, BENGKEL)
    (one,) = (await scene.ask("source", coming)).data["village"]["incomingTransfers"]["nodes"]
    named = [
        {"personId": p["id"], "relationship": r}
        for p, r in zip(one["persons"], ["KEPALA_KELUARGA", "ISTRI", "ANAK"], strict=True)
    ]
    given = {
        "transferId": one["id"], "hamletId": await scene.world.id_of("Hamlet", scene.hamlet), "newHousehold": {},
        "relationships": named,
    }  # fmt: skip
    assert (await scene.ask("source", ACCEPT_BARE, input=given)).errors == []
    old = (await scene.ask("source", OLD, id=scene.ids["wayan"])).data["resident"]
    assert old["status"] == "HIDUP" and old["movedTo"] is None
    kinds = [n["event"]["kind"] for n in old["history"]["nodes"]]
    assert kinds == ["TERDAFTAR", "PINDAH_DESA", "PINDAH_MASUK"]
    async with scene.world.unit(BENGKEL) as unit:
        assert len(await unit.all(Resident)) == 4


async def test_a_refused_or_withdrawn_transfer_leaves_no_person_at_the_other_office(scene: Scene) -> None:
    transfer = await scene.proposed("wayan", "luh", "putu")
    refused = await scene.ask(
        "target", REFUSE, input={"transferId": transfer["id"], "reason": "Tidak dikenal"}
    )
    shown = refused.data["refuseTransfer"]["transfer"]
    assert shown["state"] == "REFUSED"
    assert shown["persons"] == [{"fullName": None, "birthDate": None, "sex": None, "resident": None}] * 3
    going = f'{{ village(code: "{BENGKEL}") {{ outgoingTransfers {{ nodes {{ id state reason }} }} }} }}'
    (one,) = (await scene.ask("source", going)).data["village"]["outgoingTransfers"]["nodes"]
    assert (one["state"], one["reason"]) == ("REFUSED", "Tidak dikenal")
    second = await scene.proposed("wayan", "luh", "putu")
    nodes = (await scene.ask("source", going)).data["village"]["outgoingTransfers"]["nodes"]
    mine = next(n["id"] for n in nodes if n["state"] == "PROPOSED")
    assert (await scene.ask("source", WITHDRAW, input={"transferId": mine})).data["withdrawTransfer"][
        "transfer"
    ]["state"] == ("WITHDRAWN")
    everything = await scene.everything()
    assert not any("Contoh" in str(row) for row in everything["incoming_person"])
    late = await scene.accept(second, "KEPALA_KELUARGA", "ISTRI", "ANAK")
    assert late.codes == ["INVALID_TRANSITION"]
    assert (await scene.row("wayan")).status.name == "HIDUP"


async def test_a_repeated_request_is_done_once(scene: Scene) -> None:
    assert (await scene.propose("nyoman", key="p")).data == (await scene.propose("nyoman", key="p")).data
    (transfer,) = (await scene.ask("target", COMING)).data["village"]["incomingTransfers"]["nodes"]
    first, second = [await scene.accept(transfer, "KEPALA_KELUARGA", key="a") for _ in range(2)]
    assert first.data == second.data
    async with scene.world.unit(NEIGHBOUR) as unit:
        assert len(await unit.all(Resident)) == 1


async def test_two_that_go_against_each_other_do_not_wait_for_ever(scene: Scene) -> None:
    """On PostgreSQL both begin at once; the villages are held in one order."""
    here = await scene.proposed("nyoman")
    other = await scene.world.resident(NEIGHBOUR, scene.there, name="I Ketut Tetangga", serial=77)
    asked = {
        "residentIds": [await scene.world.id_of("Resident", other)], "targetVillageCode": BENGKEL, "happenedOn": "2024-03-01"
    }  # fmt: skip
    assert (await scene.ask("target", PROPOSE, input=asked)).errors == []
    coming = COMING.replace(NEIGHBOUR, BENGKEL)
    (back,) = (await scene.ask("source", coming)).data["village"]["incomingTransfers"]["nodes"]
    replies = await asyncio.gather(
        scene.accept(here, "KEPALA_KELUARGA"),
        scene.accept(
            back, "KEPALA_KELUARGA", who="source", hamletId=await scene.world.id_of("Hamlet", scene.hamlet)
        ),
        scene.accept(here, "KEPALA_KELUARGA"),
    )
    assert sorted(reply.codes for reply in replies) == [[], [], ["INVALID_TRANSITION"]]
