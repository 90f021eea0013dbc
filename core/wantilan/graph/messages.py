"""What we say of a document that does not parse or does not fit the schema: the place and what was expected.

graphql-core prints the tokens and literals it dislikes; a literal may be somebody's NIK. So syntax errors are
worded here, literals are judged by a rule of ours, and of graphql-core's other rules, which print names only,
long runs of digits are cut out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import cast

from graphql import (
    ArgumentNode,
    ASTValidationRule,
    ConstValueNode,
    DirectiveNode,
    EnumValueNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLSyntaxError,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectValueNode,
    SelectionSetNode,
    TokenKind,
    Undefined,
    ValidationRule,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VariableDefinitionNode,
    VariableNode,
    is_required_input_field,
    specified_rules,
)
from graphql.pyutils import did_you_mean, suggestion_list
from graphql.utilities import replace_variables

from ..errors import Text

LONGEST_MESSAGE = 300

_EXPECTED = re.compile(r"Expected ('\W{1,3}'|'[a-z]+'|<?[A-Za-z]+>?), found ('\W{1,3}'|<?[A-Za-z]+>?)[ .]")
_UNEXPECTED = re.compile(r"Unexpected ('\W{1,3}'|<?[A-Za-z]+>?)[ .]")
_KINDS = {kind.value for kind in TokenKind} | {f"'{kind.value}'" for kind in TokenKind}
_TOO_MUCH = "The document repeats too many fields or fragments to compare them all; ask for less at once."
_DIGITS = re.compile(r"[0-9]{6,}")


def syntax_text(error: GraphQLSyntaxError) -> Text:
    """Our words for a syntax error: the place, and the *kinds* of the tokens expected and found."""
    place = error.locations[0] if error.locations else None
    in_id, in_en = "Kesalahan sintaks", "Syntax error"
    if place is not None:
        in_id += f" di baris {place.line}, kolom {place.column}"
        in_en += f" at line {place.line}, column {place.column}"
    said = error.description
    if (match := _EXPECTED.match(said)) and match[2] in _KINDS:
        return Text(
            f"{in_id}: seharusnya {match[1]}, bukan {match[2]}.",
            f"{in_en}: expected {match[1]}, found {match[2]}.",
        )
    if (match := _UNEXPECTED.match(said)) and match[1] in _KINDS:
        return Text(f"{in_id}: {match[1]} tidak pada tempatnya.", f"{in_en}: unexpected {match[1]}.")
    if said == "Unterminated string.":
        return Text(f"{in_id}: teks tidak ditutup.", f"{in_en}: the string has no end.")
    if said.startswith("Invalid number"):
        return Text(f"{in_id}: angka salah tulis.", f"{in_en}: a malformed number.")
    return Text(f"{in_id}.", f"{in_en}.")


def validation_text(error: GraphQLError) -> Text:
    """The validator's message: English in both languages, bounded, without long runs of digits."""
    if error.message == "Validation aborted.":
        return Text(_TOO_MUCH, _TOO_MUCH)
    message = _DIGITS.sub("…", error.message)
    if len(message) > LONGEST_MESSAGE:
        message = message[: LONGEST_MESSAGE - 1] + "…"
    return Text(message, message)


def locations(error: GraphQLError) -> dict[str, object]:
    """The places of an error, as extensions of a refusal; the response writer lifts them."""
    if not error.locations:
        return {}
    return {"locations": [{"line": at.line, "column": at.column} for at in error.locations]}


def exactly_one(type_: GraphQLInputObjectType) -> bool:
    """Whether the input object is `@oneOf`; Strawberry marks its own definition, not graphql-core's type."""
    return type_.is_one_of or bool(getattr(type_.extensions.get("strawberry-definition"), "is_one_of", False))


class LiteralsFit(ValidationRule):
    """Literals in the document have the type of their place. Says place and type, never the literal."""

    def enter_argument(
        self, node: ArgumentNode, _key: object, _parent: object, _path: object, ancestors: Sequence[Node]
    ) -> None:
        holder = ancestors[-1]
        name = holder.name.value if isinstance(holder, FieldNode | DirectiveNode) else ""
        parent = self.context.get_parent_type()
        of = "@" if isinstance(holder, DirectiveNode) else f"{parent.name}." if parent else ""
        self._judge(node.value, f"{of}{name}({node.name.value}:)")

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: object) -> None:
        if node.default_value is not None:
            self._judge(node.default_value, f"${node.variable.name.value}")

    def _judge(self, node: ValueNode, place: str) -> None:
        type_ = self.context.get_input_type()
        if type_ is None:
            return
        for blamed, words in _misfits(node, type_, place):
            self.report_error(GraphQLError(words, blamed))


