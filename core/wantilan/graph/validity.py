"""A short way past the validator: one walk that says "surely valid" or "not sure".

graphql-core's rules visit every node some thirty times and take two milliseconds for a small page. Here each
operation is walked once, its fragments in place, against tables made once for each schema. What is unusual,
wrong, or not worth a line here is "not sure": then graphql-core judges, and writes the messages. So this walk
may refuse to say yes to a valid document, and must never say yes to one that graphql-core refuses.

Only after the limits: the walk recurses as deep as selections and values are nested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DirectiveLocation,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    is_input_type,
    is_required_input_field,
    type_from_ast,
)
from graphql.validation.rules.variables_in_allowed_position import allowed_variable_usage

from .messages import exactly_one, fits_leaf
from .outline import Composite, Outline, Selectable, Slot, default_of

MOST_STEPS = 4_000
"""Fields, spreads and values that the walk looks at, those of a fragment each time that it is spread."""

MOST_MERGED = 200
"""Fields that share their response name with another one. graphql-core compares each pair of them, and gives
up beyond its own bounds; this stays far below those."""

DEEPEST = 100
"""Objects inside objects; fragments that spread each other in a circle have no end."""

MOST_FRAGMENTS = 60
"""Fragments of a document: graphql-core compares each pair of these as well."""


class NotSure(Exception):
    """Something that only graphql-core may judge."""


class Validity:
    """Judges the documents of one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.outline = Outline(schema)

    def is_sure(self, document: DocumentNode) -> bool:
        """True: graphql-core finds no error. False says nothing."""
        try:
            _judge(self.outline, document)
        except NotSure:
            return False
        return True


def _judge(outline: Outline, document: DocumentNode) -> None:
    operations: dict[str | None, OperationDefinitionNode] = {}
    fragments: dict[str, FragmentDefinitionNode] = {}
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            name = node.name.value if node.name else None
            _sure(name not in operations)
            operations[name] = node
        else:
            _sure(isinstance(node, FragmentDefinitionNode) and node.name.value not in fragments)
            assert isinstance(node, FragmentDefinitionNode)
            _sure(not node.variable_definitions)
            fragments[node.name.value] = node
    _sure(bool(operations) and (None not in operations or len(operations) == 1))
    _sure(len(fragments) <= MOST_FRAGMENTS)
    walk = _Walk(outline, fragments)
    for operation in operations.values():
        walk.operation(operation)
    _sure(len(walk.spread) == len(fragments))


def _sure(right: bool) -> None:
    if not right:
        raise NotSure


@dataclass(eq=False, slots=True)
class _Merged:
    """What stands under one response name: the first of its nodes, and the selection sets below all."""

    selectable: Selectable
    node: FieldNode
    sets: list[SelectionSetNode]


