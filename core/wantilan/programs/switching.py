"""On and off, per village: enabling refuses without its dependencies, disabling while others depend on it.

Disabling deletes nothing and hides everything; what the village had published of its set-up is withdrawn.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from ..errors import BadUserInput, Conflict, FieldFault, NotFound, Text
from ..store.places import ProgramSettings, VillageProgram
from ..store.write import Unit
from .host import Host
from .manifest import Program
from .setups.publishing import withdraw
from .starting import set_aside
from .timetable import pause_jobs, start_jobs

NO_SETTINGS = Text("Program ini tidak punya pengaturan.", "This program has no settings.")


def installed(host: Host, name: str) -> Program:
    """A program by its name. Raises NotFound."""
    program = host.program(name)
    if program is None:
        raise NotFound
    return program


async def _enabled(unit: Unit) -> dict[str, VillageProgram]:
    return {row.program: row for row in await unit.all(VillageProgram)}


async def enable(host: Host, unit: Unit, name: str) -> bool:
    """Switch a program on; False when it is on already. Raises NotFound (not installed), Conflict
    (dependencies).
    """
    program, on = installed(host, name), await _enabled(unit)
    if name in on:
        return False
    missing = sorted(set(program.depends_on) - on.keys())
    if missing:
        names = ", ".join(missing)
        raise Conflict(
            Text(f"Aktifkan dahulu: {names}.", f"Enable first: {names}."),
            extensions={"programs": missing},
        )
    await unit.add(
        VillageProgram(
            village_id=unit.village.id, program=name, enabled_at=unit.now, enabled_by=unit.actor_id
        )
    )
    await start_jobs(unit, program)
    unit.announce("village_enabled", program=name)
    return True


async def disable(host: Host, unit: Unit, name: str) -> bool:
    """Switch a program off; False when it is off already. Raises NotFound, Conflict (others depend on it)."""
    program, on = installed(host, name), await _enabled(unit)
    if name not in on:
        return False
    dependents = sorted(p.name for p in host.optional if name in p.depends_on and p.name in on)
    if dependents:
        names = ", ".join(dependents)
        raise Conflict(
            Text(f"Nonaktifkan dahulu: {names}.", f"Disable first: {names}."),
            extensions={"programs": dependents},
        )
    await unit.session.delete(on[name])
    await unit.flush()
    await pause_jobs(unit, program)
    await set_aside(unit, program)
    await withdraw(unit, name)
    unit.announce("village_disabled", program=name)
    return True


async def configure(host: Host, unit: Unit, name: str, values: dict[str, Any]) -> None:
    """Keep a village's settings of a program. Raises NotFound, Conflict (no settings), BadUserInput."""
    program = installed(host, name)
    if program.settings is None:
        raise Conflict(NO_SETTINGS)
    try:
        checked = program.settings.model_validate(values)
    except ValidationError as error:
        raise BadUserInput(fields=[_fault(one) for one in error.errors(include_input=False)]) from None
    kept = await unit.first(ProgramSettings, ProgramSettings.program == name, lock=True)
    plain = checked.model_dump(mode="json")
    if kept is None:
        await unit.add(
            ProgramSettings(
                village_id=unit.village.id,
                program=name,
                values=plain,
                changed_at=unit.now,
                changed_by=unit.actor_id,
            )
        )
    elif kept.values == plain:
        return
    else:
        kept.values, kept.changed_at, kept.changed_by = plain, unit.now, unit.actor_id
        await unit.flush()
    unit.announce("program_configured", program=name)


def _fault(error: Any) -> FieldFault:
    code = str(error["type"]).upper()
    text = Text("Pengaturan ini tidak sah.", f"Not a valid setting ({error['type'].replace('_', ' ')}).")
    return FieldFault(("input", "settings", *error["loc"]), code, text)
