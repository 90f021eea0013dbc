"""Who may bring a file."""

from __future__ import annotations

from ...errors import NotFound, ProgramNotEnabled
from ...graph.context import WriteUnit
from ...programs.files import FileKind
from ...programs.manifest import Program
from ...store.places import VillageProgram


async def refuse_unless_writer(unit: WriteUnit, program: Program, kind: FileKind) -> None:
    """Raise NotFound unless the actor may upload this kind here, ProgramNotEnabled where it is off."""
    if not any(rule.admits(unit.actor, unit.village.id, unit.village.code) for rule in kind.writers):
        raise NotFound
    if not program.core and not await unit.exists(VillageProgram, VillageProgram.program == program.name):
        raise ProgramNotEnabled(program.name, [unit.village.code])
