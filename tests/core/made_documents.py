"""Documents made up over a schema: what ordinary clients write, and the same with a few tokens out of place."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from wantilan.graph.limits import scan

LITERALS = {
    "Int": ["0", "7", "-3", "2147483647"],
    "Float": ["1", "0.5", "-2e3"],
    "Boolean": ["true", "false"],
    "String": ['"a"', '""', '"""b"""'],
    "ID": ['"x-1"', "42"],
    "Date": ['"2026-11-23"'],
    "RegionCode": ['"51.02.06.2001"'],
}
"""Of scalars that are not named here: a text, which all of them take, if only to say later that it is wrong."""

VOCABULARY = [
    "{", "}", "(", ")", "[", "]", ":", "=", "!", "$", "...", "on", "query", "mutation", "fragment", "null", "true", "1", "99999999999", "2.5", '"x"', "[1]", "{}", "$v", "Int", "String",
    "@skip(if: true)", "@include(if: $v)", "@deprecated", "... on Query { __typename }", "... on Node { id }",
    "(first: 1)", "id", "nodes", "__typename", "$v: Int", "$v: Boolean!", "$v: [ID!] = 1", "a:", "!",
]  # fmt: skip


class Maker:
    """Writes documents. The same seed writes the same ones."""

    def __init__(self, schema: GraphQLSchema, seed: int) -> None:
        self.schema, self.dice = schema, random.Random(seed)
        self.roots = [t for t in (schema.query_type, schema.mutation_type) if t is not None]

    def document(self) -> str:
        """Valid, as far as the maker can tell: two of its fields may still not go together."""
        self.variables: dict[str, str] = {}
        self.fragments: dict[str, tuple[str, str]] = {}
        self.fields_left = self.dice.choice([5, 15, 40])
        root = self.roots[self.often(0.2) and len(self.roots) > 1]
        body = self.selections(root, 0)
        declared = ", ".join(f"${name}: {type_}" for name, type_ in self.variables.items())
        keyword = "query" if root is self.schema.query_type else "mutation"
        head = f"{keyword} Q{f'({declared})' if declared else ''} "
        if keyword == "query" and not declared and self.often(0.3):
            head = ""
        texts = [f"fragment {name} on {on} {text}" for name, (on, text) in self.fragments.items()]
        return "\n".join([head + body, *texts])

    def often(self, chance: float) -> bool:
        return self.dice.random() < chance

    def selections(self, type_: Any, depth: int) -> str:
        chosen = self.fields(type_, depth)
        if self.often(0.1):
            chosen.append("__typename")
        if chosen and self.often(0.05):
            chosen.append(chosen[0])
        if depth < 6 and self.often(0.2):
            chosen.append(self.fragment(type_, depth))
        return "{ " + " ".join(chosen or ["__typename"]) + " }"

    def fields(self, type_: Any, depth: int) -> list[str]:
        all_of_them = list(getattr(type_, "fields", {}).items())
        many = min(len(all_of_them), self.dice.choice([1, 2, 4]))
        chosen: list[str] = []
        for name, defined in self.dice.sample(all_of_them, many):
            self.fields_left -= 1
            named = get_named_type(defined.type)
            leaf = is_leaf_type(named)
            if self.fields_left < 0 or (not leaf and depth > 6):
                continue
            alias = f"a{self.dice.randrange(10**6)}: " if self.often(0.15) else ""
            below = "" if leaf else " " + self.selections(named, depth + 1)
            chosen.append(f"{alias}{name}{self.arguments(defined.args)}{self.directive()}{below}")
        return chosen

    def fragment(self, parent: Any, depth: int) -> str:
        """Inline or named, on the parent itself, on what it may be, or on what it is."""
        on = self.dice.choice(self.conditions(parent))
        known = [name for name, (type_, _) in self.fragments.items() if type_ == on.name]
        if known and self.often(0.5):
            return f"...{self.dice.choice(known)}{self.directive()}"
        text = self.selections(on, depth + 1)
        if self.often(0.5):
            plain = on is parent and self.often(0.3)
            return f"...{'' if plain else f' on {on.name}'}{self.directive()} {text}"
        name = f"F{len(self.fragments)}"
        self.fragments[name] = (on.name, text)
        return f"...{name}{self.directive()}"

    def conditions(self, parent: GraphQLNamedType) -> list[GraphQLNamedType]:
        if is_abstract_type(parent):
            return [parent, *self.schema.get_possible_types(parent)]  # type: ignore[arg-type]
        assert isinstance(parent, GraphQLObjectType)
        return [parent, *parent.interfaces]

    def directive(self) -> str:
        if not self.often(0.08):
            return ""
        value = self.variable("Boolean!") if self.often(0.5) else "true"
        return f" @{self.dice.choice(['skip', 'include'])}(if: {value})"

    def arguments(self, defined: Any) -> str:
        given = [
            f"{name}: {self.value(one.type, 0)}"
            for name, one in defined.items()
            if is_required_argument(one) or self.often(0.3)
        ]
        return f"({', '.join(given)})" if given else ""

    def variable(self, type_: str) -> str:
        known = [name for name, text in self.variables.items() if text == type_]
        if known and self.often(0.7):
            return f"${self.dice.choice(known)}"
        name = f"v{len(self.variables)}"
        self.variables[name] = type_
        return f"${name}"

    def value(self, type_: Any, depth: int) -> str:
        if self.often(0.25):
            return self.variable(self.declared(type_, depth))
        if isinstance(type_, GraphQLNonNull):
            type_ = type_.of_type
        elif self.often(0.08):
            return "null"
        return self.literal(type_, depth)

    def declared(self, type_: Any, depth: int) -> str:
        """The type of a variable for a place of that type: as it is, stricter, or with a default."""
        if not isinstance(type_, GraphQLNonNull):
            return f"{type_}!" if self.often(0.3) else str(type_)
        if self.often(0.3) and depth < 2:
            return f"{type_.of_type} = {self.constant(type_.of_type)}"
        return str(type_)

    def constant(self, type_: Any) -> str:
        before, self.often = self.often, lambda chance: False  # type: ignore[method-assign]
        try:
            return self.literal(type_, 2)
        finally:
            self.often = before  # type: ignore[method-assign]

    def literal(self, type_: Any, depth: int) -> str:
        if isinstance(type_, GraphQLList):
            items = [self.value(type_.of_type, depth + 1) for _ in range(self.dice.choice([0, 1, 2]))]
            if len(items) == 1 and items[0] != "null" and items[0][0] != "$" and self.often(0.3):
                return items[0]
            return f"[{', '.join(items)}]"
        if isinstance(type_, GraphQLEnumType):
            return self.dice.choice(list(type_.values))
        if isinstance(type_, GraphQLScalarType):
            return self.dice.choice(LITERALS.get(type_.name, ['"x"']))
        assert isinstance(type_, GraphQLInputObjectType)
        given = [
            f"{name}: {self.value(one.type, depth + 1)}"
            for name, one in type_.fields.items()
            if is_required_input_field(one) or (depth < 3 and self.often(0.3))
        ]
        return "{" + ", ".join(given) + "}"

    # Out of place
    def mutant(self, text: str) -> str:
        """The text with one or two tokens dropped, doubled, exchanged or replaced."""
        tokens = scan(text)
        for _ in range(self.dice.choice([1, 1, 2])):
            self.change(tokens)
        return " ".join(tokens)

    def change(self, tokens: list[str]) -> None:
        names = [i for i, token in enumerate(tokens) if token[0].isalpha()]
        if not names:
            return
        at = self.dice.randrange(len(tokens))
        pairs = [i for i in names[1:] if tokens[i + 1 : i + 2] == [":"]]
        match self.dice.randrange(9):
            case 0:
                del tokens[at]
            case 1:
                tokens.insert(at, self.dice.choice([*VOCABULARY, self.word()]))
            case 2 | 3:  # another name, of the schema or of this document
                there = self.dice.choice(names)
                tokens[there] = self.dice.choice([self.word(), tokens[self.dice.choice(names)]])
            case 4 if pairs:  # an argument, a declaration or an alias less, or with another value
                there = self.dice.choice(pairs)
                del tokens[there : there + self.dice.choice([2, 3])]
            case 5 if pairs:
                tokens[self.dice.choice(pairs) + 2] = self.dice.choice(
                    ["null", "1", '"x"', "1.5", "[1]", "{}", "true", "X"]
                )
            case 6:
                first, last = self.group(tokens, at)
                del tokens[first:last]
            case 7:  # a field with all that is below, once more somewhere else
                first, last = self.group(tokens, at)
                there = self.dice.choice(names)
                tokens[there:there] = tokens[max(0, first - 1) : last]
            case 8 if "!" in tokens:
                tokens.remove("!")

    def word(self) -> str:
        """The name of a type or of one of its fields or values."""
        type_: Any = self.dice.choice(list(self.schema.type_map.values()))
        inside = list(getattr(type_, "fields", getattr(type_, "values", {})) or {})
        return str(self.dice.choice([type_.name, *inside]))

    def group(self, tokens: Sequence[str], at: int) -> tuple[int, int]:
        """The next bracket and what it encloses."""
        first = next((i for i in range(at, len(tokens)) if tokens[i] in "{(["), at)
        level = 0
        for i in range(first, len(tokens)):
            level += (tokens[i] in "{([") - (tokens[i] in "})]")
            if level == 0:
                return first, i + 1
        return first, first + 1
