"""What a program does once when somebody asks for it: the declaration of a task, and what may be wrong with
it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from inspect import iscoroutinefunction

from pydantic import BaseModel

from ..errors import Text
from .job import JobFunction, description_faults, name_faults, parameter_faults
from .plain import plain_faults

GIVEN = ("village", "run", "input")
"""What a task's function may take, by name."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """Something done once, with arguments, when somebody asks for it: an import, an export.

    `Task(name="papan.tidy", run=tidy, description=Text(…, …), needs="papan.post", input=Tidying)`. The
    function is an `async def` and takes what it needs, by name: `village`, `run`, `input`. It works in steps
    (`run.step()`), writes what came of it into `run.result`, and goes on from `run.done` when it was broken
    off. A mutation has it done with `start_task`.
    """

    name: str
    """Begins with the program's prefix: `papan.tidy`."""
    run: JobFunction
    """What is done."""
    description: Text
    """What it is for, in both languages."""
    needs: str
    """The permission that whoever starts it needs; it also lets cancel what others started."""
    input: type[BaseModel] | None = None
    """Its arguments: ids and plain values, never a person's data."""
    result: type[BaseModel] | None = None
    """What comes of it: ids and counts, never a person's data."""
    timeout: timedelta = timedelta(minutes=10)
    """How long one run of it may take; then it is cancelled and has failed."""


def task_faults(task: Task) -> Iterator[str]:
    """Every fault of a task, a sentence or two each."""
    if not isinstance(task.name, str):
        yield "A task's name must be a str."
        return
    where = f"Task {task.name!r}"
    yield from name_faults(where, task.name)
    yield from description_faults(where, task.description)
    if not isinstance(task.timeout, timedelta) or task.timeout <= timedelta():
        yield f"{where} must have a timeout above nothing: timeout=timedelta(minutes=10)."
    if not isinstance(task.needs, str) or not task.needs:
        yield f'{where} must name the permission that starting it needs: needs="…".'
    for word in ("input", "result"):
        model = getattr(task, word)
        if model is not None:
            yield from plain_faults(model, f"{where}, its {word}")
    if not iscoroutinefunction(task.run):
        yield f"{where} must run an async def: run=… with `async def …(run, input)`."
        return
    yield from parameter_faults(where, task.run, GIVEN)
