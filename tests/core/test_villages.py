"""A village's own things: its terms and place, its hamlets, and who heads them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.core.office import ONE, SINCE, Office, open_office

from wantilan.registry.codes import LifeEventKind, ResidentStatus
from wantilan.registry.heads import Term, appointment_faults, ending_fault
from wantilan.registry.life.recording import Act, record
from wantilan.registry.models import Hamlet
from wantilan.store.ids import uuid7
from wantilan.testing import BENGKEL, World

OTHERS = {
    "visitor": "FORBIDDEN", "neighbour": "NOT_FOUND", "kelian": "FORBIDDEN", "other_kelian": "FORBIDDEN",
    "agency": "FORBIDDEN", "resident": "FORBIDDEN", "operator": "FORBIDDEN",
}  # fmt: skip
"""Who may not manage a village: all but its own perbekel."""
VILLAGE = f'{{ village(code: "{BENGKEL}") {{ timeZone place terms {{ hamlet head hamletHead }} }} }}'


@pytest.fixture
async def office(world: World) -> Office:
    return await open_office(world)


async def hamlet(office: Office, name: str = "Banjar Anyar") -> str:
    """A new and empty hamlet's id."""
    reply = await office.change("addHamlet", "hamlet { id }", villageCode=BENGKEL, name=name)
    return str(reply.data["addHamlet"]["hamlet"]["id"])


# The village


async def test_a_village_changes_its_terms_place_and_zone_and_keeps_what_is_left_out(office: Office) -> None:
    place = {"type": "Point", "coordinates": [115.123456, -8.5]}
    await office.change(
        "updateVillage", "village { id }", villageCode=BENGKEL, terms={"head": " kepala  desa "}, place=place
    )
    found = (await office.ask(VILLAGE, "visitor"))["village"]
    terms = {"hamlet": "banjar", "head": "kepala desa", "hamletHead": "kelian banjar"}
    assert found == {"place": place, "timeZone": "Asia/Makassar", "terms": terms}
    reply = await office.change(
        "updateVillage",
        "village { place timeZone }",
        villageCode=BENGKEL,
        place=None,
        timeZone="Asia/Jakarta",
    )
    assert reply.data["updateVillage"]["village"] == {"place": None, "timeZone": "Asia/Jakarta"}
    assert ("village_changed", {}) in await office.events()


@ONE
async def test_every_faulty_field_of_a_village_is_named_at_once(office: Office) -> None:
    far = {"type": "Point", "coordinates": [200, 0]}
    long = "x" * 201
    await office.faults(
        "updateVillage",
        "perbekel",
        [
            ({"villageCode": BENGKEL}, {"input": "NOTHING_CHANGED"}),
            ({"villageCode": BENGKEL, "terms": {}}, {"input": "NOTHING_CHANGED"}),
            (
                {
                    "villageCode": "x", "timeZone": "Europe/Paris", "place": far,
                    "terms": {"hamlet": " ", "head": long, "hamletHead": "kelian"},
                },
                {
                    "villageCode": "NOT_A_REGION_CODE", "timeZone": "UNKNOWN_ZONE", "place": "NOT_A_POINT",
                    "terms.hamlet": "TEXT_EMPTY", "terms.head": "TEXT_TOO_LONG",
                },
            ),
        ],
    )  # fmt: skip


@ONE
async def test_nobody_but_its_perbekel_changes_a_village(office: Office) -> None:
    await office.refuses("updateVillage", OTHERS, villageCode=BENGKEL, timeZone="Asia/Jakarta")


# Hamlets


async def test_a_hamlet_is_added_renamed_and_removed_again(office: Office) -> None:
    id_ = await hamlet(office, "  Banjar   Anyar ")
    renamed = await office.change("renameHamlet", "hamlet { id name }", hamletId=id_, name="Banjar Baru")
    assert renamed.data["renameHamlet"]["hamlet"] == {"id": id_, "name": "Banjar Baru"}
    again = await office.change("renameHamlet", "hamlet { name }", hamletId=id_, name="BANJAR baru")
    assert again.data["renameHamlet"]["hamlet"] == {"name": "BANJAR baru"}, "its own name is no duplicate"
    removed = await office.change("removeHamlet", "village { hamlets { name } }", hamletId=id_)
    names = [one["name"] for one in removed.data["removeHamlet"]["village"]["hamlets"]]
    assert names == ["Banjar Kaja", "Banjar Kelod"]
    subjects = [subjects for name, subjects in await office.events() if name == "hamlet_changed"]
    assert len(subjects) == 4 and {*map(str, subjects)} == {str(subjects[0])}


