"""What a village can set about its camera register."""

from __future__ import annotations

from pydantic import Field

from wantilan import VillageSettings

PROGRAM = "cctv_registry"


class CctvSettings(VillageSettings, program=PROGRAM):
    """Distances beyond which a registration draws a warning. They never refuse."""

    duplicate_metres: int = Field(
        default=25, ge=0, le=500, description="Warn of another camera within this many metres."
    )
    far_metres: int = Field(
        default=15_000, ge=100, le=500_000, description="Warn of a place further than this from the village."
    )
