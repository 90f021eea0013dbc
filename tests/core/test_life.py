"""Life events: what each kind changes, what is refused, and that the register is what the events say."""

from __future__ import annotations

import asyncio
import importlib
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from tests.core.conftest import two_families
from tests.core.lives import BEGAN, RECORD, UNDO, Lives, names
from tests.files.scene import photo

from wantilan.registry.codes import FamilyRelationship as Role
from wantilan.registry.codes import ResidentStatus, Sex
from wantilan.registry.models import HouseholdPeriod, LifeEffect, LifeEvent, ResidentPeriod
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR, Setting

HEAD, WIFE, CHILD = Role.KEPALA_KELUARGA, Role.ISTRI, Role.ANAK
MAN, WOMAN = Sex.LAKI_LAKI, Sex.PEREMPUAN
DAY = "2024-05-10"
ON = date(2024, 5, 10)
BEFORE = ON - timedelta(days=1)


@pytest.fixture
def wantilan_setting() -> Setting:
    return two_families


# What each kind changes

ACTS: list[tuple[str, str, str | None, dict[str, Any], dict[str, Any], dict[str, str]]] = [
    # kind, who, given; what is changed of him; who is at home then, of father mother son daughter
    ("MATI", "son", {}, {"status": "MATI", "householdId": None}, "-son"),
    ("MATI", "father", {"remaining": [("mother", "KEPALA_KELUARGA")], "partnerId": "mother"}, {"status": "MATI"}, "-father mother=KEPALA_KELUARGA"),
    ("HILANG", "daughter", {}, {"status": "HILANG"}, "-daughter"),
    ("PERGI", "daughter", {}, {"status": "PERGI"}, "-daughter"),
    ("TIDAK_VALID", "daughter", {}, {"status": "TIDAK_VALID"}, "-daughter"),
    ("PINDAH_KELUAR", "father", {"along": [("mother", None), ("son", None), ("daughter", None)]}, {"status": "PINDAH"}, "-father -mother -son -daughter"),
    ("PINDAH_KELUARGA", "son", {"householdId": "other", "relationship": "FAMILI_LAIN"}, {"relationship": "FAMILI_LAIN"}, "-son"),
    ("PECAH_KK", "son", {"newHousehold": {"address": "Jalan Baru 1"}, "along": [("daughter", "FAMILI_LAIN")]}, {"relationship": "KEPALA_KELUARGA"}, "-son -daughter"),
    ("GANTI_KEPALA", None, {"householdId": "home", "remaining": [("father", "ORANGTUA"), ("mother", "ORANGTUA"), ("son", "KEPALA_KELUARGA"), ("daughter", "FAMILI_LAIN")]}, {}, "father=ORANGTUA mother=ORANGTUA son=KEPALA_KELUARGA daughter=FAMILI_LAIN"),
    ("KAWIN", "son", {}, {"maritalStatus": "KAWIN"}, ""),
    ("KAWIN", "daughter", {"householdId": "other", "relationship": "MENANTU"}, {"maritalStatus": "KAWIN", "relationship": "MENANTU"}, "-daughter"),
    ("CERAI", "mother", {"partnerId": "father"}, {"maritalStatus": "CERAI_HIDUP"}, ""),
    ("PERUBAHAN", "son", {"education": "D_IV_S1", "occupation": "GURU"}, {"education": "D_IV_S1", "occupation": "GURU"}, ""),
]  # fmt: skip
FAMILY = {"father": HEAD.name, "mother": WIFE.name, "son": CHILD.name, "daughter": CHILD.name}


def at_home(change: str) -> dict[str, str]:
    found = dict(FAMILY)
    for word in change.split():
        name, _, role = word.partition("=")
        if word.startswith("-"):
            del found[word[1:]]
        else:
            found[name] = role
    return found


@pytest.mark.parametrize(("kind", "who", "given", "changed", "change"), ACTS)
async def test_each_kind_changes_what_it_says_and_undone_nothing(
    lives: Lives, kind: str, who: str | None, given: dict[str, Any], changed: dict[str, Any], change: str
) -> None:
    before = await lives.rows()
    reply = await lives.record(kind, DAY, who, **given)
    event = reply.data["recordLifeEvent"]["event"]
    assert (event["kind"], event["happenedOn"], event["recordedBy"]) == (kind, DAY, "Operator")
    if who is not None:
        me = {"id": await lives.id(who)}
        (own,) = [effect for effect in event["effects"] if effect["resident"] == me]
        assert changed.items() <= own["changes"].items()
    assert await lives.belongs("home", ON) == at_home(change)
    assert await lives.belongs("home", BEFORE) == FAMILY
    await lives.check()
    undone = await lives.undo(reply)
    assert undone.data["undoLifeEvent"]["event"]["undoes"]["id"] == event["id"]
    await lives.check()
    after = await lives.rows()
    for table in ("Resident", "Household", "HouseholdMember", "ResidentPeriod", "HouseholdPeriod"):
        made = change.count("-") and kind == "PECAH_KK" and table == "Household"
        kept = [row for row in after[table] if not made or row in before[table]]
        assert [row[2:] for row in kept] == [row[2:] for row in before[table]], table
    assert list(names(await lives.undo(reply))) == ["UNDONE_BEFORE"]


