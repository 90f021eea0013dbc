"""Plans of connections: keyset paging, filters, orders, counting; a deep page costs what the first one
costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from graphql import FieldNode, GraphQLObjectType, SelectionSetNode, Undefined

from ..errors import BadUserInput, LimitExceeded, Text
from ..store.tables import VillageTable
from .conditions import conditions
from .lists import Sets, tied
from .plan import Path, Place, Why
from .planner import Member, Planner
from .relay import decode_cursor, row_id
from .schema import Bound
from .selection import Arg, Request, enum_name
from .shapes import Order, Shape
from .sources import Connected
from .sql import NULL, concat, literal

DEFAULT_PAGE = 20


@dataclass
class Page:
    """What the outer object needs from the inner rows, gathered while its fields are planned."""

    columns: list[str]
    numbered: bool = False
    one_more: bool = False

    def add(self, text: str) -> str:
        """One more column of the inner rows; how the outer object names it."""
        self.columns.append(text)
        return f"x.c{len(self.columns) - 1}"


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
    shape, gtype = bound.target, bound.type
    assert shape is not None and isinstance(gtype, GraphQLObjectType)
    rules = planner.rules(shape, path)
    place, allowed = planner.from_(shape, path)
    on = [allowed]
    if owner is not None:
        on.insert(0, tied(planner, owner, place, source.via, bound.program))
    elif bound.program is not None:
        on.append(planner.enabled(bound.program, place))

    def argument(name: str) -> Arg:
        return planner.selection.argument(bound.graphql, node, name)

    base = list(on)
    name, order = ordering(planner, bound, shape, argument("order"))
    extra, needs = conditions(
        planner, bound, shape, place, argument("filter"), argument("search"), source, path
    )
    on += extra
    needs = [*needs, *needs_of(planner, shape, order)]
    for permission in needs:
        planner.permitted(permission, path)
    size = page_size(planner, argument("first"))
    first = planner.bind(size, sa.Integer())
    keys = sort_keys(place, order)
    counted = " AND ".join(on)
    text_after, anchor = after(planner, place, order, keys, name, argument("after"), path)
    if text_after:
        on.append(text_after)
    chain = planner.chain
    planner.chain = (*chain, size)
    planner.pages.append(planner.chain)
    planner.heavy |= len(planner.chain) > 1 or source.search is not None
    page = Page([])
    outer = outer_fields(
        planner, gtype, sets, place, Inner(page, first, name, counted, bool(text_after)), path
    )
    planner.chain = chain
    if owner is not None:
        outer = planner.guarded(rules if bound.nullable else [], needs, owner, outer, path)
    if anchor:
        known = (
            f"EXISTS (SELECT 1 FROM {place.table.name} {place.alias} WHERE {' AND '.join(base)} AND {anchor})"
        )
        outer = planner.d.choice(known, outer, planner.marker(Why.CURSOR, path, None))
    return select_page(place, page, outer, on, keys, order, first)


# The order


def ordering(planner: Planner, bound: Bound, shape: Shape, given: Arg) -> tuple[str, Order | None]:
    if not shape.orders:
        return "ID", None
    if given.given and given.value is not None:
        name = enum_name(bound.graphql.args["order"].type, given.value)
    else:
        name = next(iter(shape.orders))
    return name, shape.orders[name]


def sort_keys(place: Place, order: Order | None) -> list[str]:
    last = list(place.table.primary_key)[-1].name
    names = [order.key.key] if order is not None and order.key.key != last else []
    return [f"{place.alias}.{n}" for n in (*names, last)]


def needs_of(planner: Planner, shape: Shape, order: Order | None) -> list[str]:
    """An order by a field with a permission of its own would tell what the field hides."""
    return planner.schema.needs_of(shape, order.column.key) if order is not None else []


# The page


def page_size(planner: Planner, given: Arg) -> Any:
    if not given.given or given.value is None:
        return lambda request: min(DEFAULT_PAGE, planner.page_size)

    def size(request: Request) -> int:
        value = given.get(request.variables)
        if value is None or value is Undefined:
            return min(DEFAULT_PAGE, planner.page_size)
        if value < 0:
            raise BadUserInput(Text("`first` tidak boleh negatif.", "`first` must not be negative."))
        if value > planner.page_size:
            raise LimitExceeded("pageSize", planner.page_size)
        return int(value)

    return size


def after(
    planner: Planner,
    place: Place,
    order: Order | None,
    keys: Sequence[str],
    name: str,
    given: Arg,
    path: Path,
) -> tuple[str, str]:
    """The keyset condition, and the condition that the cursor's row is in this list. Empty without a
    cursor.
    """
    if not given.given or given.value is None:
        return "", ""

    key = list(place.table.primary_key)[-1]
    last = key.name

    def row(request: Request) -> UUID | str:
        found: UUID | str | None = decode_cursor(given.get(request.variables), name)
        if isinstance(found, str) and isinstance(key.type, sa.Uuid):
            found = row_id(found)
        if found is None:
            raise BadUserInput(
                Text("Kursor ini bukan dari daftar ini.", "This cursor is not one of this list."),
                path=[part for part in path if part != 0],
            )
        return found

    slot = planner.bind(row, key.type)
    sign = "<" if order is not None and order.descending else ">"
    anchor = f"{place.alias}.{last} = {slot}"
    if len(keys) == 1:
        return f"{keys[0]} {sign} {slot}", anchor
    column = keys[0].split(".", 1)[1]
    walled = planner.walls and issubclass(place.shape.model or object, VillageTable)
    villages = planner.pieces.wall(place.table, "a") if walled else "1=1"
    value = f"(SELECT a.{column} FROM {place.table.name} a WHERE {villages} AND a.{last} = {slot})"
    return f"({keys[0]},{keys[1]}) {sign} ({value},{slot})", anchor


@dataclass(frozen=True)
class Inner:
    page: Page
    first: str
    order: str
    counted: str
    paged: bool


def select_page(
    place: Place,
    page: Page,
    outer: str,
    on: Sequence[str],
    keys: Sequence[str],
    order: Order | None,
    first: str,
) -> str:
    """The outer object over its rows. Guards stand in the outer list, beside what nests and not around it."""
    if not page.columns and not page.numbered:
        return f"(SELECT {outer})"
    way = " DESC" if order is not None and order.descending else ""
    by = ",".join(f"{key}{way}" for key in keys)
    columns = [f"{text} AS c{i}" for i, text in enumerate(page.columns)]
    if page.numbered:
        columns.insert(0, f"row_number() OVER (ORDER BY {by}) AS rn")
    more = "+1" if page.one_more else ""
    rows = (
        f"SELECT {','.join(columns)} FROM {place.table.name} {place.alias}{''.join(place.joins)} "
        f"WHERE {' AND '.join(on)} ORDER BY {by} LIMIT {first}{more}"
    )
    return f"(SELECT {outer} FROM ({rows}) x)"


def outer_fields(
    planner: Planner, gtype: GraphQLObjectType, sets: Sets, place: Place, inner: Inner, path: Path
) -> str:
    chosen = planner.selection.fields(gtype, sets)
    page = inner.page
    page.one_more = any(
        nodes[0].name.value == "pageInfo" and _asks_for_next(planner, nodes) for nodes in chosen.values()
    )
    page.numbered = any(nodes[0].name.value == "pageInfo" for nodes in chosen.values())
    within_page = f"x.rn <= {inner.first}" if page.one_more else None
    pairs: list[tuple[str, str]] = []
    for key, nodes in chosen.items():
        field = nodes[0].name.value
        below = [n.selection_set for n in nodes if n.selection_set]
        if field == "__typename":
            text = literal(f'"{gtype.name}"')
        elif field == "totalCount":
            planner.heavy = True
            text = planner.d.number(
                f"(SELECT count(*) FROM {place.table.name} {place.alias} WHERE {inner.counted})"
            )
        elif field == "pageInfo":
            text = page_info(planner, below, place, inner)
        else:
            build = rows_of if field == "nodes" else edges_of
            with planner.frame() as lists:
                row = page.add(build(planner, gtype, below, place, inner, (*path, key, 0)))
            row = planner.filled(row, [(hoisted, page.add(hoisted.text)) for hoisted in lists])
            text = planner.d.array(planner.row(row, (*path, key, 0)), within_page)
        pairs.append((key, text))
    return planner.d.record(pairs)


def _asks_for_next(planner: Planner, nodes: Sequence[FieldNode]) -> bool:
    gtype: Any = planner.schema.graphql.type_map["PageInfo"]
    below = [n.selection_set for n in nodes if n.selection_set]
    return any(f[0].name.value == "hasNextPage" for f in planner.selection.fields(gtype, below).values())


def rows_of(
    planner: Planner, gtype: GraphQLObjectType, sets: Sets, place: Place, inner: Inner, path: Path
) -> str:
    node: Any = planner.schema.bound[gtype.name]["nodes"].type
    return planner.object(node, sets, place, path)


def edges_of(
    planner: Planner, gtype: GraphQLObjectType, sets: Sets, place: Place, inner: Inner, path: Path
) -> str:
    edge: Any = planner.schema.bound[gtype.name]["edges"].type
    pairs: list[tuple[str, str]] = []
    for key, nodes in planner.selection.fields(edge, sets).items():
        below = [n.selection_set for n in nodes if n.selection_set]
        match nodes[0].name.value:
            case "__typename":
                text = literal(f'"{edge.name}"')
            case "cursor":
                text = concat("'\"'", cursor(planner, place, inner.order), "'\"'")
            case _:
                target: Any = planner.schema.bound[edge.name]["node"].type
                text = planner.object(target, below, place, (*path, key))
        pairs.append((key, text))
    return planner.d.record(pairs)


def cursor(planner: Planner, place: Place, order: str) -> str:
    """Which row of which order, and no key value: the values are read again from the row."""
    last = list(place.table.primary_key)[-1]
    text = f"{place.alias}.{last.name}"
    return concat(literal(order + "."), planner.d.hex(text) if isinstance(last.type, sa.Uuid) else text)


def page_info(planner: Planner, sets: Sequence[SelectionSetNode], place: Place, inner: Inner) -> str:
    d, page = planner.d, inner.page
    gtype: Any = planner.schema.graphql.type_map["PageInfo"]
    pairs: list[tuple[str, str]] = []
    for key, nodes in planner.selection.fields(gtype, sets).items():
        field = nodes[0].name.value
        if field == "__typename":
            text = literal('"PageInfo"')
        elif field == "hasNextPage":
            text = d.boolean(f"count(*) > {inner.first}")
        elif field == "hasPreviousPage":
            text = literal("true" if inner.paged else "false")
        else:
            column = page.add(cursor(planner, place, inner.order))
            chosen = f" FILTER (WHERE x.rn <= {inner.first})"
            fold = "max" if field == "endCursor" else "min"
            # The number in front makes the last row the greatest text; it is cut off again.
            found = f"substr({fold}({concat(d.padded('x.rn'), column)}){chosen},8)"
            text = f"coalesce({concat(literal(chr(34)), found, literal(chr(34)))},{NULL})"
        pairs.append((key, text))
    return d.record(pairs)
