"""Who holds rows of a person or of a village, read off the database: also tables that nobody claims."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ...errors import RuleViolated, Text
from ...store.tables import PublishedTable, VillageTable, sql_table
from ...store.write import Unit
from ..host import Host
from ..manifest import Program
from ..values import ResidentFacts

RESIDENT = "resident"
"""The table of residents: what a key of a table points at that holds rows of a person."""
VILLAGE_ID = "village_id"


@dataclass(frozen=True)
class Holding:
    """A table of villages, and its columns that name a resident."""

    table: str
    residents: tuple[str, ...]

    async def holds(self, unit: Unit, persons: Sequence[ResidentFacts]) -> bool:
        """Whether it has rows of one of the persons; of the unit's village, where no person is named."""
        if persons and not self.residents:
            return False
        columns = {name: sa.column(name, sa.Uuid()) for name in (VILLAGE_ID, *self.residents)}
        test = columns[VILLAGE_ID] == unit.village.id
        if persons:
            ids = [person.id for person in persons]
            test = sa.and_(test, sa.or_(*(columns[name].in_(ids) for name in self.residents)))
        look: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(
            sa.table(self.table, *columns.values())
        )
        try:
            return (await unit.session.execute(look.where(test).limit(1))).first() is not None
        except sa.exc.ProgrammingError:  # not ours to read: nobody can say that it holds nothing
            return True


async def refuse_unknown(host: Host, unit: Unit, persons: Sequence[ResidentFacts]) -> None:
    """Raises RuleViolated PROGRAM_NOT_INSTALLED, naming every table of no installed program that holds rows
    of one of the persons, or of the village where none is named.
    """
    claimed = {sql_table(model).name for model in host.models}
    connection = await unit.session.connection()
    found = await connection.run_sync(_unclaimed, claimed)
    held = [one.table for one in found if await one.holds(unit, persons)]
    if not held:
        return
    names = await connection.run_sync(_left_behind, {p.name for p in host.programs})
    programs = sorted({name for name in names for table in held if _may_be(name, table)})
    tables, of = ", ".join(held), f" ({', '.join(programs)})" if programs else ""
    error = RuleViolated(
        "PROGRAM_NOT_INSTALLED",
        Text(
            f"Tabel dari program yang tidak lagi terpasang{of} masih menyimpan data: {tables}. "
            "Pasang kembali program itu. Tidak ada yang berubah.",
            f"Tables of a program that is no longer installed{of} hold rows: {tables}. "
            "Install it again. Nothing was changed.",
        ),
    )
    error.extensions |= {"tables": held, "programs": programs}
    raise error


def _unclaimed(connection: sa.Connection, claimed: Collection[str]) -> list[Holding]:
    """The tables of villages that no installed program has declared, by name."""
    inspector = sa.inspect(connection)
    columns = inspector.get_multi_columns()
    keys = inspector.get_multi_foreign_keys()
    return sorted(
        (
            Holding(name, tuple(_naming_residents(keys.get((schema, name), []))))
            for (schema, name), there in columns.items()
            if name not in claimed and any(column["name"] == VILLAGE_ID for column in there)
        ),
        key=lambda one: one.table,
    )


def _naming_residents(keys: Sequence[sa.engine.interfaces.ReflectedForeignKeyConstraint]) -> Iterator[str]:
    for key in keys:
        if key["referred_table"] == RESIDENT:
            pairs = zip(key["constrained_columns"], key["referred_columns"], strict=True)
            yield from (own for own, far in pairs if far == "id")


def _left_behind(connection: sa.Connection, installed: Collection[str]) -> list[str]:
    """The names of programs that have been migrated here and are not installed."""
    prefix = "alembic_version_"
    names = [name.removeprefix(prefix) for name in sa.inspect(connection).get_table_names() if prefix in name]
    return [name for name in names if name not in installed]


def _may_be(program: str, table: str) -> bool:
    """A table begins with its program's prefix, which is the program's name or the beginning of it."""
    return program.partition("_")[0] == table.partition("_")[0]


async def first_holder(
    programs: Sequence[Program], unit: Unit, persons: Sequence[ResidentFacts]
) -> tuple[Program, str] | None:
    """The first of these programs that holds such rows, and in which table."""
    for program in programs:
        for model in program.models:
            if not issubclass(model, VillageTable | PublishedTable):
                continue
            table = sql_table(model)
            residents = tuple(
                element.parent.name
                for key in table.foreign_key_constraints
                for element in key.elements
                if element.column.table.name == RESIDENT and element.column.name == "id"
            )
            if await Holding(table.name, residents).holds(unit, persons):
                return program, table.name
    return None
