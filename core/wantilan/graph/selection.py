"""Selection sets and arguments, as a plan needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from typing import Any

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableNode,
    coerce_input_literal,
    get_nullable_type,
    is_abstract_type,
)

from ..access.actor import Actor
from ..errors import BadUserInput, FieldFault, Language
from ..store.secrets import Keys
from .scalars import Faulty

Variables = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """What a plan may depend on (shape of actor and variables) and what it binds (their values)."""

    actor: Actor
    variables: Variables
    language: Language
    today: date
    refs: Mapping[str, Any] = field(default_factory=dict)
    """What a payload refers to, by response name: known once the mutation has run."""
    keys: Keys | None = field(default=None, repr=False)
    """Those of the deployment, for what is looked up under a keyed hash."""
    zone: tzinfo = UTC
    """The deployment's, for days of instants."""


@dataclass(frozen=True)
class Arg:
    """An argument: its value now decides the shape of a plan, `get` finds it again when the plan is used."""

    value: Any
    get: Callable[[Variables], Any]

    @property
    def given(self) -> bool:
        return self.value is not Undefined

    def elements(self) -> list[Arg]:
        """The members of a list."""
        return [Arg(v, lambda vs, i=i: self.get(vs)[i]) for i, v in enumerate(self.value)]  # type: ignore[misc]

    def items(self) -> list[tuple[str, Arg]]:
        """The entries of an input object."""
        return [(k, Arg(v, lambda vs, k=k: self.get(vs)[k])) for k, v in self.value.items()]  # type: ignore[misc]


def absent(value: Any = Undefined) -> Arg:
    return Arg(value, lambda variables: value)


class Selection:
    """Reads one operation: fields of a selection set with fragments merged, and arguments with their
    types.
    """

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Variables
    ) -> None:
        self.schema, self.fragments, self.variables = schema, fragments, variables

    def fields(
        self, gtype: GraphQLObjectType, sets: Iterable[SelectionSetNode]
    ) -> dict[str, list[FieldNode]]:
        """Response name -> the field nodes to be merged, in the order of the document."""
        found: dict[str, list[FieldNode]] = {}
        self._collect(gtype, sets, found, set())
        return found

    def _collect(
        self,
        gtype: GraphQLObjectType,
        sets: Iterable[SelectionSetNode],
        found: dict[str, list[FieldNode]],
        visited: set[str],
    ) -> None:
        for chosen in sets:
            for node in chosen.selections:
                if not self._included(node.directives or ()):
                    continue
                if isinstance(node, FieldNode):
                    key = node.alias.value if node.alias else node.name.value
                    found.setdefault(key, []).append(node)
                    continue
                if isinstance(node, FragmentSpreadNode):
                    if node.name.value in visited:
                        continue
                    visited.add(node.name.value)
                    fragment: Any = self.fragments[node.name.value]
                else:
                    fragment = node
                condition = fragment.type_condition
                if condition is None or self._applies(condition.name.value, gtype):
                    self._collect(gtype, [fragment.selection_set], found, visited)

    def _applies(self, type_name: str, gtype: GraphQLObjectType) -> bool:
        if type_name == gtype.name:
            return True
        condition = self.schema.type_map[type_name]
        return is_abstract_type(condition) and self.schema.is_sub_type(condition, gtype)

    def _included(self, directives: Iterable[DirectiveNode]) -> bool:
        for directive in directives:
            if directive.name.value not in ("skip", "include"):
                continue
            node = (directive.arguments or ())[0].value
            value = (
                self.variables.get(node.name.value)
                if isinstance(node, VariableNode)
                else getattr(node, "value", None)
            )
            if value is (directive.name.value == "skip"):
                return False
        return True

    def argument(self, field: GraphQLField, node: FieldNode, name: str) -> Arg:
        """The argument's value, its default, or `absent()`."""
        defined = field.args.get(name)
        if defined is None:
            return absent()
        for given in node.arguments or ():
            if given.name.value == name:
                found = self._value(given.value, defined.type)
                if found.given:
                    return found
        return absent(_default(defined))

    def _value(self, node: ValueNode, type_: GraphQLInputType) -> Arg:
        if isinstance(node, VariableNode):
            key = node.name.value
            return Arg(self.variables.get(key, Undefined), lambda variables: variables.get(key, Undefined))
        if isinstance(node, NullValueNode):
            return absent(None)
        bare = get_nullable_type(type_)
        if isinstance(bare, GraphQLList):
            nodes = node.values if isinstance(node, ListValueNode) else [node]
            items = [self._value(item, bare.of_type) for item in nodes]
            return Arg(
                [item.value for item in items], lambda variables: [item.get(variables) for item in items]
            )
        if isinstance(bare, GraphQLInputObjectType) and isinstance(node, ObjectValueNode):
            return self._object(node, bare)
        return absent(_parsed(node, bare))

    def _object(self, node: ObjectValueNode, type_: GraphQLInputObjectType) -> Arg:
        entries: dict[str, Arg] = {}
        given = {field.name.value: field.value for field in node.fields}
        for name, defined in type_.fields.items():
            if name in given:
                found = self._value(given[name], defined.type)
                if found.given:
                    entries[defined.out_name or name] = found
                    continue
            if (default := _default(defined)) is not Undefined:
                entries[defined.out_name or name] = absent(default)
        return Arg(
            {key: arg.value for key, arg in entries.items()},
            lambda variables: {key: arg.get(variables) for key, arg in entries.items()},
        )