async def test_who_was_missing_comes_back(lives: Lives) -> None:
    await lives.record("PERGI", "2024-01-01", "son")
    await lives.record("KEMBALI", DAY, "son", householdId="home", relationship="ANAK")
    assert (await lives.now("son")).status is ResidentStatus.HIDUP
    assert await lives.belongs("home", ON) == FAMILY
    assert await lives.belongs("home", BEFORE) == at_home("-son")
    await lives.check()


async def test_who_moved_out_moves_in_again_into_a_household_of_his_own(lives: Lives) -> None:
    await lives.record("PINDAH_KELUAR", "2024-01-01", "son")
    new = {"kkNumber": "9999010124990001", "registeredOn": DAY}
    hamlet = await lives.world.id_of("Hamlet", lives.hamlets[1])
    reply = await lives.record(
        "PINDAH_MASUK", DAY, "son", newHousehold=new, relationship="KEPALA_KELUARGA", hamletId=hamlet
    )
    assert reply.data["recordLifeEvent"]["household"] is not None
    son = await lives.now("son")
    assert (son.status, son.hamlet_id) == (ResidentStatus.HIDUP, lives.hamlets[1].id)
    await lives.check()


async def test_a_household_that_moves_takes_its_members_along(lives: Lives) -> None:
    hamlet = await lives.world.id_of("Hamlet", lives.hamlets[1])
    await lives.record("PINDAH_BANJAR", DAY, householdId="home", hamletId=hamlet)
    assert {(await lives.now(name)).hamlet_id for name in FAMILY} == {lives.hamlets[1].id}
    assert (await lives.now("uncle")).hamlet_id == lives.hamlets[0].id
    await lives.check()


async def test_the_last_who_leaves_closes_the_household_and_who_comes_back_opens_it(lives: Lives) -> None:
    gone = await lives.record("PINDAH_KELUAR", DAY, "uncle", along=[("aunt", None)])
    query = (
        "query($id: ID!) { node(id: $id) { ... on Household { closedOn states { since until members } } } }"
    )
    shown = (await lives.world.ask(query, lives.operator, id=await lives.id("other"))).data["node"]
    assert shown == {
        "closedOn": DAY,
        "states": [{"since": BEGAN.isoformat(), "until": BEFORE.isoformat(), "members": 2}],
    }
    await lives.undo(gone)
    assert (await lives.world.ask(query, lives.operator, id=await lives.id("other"))).data["node"][
        "closedOn"
    ] is None
    await lives.check()


async def test_a_birth_and_a_newcomer_are_registered_with_their_event(lives: Lives) -> None:
    born = await register(lives, birthDate=DAY, relationship="ANAK", householdId=await lives.id("home"),
                          event={"kind": "LAHIR", "happenedOn": DAY, "details": {"place": "Tabanan"}})  # fmt: skip
    assert born.data["registerResident"]["resident"]["history"]["nodes"] == [
        {"happenedOn": DAY, "event": {"kind": "LAHIR", "place": "Tabanan"}}
    ]
    assert list(
        names(await register(lives, birthDate=DAY, event={"kind": "LAHIR", "happenedOn": "2024-05-11"}))
    ) == ["NOT_THE_BIRTH_DATE"]
    assert list(names(await register(lives, birthDate=DAY, event={"kind": "MATI", "happenedOn": DAY}))) == [
        "NO_ENTRY"
    ]
    come = await register(lives, birthDate="1990-01-01", event={"kind": "PINDAH_MASUK", "happenedOn": DAY})
    assert come.data["registerResident"]["resident"]["states"] == [{"since": DAY, "status": "HIDUP"}]
    await lives.check()


