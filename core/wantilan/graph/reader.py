"""A short way past the parser: from the tokens that the limits have counted to graphql-core's nodes.

graphql-core reads character by character; the tokens are there already. What ordinary clients do not write
(block strings, escapes, descriptions, definitions of types) and all that is wrong is "unusual": then
graphql-core parses the text, and writes the message. So whatever comes out here is what it would have made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar, cast

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    ConstDirectiveNode,
    ConstValueNode,
    DefinitionNode,
    DirectiveNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListTypeNode,
    ListValueNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    TypeNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
)

T = TypeVar("T")

_BEGINS_NAME = frozenset("_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_BEGINS_NUMBER = frozenset("-0123456789")
_INT = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_OPERATIONS = {operation.value: operation for operation in OperationType}
_END = ""


class Unusual(Exception):
    """Something that only graphql-core may read."""


def read(text: str, tokens: Sequence[str]) -> DocumentNode | None:
    """The document without places, None when graphql-core must parse it. `tokens` are what `scan` found."""
    if not text.isascii() and _holds_halves(text):
        return None
    try:
        return _Reader(tokens).document()
    except Unusual:
        return None


def _holds_halves(text: str) -> bool:
    """Whether there are halves of surrogate pairs: no characters, and an error wherever they stand."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


class _Reader:
    """`here` is the token to be read next. Recursion is as deep as brackets are nested, which has a limit."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = [token for token in tokens if token[0] != "#"]
        self.tokens.append(_END)
        self.at = 0
        self.here = self.tokens[0]

    # Tokens
    def step(self) -> str:
        """Take one token."""
        taken = self.here
        self.at += 1
        self.here = self.tokens[self.at] if taken else self.unusual()
        return taken

    def unusual(self) -> NoReturn:
        raise Unusual

    def expect(self, token: str) -> None:
        if self.here != token:
            raise Unusual
        self.step()

    def optional(self, token: str) -> bool:
        found = self.here == token
        if found:
            self.step()
        return found

    def until(self, end: str, read: Callable[[bool], T], const: bool) -> tuple[T, ...]:
        """Whatever stands before the closing bracket."""
        found: list[T] = []
        while self.here != end:
            found.append(read(const))
        self.step()
        return tuple(found)

    def many(self, begin: str, end: str, read: Callable[[bool], T], const: bool) -> tuple[T, ...] | None:
        """Nothing, or brackets with something in them."""
        if self.here != begin:
            return None
        self.step()
        return self.until(end, read, const) if self.here != end else self.unusual()

    def name(self) -> NameNode:
        if self.here[:1] not in _BEGINS_NAME:
            raise Unusual
        return NameNode(value=self.step())

    # Definitions
    def document(self) -> DocumentNode:
        definitions = [self.definition()]
        while self.here:
            definitions.append(self.definition())
        return DocumentNode(definitions=tuple(definitions))

    def definition(self) -> DefinitionNode:
        if self.here == "{":
            return OperationDefinitionNode(operation=OperationType.QUERY, selection_set=self.selections())
        keyword = self.step()
        if keyword == "fragment":
            return self.fragment_definition()
        operation = _OPERATIONS.get(keyword)
        if operation is None:
            raise Unusual
        return OperationDefinitionNode(
            operation=operation,
            name=self.name() if self.here[:1] in _BEGINS_NAME else None,
            variable_definitions=self.many("(", ")", self.variable_definition, True),
            directives=self.directives(False),
            selection_set=self.selections(),
        )

    def fragment_definition(self) -> FragmentDefinitionNode:
        if self.here == "on":
            raise Unusual
        name = self.name()
        self.expect("on")
        return FragmentDefinitionNode(
            name=name,
            variable_definitions=(),
            type_condition=NamedTypeNode(name=self.name()),
            directives=self.directives(False),
            selection_set=self.selections(),
        )

    def variable_definition(self, const: bool) -> VariableDefinitionNode:
        variable = self.variable()
        self.expect(":")
        return VariableDefinitionNode(
            variable=variable,
            type=self.type(),
            default_value=cast(ConstValueNode, self.value(const)) if self.optional("=") else None,
            directives=cast("tuple[ConstDirectiveNode, ...] | None", self.directives(const)),
        )

    def type(self) -> TypeNode:
        made: NamedTypeNode | ListTypeNode
        if self.optional("["):
            made = ListTypeNode(type=self.type())
            self.expect("]")
        else:
            made = NamedTypeNode(name=self.name())
        return NonNullTypeNode(type=made) if self.optional("!") else made

    # Selections
    def selections(self) -> SelectionSetNode:
        self.expect("{")
        return SelectionSetNode(selections=self.until("}", self.selection, False))

    def selection(self, const: bool) -> SelectionNode:
        if self.here == "...":
            return self.fragment()
        alias, name = None, self.name()
        if self.optional(":"):
            alias, name = name, self.name()
        here = self.here
        return FieldNode(
            alias=alias,
            name=name,
            arguments=self.many("(", ")", self.argument, const) if here == "(" else None,
            directives=self.directives(const) if self.here == "@" else None,
            selection_set=self.selections() if self.here == "{" else None,
        )

    def fragment(self) -> FragmentSpreadNode | InlineFragmentNode:
        self.step()
        narrows = self.optional("on")
        if not narrows and self.here[:1] in _BEGINS_NAME:
            return FragmentSpreadNode(name=self.name(), directives=self.directives(False))
        return InlineFragmentNode(
            type_condition=NamedTypeNode(name=self.name()) if narrows else None,
            directives=self.directives(False),
            selection_set=self.selections(),
        )

    def directives(self, const: bool) -> tuple[DirectiveNode, ...] | None:
        found: list[DirectiveNode] = []
        while self.optional("@"):
            found.append(DirectiveNode(name=self.name(), arguments=self.many("(", ")", self.argument, const)))
        return tuple(found) or None

    def argument(self, const: bool) -> ArgumentNode:
        name = self.name()
        self.expect(":")
        return ArgumentNode(name=name, value=self.value(const))

    # Values
    def variable(self) -> VariableNode:
        self.expect("$")
        return VariableNode(name=self.name())

    def value(self, const: bool) -> ValueNode:
        here = self.here
        first = here[:1]
        if first == "$" and not const:
            return self.variable()
        if first in _BEGINS_NAME:
            return _named(self.step())
        if first == '"':
            return _string(self.step())
        if first in _BEGINS_NUMBER:
            return _number(self.step())
        if here == "[":
            self.step()
            return ListValueNode(values=self.until("]", self.value, const))
        if here == "{":
            self.step()
            return ObjectValueNode(fields=self.until("}", self.object_field, const))
        raise Unusual

    def object_field(self, const: bool) -> ObjectFieldNode:
        name = self.name()
        self.expect(":")
        return ObjectFieldNode(name=name, value=self.value(const))


def _named(token: str) -> ValueNode:
    if token in ("true", "false"):
        return BooleanValueNode(value=token == "true")
    return NullValueNode() if token == "null" else EnumValueNode(value=token)


def _string(token: str) -> StringValueNode:
    """A text as it stands there: with a backslash, or of three quotes, it would not be."""
    if len(token) < 2 or token[-1] != '"' or "\\" in token or token.startswith('"""'):
        raise Unusual
    return StringValueNode(value=token[1:-1], block=False)


def _number(token: str) -> ValueNode:
    if _INT.fullmatch(token):
        return IntValueNode(value=token)
    if _FLOAT.fullmatch(token):
        return FloatValueNode(value=token)
    raise Unusual
