"""What a village sets in the waste program."""

from __future__ import annotations

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
    complaint_hours: ComplaintHours = Field(
        default=ComplaintHours(), description="Within how many hours a complaint should be resolved."
    )
