"""Life events that were recorded late, or undone: what was said of later days still holds, or it is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.core.lives import Lives

from wantilan.registry.models import Household, HouseholdNumber

DAY, LATER, LATEST = "2024-05-10", "2024-06-10", "2024-07-10"
CARD = {"kkNumber": "9999010124990001"}


async def numbers(lives: Lives, event: Any) -> tuple[date | None, int]:
    """When the household that an event made was closed, and how many of its numbers are in use."""
    home = event.data["recordLifeEvent"]["household"]["id"].rsplit("-", 1)[1]
    async with lives.world.unit("51.02.06.2001") as unit:
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
