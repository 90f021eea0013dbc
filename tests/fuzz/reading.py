"""Operations as the specification reads them: selection sets with fragments merged, and arguments.

Written from the GraphQL specification and graphql-core's own functions, not from the planner's `selection`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    OperationDefinitionNode,
    SelectionSetNode,
    is_abstract_type,
)
from graphql.execution.values import get_argument_values, get_variable_values

Fields = dict[str, list[FieldNode]]


class Operation:
    """One operation with the values of its variables."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.schema = schema
        self.fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        (self.node,) = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        found = get_variable_values(schema, self.node.variable_definitions or (), dict(variables))
        assert not isinstance(found, list), found
        self.variables = found

    def roots(self) -> Fields:
        assert self.schema.query_type is not None
        return self.fields(self.schema.query_type, [self.node.selection_set])

    def fields(self, gtype: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> Fields:
        """Response name -> nodes to be merged, in the order in which they are met."""
        found: Fields = {}
        spread: set[str] = set()
        for chosen in sets:
            self._collect(gtype, chosen, found, spread)
        return found

    def _collect(
        self, gtype: GraphQLObjectType, chosen: SelectionSetNode, found: Fields, spread: set[str]
    ) -> None:
        for node in chosen.selections:
            if not self._wanted(node.directives or ()):
                continue
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
                continue
            fragment: Any = node
            if isinstance(node, FragmentSpreadNode):
                if node.name.value in spread:
                    continue
                spread.add(node.name.value)
                fragment = self.fragments[node.name.value]
            if fragment.type_condition is None or self._is(gtype, fragment.type_condition.name.value):
                self._collect(gtype, fragment.selection_set, found, spread)

    def _is(self, gtype: GraphQLObjectType, name: str) -> bool:
        condition = self.schema.type_map[name]
        return condition is gtype or (
            is_abstract_type(condition) and self.schema.is_sub_type(condition, gtype)
        )

    def _wanted(self, directives: Iterable[DirectiveNode]) -> bool:
        for node in directives:
            if (
                node.name.value == "skip"
                and get_argument_values(GraphQLSkipDirective, node, self.variables)["if"]
            ):
                return False
            if (
                node.name.value == "include"
                and not get_argument_values(GraphQLIncludeDirective, node, self.variables)["if"]
            ):
                return False
        return True

    def arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        return get_argument_values(field, node, self.variables)


def below(nodes: Iterable[FieldNode]) -> list[SelectionSetNode]:
    return [node.selection_set for node in nodes if node.selection_set]