@ONE
async def test_the_name_of_a_hamlet_is_unique_in_its_village(office: Office) -> None:
    kaja, kelod = await office.id(office.kaja), await office.id(office.kelod)
    await office.faults(
        "addHamlet",
        "perbekel",
        [
            ({"villageCode": BENGKEL, "name": "banjar  KAJA"}, {"name": "DUPLICATE_HAMLET"}),
            ({"villageCode": BENGKEL, "name": ""}, {"name": "TEXT_EMPTY"}),
            (
                {"villageCode": "x", "name": "y" * 201},
                {"villageCode": "NOT_A_REGION_CODE", "name": "TEXT_TOO_LONG"},
            ),
        ],
    )
    await office.faults(
        "renameHamlet",
        "perbekel",
        [
            ({"hamletId": kelod, "name": "Banjar Kaja"}, {"name": "DUPLICATE_HAMLET"}),
            ({"hamletId": "resident-1", "name": " "}, {"hamletId": "NOT_AN_ID", "name": "TEXT_EMPTY"}),
        ],
    )
    assert kaja != kelod


@ONE
async def test_residents_are_found_by_the_new_name_of_their_hamlet(office: Office) -> None:
    await office.change(
        "renameHamlet", "hamlet { id }", hamletId=await office.id(office.kaja), name="Banjar Suka Duka"
    )
    query = """query($text: String) { village(code: "%s") { residents(search: $text) { totalCount } } }"""
    for text, count in (("duka", 2), ("kaja", 0), ("kelod", 1)):
        found = await office.ask(query % BENGKEL, text=text)
        assert found["village"]["residents"]["totalCount"] == count, text


async def test_a_hamlet_to_which_anything_is_tied_stays(office: Office) -> None:
    """A household, somebody alone, a role that is held there; what nothing points at goes."""
    empty = await hamlet(office)
    with_role = await hamlet(office, "Banjar Peran")
    async with office.world.unit(BENGKEL) as unit:
        row = await unit.first(Hamlet, Hamlet.name == "Banjar Peran")
    assert row is not None
    await office.world.token("kelian", BENGKEL, hamlet=row.id)
    before = await office.dump()
    for id_ in (await office.id(office.kaja), await office.id(office.kelod), with_role):
        reply = await office.change("removeHamlet", "village { id }", hamletId=id_)
        assert (reply.codes, reply.errors[0]["extensions"]["rule"]) == (["RULE_VIOLATED"], "HAMLET_IN_USE")
    assert await office.dump() == before
    assert (await office.change("removeHamlet", "village { id }", hamletId=empty)).data


@ONE
async def test_nobody_but_the_perbekel_changes_hamlets(office: Office) -> None:
    empty = await hamlet(office)
    await office.refuses("addHamlet", OTHERS, villageCode=BENGKEL, name="Banjar Lain")
    await office.refuses("renameHamlet", OTHERS, hamletId=empty, name="Banjar Lain")
    await office.refuses("removeHamlet", OTHERS, hamletId=empty)


# Heads


async def head(office: Office, since: date | None, who: Any = None, at: Any = None) -> Any:
    return await office.change(
        "appointHamletHead", "head { since until resident { fullName } } hamlet { heads { since until } }",
        hamletId=await office.id(at or office.kaja), residentId=await office.id(who or office.wayan),
        since=since.isoformat() if since else None,
    )  # fmt: skip


async def test_a_new_head_ends_the_term_of_the_one_before(office: Office) -> None:
    await head(office, date(2021, 1, 1))
    reply = await head(office, date(2023, 6, 1), office.made)
    assert reply.data["appointHamletHead"] == {
        "head": {"since": "2023-06-01", "until": None, "resident": {"fullName": "Ni Made Contoh"}},
        "hamlet": {
            "heads": [
                {"since": "2021-01-01", "until": "2023-05-31"}, {"since": "2023-06-01", "until": None}
            ]
        },
    }  # fmt: skip
    ended = await office.change(
        "endHamletHead", "head { until } hamlet { head { since } }",
        hamletId=await office.id(office.kaja), until="2024-01-31",
    )  # fmt: skip
    assert ended.data["endHamletHead"] == {"head": {"until": "2024-01-31"}, "hamlet": {"head": None}}
    follows = await head(office, None)
    today = datetime.now(UTC).date()
    since = date.fromisoformat(follows.data["appointHamletHead"]["head"]["since"])
    assert abs((since - today).days) <= 1, "today in the village, if left out"


