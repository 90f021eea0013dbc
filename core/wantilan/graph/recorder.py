"""A planner that writes down what it emits: the tree of an explanation.

It plans as the other one does, since it is the other one: each note is taken where a table, a wall, a rule,
a gate or a parameter is emitted, and from what was emitted. Who only plans pays nothing for it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from graphql import FieldNode, GraphQLObjectType
from sqlalchemy import ColumnElement
from sqlalchemy.types import TypeEngine

from ..access.rules import Rule
from ..errors import Forbidden
from ..store.tables import PublishedTable, ReferenceTable, Table, VillageTable, table_class
from .pieces import Pieces
from .place import Place
from .plan import Getter, Path, Why, response_path
from .planner import Emit, Planner, Villages
from .provenance import provenance
from .schema import Schema
from .selection import Request, Selection
from .shapes import Shape
from .sources import Aggregated, Cells, Connected, Listed, Via

CLASSES: Mapping[type[Table], str] = {
    ReferenceTable: "reference",
    VillageTable: "village",
    PublishedTable: "published",
}


class Wall(enum.Enum):
    """Where the village condition of a table stands."""

    OWN = "own"
    """At the table itself."""
    ABOVE = "above"
    """At the row of the same village on which it hangs."""
    TIE = "tie"
    """Inside the condition that ties it to a region."""
    OPEN = "open"
    """Nowhere: a role at the whole country lets the actor look into every village."""
    NONE = "none"


@dataclass(frozen=True)
class Opened:
    """One table that entered the statement, and what stands before its rows."""

    name: str
    alias: str
    kind: str
    """The class of the table: village, reference, published."""
    wall: Wall
    rules: tuple[str, ...]
    """The read rules of which one must hold for each row."""
    settled: bool
    """Whether they hold for every row that the wall lets in, so that no row is asked."""
    dropped: tuple[str, ...]
    """The read rules of the table that can hold for this actor nowhere, and are no part of the statement."""


@dataclass
class Step:
    """One field of the operation as it was planned."""

    path: Path
    coordinate: str
    """`Village.residents`."""
    source: str
    order: str | None = None
    backward: bool = False
    """Whether the page is counted from the end of the list."""
    page: Getter | None = None
    tables: list[Opened] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    """Types behind a union or interface that this actor may read nowhere, and what he would need."""
    ties: list[str] = field(default_factory=list)
    """How the rows hang on the row above, as SQL."""
    gates: list[str] = field(default_factory=list)
    """Programs without which the field is null in a village."""
    enabled: list[str] = field(default_factory=list)
    """Programs without which the rows of a village are left out."""
    unless: list[str] = field(default_factory=list)
    """Permissions and rules without which the field is null in a village."""
    needs: list[str] = field(default_factory=list)
    """Permissions of the field's own, or of what it filters and orders by; held somewhere."""
    notes: list[str] = field(default_factory=list)
    """What else must hold, of a mutation."""
    slots: list[str] = field(default_factory=list)
    """The parameters that were bound for it."""
    steps: list[Step] = field(default_factory=list)

    @property
    def key(self) -> str:
        return str(response_path(self.path)[-1])


class Watched(Pieces):
    """The frozen pieces of a schema, and somebody who is told which are taken."""

    def __init__(self, pieces: Pieces, taken: Callable[[Any, str], None]) -> None:
        vars(self).update(vars(pieces))  # what is frozen is shared
        self._taken = taken

    def condition(
        self,
        key: object,
        tables: Sequence[sa.Table],
        build: Callable[..., ColumnElement[bool]],
        *aliases: str,
    ) -> str:
        text = super().condition(key, tables, build, *aliases)
        self._taken(key, text)
        return text