class _Walk:
    """One walk over one document. Every method raises NotSure rather than say no."""

    def __init__(self, outline: Outline, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.outline, self.schema, self.fragments = outline, outline.schema, fragments
        self.spread: set[str] = set()
        self.inside: list[str] = []
        self.variables: dict[str, VariableDefinitionNode] = {}
        self.types: dict[str, Any] = {}
        self.used: set[str] = set()
        self.steps_left, self.merged_left = MOST_STEPS, MOST_MERGED

    def operation(self, node: OperationDefinitionNode) -> None:
        root = self.outline.roots.get(node.operation)
        if root is None:
            raise NotSure
        if node.operation is OperationType.SUBSCRIPTION:
            _sure(_is_one_plain_field(node.selection_set))
        self.declare(node.variable_definitions or ())
        if node.directives:
            self.directives(node.directives, DirectiveLocation[node.operation.name])
        self.merge(root, [node.selection_set], 1)
        _sure(len(self.used) == len(self.variables))

    def declare(self, nodes: Sequence[VariableDefinitionNode]) -> None:
        self.variables, self.types, self.used = {}, {}, set()
        for node in nodes:
            name = node.variable.name.value
            type_ = type_from_ast(self.schema, node.type)
            _sure(is_input_type(type_) and name not in self.variables and not node.directives)
            if node.default_value is not None:
                self.value(node.default_value, type_, Undefined)  # type: ignore[arg-type]
            self.variables[name], self.types[name] = node, type_

    def step(self) -> None:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise NotSure

    # Selections
    def merge(self, parent: Composite, sets: Sequence[SelectionSetNode], depth: int) -> None:
        """Judge selection sets that become one object, and then what is below each of its fields."""
        _sure(depth <= DEEPEST)
        found: dict[str, _Merged] = {}
        for each in sets:
            self.collect(parent, each.selections, found)
        for merged in found.values():
            if merged.selectable.below is not None:
                self.merge(merged.selectable.below, merged.sets, depth + 1)

    def collect(
        self, parent: Composite, selections: Sequence[SelectionNode], found: dict[str, _Merged]
    ) -> None:
        if not selections:
            raise NotSure
        for node in selections:
            if isinstance(node, FieldNode):
                self.field(parent, node, found)
            elif isinstance(node, FragmentSpreadNode):
                self.fragment(parent, node, found)
            elif isinstance(node, InlineFragmentNode):
                if node.directives:
                    self.directives(node.directives, DirectiveLocation.INLINE_FRAGMENT)
                condition = node.type_condition
                inner = self.narrowed(parent, condition.name.value) if condition else parent
                self.collect(inner, node.selection_set.selections, found)

    def field(self, parent: Composite, node: FieldNode, found: dict[str, _Merged]) -> None:
        self.step()
        selectable = parent.fields.get(node.name.value)
        if selectable is None:
            raise NotSure
        if node.arguments or selectable.required:
            self.arguments(node.arguments or (), selectable.slots, selectable.required)
        if node.directives:
            self.directives(node.directives, DirectiveLocation.FIELD)
        below = node.selection_set
        if (below is None) is not (selectable.below is None):
            raise NotSure
        key = (node.alias or node.name).value
        seen = found.get(key)
        if seen is None:
            found[key] = _Merged(selectable, node, [] if below is None else [below])
            return
        self.merged_left -= 1
        if self.merged_left < 0 or not _are_alike(seen, selectable, node):
            raise NotSure
        if below is not None:
            seen.sets.append(below)

    def fragment(self, parent: Composite, node: FragmentSpreadNode, found: dict[str, _Merged]) -> None:
        self.step()
        name = node.name.value
        fragment = self.fragments.get(name)
        if fragment is None or name in self.inside or node.arguments:
            raise NotSure
        if node.directives:
            self.directives(node.directives, DirectiveLocation.FRAGMENT_SPREAD)
        if fragment.directives:
            self.directives(fragment.directives, DirectiveLocation.FRAGMENT_DEFINITION)
        self.spread.add(name)
        self.inside.append(name)
        inner = self.narrowed(parent, fragment.type_condition.name.value)
        self.collect(inner, fragment.selection_set.selections, found)
        self.inside.pop()

    def narrowed(self, parent: Composite, condition: str) -> Composite:
        inner = self.outline.composites.get(condition)
        if inner is None or (inner is not parent and parent.possible.isdisjoint(inner.possible)):
            raise NotSure
        return inner

    # Directives, arguments, values
    def directives(self, nodes: Sequence[DirectiveNode], location: DirectiveLocation) -> None:
        seen: set[str] = set()
        for node in nodes:
            name = node.name.value
            allowed = self.outline.directives.get(name)
            if allowed is None or location not in allowed.locations:
                raise NotSure
            _sure(allowed.repeatable or name not in seen)
            seen.add(name)
            self.arguments(node.arguments or (), allowed.slots, allowed.required)

    def arguments(
        self, nodes: Sequence[ArgumentNode], slots: Mapping[str, Slot], required: Sequence[str]
    ) -> None:
        given: set[str] = set()
        for node in nodes:
            name = node.name.value
            slot = slots.get(name)
            if slot is None or name in given:
                raise NotSure
            given.add(name)
            self.value(node.value, slot.type, slot.default)
        for name in required:
            if name not in given:
                raise NotSure

    def value(self, node: ValueNode, type_: GraphQLInputType, default: object) -> None:
        """A literal, or a variable, in a place of that type and default."""
        self.step()
        if isinstance(node, VariableNode):
            self.variable(node.name.value, type_, default)
            return
        if isinstance(type_, GraphQLNonNull):
            _sure(not isinstance(node, NullValueNode))
            type_ = type_.of_type
        if isinstance(node, NullValueNode):
            return
        if isinstance(type_, GraphQLList):
            for item in node.values if isinstance(node, ListValueNode) else (node,):
                self.value(item, type_.of_type, Undefined)
        elif isinstance(type_, GraphQLInputObjectType):
            self.input_object(node, type_)
        else:
            # A list or an object may be right for a scalar of ours, and may hold variables: rare.
            _sure(not isinstance(node, ListValueNode | ObjectValueNode) and fits_leaf(node, type_))

    def input_object(self, node: ValueNode, type_: GraphQLInputObjectType) -> None:
        if not isinstance(node, ObjectValueNode) or exactly_one(type_):
            raise NotSure
        fields = type_.fields
        given: set[str] = set()
        for each in node.fields:
            name = each.name.value
            defined = fields.get(name)
            if defined is None or name in given:
                raise NotSure
            given.add(name)
            self.value(each.value, defined.type, default_of(defined))
        for name, defined in fields.items():
            if name not in given and is_required_input_field(defined):
                raise NotSure

    def variable(self, name: str, type_: GraphQLInputType, default: object) -> None:
        declared = self.variables.get(name)
        if declared is None or not allowed_variable_usage(
            self.schema, self.types[name], declared.default_value, type_, default
        ):
            raise NotSure
        self.used.add(name)


def _are_alike(seen: _Merged, selectable: Selectable, node: FieldNode) -> bool:
    """Stricter than the specification: the same field, arguments in the same order, the same type."""
    if node.name.value != seen.node.name.value or (node.arguments or ()) != (seen.node.arguments or ()):
        return False
    return selectable is seen.selectable or selectable.type_text == seen.selectable.type_text


def _is_one_plain_field(node: SelectionSetNode) -> bool:
    if len(node.selections) != 1:
        return False
    (only,) = node.selections
    return isinstance(only, FieldNode) and not only.directives and not only.name.value.startswith("__")
