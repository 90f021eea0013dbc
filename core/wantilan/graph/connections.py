"""Plans of connections: filters, orders, pages, counting. How a page is found stands in `paging`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import FieldNode, GraphQLObjectType

from .conditions import Filtering, contains
from .dated import Covering, covering_day
from .lists import Sets, gate_of_list
from .paging import Anchor, Branch, Window, anchor, cursor, window
from .place import Place
from .plan import Path, Why
from .planner import Member, Planner
from .schema import Bound
from .searches import Hits, looked_for
from .selection import Arg, enum_name
from .shapes import Order, Shape
from .sources import Connected, Tokens
from .sql import INTEGER, NULL, concat, literal


def below(planner: Planner, member: Member) -> str:
    """A connection on a row."""
    source = member.bound.source
    assert isinstance(source, Connected)
    text = connection(planner, member.bound, source, member.nodes[0], member.sets, member.owner, member.path)
    return planner.hoisted(text, member.path)


def connection(
    planner: Planner,
    bound: Bound,
    source: Connected,
    node: FieldNode,
    sets: Sets,
    owner: Place | None,
    path: Path,
) -> str:
    gtype = bound.type
    assert isinstance(gtype, GraphQLObjectType)

    def argument(name: str) -> Arg:
        return planner.selection.argument(bound.graphql, node, name)

    covers = covering_day(planner, bound, node, source.as_of, path)
    order, branches, needs = chosen(planner, bound, source, owner, argument, covers, path)
    for permission in needs:
        planner.permitted(permission, path)
    wanted = window(planner, argument("first"), argument("last"), path)
    planner.ordered(order, backward=wanted.backward)
    after = anchor(planner, branches, order, argument("after"), path, behind=True)
    before = anchor(planner, branches, order, argument("before"), path, behind=False)
    page = Page(planner, branches, order, wanted, after, before, planner.bind(wanted.size, INTEGER))

    chain = planner.chain
    planner.chain = (*chain, wanted.size)
    planner.pages.append(planner.chain)
    planner.heavy |= len(planner.chain) > 1 or not isinstance(source.search, Tokens | None)
    outer = outer_fields(planner, gtype, sets, page, path)
    planner.chain = chain

    if owner is not None:
        rules = [rule for branch in branches for rule in planner.rules(branch.place.shape, path)]
        outer = planner.guarded(rules if bound.nullable else [], needs, owner, outer, path)
    known = [f"({one.known})" for one in (after, before) if one is not None]
    if known:
        outer = planner.d.choice(" AND ".join(known), outer, planner.marker(Why.CURSOR, path, None))
    return page.select(outer)


# What is in the list


def chosen(
    planner: Planner,
    bound: Bound,
    source: Connected,
    owner: Place | None,
    argument: Callable[[str], Arg],
    covers: Covering | None,
    path: Path,
) -> tuple[str, list[Branch], list[str]]:
    """The order's name, the tables with their conditions, and the permissions that filter and order need.

    The rows of several tables have nothing in common but their ids: in that order they were made.
    """
    places = planner.places(bound, path, owner, source.via)
    gates = [gate_of_list(planner, bound, owner, place) for place in places]
    if bound.target is None:
        pairs = zip(places, gates, strict=True)
        return "ID", [Branch(planner.type_of(place), place, gate, gate) for place, gate in pairs], []
    shape, (place,), (gate,) = bound.target, places, gates
    name, order = ordering(bound, shape, argument("order"))
    filtering = Filtering(planner, bound, shape, place, path)
    asked = filtering.conditions(argument("filter"), bounded=owner is not None)
    if covers is not None:
        asked += covers(place)
    hits: Hits | None = None
    if isinstance(source.search, Tokens):
        assert owner is not None
        hits = looked_for(planner, source.search, argument("search"), place, owner, path)
    elif source.search is not None:
        asked += contains(planner, place.column(source.search.key), argument("search"))
    # An order by a field with a permission of its own would tell what the field hides.
    needs = planner.schema.needs_of(shape, order.column.key) if order is not None else []

    def again() -> Place:
        return planner.places(bound, path, owner, source.via)[0]

    branch = Branch(planner.type_of(place), place, gate, (*gate, *asked), order, again)
    if hits is not None:
        branch = replace(branch, place=hits.place, plain=place, found_by=hits.order(order))
        planner.heavy |= branch.found_by is None
    return name, [branch], [*filtering.needs, *needs]


def ordering(bound: Bound, shape: Shape, given: Arg) -> tuple[str, Order | None]:
    if not shape.orders:
        return "ID", None
    if given.given and given.value is not None:
        name = enum_name(bound.graphql.args["order"].type, given.value)
    else:
        name = next(iter(shape.orders))
    return name, shape.orders[name]


# The page


@dataclass
class Page:
    """One page of rows, and what the outer object needs of them, gathered while its fields are planned."""

    planner: Planner
    branches: Sequence[Branch]
    order: str
    window: Window
    after: Anchor | None
    before: Anchor | None
    size: str
    columns: list[list[str]] = field(default_factory=list)
    numbered: bool = False
    one_more: bool = False

    def add(self, texts: Sequence[str]) -> str:
        """One more column of the rows, its text for each branch; how the outer object names it."""
        self.columns.append(list(texts))
        return f"x.c{len(self.columns) - 1}"

    def row(self, build: Callable[[Branch], str]) -> str:
        """A column with the object of each row, the lists inside it put in."""
        planner = self.planner
        texts: list[str] = []
        for branch in self.branches:
            with planner.frame() as lists:
                text = build(branch)
            if len(self.branches) == 1:
                return planner.filled(self.add([text]), [(one, self.add([one.text])) for one in lists])
            texts.append(planner.filled(text, [(one, one.text) for one in lists]))
        return self.add(texts)

    def number(self, found: Callable[[Branch], str]) -> str:
        return self.planner.d.number("+".join(found(branch) for branch in self.branches))

    @property
    def within(self) -> str | None:
        """The rows of the page, without the one that only tells whether more follow."""
        return f"x.rn <= {self.size}" if self.one_more else None

    @property
    def way(self) -> str:
        order = self.branches[0].order
        return " DESC" if (order is not None and order.descending) is not self.window.backward else ""

    def select(self, outer: str) -> str:
        """The outer object over its rows. Guards stand in it, beside what nests and not around it."""
        if not self.columns and not self.one_more:
            # Nothing is folded over the rows: there would be one object for each of them, or none.
            return f"(SELECT {outer})"
        numbered = self.numbered or self.window.backward
        if len(self.branches) == 1:
            rows = self._rows(0, ",".join(f"{key}{self.way}" for key in self.branches[0].keys), numbered)
        else:
            rows = self._together(numbered)
        if self.window.backward:
            rows = f"SELECT y.* FROM ({rows}) y ORDER BY y.rn DESC"
        return f"(SELECT {outer} FROM ({rows}) x)"

    def _rows(self, number: int, by: str, numbered: bool, *keys: str) -> str:
        branch = self.branches[number]
        columns = [*keys, *(f"{texts[number]} AS c{i}" for i, texts in enumerate(self.columns))]
        if numbered:
            columns.insert(0, f"row_number() OVER (ORDER BY {by}) AS rn")
        sides = [one.conditions[number] for one in (self.after, self.before) if one is not None]
        rows = branch.place.rows(*branch.on, *sides)
        return f"SELECT {','.join(columns)} {rows} ORDER BY {by} LIMIT {self._limit}"

    def _together(self, numbered: bool) -> str:
        """The rows of all branches in the order of their keys, each branch read no further than the page."""
        parts: list[str] = []
        for number, branch in enumerate(self.branches):
            (key,) = branch.keys
            rows = self._rows(number, f"{key}{self.way}", False, f"{key} AS k")
            parts.append(f"SELECT b{number}.* FROM ({rows}) b{number}")
        columns = [f"u.c{i}" for i in range(len(self.columns))]
        if numbered:
            columns.insert(0, f"row_number() OVER (ORDER BY u.k{self.way}) AS rn")
        united = " UNION ALL ".join(parts)
        return f"SELECT {','.join(columns)} FROM ({united}) u ORDER BY u.k{self.way} LIMIT {self._limit}"

    @property
    def _limit(self) -> str:
        return self.size + ("+1" if self.one_more else "")


def outer_fields(planner: Planner, gtype: GraphQLObjectType, sets: Sets, page: Page, path: Path) -> str:
    fields = planner.selection.fields(gtype, sets)
    infos = [nodes for nodes in fields.values() if nodes[0].name.value == "pageInfo"]
    page.numbered = bool(infos)
    page.one_more = any(_asks_for_more(planner, nodes, page) for nodes in infos)
    pairs: list[tuple[str, str]] = []
    for key, nodes in fields.items():
        inner = [n.selection_set for n in nodes if n.selection_set]
        match nodes[0].name.value:
            case "__typename":
                text = literal(f'"{gtype.name}"')
            case "totalCount":
                planner.heavy = True
                text = page.number(lambda b: f"(SELECT count(*) {b.place.rows(*b.on, joins=False)})")
            case "pageInfo":
                text = page_info(planner, inner, page)
            case name:
                build = node_of if name == "nodes" else edge_of
                row = page.row(lambda b: build(planner, gtype, inner, b, page, (*path, key, 0)))  # noqa: B023
                text = planner.d.array(planner.row(row, (*path, key, 0)), page.within)
        pairs.append((key, text))
    return planner.d.record(pairs)


def _asks_for_more(planner: Planner, nodes: Sequence[FieldNode], page: Page) -> bool:
    """Whether it must be seen that one more row follows in the direction of reading: a cursor there tells."""
    if (page.after if page.window.backward else page.before) is not None:
        return False
    gtype: Any = planner.schema.graphql.type_map["PageInfo"]
    sets = [n.selection_set for n in nodes if n.selection_set]
    name = "hasPreviousPage" if page.window.backward else "hasNextPage"
    return any(f[0].name.value == name for f in planner.selection.fields(gtype, sets).values())


def node_of(
    planner: Planner, gtype: GraphQLObjectType, sets: Sets, branch: Branch, page: Page, path: Path
) -> str:
    return planner.object(branch.gtype, sets, branch.place, path)


def edge_of(
    planner: Planner, gtype: GraphQLObjectType, sets: Sets, branch: Branch, page: Page, path: Path
) -> str:
    edge: Any = planner.schema.bound[gtype.name]["edges"].type
    pairs: list[tuple[str, str]] = []
    for key, nodes in planner.selection.fields(edge, sets).items():
        match nodes[0].name.value:
            case "__typename":
                text = literal(f'"{edge.name}"')
            case "cursor":
                text = concat("'\"'", cursor(planner, branch, page.order), "'\"'")
            case _:
                inner = [n.selection_set for n in nodes if n.selection_set]
                text = planner.object(branch.gtype, inner, branch.place, (*path, key))
        pairs.append((key, text))
    return planner.d.record(pairs)


def page_info(planner: Planner, sets: Sets, page: Page) -> str:
    gtype: Any = planner.schema.graphql.type_map["PageInfo"]
    backward = page.window.backward
    pairs: list[tuple[str, str]] = []
    for key, nodes in planner.selection.fields(gtype, sets).items():
        match nodes[0].name.value:
            case "__typename":
                text = literal('"PageInfo"')
            case "hasNextPage":
                text = _more(planner, page, reading=not backward, beyond=page.before)
            case "hasPreviousPage":
                text = _more(planner, page, reading=backward, beyond=page.after)
            case name:
                text = _end(planner, page, last=(name == "endCursor") is not backward)
        pairs.append((key, text))
    return planner.d.record(pairs)


def _more(planner: Planner, page: Page, *, reading: bool, beyond: Anchor | None) -> str:
    """Whether rows stand on one side of the page: the cursor's row does; else one more was looked for."""
    if beyond is not None:
        return literal("true")
    return planner.d.boolean(f"count(*) > {page.size}") if reading else literal("false")


def _end(planner: Planner, page: Page, *, last: bool) -> str:
    """The cursor of the row read last, or first."""
    column = page.add([cursor(planner, branch, page.order) for branch in page.branches])
    found = planner.d.at_end(column, page.size, last=last, backward=page.window.backward)
    return f"coalesce({concat(literal(chr(34)), found, literal(chr(34)))},{NULL})"
