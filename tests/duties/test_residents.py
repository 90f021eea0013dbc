"""What every program keeps about a person is given out as a whole, and forgotten everywhere or nowhere."""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from tests.duties.scene import KK, NIK, Scene, a_photo, rows_of

from wantilan import ResidentFacts
from wantilan.access.tables import ActorRow
from wantilan.programs.duties.tables import in_order
from wantilan.registry.codes import LifeEventKind, ResidentStatus
from wantilan.registry.duties.asked import document_of, erase
from wantilan.registry.duties.persons import FORGOTTEN, about
from wantilan.registry.files.sweeping import sweep
from wantilan.registry.life.projecting import project
from wantilan.registry.life.recording import Act, record
from wantilan.registry.life.timeline import OUT_OF_HOUSEHOLD
from wantilan.registry.models import (
    DuplicateRule,
    DuplicateState,
    Hamlet,
    Household,
    HouseholdNumber,
    LifeEvent,
    Resident,
    ResidentDuplicate,
)
from wantilan.registry.searching import differing_residents
from wantilan.store.plain import bare_type
from wantilan.store.rollup_sql import differing
from wantilan.store.tables import PlatformTable, Table, VillageTable, sql_table
from wantilan.testing import BENGKEL, World
from wantilan_kartu_cerdas.models import Card

SQLITE = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
SECTIONS = {
    "registry": {
        "resident", "householdMember", "hamletHead", "file", "fileAddress", "message", "messageDelivery",
        "household", "account", "lifeEvent", "lifeEffect", "residentPeriod",
        "residentCorrection", "residentDuplicate", "outgoingTransfer", "outgoingPerson", "incomingTransfer",
        "incomingPerson", "residentDetail", "residentSource",
    },
    "kartu_cerdas": {"kartuCard", "kartuCardEvent"},
    "mail": {"mailAddress", "mailCode", "mailSent"},
    "waste": {
        "wasteIntake", "wasteStopVisit", "wasteAccount", "wasteDeposit", "wasteDepositLine", "wasteWithdrawal",
        "wasteLedgerEntry", "wasteComplaint", "wasteComplaintStep", "wasteComplaintPhoto", "wastePublicComplaint",
    },
}  # fmt: skip
"""Where something about a person stands; by hand, so that a table which is found by no key is missed."""
SAYS_NOTHING = {("kartu_card", "number"), ("file", "kind"), ("file", "program"), ("file", "opens"),
                ("life_event", "recorded_by_label"), ("outgoing_transfer", "proposed_by_label"),
                ("incoming_transfer", "ended_by_label"), ("resident_source", "recorded_by_label"),
                ("waste_account", "number"), ("waste_deposit", "receipt_no"), ("waste_deposit", "receipt_indonesian"),
                ("waste_deposit", "receipt_english"), ("waste_stop_visit", "device"),
                ("waste_complaint", "tracking_code"), ("waste_public_complaint", "tracking_code"),
                ("waste_stock_movement", "note")}  # fmt: skip
"""Texts that stay, since they say nothing of a person; by hand."""
REFUSED = {("waste_account", "group_name"), ("waste_deposit", "reason")}
"""Texts that the database refuses in some of his rows, so that a word cannot be planted; see tests/waste/duties."""
WRITTEN = {
    "file", "household", "household_number", "kartu_card_event", "mail_address", "message", "message_delivery",
    "resident", "resident_token", "life_event", "resident_correction", "resident_duplicate",
    "outgoing_transfer", "incoming_transfer", "incoming_person", "resident_detail", "resident_source",
    "waste_stop_visit", "waste_deposit", "waste_withdrawal", "waste_complaint", "waste_complaint_step",
    "waste_public_complaint",
}  # fmt: skip
"""Tables with texts about a person; by hand."""
HOUSEHOLDS = {"household", "household_number"}
STAYS = (
    "household", "household_number", "household_member", "household_period", "life_effect", "waste_intake",
    "waste_intake_total", "waste_service_point", "waste_source_survey", "waste_subscription", "waste_invoice",
    "waste_payment", "waste_payment_part", "waste_stop_visit", "waste_feed", "waste_account", "waste_deposit_line",
    "waste_ledger_entry", "waste_stock_movement", "waste_period_report",
)  # fmt: skip
"""Tables in which nothing changes when somebody is erased who lived with others; by hand."""
TOLD = ("place", "document", "note", "cause", "distance")
"""What goes of events; by hand."""
COUNTED_BY = ("status", "sex", "hamlet_id", "residency", "marital_status", "education", "occupation")
"""What figures are made of, beside age; by hand."""


async def exported(scene: Scene, who: Resident | None = None) -> Any:
    return json.loads(await scene.done("resident", "export", await scene.id_of(who or scene.wayan)))


