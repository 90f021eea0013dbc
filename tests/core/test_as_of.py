"""The question "as of a past date": who was what, where, and with whom on one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from wantilan.registry.codes import FamilyRelationship, LifeEventKind, MaritalStatus, ResidentStatus
from wantilan.registry.life.recording import Act, record
from wantilan.registry.models import Hamlet, HamletHead, Household, Resident
from wantilan.testing import BENGKEL, World

ENTRY, MOVE, WEDDING, DEATH = date(2020, 1, 1), date(2021, 3, 1), date(2022, 6, 5), date(2024, 2, 29)
HEAD, WIFE, CHILD = (
    FamilyRelationship.KEPALA_KELUARGA,
    FamilyRelationship.ISTRI,
    FamilyRelationship.ANAK,
)


@dataclass(frozen=True)
class Past:
    """Two hamlets, two households. The child of the first one marries into the second, in another hamlet; the
    first household moves; its old head dies, and his wife heads it.
    """

    world: World
    operator: str
    kaja: Hamlet
    kelod: Hamlet
    old: Household
    young: Household
    father: Resident
    mother: Resident
    child: Resident
    groom: Resident

    async def ask(self, row: str, thing: Any, fields: str, day: date | str | None, token: str = "") -> Any:
        """The answer to one question at a row, asked with the day in a variable."""
        key = await self.world.id_of(row, thing)
        query = f'query($day: Date) {{ node(id: "{key}") {{ ... on {row} {{ {fields} }} }} }}'
        said = day.isoformat() if isinstance(day, date) else day
        reply = await self.world.ask(query, token or self.operator, day=said)
        return reply.data["node"]


@pytest.fixture
async def past(world: World) -> Past:
    await world.open(BENGKEL)
    kaja, kelod = await world.hamlet(BENGKEL), await world.hamlet(BENGKEL, "Banjar Kelod")
    old, young = await world.household(BENGKEL, kaja), await world.household(BENGKEL, kelod)
    born = date(1960, 1, 1)
    father = await world.resident(BENGKEL, kaja, old, name="I Made Ayah", born=born, serial=1)
    mother = await world.resident(
        BENGKEL, kaja, old, name="Ni Made Ibu", born=born, serial=2, relationship=WIFE
    )
    child = await world.resident(BENGKEL, kaja, old, name="Ni Putu Anak", born=date(1999, 1, 1), serial=3)
    groom = await world.resident(BENGKEL, kelod, young, name="I Wayan Suami", born=date(1998, 1, 1), serial=4)
    async with world.unit(BENGKEL) as unit:
        wed = {"household_id": young.id, "relationship": WIFE, "hamlet_id": kelod.id}
        dead = {"status": ResidentStatus.MATI, "household_id": None, "relationship": None}
        moved: dict[UUID, Any] = {one.id: {"hamlet_id": kelod.id} for one in (father, mother, child)}
        await record(
            unit,
            Act(
                kind=LifeEventKind.PINDAH_BANJAR, happened_on=MOVE, household_id=old.id,
                residents=moved, households={old.id: kelod.id},
            ),
            Act(
                kind=LifeEventKind.KAWIN, happened_on=WEDDING, resident_id=child.id,
                residents={child.id: {"marital_status": MaritalStatus.KAWIN, **wed}},
            ),
            Act(
                kind=LifeEventKind.MATI, happened_on=DEATH, resident_id=father.id,
                residents={father.id: dead, mother.id: {"relationship": HEAD}},
            ),
        )  # fmt: skip
        await unit.add(
            HamletHead(hamlet_id=kaja.id, resident_id=father.id, since=ENTRY, until=date(2022, 12, 31)),
            HamletHead(hamlet_id=kaja.id, resident_id=groom.id, since=date(2023, 1, 1), until=None),
        )
    operator = await world.token("village_operator", BENGKEL)
    return Past(world, operator, kaja, kelod, old, young, father, mother, child, groom)


STATE = "state(asOf: $day) { status maritalStatus since until hamlet { name } }"


def state(status: str, married: str | None, since: date, until: date | None, hamlet: str) -> dict[str, Any]:
    return {
        "status": status, "maritalStatus": married, "since": since.isoformat(),
        "until": until.isoformat() if until else None, "hamlet": {"name": f"Banjar {hamlet}"},
    }  # fmt: skip


async def test_a_resident_is_what_he_was_on_the_day_from_its_first_to_its_last(past: Past) -> None:
    before_move, before_death = date(2021, 2, 28), date(2024, 2, 28)
    table = [
        (date(2019, 12, 31), None),
        (ENTRY, state("HIDUP", None, ENTRY, before_move, "Kaja")),
        (before_move, state("HIDUP", None, ENTRY, before_move, "Kaja")),
        (MOVE, state("HIDUP", None, MOVE, before_death, "Kelod")),
        (before_death, state("HIDUP", None, MOVE, before_death, "Kelod")),
        (DEATH, state("MATI", None, DEATH, None, "Kelod")),
        (date(2999, 12, 31), state("MATI", None, DEATH, None, "Kelod")),
        (None, state("MATI", None, DEATH, None, "Kelod")),
    ]
    for day, expected in table:
        found = await past.ask("Resident", past.father, STATE, day)
        assert found == {"state": expected}, day


async def test_a_household_shows_who_belonged_to_it_then_and_as_what(past: Past) -> None:
    fields = """state(asOf: $day) { members hamlet { name } }
      members(asOf: $day) { totalCount nodes { relationship resident { fullName } } }"""

    def household(hamlet: str, *members: str) -> Any:
        people = [m.split(": ") for m in members]
        return {
            "state": {"members": len(people), "hamlet": {"name": f"Banjar {hamlet}"}},
            "members": {
                "totalCount": len(people),
                "nodes": [{"relationship": r, "resident": {"fullName": name}} for r, name in people],
            },
        }  # fmt: skip

    def by_name(found: Any) -> Any:
        found["members"]["nodes"].sort(key=lambda node: node["resident"]["fullName"])
        return found

    father, mother, child = "KEPALA_KELUARGA: I Made Ayah", "ISTRI: Ni Made Ibu", "ANAK: Ni Putu Anak"
    table = [
        (ENTRY, household("Kaja", father, mother, child)),
        (MOVE, household("Kelod", father, mother, child)),
        (WEDDING, household("Kelod", father, mother)),
        (DEATH, household("Kelod", "KEPALA_KELUARGA: Ni Made Ibu")),
    ]
    for day, expected in table:
        assert by_name(await past.ask("Household", past.old, fields, day)) == expected, day
    before = await past.ask("Household", past.old, fields, date(2019, 6, 1))
    assert before == {"state": None, "members": {"totalCount": 0, "nodes": []}}
    ever = await past.ask("Household", past.old, "members(asOf: $day) { totalCount }", None)
    assert ever["members"]["totalCount"] == 4, "without a day all: the widow was wife and is head"


async def test_a_hamlet_shows_its_head_its_people_and_its_households_of_the_day(past: Past) -> None:
    fields = """head(asOf: $day) { resident { fullName } }
      residentStates(asOf: $day) { totalCount nodes { resident { fullName } } }
      householdStates(asOf: $day) { nodes { members } }"""
    table = [
        (ENTRY, "I Made Ayah", {"I Made Ayah", "Ni Made Ibu", "Ni Putu Anak"}, [3]),
        (date(2022, 12, 31), "I Made Ayah", set(), []),
        (date(2023, 1, 1), "I Wayan Suami", set(), []),
    ]
    for day, head, people, households in table:
        found = await past.ask("Hamlet", past.kaja, fields, day)
        assert found["head"]["resident"]["fullName"] == head, day
        assert {n["resident"]["fullName"] for n in found["residentStates"]["nodes"]} == people
        assert found["residentStates"]["totalCount"] == len(people)
        assert [n["members"] for n in found["householdStates"]["nodes"]] == households
    now = await past.ask("Hamlet", past.kaja, "head(asOf: $day) { since }", None)
    assert now == {"head": {"since": "2023-01-01"}}, "without a day the one who heads it now"


async def test_a_page_of_a_day_goes_on_behind_its_cursor(past: Past) -> None:
    query = """query($day: Date, $after: String) { village(code: "%s") {
      residentStates(asOf: $day, first: 3, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { resident { fullName } } } } }"""
    seen: list[str] = []
    after = None
    for more in (True, False):
        reply = await past.world.ask(query % BENGKEL, past.operator, day="2023-01-01", after=after)
        page = reply.data["village"]["residentStates"]
        assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (4, more)
        seen += [node["resident"]["fullName"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert sorted(seen) == ["I Made Ayah", "I Wayan Suami", "Ni Made Ibu", "Ni Putu Anak"]


async def test_any_day_is_one_statement_with_one_plan(past: Past) -> None:
    """The day is bound: another day is the same text with another value; no day is another text."""
    query = """query($day: Date) { village(code: "%s") { hamlets { head(asOf: $day) { since }
      residentStates(asOf: $day) { nodes { resident { memberships(asOf: $day) { relationship
        household { members(asOf: $day) { totalCount } } } } } } } } }"""
    await past.world.ask("{ me { actor } }", past.operator)
    texts: list[str] = []
    for day in (ENTRY.isoformat(), WEDDING.isoformat(), None):
        with past.world.counting() as seen:
            reply = await past.world.ask(query % BENGKEL, past.operator, day=day)
        assert reply.data["village"]["hamlets"]
        assert len(seen) == 1
        texts.append(seen[0].sql)
    assert texts[0] == texts[1] != texts[2]
    assert not any("2020" in text or "2022" in text for text in texts)


async def test_a_day_that_does_not_exist_is_refused_at_its_argument(past: Past) -> None:
    key = await past.world.id_of("Household", past.old)
    for text in ("2023-02-29", "yesterday"):
        for field in ("state(asOf: $day) { members }", "members(asOf: $day) { totalCount }"):
            query = f'query($day: Date) {{ node(id: "{key}") {{ ... on Household {{ {field} }} }} }}'
            reply = await past.world.ask(query, past.operator, day=text)
            assert reply.codes == ["BAD_USER_INPUT"]
            ((path, code),) = reply.faults.items()
            assert (path, code) == (f"node.{field.partition('(')[0]}.asOf", "NOT_A_DATE")


async def test_the_past_of_another_hamlet_is_as_closed_as_its_present(past: Past) -> None:
    """A head of one hamlet sees of a person who moved the days in his own."""
    kelian = await past.world.token("kelian", BENGKEL, hamlet=past.kaja.id)
    query = """query($day: Date) { village(code: "%s") {
      residentStates(asOf: $day) { totalCount nodes { since } } } }"""
    for day, count in ((ENTRY, 3), (WEDDING, 0)):
        reply = await past.world.ask(query % BENGKEL, kelian, day=day.isoformat())
        assert reply.data["village"]["residentStates"]["totalCount"] == count, day
        control = await past.world.ask(query % BENGKEL, past.operator, day=day.isoformat())
        assert control.data["village"]["residentStates"]["totalCount"] == 4


async def test_rows_that_overlap_do_not_multiply_what_they_hang_on(past: Past) -> None:
    """No index says that two rows never cover one day: then the one that began last is given, once."""
    async with past.world.unit(BENGKEL) as unit:
        await unit.add(
            HamletHead(
                hamlet_id=past.kaja.id, resident_id=past.mother.id, since=MOVE, until=date(2021, 12, 31)
            )
        )
    query = """query($day: Date) { village(code: "%s") {
      hamlets { head(asOf: $day) { resident { fullName } } } } }"""
    reply = await past.world.ask(query % BENGKEL, past.operator, day="2021-06-01")
    heads = [hamlet["head"] for hamlet in reply.data["village"]["hamlets"]]
    assert heads == [{"resident": {"fullName": "Ni Made Ibu"}}, None]
