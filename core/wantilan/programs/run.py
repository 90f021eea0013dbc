"""What a job's function has in hand beside the village: for which moment it runs, and how it works in
steps.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from ..errors import ConfigurationError
from ..store.database import Database
from ..store.jobs import Job as Row
from ..store.jobs import PlatformJob
from ..store.leases import LeaseLost, keep
from ..store.outbox import Event
from ..store.write import Unit, VillageFacts

S = TypeVar("S")
Announced = Callable[[VillageFacts, Sequence[Event]], None]
PROGRESSED = "job_progressed"


@dataclass(frozen=True)
class Claim:
    """A row that is ours, until when nobody prolongs it."""

    row: Row | PlatformJob
    owner: UUID
    lease: timedelta


class Run:
    """One run of a job.

    `planned_at`: the moment of its schedule; `missed`: how many before it nobody saw to, because no process
    ran; `attempt`: 1 for the first one at this work; `done` and `total`: how far it has come, in steps.
    """

    def __init__(
        self,
        claim: Claim,
        village: VillageFacts | None,
        planned_at: datetime,
        missed: int,
        database: Database,
        services: Mapping[type, Any],
        announced: Announced,
        *,
        has_unit: bool,
    ) -> None:
        row = claim.row
        self.name, self.planned_at, self.missed, self.attempt = row.name, planned_at, missed, row.attempts + 1
        self.done: int = row.done if isinstance(row, Row) else 0
        self.total: int | None = row.total if isinstance(row, Row) else None
        self._claim, self._village, self._database = claim, village, database
        self._services, self._announced, self._has_unit = services, announced, has_unit

    def service(self, kind: type[S]) -> S:
        """What the application gives to jobs, by its type: settings, keys. Core only."""
        found = self._services.get(kind)
        if not isinstance(found, kind):
            raise ConfigurationError(f"{kind.__name__} is not configured in this deployment.")
        return found

    @asynccontextmanager
    async def step(self, *, done: int | None = None, total: int | None = None) -> AsyncIterator[Unit]:
        """One transaction, for work that is too long for a single one. `done` of `total` are done when it is
        written: a run that is tried again finds that in `run.done`, and whoever looks sees it.

        Raises LeaseLost when another process has taken the job over: let it through.
        """
        village, claim = self._village, self._claim
        if village is None or self._has_unit:
            raise RuntimeError("run.step() is for jobs of a village that do not take `unit`.")
        async with self._database.transaction(village.code) as session:
            unit = Unit(session, village, None)
            yield unit
            told = {name: value for name, value in (("done", done), ("total", total)) if value is not None}
            if not await keep(session, claim.row, owner=claim.owner, lease=claim.lease, **told):
                raise LeaseLost
            if told:
                assert isinstance(claim.row, Row)
                unit.announce(PROGRESSED, job=claim.row.id)
        self.done, self.total = told.get("done", self.done), told.get("total", self.total)
        if unit.events:
            self._announced(village, unit.events)
