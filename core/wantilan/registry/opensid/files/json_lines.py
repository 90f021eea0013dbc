"""JSON Lines: one object a line, whose names are those of the columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from ....errors import Text
from ...numbers import Finding
from ..findings import Unreadable
from ..kinds.base import Written
from .base import SheetLimits, too_large

LONGEST = 64 * 1024
"""Bytes of a line."""

NOT_AN_OBJECT = Finding(
    "LINE_NOT_AN_OBJECT",
    Text(
        "Baris harus satu objek JSON, tiap nama sekali, dengan teks, angka atau null.",
        "The line must be one JSON object, each name once, of texts, numbers or null.",
    ),
)


class _Repeated(ValueError):
    """A name comes twice in an object: JSON would silently keep the last."""


def read(path: Path, limits: SheetLimits) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Each line that is not blank, with its number; None for one that is no such object.

    An integer comes as text: JSON writes all of its digits. Raises Unreadable for a file that is too large.
    """
    if path.stat().st_size > limits.bytes:
        raise Unreadable(too_large(limits.bytes))
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST + 1):
            number += 1
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if len(line) > LONGEST:
                _skip(file, line)
                yield number, None
            elif line.strip():
                yield number, _object(line)


def _skip(file: BinaryIO, line: bytes) -> None:
    """The rest of a line that is too long."""
    while line and not line.endswith(b"\n"):
        line = file.readline(LONGEST)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line, object_pairs_hook=_once, parse_int=str)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or any(isinstance(value, dict | list) for value in found.values()):
        return None
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Repeated
    return made


def write(target: BinaryIO, objects: Iterable[Mapping[str, Written]]) -> None:
    for one in objects:
        target.write(json.dumps(one, ensure_ascii=False).encode() + b"\n")
