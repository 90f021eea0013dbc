"""Asking every installed program to do its duty, inside the transaction of the operation.

Whoever calls `duty` opens the transaction and lets what is raised end it: then nothing is done anywhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from inspect import signature
from typing import ParamSpec, TypeVar

import sqlalchemy as sa

from ...errors import ConfigurationError, Refusal, RuleViolated, Text, Unavailable
from ...store.database import is_unavailable, lost_a_race
from ...store.write import Unit
from ..host import Host
from ..manifest import Program
from ..values import ResidentFacts
from .holding import first_holder, refuse_unknown

P = ParamSpec("P")
R = TypeVar("R")

LAST_FIRST = frozenset({"erase_resident", "merge_residents", "purge_village"})
"""Duties of which the register does its part last: what hangs on its rows must be able to find them."""


class DutyRefused(RuleViolated):
    """A program has not done its duty, so nothing is done. `program` is its name, `duty` that of the hook."""

    def __init__(self, program: str, hook: str, reason: Text) -> None:
        super().__init__(
            "DUTY_REFUSED",
            Text(
                f"Program {program} tidak menjalankan {hook}: {reason.id} Tidak ada yang berubah.",
                f"The program {program} did not do {hook}: {reason.en} Nothing was changed.",
            ),
        )
        self.extensions |= {"program": program, "duty": hook}


async def duty(
    host: Host, hook: Callable[P, Awaitable[R]], *args: P.args, **kwargs: P.kwargs
) -> dict[str, R]:
    """Ask every installed program, enabled or not, one after the other; their answers by name.

    `await duty(host, hook, kept, merged, village, unit)` for `merge_residents`. Before anybody is asked, all
    rows of the person or village are looked for that no installed program would answer for.

    Raises DutyRefused naming the program that raised, or that does not implement the hook though it keeps
    such rows; RuleViolated PROGRAM_NOT_INSTALLED naming tables of programs that are gone.
    """
    arguments = signature(hook).bind(*args, **kwargs).arguments
    units = [value for value in arguments.values() if isinstance(value, Unit)]
    persons = [value for value in arguments.values() if isinstance(value, ResidentFacts)]
    asked = host.loaded.implementations(hook)
    await refuse_unanswered(host, hook.__name__, {p.name for p, _ in asked}, units, persons)
    answers: dict[str, R] = {}
    for program, call in reversed(asked) if hook.__name__ in LAST_FIRST else asked:
        with blaming(program, hook.__name__):
            answers[program.name] = await call(*args, **kwargs)
            for unit in units:
                await unit.flush()
    return answers


async def refuse_unanswered(
    host: Host, hook: str, asked: set[str], units: list[Unit], persons: list[ResidentFacts] | None = None
) -> None:
    """What `duty` does first; for those who ask one by one. Without persons the whole village counts."""
    for unit in units:
        here = [person for person in persons or () if person.village_id == unit.village.id]
        if persons and not here:
            continue
        await refuse_unknown(host, unit, here)
        idle = [program for program in host.programs if program.name not in asked]
        found = await first_holder(idle, unit, here)
        if found is not None:
            program, table = found
            reason = Text(
                f"program ini menyimpan baris di {table} tetapi tidak punya hook itu.",
                f"it keeps rows in {table} and does not implement the hook.",
            )
            raise DutyRefused(program.name, hook, reason)


@contextmanager
def blaming(program: Program, hook: str) -> Iterator[None]:
    """Whatever a program raises inside becomes a DutyRefused that names it, and no value. What the database
    or the keys are at fault for passes as it is.
    """
    try:
        yield
    except (DutyRefused, ConfigurationError, Unavailable):
        raise
    except Refusal as error:
        raise DutyRefused(program.name, hook, error.text) from error
    except (Exception, SystemExit) as error:
        if isinstance(error, sa.exc.DBAPIError) and (is_unavailable(error) or lost_a_race(error)):
            raise  # no fault of the program: whoever knows how tries again
        kind = type(error).__name__
        raise DutyRefused(program.name, hook, Text(f"{kind}.", f"it raised {kind}.")) from error
