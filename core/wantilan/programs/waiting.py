"""Where something waits to be told: read off the heads of the villages and the cursors of the programs, never
off all the events.

A program that a village has enabled is to be told everything that happened there; one that it has disabled,
what happened up to the last disabling and nothing behind it. So the hook `village_disabled` is called, after
everything that comes before it, and what happens while the program is off waits until it is on again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..store.cursors import EventCursor
from ..store.leases import moment_of
from ..store.outbox import DISABLED, Event, OutboxHead
from ..store.places import VillageProgram
from ..store.tables import sql_table
from ..store.types import Instant
from .hearing import Hearer

CURSOR, HEAD, EVENT = sql_table(EventCursor), sql_table(OutboxHead), sql_table(Event)
GATE = sql_table(VillageProgram)


@dataclass(frozen=True)
class Open:
    """A program that has not been told all that it is to be told in a village, namely `upto` a number."""

    village_id: UUID
    program: str
    upto: int
    position: int | None
    leased_by: UUID | None
    ready: bool
    """Whether it may be told now: nobody else tells it, and no pause is to be waited for."""


@dataclass(frozen=True)
class Counted:
    """How many there are in all villages: to whom it is told as it comes, and to whom telling has failed."""

    waiting: int = 0
    stuck: int = 0


class Lookout:
    """Looks for what waits for some programs. Its statements are built once: that takes longer than to run
    them in one village.
    """

    def __init__(self, hearers: Iterable[Hearer], dialect: str) -> None:
        self.hearers, self.dialect = list(hearers), dialect
        some = sa.bindparam("villages", type_=sa.Uuid(), expanding=True)
        self._everywhere, self._somewhere = self._ranked(None), self._ranked(some)

    async def look(
        self, session: AsyncSession, villages: Sequence[UUID] | None = None, *, most: int
    ) -> tuple[list[Open], Counted]:
        """Who has something to be told, in these villages or in all: of each program at most so many
        villages, first those where it can be told now, and before those where it failed. Counted are all.
        """
        given = {"most": most, "now": datetime.now(UTC), "villages": villages}
        statement = self._everywhere if villages is None else self._somewhere
        rows = (await session.execute(statement, given)).all()
        return [Open(*row[:6]) for row in rows], Counted(*rows[0][-2:]) if rows else Counted()

    def _ranked(self, villages: Any) -> sa.Select[Any]:
        open_ = self.open(self.hearers, villages)
        stuck = sa.func.sum(sa.case((open_.c.attempts > 0, 1), else_=0)).over()
        order = (sa.not_(open_.c.ready), open_.c.attempts, open_.c.due_at)
        rank = sa.func.row_number().over(partition_by=open_.c.program, order_by=order)
        ranked = sa.select(
            open_, rank.label("rank"), (sa.func.count().over() - stuck).label("waiting"), stuck.label("stuck")
        ).subquery("ranked")
        return sa.select(ranked).where(ranked.c.rank <= sa.bindparam("most", type_=sa.Integer()))

    def open(self, hearers: Sequence[Hearer], villages: Any = None) -> sa.Subquery:
        """Every program with every village in which something waits for it; `now` is to be given."""
        concerned = self._concerned(hearers, villages)
        postgres = self.dialect == "postgresql"
        now = moment_of(self.dialect) if postgres else sa.bindparam("now", type_=Instant())
        due = sa.or_(CURSOR.c.due_at.is_(None), CURSOR.c.due_at <= now)
        free = sa.or_(CURSOR.c.leased_until.is_(None), CURSOR.c.leased_until < now)
        own = sa.and_(CURSOR.c.village_id == concerned.c.village_id, CURSOR.c.program == concerned.c.program)
        return (
            sa.select(
                concerned, CURSOR.c.position, CURSOR.c.leased_by, sa.and_(due, free).label("ready"),
                sa.func.coalesce(CURSOR.c.attempts, 0).label("attempts"), CURSOR.c.failure, CURSOR.c.due_at,
            )
            .select_from(concerned.outerjoin(CURSOR, own))
            .where(concerned.c.upto > sa.func.coalesce(CURSOR.c.position, 0))
            .subquery("open")
        )  # fmt: skip

    def _concerned(self, hearers: Sequence[Hearer], villages: Any) -> sa.Subquery:
        """Every program in every village that it concerns, and up to which event."""
        optional = [hearer.name for hearer in hearers if not hearer.core]
        ways = [_enabled(optional), _disabled(optional)]
        ways += [_everywhere(hearer.name) for hearer in hearers if hearer.core]
        if villages is not None:
            ways = [way.where(way.selected_columns.village_id.in_(villages)) for way in ways]
        if self.dialect == "postgresql":  # a replica only reads: whoever asks there finds nothing to do
            leads = sa.not_(sa.select(sa.func.pg_is_in_recovery()).scalar_subquery())
            ways = [way.where(leads) for way in ways]
        return sa.union_all(*ways).subquery("concerned")


def _everywhere(program: str) -> sa.Select[Any]:
    return sa.select(
        HEAD.c.village_id, sa.literal(program).label("program"), HEAD.c.core_number.label("upto")
    )


def _enabled(programs: Sequence[str]) -> sa.Select[Any]:
    return (
        sa.select(HEAD.c.village_id, GATE.c.program.label("program"), HEAD.c.core_number.label("upto"))
        .join(GATE, GATE.c.village_id == HEAD.c.village_id)
        .where(GATE.c.program.in_(programs))
    )


def _disabled(programs: Sequence[str]) -> sa.Select[Any]:
    """Read off an index that holds nothing but these few events."""
    program = EVENT.c.subjects["program"].as_string()
    on = sa.exists().where(GATE.c.village_id == EVENT.c.village_id, GATE.c.program == program)
    return (
        sa.select(EVENT.c.village_id, program.label("program"), sa.func.max(EVENT.c.number).label("upto"))
        .where(EVENT.c.name == sa.literal_column(f"'{DISABLED}'"), program.in_(programs), ~on)
        .group_by(EVENT.c.village_id, program)
    )
