"""The way of one request through the engine: what is planned once, what is refused before anything runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import strawberry

from wantilan.graph.executor import ReadingExecutor
from wantilan.graph.http import Asked
from wantilan.graph.schema import Schema
from wantilan.testing import BENGKEL, World

ASKED = Asked(
    query="", operation_name=None, variables={}, extensions={}, read_only=False, token=None, language="en",
    idempotency_key=None, request_id="r", client="c",
)  # fmt: skip


async def test_a_hash_alone_is_not_found_so_that_the_client_sends_the_document(world: World) -> None:
    asked = replace(ASKED, extensions={"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}})
    answer = await world.engine.answer(asked)
    assert b'"PERSISTED_QUERY_NOT_FOUND"' in answer.body


async def test_a_mutation_by_get_is_refused_and_nothing_runs(world: World) -> None:
    asked = replace(ASKED, read_only=True, query="mutation { __typename }")
    assert (await world.engine.answer(asked)).status == 405


async def test_the_same_question_is_planned_once(world: World, monkeypatch: Any) -> None:
    await world.open(BENGKEL)
    planned: list[object] = []
    real = world.engine.plan
    monkeypatch.setattr(world.engine, "plan", lambda *a: planned.append(a) or real(*a))
    question = "query ($code: RegionCode!, $n: Int) { village(code: $code) { name } villages(first: $n) { totalCount } }"
    for n in (1, 2, 3):
        assert (await world.ask(question, code=BENGKEL, n=n)).data["village"] == {"name": "Bengkel"}
    assert len(planned) == 1
    await world.ask(question, code=BENGKEL, n=None)
    assert len(planned) == 2


async def test_a_resolver_beside_planned_roots_reads_them_in_one_statement(world: World) -> None:
    await world.open(BENGKEL)
    with world.counting() as statements:
        reply = await world.ask(
            '{ me { actor } a: village(code: "51.02.06.2001") { code } b: village(code: "5102062001") { name } }'
        )
    assert reply.data == {"me": {"actor": "visitor"}, "a": {"code": BENGKEL}, "b": {"name": "Bengkel"}}
    assert len(statements) == 1


async def test_introspection_needs_a_token_that_may(world: World) -> None:
    question = "{ __schema { queryType { name } } }"
    await world.open(BENGKEL)
    operator = await world.token("village_operator", BENGKEL)
    world.engine.settings.introspection = False
    assert (await world.ask(question)).codes == ["FORBIDDEN"]
    assert (await world.ask(question, operator)).data["__schema"]["queryType"]["name"] == "Query"


def test_the_hooks_of_strawberry_and_graphql_core_that_we_rely_on_are_there() -> None:
    """Private API: when one of these moves, this test says so before anything else does."""
    executor = strawberry.schema.schema.StrawberryGraphQLCoreExecutionContext
    assert issubclass(ReadingExecutor, executor)
    for name in ("complete_value", "collect_subfields", "is_awaitable"):
        assert hasattr(executor, name)
    assert Schema.get_fields is not strawberry.Schema.get_fields
    assert callable(strawberry.Schema.get_fields)


async def test_get_fields_adds_doors_and_arguments(world: World) -> None:
    village = world.host.schema.graphql.type_map["Village"]
    assert "waste" in village.fields
    given = {"first", "after", "last", "before", "filter", "order", "search"}
    assert set(village.fields["residents"].args) == given
