"""Text as it is compared: the form in which names are ordered and searched, on both databases alike."""

from __future__ import annotations

import unicodedata

_APOSTROPHES = frozenset("'’‘ʼʻ`´")
_NO_DECOMPOSITION = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "þ": "th"}
)


def sort_key(name: str) -> str:
    """The key that orders names and that a prefix search compares: small letters and digits, single spaces.

    Marks and apostrophes vanish (`Ni Luh D’Arma` and `ni luh darma` are one), other punctuation parts words.
    The key of a key is the key itself. Letters of other scripts stay as they are.
    """
    folded = _decomposed(_decomposed(name).casefold().translate(_NO_DECOMPOSITION)).casefold()
    spaced = "".join(ch if ch.isalnum() else " " for ch in folded if not _vanishes(ch))
    return " ".join(spaced.split())


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


def _vanishes(ch: str) -> bool:
    return ch in _APOSTROPHES or unicodedata.category(ch) in {"Mn", "Mc", "Me", "Cf"}
