"""Ids: UUIDs of version 7 (RFC 9562), made by the application.

The first 48 bits are the milliseconds since 1970, so that rows made together lie together in an index.
An id tells when it was made, and roughly what its neighbours are: what must not be guessed is a token.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from secrets import randbits
from threading import Lock
from uuid import UUID

_RANDOM_BITS = 74
_STEP_BITS = 32


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class IdSequence:
    """Ids that only grow, also inside one millisecond and when the clock is set back. Thread-safe."""

    def __init__(self, clock: Callable[[], int] = _milliseconds) -> None:
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Forget what was given out."""
        self._lock = Lock()
        self._time = -1
        self._random = 0

    def next(self) -> UUID:
        with self._lock:
            now = self._clock()
            if now > self._time:
                self._time, self._random = now, randbits(_RANDOM_BITS)
            else:
                # A random step, not one: a neighbour's id is not the next number.
                self._random += 1 + randbits(_STEP_BITS)
            if self._random >> _RANDOM_BITS:
                self._time, self._random = self._time + 1, randbits(_RANDOM_BITS)
            return _version_7(self._time, self._random)


def _version_7(milliseconds: int, random: int) -> UUID:
    """Lay out 48 bits of time and 74 of randomness around the version and the variant."""
    high, low = random >> 62, random & (1 << 62) - 1
    return UUID(int=(milliseconds & (1 << 48) - 1) << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low)


# One for the process: two sequences would not be in order with each other.
_ids = IdSequence()
# A child would go on from its parent's place, perhaps with the lock held for good.
os.register_at_fork(after_in_child=_ids.restart)


def uuid7() -> UUID:
    """A new id, greater than every one that this process made before."""
    return _ids.next()