async def test_all_that_every_program_keeps_is_given_out_and_nothing_of_others(scene: Scene) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        for name in ("mail", "kartu_cerdas"):  # switched off they are asked too
            await unit.session.execute(
                sa.text("DELETE FROM village_program WHERE program = :name").bindparams(name=name)
            )
    given = await exported(scene)
    assert {name: set(found) for name, found in given["programs"].items()} == SECTIONS
    (entry,) = given["programs"]["registry"]["resident"]
    assert (entry["nik"], entry["fullName"], entry["phone"]) == (NIK, "I Wayan Contoh", "081200000001")
    assert not {"nikHash", "nikSealed", "villageId"} & entry.keys()
    (home,) = given["programs"]["registry"]["household"]
    assert home["address"] == "Jalan Contoh 1" and [one["number"] for one in home["numbers"]] == [KK]
    (account,) = given["programs"]["registry"]["account"]
    assert account["name"] == "wayan" and [one["role"] for one in account["roles"]] == ["resident"]
    assert len(given["programs"]["kartu_cerdas"]["kartuCard"]) == 2
    kinds = {one["kind"] for one in given["programs"]["registry"]["lifeEvent"]}
    assert kinds == {"TERDAFTAR", "KAWIN", "PEMBATALAN"}
    whose = {one["residentId"] for one in given["programs"]["registry"]["lifeEffect"]}
    assert whose == {str(scene.wayan.id), None}  # None: of the household that came with him
    text = json.dumps(given)
    assert scene.luh.full_name not in text and str(scene.ketut.id) not in text and "wtl_" not in text


@SQLITE
async def test_it_goes_into_a_file_of_the_owner_alone_with_the_contents_beside_it(
    scene: Scene, tmp_path: Path
) -> None:
    id_, file, folder = await scene.id_of(scene.wayan), tmp_path / "wayan.json", tmp_path / "wayan"
    words = ("resident", "export", id_, "--output", str(file), "--files", str(folder))
    assert await scene.done(*words) == "" and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(_read(file).decode())["village"] == BENGKEL
    contents = _listed(folder)  # his weighing's and the proof
    assert [_read(content)[:2] for content in contents] == [a_photo()[:2]] * 2
    assert "is there already" in await scene.refused(*words)
    assert "known here" in await scene.refused("resident", "export", id_[:-4] + "0000")


def _read(file: Path) -> bytes:
    return file.read_bytes()


def _listed(folder: Path) -> list[Path]:
    return list(folder.iterdir())


# Erasing


def texts_of(world: World) -> Mapping[sa.Table, list[sa.Column[Any]]]:
    """Every column of text of every table that can hold rows about a person, and of his household."""
    who = ResidentFacts(UUID(int=1), UUID(int=2))
    return {
        table: [column for column in table.columns if is_text(column)]
        for table in (sql_table(model) for model in world.host.models)
        if "village_id" in table.columns
        and (about(table, who) is not None or table.name in HOUSEHOLDS)
        and "row_count" not in table.columns
    }


def is_text(column: sa.Column[Any]) -> bool:
    kind = bare_type(column)
    return isinstance(kind, sa.Text | sa.String) and not isinstance(kind, sa.Enum)


async def plant(scene: Scene, who: ResidentFacts) -> set[tuple[str, str]]:
    """Write a word into every text about the person; where."""
    planted = set()
    async with scene.world.unit(BENGKEL) as unit:
        for table, columns in texts_of(scene.world).items():
            test = about(table, who)
            if table.name in HOUSEHOLDS:
                key = "id" if table.name == "household" else "household_id"
                test = table.c[key] == scene.household.id
            assert test is not None
            for column in columns:
                if (table.name, column.name) in SAYS_NOTHING | REFUSED | {("file", "place")}:
                    continue
                word: Any = sa.literal(f"PLANTED {table.name}.{column.name} ")
                for part in table.primary_key:  # no two rows alike: there are unique keys
                    word = word + sa.cast(part, sa.Text)
                changed = sa.update(table).where(test).values({column: word})
                done = await unit.session.execute(changed.returning(table.c.village_id))
                assert done.first() is not None, f"nothing about him in {table.name}"
                planted.add((table.name, column.name))
    return planted


async def found_in(world: World, *words: str) -> set[tuple[str, str]]:
    """Where a word stands in the whole database: every value of every row of every table there is."""
    found = set()
    async with world.database.transaction("1,2,3,4,5,6,7,8,9") as session:
        for model in world.host.models:
            table = sql_table(model)
            for row in (await session.execute(sa.select(table))).mappings():
                for name, value in row.items():
                    shown = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    if any(word in shown for word in words):
                        found.add((table.name, str(name)))
    return found


