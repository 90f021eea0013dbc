"""The planner: selections of objects, and the one place where a table enters a statement.

`Planner.from_` always adds the wall and the read rule. How each kind of source is written stands in
`emitters`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from graphql import FieldNode, GraphQLObjectType, SelectionSetNode
from sqlalchemy import ColumnElement
from sqlalchemy.types import TypeEngine

from ..access.rules import Rule, is_region, within
from ..errors import Forbidden
from ..store.tables import VillageTable
from .links import GATE, below_region, code_of_place, enabled, gate_of, link, link_of
from .pieces import ACTOR, Pieces
from .place import Place, village_column
from .plan import ComputedAt, Getter, Marker, Path, Plan, Why, response_path
from .schema import Bound, Schema
from .selection import Request, Selection
from .shapes import Shape
from .sources import Tabled, Via
from .sql import NULL, TEXT, Processor, concat, literal, name

WALL = "the wall"


@dataclass(frozen=True)
class Member:
    """One field to be written: its source, its nodes (merged), the row it hangs on, and where its answer
    goes.
    """

    bound: Bound
    nodes: list[FieldNode]
    owner: Place
    path: Path

    @property
    def sets(self) -> list[SelectionSetNode]:
        return [node.selection_set for node in self.nodes if node.selection_set]

    @property
    def gtype(self) -> GraphQLObjectType:
        assert isinstance(self.bound.type, GraphQLObjectType)
        return self.bound.type

    @property
    def target(self) -> Shape:
        assert self.bound.target is not None
        return self.bound.target


@dataclass(frozen=True)
class Hoisted:
    """A list inside a row that stands in a column of its own, beside the row's text and not inside it."""

    number: int
    text: str
    path: Path


