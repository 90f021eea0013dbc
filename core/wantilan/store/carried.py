"""Contents inside a SQLite database, in pieces: how they travel in the one file of a village."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

TABLE = "wantilan_carried_content"
MAKING = f"CREATE TABLE {TABLE} (place TEXT, number INTEGER, piece BLOB, PRIMARY KEY (place, number))"
WAIT_SECONDS = 10.0


class Carrying:
    """The contents that a database carries. Each call has a connection of its own: they are few and rare."""

    def __init__(self, database: Path) -> None:
        self.database = database

    def is_there(self) -> bool:
        """Whether this database was made to carry contents; False also where there is none yet."""
        if not self.database.is_file():
            return False
        try:
            with self._connected() as connection:
                query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
                return connection.execute(query, (TABLE,)).fetchone() is not None
        except sqlite3.DatabaseError:
            return False  # whoever opens it as a database says what is wrong with it

    def has(self, place: str) -> bool:
        return self.piece(place, 0) is not None

    def piece(self, place: str, number: int) -> bytes | None:
        """One piece of a content, from 0 on; None behind the last one."""
        with self._connected() as connection:
            query = f"SELECT piece FROM {TABLE} WHERE place = ? AND number = ?"
            found = connection.execute(query, (place, number)).fetchone()
        return bytes(found[0]) if found is not None else None

    def places(self) -> list[str]:
        with self._connected() as connection:
            rows = connection.execute(f"SELECT DISTINCT place FROM {TABLE} ORDER BY place").fetchall()
        return [str(row[0]) for row in rows]

    def remove(self, place: str) -> None:
        with self._connected() as connection, connection:
            connection.execute(f"DELETE FROM {TABLE} WHERE place = ?", (place,))

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.database, timeout=WAIT_SECONDS)) as connection:
            yield connection
