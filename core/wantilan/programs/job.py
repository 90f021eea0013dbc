"""What a program does by the clock: the declaration of a job, and what may be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from inspect import Parameter, iscoroutinefunction, signature
from typing import Any

from ..errors import Text
from .schedule import BadCron, check_cron

JobFunction = Callable[..., Awaitable[None]]
Named = Callable[..., Awaitable[object]]
"""A function that is given what it names."""

GIVEN = ("village", "unit", "run")
GIVEN_PLATFORM = ("session", "run")
"""What a job's function may take, by name."""
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
BY_NAME = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


@dataclass(frozen=True, kw_only=True, eq=False)
class Job:
    """Something done by the clock in each village that enabled the program.

    `Job(name="waste.remind", cron="0 6 * * *", run=remind, description=Text(…, …))`. The cron expression has
    five fields and means the village's own time. The function is an `async def` and takes what it needs, by
    name: `village`, `unit`, `run`. With `unit` all that it writes is one transaction; without, it works in
    steps (`run.step()`).
    """

    name: str
    """Begins with the program's prefix: `waste.remind`."""
    cron: str
    """Minute, hour, day of month, month, day of week: `0 6 * * 1-6`."""
    run: JobFunction
    """What is done."""
    description: Text
    """What it is for, in both languages."""
    timeout: timedelta = timedelta(minutes=1)
    """How long it may take; then it is cancelled and counts as failed."""
    platform: bool = False
    """Done once for the whole deployment, and given a `session` instead of a village. Core only."""


def job_faults(job: Job, *, core: bool) -> Iterator[str]:
    """Every fault of a job, a sentence or two each."""
    if not isinstance(job.name, str):
        yield "A job's name must be a str."
        return
    where = f"Job {job.name!r}"
    yield from name_faults(where, job.name)
    yield from description_faults(where, job.description)
    try:
        check_cron(job.cron)
    except BadCron as fault:
        yield f"{where} has cron={job.cron!r}, which {fault}. Every day at six is '0 6 * * *'."
    if not isinstance(job.timeout, timedelta) or job.timeout <= timedelta():
        yield f"{where} must have a timeout above nothing: timeout=timedelta(minutes=1)."
    if job.platform and not core:
        yield f"{where} is declared with platform=True, which is for built-in programs. Remove it."
    if not iscoroutinefunction(job.run):
        yield f"{where} must run an async def: run=… with `async def …(village, unit)`."
        return
    yield from parameter_faults(where, job.run, GIVEN_PLATFORM if job.platform else GIVEN)


def name_faults(where: str, name: str) -> Iterator[str]:
    if not NAME.fullmatch(name):
        yield f"{where} must be of small letters, digits, underscores and dots. Rename it."


def description_faults(where: str, text: object) -> Iterator[str]:
    if not isinstance(text, Text) or not all(isinstance(part, str) and part.strip() for part in text):
        yield f'{where} must be described in both languages: description=Text("…", "…").'


def parameter_faults(where: str, function: Named, given: Sequence[str]) -> Iterator[str]:
    for parameter in signature(function).parameters.values():
        if parameter.kind not in BY_NAME or parameter.name not in given:
            yield f"{where} cannot be given {parameter.name!r}. Its function may take: {', '.join(given)}."


def takes(function: Named, *names: str) -> bool:
    """Whether a function named one of these."""
    return not signature(function).parameters.keys().isdisjoint(names)


async def call(function: JobFunction, **given: Any) -> None:
    """Hand a function what it named."""
    await function(**{name: value for name, value in given.items() if takes(function, name)})
