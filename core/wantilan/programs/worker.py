"""How work that was claimed is done beside other work: until nothing is due, each within its time, with its
lease prolonged; and given back by a process that stops.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..store.database import Database
from ..store.jobs import JobOutcome
from ..store.leases import LeaseLost, keep
from ..store.places import Village
from ..store.walls import WHOLE_COUNTRY
from ..store.write import VillageFacts
from .manifest import Program
from .run import Claim, Surroundings

log = logging.getLogger("wantilan")

LEASE = timedelta(seconds=30)


class Work(Protocol):
    """One piece of it, ours. `str()` is what the log calls it."""

    @property
    def claim(self) -> Claim: ...
    @property
    def program(self) -> Program: ...
    @property
    def timeout(self) -> timedelta: ...


W = TypeVar("W", bound=Work)


class Worker(ABC, Generic[W]):
    """Claims, does, and writes down what came of it. A program that hangs everywhere takes half of the places
    at most.
    """

    def __init__(self, kind: str, around: Surroundings, *, at_once: int, lease: timedelta) -> None:
        self.kind, self.around, self.at_once, self.lease = kind, around, at_once, lease
        self.of_one = max(1, at_once // 2)
        self.ended: Counter[JobOutcome] = Counter()
        """How many runs ended in which way, in this process; lost are those of others that it took up."""
        self._running: dict[asyncio.Task[None], W] = {}

    @property
    def database(self) -> Database:
        return self.around.database

    @property
    def tried(self) -> int:
        """How many runs ended here, well or not."""
        return self.ended.total() - self.ended[JobOutcome.LOST]

    # What is done differently
    @abstractmethod
    async def _claimed(self) -> list[W]:
        """What is due and now ours, as much as may run beside what does."""

    @abstractmethod
    async def _work(self, work: W, limit: asyncio.Timeout) -> None:
        """Do it, and write what came of it. `limit` is for the program's part."""

    @abstractmethod
    async def _failed(self, work: W, outcome: JobOutcome, error: BaseException) -> bool:
        """Write the failure down; False when it is another's by now."""

    @abstractmethod
    async def _given_back(self, work: W) -> None:
        """This process stops: another one may begin at once."""

    def _expected(self, error: BaseException) -> bool:
        """Whether nobody need look at this error."""
        return False

    # Until nothing is due
    async def run_due(self) -> int:
        """Do what is due until nothing is; how many runs ended. What takes long holds up nothing else."""
        before = self.tried
        try:
            while True:
                for work in await self._claimed_beside():
                    self._running[asyncio.create_task(self._run(work), name=str(work))] = work
                if not self._running:
                    return self.tried - before
                done, _ = await asyncio.wait(self._running, timeout=1, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    del self._running[one]
        finally:
            for one in self._running:
                one.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            self._running.clear()

    async def _claimed_beside(self) -> list[W]:
        """What else is ours. That it cannot be known just now is no reason to end what runs: on SQLite a long
        job keeps the one connection that writes.
        """
        try:
            return await self._claimed()
        except Exception as error:
            if not self._running:
                raise
            name = type(error).__name__
            log.warning("%s: nothing more is begun beside those that run: %s", self.kind, name)
            return []

    def _full(self) -> set[str]:
        """The programs that run as much as one may."""
        busy = Counter(work.program.name for work in self._running.values())
        return {name for name, count in busy.items() if count >= self.of_one}

    async def _only_reads(self) -> bool:
        if self.database.dialect != "postgresql":
            return False
        async with self.database.session() as session:
            return await self.database.only_reads(session)

    # One of them
    async def _run(self, work: W) -> None:
        """Do one piece, whatever it does."""
        renewing = asyncio.create_task(self._renew(work.claim))
        limit = asyncio.timeout(work.timeout.total_seconds())
        try:
            await self._work(work, limit)
            self.ended[JobOutcome.DONE] += 1
        except asyncio.CancelledError as error:
            if not _is_stopped():
                await self._fail(work, JobOutcome.FAILED, error)
                return
            await asyncio.shield(self._give_back(work))
            raise
        except LeaseLost:
            log.warning("%s: somebody else has it by now; nothing was written here", work)
        except (Exception, SystemExit) as error:
            late = limit.expired()
            level = logging.INFO if self._expected(error) and not late else logging.ERROR
            log.log(level, "%s %s", work, "took too long" if late else f"raised {type(error).__name__}")
            await self._fail(work, JobOutcome.TIMED_OUT if late else JobOutcome.FAILED, error)
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _fail(self, work: W, outcome: JobOutcome, error: BaseException) -> None:
        """If the database is away, the lease ends by itself."""
        try:
            if await self._failed(work, outcome, error):
                self.ended[outcome] += 1
        except Exception as fault:
            log.error("%s: its failure could not be written (%s)", work, type(fault).__name__)

    async def _give_back(self, work: W) -> None:
        with suppress(Exception):
            await self._given_back(work)

    async def _renew(self, held: Claim) -> None:
        """Prolong a lease for as long as it is ours."""
        while True:
            await asyncio.sleep(self.lease.total_seconds() / 3)
            try:
                async with self.database.transaction(WHOLE_COUNTRY) as session:
                    if not await keep(session, held.row, owner=held.owner, lease=self.lease):
                        return
            except Exception as error:
                log.warning("a lease could not be prolonged: %s", type(error).__name__)


def _is_stopped() -> bool:
    """Whether somebody cancels this very task: a job may also let through what it cancelled itself."""
    current = asyncio.current_task()
    return current is not None and current.cancelling() > 0


async def villages_of(session: AsyncSession, rows: Sequence[Any]) -> dict[UUID, VillageFacts]:
    """The villages in which some rows lie, by their ids."""
    ids = {row.village_id for row in rows}
    found = await session.scalars(sa.select(Village).where(Village.id.in_(ids)))
    return {row.id: VillageFacts.of(row) for row in found}
