"""How one name is written in several ways, and the form in which they are one. Pure functions.

What the domain notes say of Balinese names is I and Ni, Wayan (Wy) and Ketut (Kt). The rest of the tables is
our assumption, made of forms that are usual on cards and lists; a village that knows better changes a line.
Tokens are kept in the database: after a change here `wantilan search rebuild` makes them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..errors import LimitExceeded
from ..store.folding import sort_key

LONGEST_SEARCH = 100
"""Characters of a text that is searched for."""
MOST_WORDS = 8
"""Words of a text that is searched for."""
SHORTEST, LONGEST = 2, 12
"""Letters of the beginnings of a word by which it is found: shorter ones would find half the village."""

IGNORED = frozenset({"i", "ni"})
"""They say man or woman, and are left out as often as not. [notes]"""

WRITTEN_OUT: Mapping[str, str] = {
    "wy": "wayan", "kt": "ketut",  # [notes]
    # All that follows is assumed.
    "wyn": "wayan", "wajan": "wayan", "ktt": "ketut", "ktut": "ketut",
    "md": "made", "mde": "made", "ny": "nyoman", "nym": "nyoman", "nm": "nyoman", "nyom": "nyoman",
    "njoman": "nyoman", "pt": "putu", "ptu": "putu", "kd": "kadek", "kdk": "kadek", "km": "komang",
    "kmg": "komang", "kom": "komang", "ngh": "nengah", "gd": "gede", "gde": "gede", "lh": "luh",
    "gst": "gusti", "gsti": "gusti", "bgs": "bagus", "dw": "dewa", "dwa": "dewa", "dsk": "desak",
    "ngr": "ngurah", "ngrh": "ngurah", "cok": "cokorda", "tjok": "cokorda", "sg": "sagung",
    "ib": "ida bagus", "ia": "ida ayu", "dayu": "ida ayu", "aa": "anak agung", "aai": "anak agung istri",
    "iga": "gusti ayu", "igb": "gusti bagus", "igk": "gusti ketut", "igm": "gusti made",
    "ign": "gusti ngurah", "igp": "gusti putu",
}  # fmt: skip
"""What stands for whole names: of the order of birth, of the family. Also apart: `A.A.`, `I B`."""

OF_PLACES = frozenset(
    (
        "banjar", "br", "dusun", "dinas", "lingkungan", "jalan", "jl", "jln", "gang", "gg", "no", "nomor",
        "rt", "rw",
    )
)  # fmt: skip
"""Words that say only that a place follows: every address has them. Assumed."""

SPELLINGS = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        ("oe", "u"), ("tj", "c"), ("dj", "j"), ("ch", "c"),  # before 1972, and until today in names
        ("([bdgkpst])h", r"\1"),  # Dharma, Putu Artha, Krishna
        ("y", "i"), ("v", "w"), ("q", "k"), ("x", "ks"),  # Sutarya, Sutaria
        ("uw(?=[aeiou])", "u"), ("(?<=[bcdfghjklmnprst])w(?=[aeiou])", "u"),  # Suwarta, Swarta, Suarta
        (r"(.)\1+", r"\1"),  # Gedde, Setiyia
        ("(?<=[a-z]{4})h$", ""),  # Nengah, Nenga; but Luh keeps it: two letters would begin too many names
    )
)  # fmt: skip
"""In this order. Left alone is what tells people apart: the last vowel (Putra, Putri), p and f, o and u."""


def spelling_key(name: str) -> str:
    """What two ways of writing one name have in common: `I Wy. Soetarya` and `Wayan Sutaria` are one.

    It is for comparing, and not to be shown. Empty for a name without a letter of its own.
    """
    return " ".join(_words(name))


def search_words(text: str) -> tuple[str, ...]:
    """What to look up for a text that is searched for, each of them once, the most telling first.

    Any word may be a beginning, so that a list can follow while somebody types. Letters that stand alone say
    nothing; a text may hold no word at all. Raises LimitExceeded for more than `LONGEST_SEARCH` characters or
    `MOST_WORDS` words; it never says the text.
    """
    if len(text) > LONGEST_SEARCH:
        raise LimitExceeded("searchCharacters", LONGEST_SEARCH)
    if len(sort_key(text).split()) > MOST_WORDS:
        raise LimitExceeded("searchWords", MOST_WORDS)
    found = dict.fromkeys(
        word if word.isdigit() else word[:LONGEST]
        for word in _words(text, typed=True)
        if len(word) >= SHORTEST or word.isdigit()
    )
    return tuple(sorted((word for word in found if word not in OF_PLACES), key=_telling, reverse=True))


def beginnings(text: str) -> frozenset[str]:
    """Under what a name or an address is found: each word by its beginnings, a number as a whole.

    Numbers of more than `LONGEST` digits are no house's, and are left out.
    """
    found: set[str] = set()
    for word in _words(text):
        if word in OF_PLACES:
            continue
        digits = re.match("[0-9]+", word)
        if digits is not None:
            found |= {word[:LONGEST], digits[0]} if len(digits[0]) <= LONGEST else set()
        else:
            found.update(word[:size] for size in range(SHORTEST, min(len(word), LONGEST) + 1))
    return frozenset(found)


def _telling(word: str) -> tuple[bool, int]:
    """A number of four digits tells most, then the longest word."""
    return word.isdigit() and len(word) >= 4, len(word)


def _words(text: str, *, typed: bool = False) -> Iterator[str]:
    """The words of a text in their one form. `typed`: what may be going on to be more is left as it is."""
    for word in _joined(sort_key(text).split()):
        whole = WRITTEN_OUT.get(word, word)
        for part in (word if typed and whole.startswith(word) else whole).split():
            if part not in IGNORED:
                yield _spelt(part)


def _joined(words: list[str]) -> Iterator[str]:
    """Letters that stand apart, as one word where they are known as one: `A. A. Raka`, `I.B. Raka`."""
    letters: list[str] = []
    for word in [*words, ""]:
        if len(word) == 1 and word.isalpha():
            letters.append(word)
            continue
        together = "".join(letters)
        yield from [together] if together in WRITTEN_OUT else letters
        letters = []
        if word:
            yield word


def _spelt(word: str) -> str:
    if word[0].isdigit():
        return word
    for pattern, instead in SPELLINGS:
        word = pattern.sub(instead, word)
    return word
