"""A table in the statement. Its name is written here and nowhere else, always with what guards its rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from ..store.places import Village
from ..store.tables import sql_table
from .shapes import Shape


@dataclass(frozen=True)
class Place:
    """One table under one alias; `Planner.from_` makes it, and nobody else.

    `guards` tie the row to the one it hangs on, and are the village condition and the read rules: whoever
    writes the table into a statement writes them with it, since `rows` and `joined` are the only ways to.
    `walled` says that its rows lie inside the actor's wall, by a condition of its own or of what it hangs on.
    """

    shape: Shape
    alias: str
    guards: tuple[str, ...]
    walled: bool = False
    above: Place | None = None
    """The outermost row that lies in the same village for sure, of those that this one hangs on."""
    joins: list[str] = field(default_factory=list)
    """What hangs on this row: to-one fields and gates, planned after it and written behind it."""
    gates: dict[str, str] = field(default_factory=dict)
    """By program: the condition that this row's village has enabled it."""
    before: str = ""
    """The table through which the rows are found, where a search finds them."""

    @property
    def outermost(self) -> Place:
        return self.above or self

    @property
    def table(self) -> sa.Table:
        return self.shape.table  # type: ignore[no-any-return]

    @property
    def key(self) -> sa.Column[Any]:
        """The column that tells the row from others of its village, or from all others."""
        return list(self.table.primary_key)[-1]

    def column(self, name: str) -> str:
        return f"{self.alias}.{name}"

    @property
    def village(self) -> str | None:
        """The column that says in which village the row lies; None for a region, which is none."""
        return village_column(self.table, self.alias)

    def through(self, table: sa.Table, alias: str, *conditions: str) -> Place:
        """The same rows, each found through one of another table: in the order of that one, if it has one.

        Only conditions join the two, written in this order on both databases: the other table is read first.
        """
        return replace(
            self,
            before=f"{table.name} {alias} CROSS JOIN ",
            guards=(*conditions, *self.guards),
            joins=self.joins,
        )

    def rows(self, *conditions: str, joins: bool = True) -> str:
        """`FROM … WHERE …` over the rows that may be read; `joins=False` where no to-one field is read."""
        hanging = "".join(self.joins) if joins else ""
        return f"FROM {self.before}{self._named}{hanging} WHERE {self._all(conditions)}"

    def joined(self, *conditions: str) -> str:
        """` LEFT JOIN … ON …` of the rows that may be read, with what hangs on them."""
        return f" LEFT JOIN {self._named} ON {self._all(conditions)}{''.join(self.joins)}"

    @property
    def _named(self) -> str:
        return f"{self.table.name} {self.alias}"

    def _all(self, conditions: tuple[str, ...]) -> str:
        return " AND ".join((*conditions, *self.guards)) or "1=1"


def another(table: sa.Table, alias: str, *conditions: str) -> str:
    """`FROM … WHERE …` over a table that shows no row itself, and hangs on one that stands already."""
    return f"FROM {table.name} {alias} WHERE {' AND '.join(conditions)}"


def village_column(table: sa.Table, alias: str) -> str | None:
    if "village_id" in table.c:
        return f"{alias}.village_id"
    return f"{alias}.id" if table is sql_table(Village) else None
