"""Declared pieces of SQL, compiled by SQLAlchemy Core once per schema and database, then only joined as text.

Core never runs per document. A piece is compiled inside a select over its own tables: a correlated EXISTS
compiled alone loses its correlation, and the rule would hold for every row. So the frozen text is refused
when another table has crept into its FROM.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeEngine

from ..access.actor import Actor
from ..access.rules import At, Rule, Scope, is_region, village_of
from ..errors import DeclarationError
from .sql import ID, TEXT, Dialect, Processor

ACTOR = "actor "
"""Slots that hold a value of the actor begin with this; all others belong to one plan."""
HERE, THERE = "wt0_", "wt1_"


def read_alias(number: int) -> str:
    """What stands for a table that an expression reads, until the planner knows what may be read of it."""
    return f"wr{number}_"


class Text(ColumnElement[Any]):
    """SQL text with columns in it: `parts` are texts and column elements."""

    inherit_cache = False
    _traverse_internals = [("parts", InternalTraversal.dp_clauseelement_list)]

    def __init__(self, *parts: str | ColumnElement[Any], type_: TypeEngine[Any]) -> None:
        self.parts = parts
        self.type = type_

    @property
    def _from_objects(self) -> list[FromClause]:  # the tables of its columns, so that correlation works
        return [f for part in self.parts if not isinstance(part, str) for f in part._from_objects]


@compiles(Text)
def _compile_text(element: Text, compiler: Any, **kw: Any) -> str:
    return "".join(part if isinstance(part, str) else compiler.process(part, **kw) for part in element.parts)


class ActorBinder:
    """Gives rules the actor's values as slots, and remembers how each is got."""

    def __init__(self, dialect: Dialect, slots: dict[str, tuple[Callable[[Actor], Any], Processor]]) -> None:
        self.d, self.slots = dialect, slots

    def value(self, name: str, get: Callable[[Actor], object], type_: TypeEngine[Any]) -> ColumnElement[Any]:
        self.slots[ACTOR + name] = (get, self.d.processor(type_))
        return Text(self.d.slot(ACTOR + name, type_), type_=type_)

    def within(
        self, village: ColumnElement[Any], name: str, get: Callable[[Actor], Sequence[str]]
    ) -> ColumnElement[bool]:
        return self._with(village, lambda column: self.d.inside(column, self._codes(name, get)))

    def covers(
        self, code: ColumnElement[Any], name: str, get: Callable[[Actor], Sequence[str]]
    ) -> ColumnElement[bool]:
        return self._with(code, lambda column: self.d.covers(column, self._codes(name, get)))

    def among(
        self, column: ColumnElement[Any], name: str, get: Callable[[Actor], Sequence[UUID]]
    ) -> ColumnElement[bool]:
        return self._with(column, lambda text: self.d.among(text, self._ids(name, get)))

    def one_of(
        self, village: ColumnElement[Any], name: str, get: Callable[[Actor], Sequence[UUID]]
    ) -> ColumnElement[bool]:
        """Like `within`, for an actor whose villages are known by their ids."""
        return self._with(village, lambda text: self.d.one_of(text, self._ids(name, get)))

    def _ids(self, name: str, get: Callable[[Actor], Sequence[UUID]]) -> str:
        each = self.d.processor(ID)
        self.slots[ACTOR + name] = (
            lambda actor: self.d.list_value([each(v) if each else v for v in get(actor)]),
            None,
        )
        return self.d.list_slot(ACTOR + name, ID)

    def _codes(self, name: str, get: Callable[[Actor], Sequence[str]]) -> str:
        self.slots[ACTOR + name] = (lambda actor: self.d.list_value(list(get(actor))), None)
        return self.d.list_slot(ACTOR + name, TEXT)

    def _with(self, column: ColumnElement[Any], write: Callable[[str], str]) -> ColumnElement[bool]:
        parts: list[str | ColumnElement[Any]] = []
        for i, text in enumerate(write("\x00").split("\x00")):
            parts += [column, text] if i else [text]
        return Text("(", *parts, ")", type_=sa.Boolean())


