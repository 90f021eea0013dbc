"""Putting right what identifies a person: one proposes with a proof, another decides, the past is kept."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.core.office import ONE, PDF, Office, open_office

from wantilan.registry.codes import FamilyRelationship, LifeEventKind, ResidentStatus, Sex
from wantilan.registry.corrections.values import decoded, encoded
from wantilan.registry.file_kinds import CORRECTION_PROOF
from wantilan.registry.life.recording import Act, record
from wantilan.registry.models import LifeEvent, Resident, ResidentCorrection, ResidentPeriod
from wantilan.registry.numbering import opened_nik
from wantilan.registry.numbers import fictitious_nik
from wantilan.registry.searching import differing_residents
from wantilan.testing import BENGKEL, World

NOBODY = {
    "visitor": "FORBIDDEN", "neighbour": "NOT_FOUND", "kelian": "FORBIDDEN", "other_kelian": "FORBIDDEN",
    "agency": "FORBIDDEN", "resident": "FORBIDDEN",
}  # fmt: skip
"""Who may neither change nor correct a resident: all but the office, operator and perbekel."""
NIK = fictitious_nik(date(1980, 3, 4), Sex.LAKI_LAKI, 4712)
SHOWN = """correction { id state changes former reason proposedBy decidedBy decisionNote }
  resident { fullName nik nikKind birthDate sex } warnings { code path }"""
DONE = (
    "correction { state decidedBy decisionNote } resident { fullName nik nikKind birthDate sex birthPlace }"
)


@pytest.fixture
async def office(world: World) -> Office:
    return await open_office(world)


async def propose(office: Office, answer: str = SHOWN, who: str = "operator", **changed: Any) -> Any:
    """A proposal with a fresh proof."""
    token = office.tokens[who]
    assert token is not None
    proof = await office.world.file(token, BENGKEL, CORRECTION_PROOF, PDF)
    given = {
        "residentId": await office.id(office.wayan),
        "reason": "Akta kelahiran",
        "proofId": proof,
        **changed,
    }
    return await office.change("proposeCorrection", answer, who, **given)


async def proposed(office: Office, who: str = "operator", **changed: Any) -> str:
    """The id of a proposal."""
    reply = await propose(office, "correction { id }", who, **changed)
    return str(reply.data["proposeCorrection"]["correction"]["id"])


async def decide(office: Office, how: str, id_: str, who: str = "perbekel", **more: Any) -> Any:
    answer = DONE if how == "approve" else "correction { state decidedBy decisionNote }"
    return await office.change(f"{how}Correction", answer, who, correctionId=id_, **more)


def rule(reply: Any) -> str:
    return str(reply.errors[0]["extensions"]["rule"])


# What does not identify


@ONE
async def test_what_does_not_identify_is_changed_at_once_and_what_is_left_out_stays(office: Office) -> None:
    wayan = await office.id(office.wayan)
    shown = "resident { phone religion bloodType currentEducation citizenship }"
    reply = await office.change(
        "updateResident", shown, "operator",
        residentId=wayan, phone="0812 3456-789", religion="HINDU", bloodType="O", citizenship="WNI",
    )  # fmt: skip
    first = {
        "phone": "08123456789", "religion": "HINDU", "bloodType": "O", "currentEducation": None,
        "citizenship": "WNI",
    }  # fmt: skip
    assert reply.data["updateResident"]["resident"] == first
    again = await office.change("updateResident", shown, "perbekel", residentId=wayan, phone=None)
    assert again.data["updateResident"]["resident"] == {**first, "phone": None}
    changed = [who for name, who in await office.events() if name == "resident_changed"]
    assert changed == [{"resident": str(office.wayan.id)}] * 2
    await office.faults(
        "updateResident",
        "operator",
        [
            ({"residentId": wayan}, {"input": "NOTHING_CHANGED"}),
            (
                {"residentId": "x", "phone": "none", "citizenship": None},
                {"residentId": "NOT_AN_ID", "phone": "PHONE_FORM", "citizenship": "REQUIRED"},
            ),
        ],
    )
    await office.refuses("updateResident", NOBODY, residentId=wayan, phone="08123456789")


# Proposing


async def test_a_proposal_changes_nothing_until_another_approves_it(office: Office) -> None:
    reply = await propose(
        office, fullName="I Wayan  Tjontoh", nik=NIK, birthDate="1980-03-04", birthPlace="Tabanan"
    )
    done = reply.data["proposeCorrection"]
    assert done["resident"]["fullName"] == "I Wayan Contoh"
    correction = done["correction"]
    assert {**correction, "id": ""} == {
        "id": "", "state": "PROPOSED", "reason": "Akta kelahiran", "proposedBy": "operator", "decidedBy": None,
        "decisionNote": None,
        "changes": {
            "fullName": "I Wayan Tjontoh", "birthPlace": "Tabanan", "birthDate": "1980-03-04",
            "nik": "************4712",
        },
        "former": {
            "fullName": "I Wayan Contoh", "birthPlace": None, "birthDate": "1980-03-03",
            "nik": "************0001",
        },
    }  # fmt: skip
    assert {w["code"] for w in done["warnings"]} == {"NIK_UNKNOWN_REGION", "NIK_SEX_MISMATCH"}
    approved = await decide(office, "approve", correction["id"], note="Akta dilihat")
    assert approved.data["approveCorrection"] == {
        "correction": {"state": "APPLIED", "decidedBy": "perbekel", "decisionNote": "Akta dilihat"},
        "resident": {
            "fullName": "I Wayan Tjontoh", "nik": "************4712", "nikKind": "PERMANENT",
            "birthDate": "1980-03-04", "sex": "PEREMPUAN", "birthPlace": "Tabanan",
        },
    }  # fmt: skip
    async with office.world.unit(BENGKEL) as unit:
        row = await unit.get(Resident, office.wayan.id)
        periods = await unit.all(ResidentPeriod, ResidentPeriod.resident_id == office.wayan.id)
        assert row is not None and row.nik_sealed is not None and row.name_key == "i wayan tjontoh"
        assert opened_nik(office.world.keys, row.nik_sealed, row.id) == NIK
        assert {period.birth_date for period in periods} == {date(1980, 3, 4)}
        assert await differing_residents(unit) == 0, "the search finds what is written now"
    named = [name for name, _ in await office.events() if name != "resident_registered"]
    assert named[-3:] == ["correction_proposed", "resident_changed", "correction_decided"]
    assert NIK not in await office.dump(), "the new NIK is sealed, in the proposal too"


@ONE
async def test_every_faulty_field_of_a_proposal_is_named_at_once(office: Office) -> None:
    wayan, token = await office.id(office.wayan), office.tokens["operator"]
    assert token is not None
    proof = await office.world.file(token, BENGKEL, CORRECTION_PROOF, PDF)
    taken = fictitious_nik(date(1990, 5, 17), Sex.PEREMPUAN, 3)
    base = {"residentId": wayan, "reason": "Akta", "proofId": proof}
    await office.faults(
        "proposeCorrection",
        "operator",
        [
            (base, {"input": "NOTHING_CHANGED"}),
            ({**base, "fullName": " I Wayan  Contoh ", "sex": "PEREMPUAN"}, {"input": "NOTHING_CHANGED"}),
            ({**base, "nik": taken}, {"nik": "DUPLICATE_NIK"}),
            ({**base, "nik": "0510206200100001"}, {"nik": "NIK_TEMPORARY"}),
            ({**base, "birthDate": "2999-01-01"}, {"birthDate": "IN_FUTURE"}),
            ({**base, "birthDate": "2020-01-02"}, {"birthDate": "BEFORE_BIRTH"}),
            (
                {
                    "residentId": "x", "proofId": wayan, "reason": " ", "fullName": None, "sex": None,
                    "birthDate": "1980-13-01", "nik": "12", "birthPlace": "", "motherName": "4711",
                },
                {
                    "residentId": "NOT_AN_ID", "proofId": "NOT_AN_ID", "reason": "REASON_FORM",
                    "fullName": "REQUIRED", "sex": "REQUIRED", "birthDate": "NOT_A_DATE", "nik": "NIK_LENGTH",
                    "birthPlace": "TEXT_EMPTY", "motherName": "NAME_CHARACTERS",
                },
            ),
        ],
    )  # fmt: skip


async def test_one_proposal_is_open_at_a_time_and_a_proof_serves_once(office: Office) -> None:
    first = await proposed(office, fullName="I Wayan Satu")
    again = await propose(office, who="perbekel", fullName="I Wayan Dua")
    assert again.faults == {"input.residentId": "CORRECTION_OPEN"}
    assert (await decide(office, "withdraw", first, "operator")).data
    token = office.tokens["operator"]
    assert token is not None
    used = await office.world.file(token, BENGKEL, CORRECTION_PROOF, PDF)
    second = await proposed(office, fullName="I Wayan Dua", proofId=used)
    assert (await decide(office, "reject", second, note="Tidak terbaca")).data
    assert (await propose(office, fullName="I Wayan Tiga", proofId=used)).codes == ["CONFLICT"]
    assert (await propose(office, fullName="I Wayan Tiga")).data


@ONE
async def test_a_warning_speaks_of_the_values_that_are_new(office: Office) -> None:
    """The NIK stays: its region and its other parts are no news."""
    await decide(office, "approve", await proposed(office, nik=NIK))
    reply = await propose(office, birthDate="1981-01-01")
    (warning,) = reply.data["proposeCorrection"]["warnings"]
    assert warning == {"code": "NIK_BIRTH_DATE_MISMATCH", "path": ["input", "birthDate"]}


@ONE
async def test_a_nik_replaces_a_temporary_one_and_the_old_one_is_kept_sealed(office: Office) -> None:
    registered = await office.change(
        "registerResident", "resident { id }", "operator",
        villageCode=BENGKEL, hamletId=await office.id(office.kelod), fullName="I Ketut Contoh",
        sex="LAKI_LAKI", birthDate="1980-03-04", temporaryNik=True,
    )  # fmt: skip
    resident = registered.data["registerResident"]["resident"]["id"]
    reply = await decide(office, "approve", await proposed(office, residentId=resident, nik=NIK))
    assert reply.data["approveCorrection"]["resident"]["nikKind"] == "PERMANENT"
    async with office.world.unit(BENGKEL) as unit:
        assert await differing_residents(unit) == 0, "he is found by the new number"
        row = await unit.first(ResidentCorrection)
        assert row is not None and row.former_nik_sealed is not None
        former = opened_nik(office.world.keys, row.former_nik_sealed, row.resident_id)
    assert former.startswith("05102062001")


# Deciding


@ONE
async def test_who_proposed_does_not_decide_and_who_did_not_does_not_withdraw(office: Office) -> None:
    id_ = await proposed(office, fullName="I Wayan Satu")
    before = await office.dump()
    assert rule(await decide(office, "approve", id_, "operator")) == "FOUR_EYES"
    assert rule(await decide(office, "reject", id_, "operator", note="Salah")) == "FOUR_EYES"
    for who in ("colleague", "perbekel"):
        assert rule(await decide(office, "withdraw", id_, who)) == "NOT_THE_PROPOSER"
    assert await office.dump() == before
    assert (await decide(office, "approve", id_, "colleague")).data


@ONE
@pytest.mark.parametrize(
    ("first", "who", "note"),
    [("approve", "perbekel", None), ("reject", "perbekel", "Salah"), ("withdraw", "operator", None)],
)
async def test_what_is_decided_is_decided(office: Office, first: str, who: str, note: str | None) -> None:
    id_ = await proposed(office, fullName="I Wayan Satu")
    assert (await decide(office, first, id_, who, **({"note": note} if note else {}))).data
    before = await office.dump()
    assert (await decide(office, "approve", id_)).codes == ["INVALID_TRANSITION"]
    assert (await decide(office, "reject", id_, note="Lagi")).codes == ["INVALID_TRANSITION"]
    assert (await decide(office, "withdraw", id_, "operator")).codes == ["INVALID_TRANSITION"]
    assert await office.dump() == before


async def test_two_who_decide_at_once_decide_once(office: Office) -> None:
    id_ = await proposed(office, fullName="I Wayan Satu")
    replies = await asyncio.gather(
        decide(office, "approve", id_), decide(office, "reject", id_, "colleague", note="Salah")
    )
    codes = sorted(str(reply.codes) for reply in replies)
    assert codes == ["['INVALID_TRANSITION']", "[]"]


async def test_a_value_that_changed_meanwhile_is_a_conflict(office: Office) -> None:
    id_ = await proposed(office, fullName="I Wayan Satu")
    nik = await proposed(office, residentId=await office.id(office.made), nik=NIK)
    async with office.world.unit(BENGKEL) as unit:
        for row in await unit.all(Resident):
            row.full_name, row.nik_hash = f"{row.full_name} Lain", row.id.bytes
    before = await office.dump()
    assert (await decide(office, "approve", id_)).codes == ["CONFLICT"]
    assert (await decide(office, "approve", nik)).codes == ["CONFLICT"]
    assert await office.dump() == before
    assert (await decide(office, "reject", id_, note="Sudah berubah")).data, "it can still be rejected"


@ONE
async def test_a_nik_that_another_got_meanwhile_is_refused(office: Office) -> None:
    first = await proposed(office, nik=NIK)
    second = await proposed(office, residentId=await office.id(office.made), nik=NIK)
    assert (await decide(office, "approve", first)).data
    before = await office.dump()
    assert rule(await decide(office, "approve", second)) == "DUPLICATE_NIK"
    assert await office.dump() == before


# The birth date and what was recorded of the life


async def born(office: Office) -> Resident:
    """A child whose birth into the household is an event of the register."""
    reply = await office.change(
        "registerResident", "resident { id }", "operator",
        villageCode=BENGKEL, hamletId=await office.id(office.kaja), fullName="I Kadek Contoh",
        sex="LAKI_LAKI", birthDate="2022-02-02", householdId=await office.id(office.household),
        relationship="ANAK", event={"kind": "LAHIR", "happenedOn": "2022-02-02", "reportedOn": "2022-02-10",
                                    "details": {"place": "Tabanan", "document": "AK-1"}},
    )  # fmt: skip
    assert reply.data
    async with office.world.unit(BENGKEL) as unit:
        row = await unit.first(Resident, Resident.full_name == "I Kadek Contoh")
    assert row is not None
    return row


async def test_a_birth_that_was_recorded_moves_with_the_birth_date(office: Office) -> None:
    """Events are never changed: the birth is undone and recorded anew, with what was told of it."""
    child = await born(office)
    id_ = await proposed(office, residentId=await office.id(child), birthDate="2022-02-20")
    assert (await decide(office, "approve", id_)).data
    found = await office.ask(
        """query($id: ID!) { resident(id: $id) { birthDate
          states { since status } memberships { since relationship }
          history { nodes { happenedOn event { kind document undoneBy { kind } reportedOn } } } } }""",
        id=await office.id(child),
    )
    assert found["resident"] == {
        "birthDate": "2022-02-20",
        "states": [{"since": "2022-02-20", "status": "HIDUP"}],
        "memberships": [{"since": "2022-02-20", "relationship": "ANAK"}],
        "history": {
            "nodes": [
                {
                    "happenedOn": "2022-02-02",
                    "event": {"kind": "LAHIR", "document": "AK-1", "reportedOn": "2022-02-10",
                              "undoneBy": [{"kind": "PEMBATALAN"}]},
                },
                {
                    "happenedOn": "2022-02-20",
                    "event": {"kind": "LAHIR", "document": "AK-1", "reportedOn": "2022-02-20",
                              "undoneBy": []},
                },
            ]
        },
    }  # fmt: skip


async def test_a_birth_date_that_later_events_do_not_fit_is_refused(office: Office) -> None:
    """At once where the person's own life says so; when it is decided where the household does."""
    child = await born(office)
    fits_not = await propose(office, birthDate="2020-01-02")
    assert fits_not.faults == {"input.birthDate": "BEFORE_BIRTH"}, "found living here since 1 January"
    id_ = await proposed(office, residentId=await office.id(child), birthDate="2019-12-31")
    before = await office.dump()
    assert rule(await decide(office, "approve", id_)) == "HEAD_MISSING", "no household was there on that day"
    assert await office.dump() == before
    async with office.world.unit(BENGKEL) as unit:
        gone = {"status": ResidentStatus.MATI, "household_id": None, "relationship": None}
        dead = Act(
            kind=LifeEventKind.MATI, happened_on=date(2022, 3, 1), resident_id=child.id,
            residents={child.id: gone},
        )  # fmt: skip
        await record(unit, dead)
    assert (await decide(office, "reject", id_, note="Tidak cocok")).data
    after_death = await propose(office, residentId=await office.id(child), birthDate="2022-03-02")
    assert after_death.faults == {"input.birthDate": "BEFORE_BIRTH"}


