"""How much each token may ask in a minute, by cost: one for the request, one more for each hundred rows, and
for a document that was never seen one more for each 250 characters.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from ..access.actor import Actor
from ..errors import RateLimited

CHARACTERS_PER_COST = 250
"""Reading so much of a new document takes as long as answering a few requests."""


def cost_of(rows: int) -> int:
    """What an operation costs that may ask for so many rows."""
    return 1 + rows // 100


@dataclass
class Bucket:
    left: float
    at: float


class Meter:
    """A leaking bucket per token, or per address for visitors. Each process keeps its own."""

    REMEMBERED = 50_000

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self.buckets: OrderedDict[UUID | str, Bucket] = OrderedDict()

    def check(self, actor: Actor, client: str) -> None:
        """Take the cost of the request itself, refused or not. Raises RateLimited when nothing is left."""
        bucket = self._bucket(actor, client)
        if bucket.left < 1:
            raise RateLimited(max(1, round((1 - bucket.left) * 60 / self.per_minute)))
        bucket.left -= 1

    def charge(self, actor: Actor, client: str, rows: int) -> dict[str, int]:
        """Take the cost of one operation; what `extensions.cost` says."""
        cost = cost_of(rows)
        bucket = self.buckets[actor.token_id or client]
        bucket.left -= cost - 1  # the one of the request itself is taken already
        return {"requested": cost, "left": max(0, int(bucket.left))}

    def charge_reading(self, actor: Actor, client: str, characters: int) -> None:
        """Take the cost of reading a document that was never seen, refused or not."""
        self.buckets[actor.token_id or client].left -= characters // CHARACTERS_PER_COST

    def _bucket(self, actor: Actor, client: str) -> Bucket:
        key = actor.token_id or client
        now = time.monotonic()
        bucket = self.buckets.get(key)
        if bucket is None:
            bucket = self.buckets[key] = Bucket(float(self.per_minute), now)
            if len(self.buckets) > self.REMEMBERED:
                self.buckets.popitem(last=False)
            return bucket
        bucket.left = min(float(self.per_minute), bucket.left + (now - bucket.at) * self.per_minute / 60)
        bucket.at = now
        self.buckets.move_to_end(key)
        return bucket
