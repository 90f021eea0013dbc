"""The first stage of the reference: what is refused before anything runs, whatever the rows are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from graphql import FieldNode, GraphQLObjectType
from tests.fuzz import paging
from tests.fuzz.expectation import Fault, Known, Path
from tests.fuzz.reading import Operation, below
from tests.fuzz.rights import Who, Within, rules_of
from tests.fuzz.values import read_id

from wantilan.access.actor import Actor
from wantilan.graph import sources
from wantilan.graph.scalars import Faulty
from wantilan.graph.schema import Bound
from wantilan.graph.shapes import shape_of

MOST_ROWS = 10_000
LONGEST_PAGE = 100


class Judge:
    """Goes through the whole operation and finds every reason; the API tells one."""

    def __init__(self, known: Known, operation: Operation, actor: Actor) -> None:
        self.known, self.operation, self.who = known, operation, Who.of(actor)
        self.schema = known.schema
        self.refusals: list[Fault] = []

    def judge(self) -> None:
        for key, nodes in self.operation.roots().items():
            if nodes[0].name.value != "__typename":
                self.root(self.schema.bound["Query"][nodes[0].name.value], nodes, (key,))

    def refuse(self, code: str, path: Path = ()) -> None:
        self.refusals.append((code, path))

    def root(self, bound: Bound, nodes: list[FieldNode], path: Path) -> None:
        source, given = bound.source, self.operation.arguments(bound.graphql, nodes[0])
        if isinstance(source, sources.Lookup):
            if isinstance(given[source.argument], Faulty):
                self.refuse("BAD_USER_INPUT")
            self.inside(bound.type, nodes, path, 1)
        elif isinstance(source, sources.ById):
            self.by_id(bound, nodes, path, [given["id"]])
        elif isinstance(source, sources.ByIds):
            if len(given["ids"]) > LONGEST_PAGE:
                self.refuse("LIMIT_EXCEEDED", path)
            self.by_id(bound, nodes, path, given["ids"])
        elif source is None:
            for key, value in self.deep_arguments(bound, nodes):
                if isinstance(value, Faulty):
                    self.refuse("BAD_USER_INPUT", (*path, key))
            self.myself(bound, nodes, path)
        else:
            self.field("Query", bound, nodes, path, 1)

    def myself(self, bound: Bound, nodes: list[FieldNode], path: Path) -> None:
        """`me { resident }`: judged for whom a resident can be there."""
        if bound.name != "me" or not rules_of("Resident", self.who):
            return
        gtype: Any = bound.type
        for key, inner in self.operation.fields(gtype, below(nodes)).items():
            if inner[0].name.value == "resident":
                resident: Any = self.schema.graphql.type_map["Resident"]
                self.inside(resident, inner, (*path, key), 1)

    def deep_arguments(self, bound: Bound, nodes: list[FieldNode]) -> Iterable[tuple[str, Any]]:
        """Arguments one level below a resolver: `me { permissions(villageCode: …) }`."""
        if isinstance(bound.type, GraphQLObjectType):
            for key, inner in self.operation.fields(bound.type, below(nodes)).items():
                if inner[0].name.value in bound.type.fields:
                    given = self.operation.arguments(bound.type.fields[inner[0].name.value], inner[0])
                    yield from ((key, value) for value in given.values())

    def by_id(self, bound: Bound, nodes: list[FieldNode], path: Path, ids: Sequence[str]) -> None:
        """Ids of a type that may be read nowhere count as "not yours": nothing is asked of it."""
        for tag in dict.fromkeys(i.tag for i in map(read_id, ids) if i is not None):
            shape = self.schema.tags.get(tag)
            if shape is None or (bound.target is not None and shape is not bound.target):
                continue
            name = self.known.type_name(shape)
            if rules_of(name, self.who):
                self.inside(self.schema.graphql.type_map[name], nodes, path, 1)

    def inside(self, gtype: Any, nodes: Iterable[FieldNode], path: Path, rows: int) -> None:
        for key, inner in self.operation.fields(gtype, below(nodes)).items():
            if inner[0].name.value != "__typename":
                self.field(
                    gtype.name, self.schema.bound[gtype.name][inner[0].name.value], inner, (*path, key), rows
                )

    def field(self, owner: str, bound: Bound, nodes: list[FieldNode], path: Path, rows: int) -> None:
        """`rows`: the product of the page sizes above."""
        source = bound.source
        needs = getattr(source, "needs", None)
        if isinstance(needs, str) and not Within(needs).anywhere(self.who):
            self.refuse("FORBIDDEN", path)
        for other in source.reads if isinstance(source, sources.Expression) else ():
            if not rules_of(self.known.type_name(shape_of(other)), self.who):
                self.refuse("FORBIDDEN", path)
        if isinstance(
            source,
            sources.One
            | sources.Many
            | sources.Aggregated
            | sources.Connected
            | sources.Tabled
            | sources.Figured,
        ):
            self.target(bound, path)
        if isinstance(source, sources.Tabled):
            day = self.operation.arguments(bound.graphql, nodes[0]).get(source.argument)
            if isinstance(day, Faulty) or (day is not None and day > self.known.today):
                self.refuse("BAD_USER_INPUT")
        if isinstance(source, sources.Cells) and rows * len(source.frame) > MOST_ROWS:
            self.refuse("LIMIT_EXCEEDED")
        if (
            isinstance(source, sources.Aggregated | sources.Figured)
            or getattr(source, "as_of", None) is not None
        ):
            given = self.operation.arguments(bound.graphql, nodes[0])
            if any(isinstance(value, Faulty) for value in given.values()):
                self.refuse("BAD_USER_INPUT")
        if isinstance(source, sources.Connected):
            self.connection(bound, nodes, path, rows, owner == "Query")
            return
        if isinstance(bound.type, GraphQLObjectType):
            self.inside(bound.type, nodes, path, rows)

    def target(self, bound: Bound, path: Path) -> None:
        assert bound.target is not None
        if not rules_of(self.known.type_name(bound.target), self.who):
            self.refuse("FORBIDDEN", path)

    def connection(self, bound: Bound, nodes: list[FieldNode], path: Path, rows: int, at_root: bool) -> None:
        shape = bound.target
        assert shape is not None
        given = self.operation.arguments(bound.graphql, nodes[0])
        for code, placed in paging.size_faults(given, LONGEST_PAGE):
            self.refuse(code, path if placed else ())
        for code, where in paging.faults_of(shape, given):
            self.refuse(code, (*path, *where) if where is not None else ())
        if paging.malformed_cursor(shape, given):
            self.refuse("BAD_USER_INPUT", path)
        if at_root and paging.is_unbounded(given.get("filter")):
            self.refuse("BAD_USER_INPUT")
        for column in paging.columns_named(shape, given):
            for permission in self.schema.needs_of(shape, column):
                if not Within(permission).anywhere(self.who):
                    self.refuse("FORBIDDEN", path)
        rows *= max(1, paging.page_size(given))
        if rows > MOST_ROWS:
            self.refuse("LIMIT_EXCEEDED")
        gtype: Any = bound.type
        for key, inner in self.operation.fields(gtype, below(nodes)).items():
            name = inner[0].name.value
            if name == "nodes":
                self.inside(self.schema.bound[gtype.name]["nodes"].type, inner, (*path, key), rows)
            elif name == "edges":
                edge: Any = self.schema.bound[gtype.name]["edges"].type
                for deeper, last in self.operation.fields(edge, below(inner)).items():
                    if last[0].name.value == "node":
                        self.inside(
                            self.schema.bound[edge.name]["node"].type, last, (*path, key, deeper), rows
                        )
