"""What a plan is: one statement, its slots, and what is left to do with the answer. It holds no value."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..store.read import Statement
from .selection import Request
from .sql import Processor

Path = tuple[str | int, ...]
Getter = Callable[[Request], Any]


class Why(enum.Enum):
    """Why a marker stands where data should be."""

    CLOSED = "closed"
    FORBIDDEN = "forbidden"
    NULL = "null"
    CURSOR = "cursor"
    EARLY = "early"


@dataclass(frozen=True)
class Marker:
    """`{"$<index>": "<village code>"}` at a path: a null that needs an explanation. 0 in a path means any
    index.
    """

    why: Why
    path: Path
    subject: str = ""


@dataclass(frozen=True)
class ComputedAt:
    path: Path
    function: Callable[[list[Any]], Sequence[Any]]
    type: Any
    readers: Mapping[str, Callable[[str], Any]]


@dataclass(frozen=True)
class Plan:
    """A finished plan; it holds no value of any request."""

    sql: str
    slots: tuple[tuple[Getter, Processor], ...]
    keys: tuple[str, ...]
    bind: Callable[[Sequence[str], Sequence[Any]], Any]
    markers: tuple[Marker, ...]
    computed: tuple[ComputedAt, ...]
    pages: tuple[tuple[Getter, ...], ...]
    heavy: bool

    def statement(self, request: Request) -> Statement:
        values = []
        for get, process in self.slots:
            value = get(request)
            values.append(process(value) if process is not None and value is not None else value)
        return Statement(self.sql, self.bind(self.keys, values), self.heavy)

    def rows(self, request: Request) -> int:
        """How many rows this request may ask for: the largest product of page sizes."""
        largest = 1
        for chain in self.pages:
            product = 1
            for get in chain:
                product *= max(1, get(request))
            largest = max(largest, product)
        return largest


def response_path(path: Path) -> list[str | int]:
    """A path without the indices of lists: what can be said before there are rows."""
    return [part for part in path if part != 0]