@ONE
async def test_nobody_heads_a_hamlet_twice_on_a_day_or_without_living_here(office: Office) -> None:
    await head(office, date(2022, 1, 1))
    async with office.world.unit(BENGKEL) as unit:
        gone = {"status": ResidentStatus.PINDAH, "household_id": None, "relationship": None}
        await record(
            unit,
            Act(
                kind=LifeEventKind.PINDAH_KELUAR, happened_on=date(2024, 1, 1), resident_id=office.putu.id,
                residents={office.putu.id: gone},
            ),
        )  # fmt: skip
        tomorrow = unit.today + timedelta(days=1)
    kaja, kelod = await office.id(office.kaja), await office.id(office.kelod)
    wayan, made, putu = [await office.id(one) for one in (office.wayan, office.made, office.putu)]

    def given(hamlet: str, who: str, since: str) -> dict[str, Any]:
        return {"hamletId": hamlet, "residentId": who, "since": since}

    await office.faults(
        "appointHamletHead",
        "perbekel",
        [
            (given(kaja, wayan, "2023-01-01"), {"residentId": "HEAD_ALREADY"}),
            (given(kaja, made, "2022-01-01"), {"since": "HEAD_LATER"}),
            (given(kaja, made, "2021-05-05"), {"since": "HEAD_LATER"}),
            (given(kelod, made, tomorrow.isoformat()), {"since": "IN_FUTURE"}),
            (given(kelod, made, "2023-02-29"), {"since": "NOT_A_DATE"}),
            (given(kelod, made, (SINCE - timedelta(days=1)).isoformat()), {"residentId": "NOT_ALIVE"}),
            (given(kelod, putu, "2023-01-01"), {"residentId": "NOT_ALIVE"}),
            (given(kelod, kelod, "2023-01-01"), {"residentId": "NOT_AN_ID"}),
            (
                given(wayan, "x", "x"),
                {"hamletId": "NOT_AN_ID", "residentId": "NOT_AN_ID", "since": "NOT_A_DATE"},
            ),
        ],
    )
    await office.faults(
        "endHamletHead",
        "perbekel",
        [
            ({"hamletId": kaja, "until": "2021-12-31"}, {"until": "BEFORE_TERM"}),
            ({"hamletId": kaja, "until": tomorrow.isoformat()}, {"until": "IN_FUTURE"}),
        ],
    )
    reply = await office.change("endHamletHead", "head { until }", hamletId=kelod)
    assert reply.errors[0]["extensions"]["rule"] == "HAMLET_WITHOUT_HEAD"


@ONE
async def test_nobody_but_the_perbekel_appoints_heads(office: Office) -> None:
    kaja, wayan = await office.id(office.kaja), await office.id(office.wayan)
    await office.refuses("appointHamletHead", OTHERS, hamletId=kaja, residentId=wayan)
    assert (await head(office, SINCE)).data
    await office.refuses("endHamletHead", OTHERS, hamletId=kaja)


def test_terms_never_overlap_whatever_was_entered_before() -> None:
    """The rule itself, over days around a term: before it, on its first and last day, after it."""
    first, second = uuid7(), uuid7()
    today = date(2026, 1, 1)
    ended = Term(first, date(2022, 1, 1), date(2022, 12, 31))
    table = [
        ([ended], second, date(2021, 12, 31), [("since", "HEAD_LATER")]),
        ([ended], second, date(2022, 12, 31), [("since", "HEAD_LATER")]),
        ([ended], second, date(2023, 1, 1), []),
        ([ended], first, date(2023, 1, 1), []),
        ([Term(first, date(2022, 1, 1), None)], second, date(2022, 1, 2), []),
        ([], None, today + timedelta(days=1), [("since", "IN_FUTURE")]),
    ]
    for terms, who, since, expected in table:
        found = [(name, fault.code) for name, fault in appointment_faults(terms, who, since, today)]
        assert found == expected, (terms, since)
    assert ending_fault(ended, date(2022, 1, 1), today) is None
