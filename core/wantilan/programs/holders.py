"""Who holds a code: the programs of the village are asked, one after the other, until one knows it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import sqlalchemy as sa

from ..errors import ConfigurationError, Unavailable
from ..store.codes import read_code
from ..store.database import is_unavailable, lost_a_race
from ..store.ending import undone
from ..store.places import VillageProgram
from ..store.write import Unit, VillageFacts
from . import hookspecs
from .host import Host
from .manifest import Program
from .values import Holder

log = logging.getLogger("wantilan")

Ask: TypeAlias = Callable[[str, VillageFacts, Unit], Awaitable[Holder | None]]


async def holder_of(host: Host, unit: Unit, code: str) -> Holder | None:
    """The answer of the first program, in the order of loading, that the village has enabled and that knows
    the code. None when none knows it, and for a code that says it is of another village.

    What a program writes meanwhile is undone. One that raises, or names somebody of another village, is
    passed over, and the log says so without the code.
    """
    text, read = code.strip(), read_code(code)
    if read is not None:
        village, text = read
        if village != unit.village.code:
            return None
    await unit.flush()  # what fails here is the asker's own fault, and no program's
    enabled = {row.program for row in await unit.all(VillageProgram)}
    for program, ask in host.loaded.implementations(hookspecs.find_holder):
        if program.core or program.name in enabled:
            found = await _answer(program, ask, text, unit)
            if found is not None:
                return found
    return None


async def _answer(program: Program, ask: Ask, code: str, unit: Unit) -> Holder | None:
    announced = len(unit.events)
    try:
        async with undone(unit.session):
            found = await ask(code, unit.village, unit)
        if found is not None and not _is_of(found, unit):
            raise TypeError("no Holder in this village")
        return found
    except (ConfigurationError, Unavailable):
        raise
    except (Exception, SystemExit) as error:
        if isinstance(error, sa.exc.DBAPIError) and (is_unavailable(error) or lost_a_race(error)):
            raise  # no fault of the program: whoever knows how tries again
        log.error("program %s: find_holder raised %s", program.name, type(error).__name__)
        return None
    finally:
        del unit.events[announced:]


def _is_of(found: object, unit: Unit) -> bool:
    if not isinstance(found, Holder):
        return False
    return found.resident is None or found.resident.village_id == unit.village.id
