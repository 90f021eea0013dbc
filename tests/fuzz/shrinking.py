"""Making a failing operation small: parts are taken away as long as the difference stays."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    ObjectFieldNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    visit,
)
from tests.fuzz.generator import Case

REMOVABLE = (FieldNode, FragmentSpreadNode, InlineFragmentNode, ArgumentNode, DirectiveNode, ObjectFieldNode)
ATTEMPTS = 400


class Cut(Visitor):
    """Takes away the n-th removable node, in the order of the document. Parents come before their children."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.left = number

    def enter(self, node: Node, *_: Any) -> Any:
        if not isinstance(node, REMOVABLE):
            return None
        self.left -= 1
        return REMOVE if self.left == -1 else None


class Uses(Visitor):
    """The names of fragments that are spread and of variables that are used."""

    def __init__(self) -> None:
        super().__init__()
        self.fragments: set[str] = set()
        self.variables: set[str] = set()

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self.fragments.add(node.name.value)

    def enter_variable(self, node: VariableNode, key: Any, parent: Any, *_: Any) -> None:
        if not isinstance(parent, VariableDefinitionNode):
            self.variables.add(node.name.value)


class Unused(Visitor):
    def __init__(self, uses: Uses) -> None:
        super().__init__()
        self.uses = uses

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> Any:
        return None if node.name.value in self.uses.fragments else REMOVE

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> Any:
        return None if node.variable.name.value in self.uses.variables else REMOVE


async def shrunk(case: Case, fails: Callable[[Case], Awaitable[bool]]) -> Case:
    """The smallest case found that still fails. `fails` says False of an operation that is not valid."""
    number = 0
    for _ in range(ATTEMPTS):
        cut = Cut(number)
        smaller = tidied(visit(parse(case.text), cut))
        if cut.left >= 0:
            break
        tried = dataclasses.replace(case, text=print_ast(smaller))
        if await fails(tried):
            case = tried
        else:
            number += 1
    return case


def tidied(document: DocumentNode) -> DocumentNode:
    """Without fragments and variables that nothing uses any more."""
    while True:
        uses = Uses()
        visit(document, uses)
        smaller: DocumentNode = visit(document, Unused(uses))
        if print_ast(smaller) == print_ast(document):
            return smaller
        document = smaller
