"""The shapes that Relay's conventions ask for: Node, connections, global ids, cursors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar
from uuid import UUID

import strawberry

T = TypeVar("T")
HEX = re.compile(r"[0-9a-f]{32}", re.ASCII)
CODE = re.compile(r"[0-9A-Za-z._-]{1,64}", re.ASCII)
"""The form of a key in an id or a cursor: a UUID in hex, or the code of a reference row."""


@strawberry.interface(description="Anything that has an id of its own.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Opaque, unique in the whole API, without personal data."
    )


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more rows follow.")
    has_previous_page: bool = strawberry.field(description="Whether rows stand before this page.")
    start_cursor: str | None = strawberry.field(
        description="The cursor of the first row; null on an empty page."
    )
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last row; null on an empty page."
    )


@strawberry.type(description="One row of a list, with its place in it.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Opaque; give it as `after` to go on from here.")
    node: T = strawberry.field(description="The row.")


@strawberry.type(description="A list that can grow, read in pages.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The rows of this page with their cursors.")
    nodes: list[T] = strawberry.field(description="The rows of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(
        description="How many rows there are in all; counted only when asked for."
    )


@dataclass(frozen=True)
class GlobalId:
    """What an id carries: the entity's tag and the row's key. `village` is None for reference entities."""

    tag: str
    village: UUID | None
    key: str

    @property
    def id(self) -> UUID:
        return UUID(hex=self.key)

    @property
    def village_id(self) -> UUID:
        """The village of a village's row. Raises ValueError for a reference entity."""
        if self.village is None:
            raise ValueError("A reference entity lies in no village.")
        return self.village


def decode_id(text: object) -> GlobalId | None:
    """`tag-village-id` (hex) of a village's row, `tag-key` of a reference row; None for anything else."""
    return _decoded(text) if isinstance(text, str) and len(text) <= 200 else None


@lru_cache(maxsize=1024)
def _decoded(text: str) -> GlobalId | None:
    """Each slot of a statement that an id fills decodes it: the same few, over and over."""
    parts = text.split("-")
    if len(parts) == 2 and parts[0] and CODE.fullmatch(parts[1]):
        return GlobalId(parts[0], None, parts[1])
    if len(parts) == 3 and parts[0] and _is_hex(parts[1]) and _is_hex(parts[2]):
        return GlobalId(parts[0], UUID(hex=parts[1]), parts[2])
    return None


def encode_id(tag: str, village: UUID | None, key: UUID | str) -> str:
    last = key.hex if isinstance(key, UUID) else key
    return f"{tag}-{village.hex}-{last}" if village else f"{tag}-{last}"


def decode_cursor(text: object, order: str) -> str | None:
    """The key of the row that a cursor points at; None when it is not a cursor of this order."""
    if not isinstance(text, str):
        return None
    name, _, row = text.partition(".")
    return row if name == order and CODE.fullmatch(row) else None


def row_id(key: str) -> UUID | None:
    """The key of a row whose id is a UUID; None when it is the key of no such row."""
    return UUID(hex=key) if _is_hex(key) else None


def _is_hex(text: str) -> bool:
    return HEX.fullmatch(text) is not None
