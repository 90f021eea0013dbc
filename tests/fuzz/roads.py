"""What there is to ask, and how to get there: the fields of the schema as a map."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import GraphQLNonNull, get_named_type, is_leaf_type
from tests.fuzz.equivalents import UNASKED

from wantilan.graph.schema import Bound, Schema


class Roads:
    """The way from each type to each other type."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.next: dict[str, dict[str, int]] = {}
        self.fields = {
            name: [(f, get_named_type(b.graphql.type).name) for f, b in bound.items() if name != "Query" or f not in ("node", "nodes", *UNASKED)]
            for name, bound in schema.bound.items()
        }  # fmt: skip

    def distances(self, target: str) -> dict[str, int]:
        """How many fields lead from each type to the target."""
        if target not in self.next:
            far = {target: 0}
            while True:
                reached = {
                    name: min(far[there] for _, there in fields if there in far) + 1
                    for name, fields in self.fields.items()
                    if name not in far and any(there in far for _, there in fields)
                }
                if not reached:
                    break
                far |= reached
            self.next[target] = far
        return self.next[target]

    def onward(self, name: str, target: str) -> list[str]:
        """The fields of a type that lead closer."""
        far = self.distances(target)
        return [f for f, there in self.fields.get(name, ()) if far.get(there, 99) < far.get(name, 0)]

    def entity(self, focus: tuple[str, str]) -> str | None:
        shape = self.schema.bound[focus[0]][focus[1]].target or self.schema.shape_of_type(
            self.schema.graphql.type_map[focus[0]]
        )
        name = self.schema.type_of.get(shape.cls) if shape is not None else None
        return (
            name if shape is not None and shape.read and name is not None and shape.target is None else None
        )


def reachable(schema: Schema) -> set[tuple[str, str]]:
    """Every field that a query can ask, without the payloads of mutations."""
    found: set[tuple[str, str]] = set()
    waiting = ["Query", *(schema.type_of[s.cls] for s in schema.tags.values())]
    while waiting:
        name = waiting.pop()
        for field_name, bound in schema.bound.get(name, {}).items():
            if (name, field_name) not in found and not (name == "Query" and field_name in UNASKED):
                found.add((name, field_name))
                waiting.append(bound.type.name)
    return found


@dataclass(frozen=True)
class Focus:
    """What a case is about: a field, and arguments that it is to be given."""

    field: tuple[str, str]
    arguments: frozenset[str] = frozenset()

    @property
    def coordinates(self) -> set[tuple[str, ...]]:
        """What an answer has to have seen for it."""
        return {self.field, *((*self.field, argument) for argument in self.arguments)}


TOGETHER = (
    {"first", "order", "filter"},
    {"last", "after"},
    {"before", "search"},
    {"from", "to"},
    {"asOf"},
    {"language"},
    {"asOf"},
    {"month"},
)
"""Arguments that one case can give together."""


def foci(schema: Schema) -> list[Focus]:
    """Every field with something below it, with every argument; and one leaf of each type, which stands for all."""
    found: list[Focus] = []
    fields = sorted(reachable(schema))
    leaf = {name: field for name, field in fields if is_leaf_type(schema.bound[name][field].type)}
    for name, field_name in fields:
        given = {
            n
            for n, a in schema.bound[name][field_name].graphql.args.items()
            if not isinstance(a.type, GraphQLNonNull)
        }
        groups = [frozenset(given & group) for group in TOGETHER if given & group]
        if groups:
            found += [Focus((name, field_name), group) for group in groups]
        elif leaf.get(name) == field_name or stands_alone(schema.bound[name][field_name]):
            found.append(Focus((name, field_name)))
    return found


def stands_alone(bound: Bound) -> bool:
    """Not a leaf like all others: something is below it, or it needs a permission of its own."""
    return not is_leaf_type(bound.type) or getattr(bound.source, "needs", None) is not None
