"""What a village sets in the waste program."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from wantilan import Unit, tables

PROGRAM = "waste"


class WasteSettings(BaseModel):
    """How the village works with the waste program."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    notify_households: bool = Field(
        default=False, description="Tell the head of a household of each weighing of the household."
    )


async def settings_of(unit: Unit) -> WasteSettings:
    """The settings of the unit's village; the defaults while none are kept."""
    kept = await unit.first(tables.ProgramSettings, tables.ProgramSettings.program == PROGRAM)
    return WasteSettings.model_validate(kept.values) if kept is not None else WasteSettings()
