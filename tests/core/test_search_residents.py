"""The search for residents: who finds whom by what, in which order, and what nobody learns by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from wantilan.registry.codes import Sex
from wantilan.registry.models import (
    Hamlet,
    Household,
    HouseholdMember,
    HouseholdNumber,
    LifeEffect,
    LifeEvent,
    Resident,
    ResidentPeriod,
    ResidentToken,
)
from wantilan.registry.numbering import sealed_kk
from wantilan.registry.numbers import fictitious_kk, fictitious_nik
from wantilan.registry.searching import differing_residents, index_residents
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, Setting, World

ASK = "query($code: RegionCode!, $s: String) { village(code: $code) { residents(search: $s) { nodes { fullName } } } }"
BY_HAMLETS = """query($code: RegionCode!, $s: String) { village(code: $code) { hamlets { name
    residents(search: $s) { totalCount nodes { fullName } } } } }"""
BORN = "1990-05-17"
NAMES = (
    "I Wayan Sukra", "Ni Wayan Sutaria", "I Wy. Soekra", "I Made Sutarya", "Ni Luh Sukreni", "Ida Bagus Raka",
    "I.B. Oka", "Gst. Ngr. Dharma", "Ni Ketut Wayan", "Nyoman Suwarta",
)  # fmt: skip


@dataclass
class Scene:
    world: World
    kaja: Hamlet
    kelod: Hamlet
    house: Household
    people: dict[str, Resident]
    tokens: dict[str, str]

    async def found(self, who: str, text: str | None, code: str = BENGKEL) -> list[str]:
        reply = await self.ask(who, text, code)
        return [one["fullName"] for one in reply.data["village"]["residents"]["nodes"]]

    async def ask(self, who: str, text: str | None, code: str = BENGKEL, query: str = ASK) -> Reply:
        return await self.world.ask(query, self.tokens[who], code=code, s=text)


def nik(serial: int) -> str:
    return fictitious_nik(date.fromisoformat(BORN), Sex.PEREMPUAN, serial)


async def ten_people(world: World) -> Scene:
    """Ten people of Bengkel, the first three in one house of Banjar Kaja, the others in Kelod; one neighbour."""
    await world.open(BENGKEL, "kartu_cerdas")
    await world.open(NEIGHBOUR)
    kaja, kelod = await world.hamlet(BENGKEL, "Banjar Kaja"), await world.hamlet(BENGKEL, "Banjar Kelod")
    house = await world.household(BENGKEL, kaja)
    async with world.unit(BENGKEL) as unit:
        row = await unit.get(Household, house.id)
        assert row is not None
        row.address = "Jalan Melati No. 12A"
        stored = sealed_kk(world.keys, fictitious_kk(house.registered_on, 4321), house.id, unit.village.id)
        await unit.add(HouseholdNumber(household_id=house.id, since=house.registered_on, **stored))
    people = {}
    for number, name in enumerate(NAMES, start=1):
        home = (kaja, house) if number <= 3 else (kelod, None)
        people[name] = await world.resident(BENGKEL, *home, name=name, serial=number)
    there = await world.hamlet(NEIGHBOUR, "Banjar Tetangga")
    await world.resident(NEIGHBOUR, there, name="I Wayan Sukra Tetangga", serial=1)
    first = people[NAMES[0]]
    tokens = {
        "operator": await world.token("village_operator", BENGKEL),
        "officer": await world.token("village_operator", TABANAN),
        "kelian": await world.token("kelian", BENGKEL, hamlet=kelod.id),
        "kelian of kaja": await world.token("kelian", BENGKEL, hamlet=kaja.id),
        "resident": await world.token("resident", BENGKEL, resident=first.id),
        "card officer": await world.token("kartu_officer", BENGKEL),
        "neighbour": await world.token("village_operator", NEIGHBOUR),
    }
    return Scene(world, kaja, kelod, house, people, tokens)


@pytest.fixture
def wantilan_setting() -> Setting:
    return ten_people


FOUND: Sequence[tuple[str, Sequence[str]]] = (
    ("wayan", ("I Wayan Sukra", "I Wy. Soekra", "Ni Ketut Wayan", "Ni Wayan Sutaria")),
    ("WY", ("I Wayan Sukra", "I Wy. Soekra", "Ni Ketut Wayan", "Ni Wayan Sutaria")),
    ("wy sukra", ("I Wayan Sukra", "I Wy. Soekra")),
    ("sukra i wayan", ("I Wayan Sukra", "I Wy. Soekra")),
    ("way suk", ("I Wayan Sukra", "I Wy. Soekra")),
    ("soetarya", ("I Made Sutarya", "Ni Wayan Sutaria")),
    ("suk", ("I Wayan Sukra", "I Wy. Soekra", "Ni Luh Sukreni")),
    ("ib", ("I.B. Oka", "Ida Bagus Raka")),
    ("gusti ngurah darma", ("Gst. Ngr. Dharma",)),
    ("swarta", ("Nyoman Suwarta",)),
    ("wayan made", ()),
    ("kra", ()),
    ("kaja", ("I Wayan Sukra", "I Wy. Soekra", "Ni Wayan Sutaria")),
    ("melati 12a", ("I Wayan Sukra", "I Wy. Soekra", "Ni Wayan Sutaria")),
    ("wayan kelod", ("Ni Ketut Wayan",)),
    ("12", ("I Wayan Sukra", "I Wy. Soekra", "Ni Wayan Sutaria")),
    ("0004", ("I Made Sutarya",)),
    ("4321", ("I Wayan Sukra", "I Wy. Soekra", "Ni Wayan Sutaria")),
    ("' OR 1=1 --", ()),
    ("%", NAMES),
    (" I ", NAMES),
)


async def test_an_operator_finds_by_name_house_hamlet_and_digits_in_the_order_of_names(scene: Scene) -> None:
    for text, names in FOUND:
        expected = sorted(names, key=lambda name: scene.people[name].name_key)
        assert await scene.found("operator", text) == expected, text
        assert await scene.found("officer", text) == expected, text
    assert await scene.found("operator", None) == await scene.found("operator", "")


async def test_a_whole_nik_finds_one_by_its_keyed_hash(scene: Scene) -> None:
    written = nik(4)
    for text in (written, f"{written[:6]} {written[6:12]}.{written[12:]}"):
        for who in ("operator", "officer", "card officer"):
            assert await scene.found(who, text) == ["I Made Sutarya"], who
    assert await scene.found("operator", nik(9999)) == []
    assert await scene.found("neighbour", nik(1), NEIGHBOUR) == ["I Wayan Sukra Tetangga"]
    async with scene.world.database.transaction(BENGKEL) as session:
        stored = await session.scalars(sa.select(ResidentToken.token))
        assert not [token for token in stored if written in token]


async def test_who_sees_a_part_of_the_village_does_not_search_by_whole_niks(scene: Scene) -> None:
    for who in ("kelian", "resident"):
        reply = await scene.ask(who, nik(4))
        assert (reply.codes, "data" in reply.body) == (["FORBIDDEN"], False)
        assert reply.errors[0]["path"] == ["village", "residents"]
        assert nik(4) not in reply.text


async def test_a_search_finds_nobody_whom_the_list_does_not_show(scene: Scene) -> None:
    assert await scene.found("kelian", "wayan") == ["Ni Ketut Wayan"]
    assert await scene.found("kelian of kaja", "wayan") == [
        "I Wayan Sukra",
        "I Wy. Soekra",
        "Ni Wayan Sutaria",
    ]
    assert await scene.found("resident", "suk") == ["I Wayan Sukra", "I Wy. Soekra"]
    assert await scene.found("resident", "made") == []
    assert await scene.found("neighbour", "wayan", NEIGHBOUR) == ["I Wayan Sukra Tetangga"]
    reply = await scene.ask("neighbour", "wayan")
    assert reply.body["data"]["village"]["residents"] is None and reply.codes == ["FORBIDDEN"]
    assert "Sukra" not in reply.text


async def test_nobody_finds_by_what_he_is_not_shown(scene: Scene) -> None:
    """A search would tell it: who sees no houses must not find out who lives where."""
    home = ["I Wayan Sukra", "I Wy. Soekra", "Ni Wayan Sutaria"]
    assert await scene.found("kelian of kaja", "melati") == home
    assert await scene.found("kelian of kaja", "4321") == []  # the number of the KK is not for him
    assert await scene.found("kelian of kaja", "0001") == ["I Wayan Sukra"]
    assert await scene.found("resident", "4321 melati kaja") == home
    for text in ("melati", "kaja", "4321"):
        assert await scene.found("card officer", text) == []
    assert await scene.found("card officer", "wayan sukra") == ["I Wayan Sukra", "I Wy. Soekra"]


async def test_a_hamlet_is_searched_by_itself(scene: Scene) -> None:
    reply = await scene.ask("operator", "wayan", query=BY_HAMLETS)
    found = {
        h["name"]: [n["fullName"] for n in h["residents"]["nodes"]] for h in reply.data["village"]["hamlets"]
    }
    assert found == {
        "Banjar Kaja": ["I Wayan Sukra", "I Wy. Soekra", "Ni Wayan Sutaria"], "Banjar Kelod": ["Ni Ketut Wayan"],
    }  # fmt: skip
    assert [h["residents"]["totalCount"] for h in reply.data["village"]["hamlets"]] == [3, 1]


PAGED = """query($s: String, $first: Int, $after: String, $last: Int, $before: String, $order: ResidentOrder) {
    village(code: "51.02.06.2001") { residents(search: $s, first: $first, after: $after, last: $last, before: $before,
        order: $order) { totalCount edges { cursor node { fullName } } pageInfo { hasNextPage hasPreviousPage } } } }"""


@pytest.mark.parametrize("order", ["FULL_NAME_ASC", "FULL_NAME_DESC", "BIRTH_DATE_ASC"])
async def test_found_rows_come_in_pages_in_every_order_and_from_both_ends(scene: Scene, order: str) -> None:
    async def page(**window: Any) -> Any:
        reply = await scene.world.ask(PAGED, scene.tokens["operator"], s="s", order=order, **window)
        return reply.data["village"]["residents"]

    async def names(step: str, cursor: str) -> list[str]:
        seen: list[str] = []
        where: dict[str, Any] = {}
        while True:
            found = await page(**{step: 2}, **where)
            edges = found["edges"]
            part = [edge["node"]["fullName"] for edge in edges]
            seen = seen + part if step == "first" else part + seen
            if not found["pageInfo"]["hasNextPage" if step == "first" else "hasPreviousPage"]:
                return seen
            where = {cursor: edges[-1 if step == "first" else 0]["cursor"]}

    whole = await page(first=100)
    expected = [edge["node"]["fullName"] for edge in whole["edges"]]
    assert whole["totalCount"] == len(expected) == len(NAMES)  # one letter says nothing
    assert await names("first", "after") == await names("last", "before") == expected


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
async def test_a_cursor_of_somebody_whom_the_search_does_not_find_still_has_a_place(scene: Scene) -> None:
    edges = (await scene.world.ask(PAGED, scene.tokens["operator"], s="sutarya")).data["village"][
        "residents"
    ]["edges"]
    behind = await scene.world.ask(PAGED, scene.tokens["operator"], s="wayan", after=edges[0]["cursor"])
    assert edges[0]["node"]["fullName"] == "I Made Sutarya"
    assert len(behind.data["village"]["residents"]["edges"]) == 4


async def test_a_search_is_one_statement_whatever_it_looks_for(scene: Scene) -> None:
    await scene.found("operator", "wayan")
    with scene.world.counting() as statements:
        for text in ("wayan", "wy sukra melati 12", "", nik(4), "x y z"):
            await scene.found("operator", text)
    assert len(statements) == 5
    assert len({one.sql for one in statements}) == 1  # and one plan


REFUSED = (
    ("x" * 101, "searchCharacters", 100), ("a b c d e f g h rahasia", "searchWords", 8),
)  # fmt: skip


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
@pytest.mark.parametrize(("text", "limit", "allowed"), REFUSED)
async def test_a_text_has_limits_and_no_refusal_says_it(
    scene: Scene, caplog: pytest.LogCaptureFixture, text: str, limit: str, allowed: int
) -> None:
    reply = await scene.ask("operator", text)
    assert reply.codes == ["LIMIT_EXCEEDED"]
    extensions = reply.errors[0]["extensions"]
    assert (extensions["limit"], extensions["allowed"]) == (limit, allowed)
    assert text not in reply.text and "rahasia" not in reply.text and text not in caplog.text


async def test_no_log_says_what_was_searched(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    for text in (nik(4), "rahasia sekali"):
        await scene.found("operator", text)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scene.world.database.reader, "read", _broken)
            assert (await scene.ask("operator", text)).codes == ["INTERNAL_SERVER_ERROR"]
    assert "Broken" in caplog.text  # the control: the fault itself is logged
    for word in (nik(4), "rahasia", "sekali"):
        assert word not in caplog.text


class Broken(Exception):
    """A fault of the database, whose text may hold values."""


async def _broken(statement: Any) -> str:
    raise Broken(str(statement.values))


NOWHERE = """query($s: String) { region(code: "51.02.06") { villages { nodes { code residents(search: $s)
    { nodes { fullName } } } } } }"""


async def test_words_are_looked_for_in_many_villages_and_whole_niks_in_one(scene: Scene) -> None:
    found = await scene.world.ask(NOWHERE, scene.tokens["officer"], s="wayan sukra")
    villages = {v["code"]: len(v["residents"]["nodes"]) for v in found.data["region"]["villages"]["nodes"]}
    assert villages == {BENGKEL: 2, NEIGHBOUR: 1}
    reply = await scene.world.ask(NOWHERE, scene.tokens["officer"], s=nik(1))
    assert reply.codes == ["BAD_USER_INPUT"] and nik(1) not in reply.text


NODE = """query($id: ID!, $s: String) { node(id: $id) { ... on Hamlet { residents(search: $s) { nodes { fullName } } }
    ... on Village { residents(search: $s) { nodes { fullName } } } } }"""


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
async def test_a_whole_nik_is_looked_for_below_an_id_too(scene: Scene) -> None:
    village = await scene.world.id_of("Village", await _village(scene.world))
    for id_ in (village, await scene.world.id_of("Hamlet", scene.kelod)):
        reply = await scene.world.ask(NODE, scene.tokens["officer"], id=id_, s=nik(4))
        assert reply.data["node"]["residents"]["nodes"] == [{"fullName": "I Made Sutarya"}]


async def _village(world: World) -> Any:
    async with world.unit(BENGKEL) as unit:
        return await unit.own_village()


REGISTER = """mutation($input: RegisterResidentInput!, $s: String) { registerResident(input: $input) { resident { fullName
    village { residents(search: $s) { nodes { fullName } } } } } }"""


async def test_a_registered_resident_is_found_and_a_refused_one_is_not(scene: Scene) -> None:
    async def register(text: str | None, **more: Any) -> Reply:
        person = {
            "villageCode": BENGKEL, "fullName": "Dewa Gede Putra", "sex": "LAKI_LAKI", "birthDate": BORN,
            "hamletId": await scene.world.id_of("Hamlet", scene.kelod), **more,
        }  # fmt: skip
        return await scene.world.ask(REGISTER, scene.tokens["operator"], input=person, s=text)

    async def count() -> int:
        async with scene.world.database.transaction(BENGKEL) as session:
            return int(await session.scalar(sa.select(sa.func.count()).select_from(ResidentToken)) or 0)

    before = await count()
    for text, code in (("x" * 101, "LIMIT_EXCEEDED"), (nik(4), None)):
        reply = await register(text, **({} if code else {"sex": "LAKI_LAKI", "birthDate": "2099-01-01"}))
        assert reply.codes == [code or "BAD_USER_INPUT"]
        assert await count() == before
    reply = await register("dw gd putra")
    assert reply.data["registerResident"]["resident"]["village"]["residents"]["nodes"] == [
        {"fullName": "Dewa Gede Putra"}
    ]
    assert await count() > before
    assert await scene.found("kelian", "dewa") == ["Dewa Gede Putra"]


async def test_who_is_deleted_is_found_no_more(scene: Scene) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        gone = scene.people["I Made Sutarya"].id
        for column in (LifeEffect.resident_id, LifeEvent.resident_id, ResidentPeriod.resident_id,
                       HouseholdMember.resident_id, Resident.id):  # fmt: skip
            await unit.session.execute(sa.delete(column.class_).where(column == gone))
        assert await differing_residents(unit) == 0
    assert await scene.found("operator", "sutarya") == ["Ni Wayan Sutaria"]


async def test_what_was_changed_past_the_search_is_noticed_and_made_anew(scene: Scene) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        assert await differing_residents(unit) == 0
        hamlet = await unit.get(Hamlet, scene.kelod.id)
        assert hamlet is not None
        hamlet.name = "Banjar Tengah"
        await unit.flush()
        assert await differing_residents(unit) == 7
        assert await index_residents(unit, Resident.hamlet_id == hamlet.id) == 7
        assert await differing_residents(unit) == 0
    assert len(await scene.found("operator", "tengah")) == 7
    assert await scene.found("operator", "kelod") == []
