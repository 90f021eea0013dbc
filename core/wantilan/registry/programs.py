"""What a village's row says of a program: whether it is enabled, its settings, and whether it hears."""

from __future__ import annotations

from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

from ..graph.links import enabled
from ..store.cursors import EventCursor
from ..store.places import ProgramSettings
from ..store.tables import sql_table


class Named(Protocol):
    @property
    def name(self) -> str: ...


def program_enabled(program: Named, village: FromClause) -> ColumnElement[bool]:
    return enabled(program.name, village)


def program_settings(program: Named, village: FromClause) -> ColumnElement[Any]:
    kept = sql_table(ProgramSettings).alias("ps")
    query = sa.select(kept.c["values"]).where(
        kept.c.village_id == village.c.id, kept.c.program == sa.literal(program.name)
    )
    return query.correlate(village).scalar_subquery()


def delivery_failures(program: Named, village: FromClause) -> ColumnElement[int]:
    cursor = sql_table(EventCursor).alias("ec")
    query = sa.select(cursor.c.attempts).where(
        cursor.c.village_id == village.c.id, cursor.c.program == sa.literal(program.name)
    )
    return sa.func.coalesce(query.correlate(village).scalar_subquery(), sa.literal_column("0"))
