"""What was used of late, and no more of it than fits."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The values used of late, by key: bounded by their number and by their characters.

    Two generations instead of a list in order of use: a hit is one look-up that changes nothing, and threads
    need no lock. When the young generation is full it becomes the old one, and the old one goes.
    """

    def __init__(self, size: int, characters: int) -> None:
        self._size = max(1, size // 2)
        self._characters = characters // 2
        self._young: dict[K, tuple[V, int]] = {}
        self._old: dict[K, tuple[V, int]] = {}
        self._held = 0

    def get(self, key: K) -> V | None:
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                return None
            self.put(key, *found)
        return found[0]

    def put(self, key: K, value: V, characters: int) -> None:
        """What would fill a generation alone is not kept."""
        if characters > self._characters:
            return
        if len(self._young) >= self._size or self._held + characters > self._characters:
            self._old, self._young, self._held = self._young, {}, 0
        self._young[key] = (value, characters)
        self._held += characters

    def __len__(self) -> int:
        return len(self._young | self._old)
