"""What becomes of the waste program's rows when a person is forgotten, was two records, or moves away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from tests.waste.everything import everything

from wantilan import ResidentFacts, ResidentStatus, Rupiah, Unit, uuid7
from wantilan.registry.duties.asked import document_of, erase
from wantilan.registry.models import File, FileState, Household, Resident
from wantilan.store.plain import bare_type
from wantilan.store.tables import sql_table
from wantilan.testing import BENGKEL, NEIGHBOUR, Setting, World
from wantilan_waste.duties import FORGOTTEN, NAMING, OF_HOUSEHOLD
from wantilan_waste.models import (
    MODELS,
    Account,
    LedgerEntry,
)
from wantilan_waste.program import export_resident, merge_residents

SAYS_NOTHING = {
    ("waste_service_point", "code"),  # of the QR, random
    ("waste_service_point", "business_name"),  # a household's point has none
    ("waste_service_point", "label"),  # forgotten by themselves
    ("waste_service_point", "label_key"),
    ("waste_service_point", "instructions"),
    ("waste_account", "number"),
    ("waste_account", "group_name"),  # an account of a household or a resident has none
    ("waste_invoice", "period"),
    ("waste_payment", "receipt_no"),
    ("waste_deposit", "receipt_no"),
    ("waste_deposit", "receipt_indonesian"),  # a receipt names no person
    ("waste_deposit", "receipt_english"),
    ("waste_stop_visit", "device"),
    ("waste_complaint", "tracking_code"),
}
"""Texts in tables with a household that are not blanked with it, and why; by hand."""
PROPOSE = "mutation($input: ProposeTransferInput!) { proposeTransfer(input: $input) { transfer { id } } }"
ACCEPT = "mutation($input: AcceptTransferInput!) { acceptTransfer(input: $input) { transfer { id } } }"
COMING = (
    f"""{{ village(code: "{NEIGHBOUR}") {{ incomingTransfers {{ nodes {{ id persons {{ id }} }} }} }} }}"""
)
MONEY_AND_MASS = (
    "amount",
    "balance",
    "credited",
    "delta",
    "mass",
    "paid",
    "rest",
    "stock",
    "value",
    "mass_grams",
)


@dataclass(frozen=True)
class Home:
    """Wayan and Luh live together; Wayan saves and has complained. Made lives next door."""

    world: World
    wayan: Resident
    luh: Resident
    made: Resident
    household: Household

    async def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of the program in the village, by table and in the order of their keys."""
        found = {}
        async with self.world.unit(BENGKEL) as unit:
            for model in MODELS:
                table = sql_table(model)
                query = sa.select(table).where(table.c.village_id == unit.village.id).order_by(table.c.id)
                found[table.name] = [dict(row) for row in (await unit.session.execute(query)).mappings()]
        return found

    async def forget(self, *residents: Resident) -> list[str]:
        """What the program says that it keeps, of the last of them."""
        said: list[str] = []
        for resident in residents:
            async with self.world.unit(BENGKEL) as unit:
                remains = await erase(self.world.host, unit, facts(resident))
                said = [kept.what.en for one in remains if one.program == "waste" for kept in one.kept]
        return said


def facts(resident: Resident) -> ResidentFacts:
    return ResidentFacts(resident.id, resident.village_id)


async def set_the_scene(world: World) -> Home:
    await world.open(BENGKEL, "waste")
    await world.open(NEIGHBOUR, "waste")
    hamlet = await world.hamlet(BENGKEL)
    household, other = await world.household(BENGKEL, hamlet), await world.household(BENGKEL, hamlet)
    wayan = await world.resident(BENGKEL, hamlet, household, name="I Wayan Contoh", serial=1)
    luh = await world.resident(BENGKEL, hamlet, household, name="Ni Luh Contoh", serial=2)
    made = await world.resident(BENGKEL, hamlet, other, name="I Made Lain", serial=3)
    async with world.unit(BENGKEL) as unit:
        await everything(unit, household, wayan)
    return Home(world, wayan, luh, made, household)


@pytest.fixture
def wantilan_setting() -> Setting:
    return set_the_scene


@pytest.fixture
def home(scene: Home) -> Home:
    return scene


def texts(rows: Mapping[str, list[dict[str, Any]]]) -> str:
    return "\n".join(
        str(value)
        for found in rows.values()
        for row in found
        for value in row.values()
        if isinstance(value, str)
    )


