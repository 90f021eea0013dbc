"""Numbers of receipts: without a gap, year by year, each given out once."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from wantilan import Unit, uuid7

from .models import Counter


async def next_number(unit: Unit, name: str) -> str:
    """The next number under a name in this village and year, `KW-2026-000001`.

    Whoever takes one holds up those who want the next until its transaction ends: a number that was rolled
    back is given out again.
    """
    year = unit.today.year
    dialect = unit.session.get_bind().dialect.name
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    first = insert(Counter).values(village_id=unit.village.id, id=uuid7(), name=name, year=year, last=1)
    taken = first.on_conflict_do_update(
        index_elements=["village_id", "name", "year"], set_={"last": Counter.last + 1}
    ).returning(Counter.last)
    number = await unit.session.scalar(taken)
    return f"{name}-{year}-{number:06d}"
