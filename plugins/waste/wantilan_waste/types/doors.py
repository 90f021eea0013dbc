"""What the waste program hangs on core's objects."""

from __future__ import annotations

from wantilan import (
    Connection,
    Household,
    Region,
    Resident,
    Village,
    aggregate,
    connection,
    door,
    many,
    tables,
)

from ..models import Category, Facility, Intake
from .bank import WasteAccount, WasteDeposit, WasteWithdrawal
from .categories import WasteCategory
from .facilities import WasteFacility, WasteMassByMethod, WasteStock
from .intakes import WasteIntake, WasteMass
from .prices import WastePrice
from .stock import WasteBatch, WasteLot, WasteSale, WasteStockMovement, WasteTrip


@door(Village)
class VillageWaste:
    """Waste in this village."""

    facilities: list[WasteFacility] | None = many(order=Facility.name)
    """The facilities, by name."""
    intakes: Connection[WasteIntake] | None = connection()
    """The weighings."""
    mass_by_stream: list[WasteMass] | None = aggregate(between=Intake.business_date)
    """The mass taken in, by stream."""
    accounts: Connection[WasteAccount] | None = connection()
    """The accounts of the waste bank."""
    prices: list[WastePrice] | None = many()
    """The price list of the waste bank."""
    deposits: Connection[WasteDeposit] | None = connection()
    """The deposits at the waste bank."""
    withdrawals: Connection[WasteWithdrawal] | None = connection()
    """The withdrawals from the waste bank."""
    mass_by_method: list[WasteMassByMethod] | None = aggregate(between=Intake.business_date)
    """The mass taken in, by stream and by how it became known."""
    stock_by_stream: list[WasteStock] | None = aggregate()
    """What lies at the facilities now, by stream."""
    categories: list[WasteCategory] | None = many(order=Category.code)
    """The categories into which waste is sorted, by code."""
    lots: Connection[WasteLot] | None = connection()
    """The heaps at the facilities."""
    batches: Connection[WasteBatch] | None = connection()
    """What is sorted and processed."""
    sales: Connection[WasteSale] | None = connection()
    """What was sold."""
    trips: Connection[WasteTrip] | None = connection()
    """What left without being sold."""
    stock_movements: Connection[WasteStockMovement] | None = connection()
    """Every change of stock."""


@door(Region)
class RegionWaste:
    """Waste in the villages of this region that enabled the program."""

    mass_by_stream: list[WasteMass] | None = aggregate(between=Intake.business_date)
    """The mass taken in, by stream, over those villages."""
    mass_by_method: list[WasteMassByMethod] | None = aggregate(between=Intake.business_date)
    """The mass taken in, by stream and by how it became known, over those villages."""
    stock_by_stream: list[WasteStock] | None = aggregate()
    """What lies at the facilities of those villages now, by stream."""


@door(Resident)
class ResidentWaste:
    """What the resident's household handed in."""

    intakes: Connection[WasteIntake] | None = connection((tables.Resident.household_id, Intake.household_id))
    """The weighings of the household."""
    mass_by_stream: list[WasteMass] | None = aggregate(
        (tables.Resident.household_id, Intake.household_id), between=Intake.business_date
    )
    """The mass that the household handed in, by stream."""
    accounts: Connection[WasteAccount] | None = connection()
    """The resident's own accounts at the waste bank; those of the household hang on the household."""


@door(Household)
class HouseholdWaste:
    """The household and the waste program."""

    accounts: Connection[WasteAccount] | None = connection()
    """The household's accounts at the waste bank; those of its members hang on the members."""


TYPES = (VillageWaste, RegionWaste, ResidentWaste, HouseholdWaste)
