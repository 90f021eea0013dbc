"""Life events that were recorded late, or undone: what was said of later days still holds, or it is refused."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from tests.core.conftest import two_families
from tests.core.lives import Lives, names

from wantilan.registry.models import Household, HouseholdNumber
from wantilan.testing import BENGKEL, Setting

DAY, LATER, LATEST = "2024-05-10", "2024-06-10", "2024-07-10"
CARD = {"kkNumber": "9999010124990001"}


@pytest.fixture
def wantilan_setting() -> Setting:
    return two_families


async def numbers(lives: Lives, event: Any) -> tuple[date | None, int]:
    """When the household that an event made was closed, and how many of its numbers are in use."""
    home = event.data["recordLifeEvent"]["household"]["id"].rsplit("-", 1)[1]
    async with lives.world.unit(BENGKEL) as unit:
        (row,) = [one for one in await unit.all(Household) if one.id.hex == home]
        used = await unit.all(
            HouseholdNumber, HouseholdNumber.household_id == row.id, HouseholdNumber.until.is_(None)
        )
    return row.closed_on, len(used)


async def test_a_household_that_never_was_is_closed_and_gives_up_its_number(lives: Lives) -> None:
    wrong = await lives.record("PECAH_KK", DAY, "son", newHousehold=CARD)
    assert await numbers(lives, wrong) == (None, 1)
    undone = await lives.undo(wrong)
    assert not undone.errors
    assert await numbers(lives, wrong) == (date(2024, 5, 10), 0)
    right = await lives.record("PECAH_KK", LATER, "son", newHousehold=CARD)
    assert await numbers(lives, right) == (None, 1)
    await lives.check()


async def test_a_number_that_is_valid_from_a_later_day_comes_back_with_its_household(lives: Lives) -> None:
    split = await lives.record("PECAH_KK", DAY, "son", newHousehold={**CARD, "registeredOn": LATEST})
    gone = await lives.record("PINDAH_KELUAR", LATER, "son")
    assert await numbers(lives, split) == (date(2024, 6, 10), 0)
    await lives.undo(gone)
    assert await numbers(lives, split) == (None, 1)


async def test_a_number_goes_back_when_one_household_ends_and_the_other_begins_again(lives: Lives) -> None:
    """Whichever of the two is looked at first."""
    for first, second in (("son", "daughter"), ("daughter", "son")):
        split = await lives.record("PECAH_KK", DAY, first, newHousehold=CARD)
        gone = await lives.record("PINDAH_KELUARGA", LATER, first, householdId="home", relationship="ANAK")
        again = await lives.record("PECAH_KK", LATER, second, newHousehold=CARD)
        old = split.data["recordLifeEvent"]["household"]["id"]
        back = await lives.record(
            "PINDAH_KELUARGA", LATEST, second, householdId=old, relationship="KEPALA_KELUARGA"
        )
        assert not back.errors, back.errors
        assert [(await numbers(lives, one))[1] for one in (split, again)] == [1, 0]
        for event in (back, again, gone, split):
            assert not (await lives.undo(event)).errors
    await lives.check()


async def test_what_somebody_is_to_a_head_holds_in_that_household_only(lives: Lives) -> None:
    entered = await lives.record("PINDAH_KELUARGA", LATER, "son", householdId="other", relationship="ANAK")
    await lives.record("GANTI_KEPALA", LATEST, householdId="other", remaining=[("son", "ORANGTUA")])
    before = await lives.rows()
    assert list(names(await lives.undo(entered))) == ["RELATIONSHIP_LATER"]
    late = await lives.record("PECAH_KK", "2024-06-20", "son", newHousehold={})
    assert list(names(late)) == ["RELATIONSHIP_LATER"]
    assert await lives.rows() == before
    after = await lives.record("PECAH_KK", "2024-08-10", "son", newHousehold={})
    assert not after.errors
    effects = "query($id: ID!) { node(id: $id) { ... on Resident { history { nodes { event { kind } changes } } } } }"
    shown = await lives.world.ask(effects, lives.operator, id=await lives.id("son"))
    (changes,) = [
        one["changes"]
        for one in shown.data["node"]["history"]["nodes"]
        if one["event"]["kind"] == "GANTI_KEPALA"
    ]
    assert changes == {"relationship": "ORANGTUA", "staysIn": await lives.id("other")}
    await lives.check()


async def test_who_is_left_out_of_every_household_keeps_no_relationship(lives: Lives) -> None:
    alone = await lives.world.resident(BENGKEL, lives.hamlets[0], name="I Sendiri Contoh", serial=77)
    lives.people["alone"] = alone
    entered = await lives.record(
        "PINDAH_KELUARGA", LATER, "alone", householdId="other", relationship="FAMILI_LAIN"
    )
    await lives.record("GANTI_KEPALA", LATEST, householdId="other", remaining=[("alone", "ORANGTUA")])
    assert list(names(await lives.undo(entered))) == ["RELATIONSHIP_LATER"]
    await lives.check()


async def test_the_hamlet_that_is_named_counts_beside_a_household(lives: Lives) -> None:
    await lives.record("PERGI", DAY, "son")
    hamlet = await lives.world.id_of("Hamlet", lives.hamlets[1])
    await lives.record("KEMBALI", LATER, "son", householdId="home", relationship="ANAK", hamletId=hamlet)
    assert (await lives.now("son")).hamlet_id == lives.hamlets[1].id
    await lives.check()


async def test_a_partner_comes_along_once(lives: Lives) -> None:
    reply = await lives.record(
        "KAWIN", DAY, "son", partnerId="aunt", newHousehold={}, relationship="KEPALA_KELUARGA",
        along=[("aunt", "ISTRI"), ("aunt", "ANAK")],
    )  # fmt: skip
    assert list(names(reply)) == ["PERSON_TWICE"]


@pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
async def test_offices_that_go_against_each_other_end_in_one_order(lives: Lives) -> None:
    """Each waits for what the other one holds: whoever the database ends begins again."""
    hamlet = await lives.world.id_of("Hamlet", lives.hamlets[1])
    replies = await asyncio.gather(
        lives.record("PINDAH_KELUARGA", DAY, "son", householdId="other", relationship="ANAK"),
        lives.record("PINDAH_KELUARGA", DAY, "aunt", householdId="home", relationship="FAMILI_LAIN"),
        lives.record("PINDAH_BANJAR", DAY, householdId="home", hamletId=hamlet),
        lives.record("PINDAH_KELUARGA", DAY, "daughter", householdId="other", relationship="ANAK"),
    )
    assert [reply.codes for reply in replies] == [[]] * len(replies)
    assert set(await lives.belongs("home", date(2024, 5, 10))) == {"father", "mother", "aunt"}
    for name in ("father", "mother", "aunt"):
        assert (await lives.now(name)).hamlet_id == lives.hamlets[1].id
    for name in ("son", "daughter"):
        assert (await lives.now(name)).hamlet_id in {one.id for one in lives.hamlets}
    await lives.check()
