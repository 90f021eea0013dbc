"""The setting of the second wall: what it opens, what it never opens, and that it does not grow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa

from wantilan.access.actor import Actor, Held
from wantilan.access.permissions import PlaceKind
from wantilan.store.walls import IDS, MOST_IDS, SETTING, WHOLE_COUNTRY
from wantilan.store.write import open_village
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, World

on_postgres = pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
NOTHING = (
    "",
    ",",
    " ",
    "0",
    "x",
    "52",
    "51.02.06.3",
    "51.02.06.2001.1",
    "1,2,3,4,6,7,8,9",
    "*",
    "%",
    "{}",
    "NULL",
    IDS,
    f"{IDS}{UUID(int=1)}",
)


def actor(*places: str) -> Actor:
    return Actor(held=tuple(Held("x", frozenset(), PlaceKind.REGION, code) for code in places))


def test_an_actors_wall_names_no_place_that_lies_in_another() -> None:
    assert actor(BENGKEL, "51.02.06", NEIGHBOUR, "33").wall == "33,51.02.06"
    assert actor(BENGKEL, NEIGHBOUR).wall == f"{BENGKEL},{NEIGHBOUR}"
    assert actor().wall == ""


def test_an_actor_of_few_villages_brings_their_ids_and_one_of_many_their_codes() -> None:
    ids = tuple(UUID(int=n) for n in range(1, MOST_IDS + 2))
    few, many = (replace(actor(BENGKEL), villages=ids[:n]) for n in (2, MOST_IDS + 1))
    assert few.wall == f"{IDS}{ids[0]},{ids[1]}"
    assert many.wall == BENGKEL
    assert replace(actor(BENGKEL), villages=()).wall == BENGKEL  # a village that is not open yet: no row


def test_the_wall_of_the_country_is_one_text_whatever_else_is_held() -> None:
    assert actor("").wall == actor(BENGKEL, "", "33").wall == WHOLE_COUNTRY


@pytest.fixture
async def raw(world: World) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """The application's role itself, with one hamlet in each of two villages."""
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code)
        await world.hamlet(code)
    url = world.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    made = await asyncpg.connect(url)
    yield made
    await made.close()


async def seen(raw: asyncpg.Connection[asyncpg.Record], wall: str) -> int:
    async with raw.transaction():
        await raw.execute(f"SELECT set_config('{SETTING}', $1, true)", wall)
        return int(await raw.fetchval("SELECT count(*) FROM hamlet"))


@on_postgres
async def test_a_wall_opens_the_villages_under_its_codes_and_the_whole_country_all(
    raw: asyncpg.Connection[asyncpg.Record],
) -> None:
    for wall, villages in (
        (BENGKEL, 1), (f"{BENGKEL},{NEIGHBOUR}", 2), (TABANAN, 2), (f"33,{NEIGHBOUR}", 1), (WHOLE_COUNTRY, 2),
    ):  # fmt: skip
        assert await seen(raw, wall) == villages, wall


@on_postgres
async def test_ids_open_these_villages_and_no_other(raw: asyncpg.Connection[asyncpg.Record]) -> None:
    ids = dict(await raw.fetch("SELECT code, id::text FROM village"))
    assert await seen(raw, f"{IDS}{ids[BENGKEL]}") == 1
    assert await seen(raw, f"{IDS}{ids[BENGKEL]},{ids[NEIGHBOUR]}") == 2
    for faulty in (f"{IDS}{BENGKEL}", f"{IDS}{ids[BENGKEL]},", f"{IDS}'"):
        with pytest.raises(asyncpg.PostgresError):
            await seen(raw, faulty)


@on_postgres
async def test_anything_else_opens_nothing(raw: asyncpg.Connection[asyncpg.Record]) -> None:
    assert {wall: await seen(raw, wall) for wall in NOTHING} == dict.fromkeys(NOTHING, 0)
    assert await raw.fetchval("SELECT count(*) FROM hamlet") == 0


@on_postgres
async def test_a_mutations_first_question_sets_the_wall_of_its_village_alone(world: World) -> None:
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code)
        await world.hamlet(code)
    count = sa.text("SELECT count(*) FROM hamlet")
    async with world.database.transaction() as session:
        assert await session.scalar(count) == 0
        assert await open_village(session, "51.02.06.2999", None) is None
        assert await session.scalar(count) == 0
        opening = await open_village(session, BENGKEL, "waste")
        assert opening is not None
        assert (opening.row.code, opening.enabled) == (BENGKEL, False)
        assert await session.scalar(count) == 1


MASS = "waste { villagesCounted massByStream { stream mass } }"
LOOKS = {
    '{ village(code: "51.02.06.2001") { name residents { totalCount } } }': BENGKEL,
    '{ region(code: "51.02.06") { villages { nodes { hamlets { name } } } %s } }' % MASS: "51.02.06",  # noqa: UP031
    '{ a: village(code: "51.02.06.2001") { name } b: region(code: "33") { name } }': BENGKEL,
    '{ village(code: "51.02.06.2001") { region { %s } } }' % MASS: TABANAN,  # noqa: UP031
    '{ region(code: "51.02.06") { parent { %s } } }' % MASS: TABANAN,  # noqa: UP031
    '{ village(code: "51.02.06.2001") { name } villages { totalCount } }': TABANAN,
    '{ region(code: "33") { name } }': "",
}
"""What is asked, and the wall of an officer of Tabanan meanwhile: never more than his, and less where all lies inside."""


@on_postgres
async def test_the_wall_is_as_narrow_as_the_places_that_are_asked_for(world: World) -> None:
    await world.open(BENGKEL, "waste")
    token = await world.token("village_operator", TABANAN)
    for query, wall in LOOKS.items():
        with world.counting() as statements:
            assert not (await world.ask(query, token)).errors, query
        (statement,) = statements
        assert statement.values[0] == wall, query


@on_postgres
async def test_a_way_up_out_of_the_place_answers_like_the_straight_way(world: World) -> None:
    from tests.system.scene import set_the_scene

    scene = await set_the_scene(world)
    straight = await scene.ask("agency", '{ region(code: "51.02.06") { %s } }' % MASS)  # noqa: UP031
    over = await scene.ask("agency", '{ village(code: "51.02.06.2001") { region { %s } } }' % MASS)  # noqa: UP031
    assert over.data["village"]["region"] == straight.data["region"]
    assert straight.data["region"]["waste"]["villagesCounted"] == 2


def test_no_text_of_a_client_comes_into_the_setting() -> None:
    officer = actor(TABANAN)
    assert officer.wall_within([BENGKEL]) == BENGKEL
    assert officer.wall_within(["5", "51.02.06.2001,5", ""]) == TABANAN  # one is no code: no narrowing
    assert officer.wall_within(["51.03"]) == ""
    assert officer.wall_within(["51"]) == TABANAN
    assert actor("").wall_within([BENGKEL]) == BENGKEL
