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
    fee_due_day: int = Field(
        default=20,
        ge=1,
        le=28,
        description="The day of the month until which an invoice is to be paid: the first such day that is "
        "not before the day of issue.",
    )
    notify_payers: bool = Field(
        default=True,
        description="Tell the head of a household of each payment of its fee and of each that is taken back.",
    )