def amounts(rows: Mapping[str, list[dict[str, Any]]]) -> list[Any]:
    return [
        (name, row["id"], {k: row[k] for k in MONEY_AND_MASS if k in row})
        for name, found in rows.items()
        for row in found
    ]


async def test_every_table_of_the_program_has_a_row(home: Home) -> None:
    rows = await home.rows()
    assert [name for name, found in rows.items() if not found] == []
    assert len(rows) == len(MODELS) >= 37


def test_every_text_about_a_household_is_blanked_or_says_nothing() -> None:
    """A column that is added later must be put on one of the two lists."""
    known = {(column.class_.__tablename__, column.key) for column in OF_HOUSEHOLD}
    found = {
        (table.name, column.name)
        for table in map(sql_table, MODELS)
        if "household_id" in table.columns
        for column in table.columns
        if isinstance(bare_type(column), sa.Text | sa.String) and not isinstance(bare_type(column), sa.Enum)
    }
    assert found == known | SAYS_NOTHING
    assert not known & SAYS_NOTHING


async def test_who_is_forgotten_while_others_live_there_is_found_in_no_row_of_his_own(home: Home) -> None:
    before = await home.rows()
    said = await home.forget(home.wayan)
    after = await home.rows()
    assert any("Accounts of the waste bank" in one for one in said)
    assert any("Kinds and days of complaints" in one for one in said)
    assert not any("service point without name" in one for one in said)
    assert any("Notes on the household" in one for one in said)
    assert amounts(after) == amounts(before)
    for table in ("waste_account", "waste_deposit", "waste_withdrawal", "waste_ledger_entry", "waste_complaint",
                  "waste_complaint_step", "waste_public_complaint"):  # fmt: skip
        assert "Wayan" not in texts({table: after[table]}) and "WAYAN" not in texts({table: after[table]})
    assert {row["reason"] for row in after["waste_deposit"]} == {None, FORGOTTEN}
    assert [row["number"] for row in after["waste_account"]] == [
        row["number"] for row in before["waste_account"]
    ]
    (public,) = after["waste_public_complaint"]
    assert (public["text"], public["longitude"]) == (None, None)
    # What is the household's stays: Luh lives there.
    for table in ("waste_service_point", "waste_stop_visit", "waste_intake", "waste_invoice", "waste_payment",
                  "waste_subscription", "waste_feed"):  # fmt: skip
        assert after[table] == before[table], table
    assert "Wayan" in texts({"waste_service_point": before["waste_service_point"]})  # the control


async def test_the_last_of_a_household_takes_along_what_was_written_about_it(home: Home) -> None:
    before = await home.rows()
    said = await home.forget(home.luh, home.wayan)
    after = await home.rows()
    assert any("service point without name" in one for one in said)
    assert "Wayan" not in texts(after) and "WAYAN" not in texts(after) and "Jalan" not in texts(after)
    assert amounts(after) == amounts(before)
    assert {name: len(found) for name, found in after.items()} == {
        name: len(found) for name, found in before.items()
    }
    (point,) = [row for row in after["waste_service_point"] if row["household_id"]]
    assert (point["label"], point["instructions"], point["longitude"]) == (FORGOTTEN, None, None)
    assert [row["label"] for row in after["waste_service_point"] if not row["household_id"]] == [
        "Warung Contoh"
    ]
    assert all(row["revoked_at"] for row in after["waste_feed"])


async def test_photos_of_a_house_are_given_up_with_the_last_who_lived_there(home: Home) -> None:
    async with home.world.unit(BENGKEL) as unit:
        picture = File(
            village_id=unit.village.id, id=uuid7(), kind="waste.visit_photo", program="waste",
            opens="waste.visit.read", household=True, state=FileState.TAKEN, created_at=unit.now, size=1,
            content_type="image/jpeg", place="a-place", household_id=home.household.id,
        )  # fmt: skip
        await unit.add(picture)
    for resident, expected in ((home.wayan, FileState.TAKEN), (home.luh, FileState.GONE)):
        await home.forget(resident)
        async with home.world.unit(BENGKEL) as unit:
            row = await unit.get(File, picture.id)
            assert row is not None and row.state is expected


