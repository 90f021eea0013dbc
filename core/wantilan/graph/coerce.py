"""Variables: from JSON to the values that resolvers and statements get, as the specification says.

graphql-core prints whole inputs in its messages, numbers of identity cards included. Here a fault is a path,
a code and an expected type; all faults are found in one walk. Results are those of graphql-core, except that
`out_type` of input objects is not called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, NoReturn

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    is_input_type,
    is_required_input_field,
    is_specified_scalar_type,
    type_from_ast,
)
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal

from ..errors import BadUserInput, FieldFault, LimitExceeded, Text
from .messages import exactly_one

INPUT_DEPTH = 64
"""Lists and objects inside each other, in one variable."""

MOST_FAULTS = 50
"""A refusal names at most as many: a long list of wrong values must not make a longer answer."""

REQUIRED = Text("Wajib diisi.", "Required.")
ONE_OF = Text("Isi tepat satu kolom, tidak dengan null.", "Give exactly one field, and not null.")

# An unknown key is named when it looks like a field; it could also be somebody's number.
_FIELD_LIKE = re.compile(r"(?!.*[0-9]{4})[_A-Za-z][_0-9A-Za-z]{0,39}")

Path = tuple[str | int, ...]


class Variable(NamedTuple):
    """One `$name: Type = default` of an operation."""

    name: str
    type: GraphQLInputType
    default: ValueNode | None


def coerce_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, raw: Mapping[str, object]
) -> dict[str, object]:
    """The values of an operation's variables, by name; an absent one without default is absent.

    `operation` is a validated one, `raw` is JSON. Raises BadUserInput with every fault, or LimitExceeded
    ("inputDepth").
    """
    return Variables(schema, operation).coerce(raw)


class Variables:
    """The variables of one operation. Keep it beside the plan: then nothing is looked up per request."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        declared: list[Variable] = []
        for node in operation.variable_definitions or ():
            type_ = type_from_ast(schema, node.type)
            if is_input_type(type_):
                declared.append(Variable(node.variable.name.value, type_, node.default_value))
        self.declared = tuple(declared)

    def coerce(self, raw: Mapping[str, object]) -> dict[str, object]:
        """See `coerce_variables`."""
        walk = Walk()
        coerced: dict[str, object] = {}
        for name, type_, default in self.declared:
            if name in raw:
                coerced[name] = walk.value(raw[name], type_, (name,))
            elif default is not None:
                coerced[name] = walk.literal(default, type_, (name,))
            elif isinstance(type_, GraphQLNonNull):
                walk.fault((name,), "REQUIRED", REQUIRED)
        if walk.faults:
            walk.refuse()
        return coerced


class Walk:
    """One walk over the values, collecting faults. In place of a faulty value stands Undefined."""

    def __init__(self) -> None:
        self.faults: list[FieldFault] = []

    def fault(self, path: Path, code: str, text: Text) -> object:
        self.faults.append(FieldFault(path, code, text))
        if len(self.faults) == MOST_FAULTS:
            self.refuse()
        return Undefined

    def refuse(self) -> NoReturn:
        raise BadUserInput(fields=self.faults)

    def value(self, value: object, type_: GraphQLInputType, path: Path) -> object:
        """The value as its type has it. `path` has one step per level, so its length is the depth."""
        if isinstance(type_, GraphQLNonNull):
            if value is None:
                return self.fault(path, "REQUIRED", REQUIRED)
            type_ = type_.of_type
        if value is None:
            return None
        if isinstance(type_, GraphQLScalarType):
            return self.scalar(value, type_, path)
        if isinstance(type_, GraphQLEnumType):
            return self.enum_value(value, type_, path)
        if len(path) > INPUT_DEPTH and isinstance(value, list | dict):
            raise LimitExceeded("inputDepth", INPUT_DEPTH)
        if isinstance(type_, GraphQLList):
            if isinstance(value, list):
                return [self.value(item, type_.of_type, (*path, index)) for index, item in enumerate(value)]
            return [self.value(value, type_.of_type, path)]
        if not isinstance(value, dict):
            return self.wrong_type(path, type_)
        return self.input_object(value, type_, path)

    def input_object(
        self, given: dict[str, object], type_: GraphQLInputObjectType, path: Path
    ) -> dict[str, object]:
        coerced: dict[str, object] = {}
        fields = type_.fields
        for name, field in fields.items():
            key = field.out_name or name
            if name in given:
                coerced[key] = self.value(given[name], field.type, (*path, name))
            elif is_required_input_field(field):
                self.fault((*path, name), "REQUIRED", REQUIRED)
            elif (default := coerce_default_value(field)) is not Undefined:
                coerced[key] = default
        for name in given:
            if name not in fields:
                self.unknown_field(name, type_, path)
        if exactly_one(type_) and (
            len(given) != 1 or len(coerced) != 1 or any(one is None for one in coerced.values())
        ):
            self.fault(path, "INVALID_VALUE", ONE_OF)
        return coerced

    def enum_value(self, value: object, type_: GraphQLEnumType, path: Path) -> object:
        if not isinstance(value, str):
            return self.wrong_type(path, type_)
        if value not in type_.values:
            text = Text(f"Bukan salah satu nilai {type_.name}.", f"Not one of the values of {type_.name}.")
            return self.fault(path, "UNKNOWN_VALUE", text)
        # Strawberry's types turn the stored value into the member of the enumeration here.
        member: object = type_.coerce_input_value(value)
        return member

    def scalar(self, value: object, type_: GraphQLScalarType, path: Path) -> object:
        if isinstance(value, list | dict) and _deeper_than(value, INPUT_DEPTH + 1 - len(path)):
            raise LimitExceeded("inputDepth", INPUT_DEPTH)
        try:
            coerced: object = type_.coerce_input_value(value)
        except Exception:
            coerced = Undefined
        if coerced is not Undefined:
            return coerced
        if is_specified_scalar_type(type_):
            return self.wrong_type(path, type_)
        text = Text(f"Bukan {type_.name} yang sah.", f"Not a valid {type_.name}.")
        return self.fault(path, "INVALID_VALUE", text)

    def literal(self, node: ValueNode, type_: GraphQLInputType, path: Path) -> object:
        """A default in the document. Validation judged it before."""
        value: object = coerce_input_literal(node, type_)
        return self.wrong_type(path, type_) if value is Undefined else value

    def wrong_type(self, path: Path, type_: GraphQLInputType) -> object:
        return self.fault(path, "WRONG_TYPE", Text(f"Harus bertipe {type_}.", f"Must be of type {type_}."))

    def unknown_field(self, name: str, type_: GraphQLInputObjectType, path: Path) -> None:
        shown = (*path, name) if _FIELD_LIKE.fullmatch(name) else path
        text = Text(f"Tidak dikenal dalam {type_.name}.", f"Not a field of {type_.name}.")
        self.fault(shown, "UNKNOWN_FIELD", text)


def _deeper_than(value: object, allowed: int) -> bool:
    """Whether lists and objects are nested deeper. Level by level, without recursion."""
    level = [value]
    for _ in range(allowed):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, list | dict)]
        if not level:
            return False
    return True


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
