"""Who holds the QR of a service point: its household."""

from __future__ import annotations

from wantilan import Holder, Unit

from .models import ServicePoint, WastePointStatus


async def point_holder(unit: Unit, code: str) -> Holder | None:
    """The household whose service point says this code; None for a code that no point has any more, and for a
    business, which is nobody in the register. What is closed is no longer valid.
    """
    point = await unit.first(ServicePoint, ServicePoint.code == code)
    if point is None or point.household_id is None:
        return None
    return Holder(household_id=point.household_id, valid=point.status is not WastePointStatus.CLOSED)
