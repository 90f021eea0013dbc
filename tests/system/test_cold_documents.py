"""Texts that were never seen: they wait for each other, not in front of those that are known; what they leave is bounded."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import pytest

from wantilan.graph.gate import Gate
from wantilan.graph.meter import CHARACTERS_PER_COST, Meter
from wantilan.graph.recent import Recent
from wantilan.testing import BENGKEL, Reply, World

HOT = "{ villages { totalCount } }"
SQLITE = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
"""Where a bounded statement is answered at once: the order of answers says who waited for whom."""


def cold(i: int) -> str:
    return f"{{ a{i}: villages {{ totalCount }} }}"


async def flood(world: World, hot: str, many: int = 40) -> list[str]:
    """One known question behind many new ones: who was answered, in order."""
    world.engine.meter.per_minute = 10_000
    await world.ask(hot)
    order: list[str] = []

    async def ask(name: str, text: str) -> None:
        assert (await world.ask(text)).status == 200
        order.append(name)

    tasks = [asyncio.create_task(ask("cold", cold(i))) for i in range(many)]
    await asyncio.gather(*tasks, asyncio.create_task(ask("hot", hot)))
    assert len(order) == many + 1
    return order


@SQLITE
@pytest.mark.parametrize("hot", [HOT, "{ me { actor } }"], ids=["planned", "resolved"])
async def test_a_known_question_waits_for_few_of_many_new_ones(world: World, hot: str) -> None:
    await world.open(BENGKEL)
    assert (await flood(world, hot)).index("hot") <= 3


@SQLITE
async def test_without_the_gate_it_waits_for_nearly_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def at_once(self: Gate, asker: object) -> Any:
        yield

    await world.open(BENGKEL)
    monkeypatch.setattr(Gate, "turn", at_once)
    assert (await flood(world, HOT)).index("hot") > 30


async def test_a_new_text_passes_the_gate_twice_and_then_never(world: World) -> None:
    await world.open(BENGKEL)
    gate = world.engine.gate
    before = gate.passed
    for _ in range(3):
        await world.ask(cold(1))
    assert gate.passed - before == 2, "read, and planned"
    for _ in range(3):
        await world.ask("{ nope }")
    assert gate.passed - before == 3, "a refused one is remembered as well"


async def test_who_floods_is_refused_and_others_are_answered(world: World) -> None:
    await world.open(BENGKEL)
    token = await world.token("village_operator", BENGKEL)
    await world.ask(HOT, token)  # the token is known from now on
    world.engine.gate.most_of_one = 5
    replies: list[Reply] = await asyncio.gather(
        *(world.ask(cold(i)) for i in range(20)), *(world.ask(cold(100 + i), token) for i in range(3))
    )
    refused = [reply for reply in replies if reply.status == 429]
    assert 0 < len(refused) < 20
    assert {code for reply in refused for code in reply.codes} == {"RATE_LIMITED"}
    assert refused[0].errors[0]["extensions"]["retryAfter"] == 1
    assert [reply.status for reply in replies[20:]] == [200] * 3
    assert (await world.ask(cold(19))).status == 200, "later it may"


async def test_reading_a_long_new_text_costs_more_and_only_once(world: World) -> None:
    await world.open(BENGKEL)
    note = "# " + "x" * 3 * CHARACTERS_PER_COST
    text = f"{HOT} {note}"
    left = []
    for question in (HOT, HOT, text, text, "{ nope } " + note, "{ nope } " + note, HOT):
        world.engine.meter = world.engine.library.meter = Meter(100)
        await world.ask(question)
        left.append(round(next(iter(world.engine.meter.buckets.values())).left))
    assert left == [99, 99, 96, 99, 96, 99, 99]


async def test_one_actor_cannot_make_the_server_remember_plans_without_end(world: World) -> None:
    await world.open(BENGKEL)
    world.engine.meter.per_minute = 10_000
    plans: Recent[Any, Any] = Recent(16, 10**6)
    world.engine.preparations.plans = plans
    declared = " ".join(f"$v{i}: Boolean!" for i in range(7))
    fields = " ".join(f"a{i}: villages @skip(if: $v{i}) {{ totalCount }}" for i in range(7))
    text = f"query ({declared}) {{ {fields} __typename }}"
    for shape in range(60):
        reply = await world.ask(text, **{f"v{i}": bool(shape >> i & 1) for i in range(7)})
        assert len(reply.data) == 8 - shape.bit_count()
        assert len(plans) <= 16
    assert len(plans) > 4, "the control: it does remember"