def _parsed(node: ValueNode, type_: Any) -> Any:
    return coerce_input_literal(node, type_)


def _default(defined: GraphQLArgument | GraphQLInputField) -> Any:
    """The default of an argument or input field, Undefined if there is none."""
    if defined.default is not None and defined.default.literal is None:
        return defined.default.value
    return defined.default_value


def enum_name(type_: Any, value: Any) -> str:
    """The GraphQL name of an enumeration's value, however it was coerced."""
    bare = get_nullable_type(type_)
    assert isinstance(bare, GraphQLEnumType)
    if isinstance(value, str) and value in bare.values:
        return value
    name = getattr(value, "name", None)
    if isinstance(name, str) and name in bare.values:
        return name
    return next(str(n) for n, v in bare.values.items() if v.value == value)


def good(value: Any, *path: str | int) -> Any:
    """A value that a lenient scalar found no fault with. Raises BadUserInput otherwise."""
    if isinstance(value, Faulty):
        raise BadUserInput(fields=[FieldFault(path, value.code, value.text)])
    return value


def shape_of_value(type_: GraphQLInputType, value: Any, tags: Mapping[str, Any]) -> Any:
    """All of a variable that decides SQL text: null or absent, booleans, enum names, keys of inputs (each by
    itself in a list of them: the branches of a filter), types of ids.

    Never the value of a scalar, never the length of a list of scalars.
    """
    if value is None or value is Undefined:
        return "null" if value is None else "absent"
    bare = get_nullable_type(type_)
    if isinstance(bare, GraphQLList):
        inner = get_nullable_type(bare.of_type)
        items = value if isinstance(value, list) else [value]
        if isinstance(inner, GraphQLInputObjectType):
            return tuple(shape_of_value(inner, item, tags) for item in items)
        if inner.name != "ID":
            return "list"
        return tuple(sorted({shape_of_value(inner, item, tags) for item in items}))
    if isinstance(bare, GraphQLInputObjectType):
        fields = {(f.out_name or name): f.type for name, f in bare.fields.items()}
        return tuple((key, shape_of_value(fields[key], item, tags)) for key, item in value.items())
    if isinstance(bare, GraphQLEnumType):
        return enum_name(bare, value)
    if isinstance(value, bool):
        return value
    if bare.name == "ID":
        tag = str(value).partition("-")[0]
        return tag if tag in tags else "?"
    return "given"