async def register(lives: Lives, **given: Any) -> Any:
    query = """mutation($input: RegisterResidentInput!) { registerResident(input: $input) { resident {
      states { since status } history { nodes { happenedOn event { kind place } } } } } }"""
    whole = {
        "villageCode": BENGKEL, "hamletId": await lives.world.id_of("Hamlet", lives.hamlets[0]),
        "fullName": "Ni Luh Contoh", "sex": "PEREMPUAN", **given,
    }  # fmt: skip
    return await lives.world.ask(query, lives.operator, input=whole)


async def test_a_proof_is_taken_and_shown_with_the_event(lives: Lives) -> None:
    file = await lives.world.file(lives.operator, BENGKEL, "life_event.proof", photo())
    reply = await lives.record("MATI", DAY, "son", details={"proofId": file, "cause": "SAKIT_TUA"})
    query = "query($id: ID!) { node(id: $id) { ... on LifeEvent { cause proof { id kind } } } }"
    shown = await lives.world.ask(query, lives.operator, id=reply.data["recordLifeEvent"]["event"]["id"])
    assert shown.data["node"] == {"cause": "SAKIT_TUA", "proof": {"id": file, "kind": "life_event.proof"}}
    again = await lives.record("PERGI", DAY, "daughter", details={"proofId": file})
    assert again.codes == ["CONFLICT"]
    assert (await lives.now("daughter")).status is ResidentStatus.HIDUP


# What is refused

TOMORROW = "2999-12-31"
REFUSED: list[tuple[str, str | None, dict[str, Any], list[str]]] = [
    ("MATI", None, {}, ["MISSING"]),
    ("LAHIR", "son", {}, ["OTHER_MUTATION"]),
    ("PEMBATALAN", "son", {}, ["OTHER_MUTATION"]),
    ("MATI", "father", {}, ["HEAD_MISSING"]),
    ("MATI", "father", {"remaining": [("mother", None)]}, ["RELATIONSHIP_MISSING", "HEAD_MISSING"]),
    ("MATI", "son", {"remaining": [("mother", "KEPALA_KELUARGA")]}, ["SECOND_HEAD"]),
    ("MATI", "son", {"remaining": [("uncle", "ANAK")]}, ["NOT_A_MEMBER"]),
    ("MATI", "son", {"partnerId": "son"}, ["PERSON_TWICE"]),
    ("MATI", "son", {"reportedOn": "2024-05-09"}, ["REPORTED_EARLY"]),
    ("MATI", "son", {"details": {"distance": "LUAR_DESA", "place": " "}}, ["TEXT_EMPTY", "NOT_FOR_THIS_KIND"]),
    ("MATI", "son", {"along": [("daughter", None)]}, ["NOT_FOR_THIS_KIND"]),
    ("HILANG", "son", {"details": {"cause": "WABAH"}}, ["NOT_FOR_THIS_KIND"]),
    ("KEMBALI", "son", {}, ["NOT_AWAY"]),
    ("PINDAH_MASUK", "son", {}, ["ALREADY_REGISTERED"]),
    ("PINDAH_KELUARGA", "son", {"householdId": "other", "relationship": "KEPALA_KELUARGA"}, ["SECOND_HEAD"]),
    ("PINDAH_KELUARGA", "father", {"householdId": "other", "relationship": "FAMILI_LAIN"}, ["HEAD_MISSING"]),
    ("PINDAH_KELUARGA", "son", {}, ["MISSING", "MISSING"]),
    ("PECAH_KK", "son", {}, ["MISSING"]),
    ("PECAH_KK", "son", {"newHousehold": {"kkNumber": "1"}, "along": [("mother", None)]}, ["KK_LENGTH"]),
    ("PECAH_KK", "son", {"newHousehold": {}, "along": [("mother", None)]}, ["RELATIONSHIP_MISSING"]),
    ("GANTI_KEPALA", None, {"householdId": "home", "remaining": [("son", "KEPALA_KELUARGA")]}, ["SECOND_HEAD"]),
    ("KAWIN", "son", {"relationship": "SUAMI"}, ["HOUSEHOLD_MISSING"]),
    ("KAWIN", "son", {"householdId": "other"}, ["RELATIONSHIP_MISSING"]),
    ("PERUBAHAN", "son", {}, ["NOTHING_CHANGED"]),
    ("PINDAH_BANJAR", "son", {}, ["MISSING"]),
    ("PINDAH_KELUAR", "son", {"along": [("mother", None)] * 51}, ["TOO_MANY"]),
]  # fmt: skip