@ONE
async def test_a_life_that_changed_after_the_proposal_is_looked_at_again(office: Office) -> None:
    id_ = await proposed(office, residentId=await office.id(office.made), birthDate="2019-06-01")
    async with office.world.unit(BENGKEL) as unit:
        (entry,) = await unit.all(LifeEvent, LifeEvent.resident_id == office.made.id)
        early = Act(
            kind=LifeEventKind.TERDAFTAR, happened_on=date(2019, 1, 1), resident_id=office.made.id,
            residents={office.made.id: {"status": ResidentStatus.HIDUP, "hamlet_id": office.kelod.id,
                                        "residency": office.made.residency}},
        )  # fmt: skip
        undoing = Act(
            kind=LifeEventKind.PEMBATALAN, happened_on=entry.happened_on, resident_id=office.made.id,
            undoes_id=entry.id,
        )  # fmt: skip
        await record(unit, undoing, early)
    before = await office.dump()
    assert rule(await decide(office, "approve", id_)) == "BEFORE_BIRTH"
    assert await office.dump() == before


# Who may


@ONE
async def test_nobody_outside_the_office_corrects(office: Office) -> None:
    open_ = await proposed(office, fullName="I Wayan Satu")
    given = {"residentId": await office.id(office.putu), "reason": "Akta", "proofId": "file-1"}
    await office.refuses("proposeCorrection", NOBODY, **given, fullName="Ni Putu Lain")
    for how in ("approve", "reject", "withdraw"):
        await office.refuses(f"{how}Correction", NOBODY, correctionId=open_, note="Tidak")
    assert (await decide(office, "approve", open_)).data


