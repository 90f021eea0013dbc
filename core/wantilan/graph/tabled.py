"""Plans of counts at one day: an object whose cells are counted by the statement, whatever the group, empty
groups included.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa
from graphql import FieldNode, GraphQLObjectType

from ..access.rules import Rule, everyone, is_region, village_of
from ..store.places import Village
from ..store.tables import sql_table
from .lists import rows_array
from .place import Place
from .plan import Path, Why, response_path
from .planner import Member, Moment, Planner
from .selection import Request, good
from .shapes import Kind, Shape
from .sources import Amount, At, Cell, Cells, Part, Said, Tabled, Tally
from .sql import literal

TOKEN = re.compile(r"wat_([a-z0-9_]+?)_taw")


def tabled(planner: Planner, member: Member) -> str:
    """The object: for who may see the place as a whole, and from the day on which there is something."""
    source, owner, path = member.bound.source, member.owner, member.path
    assert isinstance(source, Tabled)
    planner.heavy = True
    rules = planner.rules(member.target, path)
    asked = planner.selection.argument(member.bound.graphql, member.nodes[0], source.argument)
    where = [*response_path(path), source.argument]

    def day(request: Request) -> Any:
        value = asked.get(request.variables) if asked.value else None
        return source.day(good(value, *where), request.today, where)

    outer, planner.moment = planner.moment, Moment(day, source)
    inside = planner.object(member.gtype, member.sets, owner, path)
    place, conditions = _rows(planner, source.begun, owner, path)
    begun = _dated(planner, f"EXISTS (SELECT 1 {place.rows(*conditions)})")
    planner.moment = outer
    text = planner.d.choice(begun, inside, planner.marker(Why.EARLY, path, owner, source.argument))
    return _guarded(planner, rules, owner, text, path)


def said(planner: Planner, member: Member) -> str:
    source, moment = member.bound.source, planner.moment
    assert isinstance(source, Said) and moment is not None
    _, type_ = moment.source.values[source.name]
    return planner.leaf(type_, _slot(planner, moment, source.name), member.bound.nullable)


def cell(planner: Planner, member: Member) -> str:
    source = member.bound.source
    assert isinstance(source, Cell)
    counts = _counts(planner, source.tallies, member.owner, member.path, grouped=False)
    return _amount(planner, f"(SELECT {planner.d.total('u.n')} FROM ({counts}) u)")


def cells(planner: Planner, member: Member) -> str:
    source, owner, path = member.bound.source, member.owner, member.path
    assert isinstance(source, Cells)
    planner.pages.append((*planner.chain, lambda request: len(source.frame)))
    pairs = [
        (key, _of_row(planner, member.gtype, nodes[0]))
        for key, nodes in planner.selection.fields(member.gtype, member.sets).items()
    ]
    frame = _frame(source)
    counts = _counts(planner, source.tallies, owner, path, grouped=True)
    every = f"{counts} UNION ALL SELECT f.column2 AS k,0 AS n FROM {frame} f"
    summed = f"SELECT u.k AS k,{planner.d.total('u.n')} AS n FROM ({every}) u GROUP BY u.k"
    # The counts stand first, and nothing is joined to the left of them: SQLite would count again for each
    # row of the frame, since they hang on the row outside.
    rows = (
        f"SELECT {planner.d.record(pairs)} AS j FROM ({summed}) c CROSS JOIN {frame} f "
        f"WHERE f.column2 = c.k ORDER BY f.column1"
    )
    return planner.hoisted(rows_array(planner, rows, [], path, member.bound, owner, []), path)


def _frame(source: Cells) -> str:
    """The groups in their order: number, key, and what is said of each. It stands in front, once."""
    rows = (
        f"({number},{literal(key)},{','.join(map(literal, parts))})"
        for number, (key, parts) in enumerate(source.frame)
    )
    return f"\x03VALUES {','.join(rows)}\x04"


def _of_row(planner: Planner, gtype: GraphQLObjectType, node: FieldNode) -> str:
    if node.name.value == "__typename":
        return literal(f'"{gtype.name}"')
    source = planner.schema.bound[gtype.name][node.name.value].source
    if isinstance(source, Part):
        return f"f.column{source.number + 3}"
    assert isinstance(source, Amount)
    return _amount(planner, "c.n")


def _amount(planner: Planner, count: str) -> str:
    """A count as it is shown. Rounded, each by itself: a sum of rounded cells would be off by many."""
    assert planner.moment is not None
    step = planner.moment.source.rounded
    return planner.d.number(count if step is None else f"({count}+{step // 2})/{step}*{step}")


def _counts(planner: Planner, tallies: tuple[Tally, ...], owner: Place, path: Path, *, grouped: bool) -> str:
    """What all tallies count, a row for each group of each: they count different rows."""
    return _dated(planner, " UNION ALL ".join(_counted(planner, t, owner, path, grouped) for t in tallies))


def _counted(planner: Planner, tally: Tally, owner: Place, path: Path, grouped: bool) -> str:
    place, conditions = _rows(planner, tally, owner, path)
    many = planner.d.total(place.column(tally.amount.key)) if tally.amount is not None else "count(*)"
    if not grouped:
        return f"SELECT {many} AS n {place.rows(*conditions)}"
    build = partial(_with_tokens, planner, tally.key)
    key = planner.pieces.expression(("key", id(tally)), place.table, build, place.alias)
    return f"SELECT {key} AS k,{many} AS n {place.rows(*conditions)} GROUP BY {key}"


def _rows(planner: Planner, tally: Tally, owner: Place, path: Path) -> tuple[Place, list[str]]:
    """The rows of a tally, behind their wall. Who may see them was asked of the object they belong to."""
    shape = Shape(Kind.SUMMARY, tally.model, tally.model, (everyone(),))
    villages, key = tally.villages, ("villages", id(tally))
    chosen: Any = partial(_with_tokens, planner, villages) if villages is not None else _every
    among = (key if villages is not None else "every village", chosen)
    place = planner.from_(shape, path, owner, via=tally.via, among=among)
    pieces = planner.pieces
    conditions = []
    if villages is not None and not is_region(owner.table):
        build: Any = lambda t: _with_tokens(planner, villages, village_of(t))  # noqa: E731
        conditions.append(pieces.condition(key, [owner.table], build, owner.alias))
    if tally.tie is not None:
        tables = [owner.table, place.table]
        conditions.append(pieces.condition(("tie", id(tally)), tables, tally.tie, owner.alias, place.alias))
    where: Any = partial(_with_tokens, planner, tally.where)
    conditions.append(pieces.condition(("where", id(tally)), [place.table], where, place.alias))
    return place, conditions


def _every(village: Any) -> Any:
    return sa.true()


def _with_tokens(planner: Planner, build: Any, table: Any) -> Any:
    """What is known of the day stands in a frozen piece as tokens, and is bound by each plan."""
    assert planner.moment is not None
    return build(table, tokens(planner.moment.source))


def tokens(source: Tabled) -> At:
    made: Mapping[str, sa.ColumnElement[Any]] = {
        name: sa.literal_column(f"wat_{name}_taw", type_) for name, (_, type_) in source.values.items()
    }
    return made


def _dated(planner: Planner, text: str) -> str:
    moment = planner.moment
    assert moment is not None
    return TOKEN.sub(lambda found: _slot(planner, moment, found[1]), text)


def _slot(planner: Planner, moment: Moment, name: str) -> str:
    if name not in moment.slots:
        get, type_ = moment.source.values[name]
        moment.slots[name] = planner.bind(lambda request: get(moment.day(request)), type_)
    return moment.slots[name]


def _guarded(planner: Planner, rules: list[Rule], owner: Place, inside: str, path: Path) -> str:
    if is_region(owner.table) or owner.table is sql_table(Village):
        return planner.guarded(rules, [], owner, inside, path)
    if not planner.walls or (owner.walled and any(rule.follows(planner.actor) for rule in rules)):
        return inside
    test = " OR ".join(planner.pieces.where(rule, owner.table, owner.alias) for rule in rules)
    needs = " or ".join(map(str, rules))
    return planner.d.choice(test, inside, planner.marker(Why.FORBIDDEN, path, owner, needs))
