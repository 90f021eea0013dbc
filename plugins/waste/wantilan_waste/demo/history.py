"""The rows of the demo: what was there, what is added, and what of the old is changed. They are written at
the end, in one statement for each table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from random import Random
from typing import Any, TypeAlias, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from wantilan import PublishedTable, Unit, VillageTable, uuid7

from ..models import MODELS, Counter

Row: TypeAlias = dict[str, Any]
"""A row by the names of its columns."""
Model: TypeAlias = type[Any]


class History:
    """One start of the demo in one village."""

    def __init__(self, unit: Unit, last: datetime | None) -> None:
        """`last`: the last weighing that is there."""
        self.unit, self.code, self.last = unit, unit.village.code, last
        self.zone = ZoneInfo(unit.village.time_zone)
        self._blank: dict[Model, Row] = {
            model: {column.key: None for column in table_of(model).columns} | {"village_id": unit.village.id}
            for model in MODELS
        }
        self._new: dict[Model, list[Row]] = {model: [] for model in MODELS}
        self._known: dict[UUID, Model] = {}
        self._changed: dict[Model, dict[UUID, Row]] = {}
        self._counters: dict[tuple[str, int], Row] = {}

    def chance(self, *topic: object) -> Random:
        """The same chance for the same village and topic, whenever it is asked."""
        return Random(" ".join(map(str, (self.code, *topic))))

    def moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    async def known(self, model: Model, *conditions: sa.ColumnElement[bool]) -> list[Row]:
        """The rows of a table, in the order in which they were made; held until the end."""
        table = table_of(model)
        query = sa.select(table).where(table.c.village_id == self.unit.village.id, *conditions)
        found = await self.unit.session.execute(query.order_by(table.c.id).with_for_update())
        rows = [dict(row._mapping) for row in found]
        self._known |= {row["id"]: model for row in rows}
        return rows

    async def take_counters(self) -> None:
        """Go on with the numbers of receipts where the last start, or somebody else, ended."""
        self._counters = {(row["name"], row["year"]): row for row in await self.known(Counter)}

    def add(self, model: type[VillageTable | PublishedTable], **values: object) -> Row:
        made = {**self._blank[model], "id": uuid7(), **values}
        self._new[model].append(made)
        return made

    def change(self, row: Row, **values: object) -> None:
        row.update(values)
        if (model := self._known.get(row["id"])) is not None:
            self._changed.setdefault(model, {})[row["id"]] = row

    def number(self, name: str, day: date) -> str:
        """The next number under a name in the year of a day, as `numbering.next_number` gives it out."""
        counter = self._counters.get((name, day.year))
        if counter is None:
            counter = self.add(Counter, name=name, year=day.year, last=0)
            self._counters[name, day.year] = counter
        self.change(counter, last=counter["last"] + 1)
        return f"{name}-{day.year}-{counter['last']:06d}"

    async def write(self) -> None:
        """Everything that was added, what others point at first; then what was changed.

        With RETURNING many rows go in one statement: else PostgreSQL gets one for each, and counts totals
        after each of them.
        """
        for model in MODELS:
            if rows := self._new[model]:
                table = table_of(model)
                await self.unit.session.execute(sa.insert(table).returning(table.c.id), rows)
        for model, changed in self._changed.items():
            await self._update(table_of(model), list(changed.values()))

    async def _update(self, table: sa.Table, rows: Sequence[Row]) -> None:
        keys = ("village_id", "id")
        names = [column.key for column in table.columns if column.key not in keys]
        statement = (
            sa.update(table)
            .where(*(table.c[key] == sa.bindparam(f"of_{key}") for key in keys))
            .values({name: sa.bindparam(f"to_{name}") for name in names})
        )
        values = [
            {f"of_{key}": row[key] for key in keys} | {f"to_{name}": row[name] for name in names}
            for row in rows
        ]
        await self.unit.session.execute(statement, values)


def table_of(model: Model) -> sa.Table:
    return cast(sa.Table, model.__table__)
