"""Categories of waste, as clients see them."""

from __future__ import annotations

from wantilan import entity, own_village, within

from ..models import Category
from ..permissions import BANK_READ, READ, RECORD, STOCK_READ


@entity(
    Category,
    read=[within(READ), within(RECORD), within(STOCK_READ), within(BANK_READ), own_village()],
)
class WasteCategory:
    """A kind of waste that is told apart."""

    code: str
    """Its code, unique in the village."""


TYPES = (WasteCategory,)
