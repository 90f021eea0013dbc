"""A set-up as it is just now: what the program gives of it, and the village's settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import Conflict, LimitExceeded, NotFound, ProgramNotEnabled, Text
from ...store.places import ProgramSettings, VillageProgram
from ...store.village_settings import VillageSettings
from ...store.write import Unit
from .. import hookspecs
from ..duties.asking import blaming
from ..host import Host
from ..manifest import Program
from ..values import Json

MOST_BYTES = 1_000_000
"""Of the JSON of a set-up: everybody can read it."""
NOTHING = Text(
    "Program ini tidak punya penyiapan yang dapat diambil alih.",
    "This program has no set-up that can be taken over.",
)


@dataclass(frozen=True)
class Setup:
    """How a village has set up one program. No person is in it, and nothing that is this village's own."""

    program: str
    version: str
    setup: Mapping[str, Json]
    settings: Mapping[str, Json]

    @property
    def whole(self) -> Mapping[str, Json]:
        """Both parts, for comparing."""
        return {"settings": self.settings, "setup": self.setup}


async def take(host: Host, unit: Unit, name: str) -> Setup:
    """The set-up of a program that the village has enabled.

    Raises NotFound (not installed), ProgramNotEnabled, Conflict (nothing that could be taken over),
    LimitExceeded (too long), DutyRefused naming the program if it raises or gives no JSON.
    """
    program = await enabled_program(host, unit, name)
    asked = dict(host.loaded.implementations(hookspecs.export_setup))
    if program not in asked and program.settings is None:
        raise Conflict(NOTHING)
    setup: Mapping[str, Json] = {}
    if program in asked:
        with blaming(program, "export_setup"):
            await unit.flush()
            setup = _plain(await asked[program](unit.village, unit))
    if len(json.dumps(setup)) > MOST_BYTES:
        raise LimitExceeded("setupBytes", MOST_BYTES)
    return Setup(program.name, program.version, setup, await shared_settings(unit, program))


async def enabled_program(host: Host, unit: Unit, name: str) -> Program:
    """Raises NotFound for one that is not installed, ProgramNotEnabled where it is off."""
    program = host.program(name)
    if program is None:
        raise NotFound
    if not await unit.exists(VillageProgram, VillageProgram.program == name):
        raise ProgramNotEnabled(name, [unit.village.code])
    return program


async def shared_settings(unit: Unit, program: Program) -> dict[str, Any]:
    """The settings in effect, defaults included, without those that are the village's own."""
    if program.settings is None:
        return {}
    return {name: one for name, one in (await settings_of(unit, program)).items() if name not in own(program)}


async def settings_of(unit: Unit, program: Program) -> dict[str, Any]:
    """All settings of a program that has any, defaults included."""
    model = program.settings
    assert model is not None, "asked before"
    if issubclass(model, VillageSettings):
        return (await unit.settings(model)).model_dump(mode="json")
    kept = await unit.first(ProgramSettings, ProgramSettings.program == program.name)
    return model.model_validate(kept.values if kept is not None else {}).model_dump(mode="json")


def own(program: Program) -> frozenset[str]:
    """The settings that no other village takes over."""
    found: frozenset[str] = getattr(program.settings, "own", frozenset())
    return found


def _plain(given: object) -> Mapping[str, Json]:
    """As it is read again. Raises TypeError for what is no object of JSON."""
    if not isinstance(given, Mapping):
        raise TypeError("a set-up is an object")
    made: Mapping[str, Json] = json.loads(json.dumps(given, allow_nan=False))
    return made
