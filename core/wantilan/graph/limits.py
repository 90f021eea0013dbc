"""How much one document may ask: counted in linear time, before anything expensive looks at it.

Before the parser runs: characters, tokens (comments count) and nesting of brackets.
After it: repeats, depth, aliases, directives and root fields of every operation. Fragments are expanded by
arithmetic, each of them once, so a few lines that expand to billions of fields are counted, not walked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from ..errors import LimitExceeded
from ..settings import Limits

NESTING = 100
"""Brackets inside brackets, and selections inside fragments. Deeper than any honest document; shallow
enough for the parser, the validator and the planner, which recurse a few frames per level."""

REPEATS = 100
"""A response name again in the same selection set, over the whole document as written. The validator compares
every pair: 480 times `friends { id }`, under all other limits, took it a second."""

_INTROSPECTION = frozenset({"__schema", "__type"})

# Possessive repeats (`*+`) cannot backtrack, so the scan is linear, for unfinished strings too.
_TOKEN = re.compile(
    r'''
      [{\[(] | [}\])]
    | [_A-Za-z][_0-9A-Za-z]*+
    | \#[^\r\n]*+
    | """ (?: [^"\\] | \\""" | \\ | "(?!"") )*+ (?:""")?
    | "   (?: [^"\\\r\n] | \\. )*+ "?
    | -?[0-9] (?: [eE][+-] | [_0-9A-Za-z.] )*+
    | \.\.\.
    | [^ \t\r\n,\ufeff]
    ''',
    re.VERBOSE,
)
_STEP = {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}


def check_text(text: str, limits: Limits) -> list[str]:
    """Judge a text that was not parsed yet, and give its tokens.

    Raises LimitExceeded: documentCharacters, tokens, nesting.
    """
    if len(text) > limits.document_characters:
        raise LimitExceeded("documentCharacters", limits.document_characters)
    tokens = scan(text)
    if len(tokens) > limits.tokens:
        raise LimitExceeded("tokens", limits.tokens)
    level = 0
    for token in tokens:
        level += _STEP.get(token, 0)
        if level > NESTING:
            raise LimitExceeded("nesting", NESTING)
    return tokens


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Judge every operation of a parsed document.

    Raises LimitExceeded: repeats, nesting, depth, aliases, directives, rootFields. A cycle of fragments
    counts as nothing here: validation refuses it.
    """
    operations: list[Own] = []
    fragments: dict[str, Own] = {}
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            operations.append(_own(definition))
        elif isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = _own(definition)
    if sum(own.repeats for own in (*operations, *fragments.values())) > REPEATS:
        raise LimitExceeded("repeats", REPEATS)
    tallies = _tallies(fragments)
    for operation in operations:
        _judge(_total(operation, tallies), limits)


def scan(text: str) -> list[str]:
    """The tokens of a text, comments and unfinished strings included. After a lexical error: a guess.

    What begins like a number is one token as far as it may be one, `1a` and `1..2` too: those are the error.
    """
    return _TOKEN.findall(text)


class Tally(NamedTuple):
    """What a definition asks, its fragments expanded. Plain integers: they may be huge."""

    nesting: int = 0
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    root_fields: int = 0


class Spread(NamedTuple):
    """One `...Name` of a definition: at which level of nesting, and below how many fields.

    `fields` is None within `__schema` and `__type`, whose depth is exempt.
    """

    name: str
    nesting: int
    fields: int | None


class Own(NamedTuple):
    """What stands in one definition itself, and the fragments it spreads."""

    tally: Tally
    repeats: int
    spreads: Sequence[Spread]


def _judge(tally: Tally, limits: Limits) -> None:
    asked = (
        ("nesting", tally.nesting, NESTING),
        ("depth", tally.depth, limits.depth),
        ("aliases", tally.aliases, limits.aliases),
        ("directives", tally.directives, limits.directives),
        ("rootFields", tally.root_fields, limits.root_fields),
    )
    for name, count, allowed in asked:
        if count > allowed:
            raise LimitExceeded(name, allowed)


def _own(definition: OperationDefinitionNode | FragmentDefinitionNode) -> Own:
    """No recursion: a stack of selection sets, each with its level, the fields above, the names seen."""
    nesting = depth = aliases = root_fields = repeats = 0
    directives = len(definition.directives or ())
    for variable in definition.variable_definitions or ():
        directives += len(variable.directives or ())
    spreads: list[Spread] = []
    stack: list[tuple[SelectionSetNode, int, int | None, str, set[str]]] = [
        (definition.selection_set, 1, 0, "", set())
    ]
    while stack:
        selections, level, fields, condition, seen = stack.pop()
        nesting = max(nesting, level)
        for node in selections.selections:
            directives += len(node.directives or ())
            if isinstance(node, FragmentSpreadNode):
                spreads.append(Spread(node.name.value, level, fields))
            elif isinstance(node, InlineFragmentNode):
                # Two types may show the same name; two inline fragments on one type repeat it.
                inner = node.type_condition.name.value if node.type_condition else condition
                stack.append((node.selection_set, level + 1, fields, inner, seen))
            elif isinstance(node, FieldNode):
                name = f"{condition}.{(node.alias or node.name).value}"
                repeats += name in seen
                seen.add(name)
                aliases += node.alias is not None
                root_fields += fields == 0
                exempt = fields is None or node.name.value in _INTROSPECTION
                below = None if exempt or fields is None else fields + 1
                depth = max(depth, below or 0)
                if node.selection_set:
                    stack.append((node.selection_set, level + 1, below, "", set()))
    return Own(Tally(nesting, depth, aliases, directives, root_fields), repeats, spreads)


def _total(own: Own, tallies: Mapping[str, Tally]) -> Tally:
    """Add the fragments. One that is not in `tallies` (unknown, or closing a cycle) adds nothing."""
    nesting, depth, aliases, directives, root_fields = own.tally
    for spread in own.spreads:
        more = tallies.get(spread.name)
        if more is None:
            continue
        nesting = max(nesting, spread.nesting + more.nesting)
        aliases += more.aliases
        directives += more.directives
        if spread.fields is not None:
            depth = max(depth, spread.fields + more.depth)
        if spread.fields == 0:
            root_fields += more.root_fields
    return Tally(nesting, depth, aliases, directives, root_fields)


def _tallies(fragments: Mapping[str, Own]) -> dict[str, Tally]:
    """The memo: every fragment is totalled once, after those that it spreads."""
    tallies: dict[str, Tally] = {}
    for name in _innermost_first(fragments):
        tallies[name] = _total(fragments[name], tallies)
    return tallies


def _innermost_first(fragments: Mapping[str, Own]) -> Iterator[str]:
    """Each fragment once, after those it spreads; in a cycle, in any order. No recursion: chains are long."""
    entered: set[str] = set()
    left: set[str] = set()
    for root in fragments:
        stack = [root]
        while stack:
            name = stack[-1]
            if name not in entered:
                entered.add(name)
                inner = (spread.name for spread in fragments[name].spreads)
                stack.extend(one for one in inner if one in fragments and one not in entered)
                continue
            stack.pop()
            if name not in left:
                left.add(name)
                yield name
