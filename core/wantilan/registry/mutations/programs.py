"""Switching and setting the programs of one village."""

from __future__ import annotations

from ...errors import Text
from ...graph.context import Info
from ...graph.declare import input, payload, ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...graph.scalars import Json, RegionCode
from ...programs import switching
from ...programs.host import Host
from ...store.places import ProgramSettings
from ..types import Village

NOT_AN_OBJECT = Text("Harus objek JSON.", "Must be a JSON object.")


@input
class EnableProgramInput:
    """Which program is to be switched on, and where."""

    village_code: RegionCode
    """The village."""
    program: str
    """The program's name, as `programs` lists it."""


@input
class DisableProgramInput:
    """Which program is to be switched off, and where."""

    village_code: RegionCode
    """The village."""
    program: str
    """The program's name, as `programs` lists it."""


@input
class ConfigureProgramInput:
    """How a program is to work in one village."""

    village_code: RegionCode
    """The village."""
    program: str
    """The program's name, as `programs` lists it."""
    settings: Json
    """All of its settings, as its `settingsSchema` describes them; what is left out takes its default."""


@payload
class EnableProgramPayload:
    """A program that is on."""

    village: Village
    """The village, for reading its programs again."""
    program: str
    """The program's name."""
    changed: bool
    """False when it was on already."""


@payload
class DisableProgramPayload:
    """A program that is off. Its data stay: they are hidden, not deleted."""

    village: Village
    """The village, for reading its programs again."""
    program: str
    """The program's name."""
    changed: bool
    """False when it was off already."""


@payload
class ConfigureProgramPayload:
    """A program with its settings."""

    village: Village
    """The village, for reading the settings again."""
    program: str
    """The program's name."""
    changed: bool
    """False when the settings were the same already."""


@mutation(needs="program.manage")
async def enable_program(info: Info, input: EnableProgramInput) -> EnableProgramPayload:
    """Switch a program on in a village. CONFLICT while a program that it depends on is off."""
    Judge(input).check()
    async with info.context.write(input.village_code) as unit:
        changed = await switching.enable(info.context.service(Host), unit, input.program)
        village = await unit.own_village()
    return EnableProgramPayload(village=ref(Village, village), program=input.program, changed=changed)


@mutation(needs="program.manage")
async def disable_program(info: Info, input: DisableProgramInput) -> DisableProgramPayload:
    """Switch a program off in a village; nothing is deleted. CONFLICT while others depend on it."""
    Judge(input).check()
    async with info.context.write(input.village_code) as unit:
        changed = await switching.disable(info.context.service(Host), unit, input.program)
        village = await unit.own_village()
    return DisableProgramPayload(village=ref(Village, village), program=input.program, changed=changed)


@mutation(needs="program.manage")
async def configure_program(info: Info, input: ConfigureProgramInput) -> ConfigureProgramPayload:
    """Keep a village's settings of a program, enabled or not."""
    judge = Judge(input)
    if judge.good("settings") and not isinstance(input.settings, dict):
        judge.refuse("settings", "NOT_AN_OBJECT", NOT_AN_OBJECT)
    judge.check()
    async with info.context.write(input.village_code) as unit:
        kept = ProgramSettings.program == input.program
        before = await unit.first(ProgramSettings, kept)
        earlier = before.values if before is not None else None
        await switching.configure(info.context.service(Host), unit, input.program, input.settings)
        after = await unit.first(ProgramSettings, kept)
        village = await unit.own_village()
    changed = after is not None and after.values != earlier
    return ConfigureProgramPayload(village=ref(Village, village), program=input.program, changed=changed)
