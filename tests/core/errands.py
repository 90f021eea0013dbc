"""A small program for tests of tasks: what its task does is said by the test."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from wantilan import (
    Event,
    Info,
    Permission,
    Program,
    RegionCode,
    Role,
    Task,
    TaskRun,
    Text,
    VillageFacts,
    VillageTask,
    hookimpl,
    input,
    mutation,
    payload,
    ref,
    start_task,
)

TITLE = Text("Suruhan", "Errand")


class Order(BaseModel):
    """What an errand is given."""

    steps: int
    note: Annotated[str, Field(max_length=20)] = ""
    about: UUID | None = None


class Counts(BaseModel):
    """What comes of one."""

    done: list[int] = []


Run = TaskRun[Counts]
Deed = Callable[[VillageFacts, Run, Order], Awaitable[None]]


async def step_by_step(village: VillageFacts, run: Run, given: Order) -> None:
    """As many steps as were ordered; each announces itself and is written into the result."""
    counts = run.result or Counts()
    for number in range(run.done, given.steps):
        async with run.step(done=number + 1, total=given.steps) as unit:
            unit.announce("errand.done")
            counts.done.append(number)
            run.result = counts


class Errands:
    """A program with the tasks `errand.run` and `errand.quick`, which may take a moment only; both do `deed`."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.told: list[tuple[str, int, int]] = []
        self.deed: Deed = step_by_step

    async def go(self, village: VillageFacts, run: Run, input: Order) -> None:
        self.told.append((village.code, run.attempt, run.done))
        await self.deed(village, run, input)

    @hookimpl
    def wantilan_program(self) -> Program:
        return PROGRAM


ERRANDS = Errands()


async def go(village: VillageFacts, run: Run, input: Order) -> None:
    await ERRANDS.go(village, run, input)


RUN = Task(
    name="errand.run",
    run=go,
    description=Text("Lari", "Run"),
    needs="errand.send",
    input=Order,
    result=Counts,
)
QUICK = Task(
    name="errand.quick", run=go, description=TITLE, needs="errand.send", input=Order, result=Counts,
    timeout=timedelta(seconds=0.3),
)  # fmt: skip


@input
class ErrandSendInput:
    """Who is sent, and how far."""

    village_code: RegionCode
    """The village."""
    steps: int
    """How many steps."""


@payload
class ErrandSendPayload:
    """An errand that was sent."""

    task: VillageTask | None
    """Its task."""


@mutation(needs="errand.ask")
async def errand_send(info: Info, input: ErrandSendInput) -> ErrandSendPayload:
    """Send somebody."""
    async with info.context.write(input.village_code) as unit:
        row = await start_task(unit, RUN, Order(steps=input.steps))
    return ErrandSendPayload(task=ref(VillageTask, row))


PROGRAM = Program(
    name="errand",
    title=TITLE,
    summary=TITLE,
    version="1.0",
    api=">=0.1,<0.2",
    permissions=(Permission("errand.ask", TITLE), Permission("errand.send", TITLE)),
    roles=(
        Role("village_operator", TITLE, frozenset({"errand.ask", "errand.send"}), frozenset()),
        Role("kelian", TITLE, frozenset({"errand.ask"}), frozenset()),
        Role("agency_officer", TITLE, frozenset({"errand.ask"}), frozenset()),
    ),
    events=(Event("errand.done", TITLE),),
    mutations=(errand_send,),
    tasks=(RUN, QUICK),
)
