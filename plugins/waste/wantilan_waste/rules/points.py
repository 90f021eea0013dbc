"""Rules of service points: pure functions."""

from __future__ import annotations

from wantilan import Text

from ..models.words import WastePointStatus
from .weighing import Fault

MOST_PEOPLE = 100_000

NEXT = {
    WastePointStatus.ACTIVE: {WastePointStatus.PAUSED, WastePointStatus.CLOSED},
    WastePointStatus.PAUSED: {WastePointStatus.ACTIVE, WastePointStatus.CLOSED},
    WastePointStatus.CLOSED: set[WastePointStatus](),
}
"""Which status may follow which; what is closed stays so."""


def people_fault(people: int) -> Fault | None:
    if not 0 <= people <= MOST_PEOPLE:
        return "OUT_OF_RANGE", Text("0 sampai 100.000 orang.", "0 to 100,000 people.")
    return None


def default_label(business_name: str | None, address: str | None, hamlet: str, number: int) -> str:
    """What a point is called unless it is given another name: after the business or the address, else after
    its hamlet with a number.
    """
    return (business_name or address or f"{hamlet} {number}")[:100]
