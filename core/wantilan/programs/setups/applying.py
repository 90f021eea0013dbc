"""Taking a set-up over: settings and what the program keeps of it, judged together, all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import BadUserInput, Conflict, FieldFault, Text
from ...store.ending import undone
from ...store.write import Unit
from .. import hookspecs, switching
from ..duties.asking import DutyRefused, blaming
from ..host import Host
from ..manifest import Program
from ..values import Json
from .changes import Changed, changes
from .judging import Where, located, version_faults
from .taking import Setup, enabled_program, own, settings_of, take

IMPORTED = "setup_imported"
NO_HOOK = Text("Program ini tidak dapat mengambil alih penyiapan.", "This program cannot take over a set-up.")


async def take_over(
    host: Host, unit: Unit, setup: Setup, *, where: Where = (), preview: bool = False
) -> list[Changed]:
    """Take a set-up over from another village, and tell what that changed. With `preview` the same is
    done and undone again. `where` is the path of the set-up in what the client gave.

    Raises NotFound, ProgramNotEnabled, Conflict; BadUserInput with every fault of settings and set-up;
    DutyRefused naming the program. The transaction must end with that.
    """
    program = await enabled_program(host, unit, setup.program)
    if faults := list(version_faults(program, setup.version, where)):
        raise BadUserInput(fields=faults)
    await unit.flush()
    if not preview:
        made = await _taken_over(host, unit, program, setup, where)
        if made:
            unit.announce(IMPORTED, program=program.name)
        return made
    announced = len(unit.events)
    async with undone(unit.session):
        made = await _taken_over(host, unit, program, setup, where)
    del unit.events[announced:]
    return made


async def _taken_over(host: Host, unit: Unit, program: Program, setup: Setup, where: Where) -> list[Changed]:
    before = await take(host, unit, program.name)
    faults = await _settings(host, unit, program, setup, where)
    faults += await _own_part(host, unit, program, setup.setup, (*where, "setup"))
    if faults:
        raise BadUserInput(fields=faults)
    return changes(before.whole, (await take(host, unit, program.name)).whole)


async def _settings(host: Host, unit: Unit, program: Program, setup: Setup, where: Where) -> list[FieldFault]:
    """The settings of the other village over those that are this village's own."""
    here = (*where, "settings")
    if program.settings is None:
        return [FieldFault(here, "NO_SETTINGS", switching.NO_SETTINGS)] if setup.settings else []
    stray = own(program) & setup.settings.keys()
    if stray:
        text = Text("Milik desa ini sendiri.", "This is each village's own.")
        return [FieldFault((*here, name), "OWN", text) for name in sorted(stray)]
    values = {**await settings_of(unit, program), **setup.settings}
    try:
        await switching.configure(host, unit, program.name, values)
    except BadUserInput as error:
        return [FieldFault((*here, *path[2:]), code, text) for path, code, text in error.fields]
    return []


async def _own_part(
    host: Host, unit: Unit, program: Program, setup: Mapping[str, Json], where: Where
) -> list[FieldFault]:
    """What the program itself takes over; the faults that it found."""
    asked = dict(host.loaded.implementations(hookspecs.import_setup))
    if program not in asked:
        if setup:
            raise Conflict(NO_HOOK)
        return []
    try:
        with blaming(program, "import_setup"):
            await asked[program](unit.village, setup, unit)
            await unit.flush()
    except DutyRefused as refused:
        if isinstance(refused.__cause__, BadUserInput) and refused.__cause__.fields:
            return located(refused.__cause__.fields, where)
        raise
    return []
