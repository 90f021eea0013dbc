"""A transfer and a merge keep everything or change nothing: whatever fails, at whatever step, in either village."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from tests.core.notebook import TITLE, host_with
from tests.transfer.scene import MERGE, Scene

from wantilan import (
    Conflict,
    Program,
    ResidentFacts,
    Text,
    Unit,
    VillageFacts,
    hookimpl,
)
from wantilan.programs.host import Host
from wantilan.registry.models import LifeEffect, LifeEvent, Resident
from wantilan.testing import BENGKEL, NEIGHBOUR, Reply

Operation = Callable[[], Awaitable[Reply]]
INSTALLED = ("waste", "cctv_registry", "kartu_cerdas", "mail")


class Stubborn:
    """A program of which each duty writes, and then does what it is told to: nothing, refuse, break, leave."""

    def __init__(self) -> None:
        self.mood = ""
        self.asked: list[str] = []

    @hookimpl
    def wantilan_program(self) -> Program:
        return Program(name="stubborn", title=TITLE, summary=TITLE, version="1.0", api=">=0.1,<0.2")

    @hookimpl
    async def transfer_resident(
        self, leaving: ResidentFacts, arriving: ResidentFacts, source: Unit, target: Unit
    ) -> None:
        self.asked.append("transfer")
        for unit, facts in ((source, leaving), (target, arriving)):
            await self._act(unit, facts)

    @hookimpl
    async def merge_residents(
        self, kept: ResidentFacts, merged: ResidentFacts, village: VillageFacts, unit: Unit
    ) -> None:
        self.asked.append("merge")
        for facts in (kept, merged):
            await self._act(unit, facts)

    async def _act(self, unit: Unit, facts: ResidentFacts) -> None:
        row = await unit.get(Resident, facts.id)
        assert row is not None and row.village_id == unit.village.id
        row.birth_place = "Stubborn"
        await unit.flush()
        if self.mood == "refuses":
            raise Conflict(Text("Tidak mau.", "Will not."))
        if self.mood == "breaks":
            raise RuntimeError("I Wayan Contoh")
        if self.mood == "writes what cannot be":
            await unit.session.execute(
                sa.update(Resident).where(Resident.village_id == unit.village.id).values(full_name=None)
            )


STUBBORN = Stubborn()


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(STUBBORN, installed=INSTALLED)


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    yield
    STUBBORN.mood = ""


@pytest.fixture
async def accepting(scene: Scene) -> Operation:
    transfer = await scene.proposed("wayan", "luh", "putu")

    async def accept() -> Reply:
        return await scene.accept(transfer, "KEPALA_KELUARGA", "ISTRI", "ANAK")

    return accept


@pytest.fixture
async def merging(scene: Scene) -> Operation:
    await scene.register("again", "Wy. Contoh", phone="0813 000 111", temporaryNik=True)
    both = {"keptId": scene.ids["wayan"], "mergedId": scene.ids["again"], "fields": ["PHONE"]}

    async def merge() -> Reply:
        return await scene.ask("source", MERGE, input=both)

    return merge


@pytest.fixture(params=["accepting", "merging"])
def operation(request: pytest.FixtureRequest) -> Operation:
    found: Operation = request.getfixturevalue(request.param)
    return found


@contextmanager
def struck(scene: Scene, at: int) -> Iterator[list[str]]:
    """Fail before the statement of this number that the write door  sends."""
    engine, seen = scene.world.database.engine.sync_engine, list[str]()

    def before(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        seen.append(statement)
        if len(seen) == at:
            raise RuntimeError("struck")

    sa.event.listen(engine, "before_cursor_execute", before)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", before)


async def test_whatever_fails_nothing_is_changed_in_either_village(
    scene: Scene, operation: Operation
) -> None:
    """Struck at one step after the other, in growing strides, until no step is left and it is done."""
    before = await scene.everything()
    at, steps = 1, 0
    while True:
        with struck(scene, at) as seen:
            reply = await operation()
        if len(seen) < at:
            break
        # What is struck inside a duty is laid at the program's door.
        assert reply.codes in (["INTERNAL_SERVER_ERROR"], ["RULE_VIOLATED"]), (at, seen[-1])
        assert "struck" not in reply.text
        assert await scene.everything() == before, (at, seen[-1])
        at, steps = at * 3 // 2 + 1, steps + 1
    assert reply.errors == [] and steps > 6
    assert await scene.everything() != before


@pytest.mark.parametrize("mood", ["refuses", "breaks", "writes what cannot be"])
async def test_a_program_that_cannot_follow_is_named_and_nothing_is_done(
    scene: Scene, operation: Operation, mood: str
) -> None:
    before, STUBBORN.mood = await scene.everything(), mood
    reply = await operation()
    (error,) = reply.errors
    assert error["extensions"]["rule"] == "DUTY_REFUSED" and error["extensions"]["program"] == "stubborn"
    assert "Contoh" not in reply.text
    assert await scene.everything() == before
    STUBBORN.mood = ""
    assert (await operation()).errors == []
    assert await scene.everything() != before


async def test_programs_are_asked_though_no_village_has_enabled_them(
    scene: Scene, operation: Operation
) -> None:
    STUBBORN.asked.clear()
    assert (await operation()).errors == []
    assert STUBBORN.asked in (["transfer"] * 3, ["merge"])


async def test_nothing_that_was_recorded_is_lost(scene: Scene, operation: Operation) -> None:
    """Events and effects are only added; whoever lived in one of the villages lives in one of them still."""
    before = await scene.everything()
    assert (await operation()).errors == []
    after = await scene.everything()
    for model in (LifeEvent, LifeEffect):
        name = model.__tablename__
        assert set(before[name]) <= set(after[name]), name
    for name in before:
        assert len(after[name]) >= len(before[name]), name
    alive: list[str] = []
    for code in (BENGKEL, NEIGHBOUR):
        async with scene.world.unit(code) as unit:
            alive += [r.full_name for r in await unit.all(Resident) if r.status.name == "HIDUP"]
    assert sorted(alive) == ["I Nyoman Contoh", "I Wayan Contoh", "Ni Luh Contoh", "Putu Contoh"]