async def test_to_forget_again_changes_nothing_and_says_the_same(home: Home) -> None:
    said = await home.forget(home.luh, home.wayan)
    after = await home.rows()
    assert await home.forget(home.wayan) == said
    assert await home.rows() == after


async def test_who_has_nothing_at_the_waste_program_leaves_nothing(home: Home) -> None:
    before = await home.rows()
    assert await home.forget(home.made) == []
    assert await home.rows() == before


async def test_all_that_is_his_is_given_out_and_nothing_of_the_others(home: Home) -> None:
    async with home.world.unit(BENGKEL) as unit:
        given = await export_resident(facts(home.wayan), unit)
        luhs = await export_resident(facts(home.luh), unit)
        document = await document_of(home.world.host, unit, facts(home.wayan))
    assert given.keys() == {
        "wasteAccount", "wasteDeposit", "wasteDepositLine", "wasteWithdrawal", "wasteLedgerEntry",
        "wasteComplaint", "wasteComplaintStep", "wasteComplaintPhoto", "wastePublicComplaint", "wasteStopVisit",
    }  # fmt: skip
    (account,) = given["wasteAccount"]  # type: ignore[misc]
    assert account["number"] == "R-1"
    assert luhs == {}
    assert document["programs"]["waste"].keys() == given.keys()  # type: ignore[index, call-overload, union-attr]
    await home.forget(home.wayan)
    async with home.world.unit(BENGKEL) as unit:
        assert await export_resident(facts(home.wayan), unit) == {}


async def test_what_hangs_on_one_record_hangs_on_the_other_once_they_are_one_person(home: Home) -> None:
    async def counted(unit: Unit, who: Resident) -> dict[str, int]:
        return {model.__name__: len(await unit.all(model, model.resident_id == who.id)) for model in NAMING}

    async with home.world.unit(BENGKEL) as unit:
        before = await counted(unit, home.wayan)
        assert all(before.values())
        await merge_residents(facts(home.made), facts(home.wayan), unit)
        assert await counted(unit, home.made) == before
        assert not any((await counted(unit, home.wayan)).values())
    after = await home.rows()
    assert amounts(after) == amounts(await home.rows())


async def test_who_moves_away_is_not_kept_by_his_savings_and_they_stay_where_they_are(home: Home) -> None:
    world = home.world
    there = await world.hamlet(NEIGHBOUR)
    async with world.unit(BENGKEL) as unit:  # the fee is not paid from the balance: 5,000 are saved
        account = await unit.first(Account, Account.resident_id == home.wayan.id)
        assert account is not None
        entry = await unit.first(LedgerEntry, LedgerEntry.account_id == account.id, LedgerEntry.number == 5)
        await unit.session.delete(entry)
        account.balance, account.entries = Rupiah(5000), 4
    before = await home.rows()
    source, target = await world.token("perbekel", BENGKEL), await world.token("perbekel", NEIGHBOUR)
    going = {
        "residentIds": [await world.id_of("Resident", one) for one in (home.wayan, home.luh)],
        "targetVillageCode": NEIGHBOUR,
        "happenedOn": "2024-03-01",
    }
    assert (await world.ask(PROPOSE, source, input=going)).data
    (transfer,) = (await world.ask(COMING, target)).data["village"]["incomingTransfers"]["nodes"]
    coming = {
        "transferId": transfer["id"],
        "hamletId": await world.id_of("Hamlet", there),
        "newHousehold": {},
        "relationships": [
            {"personId": one["id"], "relationship": what}
            for one, what in zip(transfer["persons"], ("KEPALA_KELUARGA", "ISTRI"), strict=True)
        ],
    }
    assert (await world.ask(ACCEPT, target, input=coming)).data
    async with world.unit(BENGKEL) as unit:
        old = await unit.get(Resident, home.wayan.id)
        assert old is not None and old.status is ResidentStatus.PINDAH
    assert await home.rows() == before
    saved = f"""{{ village(code: "{BENGKEL}") {{ waste {{ accounts(first: 5) {{ nodes {{
      balance resident {{ id }} }} }} }} }} }}"""
    nodes = (await world.ask(saved, source)).data["village"]["waste"]["accounts"]["nodes"]
    assert {"balance": 5000, "resident": {"id": await world.id_of("Resident", home.wayan)}} in nodes
