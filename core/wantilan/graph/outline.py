"""The outline of a schema: the tables in which `validity` looks up what a document names.

Made once for each schema; graphql-core would ask the types again for every document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_leaf_type,
    is_required_argument,
)


@dataclass(frozen=True)
class Slot:
    """A place for a value: the type, and whether the place has a default of its own."""

    type: GraphQLInputType
    default: object


@dataclass(frozen=True, eq=False)
class Selectable:
    """One field of a type. `below` is the table of what it returns, None for a leaf."""

    type_text: str
    slots: Mapping[str, Slot]
    required: tuple[str, ...]
    below: Composite | None


@dataclass(eq=False)
class Composite:
    """One object type, interface or union: its fields, and the names of the objects it may be."""

    possible: frozenset[str]
    fields: dict[str, Selectable] = field(default_factory=dict)


@dataclass(frozen=True)
class Allowed:
    """One directive: where it may stand, once or more often, and its arguments."""

    locations: frozenset[DirectiveLocation]
    repeatable: bool
    slots: Mapping[str, Slot]
    required: tuple[str, ...]


class Outline:
    """`composites` by the names of the types, `directives` by theirs, `roots` by operation."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.composites = _composites(schema)
        self.directives = {
            one.name: Allowed(
                frozenset(one.locations), one.is_repeatable, _slots(one.args), _required(one.args)
            )
            for one in schema.directives
            if one.name not in ("defer", "stream")  # rules of their own
        }
        self.roots = {
            operation: self.composites[root.name]
            for operation in OperationType
            if (root := schema.get_root_type(operation)) is not None
        }


def _composites(schema: GraphQLSchema) -> dict[str, Composite]:
    """All composite types. `__schema` and `__type` stay out: they are rare, and have a rule of their own."""
    found = {
        name: Composite(_possible(schema, type_))
        for name, type_ in schema.type_map.items()
        if is_composite_type(type_) and not name.startswith("__")
    }
    typename = Selectable("String!", {}, (), None)
    for name, composite in found.items():
        type_ = schema.type_map[name]
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, defined in type_.fields.items():
                composite.fields[field_name] = Selectable(
                    str(defined.type),
                    _slots(defined.args),
                    _required(defined.args),
                    _below(found, defined.type),
                )
        composite.fields["__typename"] = typename
    return found


def _below(found: Mapping[str, Composite], type_: GraphQLOutputType) -> Composite | None:
    named: GraphQLNamedType = get_named_type(type_)
    return None if is_leaf_type(named) else found[named.name]


def _possible(schema: GraphQLSchema, type_: GraphQLNamedType) -> frozenset[str]:
    if is_abstract_type(type_):
        assert isinstance(type_, GraphQLInterfaceType | GraphQLUnionType)
        return frozenset(one.name for one in schema.get_possible_types(type_))
    return frozenset({type_.name})


def _slots(arguments: Mapping[str, GraphQLArgument]) -> dict[str, Slot]:
    return {name: Slot(one.type, default_of(one)) for name, one in arguments.items()}


def _required(arguments: Mapping[str, GraphQLArgument]) -> tuple[str, ...]:
    return tuple(name for name, one in arguments.items() if is_required_argument(one))


def default_of(defined: GraphQLArgument | GraphQLInputField) -> object:
    return defined.default if defined.default is not None else defined.default_value