class Pieces:
    """All frozen pieces of one schema for one database."""

    def __init__(self, dialect: Dialect) -> None:
        self.d = dialect
        self.actor_slots: dict[str, tuple[Callable[[Actor], Any], Processor]] = {}
        self.binder = ActorBinder(dialect, self.actor_slots)
        self.texts: dict[object, str] = {}

    # One row
    def condition(
        self,
        key: object,
        tables: Sequence[sa.Table],
        build: Callable[..., ColumnElement[bool]],
        *aliases: str,
    ) -> str:
        """A condition over one or two tables: `build(here, there)`, then with these aliases in it."""
        return self._filled(("condition", key, *tables), tables, build, aliases, where=True)

    def expression(
        self,
        key: object,
        table: sa.Table,
        build: Callable[..., ColumnElement[Any]],
        alias: str,
        reads: Sequence[sa.Table] = (),
    ) -> str:
        """Over one row; each table of `reads` stands in it under its `read_alias`."""
        read = [other.alias(read_alias(i)) for i, other in enumerate(reads)]
        return self._filled(
            ("expression", key, table), [table], lambda here: build(here, *read), [alias], where=False
        )

    def put_in(self, text: str, number: int, table: sa.Table, rows: str, alias: str) -> str:
        """The rows that may be read, in the place of a table that an expression reads."""
        stands = read_alias(number)
        table_there = f"{_quoted(self.d, table.name)} AS {stands}"
        return text.replace(table_there, f"(SELECT {alias}.* {rows}) AS {stands}").replace(
            stands, f"{alias}r"
        )

    def _filled(
        self, key: object, tables: Sequence[sa.Table], build: Any, aliases: Sequence[str], *, where: bool
    ) -> str:
        text = self.texts.get(key)
        if text is None:
            text = self.texts[key] = self._frozen(tables, build, where)
        for placeholder, alias in zip((HERE, THERE), aliases, strict=False):
            text = text.replace(placeholder + ".", alias + ".")
        return text

    def _frozen(self, tables: Sequence[sa.Table], build: Any, where: bool) -> str:
        places = [t.alias(n) for t, n in zip(tables, (HERE, THERE), strict=False)]
        made = build(*places)
        query: sa.Select[Any]
        if where:
            query = sa.select(sa.literal_column("1")).select_from(*places).where(made)
        else:
            query = sa.select(made.label("x")).select_from(*places)
        compiled = query.compile(dialect=self.d.dialect, compile_kwargs={"literal_binds": True})
        text = str(compiled).replace(" \n", " ").replace("\n", " ")
        sources = " FROM " + ", ".join(
            f"{_quoted(self.d, t.name)} AS {n}" for t, n in zip(tables, (HERE, THERE), strict=False)
        )
        before, after = ("SELECT 1" + sources + " WHERE ", "") if where else ("SELECT ", " AS x" + sources)
        if not (text.startswith(before) and text.endswith(after)):
            raise DeclarationError(
                f"a rule or expression over {tables[0].name!r} names another table outside of EXISTS(…): "
                f"correlate it to the table that it is given."
            )
        inside = text[len(before) : len(text) - len(after)]
        return inside if _closed(inside) else f"({inside})"

    # Rules
    def where(self, rule: Rule, table: sa.Table, alias: str) -> str:
        return self.condition(("where", rule.key), [table], lambda t: rule.where(t, self.binder), alias)

    def place(self, rule: Rule, table: sa.Table, alias: str) -> str:
        return self.condition(("place", rule.key), [table], lambda t: rule.place(at(t), self.binder), alias)

    def wall(self, table: sa.Table, alias: str, *, by_ids: bool) -> str:
        """The first wall: the village of the row is one into which the actor may look at all; of a region,
        the whole of it is. `by_ids`: the actor's villages are known by their ids.
        """
        return self.condition(("wall", by_ids), [table], lambda t: self._inside(at(t), by_ids), alias)

    def wall_around(self, by_ids: bool) -> Callable[[ColumnElement[Any]], ColumnElement[bool]]:
        """The same for the village of a piece that walls its rows in itself, by its id."""
        return lambda village: self._inside(At(Scope.VILLAGE, village), by_ids)

    def _inside(self, place: At, by_ids: bool) -> ColumnElement[bool]:
        if place.scope is Scope.REGION:
            return self.binder.covers(place.column, "walls", lambda actor: actor.walls)
        if by_ids:
            return self.binder.one_of(place.column, "villages", lambda actor: actor.villages or ())
        return self.binder.within(place.column, "walls", lambda actor: actor.walls)


def _closed(text: str) -> bool:
    """Whether a text stands in one pair of parentheses already: SQLite's parser pays for each.

    A text with a literal in it is never believed: the literal might hold a parenthesis.
    """
    if "'" in text:
        return False
    depth = 0
    for i, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return text[0] == "(" and i == len(text) - 1
    return False


def at(table: FromClause) -> At:
    """The place of a row: a region by its code, anything else by its village."""
    if is_region(table):
        return At(Scope.REGION, table.c.code)
    return At(Scope.VILLAGE, village_of(table))


def _quoted(dialect: Dialect, table: str) -> str:
    return dialect.dialect.identifier_preparer.quote(table)