async def test_corrections_are_read_by_the_office_and_by_the_person_alone(office: Office) -> None:
    """Not by those who live with him, and not by the head of his hamlet, who else see all of him."""
    await proposed(office, fullName="I Wayan Satu")
    child = await office.world.token("resident", BENGKEL, resident=office.putu.id)
    tokens = {**office.tokens, "child": child}
    query = "query($id: ID!) { resident(id: $id) { fullName corrections { nodes { state reason } } } }"
    seen = [{"state": "PROPOSED", "reason": "Akta kelahiran"}]
    wayan = await office.id(office.wayan)
    for who, expected in (("operator", seen), ("resident", seen), ("child", []), ("kelian", None)):
        reply = await office.world.ask(query, tokens[who], id=wayan)
        found = (reply.body.get("data") or {}).get("resident")
        if expected is None:
            assert reply.codes == ["FORBIDDEN"], who
        else:
            assert found == {"fullName": "I Wayan Contoh", "corrections": {"nodes": expected}}, who


async def test_the_office_finds_what_is_to_be_decided_by_its_time(office: Office) -> None:
    """72 hours by default, a setting of the deployment; nothing happens by itself when they are over."""
    settings = office.world.application.settings
    assert settings.correction_hours == 72
    await proposed(office, fullName="I Wayan Satu")
    changed = replace_hours(office, 24)
    await proposed(office, residentId=await office.id(office.made), fullName="Ni Made Dua")
    replace_hours(office, changed)
    await decide(office, "reject", await proposed(office, residentId=await office.id(office.putu),
                                                  fullName="Ni Putu Tiga"), note="Salah")  # fmt: skip
    query = """{ village(code: "%s") { corrections(filter: {state: {eq: PROPOSED}}, order: DUE_AT_ASC) {
      nodes { resident { fullName } proposedAt dueAt } } } }"""
    nodes = (await office.ask(query % BENGKEL))["village"]["corrections"]["nodes"]
    hours = [
        (node["resident"]["fullName"], moment(node["dueAt"]) - moment(node["proposedAt"])) for node in nodes
    ]
    assert hours == [("Ni Made Contoh", timedelta(hours=24)), ("I Wayan Contoh", timedelta(hours=72))]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def replace_hours(office: Office, hours: int) -> int:
    """What the setting was before."""
    services = office.world.engine.services
    (kind,) = [one for one in services if one.__name__ == "Settings"]
    before = services[kind]
    services[kind] = before.model_copy(update={"correction_hours": hours})
    return int(before.correction_hours)


