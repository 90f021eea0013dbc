"""Registering a resident: everything that is wrong is said at once, and nothing of it is written."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.core.notebook import blind_registrar, host_with

from wantilan.programs.host import Host
from wantilan.registry import rules
from wantilan.registry.codes import FamilyRelationship, Sex
from wantilan.registry.models import Hamlet, Household, HouseholdMember, HouseholdNumber, Resident
from wantilan.registry.numbering import opened_kk, opened_nik
from wantilan.registry.numbers import fictitious_kk, fictitious_nik, temporary_nik
from wantilan.store.outbox import Event, Idempotency
from wantilan.store.tables import sql_table
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, World

REGISTER = """mutation ($input: RegisterResidentInput!) { registerResident(input: $input) {
  resident { id fullName nik nikKind sex birthDate birthPlace religion citizenship residency status phone
             fatherName occupation hamlet { name } membership { relationship since household { id } } }
  household { id address registeredOn number { masked } members { nodes { relationship resident { fullName } } } }
  warnings { code path message } } }"""
BRIEFLY = """mutation ($input: RegisterResidentInput!) {
  registerResident(input: $input) { resident { id nik nikKind } warnings { code } } }"""
BLINDLY = """mutation ($input: RegisterResidentInput!) {
  registerResident(input: $input) { warnings { code } } }"""

BORN = date(1990, 5, 17)
NIK = fictitious_nik(BORN, Sex.PEREMPUAN, 4711)
KEDIRI_NIK = f"510206{NIK[6:]}"
KK = fictitious_kk(date(2020, 1, 2), 815)
WRITTEN = (Resident, Household, HouseholdNumber, HouseholdMember, Event)


@dataclass(frozen=True)
class Bengkel:
    """The village with one hamlet, its operator, and the neighbour beside it."""

    world: World
    hamlet: Hamlet
    operator: str
    neighbours: Hamlet

    async def register(
        self, query: str = BRIEFLY, *, token: str | None = None, language: str = "en", **changed: Any
    ) -> Reply:
        variables: Any = {"input": await self.person(**changed)}
        return await self.world.ask(query, token or self.operator, language=language, **variables)  # type: ignore[arg-type]

    async def person(self, **changed: Any) -> dict[str, Any]:
        """A faultless input; a changed field of None is left out."""
        whole = {
            "villageCode": BENGKEL, "hamletId": await self.world.id_of("Hamlet", self.hamlet),
            "fullName": "Ni Wayan Contoh", "sex": "PEREMPUAN", "birthDate": BORN.isoformat(), **changed,
        }  # fmt: skip
        return {name: value for name, value in whole.items() if value is not None}

    async def rows(self) -> dict[str, int]:
        """How many rows of each kind there are, in all villages."""
        async with self.world.database.transaction(WHOLE_COUNTRY) as session:
            found = {
                m.__name__: await session.scalar(sa.select(sa.func.count()).select_from(m)) for m in WRITTEN
            }
            found["Idempotency"] = await session.scalar(sa.select(sa.func.count()).select_from(Idempotency))
        return {name: number or 0 for name, number in found.items()}


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    host = host_with()
    blind_registrar(host.catalogue)
    return host


@pytest.fixture
async def bengkel(world: World) -> Bengkel:
    await world.open(BENGKEL)
    await world.open(NEIGHBOUR)
    return Bengkel(
        world,
        await world.hamlet(BENGKEL),
        await world.token("village_operator", BENGKEL),
        await world.hamlet(NEIGHBOUR, "Banjar Tetangga"),
    )


def leaks(text: str, values: Mapping[str, str]) -> list[str]:
    """Which of the sent values stand in a text."""
    return sorted(name for name, value in values.items() if value in text)


# What is done


async def test_a_resident_is_registered_with_a_new_household(bengkel: Bengkel) -> None:
    reply = await bengkel.register(
        REGISTER, fullName="  Ni  Wayan   Contoh ", nik=KEDIRI_NIK, birthPlace="Tabanan", religion="HINDU",
        occupation="PETANI_PEKEBUN", fatherName="I Made Contoh", phone="0812-3456 789", relationship="KEPALA_KELUARGA",
        newHousehold={"kkNumber": KK, "address": "Jalan Melati 1", "registeredOn": "2020-01-02"},
    )  # fmt: skip
    done = reply.data["registerResident"]
    resident, household = done["resident"], done["household"]
    membership = resident.pop("membership")
    assert {**resident, "id": ""} == {
        "id": "", "fullName": "Ni Wayan Contoh", "nik": "************4711", "nikKind": "PERMANENT",
        "sex": "PEREMPUAN", "birthDate": "1990-05-17", "birthPlace": "Tabanan", "religion": "HINDU",
        "citizenship": "WNI", "residency": "TETAP", "status": "HIDUP", "phone": "08123456789",
        "fatherName": "I Made Contoh", "occupation": "PETANI_PEKEBUN", "hamlet": {"name": "Banjar Kaja"},
    }  # fmt: skip
    assert membership == {
        "relationship": "KEPALA_KELUARGA", "since": "2020-01-02", "household": {"id": household["id"]}
    }  # fmt: skip
    assert {**household, "id": ""} == {
        "id": "", "address": "Jalan Melati 1", "registeredOn": "2020-01-02", "number": {"masked": "************0815"},
        "members": {"nodes": [{"relationship": "KEPALA_KELUARGA", "resident": {"fullName": "Ni Wayan Contoh"}}]},
    }  # fmt: skip
    assert done["warnings"] == []


async def test_a_resident_enters_an_existing_household(bengkel: Bengkel) -> None:
    world = bengkel.world
    household = await world.household(BENGKEL, bengkel.hamlet)
    home = await world.id_of("Household", household)
    done = (await bengkel.register(REGISTER, householdId=home, relationship="KEPALA_KELUARGA")).data[
        "registerResident"
    ]
    assert done["household"]["id"] == home
    assert done["resident"]["membership"]["household"] == {"id": home}
    async with world.unit(BENGKEL) as unit:
        resident = await unit.first(Resident)
        member = await unit.first(HouseholdMember)
        assert resident is not None and member is not None
        assert resident.household_id == household.id == member.household_id
        assert member.resident_id == resident.id and member.since == unit.today


async def test_a_resident_without_nik_and_household_is_registered(bengkel: Bengkel) -> None:
    done = (await bengkel.register(REGISTER)).data["registerResident"]
    assert (done["resident"]["nik"], done["resident"]["nikKind"], done["household"]) == (None, None, None)
    assert (await bengkel.register()).data, "a second one without a NIK is no duplicate"


async def test_the_registration_is_announced_with_ids_only(bengkel: Bengkel) -> None:
    await bengkel.register(nik=NIK)
    async with bengkel.world.unit(BENGKEL) as unit:
        resident, event = await unit.first(Resident), await unit.first(Event)
    assert resident is not None and event is not None
    assert (event.name, event.subjects) == ("resident_registered", {"resident": str(resident.id)})


async def test_the_numbers_are_kept_sealed_and_hashed_and_can_be_opened_again(bengkel: Bengkel) -> None:
    world = bengkel.world
    await bengkel.register(
        nik=NIK, relationship="KEPALA_KELUARGA", newHousehold={"kkNumber": KK}, phone="081234567890"
    )
    async with world.unit(BENGKEL) as unit:
        resident, number = await unit.first(Resident), await unit.first(HouseholdNumber)
        assert resident is not None and number is not None
        assert resident.nik_sealed is not None
        assert opened_nik(world.keys, resident.nik_sealed, resident.id) == NIK
        assert opened_kk(world.keys, number.number_sealed, number.household_id) == KK
    dump = await dumped(world)
    assert leaks(dump, {"nik": NIK, "kk": KK, "phone": "081234567890"}) == ["phone"]


async def test_the_idempotency_record_holds_no_number_and_no_name(bengkel: Bengkel) -> None:
    world = bengkel.world
    person = await bengkel.person(nik=NIK, fullName="Ni Luh Rahasia")
    await world.ask(BRIEFLY, bengkel.operator, key="k1", input=person)
    async with world.database.session() as session:
        record = await session.scalar(sa.select(Idempotency))
    assert record is not None
    text = json.dumps(record.result)
    assert leaks(text, {"nik": NIK, "name": "Rahasia", "control": '"$ref": "resident"'}) == ["control"]


# Temporary numbers


async def test_temporary_niks_are_drawn_one_after_another(bengkel: Bengkel) -> None:
    drawn = [
        (await bengkel.register(temporaryNik=True)).data["registerResident"]["resident"] for _ in range(3)
    ]
    assert [one["nikKind"] for one in drawn] == ["TEMPORARY"] * 3
    assert [one["nik"][-4:] for one in drawn] == ["0001", "0002", "0003"]
    async with bengkel.world.unit(BENGKEL) as unit:
        rows = await unit.all(Resident)
        opened = {opened_nik(bengkel.world.keys, row.nik_sealed or b"", row.id) for row in rows}
    assert opened == {temporary_nik(BENGKEL, serial) for serial in (1, 2, 3)}


async def test_a_temporary_nik_that_was_replaced_is_not_drawn_again(bengkel: Bengkel) -> None:
    await bengkel.register(temporaryNik=True)
    async with bengkel.world.unit(BENGKEL) as unit:
        first = await unit.first(Resident)
        assert first is not None
        first.nik_hash = bengkel.world.keys.fingerprint(NIK, purpose="nik", village=unit.village.id)
        await unit.flush()
    second = (await bengkel.register(temporaryNik=True)).data["registerResident"]["resident"]
    assert second["nik"][-4:] == "0002"


async def test_a_draw_steps_over_a_serial_that_is_taken(bengkel: Bengkel) -> None:
    keys = bengkel.world.keys
    await bengkel.register()
    async with bengkel.world.unit(BENGKEL) as unit:
        first = await unit.first(Resident)
        assert first is not None
        taken = temporary_nik(BENGKEL, 2)
        first.nik_hash = keys.fingerprint(taken, purpose="nik", village=unit.village.id)
        await unit.flush()
    second = (await bengkel.register(temporaryNik=True)).data["registerResident"]["resident"]
    assert second["nik"][-4:] == "0003"


async def test_two_draws_at_once_get_two_numbers(bengkel: Bengkel) -> None:
    replies = await asyncio.gather(*(bengkel.register(temporaryNik=True) for _ in range(5)))
    numbers = {reply.data["registerResident"]["resident"]["nik"] for reply in replies}
    assert len(numbers) == 5


# Warnings


WARNED: list[tuple[str, dict[str, Any], list[str]]] = [
    (KEDIRI_NIK, {}, []),
    (NIK, {}, ["NIK_UNKNOWN_REGION"]),
    (KEDIRI_NIK, {"birthDate": "1990-05-18"}, ["NIK_BIRTH_DATE_MISMATCH"]),
    (KEDIRI_NIK, {"sex": "LAKI_LAKI"}, ["NIK_SEX_MISMATCH"]),
    (
        NIK,
        {"sex": "LAKI_LAKI", "birthDate": "1991-05-17"},
        ["NIK_BIRTH_DATE_MISMATCH", "NIK_SEX_MISMATCH", "NIK_UNKNOWN_REGION"],
    ),
]


async def test_what_a_nik_says_otherwise_is_a_warning_and_stops_nothing(bengkel: Bengkel) -> None:
    for serial, (nik, changed, codes) in enumerate(WARNED, start=1):
        name = f"Ni Wayan {'Contoh' * serial}"
        reply = await bengkel.register(REGISTER, nik=f"{nik[:12]}{serial:04}", fullName=name, **changed)
        done = reply.data["registerResident"]
        assert [warning["code"] for warning in done["warnings"]] == codes
        assert all(warning["path"] == ["input", "nik"] for warning in done["warnings"])
        assert done["resident"] is not None


async def test_warnings_come_in_both_languages(bengkel: Bengkel) -> None:
    english = await bengkel.register(REGISTER, nik=NIK)
    indonesian = await bengkel.register(REGISTER, nik=NIK[:-1] + "2", language="id")
    said = [r.data["registerResident"]["warnings"][0]["message"] for r in (english, indonesian)]
    assert "unknown" in said[0] and "tidak dikenal" in said[1]


# What is refused

TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


FAULTY: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"nik": NIK[:15]}, {"input.nik": "NIK_LENGTH"}),
    ({"nik": "0"}, {"input.nik": "NIK_ZERO"}),
    ({"nik": NIK[:15] + "x"}, {"input.nik": "NIK_NOT_DIGITS"}),
    ({"nik": "0" + NIK[1:]}, {"input.nik": "NIK_LEADING_ZERO"}),
    ({"nik": 5102}, {"input.nik": "NOT_TEXT"}),
    ({"nik": temporary_nik(BENGKEL, 7)}, {"input.nik": "NIK_TEMPORARY"}),
    ({"nik": NIK, "temporaryNik": True}, {"input.temporaryNik": "NIK_TWICE"}),
    ({"birthDate": TOMORROW}, {"input.birthDate": "IN_FUTURE"}),
    ({"birthDate": "1879-12-31"}, {"input.birthDate": "TOO_EARLY"}),
    ({"birthDate": "1990-02-30"}, {"input.birthDate": "NOT_A_DATE"}),
    ({"fullName": " "}, {"input.fullName": "NAME_EMPTY"}),
    ({"fullName": "W4yan"}, {"input.fullName": "NAME_CHARACTERS"}),
    ({"fullName": "W" * 101}, {"input.fullName": "NAME_TOO_LONG"}),
    ({"motherName": "Ni <b>"}, {"input.motherName": "NAME_CHARACTERS"}),
    ({"fatherName": "\x00"}, {"input.fatherName": "NAME_EMPTY"}),
    ({"birthPlace": "\x00 "}, {"input.birthPlace": "TEXT_EMPTY"}),
    ({"birthPlace": "T" * 201}, {"input.birthPlace": "TEXT_TOO_LONG"}),
    ({"phone": "12"}, {"input.phone": "PHONE_FORM"}),
    ({"phone": "telepon"}, {"input.phone": "PHONE_FORM"}),
    ({"hamletId": "no id"}, {"input.hamletId": "NOT_AN_ID"}),
    ({"householdId": "no id", "relationship": "ANAK"}, {"input.householdId": "NOT_AN_ID"}),
    ({"villageCode": "51.02.6"}, {"input.villageCode": "NOT_A_REGION_CODE"}),
    ({"relationship": "ANAK"}, {"input.relationship": "RELATIONSHIP_ALONE"}),
    ({"newHousehold": {}}, {"input.relationship": "RELATIONSHIP_MISSING"}),
    (
        {"relationship": "KEPALA_KELUARGA", "newHousehold": {"kkNumber": KK[:15], "registeredOn": TOMORROW, "address": ""}},
        {
            "input.newHousehold.kkNumber": "KK_LENGTH",
            "input.newHousehold.registeredOn": "IN_FUTURE",
            "input.newHousehold.address": "TEXT_EMPTY",
        },
    ),
    (
        {"relationship": "KEPALA_KELUARGA", "newHousehold": {"kkNumber": 1, "registeredOn": "soon"}},
        {"input.newHousehold.kkNumber": "NOT_TEXT", "input.newHousehold.registeredOn": "NOT_A_DATE"},
    ),
]  # fmt: skip


async def test_a_faulty_field_is_refused_with_its_path_and_code(bengkel: Bengkel) -> None:
    before = await bengkel.rows()
    for changed, faults in FAULTY:
        reply = await bengkel.register(**changed)
        assert (reply.codes, reply.faults) == (["BAD_USER_INPUT"], faults)
    assert await bengkel.rows() == before
    assert (await bengkel.register()).data, "the same input without a fault"


async def test_a_nik_that_is_registered_here_is_a_duplicate(bengkel: Bengkel) -> None:
    assert (await bengkel.register(nik=NIK)).data
    before = await bengkel.rows()
    reply = await bengkel.register(nik=NIK, fullName="I Nyoman Lain")
    assert reply.faults == {"input.nik": "DUPLICATE_NIK"}
    assert await bengkel.rows() == before


async def test_a_nik_that_is_registered_elsewhere_is_not_revealed(bengkel: Bengkel) -> None:
    assert (await bengkel.register(nik=NIK)).data
    other = await bengkel.world.token("village_operator", NEIGHBOUR)
    hamlet = await bengkel.world.id_of("Hamlet", bengkel.neighbours)
    reply = await bengkel.register(token=other, nik=NIK, villageCode=NEIGHBOUR, hamletId=hamlet)
    assert reply.data["registerResident"]["warnings"] == [{"code": "NIK_UNKNOWN_REGION"}]


async def test_a_kk_number_in_use_is_a_duplicate_and_an_ended_one_is_not(bengkel: Bengkel) -> None:
    new: dict[str, Any] = {"relationship": "KEPALA_KELUARGA", "newHousehold": {"kkNumber": KK}}
    assert (await bengkel.register(**new)).data
    reply = await bengkel.register(**new)
    assert reply.faults == {"input.newHousehold.kkNumber": "DUPLICATE_KK"}
    async with bengkel.world.unit(BENGKEL) as unit:
        number = await unit.first(HouseholdNumber)
        assert number is not None
        number.until = unit.today
        await unit.flush()
    assert (await bengkel.register(**new)).data


async def test_places_of_another_village_are_as_unknown_as_none_at_all(bengkel: Bengkel) -> None:
    world = bengkel.world
    elsewhere = await world.household(NEIGHBOUR, bengkel.neighbours)
    theirs = {
        "hamletId": await world.id_of("Hamlet", bengkel.neighbours),
        "householdId": await world.id_of("Household", elsewhere),
    }
    nowhere = {name: theirs[name][:-8] + "00000000" for name in theirs}
    before = await bengkel.rows()
    replies = [await bengkel.register(relationship="ANAK", **ids) for ids in (theirs, nowhere)]
    assert replies[0].errors == replies[1].errors
    assert replies[0].faults == {"input.hamletId": "UNKNOWN_HAMLET", "input.householdId": "UNKNOWN_HOUSEHOLD"}
    assert await bengkel.rows() == before
    ours = await world.id_of("Household", await world.household(BENGKEL, bengkel.hamlet))
    assert (await bengkel.register(relationship="KEPALA_KELUARGA", householdId=ours)).data


async def test_a_household_has_one_head(bengkel: Bengkel) -> None:
    home = await bengkel.world.id_of("Household", await bengkel.world.household(BENGKEL, bengkel.hamlet))
    assert (await bengkel.register(householdId=home, relationship="KEPALA_KELUARGA")).data
    reply = await bengkel.register(householdId=home, relationship="KEPALA_KELUARGA")
    assert reply.faults == {"input.relationship": "SECOND_HEAD"}
    assert (await bengkel.register(householdId=home, relationship="ISTRI")).data


async def test_of_two_heads_who_come_at_once_one_is_refused(bengkel: Bengkel) -> None:
    home = await bengkel.world.id_of("Household", await bengkel.world.household(BENGKEL, bengkel.hamlet))
    replies = await asyncio.gather(
        *(bengkel.register(householdId=home, relationship="KEPALA_KELUARGA") for _ in range(3))
    )
    assert sorted(len(reply.errors) for reply in replies) == [0, 1, 1]
    async with bengkel.world.unit(BENGKEL) as unit:
        heads = HouseholdMember.relationship == FamilyRelationship.KEPALA_KELUARGA
        assert len(await unit.all(HouseholdMember, heads)) == 1


async def test_a_closed_household_takes_nobody_in(bengkel: Bengkel) -> None:
    household = await bengkel.world.household(BENGKEL, bengkel.hamlet)
    async with bengkel.world.unit(BENGKEL) as unit:
        row = await unit.get(Household, household.id)
        assert row is not None
        row.closed_on = unit.today
        await unit.flush()
    home = await bengkel.world.id_of("Household", household)
    reply = await bengkel.register(householdId=home, relationship="ANAK")
    assert reply.faults == {"input.householdId": "HOUSEHOLD_CLOSED"}


async def test_an_existing_and_a_new_household_are_one_too_many(bengkel: Bengkel) -> None:
    home = await bengkel.world.id_of("Household", await bengkel.world.household(BENGKEL, bengkel.hamlet))
    reply = await bengkel.register(householdId=home, newHousehold={}, relationship="KEPALA_KELUARGA")
    assert reply.faults == {"input.newHousehold": "HOUSEHOLD_TWICE"}


SENT = {
    "nik": NIK[:15], "fullName": "W4yan Rahasia", "fatherName": "Bapak <Rahasia>", "birthPlace": "Kota Rahasia " * 20,
    "phone": "telepon-rahasia", "birthDate": "2999-01-31",
}  # fmt: skip
FAULTS = {
    "input.nik": "NIK_LENGTH", "input.fullName": "NAME_CHARACTERS", "input.fatherName": "NAME_CHARACTERS",
    "input.birthPlace": "TEXT_TOO_LONG", "input.phone": "PHONE_FORM", "input.birthDate": "IN_FUTURE",
    "input.hamletId": "UNKNOWN_HAMLET", "input.householdId": "UNKNOWN_HOUSEHOLD",
    "input.relationship": "RELATIONSHIP_MISSING",
}  # fmt: skip


async def everything_wrong(bengkel: Bengkel) -> dict[str, Any]:
    world = bengkel.world
    elsewhere = await world.household(NEIGHBOUR, bengkel.neighbours)
    return {
        **SENT,
        "hamletId": await world.id_of("Hamlet", bengkel.neighbours),
        "householdId": await world.id_of("Household", elsewhere),
    }


async def test_all_faulty_fields_are_named_at_once_and_no_value_is_repeated(
    bengkel: Bengkel, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = await everything_wrong(bengkel)
    before = await bengkel.rows()
    caplog.set_level(logging.DEBUG, logger="wantilan")
    for language in ("id", "en"):
        reply = await bengkel.register(language=language, **wrong)
        assert reply.codes == ["BAD_USER_INPUT"]
        assert reply.faults == FAULTS
        assert leaks(reply.text + caplog.text, {**wrong, "part": "ahasia"}) == []
    assert await bengkel.rows() == before


async def test_the_scan_finds_what_is_repeated(bengkel: Bengkel, caplog: pytest.LogCaptureFixture) -> None:
    """The control of the scan: what a query asks for does stand in the answer."""
    caplog.set_level(logging.DEBUG, logger="wantilan")
    reply = await bengkel.register(REGISTER, fullName="Ni Luh Rahasia", phone="081234567890", nik=NIK)
    sent = {"name": "Ni Luh Rahasia", "phone": "081234567890", "nik": NIK}
    assert leaks(reply.text, sent) == ["name", "phone"]
    logging.getLogger("wantilan").info("planted %s", sent["name"])
    assert leaks(caplog.text, sent) == ["name"]


async def test_both_languages_say_every_fault_differently(bengkel: Bengkel) -> None:
    wrong = await everything_wrong(bengkel)
    said = []
    for language in ("id", "en"):
        reply = await bengkel.register(language=language, **wrong)
        said.append({f["code"]: f["message"] for e in reply.errors for f in e["extensions"]["fields"]})
    assert said[0].keys() == said[1].keys()
    assert all(said[0][code] != said[1][code] for code in said[0])


async def test_a_faulty_village_code_is_named_with_the_other_faults(bengkel: Bengkel) -> None:
    wrong = await everything_wrong(bengkel)
    reply = await bengkel.register(**{**wrong, "villageCode": "51.02.06.20"})
    unseen = {"input.hamletId", "input.householdId"}
    known = {path: code for path, code in FAULTS.items() if path not in unseen}
    assert reply.faults == {**known, "input.villageCode": "NOT_A_REGION_CODE"}


async def test_unknown_and_missing_fields_and_unknown_enums_are_all_named_at_once(bengkel: Bengkel) -> None:
    before = await bengkel.rows()
    reply = await bengkel.register(
        fullName=None, sex="RAHASIA", religion="LAIN", shoeSize="rahasia", hamletId=None,
        newHousehold={"kkNumbr": "rahasia"},
    )  # fmt: skip
    assert reply.codes == ["BAD_USER_INPUT"]
    assert reply.faults == {
        "input.fullName": "REQUIRED", "input.hamletId": "REQUIRED", "input.sex": "UNKNOWN_VALUE",
        "input.religion": "UNKNOWN_VALUE", "input.shoeSize": "UNKNOWN_FIELD",
        "input.newHousehold.kkNumbr": "UNKNOWN_FIELD",
    }  # fmt: skip
    assert leaks(reply.text.lower(), {"value": "rahasia"}) == []
    assert await bengkel.rows() == before


async def test_a_village_that_is_not_there_is_refused_like_one_that_is_not_yours(bengkel: Bengkel) -> None:
    before = await bengkel.rows()
    for code in ("99.99.99.2999", "51.02.06.2003", "51.02.06", NEIGHBOUR):
        reply = await bengkel.register(villageCode=code)
        assert reply.codes == ["NOT_FOUND"]
        assert reply.errors[0]["message"] == "Not found, or not yours to change."
    assert await bengkel.rows() == before


# Who may


async def test_only_who_may_register_in_this_village_registers(bengkel: Bengkel) -> None:
    world = bengkel.world
    person = await world.resident(BENGKEL, bengkel.hamlet)
    before = await bengkel.rows()
    refused = {
        "agency officer": (await world.token("agency_officer", TABANAN), "FORBIDDEN"),
        "kelian": (await world.token("kelian", BENGKEL, hamlet=bengkel.hamlet.id), "FORBIDDEN"),
        "resident": (await world.token("resident", BENGKEL, resident=person.id), "FORBIDDEN"),
        "neighbour's operator": (await world.token("village_operator", NEIGHBOUR), "NOT_FOUND"),
        "neighbour's perbekel": (await world.token("perbekel", NEIGHBOUR), "NOT_FOUND"),
    }
    for who, (token, code) in refused.items():
        assert (await bengkel.register(token=token)).codes == [code], who
    visitor = await world.ask(BRIEFLY, input=await bengkel.person())
    assert visitor.codes == ["FORBIDDEN"]
    assert await bengkel.rows() == before
    for role, place in [("village_operator", BENGKEL), ("perbekel", BENGKEL), ("platform_admin", "")]:
        assert (await bengkel.register(token=await world.token(role, place))).data, role
    assert (await bengkel.rows())["Resident"] == before["Resident"] + 3


async def test_a_payload_that_may_not_be_read_is_refused_before_anything_is_written(bengkel: Bengkel) -> None:
    registrar = await bengkel.world.token("blind_registrar", BENGKEL)
    before = await bengkel.rows()
    reply = await bengkel.register(BRIEFLY, token=registrar)
    assert reply.codes == ["FORBIDDEN"]
    assert reply.errors[0]["path"] == ["registerResident", "resident"]
    assert "data" not in reply.body
    assert await bengkel.rows() == before
    assert (await bengkel.register(BLINDLY, token=registrar)).data == {"registerResident": {"warnings": []}}
    assert (await bengkel.rows())["Resident"] == before["Resident"] + 1


# At once


async def test_the_same_nik_registered_at_once_gives_one_row(bengkel: Bengkel) -> None:
    replies = await asyncio.gather(*(bengkel.register(nik=NIK) for _ in range(4)))
    refused = [code for reply in replies for code in reply.codes]
    assert len(refused) == 3
    assert set(refused) <= {"CONFLICT", "BAD_USER_INPUT"}
    assert (await bengkel.rows())["Resident"] == 1
    assert leaks("".join(reply.text for reply in replies), {"nik": NIK}) == []


# The rules


@given(st.text())
def test_what_passes_as_a_telephone_number_is_stored_as_digits(text: str) -> None:
    if rules.phone_fault(text) is None:
        stored = rules.clean_phone(text)
        assert stored.removeprefix("+").isdigit() and stored.isascii()
        assert 6 <= len(stored.removeprefix("+")) <= 15
        assert rules.phone_fault(stored) is None


@pytest.mark.parametrize("phone", ["+62 812-3456-789", "(0361) 123456", "08123456789", "0361 1234"])
def test_telephone_numbers_as_people_write_them_pass(phone: str) -> None:
    assert rules.phone_fault(phone) is None


@given(st.dates())
def test_a_day_lies_between_the_earliest_and_today(day: date) -> None:
    today = date(2026, 5, 1)
    assert (rules.day_fault(day, today) is None) == (rules.EARLIEST <= day <= today)


async def dumped(world: World) -> str:
    """Every value of every column of the village's tables, as text; bytes as they would be read."""
    found: list[str] = []
    async with world.database.transaction(WHOLE_COUNTRY) as session:
        for model in WRITTEN:
            rows = (await session.execute(sa.select(sql_table(model)))).all()
            found += [_text(value) for row in rows for value in row]
    return "\n".join(found)


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
