"""Writing the file of a village: what every program keeps for it, at one moment, sealed under fresh keys."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ...errors import ConfigurationError
from ...programs import hookspecs
from ...programs.duties.asking import blaming, refuse_unanswered
from ...programs.duties.tables import rows_of
from ...programs.host import Host
from ...programs.manifest import Program
from ...programs.values import Record
from ...store import carried
from ...store.contents import ContentMissing, Contents
from ...store.places import Region, VillageProgram
from ...store.plain import typed_row, writing
from ...store.secrets import Keys
from ...store.tables import sql_table
from ...store.travel import does_travel, resealed
from ...store.write import Unit
from ..models import File
from ..searching import index_copy
from .note import FORMAT, MAKING, PURPOSE, TABLE, Note, ProgramNote, digest

BATCH = 500
REGION = sql_table(Region)


@dataclass
class _Writer:
    """The file while it is written, and which tables each program gave, in order."""

    connection: sa.Connection
    host: Host
    unit: Unit
    old: Keys
    new: Keys
    told: Callable[[int], None]
    given: dict[str, dict[str, sa.Table]] = field(default_factory=dict)
    done: int = 0
    _table: sa.Table | None = None
    _rows: list[dict[str, Any]] = field(default_factory=list)

    def take(self, program: Program, record: Record) -> None:
        """Raises ValueError for a record that is not of the program's tables."""
        tables = self.given.setdefault(program.name, {})
        table = tables.get(record.table)
        if table is None:
            own = {sql_table(model).name: sql_table(model) for model in program.models}
            if record.table not in own:
                raise ValueError(f"{record.table} is no table of this program.")
            table = tables[record.table] = own[record.table]
        if table is not self._table or len(self._rows) >= BATCH:
            self.flush()
            self._table = table
        row = typed_row(table, record.values)
        self._rows.append(resealed(table, row, old=self.old, new=self.new, village=self.unit.village.id))

    def flush(self) -> None:
        if self._table is not None and self._rows:
            self.connection.execute(writing(self._table), self._rows)
            self.done += len(self._rows)
            self.told(self.done)
        self._rows = []


async def count_rows(host: Host, unit: Unit) -> int:
    """How many rows there are to be written, about: for a bar of progress."""
    total = 0
    for model in host.models:
        if does_travel(model):
            table = sql_table(model)
            query = sa.select(sa.func.count()).select_from(table).where(table.c.village_id == unit.village.id)
            total += await unit.session.scalar(query) or 0
    return total


async def write_village(
    path: Path,
    host: Host,
    unit: Unit,
    contents: Contents,
    heads: Mapping[str, str],
    *,
    old: Keys,
    new: Keys,
    told: Callable[[int], None] = lambda done: None,
) -> Note:
    """Fill a database of SQLite, which is migrated and empty, with the unit's village.

    `unit` sees everything at one moment; `heads` are the last steps of the installed programs; `told` is
    given the number of rows written so far. Raises DutyRefused, RuleViolated (tables of no installed
    program), ConfigurationError (keys, rows that point at rows which did not come, a content that is
    missing). The file is worth nothing then.
    """
    asked = host.loaded.implementations(hookspecs.export_village)
    await refuse_unanswered(host, "export_village", {program.name for program, _ in asked}, [unit])
    unit.keys = old
    with _filling(path) as connection:
        connection.exec_driver_sql(MAKING)
        connection.exec_driver_sql(carried.MAKING)
        await _regions(connection, unit)
        writer = _Writer(connection, host, unit, old, new, told)
        for program, call in asked:
            with blaming(program, "export_village"):
                async for record in call(unit.village, unit):
                    writer.take(program, record)
                writer.flush()
        _require_whole(connection)
        index_copy(connection, unit.village.id)
        stored = await _contents(connection, contents)
        enabled = set(await unit.session.scalars(_enabled(unit)))
        note = Note(
            format=FORMAT,
            village_id=unit.village.id,
            code=unit.village.code,
            name=unit.village.name,
            time_zone=unit.village.time_zone,
            made_at=unit.now,
            programs={
                program.name: ProgramNote(
                    head=heads[program.name],
                    tables={name: digest(connection, table) for name, table in given.items()},
                )
                for program in host.programs
                if (given := writer.given.get(program.name, {})) or program.name in enabled
            },
            contents=stored,
        )
        text = note.model_dump_json()
        seal = new.fingerprint(text, purpose=PURPOSE, village=unit.village.id)
        connection.exec_driver_sql(f"INSERT INTO {TABLE} VALUES (?, ?)", (text, seal))
    return note


@contextmanager
def _filling(path: Path) -> Iterator[sa.Connection]:
    """Left as one file: nothing of it stands in a journal beside it."""
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        connection.commit()
        yield connection
        connection.commit()


def _enabled(unit: Unit) -> sa.Select[str]:
    return sa.select(VillageProgram.program).where(VillageProgram.village_id == unit.village.id)


async def _regions(connection: sa.Connection, unit: Unit) -> None:
    """All of them: what is asked of numbers and of codes is answered alike."""
    rows: list[dict[str, Any]] = []
    async for row in rows_of(unit.session, REGION):
        rows.append(dict(row))
    if rows:
        connection.execute(writing(REGION), rows)


def _require_whole(connection: sa.Connection) -> None:
    broken = sorted({str(row[0]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")})
    if broken:
        raise ConfigurationError(
            f"Rows of {', '.join(broken)} point at rows that no program gave. The program whose tables they "
            "are must export all of them."
        )


async def _contents(connection: sa.Connection, contents: Contents) -> int:
    """Every content in store, in pieces. Raises ConfigurationError when one is missing or is another."""
    table = sql_table(File)
    query = sa.select(table.c.place, table.c.sha256).where(table.c.place.is_not(None)).order_by(table.c.place)
    found = connection.execute(query).all()
    for place, sha256 in found:
        summed = hashlib.sha256()
        try:
            async with contents.opened(place) as pieces:
                number = 0
                async for piece in pieces:
                    summed.update(piece)
                    row = (place, number, piece)
                    connection.exec_driver_sql(f"INSERT INTO {carried.TABLE} VALUES (?, ?, ?)", row)
                    number += 1
        except ContentMissing as error:
            raise ConfigurationError(f"{error} `wantilan files check` names it.") from None
        if summed.digest() != sha256:
            raise ConfigurationError(
                "A content is not the one that was stored. Bring the contents back from a backup."
            )
    return len(found)
