"""What a setting gave, kept from one test for the next: pickled, but for the world, which is another one."""

from __future__ import annotations

import io
import pickle
from collections.abc import Awaitable, Callable
from typing import Any

from .world import World

Setting = Callable[[World], Awaitable[Any]]
"""Fills a world and gives what tests are to know of it: rows, ids, tokens, and the world itself."""


class _Keeping(pickle.Pickler):
    def persistent_id(self, one: Any) -> str | None:
        return "world" if isinstance(one, World) else None


class _Again(pickle.Unpickler):
    world: World

    def persistent_load(self, name: Any) -> World:
        return self.world


def kept(scene: Any) -> bytes:
    """Raises PicklingError for what cannot be kept: what is open, or belongs to one world only."""
    into = io.BytesIO()
    _Keeping(into).dump(scene)
    return into.getvalue()


def again(scene: bytes, world: World) -> Any:
    """A copy of its own, with this world where the other one stood."""
    reader = _Again(io.BytesIO(scene))
    reader.world = world
    return reader.load()
