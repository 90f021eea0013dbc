"""Names of persons as Bali and Indonesia write them: one full name, no surname."""

from __future__ import annotations

import unicodedata

from wantilan.errors import Text
from wantilan.registry.numbers import Finding
from wantilan.store.folding import sort_key as sort_key

LONGEST_NAME = 100
"""In characters, after `clean_name`."""

_EMPTY = Finding("NAME_EMPTY", Text("Nama harus berisi huruf.", "A name must contain letters."))
_TOO_LONG = Finding(
    "NAME_TOO_LONG",
    Text(f"Nama paling panjang {LONGEST_NAME} karakter.", f"A name has at most {LONGEST_NAME} characters."),
)
_CHARACTERS = Finding(
    "NAME_CHARACTERS",
    Text(
        "Nama hanya boleh berisi huruf, spasi, titik, koma, tanda petik tunggal dan tanda hubung.",
        "A name may hold letters, spaces, full stops, commas, apostrophes and hyphens only.",
    ),
)

_PUNCTUATION = frozenset(" .,'-’")


def clean_name(name: str) -> str:
    """The name as it is stored: NFC, trimmed, single spaces, without control and invisible characters."""
    visible = "".join(ch for ch in name if ch.isspace() or not _invisible(ch))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def name_fault(name: str) -> Finding | None:
    """What is wrong with a name, or None. Judges the text as it stands: `clean_name` comes first.

    Codes: NAME_EMPTY, NAME_TOO_LONG, NAME_CHARACTERS. The characters are those that the resident sheet
    allows, and the typographic apostrophe.
    """
    if len(name) > LONGEST_NAME:
        return _TOO_LONG
    if not all(ch.isalpha() or ch in _PUNCTUATION for ch in name):
        return _CHARACTERS
    if not any(ch.isalpha() for ch in name):
        return _EMPTY
    return None


def _invisible(ch: str) -> bool:
    """Control, format, surrogate, private-use and unassigned characters."""
    return unicodedata.category(ch).startswith("C")
