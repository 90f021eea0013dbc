"""What a part holds of a built schema: its declared fields, and the GraphQL types that came with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
)

from ..links import link_of
from ..mutation import MutationSpec, mutation_spec
from ..schema import Bound, Part, Schema
from ..shapes import Kind, Shape, shape_of
from ..sources import Connected, Door, Many, One

ROOTS = {Kind.ROOT: "Query", Kind.SUBSCRIPTION: "Subscription"}
"""Classes whose fields stand on the type of an operation, and which."""
OPERATIONS = ("Query", "Mutation", "Subscription")


@dataclass(frozen=True, eq=False)
class Held:
    """One declared field. `str()` is how its author finds it: class and Python name."""

    owner: Shape
    python_name: str
    bound: Bound

    def __str__(self) -> str:
        return f"{self.owner.cls.__name__}.{self.python_name}"

    @property
    def source(self) -> object:
        return self.bound.source


def shapes(part: Part) -> Iterator[Shape]:
    return (shape_of(cls) for cls in part.types)


def fields(schema: Schema, part: Part) -> Iterator[Held]:
    """The fields of the part's declared classes, those of its payloads aside."""
    for shape in shapes(part):
        if shape.kind in ROOTS:
            mine = {f.python_name for f in definition_of(shape.cls).fields}
            for bound in schema.bound[ROOTS[shape.kind]].values():
                if python_name(bound) in mine:
                    yield from _held(shape, bound)
            continue
        for bound in schema.bound.get(schema.type_of.get(shape.cls, ""), {}).values():
            if not isinstance(bound.source, Door):
                yield from _held(shape, bound)


def _held(shape: Shape, bound: Bound) -> Iterator[Held]:
    """A field that leads to a union or an interface is judged once for each class behind it."""
    source = bound.source
    if bound.target is not None or not isinstance(source, One | Many | Connected) or not bound.members:
        yield Held(shape, python_name(bound), bound)
        return
    for member in bound.members:
        own = replace(source, via=link_of(source.via, member.cls))
        yield Held(shape, python_name(bound), replace(bound, source=own, target=member))


def mutations(schema: Schema, part: Part) -> Iterator[tuple[MutationSpec, Bound]]:
    """The part's mutations with their fields."""
    mine = {mutation_spec(function).name for function in part.mutations}
    for bound in schema.bound.get("Mutation", {}).values():
        if isinstance(bound.source, MutationSpec) and bound.source.name in mine:
            yield bound.source, bound


def types(schema: Schema, part: Part) -> Mapping[str, GraphQLNamedType]:
    """The types that came into the schema with this part: declared, or first reached from there."""
    known: set[str] = set()
    for earlier in schema.parts[: schema.parts.index(part)]:
        known |= _reached(schema, earlier).keys()
    return {name: gtype for name, gtype in _reached(schema, part).items() if name not in known}


def definition_of(cls: object) -> Any:
    """Strawberry's record of a class."""
    return getattr(cls, "__strawberry_definition__")  # noqa: B009


def origin_of(gtype: GraphQLNamedType) -> type | None:
    """The Python class behind a GraphQL type; None for scalars and for the roots."""
    found = getattr(gtype.extensions.get("strawberry-definition"), "origin", None)
    return found if isinstance(found, type) and gtype.name not in OPERATIONS else None


def python_name(bound: Bound) -> str:
    definition: Any = bound.graphql.extensions.get("strawberry-definition")
    return str(definition.python_name) if definition is not None else bound.name


def _reached(schema: Schema, part: Part) -> Mapping[str, GraphQLNamedType]:
    found: dict[str, GraphQLNamedType] = {}
    waiting = list(_declared(schema, part))
    while waiting:
        gtype = waiting.pop()
        if gtype.name in found or is_introspection_type(gtype) or is_specified_scalar_type(gtype):
            continue
        whose = schema.part_of.get(origin_of(gtype) or object)
        if whose is not None and whose is not part:
            continue
        found[gtype.name] = gtype
        waiting += _next(gtype)
    return found


def _declared(schema: Schema, part: Part) -> Iterator[GraphQLNamedType]:
    for held in fields(schema, part):
        yield from _named(held.bound)
        if held.owner.kind not in ROOTS:
            yield schema.graphql.type_map[schema.type_of[held.owner.cls]]
    for _, bound in mutations(schema, part):
        yield from _named(bound)


def _named(bound: Bound) -> Iterator[GraphQLNamedType]:
    yield bound.type
    yield from (get_named_type(argument.type) for argument in bound.graphql.args.values())


def _next(gtype: GraphQLNamedType) -> Iterable[GraphQLNamedType]:
    if isinstance(gtype, GraphQLObjectType | GraphQLInterfaceType):
        for field in gtype.fields.values():
            if not _is_door(field):
                yield get_named_type(field.type)
                yield from (get_named_type(argument.type) for argument in field.args.values())
    elif isinstance(gtype, GraphQLInputObjectType):
        yield from (get_named_type(field.type) for field in gtype.fields.values())
    elif isinstance(gtype, GraphQLUnionType):
        yield from gtype.types


def _is_door(field: Any) -> bool:
    definition = field.extensions.get("strawberry-definition")
    sources = dict(definition.metadata or {}).values() if definition is not None else ()
    return any(isinstance(source, Door) for source in sources)
