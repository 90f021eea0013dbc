"""Households: the address, and the number of the KK from one day to another."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.core.office import ONE, Office, open_office

from wantilan.registry.models import HouseholdNumber
from wantilan.registry.numbering import opened_kk
from wantilan.registry.numbers import fictitious_kk
from wantilan.testing import BENGKEL, World

OTHERS = {
    "visitor": "FORBIDDEN", "neighbour": "NOT_FOUND", "kelian": "FORBIDDEN", "other_kelian": "FORBIDDEN",
    "agency": "FORBIDDEN", "resident": "FORBIDDEN",
}  # fmt: skip
"""Who may not change a household: all but the office, operator and perbekel."""
KK, SECOND = fictitious_kk(date(2020, 1, 2), 815), fictitious_kk(date(2021, 1, 2), 816)
NUMBERS = "household { numbers { masked since until } } number { masked }"


@pytest.fixture
async def office(world: World) -> Office:
    return await open_office(world)


async def number(office: Office, answer: str = NUMBERS, who: str = "operator", **input: Any) -> Any:
    given = {"householdId": await office.id(office.household), **input}
    return await office.change("changeKkNumber", answer, who, **given)


@ONE
async def test_an_address_is_written_and_taken_away(office: Office) -> None:
    household = await office.id(office.household)
    for who, given, kept in (("operator", " Jalan  Melati 1 ", "Jalan Melati 1"), ("perbekel", None, None)):
        reply = await office.change(
            "updateHousehold", "household { address }", who, householdId=household, address=given
        )
        assert reply.data["updateHousehold"]["household"] == {"address": kept}
    changed = [subjects for name, subjects in await office.events() if name == "household_changed"]
    assert changed == [{"household": str(office.household.id)}] * 2


async def test_a_new_number_ends_the_old_one_the_day_before(office: Office) -> None:
    await number(office, kkNumber=KK, since="2020-01-02")
    reply = await number(office, kkNumber=SECOND, since="2023-05-01")
    assert reply.data["changeKkNumber"] == {
        "household": {
            "numbers": [
                {"masked": "************0815", "since": "2020-01-02", "until": "2023-04-30"},
                {"masked": "************0816", "since": "2023-05-01", "until": None},
            ]
        },
        "number": {"masked": "************0816"},
    }
    async with office.world.unit(BENGKEL) as unit:
        rows = await unit.all(HouseholdNumber)
        opened = {opened_kk(office.world.keys, row.number_sealed, row.household_id) for row in rows}
    assert opened == {KK, SECOND}
    dump = await office.dump()
    assert KK not in dump and SECOND not in dump and "************0816" in dump


@ONE
async def test_residents_are_found_by_the_new_address_and_number(office: Office) -> None:
    household = await office.id(office.household)
    await office.change(
        "updateHousehold", "household { id }", "operator", householdId=household, address="Jalan Kamboja"
    )
    await number(office, kkNumber=KK)
    query = """query($text: String) { village(code: "%s") { residents(search: $text) { totalCount } } }"""
    for text, count in (("kamboja", 2), ("0815", 2), ("melati", 0)):
        found = await office.ask(query % BENGKEL, text=text)
        assert found["village"]["residents"]["totalCount"] == count, text


async def test_temporary_numbers_are_drawn_one_after_another_and_never_twice(office: Office) -> None:
    drawn = [await number(office, temporaryNumber=True, since=f"202{year}-01-01") for year in (1, 2, 3)]
    last = [reply.data["changeKkNumber"]["number"]["masked"][-4:] for reply in drawn]
    assert last == ["0001", "0002", "0003"]
    async with office.world.unit(BENGKEL) as unit:
        rows = await unit.all(HouseholdNumber)
        opened = sorted(opened_kk(office.world.keys, row.number_sealed, row.household_id) for row in rows)
    assert opened == [f"0510206200100{serial:03}" for serial in (1, 2, 3)]


@ONE
async def test_every_faulty_field_of_a_number_is_named_at_once(office: Office) -> None:
    await number(office, kkNumber=KK, since="2022-01-01")
    other = await office.world.household(BENGKEL, office.kelod)
    household, second = await office.id(office.household), await office.id(other)
    tomorrow = date(datetime.now(UTC).year + 1, 1, 1).isoformat()
    await office.faults(
        "changeKkNumber",
        "operator",
        [
            ({"householdId": second, "kkNumber": KK, "since": "2023-01-01"}, {"kkNumber": "DUPLICATE_KK"}),
            ({"householdId": household, "kkNumber": KK, "since": "2023-01-01"}, {"kkNumber": "DUPLICATE_KK"}),
            (
                {"householdId": household, "kkNumber": SECOND, "since": "2022-01-01"},
                {"since": "NUMBER_SINCE"},
            ),
            ({"householdId": second, "kkNumber": SECOND, "since": "2019-12-31"}, {"since": "NUMBER_SINCE"}),
            ({"householdId": second, "kkNumber": SECOND, "since": tomorrow}, {"since": "IN_FUTURE"}),
            ({"householdId": household}, {"kkNumber": "KK_TWICE"}),
            (
                {"householdId": household, "kkNumber": SECOND, "temporaryNumber": True, "since": "never"},
                {"kkNumber": "KK_TWICE", "since": "NOT_A_DATE"},
            ),
            ({"householdId": household, "kkNumber": "0510206200100009"}, {"kkNumber": "KK_TEMPORARY"}),
            ({"householdId": "x", "kkNumber": "12"}, {"householdId": "NOT_AN_ID", "kkNumber": "KK_LENGTH"}),
        ],
    )
    await office.faults(
        "updateHousehold",
        "operator",
        [
            ({"householdId": household}, {"input": "NOTHING_CHANGED"}),
            ({"householdId": "x", "address": " "}, {"householdId": "NOT_AN_ID", "address": "TEXT_EMPTY"}),
        ],
    )


@ONE
async def test_a_closed_household_gets_no_number(office: Office) -> None:
    closed = await office.world.household(BENGKEL, office.kelod)
    async with office.world.unit(BENGKEL) as unit:
        row = await unit.get(type(closed), closed.id)
        assert row is not None
        row.closed_on = date(2024, 1, 1)
    given = {"householdId": await office.id(closed), "kkNumber": KK}
    await office.faults("changeKkNumber", "operator", [(given, {"householdId": "HOUSEHOLD_CLOSED"})])


async def test_a_number_that_was_given_up_can_be_used_by_another_household(office: Office) -> None:
    await number(office, kkNumber=KK, since="2021-01-01")
    await number(office, kkNumber=SECOND, since="2022-01-01")
    other = await office.world.household(BENGKEL, office.kelod)
    reply = await number(office, householdId=await office.id(other), kkNumber=KK, since="2023-01-01")
    assert reply.data["changeKkNumber"]["number"] == {"masked": "************0815"}


@ONE
async def test_nobody_outside_the_office_changes_a_household(office: Office) -> None:
    household = await office.id(office.household)
    await office.refuses("updateHousehold", OTHERS, householdId=household, address="Jalan Lain")
    await office.refuses("changeKkNumber", OTHERS, householdId=household, kkNumber=KK)
    assert (await number(office, kkNumber=KK, who="perbekel")).data
