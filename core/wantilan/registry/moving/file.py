"""Reading the file of a village: judged as a whole before anything of it is believed."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from ...programs.host import Host
from ...programs.values import Record
from ...store import carried
from ...store.plain import plain_row
from ...store.secrets import Keys
from ...store.tables import sql_table
from ...store.travel import resealed
from ..models import File
from .note import FORMAT, PURPOSE, TABLE, Note, damaged, digest, reading, refusal, rows_in_file

MAGIC = b"SQLite format 3\0"
FILES = sql_table(File)


class VillageFile:
    """One file that is open for reading, with what it says of itself. Nothing of that is judged yet."""

    def __init__(self, connection: sa.Connection, note: Note, text: str, seal: bytes) -> None:
        self.connection, self.note, self._text, self._seal = connection, note, text, seal

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[VillageFile]:
        """Raises RuleViolated: it is no file of a village, it is being served, it is damaged."""
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise _unknown()
        left = Path(f"{path}-wal")
        if left.exists() and left.stat().st_size:
            raise refusal(
                "VILLAGE_FILE_IN_USE",
                "Berkas desa ini sedang disajikan. Hentikan peladennya dan ekspor dari sana.",
                "This file of a village is being served. Stop that server, and export the village from it.",
            )
        address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
        engine = sa.create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=sa.NullPool
        )
        with engine.connect() as connection:
            yield cls(connection, *_note_of(connection))

    def judge(self, keys: Keys, host: Host, heads: Mapping[str, str]) -> None:
        """Whether it is whole, these are its keys, and its programs are installed here in the same version.

        `heads` are the last steps of the installed programs. Raises RuleViolated; nothing was changed then.
        """
        seal = keys.fingerprint(self._text, purpose=PURPOSE, village=self.note.village_id)
        if not hmac.compare_digest(seal, self._seal):
            raise refusal(
                "VILLAGE_FILE_KEYS",
                "Kunci ini bukan kunci berkas desa tersebut, atau isinya diubah.",
                "These are not the keys of this file of a village, or what it says of itself was changed.",
            )
        self._judge_programs(host, heads)
        with reading():
            if self.connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
                raise damaged()
            for name, program in self.note.programs.items():
                for table, said in program.tables.items():
                    if digest(self.connection, self._table(host, name, table)) != said:
                        raise damaged()
            self._judge_contents()

    def _judge_programs(self, host: Host, heads: Mapping[str, str]) -> None:
        missing = sorted(self.note.programs.keys() - heads.keys())
        if missing:
            names = ", ".join(missing)
            raise refusal(
                "PROGRAM_NOT_INSTALLED",
                f"Program dari desa itu belum terpasang di sini: {names}.",
                f"Programs of that village are not installed here: {names}. Install them.",
            )
        others = [
            f"{name} ({note.head}; {heads[name]})"
            for name, note in self.note.programs.items()
            if note.head != heads[name]
        ]
        if others:
            names = ", ".join(others)
            raise refusal(
                "VILLAGE_FILE_VERSION",
                f"Versi program berbeda (di berkas; di sini): {names}. Samakan lalu ekspor kembali.",
                f"Programs are of other versions (in the file; here): {names}. "
                "Bring both deployments to one, and export anew.",
            )

    def _judge_contents(self) -> None:
        places = {str(row["place"]): row["sha256"] for row in self._stored()}
        if len(places) != self.note.contents:
            raise damaged()
        for place, sha256 in places.items():
            summed = hashlib.sha256()
            for piece in self.content(place):
                summed.update(piece)
            if summed.digest() != sha256:
                raise damaged()

    def _stored(self) -> Iterator[Mapping[str, object]]:
        return (row for row in rows_in_file(self.connection, FILES) if row["place"] is not None)

    def _table(self, host: Host, program: str, name: str) -> sa.Table:
        own = {
            sql_table(model).name: sql_table(model)
            for known in host.programs
            if known.name == program
            for model in known.models
        }
        return own[name]

    def places(self) -> list[str]:
        """Where its contents lie."""
        return [str(row["place"]) for row in self._stored()]

    def content(self, place: str) -> Iterator[bytes]:
        """What lies there, piece by piece."""
        query = f"SELECT piece FROM {carried.TABLE} WHERE place = ? ORDER BY number"
        for row in self.connection.exec_driver_sql(query, (place,)):
            yield row[0]

    async def records(self, host: Host, program: str, *, old: Keys, new: Keys) -> AsyncIterator[Record]:
        """What a program gave, numbers sealed under the keys of who receives it."""
        for name in self.note.programs[program].tables:
            table = self._table(host, program, name)
            for row in rows_in_file(self.connection, table):
                made = resealed(table, row, old=old, new=new, village=self.note.village_id)
                yield Record(name, plain_row(table, made))


def _note_of(connection: sa.Connection) -> tuple[Note, str, bytes]:
    with reading():
        if not sa.inspect(connection).has_table(TABLE):
            raise _unknown()
        text, seal = connection.exec_driver_sql(f"SELECT note, seal FROM {TABLE}").one()
        note = Note.model_validate_json(text)
    if note.format != FORMAT:
        raise refusal(
            "VILLAGE_FILE_VERSION",
            "Berkas desa ini dibuat oleh versi Wantilan yang lain.",
            "This file of a village was made by another version of Wantilan.",
        )
    return note, str(text), bytes(seal)


def _unknown() -> Exception:
    return refusal(
        "VILLAGE_FILE_UNKNOWN",
        "Ini bukan berkas dari `wantilan village export`.",
        "This is no file of `wantilan village export`.",
    )
