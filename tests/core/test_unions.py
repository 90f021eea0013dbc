"""Fields of a union or an interface: one row, whole lists and pages out of several tables, in one statement."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import pytest
import sqlalchemy as sa
from tests.core.notebook import host_with
from tests.system.explaining import explained, steps
from tests.system.scene import MARK, Scene, set_the_scene

from wantilan import (
    Connection,
    Hamlet,
    Household,
    Program,
    Resident,
    Text,
    Village,
    connection,
    door,
    entity,
    expression,
    hookimpl,
    interface,
    many,
    one,
    own_village,
    tables,
    union,
    within,
)
from wantilan.graph.recorder import Wall
from wantilan.programs.host import Host
from wantilan.testing import BENGKEL, Setting, World

LedgerThing = Annotated[
    Hamlet | Household | Resident, union("LedgerThing", "Anything of a village's register.")
]
Thing = Annotated[Hamlet | Household, union("Thing", "Anything.")]
OddThing = Annotated[Hamlet | Household, union("OddThing", "Anything.")]
LedgerHome = Annotated[Household | Hamlet, union("LedgerHome", "Where somebody belongs.")]


@interface
class LedgerDated:
    """What began on a day."""

    since: date
    """The first day."""


@entity(tables.HamletHead, read=[within("village.read"), own_village()], tag="ledger_head")
class LedgerHead(LedgerDated):
    """Who heads a hamlet."""


@entity(tables.HouseholdNumber, read=[within("village.read")], tag="ledger_number")
class LedgerNumber(LedgerDated):
    """A number of a household."""

    masked: str
    """Masked."""


@door(Village)
class VillageLedger:
    """The register of a village as one list."""

    things: Connection[LedgerThing] | None = connection()
    """All of it, in pages."""
    everything: list[LedgerThing] | None = many()
    """All of it, whole."""
    dated: list[LedgerDated] | None = many()
    """What began on a day."""
    dated_pages: Connection[LedgerDated] | None = connection()
    """The same in pages."""


@door(Resident)
class ResidentLedger:
    """Where somebody belongs."""

    home: LedgerHome | None = one()
    """The household; without one the hamlet."""


@door(Household)
class HouseholdLedger:
    """Figures of a household."""

    people: int | None = expression(
        lambda own, people: (
            sa.select(sa.func.count())
            .select_from(people)
            .where(people.c.village_id == own.c.village_id, people.c.household_id == own.c.id)
            .scalar_subquery()
        ),
        type=sa.Integer(),
        reads=[Resident],
    )
    """How many residents the reader may see in it."""


class Ledger:
    @hookimpl
    def wantilan_program(self) -> Program:
        return Program(
            name="ledger", title=Text("Buku", "Ledger"), summary=Text("Buku.", "A ledger."), version="1",
            api=">=0.1,<0.2",
            types=(LedgerDated, LedgerHead, LedgerNumber, VillageLedger, ResidentLedger, HouseholdLedger),
        )  # fmt: skip


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(Ledger(), installed=("waste",))


async def with_a_ledger(world: World) -> Scene:
    return await set_the_scene(world, programs=("ledger", "waste"))


@pytest.fixture
def wantilan_setting() -> Setting:
    return with_a_ledger


LEDGER = """{{ village(code: "51.02.06.2001") {{ ledger {{ {} }} }} }}"""
PAGED = "query($first: Int, $last: Int, $after: String, $before: String) "
NAMED = """__typename ... on Node { id } ... on Hamlet { called: name residents { totalCount } }
  ... on Household { address members { nodes { resident { fullName } } } } ... on Resident { called: fullName }"""
PAGE = PAGED + LEDGER.format(
    f"""things(first: $first, last: $last, after: $after, before: $before) {{ totalCount
    nodes {{ {NAMED} }} edges {{ cursor node {{ __typename ... on Node {{ id }} }} }}
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }}"""
)


async def rows(world: World) -> list[tuple[str, str]]:
    """Every thing of Bengkel by id, with its type: what the list must hold, in its order."""
    async with world.unit(BENGKEL) as unit:
        models = {"Hamlet": tables.Hamlet, "Household": tables.Household, "Resident": tables.Resident}
        found = [(row.id.hex, name) for name, model in models.items() for row in await unit.all(model)]
    return sorted(found)


async def test_a_whole_list_holds_the_rows_of_every_table_in_the_order_of_their_ids(scene: Scene) -> None:
    with scene.world.counting() as statements:
        reply = await scene.ask("operator_bengkel", LEDGER.format(f"everything {{ {NAMED} }}"))
    things = reply.data["village"]["ledger"]["everything"]
    assert [(t["id"].rsplit("-", 1)[1], t["__typename"]) for t in things] == await rows(scene.world)
    by_type = {t["__typename"]: t for t in things}
    assert by_type["Hamlet"]["residents"] == {"totalCount": 3}
    assert len(by_type["Household"]["members"]["nodes"]) == 3
    assert MARK in by_type["Resident"]["called"]
    assert len(statements) == 1


@pytest.mark.parametrize("backward", [False, True])
async def test_pages_go_through_all_tables_once_in_one_order(scene: Scene, backward: bool) -> None:
    expected = await rows(scene.world)
    pages: list[Any] = []
    cursor = None
    while not pages or pages[-1]["pageInfo"]["hasPreviousPage" if backward else "hasNextPage"]:
        given = {"last": 2, "before": cursor} if backward else {"first": 2, "after": cursor}
        reply = await scene.ask("operator_bengkel", PAGE, **given)
        pages.append(reply.data["village"]["ledger"]["things"])
        assert pages[-1]["totalCount"] == len(expected)
        cursor = pages[-1]["pageInfo"]["startCursor" if backward else "endCursor"]
        assert len(pages) < 10, "the pages never end"
    found = [n for page in (reversed(pages) if backward else pages) for n in page["nodes"]]
    assert [(n["id"].rsplit("-", 1)[1], n["__typename"]) for n in found] == expected
    for page in pages:
        assert [e["node"]["id"] for e in page["edges"]] == [n["id"] for n in page["nodes"]]
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]


async def test_a_cursor_of_the_neighbours_row_is_none_of_this_list(scene: Scene) -> None:
    for kind, code in (("other_Resident", ["BAD_USER_INPUT"]), ("Resident", [])):
        cursor = "ID." + scene.ids[kind].rsplit("-", 1)[1]
        assert (await scene.ask("operator_bengkel", PAGE, after=cursor)).codes == code


async def test_an_interface_is_read_from_every_table_that_shows_it(scene: Scene) -> None:
    text = """dated { __typename since ... on LedgerNumber { masked } }
      datedPages(last: 1) { totalCount nodes { since } }"""
    reply = await scene.ask("operator_bengkel", LEDGER.format(text))
    ledger = reply.data["village"]["ledger"]
    assert {(d["__typename"], d["since"]) for d in ledger["dated"]} == {
        ("LedgerHead", "2021-01-01"), ("LedgerNumber", "2020-01-01")
    }  # fmt: skip
    assert [d.get("masked") for d in ledger["dated"]].count(f"{MARK}0001") == 1
    assert ledger["datedPages"] == {"totalCount": 2, "nodes": [{"since": "2021-01-01"}]}


async def test_one_of_several_tables_is_the_first_that_has_a_row(scene: Scene) -> None:
    world = scene.world
    alone = await world.resident(BENGKEL, scene.bengkel.hamlet, name="Tanpa KK", serial=99)
    text = """query($id: ID!) { resident(id: $id) { ledger { home { __typename ... on Hamlet { name }
      ... on Household { address ledger { people } } } } } }"""
    housed = await scene.ask("operator_bengkel", text, id=scene.ids["Resident"])
    assert housed.data["resident"]["ledger"]["home"] == {
        "__typename": "Household", "address": f"Jalan {MARK} 7", "ledger": {"people": 3}
    }  # fmt: skip
    single = await scene.ask("operator_bengkel", text, id=await world.id_of("Resident", alone))
    assert single.data["resident"]["ledger"]["home"] == {"__typename": "Hamlet", "name": "Banjar Kaja"}


async def test_the_neighbour_gets_none_of_it_and_the_visitor_is_refused(scene: Scene) -> None:
    every = PAGE, LEDGER.format("everything { __typename }"), LEDGER.format("dated { since }")
    for text in every:
        other = await scene.ask("neighbour", text)
        assert other.codes == ["FORBIDDEN"]
        assert set(other.body["data"]["village"]["ledger"].values()) == {None}
        assert MARK not in other.text
        visitor = await scene.ask("visitor", text)
        assert visitor.codes == ["FORBIDDEN"]
        assert "data" not in visitor.body
        assert (await scene.ask("operator_bengkel", text)).data["village"]["ledger"]  # the control


async def test_a_type_that_the_reader_may_read_nowhere_is_left_out(scene: Scene) -> None:
    """The head of one banjar may read no numbers: his list holds the rest, and counts it."""
    world = scene.world
    resident = await world.token("resident", BENGKEL, resident=scene.bengkel.residents[0].id)
    reply = await world.ask(LEDGER.format("dated { __typename } datedPages { totalCount }"), resident)
    assert reply.data["village"]["ledger"] == {
        "dated": [{"__typename": "LedgerHead"}], "datedPages": {"totalCount": 1}
    }  # fmt: skip
    operator = await scene.ask(
        "operator_bengkel", LEDGER.format("dated { __typename } datedPages { totalCount }")
    )
    assert operator.data["village"]["ledger"]["datedPages"] == {"totalCount": 2}


async def test_an_explanation_names_each_table_and_those_that_the_reader_may_not_read(scene: Scene) -> None:
    world, query = scene.world, LEDGER.format("dated { since }")
    resident = await world.token("resident", BENGKEL, resident=scene.bengkel.residents[0].id)
    for token, hidden in (
        (scene.tokens["operator_bengkel"], []),
        (resident, ["LedgerNumber needs village.read"]),
    ):
        dated = steps(await explained(world, query, token))["village.ledger.dated"]
        assert dated.hidden == hidden
        assert [table.name for table in dated.tables] == ["hamlet_head", "household_number"][
            : 2 - len(hidden)
        ]
        assert all(table.wall is Wall.OWN for table in dated.tables)
        assert dated.source == "whole list of LedgerHead or LedgerNumber"
        assert dated.steps[0].coordinate == "LedgerHead.since"


async def test_an_expression_reads_other_tables_behind_their_walls(scene: Scene) -> None:
    """The collector reads no residents at all, the resident those of his household."""
    world = scene.world
    text = "query($id: ID!) { node(id: $id) { ... on Household { ledger { people } } } }"
    house = scene.ids["Household"]
    resident = await world.token("resident", BENGKEL, resident=scene.bengkel.residents[0].id)
    for token in (resident, scene.tokens["operator_bengkel"]):
        assert (await world.ask(text, token, id=house)).data["node"]["ledger"] == {"people": 3}
    collector = await scene.ask("collector", text, id=house)
    assert "people" not in collector.text


def test_a_union_whose_name_is_not_the_programs_stops_the_start() -> None:
    @door(Village)
    class VillageOdd:
        """Odd."""

        things: list[Thing] | None = many()
        """Things."""

    assert "Thing does not begin with the program's prefix. Call it OddThing." in _fault(VillageOdd)


def test_an_order_over_several_tables_stops_the_start() -> None:
    @door(Village)
    class VillageOdd:
        """Odd."""

        things: list[OddThing] | None = many(order=tables.Hamlet.name_key)
        """Things."""

    assert "VillageOdd.things leads to several tables, and order= names a column of one." in _fault(
        VillageOdd
    )


def test_a_list_that_not_all_may_read_must_be_nullable_for_each_type_behind_it() -> None:
    @door(Village)
    class VillageOdd:
        """Odd."""

        things: list[OddThing] = many()
        """Things."""

    assert "may see Household there" in _fault(VillageOdd)


def test_an_expression_that_names_a_table_it_was_not_given_stops_the_start() -> None:
    @door(Village)
    class VillageOdd:
        """Odd."""

        people: int = expression(
            lambda own: sa.select(sa.func.count(tables.Resident.id)).scalar_subquery(), type=sa.Integer()
        )
        """People."""

    assert "it names the table 'resident', and neither wall nor rule would stand before its rows" in _fault(
        VillageOdd
    )


def test_an_expression_that_promises_what_not_all_may_read_stops_the_start() -> None:
    @door(Village)
    class VillageOdd:
        """Odd."""

        people: int = expression(
            lambda own, people: sa.select(sa.func.count()).select_from(people).scalar_subquery(),
            type=sa.Integer(), reads=[Resident],
        )  # fmt: skip
        """People."""

    assert "promises a value, and not all who may read VillageOdd may see Resident there" in _fault(
        VillageOdd
    )


def _fault(*classes: type) -> str:
    from wantilan.errors import DeclarationError
    from wantilan.graph.checks import check_part
    from wantilan.graph.schema import Part, Schema
    from wantilan.registry.queries import TYPES as QUERIES
    from wantilan.registry.types import TYPES as CORE

    part = Part("odd", classes, door="odd", prefix="odd")
    schema = Schema([Part("registry", (*CORE, *QUERIES), core=True), part], {"programs": []})
    with pytest.raises(DeclarationError) as refused:
        check_part(schema, part)
    return str(refused.value)
