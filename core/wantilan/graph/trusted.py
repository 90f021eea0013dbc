"""Trusted documents: a manifest of all that may be asked. Whatever is not in it does not run.

Read, parsed and held against the schema at the start; kept for good.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import BadUserInput, ConfigurationError, PersistedQueryNotFound, Refusal, Refusals, Text
from .documents import Document, Documents
from .http.protocol import Asked
from .persisted import OTHER_TEXT, name_of

FORMAT = "apollo-persisted-query-manifest"

NOT_REGISTERED = Text(
    "Hanya dokumen terdaftar yang dijalankan di sini; kirim nama dokumennya.",
    "Only registered documents run here; send the name of one.",
)
# The characters that the draft of GraphQL over HTTP allows in the name of a document.
_NAME = re.compile(r"[A-Za-z0-9._~-]{1,256}")


class Trusted:
    """The registered documents of one schema, by name."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = dict(documents)

    @classmethod
    def load(cls, path: Path, documents: Documents) -> Trusted:
        """Raises ConfigurationError: the manifest cannot be read, or a document of it does not run."""
        found = judged(read_manifest(path), documents)
        if found.faults:
            name, why = next(iter(found.faults.items()))
            raise ConfigurationError(f"{path}: document {name!r} does not run here. {why}")
        return cls(found.documents)

    def document(self, asked: Asked) -> Document:
        """The document that a request names. Raises PersistedQueryNotFound, BadUserInput."""
        name = name_of(asked)
        found = self._documents.get(name) if name is not None else None
        if found is None:
            raise PersistedQueryNotFound(NOT_REGISTERED)
        if asked.query and asked.query != found.text:
            raise BadUserInput(OTHER_TEXT)
        return found

    def __len__(self) -> int:
        return len(self._documents)


def read_manifest(path: Path) -> Mapping[str, str]:
    """Name -> text, of a plain JSON object or of Apollo's manifest. Raises ConfigurationError."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_each_once)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror}).") from None
    except _Twice as twice:
        raise ConfigurationError(f"{path}: {twice.name!r} stands there twice.") from None
    except ValueError:
        raise ConfigurationError(f"{path}: is not JSON in UTF-8.") from None
    texts = _of_apollo(path, read) if _is_apollo(read) else read
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise ConfigurationError(
            f'{path}: must be a JSON object {{"hash": "document", …}}, or a manifest of the format {FORMAT}.'
        )
    named = {name.removeprefix("sha256:"): text for name, text in texts.items()}
    for name in named:
        if not _NAME.fullmatch(name):
            raise ConfigurationError(
                f"{path}: {name[:80]!r} is no name of a document: 1 to 256 letters, digits and -._~"
            )
    return named


class Judged(NamedTuple):
    """What is right and what is wrong in a manifest, both by name."""

    documents: Mapping[str, Document]
    faults: Mapping[str, str]


def judged(texts: Mapping[str, str], documents: Documents) -> Judged:
    """Read each document of a manifest and hold it against the schema and the limits."""
    right: dict[str, Document] = {}
    wrong: dict[str, str] = {}
    for name, text in texts.items():
        try:
            right[name] = documents.read(text)
        except Refusal as refused:
            wrong[name] = refused.text.en
        except Refusals as several:
            wrong[name] = " ".join(one.text.en for one in several.refusals)
    return Judged(right, wrong)


def _is_apollo(read: object) -> bool:
    return isinstance(read, dict) and isinstance(read.get("operations"), list)


def _of_apollo(path: Path, read: dict[str, object]) -> Mapping[str, str]:
    if read.get("format") != FORMAT or read.get("version") != 1:
        raise ConfigurationError(f'{path}: must say "format": "{FORMAT}" and "version": 1.')
    texts: dict[str, str] = {}
    operations = read["operations"]
    assert isinstance(operations, list)
    for number, one in enumerate(operations):
        name, text = (one.get("id"), one.get("body")) if isinstance(one, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(text, str):
            raise ConfigurationError(f"{path}: operations[{number}] needs the texts id and body.")
        if name in texts:
            raise ConfigurationError(f"{path}: {name[:80]!r} stands there twice.")
        texts[name] = text
    return texts


class _Twice(ValueError):
    def __init__(self, name: str) -> None:
        self.name = name[:80]
        super().__init__()


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(name)
        found[name] = value
    return found
