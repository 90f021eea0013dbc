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
    operator_share_bp: int = Field(
        default=1500,
        ge=0,
        le=10_000,
        description="The waste bank's share of a deposit's value, in basis points: 1500 are 15 %. "
        "An assumption: 85 to 15 is told of as usual; each bank decides.",
    )
    minimum_deposit_grams: int = Field(
        default=0, ge=0, le=100_000, description="The least mass of a deposit, in grams; 0: any."
    )
    withdrawal_after_days: int = Field(
        default=90,
        ge=0,
        le=3_660,
        description="How many days an account must have been open before money is withdrawn; 0: none. "
        "An assumption: three months are told of as usual; each bank decides.",
    )
    notify_savers: bool = Field(
        default=True, description="Tell the saver of each deposit, reversal and payment at the waste bank."
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
