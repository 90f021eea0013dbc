"""Categories of waste, as clients see them."""

from __future__ import annotations

from wantilan import Village, column, entity, one, own_village, within

from ..models import Category, WastePpClass, WasteSipsnClass, WasteStream
from ..permissions import (
    BANK_READ,
    FACILITY_MANAGE,
    FIGURES,
    POINT_READ,
    RECORD,
    STOCK_READ,
    STOCK_RECORD,
)


@entity(
    Category,
    read=[
        within(RECORD),
        within(FACILITY_MANAGE),
        within(STOCK_READ),
        within(STOCK_RECORD),
        within(FIGURES),
        within(BANK_READ),
        within(POINT_READ),
        own_village(),
    ],
)
class WasteCategory:
    """A kind of waste that is told apart. Categories form a tree."""

    code: str
    """Its code, unique in the village and never changed; also the label of its lots."""
    name: str = column(Category.name_id)
    """Its name in Indonesian."""
    english_name: str = column(Category.name_en)
    """Its name in English."""
    stream: WasteStream
    """The stream that it belongs to; never changed."""
    sipsn_class: WasteSipsnClass
    """Its class of composition in SIPSN."""
    pp_class: WastePpClass
    """Its kind by the government regulation on household waste."""
    resin: int | None
    """Code of the resin of a plastic, 1 to 7."""
    grams_per_litre: int | None
    """Its density, by which a volume becomes a mass."""
    accepted_by_bank: bool
    """Whether the waste bank accepts it; never for B3."""
    active: bool
    """Whether it is in use."""
    parent: WasteCategory | None = one()
    """The category above it, of the same stream."""
    village: Village = one()
    """The village."""


TYPES = (WasteCategory,)
