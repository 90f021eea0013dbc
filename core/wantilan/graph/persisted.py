"""Documents that are named instead of sent: by `extensions.persistedQuery`, or by `documentId`.

Automatic persisted queries, after Apollo's protocol: a client sends the SHA-256 of its document; when that is
not known here it sends the document as well, and from then on the hash is enough. Each process learns by
itself.
"""

from __future__ import annotations

import hashlib
import re

from ..errors import BadUserInput, PersistedQueryNotFound, Text
from .http.protocol import Asked
from .recent import Recent

CHARACTERS = 512 * 1024
"""What is remembered, in characters of the documents; at most `SIZE` of them."""
SIZE = 1024

NOT_FOUND = "PersistedQueryNotFound"
"""The message, word for word, after which Apollo Client and urql send the document."""
MALFORMED = Text(
    "extensions.persistedQuery harus {version: 1, sha256Hash: …}; hash 64 angka heksadesimal, huruf kecil.",
    "extensions.persistedQuery must be {version: 1, sha256Hash: …}; a hash has 64 lower-case hex digits.",
)
TWO_NAMES = Text(
    "documentId dan extensions.persistedQuery menyebut dokumen yang berbeda.",
    "documentId and extensions.persistedQuery name different documents.",
)
OTHER_TEXT = Text(
    "Dokumen yang dikirim bukan yang disebut oleh hash-nya.",
    "The document that was sent is not the one that its hash names.",
)

_HASH = re.compile(r"[0-9a-f]{64}")
_SHA256 = "sha256:"


def name_of(asked: Asked) -> str | None:
    """The name of the document without the prefix `sha256:`, None without a name. Raises BadUserInput."""
    name = asked.document_id.removeprefix(_SHA256) if asked.document_id else None
    persisted = asked.extensions.get("persistedQuery")
    if persisted is None:
        return name
    version = persisted.get("version") if isinstance(persisted, dict) else None
    hashed = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if version != 1 or isinstance(version, bool) or not isinstance(hashed, str) or not hashed:
        raise BadUserInput(MALFORMED)
    if name not in (None, hashed):
        raise BadUserInput(TWO_NAMES)
    return hashed


class Persisted:
    """The documents that clients taught this process. Only those that fit its schema are remembered."""

    def __init__(self) -> None:
        self._texts: Recent[str, str] = Recent(SIZE, CHARACTERS)

    def text(self, asked: Asked) -> str:
        """The document that a request sends or names. Raises PersistedQueryNotFound, BadUserInput."""
        name = name_of(asked)
        if name is None:
            return asked.query
        if not _HASH.fullmatch(name):
            if asked.extensions.get("persistedQuery") is not None:
                raise BadUserInput(MALFORMED)
            if asked.query:  # a name of the client's own making, and the document itself
                return asked.query
            raise PersistedQueryNotFound(Text(NOT_FOUND, NOT_FOUND))
        if asked.query:
            if sha256(asked.query) != name:
                raise BadUserInput(OTHER_TEXT)
            return asked.query
        known = self._texts.get(name)
        if known is None:
            raise PersistedQueryNotFound(Text(NOT_FOUND, NOT_FOUND))
        return known

    def learn(self, asked: Asked) -> None:
        """Remember a document that came with its hash, was found right by `text`, and fits the schema."""
        if not asked.query:
            return
        name = name_of(asked)
        if name is not None and _HASH.fullmatch(name) and self._texts.get(name) is None:
            self._texts.put(name, asked.query, len(asked.query))

    def __len__(self) -> int:
        return len(self._texts)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