async def test_what_cannot_be_is_refused_and_changes_nothing(lives: Lives) -> None:
    before = await lives.rows()
    for kind, who, given, codes in REFUSED:
        reply = await lives.record(kind, DAY, who, **given)
        assert list(names(reply)) == codes, (kind, who, given, reply.errors)
    for day, codes in (
        ("2999-12-31", ["IN_FUTURE"]),
        ("1969-12-31", ["NOT_IN_REGISTER"]),
        ("1800-01-01", ["TOO_EARLY"]),
        ("9999-12-31", ["OUT_OF_RANGE"]),
        ("2024-02-30", ["NOT_A_DATE"]),
    ):
        assert list(names(await lives.record("MATI", day, "son"))) == codes
    assert await lives.rows() == before


async def test_nothing_happens_to_the_dead(lives: Lives) -> None:
    died = await lives.record("MATI", DAY, "son")
    before = await lives.rows()
    for kind, given in (
        ("MATI", {}), ("PERGI", {}), ("KAWIN", {}), ("KEMBALI", {}), ("PINDAH_MASUK", {}),
        ("PERUBAHAN", {"education": "S2"}), ("PINDAH_KELUARGA", {"householdId": "other", "relationship": "ANAK"}),
    ):  # fmt: skip
        (code,) = names(await lives.record(kind, "2024-06-01", "son", **given))
        assert code in ("NOT_ALIVE", "NOT_MOVED")
    assert await lives.rows() == before
    await lives.record("PERUBAHAN", "2024-04-01", "son", education="S2")  # while he lived
    assert (await lives.now("son")).education is not None
    await lives.undo(died)
    assert (await lives.now("son")).status is ResidentStatus.HIDUP
    await lives.check()


async def test_what_was_recorded_later_must_fit(lives: Lives) -> None:
    await lives.record("KAWIN", "2024-06-01", "son")
    before = await lives.rows()
    assert list(names(await lives.record("MATI", DAY, "son"))) == ["NOT_ALIVE"]
    moved = await lives.record(
        "PINDAH_KELUARGA", "2024-07-01", "son", householdId="other", relationship="ANAK"
    )
    left = await lives.record("PINDAH_KELUAR", "2024-08-01", "uncle", along=[("aunt", None)],
                              remaining=[("son", "KEPALA_KELUARGA")])  # fmt: skip
    assert list(names(await lives.undo(moved))) == ["SECOND_HEAD"] or (await lives.now("son")).household_id
    await lives.undo(left)
    await lives.undo(moved)
    after = await lives.rows()
    assert [row[2:] for row in after["HouseholdMember"]] == [row[2:] for row in before["HouseholdMember"]]
    await lives.check()


async def test_who_may_record(lives: Lives) -> None:
    """Table: actor, and what comes of it; after a refusal nothing has changed."""
    world, son = lives.world, lives.people["son"]
    actors = {
        None: "FORBIDDEN",
        await world.token("village_operator", NEIGHBOUR): "NOT_FOUND",
        await world.token("kelian", BENGKEL, hamlet=lives.hamlets[0].id): "FORBIDDEN",
        await world.token("agency_officer", "51.02"): "FORBIDDEN",
        await world.token("resident", BENGKEL, resident=son.id): "FORBIDDEN",
        await world.token("perbekel", BENGKEL): None,
    }
    given = {"villageCode": BENGKEL, "kind": "PERGI", "happenedOn": DAY, "residentId": await lives.id("son")}
    for token, code in actors.items():
        before = await lives.rows()
        reply = await world.ask(RECORD, token, input=given)
        if code is not None:
            assert (reply.codes, await lives.rows()) == ([code], before)
            continue
        event = reply.data["recordLifeEvent"]["event"]["id"]
    for token, code in actors.items():
        before = await lives.rows()
        reply = await world.ask(UNDO, token, input={"eventId": event})
        assert reply.codes == ([code] if code is not None else [])
        assert code is None or await lives.rows() == before


# Random lives


@pytest.mark.parametrize(
    ("wantilan_dialect", "seed"), [("sqlite", 0), ("postgresql", 1), ("sqlite", 2), ("postgresql", 3)]
)
async def test_the_register_is_what_the_events_say_whatever_happens(lives: Lives, seed: int) -> None:
    """Random events on random days, most of them impossible: what is taken must fit, what is not changes
    nothing; now and then one is undone.
    """
    rng = Random(seed)
    taken = []
    for _ in range(60):
        before = await lives.rows()
        if taken and rng.random() < 0.2:
            reply = await lives.undo(rng.choice(taken))
        else:
            said, given = guessed(rng, lives)
            reply = await lives.record(*said, **given)
            if not reply.errors:
                taken.append(reply)
        if reply.errors:
            assert await lives.rows() == before
        else:
            await lives.check()
    assert len(taken) > 8, "too few were taken to say anything"


