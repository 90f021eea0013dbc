"""What a village can set about its camera register."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from wantilan import Unit, tables

PROGRAM = "cctv_registry"


class CctvSettings(BaseModel):
    """Distances beyond which a registration draws a warning. They never refuse."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    duplicate_metres: int = Field(
        default=25, ge=0, le=500, description="Warn of another camera within this many metres."
    )
    far_metres: int = Field(
        default=15_000, ge=100, le=500_000, description="Warn of a place further than this from the village."
    )


async def settings_of(unit: Unit) -> CctvSettings:
    """The settings of the unit's village; the defaults while none are kept."""
    kept = await unit.first(tables.ProgramSettings, tables.ProgramSettings.program == PROGRAM)
    return CctvSettings.model_validate(kept.values) if kept is not None else CctvSettings()
