"""What the file of a village says of itself: which village, of which steps of which programs, which rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from ...errors import RuleViolated, Text
from ...store.plain import plain_row
from ...store.write import VillageFacts

FORMAT = 1
TABLE = "wantilan_village_file"
MAKING = f"CREATE TABLE {TABLE} (note TEXT NOT NULL, seal BLOB NOT NULL)"
PURPOSE = "village file"
"""For which the note is fingerprinted by the keys of the file: who changes it must have them."""
BATCH = 500


class TableNote(BaseModel):
    """How many rows of a table came, and the SHA-256 of them all in the order of their keys."""

    model_config = ConfigDict(frozen=True)

    rows: int
    digest: str


class ProgramNote(BaseModel):
    """One program: up to which step its tables are, and its tables in the order in which they came."""

    model_config = ConfigDict(frozen=True)

    head: str
    tables: dict[str, TableNote]


class Note(BaseModel):
    """All that the file says of itself. `programs` are those that keep something for the village, or that it
    has enabled.
    """

    model_config = ConfigDict(frozen=True)

    format: int
    village_id: UUID
    code: str
    name: str
    time_zone: str
    made_at: datetime
    programs: dict[str, ProgramNote]
    contents: int

    @property
    def village(self) -> VillageFacts:
        return VillageFacts(self.village_id, self.code, self.name, self.time_zone)

    @property
    def rows(self) -> int:
        return sum(table.rows for program in self.programs.values() for table in program.tables.values())


def digest(connection: sa.Connection, table: sa.Table) -> TableNote:
    """Read off the file itself."""
    summed, rows = hashlib.sha256(), 0
    for row in rows_in_file(connection, table):
        line = json.dumps(plain_row(table, row), sort_keys=True, separators=(",", ":"))
        summed.update(line.encode() + b"\n")
        rows += 1
    return TableNote(rows=rows, digest=summed.hexdigest())


def rows_in_file(connection: sa.Connection, table: sa.Table) -> Iterator[Mapping[str, Any]]:
    query = sa.select(table).order_by(*table.primary_key).execution_options(yield_per=BATCH)
    yield from connection.execute(query).mappings()  # type: ignore[misc]


def refusal(rule: str, indonesian: str, english: str) -> RuleViolated:
    """Rules: VILLAGE_FILE_UNKNOWN, _KEYS, _VERSION, _DAMAGED, _IN_USE, and PROGRAM_NOT_INSTALLED."""
    return RuleViolated(rule, Text(indonesian, english))


def damaged() -> RuleViolated:
    return refusal(
        "VILLAGE_FILE_DAMAGED",
        "Berkas desa ini rusak, terpotong, atau berubah sejak diekspor. Ekspor kembali.",
        "This file of a village is damaged, cut off, or was changed since it was exported. Export it anew.",
    )


@contextmanager
def reading() -> Iterator[None]:
    """Whatever cannot be read inside is damage."""
    try:
        yield
    except RuleViolated:
        raise
    except (sa.exc.SQLAlchemyError, ValueError, LookupError, TypeError, OverflowError) as error:
        raise damaged() from error
