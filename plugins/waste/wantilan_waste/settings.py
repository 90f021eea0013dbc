"""What a village sets in the waste program."""

from __future__ import annotations

from pydantic import Field

from wantilan import VillageSettings

PROGRAM = "waste"


class WasteSettings(VillageSettings, program=PROGRAM):
    """How the village works with the waste program."""

    notify_households: bool = Field(
        default=False, description="Tell the head of a household of each weighing of the household."
    )
    grams_per_litre: int | None = Field(
        default=None,
        ge=1,
        le=5_000,
        description="Density of waste that is taken in by volume, where its category has none; "
        "null: such waste is refused.",
    )
    sorting_loss_percent: int = Field(
        default=5,
        ge=0,
        le=100,
        description="A sorting batch that loses more than this of what went in is finished with a warning.",
    )
