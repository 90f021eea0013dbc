"""Rules as ordinary SQLAlchemy conditions with the actor's values bound: for rows that a mutation looks
up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.types import TypeEngine

from ..access.actor import Actor
from ..store.places import Village

AT_A_TIME = 25
"""How many conditions stand side by side: SQLite refuses an expression 1,000 deep, and each further OR is one
deeper. An administrator holds many permissions in many provinces.
"""


class SessionBinder:
    """The binder of one actor in one session."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def value(self, name: str, get: Callable[[Actor], object], type_: TypeEngine[Any]) -> ColumnElement[Any]:
        return sa.literal(get(self.actor), type_)

    def within(
        self, village: ColumnElement[Any], name: str, get: Callable[[Actor], Sequence[str]]
    ) -> ColumnElement[bool]:
        return village.in_(sa.select(Village.id).where(self.covers(Village.code, name, get)))  # type: ignore[arg-type]

    def covers(
        self, code: ColumnElement[Any], name: str, get: Callable[[Actor], Sequence[str]]
    ) -> ColumnElement[bool]:
        ranges = [sa.and_(code >= held, code < held + "~") for held in get(self.actor)]
        if len(ranges) <= AT_A_TIME:
            return sa.or_(sa.false(), *ranges)
        groups = (ranges[i : i + AT_A_TIME] for i in range(0, len(ranges), AT_A_TIME))
        # A CASE around each group: SQLAlchemy would make one long OR of them again.
        return sa.or_(*(sa.case((sa.or_(*group), sa.true()), else_=sa.false()) for group in groups))

    def among(
        self, column: ColumnElement[Any], name: str, get: Callable[[Actor], Sequence[UUID]]
    ) -> ColumnElement[bool]:
        return column.in_(list(get(self.actor)))
