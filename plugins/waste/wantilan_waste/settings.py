"""What a village sets in the waste program."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from wantilan import VillageSettings

from .models.words import WasteComplaintKind

PROGRAM = "waste"


def _hours(default: int, what: str) -> int:
    value: int = Field(default=default, ge=1, le=8_760, description=f"Within how many hours: {what}.")
    return value


class ComplaintHours(BaseModel):
    """Within how many hours a complaint should be resolved, by its kind. The defaults are assumptions: no
    rule sets them. A change means complaints that are reported from then on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    missed_pickup: int = _hours(24, "a pickup that did not come")
    wild_dump: int = _hours(72, "waste that was dumped")
    burning: int = _hours(24, "waste that is burnt")
    overflow: int = _hours(48, "what overflows")
    odour_leachate: int = _hours(72, "what smells or leaks")
    billing: int = _hours(120, "an invoice or a payment")
    b3_found: int = _hours(24, "hazardous waste")
    other: int = _hours(120, "anything else")

    def of(self, kind: WasteComplaintKind) -> int:
        hours: int = getattr(self, kind.name.lower())
        return hours


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
    generation_basis: Literal["SNI", "MEASURED"] = Field(
        default="SNI",
        description="Of which generation reports give percentages: SNI, from people and rates; "
        "MEASURED, what the facilities took in.",
    )
    grams_per_resident: int = Field(
        default=400,
        ge=0,
        le=5_000,
        description="What a resident generates a day, in grams. SNI 19-3983-1995: 350 to 400 in a permanent "
        "house, 300 to 350 in a semi-permanent one, 250 to 300 in another.",
    )
    grams_per_shop_worker: int = Field(
        default=350, ge=0, le=5_000, description="The same for who works in a shop. SNI: 150 to 350."
    )
    grams_per_office_worker: int = Field(
        default=100, ge=0, le=5_000, description="The same for who works in an office. SNI: 25 to 100."
    )
    grams_per_pupil: int = Field(
        default=20, ge=0, le=5_000, description="The same for a pupil. SNI: 10 to 20."
    )
    indicator_mapping: Literal["2025-1", "2025-2"] = Field(
        default="2025-1",
        description="Whether recycling and composting at the TPS3R count as reduction (2025-1) or as "
        "handling (2025-2). Guides differ: ask the regency.",
    )
    landfill_is_controlled: bool = Field(
        default=False, description="Whether the landfill counts as a controlled facility for SDG 11.6.1."
    )
    perdes_no: str = Field(
        default="", max_length=100, description="The number of the village regulation on waste (perdes)."
    )
    pararem_no: str = Field(
        default="", max_length=100, description="The number of the customary regulation on waste (pararem)."
    )
    complaint_hours: ComplaintHours = Field(
        default=ComplaintHours(), description="Within how many hours a complaint should be resolved."
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
