"""Kinds of files: what a program declares of the files that its villages may keep."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..access.rules import Rule, within
from ..errors import Text

LARGEST = 2**31 - 1
"""What a kind may allow at most, in bytes: what a GraphQL `Int` can tell."""
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
"""It stands in the name under which a file is saved."""


class FileType(enum.Enum):
    """What a file can be, told by its content alone. The value is its media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    CSV = "text/csv"
    JSON = "application/json"
    JSON_LINES = "application/jsonl"
    ZIP = "application/zip"


PICTURES = (FileType.JPEG, FileType.PNG, FileType.WEBP)
"""Encoded anew when they are stored, so that nothing but the picture remains."""


@dataclass(frozen=True)
class FileKind:
    """One kind of file: `FileKind("waste.intake_photo", Text(…), types=PICTURES, most_bytes=…, read=…,
    write=…)`.

    `read` is the permission that opens it in its village; whoever uploaded it reads it too, and with
    `household` who lives in the household that it is about. `write` says who may upload one, like the `needs`
    of a mutation: a permission, or rules of which one must admit the actor into the village.
    """

    name: str
    description: Text
    types: tuple[FileType, ...]
    most_bytes: int
    read: str
    write: str | Rule | list[Rule] | tuple[Rule, ...]
    household: bool = False

    @property
    def writers(self) -> tuple[Rule, ...]:
        """The rules of which one must admit whoever uploads."""
        if isinstance(self.write, str):
            return (within(self.write),)
        if isinstance(self.write, list | tuple):
            return tuple(self.write)
        return (self.write,)

    @property
    def permissions(self) -> frozenset[str]:
        """Every permission that it names."""
        named = (getattr(rule, "permission", None) for rule in self.writers)
        return frozenset({self.read, *(name for name in named if isinstance(name, str))})


def kind_faults(kind: FileKind) -> Iterator[str]:
    """What is wrong with a declaration in itself, a sentence or two each."""
    said = f"File kind {kind.name!r}"
    if not NAME.fullmatch(kind.name):
        yield f"{said} must be small letters, digits and underscores, with dots between words."
    if not isinstance(kind.description, Text) or not all(part.strip() for part in kind.description):
        yield f'{said} must be described in both languages: Text("…", "…").'
    if (
        not isinstance(kind.types, tuple)
        or not kind.types
        or not all(isinstance(one, FileType) for one in kind.types)
    ):
        yield f"{said} has no types. Name what it may be: types=PICTURES, or types=(FileType.PDF,)."
    if not isinstance(kind.most_bytes, int) or not 0 < kind.most_bytes <= LARGEST:
        yield f"{said} must say how big it may be: most_bytes from 1 to {LARGEST}."
    if not isinstance(kind.read, str) or not kind.read:
        yield f"{said} must name the permission that opens it: read=…."
    if not kind.write:
        yield f"{said} must say who may upload it: write=…, a permission or rules."
