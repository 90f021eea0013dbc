"""The demo's folder: database, keys, tokens, and a note of what was built and when."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from ...errors import ConfigurationError
from ...store.secrets import TOKEN_PREFIX, Keys


@dataclass(frozen=True)
class Note:
    """What stands in the folder: when it was built, up to which day, and a fingerprint of each program."""

    built_on: date
    day: date
    programs: dict[str, str]


class Folder:
    """`var/demo`, or wherever the demo is to live. Damaged files count as missing: they are made anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "wantilan.db"
        self.keys_file = path / "keys.json"
        self.tokens_file = path / "tokens.json"
        self.note_file = path / "note.json"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.database}"

    def keys(self) -> str | None:
        try:
            text = self.keys_file.read_text(encoding="utf-8")
            Keys.parse(text)
        except (OSError, ValueError, ConfigurationError):
            return None
        return text

    def make_keys(self) -> str:
        text = Keys.generate()
        self._write_secret(self.keys_file, text + "\n")
        return text

    def tokens(self) -> dict[str, str]:
        """Name and text of each token."""
        read = _read_json(self.tokens_file)
        return {
            name: text
            for name, text in read.items()
            if isinstance(text, str) and text.startswith(TOKEN_PREFIX)
        }

    def keep_tokens(self, tokens: dict[str, str]) -> None:
        self._write_secret(self.tokens_file, json.dumps(tokens, indent=2) + "\n")

    def note(self) -> Note | None:
        """None where nothing was built, or not to the end."""
        read = _read_json(self.note_file)
        try:
            days = date.fromisoformat(str(read["built_on"])), date.fromisoformat(str(read["day"]))
        except (KeyError, ValueError):
            return None
        programs = read.get("programs")
        if not isinstance(programs, dict) or not self.database.exists():
            return None
        return Note(*days, {str(name): str(print_) for name, print_ in programs.items()})

    def keep_note(self, note: Note) -> None:
        text = json.dumps(asdict(note), default=str, indent=2) + "\n"
        _replace(self.note_file, text, mode=0o644)

    def clear(self) -> None:
        """Remove what was built; keys and tokens stay, so that they go on working after a rebuild."""
        self.note_file.unlink(missing_ok=True)
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.database}{suffix}").unlink(missing_ok=True)

    def _write_secret(self, file: Path, text: str) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        _replace(file, text, mode=0o600)


def _read_json(file: Path) -> dict[str, object]:
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _replace(file: Path, text: str, *, mode: int) -> None:
    """Write all of it or nothing; nobody can open a secret between its making and its mode."""
    fresh = file.with_suffix(f".{os.getpid()}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(file)
