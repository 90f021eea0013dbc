"""Descriptions are part of the product: every type, field, argument and enum value has one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
)

from ..schema import Part, Schema
from . import holdings

BELOW = "Write a string below {them}."


def sentence_faults(schema: Schema, part: Part) -> Iterator[str]:
    for shape in holdings.shapes(part):
        if shape.kind in holdings.ROOTS:
            bounds = [h.bound for h in holdings.fields(schema, part) if h.owner is shape]
            yield from _fields(shape.cls.__name__, {b.name: b.graphql for b in bounds}, shape.cls)
    for spec, bound in holdings.mutations(schema, part):
        if not spec.description.strip():
            yield f"The mutation {spec.name} has no description. Write a docstring."
        yield from _arguments(spec.name, bound.graphql)
    for name, gtype in sorted(holdings.types(schema, part).items()):
        yield from _type(name, gtype)


def _type(name: str, gtype: GraphQLNamedType) -> Iterator[str]:
    if not (gtype.description or "").strip():
        yield f"{name} has no description. Write a docstring below its first line."
    if isinstance(gtype, GraphQLEnumType):
        words = [word for word, value in gtype.values.items() if not value.description]
        yield from _missing(name, "value", words)
    elif isinstance(gtype, GraphQLInputObjectType):
        yield from _missing(name, "field", [n for n, f in gtype.fields.items() if not f.description])
    elif isinstance(gtype, GraphQLObjectType | GraphQLInterfaceType):
        yield from _fields(name, gtype.fields, holdings.origin_of(gtype))


def _fields(name: str, fields: Any, origin: type | None) -> Iterator[str]:
    """The host adds to a field's description what the field needs: asked is what its author wrote."""
    written = {f.python_name: f.description for f in _written(origin)}
    silent = []
    for field_name, field in fields.items():
        definition = field.extensions.get("strawberry-definition")
        key = getattr(definition, "python_name", field_name)
        if not written.get(key, field.description):
            silent.append(key)
        yield from _arguments(f"{name}.{key}", field)
    yield from _missing(name, "field", silent)


def _written(origin: type | None) -> Iterable[Any]:
    return getattr(holdings.definition_of(origin), "fields", ()) if origin is not None else ()


def _arguments(field: str, defined: Any) -> Iterator[str]:
    for name, argument in defined.args.items():
        if not argument.description:
            yield (
                f"The argument {name} of {field} has no description. "
                f"Write Annotated[…, strawberry.argument(description=…)]."
            )


def _missing(where: str, kind: str, names: list[str]) -> Iterator[str]:
    if len(names) == 1:
        yield f"{where}.{names[0]} has no description. {BELOW.format(them='it')}"
    elif names:
        listed = ", ".join(names)
        yield f"{where}: the {kind}s {listed} have no description. {BELOW.format(them='each')}"
