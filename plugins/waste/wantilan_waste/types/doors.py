"""What the waste program hangs on core's objects."""

from __future__ import annotations

from wantilan import Connection, Region, Resident, Village, aggregate, connection, door, many, period, tables

from ..models import Category, Facility, Intake
from .categories import WasteCategory
from .dashboard import WasteDashboard
from .facilities import WasteFacility, WasteMassByMethod, WasteStock
from .intakes import WasteIntake, WasteMass
from .reports import WasteReport
from .stock import WasteBatch, WasteLot, WasteSale, WasteStockMovement, WasteTrip


@door(Village)
class VillageWaste:
    """Waste in this village."""

    dashboard: WasteDashboard | None = period()
    """Its figures over a period on one page."""
    reports: Connection[WasteReport] | None = connection()
    """Its monthly reports to the regency."""
    facilities: list[WasteFacility] | None = many(order=Facility.name)
    """The facilities, by name."""
    intakes: Connection[WasteIntake] | None = connection()
    """The weighings."""
    mass_by_stream: list[WasteMass] | None = aggregate(between=Intake.business_date)
    """The mass taken in, by stream."""
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

    dashboard: WasteDashboard | None = period()
    """The figures of those villages over a period on one page, summed."""
    reports: Connection[WasteReport] | None = connection()
    """The monthly reports of those villages."""
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


TYPES = (VillageWaste, RegionWaste, ResidentWaste)
