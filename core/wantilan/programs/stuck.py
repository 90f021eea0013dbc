"""What the operator sees of delivery and can do where it is stuck."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from ..store.cursors import EventCursor
from ..store.database import Database
from ..store.leases import moment_of
from ..store.outbox import Event
from ..store.places import Village
from ..store.walls import WHOLE_COUNTRY
from .hearing import Hearer
from .waiting import EVENT, Lookout


@dataclass(frozen=True)
class Waiting:
    """What one program waits for in one village: the next event, how many, and how telling it went so far."""

    village_id: UUID
    code: str
    program: str
    number: int
    event: str
    at: datetime
    events: int
    attempts: int
    failure: str | None
    due_at: datetime | None


async def listed(
    database: Database, hearers: Iterable[Hearer], *, program: str | None = None, village: UUID | None = None
) -> list[Waiting]:
    """What waits, by village and program."""
    chosen = [hearer for hearer in hearers if program in (None, hearer.name)]
    lookout, found = Lookout(chosen, database.dialect), list[Waiting]()
    async with database.look(WHOLE_COUNTRY) as session:
        for hearer in chosen:
            query = _next_of(hearer, lookout.open([hearer], [village] if village is not None else None))
            found += [Waiting(*row) for row in await session.execute(query, {"now": datetime.now(UTC)})]
    return sorted(found, key=lambda one: (one.code, one.program))


async def release(database: Database, waiting: Iterable[Waiting]) -> None:
    """Have these tried as soon as may be."""
    due = moment_of(database.dialect)
    async with database.transaction(WHOLE_COUNTRY) as session:
        for one in waiting:
            await session.execute(_cursor_of(one).values(due_at=due))


async def pass_over(database: Database, stuck: Waiting) -> bool:
    """Never tell an event. False when the program is not stuck at it any more, or is being told it."""
    now = moment_of(database.dialect)
    free = sa.or_(EventCursor.leased_until.is_(None), EventCursor.leased_until < now)
    passing = (
        _cursor_of(stuck)
        .where(EventCursor.attempts > 0, EventCursor.position < stuck.number, free)
        .values(position=stuck.number, attempts=0, failure=None, due_at=now)
        .returning(sa.literal_column("1"))
    )
    async with database.transaction(WHOLE_COUNTRY) as session:
        return (await session.execute(passing)).first() is not None


def _cursor_of(one: Waiting) -> Any:
    of_program = (EventCursor.village_id == one.village_id, EventCursor.program == one.program)
    return sa.update(EventCursor).where(*of_program).execution_options(synchronize_session=False)


def _next_of(hearer: Hearer, open_: sa.Subquery) -> sa.Select[Any]:
    ahead = sa.and_(
        Event.village_id == open_.c.village_id,
        Event.number > sa.func.coalesce(open_.c.position, 0),
        Event.number <= open_.c.upto,
        hearer.heard,
    )
    first = sa.select(sa.func.min(Event.number)).where(ahead).correlate(open_).scalar_subquery()
    events = sa.select(sa.func.count()).where(ahead).correlate(open_).scalar_subquery()
    next_ = EVENT.alias("next")
    return (
        sa.select(
            open_.c.village_id, Village.code, open_.c.program, next_.c.number, next_.c.name, next_.c.at,
            events, open_.c.attempts, open_.c.failure, open_.c.due_at,
        )
        .select_from(open_)
        .join(Village, Village.id == open_.c.village_id)
        .join(next_, sa.and_(next_.c.village_id == open_.c.village_id, next_.c.number == first))
    )  # fmt: skip
