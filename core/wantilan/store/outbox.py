"""What happened in a village, written with the change itself.

The events of a village are numbered from 1 on, without a gap, in the order of their commits: who has seen
number 7 has missed nothing below it. How far each program has been told stands in `cursors`.
The idempotency record lies here too: it is written in the same transaction and keeps the ids of the result,
never the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .tables import PlatformTable, VillageTable, sql_table
from .travel import hash_of

DISABLED = "village_disabled"
"""The event that a program is told of when its gate is shut already."""
UNHEARD = frozenset({"job_progressed", "task_started", "task_progressed"})
"""Events of core that subscribers and runners hear and no hook does: they come with every step, and delivery
would look at their village each time.
"""
_DISABLED = sa.text(f"name = '{DISABLED}'")


class Event(VillageTable):
    """One thing that happened. `subjects` holds ids only; whoever needs more reads it through his own
    wall.
    """

    __tablename__ = "event"
    __table_args__ = (
        sa.Index(None, "village_id", "number", unique=True),
        sa.Index(
            "ix_event_disabled",
            "village_id",
            "number",
            sqlite_where=_DISABLED,
            postgresql_where=_DISABLED,
        ),
    )

    number: Mapped[int] = mapped_column(sa.BigInteger)
    name: Mapped[str]
    subjects: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]


class OutboxHead(VillageTable):
    """How many events a village has: the number of the last one. Its lock, held from the numbering of an
    event to the commit, is what keeps numbers and commits in one order.
    """

    __tablename__ = "outbox_head"
    __table_args__ = (sa.CheckConstraint("id = village_id", name="one"),)

    last_number: Mapped[int] = mapped_column(sa.BigInteger)
    core_number: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")
    """The number of the last event that a hook can hear. A program's own events are no work for delivery, and
    most events are such.
    """


class Idempotency(PlatformTable):
    """That an actor's key was used for one response name, with which input, and what came of it (ids)."""

    __tablename__ = "idempotency"

    actor_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    response_name: Mapped[str] = mapped_column(primary_key=True)
    input_hash: Mapped[bytes] = hash_of("the input")
    result: Mapped[dict[str, Any]]
    at: Mapped[datetime]


FEW = 20
"""So many events of one transaction are written one by one."""


def has_hook(name: str) -> bool:
    """Whether there may be a hook of this name: those are names in Python. Programs' events have a dot."""
    return "." not in name and name not in UNHEARD


async def note(session: AsyncSession, events: Sequence[Event]) -> None:
    """Number events and write them. To be called last in a transaction: it takes the lock of the village."""
    dialect = session.get_bind().dialect.name
    if len(events) > FEW:
        await _note_many(session, dialect, events)
        return
    for event in events:
        values = {
            column.key: getattr(event, column.key) for column in _EVENT.columns if column is not _NUMBER
        }
        if dialect == "postgresql":
            noted = _noted_at_once(has_hook(event.name))
            (event.number,) = (await session.execute(noted, values)).one()
            continue
        growing = {"village_id": event.village_id}
        (event.number,) = (await session.execute(_grown(dialect, has_hook(event.name)), growing)).one()
        await session.execute(_EVENT.insert(), {**values, "number": event.number})


async def _note_many(session: AsyncSession, dialect: str, events: Sequence[Event]) -> None:
    """The same for an import, whose events are as many as its rows: two statements for each village."""
    villages: dict[UUID, list[Event]] = {}
    for event in events:
        villages.setdefault(event.village_id, []).append(event)
    for village, its in villages.items():
        heard = max((place for place, event in enumerate(its, start=1) if has_hook(event.name)), default=0)
        given = {"village_id": village, "further": len(its), "heard": heard}
        last: int = (await session.execute(_grown_far(dialect), given)).scalar_one()
        for number, event in enumerate(its, start=last - len(its) + 1):
            event.number = number
        rows = [{column.key: getattr(event, column.key) for column in _EVENT.columns} for event in its]
        await session.execute(_EVENT.insert(), rows)


@cache
def _grown_far(dialect: str) -> Any:
    """The head of a village, so many further; `heard` is the place of the last one that a hook can hear."""
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    village = sa.bindparam("village_id", type_=_HEAD.c.village_id.type)
    further, heard = (sa.bindparam(name, type_=sa.BigInteger()) for name in ("further", "heard"))
    core = sa.case((heard > 0, _HEAD.c.last_number + heard), else_=_HEAD.c.core_number)
    return (
        insert(_HEAD)
        .values(village_id=village, id=village, last_number=further, core_number=heard)
        .on_conflict_do_update(
            index_elements=list(_HEAD.primary_key),
            set_={"last_number": _HEAD.c.last_number + further, "core_number": core},
        )
        .returning(_HEAD.c.last_number)
    )


@cache
def _grown(dialect: str, heard: bool) -> Any:
    """The head of a village, one further."""
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    village = sa.bindparam("village_id", type_=_HEAD.c.village_id.type)
    further: dict[str, Any] = {"last_number": _HEAD.c.last_number + 1}
    if heard:
        further["core_number"] = further["last_number"]
    return (
        insert(_HEAD)
        .values(village_id=village, id=village, last_number=1, core_number=int(heard))
        .on_conflict_do_update(index_elements=list(_HEAD.primary_key), set_=further)
        .returning(_HEAD.c.last_number)
    )


@cache
def _noted_at_once(heard: bool) -> Any:
    """The same and the event itself, in one statement."""
    grown = _grown("postgresql", heard).cte("grown")
    given = [sa.bindparam(column.key, type_=column.type) for column in _GIVEN]
    rows = sa.select(*given, grown.c.last_number)
    return _EVENT.insert().from_select([*_GIVEN, _NUMBER], rows).returning(_NUMBER)


async def claim(session: AsyncSession, key: Mapping[str, Any], input_hash: bytes, at: datetime) -> bool:
    """Whether the key is free, and now ours. It waits for a transaction that has claimed it and not ended."""
    statement = _claiming(session.get_bind().dialect.name)
    values = {**key, "input_hash": input_hash, "result": {}, "at": at}
    return (await session.execute(statement, values)).first() is not None


async def keep_result(session: AsyncSession, key: Mapping[str, Any], result: dict[str, Any]) -> None:
    """Write down what came of it."""
    await session.execute(_KEEPING, {**{f"of_{name}": value for name, value in key.items()}, "made": result})


@cache
def _claiming(dialect: str) -> Any:
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(sql_table(Idempotency)).on_conflict_do_nothing().returning(sa.literal_column("1"))


_EVENT, _HEAD = sql_table(Event), sql_table(OutboxHead)
_NUMBER = _EVENT.c.number
_GIVEN = [column for column in _EVENT.columns if column is not _NUMBER]
_RECORD = sql_table(Idempotency)
_KEEPING = (
    _RECORD.update()
    .where(*(column == sa.bindparam(f"of_{column.name}") for column in _RECORD.primary_key))
    .values(result=sa.bindparam("made", type_=_RECORD.c.result.type))
)
