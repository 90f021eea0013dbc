"""Pages: every row once, in the order asked for, up and down; and what is no cursor of this list."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from tests.system.scene import Scene, weighing

from wantilan import sort_key
from wantilan.registry.codes import Sex
from wantilan.registry.models import (
    Household,
    HouseholdMember,
    LifeEffect,
    LifeEvent,
    Resident,
    ResidentPeriod,
)
from wantilan.registry.numbers import fictitious_nik
from wantilan.testing import BENGKEL, NEIGHBOUR, Reply, World
from wantilan_waste.models import Facility, Intake, WasteFacilityKind

NAMES = (
    "Ni Luh Ayu", "ni luh ayu", "Ni Luh D’Arma", "Ni Luh Darma", "I Gede Ásana", "I Gede Asana", "Ördög", "Zulkarnaen",
    "zulkarnaen", "李明", "Ωmega", "Émilie", "I Wayan", "Ｉ　Ｗａｙａｎ", "ß Straße", "Strasse", "I Made 😀", "I Made",
)  # fmt: skip
"""Names that are equal once they are compared, that other alphabets hold, and that collations sort differently."""

PAGE = """query($n: Int, $after: String) {{ village(code: "51.02.06.2001") {{ {door} {field}(first: $n, after: $after{order})
  {{ nodes {{ id }} edges {{ cursor node {{ id }} }}
     pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} totalCount }} {close} }} }}"""


def page(field: str, order: str = "", door: str = "") -> str:
    ordered = f", order: {order}" if order else ""
    return PAGE.format(
        field=field, order=ordered, door=f"{door} {{" if door else "", close="}" if door else ""
    )


@pytest.fixture
async def crowd(world: World) -> World:
    """Bengkel with people, houses and weighings of which many are equal in what they are ordered by."""
    await world.open(BENGKEL, "waste")
    await world.open(NEIGHBOUR, "waste")
    chance = random.Random(5102)
    hamlet = await world.hamlet(BENGKEL)
    async with world.unit(BENGKEL) as unit:
        facility = Facility(name="TPS3R Bestari", kind=WasteFacilityKind.TPS3R)
        await unit.add(facility)
        people, houses, intakes = [], [], []
        for serial in range(1, 61):
            name, born = chance.choice(NAMES), date(1990, 1, chance.randint(1, 5))
            nik = fictitious_nik(born, Sex.PEREMPUAN, serial)
            people.append(
                Resident(
                    id=UUID(int=chance.getrandbits(128), version=4), village_id=unit.village.id, hamlet_id=hamlet.id,
                    full_name=name, name_key=sort_key(name), sex=Sex.PEREMPUAN, birth_date=born, registered_at=unit.now,
                    nik_hash=world.keys.fingerprint(nik, purpose="nik", village=unit.village.id),
                )
            )  # fmt: skip
            houses.append(Household(hamlet_id=hamlet.id, registered_on=date(2020, 1, chance.randint(1, 4))))
            made = weighing(unit, facility, chance.choice([5, 1_000, 9_999_999_999]))
            made.weighed_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=chance.randint(0, 3))
            intakes.append(made)
        await unit.add(*people, *houses, *intakes)
    return world


LISTS: Sequence[tuple[str, str, str, type[Any], Callable[[Any], Any]]] = (
    ("residents", "", "FULL_NAME", Resident, lambda r: (r.name_key, r.id.bytes)),
    ("residents", "", "BIRTH_DATE", Resident, lambda r: (r.birth_date, r.id.bytes)),
    ("households", "", "REGISTERED_ON", Household, lambda h: (h.registered_on, h.id.bytes)),
    ("intakes", "waste", "WEIGHED_AT", Intake, lambda i: (i.weighed_at, i.id.bytes)),
    ("intakes", "waste", "MASS", Intake, lambda i: (i.mass_grams, i.id.bytes)),
)
EVERY_LIST = pytest.mark.parametrize(
    "field, door, order, model, key", LISTS, ids=[f"{r[0]}-{r[2]}" for r in LISTS]
)


def rows_of(reply: Reply, field: str, door: str) -> Any:
    village = reply.data["village"]
    return (village[door] if door else village)[field]


async def all_pages(
    world: World, token: str | None, field: str, door: str, order: str, size: int
) -> list[Any]:
    pages: list[Any] = []
    after = None
    while not pages or pages[-1]["pageInfo"]["hasNextPage"]:
        reply = await world.ask(page(field, order, door), token, n=size, after=after)
        pages.append(rows_of(reply, field, door))
        after = pages[-1]["pageInfo"]["endCursor"]
        assert len(pages) < 100, "the pages never end"
    return pages


def require_every_row_once(pages: list[Any], expected: list[str]) -> None:
    """All sixty rows in their order, and what each page says of itself."""
    assert [n["id"].rsplit("-", 1)[1] for p in pages for n in p["nodes"]] == expected
    assert [e["node"] for p in pages for e in p["edges"]] == [n for p in pages for n in p["nodes"]]
    assert [p["pageInfo"]["hasNextPage"] for p in pages] == [True] * (len(pages) - 1) + [False]
    assert [p["pageInfo"]["hasPreviousPage"] for p in pages] == [False] + [True] * (len(pages) - 1)
    assert {p["totalCount"] for p in pages} == {60}
    for p in pages:
        assert p["pageInfo"]["startCursor"] == p["edges"][0]["cursor"]
        assert p["pageInfo"]["endCursor"] == p["edges"][-1]["cursor"]


@EVERY_LIST
@pytest.mark.parametrize("way", ["ASC", "DESC"])
async def test_paging_through_gives_every_row_once_in_order(
    crowd: World, field: str, door: str, order: str, model: type[Any], key: Callable[[Any], Any], way: str
) -> None:
    operator = await crowd.token("village_operator", BENGKEL)
    async with crowd.unit(BENGKEL) as unit:
        rows = sorted(await unit.all(model), key=key, reverse=way == "DESC")
    expected = [row.id.hex for row in rows]
    for size in (7, 60, 61):
        pages = await all_pages(crowd, operator, field, door, f"{order}_{way}", size)
        require_every_row_once(pages, expected)


BACK = """query($n: Int, $before: String) {{ village(code: "51.02.06.2001") {{ {door} {field}(last: $n, before: $before{order})
  {{ nodes {{ id }} edges {{ cursor node {{ id }} }}
     pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} totalCount }} {close} }} }}"""


@EVERY_LIST
@pytest.mark.parametrize("way", ["ASC", "DESC"])
async def test_paging_back_from_the_end_gives_every_row_once_in_the_same_order(
    crowd: World, field: str, door: str, order: str, model: type[Any], key: Callable[[Any], Any], way: str
) -> None:
    operator = await crowd.token("village_operator", BENGKEL)
    async with crowd.unit(BENGKEL) as unit:
        rows = sorted(await unit.all(model), key=key, reverse=way == "DESC")
    expected = [row.id.hex for row in rows]
    text = BACK.format(
        field=field,
        order=f", order: {order}_{way}",
        door=f"{door} {{" if door else "",
        close="}" if door else "",
    )
    for size in (7, 60, 61):
        pages: list[Any] = []
        before = None
        while not pages or pages[0]["pageInfo"]["hasPreviousPage"]:
            pages.insert(0, rows_of(await crowd.ask(text, operator, n=size, before=before), field, door))
            before = pages[0]["pageInfo"]["startCursor"]
            assert len(pages) < 100, "the pages never end"
        require_every_row_once(pages, expected)


BETWEEN = """query($first: Int, $last: Int, $after: String, $before: String) { village(code: "51.02.06.2001") {
  residents(first: $first, last: $last, after: $after, before: $before, order: BIRTH_DATE_DESC) {
    edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } } }"""


async def test_a_page_lies_between_two_cursors_whichever_way_it_is_read(crowd: World) -> None:
    operator = await crowd.token("village_operator", BENGKEL)

    async def asked(**given: Any) -> tuple[list[str], Any]:
        residents = (await crowd.ask(BETWEEN, operator, **given)).data["village"]["residents"]
        assert residents["totalCount"] == 60
        return [edge["cursor"] for edge in residents["edges"]], residents["pageInfo"]

    cursors, _ = await asked(first=60)
    between = {"after": cursors[9], "before": cursors[20]}
    for given, expected in (
        ({"first": 4}, cursors[10:14]), ({"last": 4}, cursors[16:20]), ({"first": 50}, cursors[10:20]), ({}, cursors[10:20]),
    ):  # fmt: skip
        found, info = await asked(**given, **between)
        assert found == expected
        assert (info["startCursor"], info["endCursor"]) == (expected[0], expected[-1])
        assert (info["hasPreviousPage"], info["hasNextPage"]) == (True, True)
    assert (await asked(after=cursors[20], before=cursors[9]))[0] == []
    assert (await asked(last=3))[0] == cursors[-3:]
    assert (await asked(last=0))[0] == []


@pytest.mark.parametrize(
    "given, code",
    [
        ({"first": 3, "last": 3}, "BAD_USER_INPUT"), ({"last": -1}, "BAD_USER_INPUT"), ({"last": 101}, "LIMIT_EXCEEDED"),
        ({"before": "x"}, "BAD_USER_INPUT"), ({"last": 2, "before": "BIRTH_DATE_ASC." + "0" * 32}, "BAD_USER_INPUT"),
        ({"last": 2, "before": "BIRTH_DATE_DESC." + "0" * 32}, "BAD_USER_INPUT"),
    ],
)  # fmt: skip
async def test_a_page_that_cannot_be_is_refused(crowd: World, given: Any, code: str) -> None:
    operator = await crowd.token("village_operator", BENGKEL)
    reply = await crowd.ask(BETWEEN, operator, **given)
    assert reply.codes == [code]
    assert reply.body.get("data") is None
    assert (await crowd.ask(BETWEEN, operator, last=2)).data  # the control


@pytest.mark.parametrize("order", ["CODE_ASC", "CODE_DESC", "NAME_ASC", "NAME_DESC"])
async def test_regions_page_through_in_every_order(world: World, order: str) -> None:
    text = """query($after: String) { region(code: "51.02") { children(first: 3, after: $after, order: <order>)
      { nodes { code name } pageInfo { hasNextPage endCursor } } } }""".replace("<order>", order)
    found: list[tuple[str, str]] = []
    after = None
    while True:
        children = (await world.ask(text, after=after)).data["region"]["children"]
        found += [(n["code"], n["name"]) for n in children["nodes"]]
        if not children["pageInfo"]["hasNextPage"]:
            break
        after = children["pageInfo"]["endCursor"]
    by_code, by_name = (lambda r: r[0]), (lambda r: (sort_key(r[1]), r[0]))
    expected = sorted(
        found, key=by_code if order.startswith("CODE") else by_name, reverse=order.endswith("DESC")
    )
    assert len(set(found)) == 10
    assert found == expected


@EVERY_LIST
async def test_without_an_order_the_first_one_holds(
    crowd: World, field: str, door: str, order: str, model: type[Any], key: Any
) -> None:
    operator = await crowd.token("village_operator", BENGKEL)
    default = {"residents": "FULL_NAME_ASC", "households": "REGISTERED_ON_ASC", "intakes": "WEIGHED_AT_ASC"}[
        field
    ]
    unordered = await crowd.ask(page(field, "", door), operator, n=30)
    ordered = await crowd.ask(page(field, default, door), operator, n=30)
    assert unordered.data == ordered.data


async def test_a_filter_pages_like_the_whole_list(crowd: World) -> None:
    operator = await crowd.token("village_operator", BENGKEL)
    text = """query($after: String) { village(code: "51.02.06.2001") { residents(first: 4, after: $after,
      filter: {birthDate: {gte: "1990-01-03"}}, order: BIRTH_DATE_DESC) { totalCount nodes { id birthDate }
      pageInfo { hasNextPage endCursor } } } }"""
    found: list[Any] = []
    after = None
    while True:
        people = (await crowd.ask(text, operator, after=after)).data["village"]["residents"]
        found += people["nodes"]
        if not people["pageInfo"]["hasNextPage"]:
            break
        after = people["pageInfo"]["endCursor"]
    async with crowd.unit(BENGKEL) as unit:
        chosen = [r for r in await unit.all(Resident) if r.birth_date >= date(1990, 1, 3)]
    expected = sorted(chosen, key=lambda r: (r.birth_date, r.id.bytes), reverse=True)
    assert [n["id"].rsplit("-", 1)[1] for n in found] == [r.id.hex for r in expected]
    assert people["totalCount"] == len(expected) > 8


async def test_rows_that_come_and_go_neither_repeat_nor_hide_others(crowd: World) -> None:
    operator = await crowd.token("village_operator", BENGKEL)
    first = (await crowd.ask(page("residents", "FULL_NAME_ASC"), operator, n=30)).data["village"]["residents"]
    hamlet = await crowd.hamlet(BENGKEL, "Banjar Kelod")
    await crowd.resident(BENGKEL, hamlet, name="A A Awal", serial=900)
    async with crowd.unit(BENGKEL) as unit:
        early = await unit.get(Resident, UUID(hex=first["nodes"][0]["id"].rsplit("-", 1)[1]))
        await unit.session.delete(early)
        await unit.flush()
    after = first["pageInfo"]["endCursor"]
    second = (await crowd.ask(page("residents", "FULL_NAME_ASC"), operator, n=100, after=after)).data[
        "village"
    ]["residents"]
    seen = [n["id"] for n in (*first["nodes"], *second["nodes"])]
    assert len(seen) == len(set(seen)) == 60


# The size of a page


@pytest.fixture
async def operator(scene: Scene) -> str | None:
    return scene.tokens["operator_bengkel"]


async def test_first_null_or_left_out_means_twenty(crowd: World) -> None:
    operator = await crowd.token("village_operator", BENGKEL)
    literal = '{ village(code: "51.02.06.2001") { residents(first: null) { nodes { id } } } }'
    replies = [
        await crowd.ask(page("residents"), operator, n=None),
        await crowd.ask(page("residents"), operator),
        await crowd.ask(literal, operator),
        await crowd.ask(literal.replace("(first: null)", ""), operator),
    ]
    assert [len(r.data["village"]["residents"]["nodes"]) for r in replies] == [20] * 4


async def test_first_zero_gives_no_row_but_counts_and_knows_of_more(crowd: World) -> None:
    operator = await crowd.token("village_operator", BENGKEL)
    people = (await crowd.ask(page("residents"), operator, n=0)).data["village"]["residents"]
    assert (people["nodes"], people["edges"], people["totalCount"]) == ([], [], 60)
    assert people["pageInfo"] == {
        "hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments, asked, answer",
    [
        ("first: 2", "hasPreviousPage", False),
        ("first: 0", "hasPreviousPage", False),
        ("first: 2", "__typename", "PageInfo"),
        ("last: 2", "hasNextPage", False),
        ("first: 2, before: $c", "hasNextPage", True),
        ("last: 2, after: $c", "hasPreviousPage", True),
    ],
)
async def test_a_page_of_which_no_row_is_looked_at_is_still_one_object(
    scene: Scene, arguments: str, asked: str, answer: Any
) -> None:
    """Nothing is folded over the rows here: not one object for each of them, nor none for an empty page."""
    text = f"""query($c: String) {{ village(code: "{BENGKEL}") {{ unused: residents(after: $c) {{ totalCount }}
      residents({arguments}) {{ totalCount pageInfo {{ {asked} }} }} }} }}"""
    cursor = f"FULL_NAME_ASC.{scene.bengkel.residents[0].id.hex}"
    village = (await scene.ask("operator_bengkel", text, c=cursor)).data["village"]
    assert village["residents"] == {"totalCount": 3, "pageInfo": {asked: answer}}


@pytest.mark.parametrize(
    "size, code", [(100, None), (101, "LIMIT_EXCEEDED"), (-1, "BAD_USER_INPUT"), (2**31, "BAD_USER_INPUT")]
)
async def test_a_page_has_at_most_a_hundred_rows(crowd: World, size: int, code: str | None) -> None:
    operator = await crowd.token("village_operator", BENGKEL)
    reply = await crowd.ask(page("residents"), operator, n=size)
    literal = await crowd.ask(
        f'{{ village(code: "{BENGKEL}") {{ residents(first: {size}) {{ totalCount }} }} }}', operator
    )
    assert reply.codes == ([code] if code else [])
    assert bool(literal.codes) == bool(code)
    if code:
        assert "data" not in reply.body and "data" not in literal.body


async def test_a_limit_says_its_name_and_number(crowd: World) -> None:
    reply = await crowd.ask("{ villages(first: 101) { totalCount } }")
    told = reply.errors[0]["extensions"]
    assert (told["limit"], told["allowed"]) == ("pageSize", 100)


async def test_an_empty_list_is_an_empty_page(world: World) -> None:
    await world.open(BENGKEL)
    operator = await world.token("village_operator", BENGKEL)
    people = (await world.ask(page("residents"), operator, n=5)).data["village"]["residents"]
    assert people == {
        "nodes": [], "edges": [], "totalCount": 0,
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }  # fmt: skip


# What is no cursor of this list


async def refused(scene: Scene, cursor: Any, order: str = "FULL_NAME_ASC", field: str = "residents") -> Reply:
    """The refusal of a cursor, literal or variable alike: coded, without data and without the cursor."""
    token = scene.tokens["operator_bengkel"]
    reply = await scene.world.ask(page(field, order), token, n=5, after=cursor)
    assert reply.codes == ["BAD_USER_INPUT"], (cursor, reply.text)
    assert reply.body.get("data") is None
    assert len(cursor) < 5 or cursor not in reply.text
    return reply


async def test_a_cursor_of_the_list_goes_on_from_its_row(scene: Scene) -> None:
    token = scene.tokens["operator_bengkel"]
    first = (await scene.world.ask(page("residents"), token, n=1)).data["village"]["residents"]
    rest = await scene.world.ask(page("residents"), token, n=5, after=first["pageInfo"]["endCursor"])
    assert len(rest.data["village"]["residents"]["nodes"]) == 2


async def test_a_cursor_that_is_none_is_refused(scene: Scene) -> None:
    row = scene.bengkel.residents[0].id
    for cursor in (
        "", " ", "garbage", "FULL_NAME_ASC", "FULL_NAME_ASC.", f".{row.hex}", row.hex, f"FULL_NAME_ASC.{row}",
        f"FULL_NAME_ASC.{row.hex}x", f"FULL_NAME_ASC.{row.hex[:-1]}", f"FULL_NAME_ASC.{row.hex.upper()}",
        f"full_name_asc.{row.hex}", f"FULL_NAME_ASC.{row.hex}.{row.hex}", "' OR 1=1 --", "FULL_NAME_ASC." + "g" * 32, "😀",
        "x" * 5_000, "FULL_NAME_ASC." + "٣" * 32,
    ):  # fmt: skip
        await refused(scene, cursor)


async def test_a_cursor_of_another_order_is_refused(scene: Scene) -> None:
    row = scene.bengkel.residents[0].id.hex
    for cursor in (f"FULL_NAME_DESC.{row}", f"BIRTH_DATE_ASC.{row}", f"ID.{row}"):
        await refused(scene, cursor)
    await refused(scene, f"FULL_NAME_ASC.{row}", "FULL_NAME_DESC")


async def test_a_cursor_of_another_list_or_village_or_of_nothing_is_refused(scene: Scene) -> None:
    for row in (scene.neighbour.residents[0].id, scene.bengkel.household.id, uuid4()):
        await refused(scene, f"FULL_NAME_ASC.{row.hex}")
    await refused(
        scene, f"REGISTERED_ON_ASC.{scene.bengkel.residents[0].id.hex}", "REGISTERED_ON_ASC", "households"
    )


@pytest.mark.parametrize("beside", ["", "me { actor }"])
async def test_a_foreign_cursor_is_refused_alike_beside_a_resolver(scene: Scene, beside: str) -> None:
    cursor = f"FULL_NAME_ASC.{scene.neighbour.residents[0].id.hex}"
    village = f'village(code: "{BENGKEL}") {{ residents(after: $c) {{ totalCount }} }}'
    asked = f"query($c: String) {{ {village} villages {{ totalCount }} {beside} }}"
    foreign = await scene.ask("operator_bengkel", asked, c=cursor)
    assert foreign.body["data"] is None
    assert [(e["extensions"]["code"], e["path"]) for e in foreign.errors] == [
        ("BAD_USER_INPUT", ["village", "residents"])
    ]
    mine = await scene.ask("operator_bengkel", asked, c=f"FULL_NAME_ASC.{scene.bengkel.residents[0].id.hex}")
    assert mine.data["village"]["residents"] == {"totalCount": 3}


async def test_a_cursor_of_a_row_that_vanished_is_refused(scene: Scene) -> None:
    row = scene.bengkel.residents[2]
    cursor = f"FULL_NAME_ASC.{row.id.hex}"
    token = scene.tokens["operator_bengkel"]
    before = await scene.world.ask(page("residents"), token, n=5, after=cursor)
    assert before.data["village"]["residents"]["nodes"] == []
    async with scene.world.unit(BENGKEL) as unit:
        whose = (LifeEffect.resident_id, LifeEvent.resident_id, ResidentPeriod.resident_id)
        for column in (*whose, HouseholdMember.resident_id, Resident.id):
            await unit.session.execute(sa.delete(column.class_).where(column == row.id))
    await refused(scene, cursor)


async def test_a_cursor_does_not_lead_out_of_a_narrower_list(scene: Scene) -> None:
    """The banjar's list takes no cursor of the village's list, unless the row is in both."""
    other = await scene.world.hamlet(BENGKEL, "Banjar Kelod")
    alone = await scene.world.resident(BENGKEL, other, name="A Kelod", serial=77)
    text = f'{{ node(id: "{scene.ids["Hamlet"]}") {{ ... on Hamlet {{ residents(after: "<c>") {{ nodes {{ fullName }} }} }} }} }}'
    token = scene.tokens["operator_bengkel"]
    outside = await scene.world.ask(text.replace("<c>", f"FULL_NAME_ASC.{alone.id.hex}"), token)
    inside = await scene.world.ask(
        text.replace("<c>", f"FULL_NAME_ASC.{scene.bengkel.residents[0].id.hex}"), token
    )
    assert outside.codes == ["BAD_USER_INPUT"]
    assert len(inside.data["node"]["residents"]["nodes"]) == 2


async def test_a_cursor_holds_neither_name_nor_date(scene: Scene) -> None:
    token = scene.tokens["operator_bengkel"]
    for order, row in (("FULL_NAME_ASC", "fullName"), ("BIRTH_DATE_ASC", "birthDate")):
        text = f'{{ village(code: "{BENGKEL}") {{ residents(order: {order}) {{ edges {{ cursor node {{ {row} }} }} }} }} }}'
        edges = (await scene.world.ask(text, token)).data["village"]["residents"]["edges"]
        assert all(e["node"][row] not in e["cursor"] for e in edges)
        assert {e["cursor"].partition(".")[0] for e in edges} == {order}


async def test_one_cursor_under_two_aliases_serves_both(scene: Scene) -> None:
    row = scene.bengkel.residents[0].id.hex
    text = f"""query($c: String) {{ village(code: "{BENGKEL}") {{ a: residents(after: $c) {{ nodes {{ id }} }}
      b: residents(after: $c, first: 1) {{ nodes {{ id }} }} }} }}"""
    village = (await scene.ask("operator_bengkel", text, c=f"FULL_NAME_ASC.{row}")).data["village"]
    assert (len(village["a"]["nodes"]), len(village["b"]["nodes"])) == (2, 1)


async def test_after_null_is_the_first_page(scene: Scene) -> None:
    reply = await scene.world.ask(page("residents"), scene.tokens["operator_bengkel"], n=5, after=None)
    assert len(reply.data["village"]["residents"]["nodes"]) == 3
