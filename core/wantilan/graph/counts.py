"""What one engine has done, as plain numbers: counting costs next to nothing, reading them is for others.

Names of our schema and codes of our errors only: nothing that a client sent, nobody who asked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds: the upper bounds of the histogram's buckets; the last bucket has none."""


class Seconds:
    """A histogram of durations."""

    __slots__ = ("buckets", "sum")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.sum += seconds


class Counts:
    """Each number only grows.

    `planned`, `resolved`, `mutations`, `refused` are operations by what became of them. `documents` are all
    that were asked for, whether they had to be read or not; `plans_found` were there already.
    """

    def __init__(self) -> None:
        self.planned = self.resolved = self.mutations = self.refused = 0
        self.documents = self.plans_found = self.plans_made = 0
        self.statements = Seconds()
        self.errors: Counter[str] = Counter()
        self.unplanned: Counter[str] = Counter()
