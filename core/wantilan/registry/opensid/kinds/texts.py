"""Columns that hold text: words, names of persons, the tag of a card."""

from __future__ import annotations

from dataclasses import dataclass

from ....errors import Text
from ...names import name_fault
from ...numbers import Finding
from .base import NUMBER_CELL, Raw, Sense, looks_scientific, text_of

TAG_SHORTEST, TAG_LONGEST = 10, 17

NAME_MISSING = Finding("NAME_MISSING", Text("Isi nama.", "Fill in the name."))
TEXT_LONG = Finding("TEXT_TOO_LONG", Text("Teks terlalu panjang.", "The text is too long."))
TAG_LENGTH = Finding(
    "TAG_LENGTH",
    Text(
        f"Tag kartu harus {TAG_SHORTEST} sampai {TAG_LONGEST} karakter.",
        f"A card's tag has {TAG_SHORTEST} to {TAG_LONGEST} characters.",
    ),
)


@dataclass(frozen=True)
class Words:
    """A column of free text of at most so many characters. Codes: TEXT_TOO_LONG, those of `text_of`."""

    longest: int
    zero_is_none: bool = False
    """Whether 0 says that there is none, as of RW and RT."""
    blank: str = ""
    """What is written for None: OpenSID wants a dash where a part of the place is not known."""

    def read(self, raw: Raw, sense: Sense) -> str | Finding | None:
        text = text_of(raw)
        if isinstance(text, Finding):
            return text
        if not text or (self.zero_is_none and not text.strip("0")):
            return None
        return TEXT_LONG if len(text) > self.longest else text

    def write(self, value: str | None) -> str:
        return self.blank if value is None else value


@dataclass(frozen=True)
class Document:
    """A column of the number of a document: text, but a number that lost its digits is none.

    Codes: NUMBER_CELL, TEXT_TOO_LONG, those of `text_of`.
    """

    longest: int

    def read(self, raw: Raw, sense: Sense) -> str | Finding | None:
        text = text_of(raw)
        if isinstance(text, Finding):
            return text
        text = text.lstrip("' ")
        if looks_scientific(text):
            return NUMBER_CELL
        return TEXT_LONG if len(text) > self.longest else text or None

    def write(self, value: str | None) -> str:
        return value or ""


@dataclass(frozen=True)
class Name:
    """A column of persons' names: letters, space, full stop, comma, apostrophe, hyphen.

    Codes: NAME_MISSING, those of `name_fault` and of `text_of`.
    """

    missing: Finding | None = None
    """What is wrong with a blank cell, if anything is."""

    def read(self, raw: Raw, sense: Sense) -> str | Finding | None:
        text = text_of(raw)
        if isinstance(text, Finding):
            return text
        if not text:
            return self.missing
        return name_fault(text) or straight(text)

    def write(self, value: str | None) -> str:
        return "" if value is None else straight(value)


def straight(name: str) -> str:
    """With the one apostrophe that OpenSID takes."""
    return name.replace("’", "'")


@dataclass(frozen=True)
class Tag:
    """The column of card tags. Codes: TAG_LENGTH, NUMBER_CELL, those of `text_of`."""

    def read(self, raw: Raw, sense: Sense) -> str | Finding | None:
        text = text_of(raw)
        if isinstance(text, Finding):
            return text
        text = text.lstrip("' ")
        if not text:
            return None
        if looks_scientific(text):
            return NUMBER_CELL
        return text if TAG_SHORTEST <= len(text) <= TAG_LONGEST else TAG_LENGTH

    def write(self, value: str | None) -> str:
        return value or ""
