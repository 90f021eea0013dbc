"""Writes one random operation: selections, fragments, directives, arguments and variables."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)
from tests.fuzz.choices import Choice, literal, plain
from tests.fuzz.equivalents import UNASKED
from tests.fuzz.pool import Pool
from tests.fuzz.rights import Who, Within, rules_of
from tests.fuzz.roads import Focus, Roads

from wantilan.graph import sources
from wantilan.graph.schema import Bound, Schema

Used = dict[str, tuple[str, Any]]
ROOTS = {"village": 6, "region": 2, "resident": 2, "node": 2, "nodes": 2}
"""Weights of root fields; one for all others."""
SELDOM = {"after": 0.1, "before": 0.07, "last": 0.07}
"""Arguments of pages that exclude or empty each other."""
ABSENT = object()


@dataclass
class Writer:
    """Writes one operation."""

    pool: Pool
    roads: Roads
    rng: random.Random
    who: Who
    focus: Focus
    given: dict[str, Any] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    names: Iterator[int] = field(default_factory=lambda: iter(range(10_000)))
    fields_left: int = 40
    directives_left: int = 5

    @property
    def schema(self) -> Schema:
        return self.pool.schema

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def operation(self) -> str:
        root: Any = self.schema.graphql.query_type
        names = [name for name in root.fields if name not in UNASKED]
        weights = [ROOTS.get(name, 1) for name in names]
        chosen = self.rng.choices(names, weights, k=self.rng.choice([0, 0, 0, 1, 2]))
        onward = self.roads.onward("Query", self.focus.field[0])
        first = self.focus.field[1] if self.focus.field[0] == "Query" else self.rng.choice(onward or names)
        used: Used = {}
        lines = [self.field(root, name, used, self.rng.randint(3, 8), None) for name in [first, *chosen]]
        if self.chance(0.1):
            lines.append("__typename")
        body = self.wrapped(root, [line for line in lines if line])
        variables = f"({', '.join(self.declared)})" if self.declared else ""
        return "\n".join([f"query Q{variables} {{ {body} }}", *self.fragments])

    # Selections
    def selection(
        self, gtype: Any, used: Used, depth: int, code: str | None, *, tags: Sequence[str] = ()
    ) -> str:
        if isinstance(gtype, GraphQLInterfaceType):
            return self.abstract(gtype, used, depth, code, tags)
        names = list(gtype.fields)
        self.rng.shuffle(names)
        leaves = [n for n in names if is_leaf_type(get_named_type(gtype.fields[n].type))]
        branches = [n for n in names if n not in leaves and depth > 0 and self.may(gtype, n)]
        chosen = [*leaves[: self.rng.randint(0, 3)], *branches[: self.rng.choice([0, 1, 1, 2])]]
        if depth > 0 and (onward := self.roads.onward(gtype.name, self.focus.field[0])) and self.chance(0.7):
            chosen.append(self.rng.choice(onward))
        if gtype.name == self.focus.field[0]:
            chosen += [*leaves, *([self.focus.field[1]] if depth > 0 else ())]
        self.rng.shuffle(chosen)
        lines = [
            self.field(gtype, name, used, depth - 1, code)
            for name in dict.fromkeys(chosen)
            if self.may(gtype, name)
        ]
        lines = [line for line in lines if line]
        if not lines or self.chance(0.08):
            lines.append("__typename")
        return self.wrapped(gtype, lines)

    def abstract(
        self, gtype: GraphQLInterfaceType, used: Used, depth: int, code: str | None, tags: Sequence[str]
    ) -> str:
        lines = [line for line in ("id", "__typename") if self.chance(0.5)]
        for name in dict.fromkeys(
            [*tags, *(self.rng.choice(sorted(self.pool.shapes)) for _ in range(self.chance(0.2)))]
        ):
            inner = self.selection(self.schema.graphql.type_map[name], used, depth, code)
            lines.append(self.fragment(name, inner))
        return " ".join(lines or ["__typename"])

    def may(self, gtype: GraphQLObjectType, name: str) -> bool:
        """Mostly, what the actor may read nowhere is not asked for: all of the operation would be refused."""
        if self.chance(0.01):
            return True
        bound = self.schema.bound[gtype.name][name]
        needs = getattr(bound.source, "needs", None)
        if isinstance(needs, str) and not Within(needs).anywhere(self.who):
            return False
        related = isinstance(
            bound.source,
            sources.One
            | sources.Many
            | sources.Aggregated
            | sources.Connected
            | sources.Tabled
            | sources.Figured,
        )
        return (
            not related
            or bound.target is None
            or bool(rules_of(self.schema.type_of[bound.target.cls], self.who))
        )

    def field(self, gtype: GraphQLObjectType, name: str, used: Used, depth: int, code: str | None) -> str:
        if self.fields_left <= 0:
            return ""
        self.fields_left -= 1
        bound = self.schema.bound[gtype.name][name]
        arguments, place, tags = self.arguments(gtype, bound, code)
        head = name + arguments
        alias = name
        if self.chance(0.12) or used.get(name, (head,))[0] != head:
            alias = f"a{next(self.names)}"
        inside: Used = used.setdefault(alias, (head, {}))[1]
        start = head if alias == name else f"{alias}: {head}"
        if is_leaf_type(bound.type):
            return start + self.directive()
        made = (
            f"{start}{self.directive()} {{ {self.selection(bound.type, inside, depth, place, tags=tags)} }}"
        )
        if self.chance(0.08):
            made += f" {start} {{ {self.selection(bound.type, inside, min(depth, 2), place, tags=tags)} }}"
        return made

    def wrapped(self, gtype: Any, lines: list[str]) -> str:
        """Some of the lines inside fragments."""
        made: list[str] = []
        for line in lines:
            chance = self.rng.random()
            if chance < 0.06:
                made.append(f"...{self.directive()} {{ {line} }}")
            elif chance < 0.16:
                made.append(self.fragment(gtype.name, line))
            else:
                made.append(line)
        if "id" in gtype.fields and gtype.interfaces and self.chance(0.06):
            made.append("... on Node { __typename id }")
        return " ".join(made)

    def fragment(self, type_name: str, inside: str) -> str:
        if self.chance(0.5):
            return f"... on {type_name}{self.directive()} {{ {inside} }}"
        name = f"F{next(self.names)}"
        self.fragments.append(f"fragment {name} on {type_name} {{ {inside} }}")
        return f"...{name}{self.directive()}" + (f" ...{name}" if self.chance(0.1) else "")

    def directive(self) -> str:
        if self.directives_left <= 0 or not self.chance(0.04):
            return ""
        self.directives_left -= 1
        word, holds = self.rng.choice(
            [("include", True), ("include", True), ("skip", False), ("skip", True), ("include", False)]
        )
        if self.chance(0.5):
            return f" @{word}(if: {json.dumps(holds)})"
        name = f"v{next(self.names)}"
        if self.chance(0.3):
            self.declared.append(f"${name}: Boolean! = {json.dumps(holds)}")
        else:
            self.declared.append(f"${name}: Boolean!")
            self.given[name] = holds
        return f" @{word}(if: ${name})"

    # Arguments
    def arguments(
        self, gtype: GraphQLObjectType, bound: Bound, code: str | None
    ) -> tuple[str, str | None, list[str]]:
        """Their text; the village in which one is afterwards; the types behind ids."""
        in_focus = (gtype.name, bound.name) == self.focus.field
        about = self.roads.entity(self.focus.field)
        choice = Choice(self.pool, self.rng, self.names, about, bound, code)
        texts: list[str] = []
        for name in sorted(bound.graphql.args, key=lambda n: n != "order"):
            defined = bound.graphql.args[name]
            if in_focus and self.focus.arguments:
                wanted = name in self.focus.arguments or self.chance(0.02)
            else:
                wanted = self.chance(SELDOM.get(name, 0.3))
            if isinstance(defined.type, GraphQLNonNull) or wanted:
                texts.append(f"{name}: {self.argument(choice, name, defined)}")
        self.rng.shuffle(texts)
        return f"({', '.join(texts)})" if texts else "", choice.code, choice.tags

    def argument(self, choice: Choice, name: str, defined: GraphQLArgument) -> str:
        if isinstance(defined.type, GraphQLNonNull) is False and self.chance(0.04):
            return self.hidden(None, str(defined.type)) if self.chance(0.5) else "null"
        value = choice.value(name)
        if self.chance(0.35):
            other = choice.value(name) if self.chance(0.3) else ABSENT
            return self.hidden(value, str(defined.type), other)
        return literal(value, lambda inner, type_: self.nested(inner, type_), defined.type)

    def nested(self, value: Any, type_: Any) -> str | None:
        """Sometimes a variable in place of a value deep inside a literal."""
        return self.hidden(value, str(type_)) if self.chance(0.1) else None

    def hidden(self, value: Any, type_: str, default: Any = ABSENT) -> str:
        """The value behind a variable: given, null, absent, or by its default."""
        name = f"v{next(self.names)}"
        nullable = not type_.endswith("!")
        declared = f"${name}: {type_}"
        if default is not ABSENT:
            declared += f" = {literal(default)}"
        self.declared.append(declared)
        chance = self.rng.random()
        if chance < 0.1 and (nullable or default is not ABSENT):
            pass
        elif chance < 0.15 and nullable:
            self.given[name] = None
        else:
            self.given[name] = plain(value)
        return f"${name}"
