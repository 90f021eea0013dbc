"""Names: what comes from a program can be told from its name."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
)

from ..schema import Part, Schema
from ..shapes import Kind, Shape
from . import holdings

NAMED = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType, GraphQLEnumType)


def name_faults(schema: Schema, part: Part) -> Iterator[str]:
    """Types, enumerations and inputs of a program begin with its prefix; a door's class names the door."""
    if part.core:
        return
    doors = {schema.type_of[shape.cls] for shape in holdings.shapes(part) if shape.kind is Kind.DOOR}
    begin = pascal(part.prefix)
    for name, gtype in sorted(holdings.types(schema, part).items()):
        if not (isinstance(gtype, GraphQLUnionType) or _is_declared(gtype)):
            continue
        if name in doors:
            if begin not in name and capital(part.door) not in name:
                yield f"{name} is a door and does not name it. Call it {_door_name(schema, name, begin)}."
        elif not name.startswith(begin):
            yield f"{name} does not begin with the program's prefix. Call it {begin}{name}."


def _is_declared(gtype: GraphQLNamedType) -> bool:
    """Whether an author's class stands behind a type, and not one of ours."""
    origin = holdings.origin_of(gtype)
    return isinstance(gtype, NAMED) and origin is not None and not origin.__module__.startswith("wantilan.")


def _door_name(schema: Schema, name: str, begin: str) -> str:
    shape: Shape | None = schema.shape_of_type(schema.graphql.type_map[name])
    target = shape.target.__name__ if shape is not None and shape.target is not None else ""
    return f"{target}{begin}"


def pascal(prefix: str) -> str:
    """`kartu_cerdas` -> `KartuCerdas`."""
    return "".join(capital(word) for word in prefix.split("_"))


def capital(word: str) -> str:
    return word[:1].upper() + word[1:]
