"""Rules say which rows an actor may read. A rule becomes SQL once; it is never evaluated row by row in
Python.

Three faces: `applies` (nowhere: the operation is refused while planning), `place` (not here: the field is
null), `where` (not this row: the row is left out). `admits` is the same question for a write into one
village.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

from .actor import Actor


class Scope(enum.Enum):
    """What kind of object a place is asked of."""

    VILLAGE = "village"
    REGION = "region"


@dataclass(frozen=True, eq=False)
class At:
    """A place in SQL: the id of a village, or the code of a region."""

    scope: Scope
    column: ColumnElement[Any]


class Binder(Protocol):
    """Gives a rule the values of the actor, bound when the statement runs. Names must tell values apart."""

    def value(
        self, name: str, get: Callable[[Actor], object], type_: sa.types.TypeEngine[Any]
    ) -> ColumnElement[Any]: ...

    def within(
        self, village: ColumnElement[Any], name: str, get: Callable[[Actor], Sequence[str]]
    ) -> ColumnElement[bool]:
        """That a village (by id) lies under one of the region codes."""
        ...

    def covers(
        self, code: ColumnElement[Any], name: str, get: Callable[[Actor], Sequence[str]]
    ) -> ColumnElement[bool]:
        """That a whole region (by code) lies under one of the region codes."""
        ...

    def among(
        self, column: ColumnElement[Any], name: str, get: Callable[[Actor], Sequence[UUID]]
    ) -> ColumnElement[bool]: ...


class Rule(Protocol):
    """`key` identifies the rule: equal keys, equal SQL. `str()` is what a description and a refusal say."""

    @property
    def key(self) -> str: ...
    def applies(self, actor: Actor) -> bool: ...
    def follows(self, actor: Actor) -> bool:
        """Whether the rule holds for every row inside this actor's wall, so that the wall says it all."""
        ...

    def narrowed(self, actor: Actor) -> Rule:
        """The rule without what can hold for this actor nowhere: it costs the database nothing then."""
        ...

    def place(self, at: At, bind: Binder) -> ColumnElement[bool]: ...
    def where(self, table: FromClause, bind: Binder) -> ColumnElement[bool]: ...
    def admits(self, actor: Actor, village_id: UUID, code: str) -> bool: ...


def village_of(table: FromClause) -> ColumnElement[Any]:
    """The column that says in which village a row lies."""
    return table.c.village_id if "village_id" in table.c else table.c.id


def is_region(table: FromClause) -> bool:
    """Whether the rows are regions: they lie in no village, villages lie in them."""
    return "parent_code" in table.c


@dataclass(frozen=True)
class within:
    """Whoever holds the permission for the whole village, at the village or at a region above it."""

    permission: str

    @property
    def key(self) -> str:
        return f"within {self.permission}"

    def applies(self, actor: Actor) -> bool:
        return self.permission in actor.ranges

    def follows(self, actor: Actor) -> bool:
        return self.permission in actor.throughout

    def narrowed(self, actor: Actor) -> Rule:
        return self

    def place(self, at: At, bind: Binder) -> ColumnElement[bool]:
        test = bind.within if at.scope is Scope.VILLAGE else bind.covers
        return test(
            at.column, f"ranges {self.permission}", lambda actor: actor.ranges.get(self.permission, ())
        )

    def where(self, table: FromClause, bind: Binder) -> ColumnElement[bool]:
        return self.place(At(Scope.VILLAGE, village_of(table)), bind)

    def admits(self, actor: Actor, village_id: UUID, code: str) -> bool:
        return actor.may(self.permission, code)

    def __str__(self) -> str:
        return self.permission


@dataclass(frozen=True)
class own_village:
    """The residents of the village, for what concerns the village as a whole."""

    @property
    def key(self) -> str:
        return "own village"

    def applies(self, actor: Actor) -> bool:
        return actor.home is not None

    def follows(self, actor: Actor) -> bool:
        return actor.at_home

    def narrowed(self, actor: Actor) -> Rule:
        return self

    def place(self, at: At, bind: Binder) -> ColumnElement[bool]:
        if at.scope is Scope.REGION:
            return sa.false()
        return at.column == bind.value("home village", lambda a: a.home and a.home.village_id, sa.Uuid())

    def where(self, table: FromClause, bind: Binder) -> ColumnElement[bool]:
        return self.place(At(Scope.VILLAGE, village_of(table)), bind)

    def admits(self, actor: Actor, village_id: UUID, code: str) -> bool:
        return actor.home is not None and actor.home.village_id == village_id

    def __str__(self) -> str:
        return "own village"


@dataclass(frozen=True)
class everyone:
    """Visitors included: for reference and published tables only."""

    @property
    def key(self) -> str:
        return "everyone"

    def applies(self, actor: Actor) -> bool:
        return True

    def follows(self, actor: Actor) -> bool:
        return True

    def narrowed(self, actor: Actor) -> Rule:
        return self

    def place(self, at: At, bind: Binder) -> ColumnElement[bool]:
        return sa.true()

    def where(self, table: FromClause, bind: Binder) -> ColumnElement[bool]:
        return sa.true()

    def admits(self, actor: Actor, village_id: UUID, code: str) -> bool:
        return True

    def __str__(self) -> str:
        return "everyone"
