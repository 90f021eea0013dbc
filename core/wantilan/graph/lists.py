"""Plans of to-one fields, whole lists and aggregates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from graphql import FieldNode, GraphQLObjectType, SelectionSetNode

from ..access.rules import Rule
from ..errors import BadUserInput
from .dated import covering_day, the_last
from .kept import Kept, covering, grouped
from .place import Place
from .plan import Path
from .planner import Days, Hoisted, Member, Planner
from .schema import Bound
from .selection import Request, good
from .sources import Aggregated, Column, Folded, Many, One
from .sql import DAY, NULL, bare, literal

Sets = Sequence[SelectionSetNode]


def one(planner: Planner, member: Member) -> str:
    """A LEFT JOIN on a unique key: it multiplies nothing. Of a union's tables the first that has a row
    counts.
    """
    bound, source, owner, path = member.bound, member.bound.source, member.owner, member.path
    assert isinstance(source, One)
    cases: list[str] = []
    covers = covering_day(planner, bound, member.nodes[0], source.as_of, path)
    for place in planner.places(bound, path, owner, source.via, up=True):
        if covers is not None:
            (again,) = planner.places(bound, path, owner, source.via, up=True)
            on = [*covers(place), the_last(source.as_of, place, again, covers)]
        else:
            on = [only(planner, source, place)] if source.only is not None else []
        inside = planner.object(planner.type_of(place), member.sets, place, path)
        owner.joins.append(place.joined(*on))
        cases.append(f"WHEN {place.column(place.key.name)} IS NOT NULL THEN {inside}")
    return f"CASE {' '.join(cases)} ELSE {NULL} END"


def only(planner: Planner, source: One, place: Place) -> str:
    condition = source.only
    assert condition is not None

    def build(table: sa.FromClause) -> sa.ColumnElement[bool]:
        from sqlalchemy.sql.util import ClauseAdapter

        return ClauseAdapter(table).traverse(condition)

    return planner.pieces.condition(("only", id(condition)), [place.table], build, place.alias)


def many(planner: Planner, member: Member) -> str:
    bound, source, owner, path = member.bound, member.bound.source, member.owner, member.path
    assert isinstance(source, Many)
    rows, lists, places = whole_list(planner, bound, source, member.nodes, owner, path)
    rules = [rule for place in places for rule in planner.rules(place.shape, path)]
    return planner.hoisted(rows_array(planner, rows, lists, path, bound, owner, rules), path)


def whole_list(
    planner: Planner,
    bound: Bound,
    source: Many,
    nodes: Sequence[FieldNode],
    owner: Place | None,
    path: Path,
) -> tuple[str, list[Hoisted], list[Place]]:
    """The select of a whole list, the lists inside its rows, and the tables that it reads."""
    sets = [node.selection_set for node in nodes if node.selection_set]
    covers = covering_day(planner, bound, nodes[0], source.as_of, path)
    places = planner.places(bound, path, owner, source.via)
    parts: list[str] = []
    for place in places:
        with planner.frame() as lists:
            inside = planner.object(planner.type_of(place), sets, place, (*path, 0))
        of_day = covers(place) if covers is not None else []
        rows = place.rows(*gate_of_list(planner, bound, owner, place), *of_day)
        if len(places) == 1:
            order = fixed_order(place, source)
            return f"SELECT {inside} AS j{columns(lists)} {rows} ORDER BY {order}", lists, places
        filled = planner.filled(inside, [(one, one.text) for one in lists])
        parts.append(f"SELECT {place.column(place.key.name)} AS k,{filled} AS j {rows}")
    return f"SELECT u.j FROM ({' UNION ALL '.join(parts)}) u ORDER BY u.k", [], places


def gate_of_list(planner: Planner, bound: Bound, owner: Place | None, place: Place) -> tuple[str, ...]:
    """A list at the root has no door before it: each row must be of a village that enabled the program."""
    at_root = owner is None and bound.program is not None
    return (planner.enabled(str(bound.program), place),) if at_root else ()


def fixed_order(place: Place, source: Many) -> str:
    """The order of a list that cannot grow; rows that are equal follow by their keys."""
    names = [source.order.key] if source.order is not None else []
    return ",".join(place.column(name) for name in [*names, place.key.name])


def columns(lists: Sequence[Hoisted]) -> str:
    """The lists inside a row as further columns of its select."""
    return "".join(f",{hoisted.text} AS h{hoisted.number}" for hoisted in lists)


def row_text(planner: Planner, lists: Sequence[Hoisted], path: Path) -> str:
    """One finished row of a sub-select: its column `j` with its lists put in, guarded."""
    text = planner.filled("x.j", [(hoisted, f"x.h{hoisted.number}") for hoisted in lists])
    return planner.row(text, (*path, 0))


def rows_array(
    planner: Planner,
    rows: str,
    lists: Sequence[Hoisted],
    path: Path,
    bound: Bound,
    owner: Place,
    rules: Sequence[Rule],
) -> str:
    """The rows of a sub-select as an array, with the guard of their place inside."""
    text = planner.d.array(row_text(planner, lists, path))
    if bound.nullable:
        text = planner.guarded(rules, [], owner, text, path)
    return f"(SELECT {text} FROM ({rows}) x)"


def aggregate(planner: Planner, member: Member) -> str:
    """Groups in the order of their columns; a total is there for who may see the place as a whole."""
    bound, source, owner, path = member.bound, member.bound.source, member.owner, member.path
    assert isinstance(source, Aggregated)
    gtype = member.gtype
    planner.heavy = True
    rules = planner.rules(member.target, path)
    kept = covering(planner.schema, gtype, member.target, source, owner.table)
    if kept is not None:
        place = planner.from_(kept.shape, path, owner, program=bound.program)
    else:
        (place,) = planner.places(bound, path, owner, source.via)
    days = _days(planner, member) if source.between is not None else None
    on = kept.within(planner, place, days) if kept else between(planner, place, source, days)
    groups = [place.column(name) for name in grouped(planner.schema, gtype)]
    pairs = [
        (key, folded(planner, gtype, nodes[0], place, kept, (*path, 0, key)))
        for key, nodes in planner.selection.fields(gtype, member.sets).items()
    ]
    inside = planner.d.record(pairs)
    by = ""
    if groups:
        order = ",".join(ordered(planner, place, name) for name in grouped(planner.schema, gtype))
        by = f" GROUP BY {','.join(groups)} ORDER BY {order}"
    rows = f"SELECT {inside} AS j {place.rows(*on)}{by}"
    text = rows_array(planner, rows, [], path, bound, owner, rules)
    return planner.hoisted(text, path)


def ordered(planner: Planner, place: Place, name: str) -> str:
    """A group in the order of both databases: text by its bytes, and unknown values last."""
    column = place.table.c[name]
    text = isinstance(bare(column.type), sa.String) and planner.d.name == "postgresql"
    collated = ' COLLATE "C"' if text else ""
    return f"{place.column(name)}{collated}{' NULLS LAST' if column.nullable else ''}"


def folded(
    planner: Planner, gtype: GraphQLObjectType, node: FieldNode, place: Place, kept: Kept | None, path: Path
) -> str:
    if node.name.value == "__typename":
        return literal(f'"{gtype.name}"')
    bound = planner.schema.bound[gtype.name][node.name.value]
    if isinstance(bound.source, Folded):
        of = bound.source.of
        if of is None and kept is not None:
            return planner.d.number(kept.count(planner, place))
        return planner.d.number(planner.d.total(place.column(of.key)) if of is not None else "count(*)")
    assert isinstance(bound.source, Column)
    return planner.column(bound.source.of.key, bound.nullable, bound.source.needs, place, path)


def _days(planner: Planner, member: Member) -> Days:
    """Those of the object of figures that the list belongs to; else what its own arguments say."""
    return planner.period or period(planner, member.bound, member.nodes[0], member.path)


def period(planner: Planner, bound: Bound, node: FieldNode, path: Path) -> Days:
    """`from` and `to`, both inclusive; without them the last twelve months of the deployment's zone."""
    first = planner.selection.argument(bound.graphql, node, "from")
    last = planner.selection.argument(bound.graphql, node, "to")

    def begins(request: Request) -> date:
        given = good(first.get(request.variables), *path, "from") if first.value else None
        return given or _year_before(ends(request))

    def ends(request: Request) -> date:
        given = good(last.get(request.variables), *path, "to") if last.value else None
        if given is not None and not isinstance(given, date):
            raise BadUserInput
        return given or request.today

    return begins, ends


def between(planner: Planner, place: Place, source: Aggregated, days: Days | None) -> list[str]:
    """The days of a period, asked of the rows themselves."""
    if source.between is None or days is None:
        return []
    column, (begins, ends) = place.column(source.between.key), days
    return [f"{column} >= {planner.bind(begins, DAY)}", f"{column} <= {planner.bind(ends, DAY)}"]


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1) + timedelta(days=1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28) + timedelta(days=1)
