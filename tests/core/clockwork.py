"""A small program for tests of jobs: what its jobs do is said by the test, and each time is written down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wantilan import Event, Job, Program, Run, Text, Unit, VillageFacts, hookimpl

TITLE = Text("Jam", "Clock")
Deed = Callable[[VillageFacts, Unit], Awaitable[None]]


async def nothing(village: VillageFacts, unit: Unit) -> None:
    """What a job does that is not told otherwise."""


@dataclass(frozen=True)
class Told:
    """What a job was told when it ran."""

    village: str
    planned_at: datetime
    missed: int
    attempt: int


class Clockwork:
    """A program with a job `<name>.tick` at six in the morning, and `<name>.quick`, which may take a moment only.

    Both do `deed` and announce `<name>.ticked`; `steps` says what `<name>.long` does.
    """

    def __init__(self, name: str, *, cron: str = "0 6 * * *") -> None:
        self.name, self.cron = name, cron
        self.forget()

    def forget(self) -> None:
        self.told: list[Told] = []
        self.deed: Deed = nothing
        self.steps: Callable[[Run], Awaitable[None]] | None = None

    async def tick(self, village: VillageFacts, unit: Unit, run: Run) -> None:
        self.told.append(Told(village.code, run.planned_at, run.missed, run.attempt))
        unit.announce(f"{self.name}.ticked")
        await self.deed(village, unit)

    async def long(self, run: Run) -> None:
        if self.steps is not None:
            await self.steps(run)

    @hookimpl
    def wantilan_program(self) -> Program:
        return Program(
            name=self.name,
            title=TITLE,
            summary=TITLE,
            version="1.0",
            api=">=0.1,<0.2",
            events=(Event(f"{self.name}.ticked", TITLE),),
            jobs=(
                Job(name=f"{self.name}.tick", cron=self.cron, run=self.tick, description=Text("Tik", "Tick")),
                Job(
                    name=f"{self.name}.quick", cron="0 6 * * *", run=self.tick, description=TITLE,
                    timeout=timedelta(seconds=0.3),
                ),
                Job(name=f"{self.name}.long", cron="0 6 * * *", run=self.long, description=TITLE),
            ),
        )  # fmt: skip