class SelectionsSelect(ValidationRule):
    """A selection set selects something. graphql-core lets `{ }` pass; the planner must not see it."""

    def enter_selection_set(self, node: SelectionSetNode, *_: object) -> None:
        if not node.selections:
            self.report_error(GraphQLError("Select at least one field between { and }.", node))


def rules_for(schema: GraphQLSchema) -> tuple[type[ASTValidationRule], ...]:
    """graphql-core's rules with ours in place of those that print values.

    The rules about `@defer` and `@stream` are left out of a schema that has neither: there they are unknown
    directives, refused as such, and judging them takes a tenth of the time of all rules.
    """
    incremental = schema.get_directive("defer") or schema.get_directive("stream")
    kept = [rule for rule in specified_rules if incremental or "StreamDirective" not in rule.__name__]
    ours = (LiteralsFit if rule is ValuesOfCorrectTypeRule else rule for rule in kept)
    return (*ours, SelectionsSelect)


Misfit = tuple[Node, str]


def _misfits(node: ValueNode, type_: GraphQLInputType, place: str) -> Iterator[Misfit]:
    """What is wrong with a literal: the node, and words without its value. Variables are judged elsewhere."""
    if isinstance(node, VariableNode):
        return
    if isinstance(type_, GraphQLNonNull):
        if isinstance(node, NullValueNode):
            yield node, f"{place}: expected {type_}, which is never null."
            return
        type_ = type_.of_type
    if isinstance(node, NullValueNode):
        return
    if isinstance(type_, GraphQLList):
        for item in node.values if isinstance(node, ListValueNode) else (node,):
            yield from _misfits(item, type_.of_type, place)
    elif isinstance(type_, GraphQLInputObjectType):
        yield from _object_misfits(node, type_, place)
    elif not fits_leaf(node, type_):
        yield node, f"{place}: expected {_leaf_words(node, type_)}"


def _object_misfits(node: ValueNode, type_: GraphQLInputObjectType, place: str) -> Iterator[Misfit]:
    if not isinstance(node, ObjectValueNode):
        yield node, f"{place}: expected an input object {type_.name}."
        return
    given = {field.name.value: field for field in node.fields}
    for name, defined in type_.fields.items():
        if name in given:
            yield from _misfits(given[name].value, defined.type, f"{type_.name}.{name}")
        elif is_required_input_field(defined):
            yield node, f"{place}: {type_.name}.{name} of type {defined.type} is required."
    for name, field in given.items():
        if name not in type_.fields:
            near = did_you_mean(suggestion_list(name, list(type_.fields)))
            yield field, f"{place}: {type_.name} has no field '{name}'.{near}"
    if exactly_one(type_) and (len(given) != 1 or isinstance(node.fields[0].value, NullValueNode)):
        yield node, f"{place}: {type_.name} takes exactly one field, and not null."


def fits_leaf(node: ValueNode, type_: GraphQLLeafType) -> bool:
    """Whether the scalar or enumeration accepts the literal. Whatever it raises, or says, is not repeated."""
    try:
        if type_.coerce_input_literal is not None:
            bare = replace_variables(node) if isinstance(node, ListValueNode | ObjectValueNode) else node
            value = type_.coerce_input_literal(cast(ConstValueNode, bare))
        else:
            value = type_.parse_literal(node, None)
    except Exception:
        return False
    # `1e999` is a Float to graphql-core, and no number in JSON.
    return value is not Undefined and not (isinstance(value, float) and not isfinite(value))


def _leaf_words(node: ValueNode, type_: GraphQLLeafType) -> str:
    if not isinstance(type_, GraphQLEnumType):
        return f"{type_.name}."
    near = suggestion_list(node.value, list(type_.values)) if isinstance(node, EnumValueNode) else []
    return f"a value of the enumeration {type_.name}.{did_you_mean(near)}"