class Recorder(Planner):
    """`steps` are the fields that were planned between `field()` and its end."""

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
        watched = Watched(pieces, self._piece)
        super().__init__(schema, watched, request, selection, emitters, page_size=page_size, walls=walls)
        self.steps: list[Step] = []
        self._open: list[Step] = []
        self._keys: list[Any] = []

    @contextmanager
    def field(self, gtype: GraphQLObjectType, nodes: list[FieldNode], path: Path) -> Iterator[Step]:
        """What is emitted meanwhile belongs to this field, or to the fields below it."""
        bound = self.schema.bound[gtype.name][nodes[0].name.value]
        step = Step(path, f"{gtype.name}.{bound.name}", provenance(self.schema, bound))
        self._add(step)
        if isinstance(bound.source, Connected | Aggregated | Listed | Cells):
            self._outline(step, bound.type, nodes)
        before = len(self.pages)
        self._open.append(step)
        try:
            yield step
        finally:
            self._open.pop()
        if isinstance(bound.source, Connected) and len(self.pages) > before:
            step.page = self.pages[before][-1]

    def _add(self, step: Step) -> None:
        """Below the open field, under the part of its outline to which the path leads."""
        if not self._open:
            self.steps.append(step)
            return
        owner = self._open[-1]
        for key in response_path(step.path)[len(response_path(owner.path)) : -1]:
            owner = next((below for below in owner.steps if below.key == key), owner)
        owner.steps.append(step)

    def _outline(self, step: Step, gtype: Any, nodes: Sequence[FieldNode]) -> None:
        """The fields of a list itself, which are planned together and not one by one."""
        sets = [node.selection_set for node in nodes if node.selection_set]
        for key, chosen in self.selection.fields(gtype, sets).items():
            name = chosen[0].name.value
            if name == "__typename":
                continue
            bound = self.schema.bound[gtype.name][name]
            made = Step((*step.path, key), f"{gtype.name}.{name}", provenance(self.schema, bound))
            step.steps.append(made)
            if name in ("edges", "pageInfo") and bound.source is None:
                self._outline(made, bound.type, chosen)

    def _piece(self, key: Any, text: str) -> None:
        self._keys.append(key)
        if self._open and isinstance(key, tuple) and key[0] in ("link", "below", "only"):
            self._open[-1].ties.append(text)

    # What the planner emits
    def member(self, gtype: GraphQLObjectType, nodes: list[FieldNode], owner: Place, path: Path) -> str:
        if nodes[0].name.value == "__typename":
            return super().member(gtype, nodes, owner, path)
        with self.field(gtype, nodes, path):
            return super().member(gtype, nodes, owner, path)

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
        before = len(self._keys)
        try:
            place = super().from_(shape, path, owner, via=via, program=program, up=up, among=among)
        except Forbidden as error:
            self._open[-1].hidden.append(f"{shape.cls.__name__} needs {error.permission}")
            raise
        self._open[-1].tables.append(self._opened(place, self._keys[before:]))
        return place

    def _opened(self, place: Place, taken: Sequence[Any]) -> Opened:
        """From the pieces that were taken for the table."""
        shape = place.shape
        assert shape.model is not None
        holding = [rule.narrowed(self.actor) for rule in shape.read if rule.applies(self.actor)]
        asked = [rule for rule in holding if ("where", rule.key) in taken]
        settling = [rule for rule in holding if self.walls and self._settled([rule], place.walled)]
        return Opened(
            place.table.name,
            place.alias,
            CLASSES[table_class(shape.model)],
            _wall(place, taken, everywhere=self.actor.everywhere),
            tuple(map(str, asked or settling)),
            bool(settling) and not asked,
            tuple(str(rule) for rule in shape.read if not rule.applies(self.actor)),
        )

    def gate(self, program: str, owner: Place, inside: str, path: Path) -> str:
        text = super().gate(program, owner, inside, path)
        step = self._open[-1]
        step.gates.append(program)
        if program in step.enabled:  # of a region it is asked as of a whole table
            step.enabled.remove(program)
        return text

    def enabled(self, program: str, owner: Place) -> str:
        text = super().enabled(program, owner)
        self._open[-1].enabled.append(program)
        return text

    def permitted(self, permission: str, path: Path) -> Rule:
        rule = super().permitted(permission, path)
        self._open[-1].needs.append(permission)
        return rule

    def marker(self, why: Why, path: Path, owner: Place | None, subject: str = "") -> str:
        if why is Why.FORBIDDEN:
            self._open[-1].unless.append(subject)
        return super().marker(why, path, owner, subject)

    def bind(self, get: Getter, type_: TypeEngine[Any]) -> str:
        text = super().bind(get, type_)
        self._open[-1].slots.append(next(reversed(self.slots)))
        return text

    def bind_list(self, get: Getter, type_: TypeEngine[Any]) -> str:
        text = super().bind_list(get, type_)
        self._open[-1].slots.append(next(reversed(self.slots)))
        return text

    def ordered(self, order: str, *, backward: bool) -> None:
        self._open[-1].order, self._open[-1].backward = order, backward


def _wall(place: Place, taken: Sequence[Any], *, everywhere: bool) -> Wall:
    if any(key[0] == "wall" for key in taken):
        return Wall.OWN
    if not place.walled:
        return Wall.NONE
    if everywhere:
        return Wall.OPEN
    return Wall.ABOVE if place.above is not None else Wall.TIE
