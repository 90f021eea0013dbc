"""A service point that a client names, by the id of any type that shows it."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from wantilan import Judge

from ..types.points import WasteServicePoint
from ..types.routes import WasteStopPoint

POINTS: tuple[type, ...] = (WasteStopPoint, WasteServicePoint)
"""Types whose ids name a service point; a fault is told of the last."""


class PointKey(Protocol):
    """What an id of a service point says."""

    @property
    def id(self) -> UUID: ...
    @property
    def village(self) -> UUID | None: ...
    @property
    def village_id(self) -> UUID: ...


def point_key(judge: Judge, name: str) -> PointKey | None:
    """The point in a field; None when it is left out, or (a fault is noted) names no service point."""
    *others, last = POINTS
    for entity in others:
        found = Judge(judge.input, *judge.at).key(entity, name)
        if found is not None:
            return found
    return judge.key(last, name)
