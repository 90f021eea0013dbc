"""The write door: one transaction inside one village. Rules decide, the unit writes, events go to the
outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import groupby
from typing import Any, TypeAlias, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import Conflict, Text
from .ending import before_commit
from .ids import uuid7
from .outbox import Event, note
from .places import ProgramSettings, Village, VillageProgram
from .secrets import Keys
from .tables import PublishedTable, VillageTable
from .village_settings import V, understood
from .walls import wall_call

T = TypeVar("T", bound="VillageTable | PublishedTable")
Row = TypeVar("Row")


@dataclass(frozen=True)
class VillageFacts:
    """What everybody may know of a village."""

    id: UUID
    code: str
    name: str
    time_zone: str

    @classmethod
    def of(cls, row: Village) -> VillageFacts:
        return cls(row.id, row.code, row.name, row.time_zone)


Announced: TypeAlias = Callable[[VillageFacts, Sequence[Event]], None]
"""Told, after a commit, which events of a village it wrote."""


class Unit:
    """One transaction in one village. Everything it reads and writes lies in that village.

    `now` is one moment for the whole unit; `today` is the business date in the village's time zone.
    """

    keys: Keys | None = None
    """Set where a duty may open what is sealed."""

    def __init__(
        self,
        session: AsyncSession,
        village: VillageFacts,
        actor_id: UUID | None,
        row: Village | None = None,
    ) -> None:
        self.session, self.village, self.actor_id = session, village, actor_id
        self._row = row  # held, so that the session still knows it when it is asked for
        now = datetime.now(UTC)
        self.now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self.events: list[Event] = []
        self._notes_last = False

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.village.time_zone)).date()

    def business_date(self, moment: datetime) -> date:
        """The calendar day of a moment in this village."""
        return moment.astimezone(ZoneInfo(self.village.time_zone)).date()

    async def add(self, *rows: VillageTable | PublishedTable) -> None:
        """Write new rows, in this order: what others point at comes first.

        Raises Conflict when a unique key or a foreign key of the database forbids it.
        """
        for row in rows:
            if row.village_id is None:
                row.village_id = self.village.id
            if row.village_id != self.village.id:
                raise ValueError(f"A unit of one village cannot write {type(row).__name__} into another.")
        for _, alike in groupby(rows, key=type):
            self.session.add_all(alike)
            await self.flush()

    async def flush(self) -> None:
        """Write what was changed on loaded rows. Raises Conflict like `add`."""
        try:
            await self.session.flush()
        except sa.exc.IntegrityError as error:
            raise conflict() from error

    async def get(self, model: type[T], id: UUID, *, lock: bool = False) -> T | None:
        """A row of this village by its id, whoever asks. `lock` holds it until the end of the transaction,
        and gives it as it is then, also where it was read before.
        """
        table: Any = model
        query = held(_row_of(table)) if lock else _row_of(table)
        found: T | None = (await self.session.scalars(query, {"village": self.village.id, "key": id})).first()
        return found

    async def own_village(self) -> Village:
        """The row of the village itself, for a payload's reference."""
        return await self.session.get_one(Village, self.village.id)

    async def first(
        self, model: type[T], *conditions: sa.ColumnElement[bool], lock: bool = False
    ) -> T | None:
        query = self._select(model, conditions).limit(1)
        return (await self.session.scalars(held(query) if lock else query)).first()

    async def all(self, model: type[T], *conditions: sa.ColumnElement[bool]) -> Sequence[T]:
        return (await self.session.scalars(self._select(model, conditions))).all()

    async def exists(self, model: type[T], *conditions: sa.ColumnElement[bool]) -> bool:
        return bool(await self.session.scalar(sa.select(self._select(model, conditions).exists())))

    async def settings(self, model: type[V]) -> V:
        """What the village has set in a program; the defaults where it has set nothing."""
        kept = await self.session.scalar(
            sa.select(ProgramSettings.values).where(
                ProgramSettings.village_id == self.village.id, ProgramSettings.program == model.program
            )
        )
        return understood(model, kept, self.village.code)

    def _select(self, model: type[T], conditions: Sequence[sa.ColumnElement[bool]]) -> sa.Select[T]:
        return sa.select(model).where(model.village_id == self.village.id, *conditions)

    def announce(self, name: str, **subjects: UUID | str) -> Event:
        """Put an event into the outbox: ids only, never names or numbers. It gets its number in the village
        at the end of the transaction: from then to the commit, nobody else of the village gets one.
        """
        made = Event(
            village_id=self.village.id,
            id=uuid7(),
            name=name,
            subjects={key: str(value) for key, value in subjects.items()},
            at=self.now,
            actor_id=self.actor_id,
        )
        if not self._notes_last:
            self.note_last()
        self.events.append(made)
        return made

    def note_last(self) -> None:
        """Number the events at the end, whether there will be any or not. Where a transaction has several
        units, the order of these calls is the order in which the villages' outboxes are locked.
        """
        self._notes_last = True
        before_commit(self.session, self._note_events)

    async def _note_events(self) -> None:
        await note(self.session, self.events)


def conflict() -> Conflict:
    return Conflict(
        Text("Bertabrakan dengan data yang sudah ada.", "In conflict with what is already there."),
    )


def held(query: sa.Select[Row]) -> sa.Select[Row]:
    """The rows are held until the end of the transaction. What the session knew of them may be older than
    what it waited for: they are read anew.
    """
    return query.with_for_update().execution_options(populate_existing=True)


@cache
def _row_of(model: Any) -> sa.Select[Any]:
    """Built once: building a statement costs as much as running it."""
    return sa.select(model).where(
        model.village_id == sa.bindparam("village"), model.id == sa.bindparam("key")
    )


@dataclass(frozen=True)
class Opening:
    """A village as a mutation finds it: its row, and whether the program is on there."""

    row: Village
    enabled: bool


async def open_village(session: AsyncSession, village: UUID | str, program: str | None) -> Opening | None:
    """One question for all that a mutation must know of its village; it also sets the wall, to that village.

    None when it is not open here. Who then may not write there is refused, and the transaction with its wall
    is over before anything is asked behind it.
    """
    dialect = session.get_bind().dialect.name
    statement = _opening(dialect, "id" if isinstance(village, UUID) else "code")
    found = (await session.execute(statement, {"village": village, "program": program})).one_or_none()
    return Opening(found[0], program is None or found[1]) if found is not None else None


@cache
def _opening(dialect: str, by: str) -> sa.Select[Any]:
    on = sa.exists().where(
        VillageProgram.village_id == Village.id,
        VillageProgram.program == sa.bindparam("program", type_=sa.Text()),
    )
    columns: list[Any] = [Village, on]
    if dialect == "postgresql":
        columns.append(wall_call(Village.code))
    return sa.select(*columns).where(getattr(Village, by) == sa.bindparam("village"))


async def village_facts(session: AsyncSession, village: UUID | str) -> VillageFacts | None:
    """A village by its id or its dotted code; None when it is not open here."""
    test = Village.id == village if isinstance(village, UUID) else Village.code == village
    row = await session.scalar(sa.select(Village).where(test))
    return VillageFacts.of(row) if row is not None else None
