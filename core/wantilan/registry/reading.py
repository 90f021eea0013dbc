"""Read rules that know residents and hamlets: own household, and grants at one hamlet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.orm import InstrumentedAttribute

from ..access.actor import Actor
from ..access.rules import At, Binder, Rule, Scope, village_of
from ..access.rules import within as within_village
from ..errors import DeclarationError
from ..store.tables import sql_table
from .models import Hamlet, Household, Resident

Attribute = InstrumentedAttribute[Any]


def within(permission: str, *, hamlet: Attribute | Sequence[Attribute] | None = None) -> Any:
    """Whoever holds the permission for the whole village; with `hamlet`, also for the row's hamlet.

    `hamlet` is the column that names the hamlet, or a path to it: `(Card.resident_id, Resident.hamlet_id)`.
    """
    if hamlet is None:
        return within_village(permission)
    path = (hamlet,) if isinstance(hamlet, InstrumentedAttribute) else tuple(hamlet)
    if len(path) > 2:
        raise DeclarationError(
            f"within({permission!r}): a path to a hamlet has one column or two, not {len(path)}."
        )
    return WithinHamlet(permission, path)


@dataclass(frozen=True, eq=False)
class WithinHamlet:
    """The permission held for the village, or for the hamlet to which the path leads."""

    permission: str
    path: tuple[Attribute, ...]

    @property
    def key(self) -> str:
        return f"within {self.permission} hamlet {'.'.join(str(column) for column in self.path)}"

    @property
    def whole(self) -> within_village:
        return within_village(self.permission)

    def applies(self, actor: Actor) -> bool:
        return self.whole.applies(actor) or self.permission in actor.hamlets

    def follows(self, actor: Actor) -> bool:
        return self.whole.follows(actor)

    def narrowed(self, actor: Actor) -> Rule:
        return self if self.permission in actor.hamlets else self.whole

    def place(self, at: At, bind: Binder) -> ColumnElement[bool]:
        whole = self.whole.place(at, bind)
        if at.scope is Scope.REGION:
            return whole
        hamlet = sql_table(Hamlet).alias("ph")
        here: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
            hamlet.c.village_id == at.column, self._held(hamlet.c.id, bind)
        )
        return sa.or_(whole, sa.exists(here.correlate(at.column.table)))

    def where(self, table: FromClause, bind: Binder) -> ColumnElement[bool]:
        first, *rest = self.path
        if not rest:
            return sa.or_(self.whole.where(table, bind), self._held(table.c[first.key], bind))
        far = rest[0].property.columns[0].table.alias("wh")
        there = sa.exists(
            sa.select(sa.literal_column("1"))
            .where(
                far.c.village_id == village_of(table),
                far.c.id == table.c[first.key],
                self._held(far.c[rest[0].key], bind),
            )
            .correlate(table)
        )
        return sa.or_(self.whole.where(table, bind), there)

    def _held(self, column: ColumnElement[Any], bind: Binder) -> ColumnElement[bool]:
        return bind.among(column, f"hamlets {self.permission}", lambda a: a.hamlets.get(self.permission, ()))

    def admits(self, actor: Actor, village_id: UUID, code: str) -> bool:
        """Into a village in which any hamlet is held; the row itself is found through `unit.target`."""
        held = any(self.permission in h.permissions and h.village_id == village_id for h in actor.held)
        return self.whole.admits(actor, village_id, code) or held

    def __str__(self) -> str:
        return self.permission


@dataclass(frozen=True, eq=False)
class _at_home:
    """What the rules for residents share: they can hold in the actor's own village, and nowhere else."""

    column: Attribute

    def applies(self, actor: Actor) -> bool:
        return actor.home is not None

    def follows(self, actor: Actor) -> bool:
        return False

    def place(self, at: At, bind: Binder) -> ColumnElement[bool]:
        if at.scope is Scope.REGION:
            return sa.false()
        return at.column == _home_village(bind)

    def admits(self, actor: Actor, village_id: UUID, code: str) -> bool:
        return actor.home is not None and actor.home.village_id == village_id


@dataclass(frozen=True, eq=False)
class own_household(_at_home):
    """The person himself and who lives with him. `column` names a resident or a household of the row."""

    @property
    def key(self) -> str:
        return f"own household {self.column}"

    def narrowed(self, actor: Actor) -> Rule:
        return self

    def where(self, table: FromClause, bind: Binder) -> ColumnElement[bool]:
        here = self.place(At(Scope.VILLAGE, village_of(table)), bind)
        me = sql_table(Resident).alias("me")
        myself = _home_resident(bind)
        household = (
            sa.select(me.c.household_id)
            .where(me.c.village_id == _home_village(bind), me.c.id == myself)
            .scalar_subquery()
        )
        column = table.c[self.column.key]
        if _points_at_household(self.column):
            return sa.and_(here, column == household)
        kin = sql_table(Resident).alias("kin")
        family = sa.select(kin.c.id).where(
            kin.c.village_id == _home_village(bind), kin.c.household_id == household
        )
        return sa.and_(here, sa.or_(column == myself, column.in_(family)))

    def __str__(self) -> str:
        return "own household"


@dataclass(frozen=True, eq=False)
class oneself(_at_home):
    """The person himself and nobody else, whoever lives with him. `column` names the resident of the row."""

    @property
    def key(self) -> str:
        return f"oneself {self.column}"

    def narrowed(self, actor: Actor) -> Rule:
        return self

    def where(self, table: FromClause, bind: Binder) -> ColumnElement[bool]:
        here = self.place(At(Scope.VILLAGE, village_of(table)), bind)
        return sa.and_(here, table.c[self.column.key] == _home_resident(bind))

    def __str__(self) -> str:
        return "the resident himself"


def _home_resident(bind: Binder) -> ColumnElement[Any]:
    return bind.value("home resident", lambda a: a.home and a.home.object_id, sa.Uuid())


def _home_village(bind: Binder) -> ColumnElement[Any]:
    return bind.value("home village", lambda a: a.home and a.home.village_id, sa.Uuid())


def _points_at_household(column: Attribute) -> bool:
    if column.class_ is Household and column.key == "id":
        return True
    table = column.property.columns[0].table
    for key in table.foreign_key_constraints:
        if key.referred_table is sql_table(Household) and column.key in key.column_keys:
            return True
    return False
