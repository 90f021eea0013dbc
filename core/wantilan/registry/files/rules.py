"""Who may read a file, and who may ask for an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

from ...access.actor import Actor
from ...access.rules import At, Binder, Rule, Scope
from ...store.places import Village, VillageProgram
from ...store.tables import sql_table
from ..models import File, FileState
from ..reading import own_household

IN_STORE = (FileState.STORED.name, FileState.TAKEN.name)


@dataclass(frozen=True)
class reads_file:
    """Whoever holds the permission that opens the file, who uploaded it and, where the kind says so, who
    lives in the household that it is about; while the village has enabled the program whose kind it is.

    The permission stands in the row, so that one rule serves the kinds of every program.
    """

    at_home: bool = True
    """Whether the actor is a resident: nobody else has a household."""

    @property
    def key(self) -> str:
        return f"reads file{' at home' if self.at_home else ''}"

    def applies(self, actor: Actor) -> bool:
        return actor.id is not None

    def follows(self, actor: Actor) -> bool:
        return False

    def narrowed(self, actor: Actor) -> Rule:
        return self if actor.home is not None else reads_file(at_home=False)

    def place(self, at: At, bind: Binder) -> ColumnElement[bool]:
        return sa.true() if at.scope is Scope.VILLAGE else sa.false()

    def where(self, table: FromClause, bind: Binder) -> ColumnElement[bool]:
        mine = table.c.uploaded_by == bind.value("self", lambda actor: actor.id, sa.Uuid())
        in_store = table.c.state.in_([sa.literal_column(f"'{state}'") for state in IN_STORE])
        opened = [_held(table, bind)]
        if self.at_home:
            opened.append(sa.and_(table.c.household, _of_household(table, bind)))
        there = table.c.state != sa.literal_column(f"'{FileState.GONE.name}'")
        return sa.and_(_enabled(table), sa.or_(sa.and_(mine, there), sa.and_(in_store, sa.or_(*opened))))

    def admits(self, actor: Actor, village_id: UUID, code: str) -> bool:
        """Into any village in which he holds something; the row itself is found through `unit.target`."""
        return _holds_something(actor, code)

    def __str__(self) -> str:
        return "a permission of the file's kind"


def _held(table: FromClause, bind: Binder) -> ColumnElement[bool]:
    """That the permission of the row is held in its village: `permission code` begins with one that is."""
    village = sql_table(Village).alias("fv")
    asked = table.c.opens.op("||")(sa.literal_column("' '")).op("||")(village.c.code)
    here: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
        village.c.id == table.c.village_id, bind.covers(asked, "opens", held_where)
    )
    return sa.exists(here.correlate(table))


def held_where(actor: Actor) -> Sequence[str]:
    """Every permission with each region's code under which it is held."""
    return [f"{permission} {code}" for permission, codes in actor.ranges.items() for code in codes]


def _holds_something(actor: Actor, code: str) -> bool:
    """Whether the village lies inside the actor's wall: outside of it not even his own is his."""
    return any(code.startswith(held) for held in actor.walls)


def _of_household(table: FromClause, bind: Binder) -> ColumnElement[bool]:
    about = (own_household(File.resident_id), own_household(File.household_id))
    return sa.or_(*[rule.where(table, bind) for rule in about])


def _enabled(table: FromClause) -> ColumnElement[bool]:
    gate = sql_table(VillageProgram).alias("fg")
    on: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
        gate.c.village_id == table.c.village_id, gate.c.program == table.c.program
    )
    return sa.or_(table.c.program.is_(None), sa.exists(on.correlate(table)))


@dataclass(frozen=True)
class known_actor:
    """Whoever holds anything in the village. For what judges by the kind of a file what else is needed."""

    @property
    def key(self) -> str:
        return "known actor"

    def applies(self, actor: Actor) -> bool:
        return actor.id is not None

    def follows(self, actor: Actor) -> bool:
        return False

    def narrowed(self, actor: Actor) -> Rule:
        return self

    def place(self, at: At, bind: Binder) -> ColumnElement[bool]:
        return sa.false()

    def where(self, table: FromClause, bind: Binder) -> ColumnElement[bool]:
        return sa.false()

    def admits(self, actor: Actor, village_id: UUID, code: str) -> bool:
        return _holds_something(actor, code)

    def __str__(self) -> str:
        return "the permission that the kind of file names"
