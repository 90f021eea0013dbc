"""Two mutations that wait for each other: the database ends one of them, and it runs again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
import strawberry
from tests.core.notebook import TITLE, host_with

from wantilan import (
    Hamlet,
    Info,
    Judge,
    Permission,
    PlaceKind,
    Program,
    Role,
    Village,
    hookimpl,
    input,
    mutation,
    payload,
    ref,
    tables,
)
from wantilan.errors import Unavailable
from wantilan.programs.host import Host
from wantilan.testing import BENGKEL, World

SWAP = """mutation($input: SwapTouchInput!) { swapTouch(input: $input) { village { code } } }"""
TRIED: list[str] = []


@input
class SwapTouchInput:
    """Which two rows are to be touched, one after the other."""

    first_id: strawberry.ID
    """The first."""
    second_id: strawberry.ID
    """The second."""


@payload
class SwapTouchPayload:
    """Where."""

    village: Village
    """The village."""


@mutation(needs="swap.touch")
async def swap_touch(info: Info, input: SwapTouchInput) -> SwapTouchPayload:
    """Touch two rows, one after the other."""
    judge = Judge(input)
    keys = judge.key(Hamlet, "first_id"), judge.key(Hamlet, "second_id")
    judge.check()
    assert keys[0] is not None
    async with info.context.write(keys[0].village_id) as unit:
        TRIED.append(input.first_id)
        for key in keys:
            assert key is not None
            row = await unit.get(tables.Hamlet, key.id, lock=True)
            assert row is not None
            row.name += "!"
            await unit.flush()
            await asyncio.sleep(0.05)
        unit.announce("swap.touched")
        village = await unit.own_village()
    return SwapTouchPayload(village=ref(Village, village))


class Swap:
    """A program whose one mutation takes rows in any order."""

    @hookimpl
    def wantilan_program(self) -> Program:
        return Program(
            name="swap", title=TITLE, summary=TITLE, version="1.0", api=">=0.1,<0.2", mutations=(swap_touch,),
            permissions=(Permission("swap.touch", TITLE),),
            roles=(Role("swap_toucher", TITLE, frozenset({"swap.touch"}), frozenset(PlaceKind)),),
        )  # fmt: skip


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(Swap())


async def test_whoever_is_sent_away_comes_again_and_everything_is_done_once(world: World) -> None:
    TRIED.clear()
    await world.open(BENGKEL, "swap")
    token = await world.token("swap_toucher", BENGKEL)
    rows = [await world.hamlet(BENGKEL, f"Banjar {name}") for name in ("Kaja", "Kelod")]
    one, two = [await world.id_of("Hamlet", row) for row in rows]
    asked: list[dict[str, Any]] = [{"firstId": one, "secondId": two}, {"firstId": two, "secondId": one}]
    replies = await asyncio.gather(
        *(world.ask(SWAP, token, key=f"k{n}", input=a) for n, a in enumerate(asked))
    )
    assert [reply.data["swapTouch"]["village"]["code"] for reply in replies] == [BENGKEL, BENGKEL]
    async with world.unit(BENGKEL) as unit:
        assert [row.name for row in await unit.all(tables.Hamlet)] == ["Banjar Kaja!!", "Banjar Kelod!!"]
    assert len(TRIED) == (3 if world.dialect == "postgresql" else 2)  # SQLite lets one in at a time


async def test_who_is_sent_away_every_time_is_told_to_try_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    TRIED.clear()
    await world.open(BENGKEL, "swap")
    token = await world.token("swap_toucher", BENGKEL)
    rows = [await world.hamlet(BENGKEL, f"Banjar {name}") for name in ("Kaja", "Kelod")]
    one, two = [await world.id_of("Hamlet", row) for row in rows]

    class Deadlock(Exception):
        sqlstate = "40P01"

    async def always(seconds: float) -> None:
        raise sa.exc.DBAPIError("UPDATE", {}, Deadlock())

    monkeypatch.setattr(asyncio, "sleep", always)
    given: Any = {"input": {"firstId": one, "secondId": two}}
    reply = await world.ask(SWAP, token, **given)
    monkeypatch.undo()
    assert reply.codes == [Unavailable.code]
    assert len(TRIED) == 3
    async with world.unit(BENGKEL) as unit:
        assert [row.name for row in await unit.all(tables.Hamlet)] == ["Banjar Kaja", "Banjar Kelod"]


@pytest.mark.parametrize("by", ["get", "first"])
async def test_a_row_that_is_held_is_as_it_is_then(world: World, by: str) -> None:
    await world.open(BENGKEL)
    hamlet = (await world.hamlet(BENGKEL)).id

    async def look_then_hold() -> str:
        async with world.unit(BENGKEL) as unit:
            known = await unit.get(tables.Hamlet, hamlet)
            assert known is not None
            looked.set()
            if by == "get":
                held = await unit.get(tables.Hamlet, hamlet, lock=True)
            else:
                held = await unit.first(tables.Hamlet, tables.Hamlet.id == hamlet, lock=True)
            assert held is known
            return held.name

    looked = asyncio.Event()  # on SQLite it looks only when nobody writes
    async with world.unit(BENGKEL) as unit:
        row = await unit.get(tables.Hamlet, hamlet, lock=True)
        assert row is not None
        late = asyncio.create_task(look_then_hold())
        if world.dialect == "postgresql":
            await asyncio.wait_for(looked.wait(), 5)
        await asyncio.sleep(0.1)
        row.name = "Baru"
    assert await late == "Baru"
