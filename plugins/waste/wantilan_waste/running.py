"""A run goes from state to state, each step by one way.

Whoever changes a run holds its row (`unit.target(Run, id, lock=True)`) before anything else that is locked,
but for its route: who changes what a route gives (`planning`) holds that first.
"""

from __future__ import annotations

from datetime import datetime

from wantilan import Event, InvalidTransition, Text, Unit

from .models import Run, WasteRunState
from .rules.runs import may_follow, way_to_scale

EVENTS = {
    WasteRunState.STARTED: "waste.run_started",
    WasteRunState.FINISHED: "waste.run_finished",
    WasteRunState.WEIGHED: "waste.run_weighed",
    WasteRunState.CLOSED: "waste.run_closed",
    WasteRunState.CANCELLED: "waste.run_cancelled",
}
"""What is announced when a run has come into a state; the subject is `run`."""
PROGRESSED = "waste.run_progressed"
"""Announced once for each batch of visits that brought something new."""
RUN_EVENTS = (
    Event("waste.run_started", Text("Pengangkutan dimulai.", "A run was started.")),
    Event(PROGRESSED, Text("Pengangkutan berlanjut.", "A run has come further.")),
    Event("waste.run_finished", Text("Pengangkutan selesai.", "A run was finished.")),
    Event("waste.run_weighed", Text("Muatan ditimbang.", "The load of a run was weighed.")),
    Event("waste.run_closed", Text("Pengangkutan ditutup.", "A run was closed.")),
    Event("waste.run_cancelled", Text("Pengangkutan dibatalkan.", "A run was cancelled.")),
)
MOMENTS = {
    WasteRunState.STARTED: "started_at",
    WasteRunState.FINISHED: "finished_at",
    WasteRunState.WEIGHED: "weighed_at",
    WasteRunState.CLOSED: "closed_at",
    WasteRunState.CANCELLED: "cancelled_at",
}
"""The column that says since when."""


async def step(unit: Unit, run: Run, to: WasteRunState, at: datetime | None = None) -> None:
    """Take a run, whose row is locked, into a state and tell of it. Raises InvalidTransition."""
    if not may_follow(run.state, to):
        raise no_step(run.state, to)
    run.state = to
    setattr(run, MOMENTS[to], at or unit.now)
    await unit.flush()
    unit.announce(EVENTS[to], run=run.id)


async def weigh_run(unit: Unit, run: Run, at: datetime) -> None:
    """An intake names a run, whose row is locked: its load is weighed. Nothing changes for one that is
    WEIGHED. Raises InvalidTransition for one that never started, is closed or was cancelled.
    """
    way = way_to_scale(run.state)
    if way is None:
        raise no_step(run.state, WasteRunState.WEIGHED)
    for to in way:
        await step(unit, run, to, at)


def no_step(now: WasteRunState, to: WasteRunState) -> InvalidTransition:
    return InvalidTransition(
        Text(
            f"Pengangkutan berstatus {now.name} tidak dapat menjadi {to.name}.",
            f"A run that is {now.name} cannot become {to.name}.",
        )
    )
