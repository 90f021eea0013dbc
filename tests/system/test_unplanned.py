"""Everything below a planned root is planned, and what is not stands on its page: the whole schema is walked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_object_type,
    is_required_argument,
)
from tests.system.pages import ROOT, plain, table_of

from wantilan.graph.explained import every
from wantilan.graph.provenance import RESOLVER
from wantilan.graph.schema import Schema
from wantilan.graph.selection import Request
from wantilan.graph.unplanned import unplanned_among, unplanned_roots
from wantilan.programs.host import Host
from wantilan.testing import BENGKEL, World

PAGE = ROOT / "docs" / "explain.md"
HEX = "0198c0de00007000800000000000beef"


@dataclass(frozen=True)
class Way:
    """How a type is reached: the text of a query around a selection of its fields."""

    before: str
    after: str

    def ask(self, selection: str) -> str:
        return f"{{ {self.before}{selection}{self.after} }}"

    def through(self, field: str) -> Way:
        return Way(f"{self.before}{field} {{ ", f" }}{self.after}")


def arguments(defined: GraphQLField, tag: str) -> str:
    """The arguments that must be given. Validation refuses the null of one that is not known here."""
    an_id = f'"{tag}-{HEX}-{HEX}"'
    known = {"code": f'"{BENGKEL}"', "id": an_id, "ids": f"[{an_id}]"}
    given = [f"{n}: {known.get(n, 'null')}" for n, one in defined.args.items() if is_required_argument(one)]
    return f"({', '.join(given)})" if given else ""


def below(schema: Schema, name: str, defined: GraphQLField, way: Way) -> Iterator[tuple[str, Way]]:
    """The object types behind a field, each with the way to it."""
    named: Any = get_named_type(defined.type)
    tags = {schema.type_of[shape.cls]: tag for tag, shape in schema.tags.items()}
    if is_abstract_type(named):
        for possible in schema.graphql.get_possible_types(named):
            asked = f"{name}{arguments(defined, tags.get(possible.name, ''))}"
            inner = way.through(asked)
            yield possible.name, Way(f"{inner.before}... on {possible.name} {{ ", f" }}{inner.after}")
    elif is_object_type(named):
        yield named.name, way.through(f"{name}{arguments(defined, tags.get(named.name, ''))}")


def ways(schema: Schema, roots: Mapping[str, GraphQLField]) -> dict[str, Way]:
    """Every object type that can be reached through these roots, each by a shortest way."""
    found: dict[str, Way] = {}
    todo = [pair for name, defined in roots.items() for pair in below(schema, name, defined, Way("", ""))]
    while todo:
        following: list[tuple[str, Way]] = []
        for type_name, way in todo:
            if type_name in found:
                continue
            found[type_name] = way
            gtype: Any = schema.graphql.type_map[type_name]
            for name, defined in gtype.fields.items():
                following += below(schema, name, defined, way)
        todo = following
    return found


def all_fields(gtype: GraphQLObjectType) -> str:
    """A selection of every field of a type."""
    return " ".join(
        f"{name} {{ __typename }}" if is_composite_type(get_named_type(defined.type)) else name
        for name, defined in gtype.fields.items()
    )


def split(schema: Schema) -> tuple[dict[str, GraphQLField], dict[str, GraphQLField]]:
    """The root fields that are planned, and those that are not."""
    query = schema.graphql.query_type
    assert query is not None
    apart = unplanned_roots(schema)
    planned = {name: field for name, field in query.fields.items() if name not in apart}
    return planned, {name: field for name, field in query.fields.items() if name in apart}


async def test_every_field_below_a_planned_root_is_planned(world: World) -> None:
    schema, engine = world.host.schema, world.engine
    await world.open(BENGKEL)
    resident = await world.resident(BENGKEL, await world.hamlet(BENGKEL))
    await world.token("platform_admin", "", name="everything")
    token = await world.token("resident", BENGKEL, resident=resident.id, name="everything")
    actor = await engine.resolve(token)
    request = Request(actor, {}, "en", datetime.now(engine.zone).date())
    reached = ways(schema, split(schema)[0])
    assert len(reached) > 40
    for type_name, way in reached.items():
        gtype = schema.graphql.type_map[type_name]
        assert isinstance(gtype, GraphQLObjectType)
        document = engine.documents.load(way.ask(all_fields(gtype)))
        prepared = engine.preparations.of(document, None)
        assert engine.planned(document, prepared, request) is not None, type_name
        (reading,) = engine.explained(document, prepared.operation, request).readings
        sources = {step.coordinate: step.source for step in every(reading.steps)}
        for name in gtype.fields:
            assert sources[f"{type_name}.{name}"] != RESOLVER, f"{type_name}.{name}"


@pytest.fixture
def schema(wantilan_host: Host) -> Schema:
    return wantilan_host.schema


def test_what_is_not_planned_stands_on_its_page(schema: Schema) -> None:
    written = {plain(row[0]): row[1] for row in table_of(PAGE, "root field", "types behind it")}
    assert written.keys() == set(unplanned_roots(schema))
    planned, apart = split(schema)
    beyond = ways(schema, apart).keys() - ways(schema, planned).keys()
    assert {
        plain(name) for row in written.values() for name in row.split(", ") if name.startswith("`")
    } == beyond


def test_together_they_are_all_that_can_be_asked(schema: Schema) -> None:
    """The control of the walk: no type of the schema is left out, those of mutations aside."""
    roots = (schema.graphql.query_type, schema.graphql.mutation_type, schema.graphql.subscription_type)
    found = {name for root in roots if root is not None for name in (root.name, *ways(schema, root.fields))}
    assert len(roots) == 3 and found == schema.bound.keys()


def test_a_resolver_below_the_root_would_be_noticed(schema: Schema) -> None:
    """The control: `Me.roles` is one, behind a root that is not planned."""
    planned, apart = split(schema)
    assert "Me" in ways(schema, apart)
    assert "Me" not in ways(schema, planned)
    assert schema.bound["Me"]["roles"].source is None


def test_an_operation_names_what_it_asks_for_once_and_never_an_alias(schema: Schema) -> None:
    from graphql import parse

    (operation,) = parse(
        "{ a: me { actor } b: me { actor } __schema { description } programs { name } }"
    ).definitions
    roots = [[node] for node in operation.selection_set.selections if isinstance(node, FieldNode)]  # type: ignore[attr-defined]
    assert unplanned_among(schema, roots) == ["me", "__schema"]