def guessed(rng: Random, lives: Lives) -> Any:
    people, homes, roles = list(lives.people), list(lives.homes), [HEAD, CHILD, Role.FAMILI_LAIN]
    kinds = ["MATI", "HILANG", "PERGI", "KEMBALI", "PINDAH_KELUAR", "PINDAH_MASUK", "PINDAH_KELUARGA", "PECAH_KK",
             "GANTI_KEPALA", "KAWIN", "PERUBAHAN"]  # fmt: skip
    kind = rng.choices(kinds, weights=[1, 2, 2, 4, 3, 4, 8, 6, 6, 3, 3])[0]
    day = (BEGAN + timedelta(days=rng.randrange(1500))).isoformat()
    who = rng.choice(people)
    given: dict[str, Any] = {}
    if kind in ("PINDAH_KELUARGA", "KEMBALI", "PINDAH_MASUK", "GANTI_KEPALA"):
        given["householdId"] = rng.choice(homes)
    if kind in ("PINDAH_KELUARGA", "KEMBALI", "PINDAH_MASUK"):
        given["relationship"] = rng.choice(roles).name
    if kind == "PECAH_KK":
        given["newHousehold"] = {}
    if kind == "PERUBAHAN":
        given["education"] = rng.choice(["SLTA", "D_IV_S1"])
    if kind == "GANTI_KEPALA" or rng.random() < 0.5:
        others = rng.sample([one for one in people if one != who], 2)
        given["remaining"] = [(one, rng.choice(roles).name) for one in others[: rng.choice((1, 2))]]
    return (kind, day, None if kind == "GANTI_KEPALA" else who), given


@pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
async def test_two_offices_at_once_put_nobody_into_two_households(lives: Lives) -> None:
    await lives.family("third", ("widow", HEAD, WOMAN, date(1960, 1, 1)))
    replies = await asyncio.gather(
        *(
            lives.record("PINDAH_KELUARGA", DAY, "son", householdId=home, relationship="FAMILI_LAIN")
            for home in ("other", "third") * 3
        ),
        *(lives.record("GANTI_KEPALA", DAY, householdId="home", remaining=[
            ("father", "ORANGTUA"), (child, "KEPALA_KELUARGA")]) for child in ("son", "daughter")),
    )  # fmt: skip
    assert any(not reply.errors for reply in replies)
    assert not [code for reply in replies for code in reply.codes if code == "INTERNAL_SERVER_ERROR"]
    await lives.check()


async def test_registers_of_before_get_the_events_that_they_tell_of(lives: Lives) -> None:
    """What the step of the migration makes of memberships and of what residents are now."""
    await lives.record("MATI", DAY, "father", remaining=[("mother", "KEPALA_KELUARGA")], partnerId="mother")
    await lives.record("PINDAH_KELUARGA", DAY, "son", householdId="other", relationship="FAMILI_LAIN")
    await lives.record("PERGI", "2024-02-01", "daughter")
    await lives.world.resident(BENGKEL, lives.hamlets[1], name="I Gede Sendiri", serial=77)
    step = importlib.import_module("wantilan.registry.migrations.0010_life")
    before = await lives.rows()
    async with lives.world.database.transaction(WHOLE_COUNTRY) as session:
        for model in (LifeEffect, LifeEvent, ResidentPeriod, HouseholdPeriod):
            await session.execute(sa.delete(model))
        await session.run_sync(lambda sync: step._begin_lives(sync.connection()))
    after = await lives.rows()
    for table in ("Resident", "Household", "HouseholdMember"):
        assert after[table] == before[table]
    found, was = (sorted(row[2:] for row in rows["HouseholdPeriod"]) for rows in (after, before))
    assert found == was
    await lives.check()
    died = [one.kind.name for one in await events(lives, "father")]
    assert died == ["TERDAFTAR", "MATI"]
    assert [one.kind.name for one in await events(lives, "daughter")] == ["TERDAFTAR", "PERGI"]
    await lives.record("KEMBALI", "2024-06-01", "daughter", householdId="home", relationship="ANAK")
    await lives.check()


async def events(lives: Lives, name: str) -> list[LifeEvent]:
    async with lives.world.unit(BENGKEL) as unit:
        found = await unit.all(LifeEvent, LifeEvent.resident_id == lives.people[name].id)
    return sorted(found, key=lambda event: event.happened_on)
