"""Who hears what: the act hooks of each program that was loaded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlalchemy as sa

from ..store.outbox import DISABLED, Event
from ..store.write import Unit, VillageFacts
from . import hookspecs
from .host import Host
from .values import Happening

Hook: TypeAlias = Callable[[VillageFacts, Happening, Unit], Awaitable[None]]
SWITCHING = ("village_enabled", DISABLED)
"""They concern the switched program alone."""


@dataclass(frozen=True)
class Hearer:
    """One program, and its hooks by the event that each is told of."""

    name: str
    core: bool
    hooks: Mapping[str, Hook]

    def hears(self, event: Event) -> bool:
        return event.name in self.hooks and (
            event.name not in SWITCHING or event.subjects["program"] == self.name
        )

    @property
    def heard(self) -> sa.ColumnElement[bool]:
        """The same as a condition on the table of events."""
        switched = Event.subjects["program"].as_string() == self.name
        return sa.and_(Event.name.in_(sorted(self.hooks)), sa.or_(Event.name.not_in(SWITCHING), switched))


def hearers(host: Host) -> dict[str, Hearer]:
    """The programs that hear anything, by name."""
    found: dict[str, dict[str, Any]] = {}
    for event, hook in hookspecs.ACT.items():
        for program, call in host.loaded.implementations(hook):
            if program in host.programs:
                found.setdefault(program.name, {})[event] = call
    return {p.name: Hearer(p.name, p.core, found[p.name]) for p in host.programs if p.name in found}


def happening(event: Event) -> Happening:
    return Happening(event.id, event.name, event.at, event.village_id, event.subjects, event.actor_id)