async def test_whatever_is_written_about_a_person_is_found_nowhere_after_he_was_erased(scene: Scene) -> None:
    world = scene.world
    async with world.unit(BENGKEL) as unit:  # he lives alone: then the household is about him too
        for table in reversed(in_order(world.host.models)):
            luhs = about(table, ResidentFacts(scene.luh.id, scene.luh.village_id))
            if luhs is not None:
                await unit.session.execute(sa.delete(table).where(luhs))
    other = await world.resident(BENGKEL, Hamlet(id=scene.wayan.hamlet_id), name="Ni Made Lain", serial=8)
    first, second = sorted((scene.wayan.id, other.id))
    async with world.unit(BENGKEL) as unit:
        pair = ResidentDuplicate(
            first_id=first, second_id=second, rule=DuplicateRule.SAME_NAME, weight=1, found_at=unit.now,
            state=DuplicateState.OPEN,
        )  # fmt: skip
        await unit.add(pair)
    planted = await plant(scene, scene.who)
    assert await found_in(world, "PLANTED") == planted  # the control: what is planted is found
    assert {table for table, _ in planted} == WRITTEN
    said = await scene.done("resident", "erase", await scene.id_of(scene.wayan), "--yes")
    assert "registry: The entry of the register" in said and "kartu_cerdas: Card numbers" in said
    assert await found_in(world, "PLANTED") == set()
    assert await found_in(world, "wayan@surel.example", "I Wayan Contoh", "Jalan Contoh") == set()
    assert (await exported(scene))["programs"] == {}
    (row,) = [one for one in (await rows_of(world, BENGKEL))["resident"] if one["id"] == scene.wayan.id]
    assert (
        row["nik_sealed"] is row["nik_hash"] is row["nik_kind"] is row["blood_type"] is row["phone"] is None
    )
    assert (row["full_name"], row["birth_date"]) == (FORGOTTEN, date(1990, 5, 1))
    desk = world.application.desk
    left = len([place async for place in desk.contents.places()])
    await sweep(world.database, world.host, desk.contents, world.application.settings.files)
    assert len([place async for place in desk.contents.places()]) == left - 2


async def test_what_others_have_and_what_is_counted_stays_and_to_repeat_it_changes_nothing(
    scene: Scene,
) -> None:
    world = scene.world
    before = await rows_of(world, BENGKEL)
    said = await scene.done("resident", "erase", await scene.id_of(scene.wayan), "--yes")
    assert "They are those of its other members too." in said
    after = await rows_of(world, BENGKEL)
    for table in STAYS:
        assert after[table] == before[table], table
    told = dict.fromkeys(TOLD)
    mine = {row["id"] for row in before["life_event"] if row["resident_id"] == scene.wayan.id}
    assert after["life_event"] == [
        {**row, **told} if row["id"] in mine else row for row in before["life_event"]
    ]
    assert len(mine) == 4 and any(row["note"] for row in before["life_event"] if row["id"] in mine)
    luh = {name: [row for row in rows["resident"] if row["id"] == scene.luh.id] for name, rows in
           {"before": before, "after": after}.items()}  # fmt: skip
    assert luh["after"] == luh["before"]
    (wayan,) = [row for row in after["resident"] if row["id"] == scene.wayan.id]
    kept = ("sex", "religion", "occupation", "hamlet_id", "household_id", "status", "registered_at")
    assert [wayan[name] for name in kept] == [getattr(scene.wayan, name) for name in kept]
    assert len(after["kartu_card"]) == 2 and all(row["closed_on"] for row in after["kartu_card"])
    assert {row["reason"] for row in after["kartu_card_event"]} == {None}
    assert not any(after[name] for name in ("message", "mail_address", "mail_code", "mail_sent"))
    async with world.unit(BENGKEL) as unit:
        for program in world.host.programs:
            for rollup in program.rollups:
                query = sa.text(differing(rollup, world.dialect))
                village = sa.bindparam("village", unit.village.id, sa.Uuid())
                assert await unit.session.scalar(query.bindparams(village)) == 0
    assert await scene.done("resident", "erase", await scene.id_of(scene.wayan), "--yes") == said
    assert await rows_of(world, BENGKEL) == after
    async with world.unit(BENGKEL) as unit:  # nor does the register contradict it when it is made anew
        await project(unit, [scene.wayan.id, scene.luh.id], [scene.household.id])
        assert await differing_residents(unit) == 0
    assert await rows_of(world, BENGKEL) == after


def figures(rows: Mapping[str, list[dict[str, Any]]], day: date) -> Counter[tuple[Any, ...]]:
    """How many there were on a day by all that is counted, age in years; by hand."""
    return Counter(
        (*(row[name] for name in COUNTED_BY), years(row["birth_date"], day))
        for row in rows["resident_period"]
        if row["since"] <= day and (row["until"] is None or row["until"] >= day)
    )