def test_values_are_kept_as_they_are() -> None:
    for name, value in (("sex", Sex.LAKI_LAKI), ("birth_date", date(1980, 3, 4)), ("full_name", "I Wayan"),
                        ("birth_place", None)):  # fmt: skip
        assert decoded(name, encoded(value)) == value


# The history


async def test_a_resident_reads_history_household_and_programs_in_one_statement(office: Office) -> None:
    """An undone event reads as one that was undone, and the state is as if it had never been."""
    await office.change(
        "recordLifeEvent", "event { id }", "operator",
        villageCode=BENGKEL, kind="PERUBAHAN", happenedOn="2024-01-01",
        residentId=await office.id(office.wayan), occupation="GURU",
    )  # fmt: skip
    async with office.world.unit(BENGKEL) as unit:
        event = await unit.first(LifeEvent, LifeEvent.kind == LifeEventKind.PERUBAHAN)
    assert event is not None
    undone = await office.change(
        "undoLifeEvent", "event { undoes { kind } }", "operator", eventId=await office.id(event),
        details={"note": "Salah orang"},
    )  # fmt: skip
    assert undone.data["undoLifeEvent"]["event"] == {"undoes": {"kind": "PERUBAHAN"}}
    await office.ask("{ me { actor } }", "resident")
    query = """query($id: ID!) { resident(id: $id) {
      state { occupation } stateThen: state(asOf: "2024-06-01") { occupation }
      household { members(asOf: "2021-01-01") { nodes { resident { fullName } relationship } } }
      history { nodes { happenedOn changes event { kind undoneBy { kind recordedBy happenedOn } } } }
      corrections { totalCount }
      village { programs { name enabled } } } }"""
    with office.world.counting() as statements:
        reply = await office.world.ask(query, office.tokens["resident"], id=await office.id(office.wayan))
    resident = reply.data["resident"]
    assert len(statements) == 1
    assert resident["state"] == resident["stateThen"] == {"occupation": None}
    assert [n["event"] for n in resident["history"]["nodes"]] == [
        {"kind": "TERDAFTAR", "undoneBy": []},
        {
            "kind": "PERUBAHAN",
            "undoneBy": [{"kind": "PEMBATALAN", "recordedBy": "operator", "happenedOn": "2024-01-01"}],
        },
    ]
    assert resident["history"]["nodes"][1]["changes"] == {"occupation": "GURU"}
    assert {m["relationship"] for m in resident["household"]["members"]["nodes"]} == {
        FamilyRelationship.KEPALA_KELUARGA.name, FamilyRelationship.ANAK.name
    }  # fmt: skip
    assert resident["village"]["programs"]