Emit = Callable[["Planner", Member], str]
Days = tuple[Callable[[Request], date], Callable[[Request], date]]
"""The first and the last day of a period, both included."""
Villages = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""A condition on a village, by its id."""


@dataclass(frozen=True)
class Moment:
    """The day of an object of counts, and whatever is bound of it, by name; `rounded` as its source says."""

    day: Callable[[Request], Any]
    source: Tabled
    slots: dict[str, str] = field(default_factory=dict)


class Planner:
    """Plans one operation for one shape of actor and variables. `walls=False` exists for the tests'
    control.
    """

    def __init__(
        self,
        schema: Schema,
        pieces: Pieces,
        request: Request,
        selection: Selection,
        emitters: Mapping[type, Emit],
        *,
        page_size: int = 100,
        walls: bool = True,
    ) -> None:
        self.schema, self.pieces, self.d = schema, pieces, pieces.d
        self.request, self.actor, self.selection = request, request.actor, selection
        self.emitters, self.page_size, self.walls = emitters, page_size, walls
        self.by_ids = request.actor.villages is not None
        self.slots: dict[str, tuple[Getter, Processor]] = {}
        self.markers: list[Marker] = []
        self._marked: dict[tuple[Why, Path, str, str], int] = {}
        self.computed: list[ComputedAt] = []
        self.pages: list[tuple[Getter, ...]] = []
        self.chain: tuple[Getter, ...] = ()
        self.heavy = False
        self.pins: list[Getter] | None = []
        """The codes of the villages and regions in which the operation lies; None when it looks beyond."""
        self.known: dict[str, Getter] = {}
        """Alias of a root object -> the code or id of the village that it is, or lies in."""
        self.moment: Moment | None = None
        """The day of the counts that are planned just now."""
        self.period: Days | None = None
        """The period of the figures that are planned just now."""
        self._frames: list[list[Hoisted]] = []
        self._numbers = itertools.count(1)

    # The wall
    def from_(
        self,
        shape: Shape,
        path: Path,
        owner: Place | None = None,
        *,
        via: Via = None,
        program: str | None = None,
        up: bool = False,
        among: tuple[object, Villages] | None = None,
    ) -> Place:
        """A table, tied to the row it hangs on, with the conditions under which its rows may be read.

        `among`, with a key that tells it from others: of which villages of a region.

        Inside one village a row hangs on a row of the same village: then the wall of that one is its own.
        What every row inside the wall fulfils is not asked again. Raises Forbidden: nowhere.
        """
        rules = self.rules(shape, path)
        alias = self.alias()
        guards: list[str] = []
        walled, above = False, None
        asked = shape.table, alias
        if owner is not None:
            tie, walled = self._tied(owner, shape, alias, via, program, up, among)
            guards.append(tie)
            if _equal(tie, owner.village, village_column(shape.table, alias)):
                walled, above = owner.walled, owner.outermost
                asked = owner.table, owner.alias  # the same village: asked there it is asked once
            elif is_region(shape.table) or not is_region(owner.table):
                self.pins = None  # not down from a region: it may lead out of it
        of_village = issubclass(shape.model or object, VillageTable)
        if self.walls and of_village and not (walled or self.actor.everywhere):
            guards.append(self.pieces.wall(*asked, by_ids=self.by_ids))
        walled = self.walls and of_village
        if self.walls and not self._settled(rules, walled):
            opened = [self.pieces.where(rule, shape.table, alias) for rule in rules]
            guards.append(opened[0] if len(opened) == 1 else "(" + " OR ".join(opened) + ")")
        return Place(shape, alias, tuple(guards), walled, above)

    def alias(self) -> str:
        """A new name for a table in the statement."""
        return f"t{next(self._numbers)}"

    def _tied(
        self,
        owner: Place,
        shape: Shape,
        alias: str,
        via: Via,
        program: str | None,
        up: bool,
        among: tuple[object, Villages] | None = None,
    ) -> tuple[str, bool]:
        """The condition that ties a table to the row it hangs on, and whether it lets in only rows inside the
        wall.
        """
        tables = [owner.table, shape.table]
        if is_region(owner.table) and "village_id" in shape.table.c:
            within = self.walls and issubclass(shape.model or object, VillageTable)
            around = self.pieces.wall_around(self.by_ids) if within else None
            key: Any = ("below", program, within and self.by_ids, within, among[0] if among else None)
            tests = [test for test in (around, among and among[1]) if test]
            as_array = among is not None and self.d.name == "postgresql"
            build = below_region(program, *tests, as_array=as_array)
            return self.pieces.condition(key, tables, build, owner.alias, alias), within
        via = link_of(via, shape.cls)
        build = link(owner.table, shape.table, via, up=up)
        return self.pieces.condition(("link", str(via), up), tables, build, owner.alias, alias), False

    def places(
        self, bound: Bound, path: Path, owner: Place | None = None, via: Via = None, *, up: bool = False
    ) -> list[Place]:
        """The tables at the other end of a field: one, or those behind a union or an interface that this
        actor may read somewhere. Raises Forbidden when there is none.
        """

        def table(shape: Shape) -> Place:
            return self.from_(shape, path, owner, via=via, program=bound.program, up=up)

        if bound.target is not None:
            return [table(bound.target)]
        found: list[Place] = []
        refused: dict[str, None] = {}
        for shape in bound.members:
            try:
                found.append(table(shape))
            except Forbidden as error:
                refused[error.permission] = None
        if not found:
            raise Forbidden(" or ".join(refused), path=response_path(path))
        return found

    def type_of(self, place: Place) -> GraphQLObjectType:
        """The GraphQL type that shows the rows of a table."""
        gtype = self.schema.graphql.type_map[self.schema.type_of[place.shape.cls]]
        assert isinstance(gtype, GraphQLObjectType)
        return gtype

    def rules(self, shape: Shape, path: Path) -> list[Rule]:
        """The read rules that can hold for this actor anywhere, as far as they can."""
        rules = [rule.narrowed(self.actor) for rule in shape.read if rule.applies(self.actor)]
        if not rules:
            raise Forbidden(" or ".join(str(rule) for rule in shape.read), path=response_path(path))
        return rules

    def _settled(self, rules: Sequence[Rule], walled: bool) -> bool:
        """Whether one of the rules holds for sure: for everyone, or for whatever lies inside the wall."""
        return any(rule.key == "everyone" or (walled and rule.follows(self.actor)) for rule in rules)

    def here(self, rules: Sequence[Rule], owner: Place) -> str | None:
        """The condition that one of the rules holds at the owner's place; None when it always does."""
        if not self.walls or self._settled(rules, owner.walled or self.actor.everywhere):
            return None
        # At a region a rule may fail although it holds for every row inside the wall: own_village() does.
        if not is_region(owner.table) and any(rule.follows(self.actor) for rule in rules):
            return self.pieces.wall(owner.table, owner.alias, by_ids=self.by_ids)
        return "(" + " OR ".join(self.pieces.place(rule, owner.table, owner.alias) for rule in rules) + ")"

    def permitted(self, permission: str, path: Path) -> Rule:
        """A field's own permission. Raises Forbidden: nowhere."""
        rule = within(permission)
        if not rule.applies(self.actor):
            raise Forbidden(permission, path=response_path(path))
        return rule

    def ordered(self, order: str, *, backward: bool) -> None:
        """Told the order in which a connection is read: nothing to a plan, something to an explanation."""

    # Slots and markers
    def bind(self, get: Getter, type_: TypeEngine[Any]) -> str:
        """A slot for one value of the request."""
        key = f"v{next(self._numbers)}"
        self.slots[key] = (get, self.d.processor(type_))
        return self.d.slot(key, type_)

    def bind_list(self, get: Getter, type_: TypeEngine[Any]) -> str:
        """A slot for one array: its length is no part of the plan."""
        key, each = f"v{next(self._numbers)}", self.d.processor(type_)
        self.slots[key] = (lambda r: self.d.list_value([each(v) if each else v for v in get(r)]), None)
        return self.d.list_slot(key, type_)

    def marker(self, why: Why, path: Path, owner: Place | None, subject: str = "") -> str:
        """What stands in place of an answer. The same field of a listed thing is explained once, not for
        each of them.
        """
        key = (why, path, subject, owner.alias if owner is not None else "")
        if key not in self._marked:
            self._marked[key] = len(self.markers)
            self.markers.append(Marker(why, path, subject))
        return concat(literal(f'{{"${self._marked[key]}":'), self.village_code(owner), "'}'")

    def village_code(self, owner: Place | None) -> str:
        """The code of the village (or region) of a row, as JSON."""
        if owner is None:
            return literal('""')
        place = owner.outermost
        found = self.pieces.expression("code of the place", place.table, code_of_place, place.alias)
        return self.d.quoted(found)

    def row(self, text: str, path: Path) -> str:
        """A row's object, guarded: a NULL inside a concatenation would make the row vanish without a word.

        For lists `text` is the column that holds the finished row, so that the guard does not nest.
        """
        return f"coalesce({text},{self.marker(Why.NULL, path, None)})"

    @contextmanager
    def frame(self) -> Iterator[list[Hoisted]]:
        """Plan the object of one row; lists inside it are gathered, where the database wants that."""
        self._frames.append([])
        try:
            yield self._frames[-1]
        finally:
            self._frames.pop()

    def hoisted(self, text: str, path: Path) -> str:
        """A list inside a row: as it is, or a placeholder for it (see `Dialect.hoists`)."""
        if not self.d.hoists or not self._frames:
            return text
        number = next(self._numbers)
        self._frames[-1].append(Hoisted(number, text, path))
        return self.d.placeholder(number)

    def filled(self, row: str, columns: Sequence[tuple[Hoisted, str]]) -> str:
        """A row's text with its lists put in; each stands in the column named beside it."""
        for hoisted, column in columns:
            row = f"replace({row},{self.d.placeholder(hoisted.number)},{self.row(column, hoisted.path)})"
        return row

    def gate(self, program: str, owner: Place, inside: str, path: Path) -> str:
        test = self._gate(program, owner.outermost)
        return self.d.choice(test, inside, self.marker(Why.CLOSED, path, owner, program))

    def _gate(self, program: str, place: Place) -> str:
        """That the village of a row has enabled a program: looked up once for all rows that hang on it."""
        if place.village is None:
            return self.enabled(program, place)
        if program not in place.gates:
            alias = f"g{next(self._numbers)}"
            build = partial(gate_of, program)
            tables = [place.table, GATE]
            on = self.pieces.condition(("gate of", program), tables, build, place.alias, alias)
            place.joins.append(f" LEFT JOIN {GATE.name} {alias} ON {on}")
            place.gates[program] = f"{alias}.village_id IS NOT NULL"
        return place.gates[program]

    def enabled(self, program: str, owner: Place) -> str:
        """The same as a condition by itself, for rows of a whole table."""
        return self.pieces.condition(
            ("gate", program), [owner.table], lambda t: enabled(program, t), owner.alias
        )

    def guarded(
        self, rules: Sequence[Rule], permissions: Sequence[str], owner: Place, inside: str, path: Path
    ) -> str:
        """Null with an explanation where the rules (any) and permissions (all) do not hold at the owner's
        place.
        """
        tests = [self.here([within(p)], owner) for p in permissions]
        tests.append(self.here(rules, owner) if rules else None)
        text = " AND ".join(test for test in tests if test)
        if not text:
            return inside
        needs = " and ".join([*permissions, " or ".join(map(str, rules))] if rules else permissions)
        return self.d.choice(text, inside, self.marker(Why.FORBIDDEN, path, owner, needs))

    # Objects
    def object(
        self, gtype: GraphQLObjectType, sets: Sequence[SelectionSetNode], owner: Place, path: Path
    ) -> str:
        pairs: list[tuple[str, str]] = []
        for key, nodes in self.selection.fields(gtype, sets).items():
            pairs.append((key, self.member(gtype, nodes, owner, (*path, key))))
        return self.d.record(pairs)

    def member(self, gtype: GraphQLObjectType, nodes: list[FieldNode], owner: Place, path: Path) -> str:
        if nodes[0].name.value == "__typename":
            return typename(gtype)
        bound = self.schema.bound[gtype.name][nodes[0].name.value]
        emit = self.emitters.get(type(bound.source))
        if emit is None:
            raise AssertionError(f"{bound.name} has no source that can stand below the root")
        return emit(self, Member(bound, nodes, owner, path))

    def column(self, key: str, nullable: bool, needs: str | None, owner: Place, path: Path) -> str:
        column = owner.table.c[key]
        return self.needed(
            self.leaf(column.type, f"{owner.alias}.{name(column.name)}", nullable), needs, owner, path
        )

    def leaf(self, type_: TypeEngine[Any], text: str, nullable: bool) -> str:
        made = self.d.leaf(type_, text)
        return f"coalesce({made},{NULL})" if nullable else made

    def needed(self, text: str, needs: str | None, owner: Place, path: Path) -> str:
        if needs is None:
            return text
        return self.guarded([self.permitted(needs, path)], [], owner, text, path)

    # The end
    def finish(self, pairs: Sequence[tuple[str, str]]) -> Plan:
        text = self.d.statement(self.d.record(pairs), self.d.slot(ACTOR + WALL, TEXT))
        sql, keys = self.d.number_slots(text)
        return Plan(
            sql,
            tuple(self._getter(key) for key in keys),
            tuple(keys),
            self.d.bind,
            tuple(self.markers),
            tuple(self.computed),
            tuple(self.pages),
            self.heavy,
        )

    def _getter(self, key: str) -> tuple[Getter, Processor]:
        if key == ACTOR + WALL:
            pins = self.pins
            if not pins:
                return (lambda request: request.actor.wall), None
            return (lambda r: r.actor.wall_within([str(get(r)) for get in pins])), None
        if key.startswith(ACTOR):
            get, process = self.pieces.actor_slots[key]
            return (lambda request: get(request.actor)), process
        return self.slots[key]


def typename(gtype: GraphQLObjectType) -> str:
    return literal(f'"{gtype.name}"')


def _equal(condition: str, here: str | None, there: str | None) -> bool:
    """Whether a tie says that two rows lie in the same village."""
    if here is None or there is None:
        return False
    return re.search(rf"\b(?:{here} = {there}|{there} = {here})\b", condition) is not None
