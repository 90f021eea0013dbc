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
    one,
    period,
    tables,
)

from ..models import (
    Category,
    Complaint,
    Facility,
    FeePlan,
    Intake,
    Invoice,
    Payment,
    Route,
    ServicePoint,
    StopVisit,
    WastePointStatus,
)
from .balances import WasteMassBalance, WasteMassQuality
from .bank import WasteAccount, WasteDeposit, WasteWithdrawal
from .categories import WasteCategory
from .complaints import WasteComplaint, WasteComplaintsByState, WastePublicComplaint
from .dashboard import WasteDashboard
from .facilities import WasteFacility, WasteMassByMethod, WasteStock
from .fees import WasteFeePlan, WasteInvoice, WasteInvoiceSum, WasteSubscription
from .intakes import WasteIntake, WasteMass
from .payments import WastePayment
from .points import WastePointCount, WasteServicePoint, WasteSourceSurvey
from .prices import WastePrice
from .reports import WasteReport
from .routes import WasteFeed, WasteRoute, WasteSchedule, WasteStopPoint
from .runs import WasteRun, WasteStopVisit
from .stock import WasteBatch, WasteLot, WasteSale, WasteStockMovement, WasteTrip
from .stream_balances import WasteAnorganikBalance, WasteB3Balance, WasteOrganikBalance, WasteResiduBalance

SERVED = ServicePoint.status != WastePointStatus.CLOSED


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
    routes: list[WasteRoute] | None = many(order=Route.name)
    """The routes along which waste is fetched, by name."""
    schedules: Connection[WasteSchedule] | None = connection()
    """When it is fetched."""
    runs: Connection[WasteRun] | None = connection()
    """The runs that are planned and those that were made. A collector's day: `filter: {day: {eq: …}}`."""
    visits: Connection[WasteStopVisit] | None = connection()
    """What came of each stop of them."""
    feeds: Connection[WasteFeed] | None = connection()
    """The calendar addresses that were made."""
    service_points: Connection[WasteServicePoint] | None = connection()
    """The households and businesses that are served."""
    points_by_kind: list[WastePointCount] | None = aggregate()
    """How many of them there are, by status, kind of place and handling of organic waste."""
    source_surveys: Connection[WasteSourceSurvey] | None = connection()
    """What was asked and seen at them."""
    fee_plans: list[WasteFeePlan] | None = many(
        order=FeePlan.valid_from, as_of=(FeePlan.valid_from, FeePlan.valid_until)
    )
    """What is to be paid; with `asOf` the plans of that day."""
    subscriptions: Connection[WasteSubscription] | None = connection()
    """Who is under which plan."""
    invoices: Connection[WasteInvoice] | None = connection()
    """What is owed, and what was."""
    payments: Connection[WastePayment] | None = connection()
    """What was paid."""
    arrears: list[WasteInvoiceSum] | None = aggregate()
    """All invoices by their state: what is owed is the `rest` of those that are `ISSUED` or `PARTIAL`."""
    invoices_due: list[WasteInvoiceSum] | None = aggregate(between=Invoice.due_on)
    """The same of invoices that are due between two days: until yesterday, what is overdue."""
    complaints: Connection[WasteComplaint] | None = connection()
    """What was reported; those that are late: `state` one of the first three, `dueAt` before now."""
    complaints_by_state: list[WasteComplaintsByState] | None = aggregate()
    """How many complaints there are, by kind and state."""
    public_complaints: Connection[WastePublicComplaint] = connection()
    """What everybody may read of complaints."""


@door(Household)
class HouseholdWaste:
    """What a household has to do with waste."""

    pickup_points: list[WasteStopPoint] | None = many()
    """Where its waste is fetched, with the routes that pass there and their next pickups."""
    visits: Connection[WasteStopVisit] | None = connection()
    """What came of the visits of the collectors."""
    service_point: WasteServicePoint | None = one(only=SERVED)
    """Where its waste is fetched; null if it is not."""
    invoices: Connection[WasteInvoice] | None = connection()
    """What it owes, and owed."""
    payments: Connection[WastePayment] | None = connection()
    """What it paid."""
    accounts: Connection[WasteAccount] | None = connection()
    """Its accounts at the waste bank; those of its members hang on the members."""
    complaints: Connection[WasteComplaint] | None = connection(Complaint.household_id)
    """What its members reported while they lived in it."""


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


@door(Resident)
class ResidentWaste:
    """What the resident's household handed in."""

    intakes: Connection[WasteIntake] | None = connection((tables.Resident.household_id, Intake.household_id))
    """The weighings of the household."""
    mass_by_stream: list[WasteMass] | None = aggregate(
        (tables.Resident.household_id, Intake.household_id), between=Intake.business_date
    )
    """The mass that the household handed in, by stream."""
    pickup_points: list[WasteStopPoint] | None = many(
        (tables.Resident.household_id, ServicePoint.household_id)
    )
    """Where the household's waste is fetched, with the routes that pass there and their next pickups."""
    visits: Connection[WasteStopVisit] | None = connection(
        (tables.Resident.household_id, StopVisit.household_id)
    )
    """What came of the visits of the collectors."""
    accounts: Connection[WasteAccount] | None = connection()
    """The resident's own accounts at the waste bank; those of the household hang on the household."""
    service_point: WasteServicePoint | None = one(
        (tables.Resident.household_id, ServicePoint.household_id), only=SERVED
    )
    """Where the household's waste is fetched; null if it is not."""
    invoices: Connection[WasteInvoice] | None = connection(
        (tables.Resident.household_id, Invoice.household_id)
    )
    """What the household owes, and owed."""
    payments: Connection[WastePayment] | None = connection(
        (tables.Resident.household_id, Payment.household_id)
    )
    """What the household paid."""
    complaints: Connection[WasteComplaint] | None = connection(Complaint.resident_id)
    """What the resident reported."""


TYPES = (VillageWaste, HouseholdWaste, RegionWaste, ResidentWaste)