def years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@SQLITE
async def test_figures_of_past_days_stay_when_somebody_is_erased(scene: Scene) -> None:
    """Wayan counts as born on the first of May and not on the 17th: those days only make him a year older."""
    before = await rows_of(scene.world, BENGKEL)
    async with scene.world.unit(BENGKEL) as unit:
        await erase(scene.world.host, unit, scene.who)
    after = await rows_of(scene.world, BENGKEL)
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(3 * 366)]
    changed = [day for day in days if figures(before, day) != figures(after, day)]
    assert changed == [day for day in days if day.month == 5 and day.day < 17] and changed
    assert all(figures(before, day).total() == figures(after, day).total() == 2 for day in days)


@SQLITE
async def test_the_day_of_a_birth_that_the_register_was_told_of_stays_and_life_goes_on(scene: Scene) -> None:
    """Its event is counted on that day; a life whose birth lies elsewhere would be none."""
    born = date(2023, 8, 20)
    child = await scene.world.resident(
        BENGKEL, Hamlet(id=scene.wayan.hamlet_id), scene.household, born=born, serial=9
    )
    async with scene.world.unit(BENGKEL) as unit:
        event = await unit.first(LifeEvent, LifeEvent.resident_id == child.id)
        assert event is not None
        event.kind = LifeEventKind.LAHIR
    async with scene.world.unit(BENGKEL) as unit:
        await erase(scene.world.host, unit, ResidentFacts(child.id, child.village_id))
    died = Act(
        kind=LifeEventKind.MATI, happened_on=date(2024, 1, 1), resident_id=child.id,
        residents={child.id: {"status": ResidentStatus.MATI, **OUT_OF_HOUSEHOLD}},
    )  # fmt: skip
    async with scene.world.unit(BENGKEL) as unit:
        await record(unit, died)
    rows = await rows_of(scene.world, BENGKEL)
    (entry,) = [row for row in rows["resident"] if row["id"] == child.id]
    periods = [row for row in rows["resident_period"] if row["resident_id"] == child.id]
    assert (entry["full_name"], entry["birth_date"], entry["status"].name) == (FORGOTTEN, born, "MATI")
    assert [row["birth_date"] for row in periods] == [born, born]


async def test_his_account_goes_with_its_tokens_unless_it_holds_an_office(scene: Scene) -> None:
    world = scene.world
    kelian = await world.token("kelian", BENGKEL, hamlet=scene.wayan.hamlet_id, name="kelian_kaja")
    luhs = await world.token("resident", BENGKEL, resident=scene.luh.id, name="kelian_kaja")
    for resident in (scene.wayan, scene.luh):
        await scene.done("resident", "erase", await scene.id_of(resident), "--yes")
    world.application.actors.forget()
    me = "{ me { roles { role } } }"
    assert (await world.ask(me, scene.himself)).codes == ["UNAUTHENTICATED"]
    for token in (kelian, luhs):
        assert (await world.ask(me, token)).data == {"me": {"roles": [{"role": "kelian"}]}}
    async with world.database.session() as session:
        names = set(await session.scalars(sa.select(ActorRow.name)))
    assert "wayan" not in names and {"kelian_kaja", "operator_bengkel"} <= names


@SQLITE
async def test_the_last_of_a_household_takes_its_address_and_number_along(scene: Scene) -> None:
    world = scene.world
    for resident, left in ((scene.wayan, 1), (scene.luh, 0)):
        async with world.unit(BENGKEL) as unit:
            await erase(world.host, unit, ResidentFacts(resident.id, resident.village_id))
            assert len(await unit.all(HouseholdNumber)) == left
            household = await unit.get(Household, scene.household.id)
            assert household is not None and (household.address is not None) == bool(left)


@SQLITE
async def test_nobody_is_erased_without_being_asked(scene: Scene) -> None:
    before = await rows_of(scene.world, BENGKEL)
    answered = await scene.answered("resident", "erase", await scene.id_of(scene.wayan), stdin="n\n")
    assert answered.exit_code == 1
    assert await rows_of(scene.world, BENGKEL) == before


async def test_a_document_sees_the_register_as_the_programs_do(scene: Scene) -> None:
    """Without keys numbers are left out, and everything else is there."""
    async with scene.world.unit(BENGKEL) as unit:
        document = await document_of(scene.world.host, unit, scene.who)
        assert await unit.exists(Card, Card.resident_id == scene.wayan.id)
    assert NIK not in json.dumps(document) and KK not in json.dumps(document)
    assert scene.wayan.full_name in json.dumps(document)


def test_every_model_is_of_a_class_that_the_duties_know(wantilan_host: Any) -> None:
    models: tuple[type[Table], ...] = wantilan_host.models
    assert [m for m in models if issubclass(m, VillageTable) and issubclass(m, PlatformTable)] == []
