"""Facilities, as clients see them."""

from __future__ import annotations

from datetime import date

from wantilan import (
    GeoJSONPoint,
    Grams,
    Village,
    aggregate,
    count,
    entity,
    one,
    own_village,
    period,
    point,
    summary,
    total,
    within,
)

from ..models import Facility, Intake, Lot, WasteFacilityKind, WasteMeasure, WasteStream
from ..permissions import (
    BANK_READ,
    BANK_TELL,
    FACILITY_MANAGE,
    FIGURES,
    READ,
    RECORD,
    STOCK_READ,
    STOCK_RECORD,
)
from .balances import WasteMassBalance, WasteMassQuality
from .stream_balances import WasteAnorganikBalance, WasteB3Balance, WasteOrganikBalance, WasteResiduBalance


@entity(
    Facility,
    read=[
        within(READ),
        within(RECORD),
        within(FIGURES),
        within(FACILITY_MANAGE),
        within(STOCK_READ),
        within(STOCK_RECORD),
        within(BANK_READ),
        within(BANK_TELL),
        own_village(),
    ],
)
class WasteFacility:
    """A place of the village that takes in waste."""

    name: str
    """Its name, unique in the village."""
    kind: WasteFacilityKind
    """TPS3R or waste bank."""
    place: GeoJSONPoint | None = point(Facility.longitude, Facility.latitude)
    """Where it stands."""
    address: str | None
    """Its address, as the village writes it."""
    area_square_metres: int | None
    """How large its ground is."""
    daily_capacity: Grams | None
    """How much it can take in on a day."""
    staff: int | None
    """How many people work there."""
    opened_on: date | None
    """The day it began to work."""
    closed_on: date | None
    """The last day on which it works; it takes in nothing after it."""
    stock_by_stream: list[WasteStock] | None = aggregate()
    """How much lies there now, by stream."""
    mass_by_method: list[WasteMassByMethod] | None = aggregate(between=Intake.business_date)
    """The mass taken in there, by stream and by how it became known."""
    mass_balance: WasteMassBalance | None = period()
    """What lay there, came, left and lies there still, and what does not add up."""
    mass_quality: WasteMassQuality | None = period()
    """How these masses became known: weighed, by volume, counted, estimated."""
    organik_balance: WasteOrganikBalance | None = period()
    """The mass balance of ORGANIK."""
    anorganik_balance: WasteAnorganikBalance | None = period()
    """The mass balance of ANORGANIK."""
    b3_balance: WasteB3Balance | None = period()
    """The mass balance of B3."""
    residu_balance: WasteResiduBalance | None = period()
    """The mass balance of RESIDU."""
    village: Village = one()
    """The village it belongs to."""


@summary(Lot, read=[within(STOCK_READ), within(FIGURES), own_village()])
class WasteStock:
    """What lies in the lots of one stream now. What is in batches that are not finished is not in it."""

    stream: WasteStream
    """The stream."""
    mass: Grams = total(Lot.stock)
    """How much."""
    lots: int = count()
    """In how many lots, empty ones too."""


@summary(Intake, read=[within(FIGURES), own_village()])
class WasteMassByMethod:
    """The mass of one stream that became known in one way: what is estimated is told apart from what is
    weighed.
    """

    stream: WasteStream
    """The stream."""
    method: WasteMeasure
    """How its mass became known."""
    mass: Grams = total(Intake.mass_grams)
    """Its net mass."""
    intakes: int = count()
    """How many intakes it is made of."""


TYPES = (WasteFacility, WasteStock, WasteMassByMethod)
