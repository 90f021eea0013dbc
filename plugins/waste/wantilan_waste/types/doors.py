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
    tables,
)

from ..models import (
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
from .complaints import WasteComplaint, WasteComplaintsByState, WastePublicComplaint
from .fees import (
    WasteFeePlan,
    WasteInvoice,
    WasteInvoiceSum,
    WasteSubscription,
)
from .intakes import WasteFacility, WasteIntake, WasteMass
from .payments import WastePayment
from .points import WastePointCount, WasteServicePoint, WasteSourceSurvey
from .routes import (
    WasteFeed,
    WasteRoute,
    WasteSchedule,
    WasteStopPoint,
)
from .runs import WasteRun, WasteStopVisit

SERVED = ServicePoint.status != WastePointStatus.CLOSED


@door(Village)
class VillageWaste:
    """Waste in this village."""

    facilities: list[WasteFacility] | None = many(order=Facility.name)
    """The facilities, by name."""
    intakes: Connection[WasteIntake] | None = connection()
    """The weighings."""
    mass_by_stream: list[WasteMass] | None = aggregate(between=Intake.business_date)
    """The mass taken in, by stream."""
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
    routes: list[WasteRoute] | None = many(order=Route.name)
    """The routes along which waste is fetched, by name."""
    stop_points: Connection[WasteStopPoint] | None = connection()
    """The service points, as collectors see them: what may become a stop of a route."""
    schedules: Connection[WasteSchedule] | None = connection()
    """When it is fetched."""
    runs: Connection[WasteRun] | None = connection()
    """The runs that are planned and those that were made. A collector's day: `filter: {day: {eq: …}}`."""
    visits: Connection[WasteStopVisit] | None = connection()
    """What came of each stop of them."""
    feeds: Connection[WasteFeed] | None = connection()
    """The calendar addresses that were made."""
    complaints: Connection[WasteComplaint] | None = connection()
    """What was reported; those that are late: `state` one of the first three, `dueAt` before now."""
    complaints_by_state: list[WasteComplaintsByState] | None = aggregate()
    """How many complaints there are, by kind and state."""
    public_complaints: Connection[WastePublicComplaint] = connection()
    """What everybody may read of complaints."""


@door(Household)
class HouseholdWaste:
    """What a household has to do with waste."""

    service_point: WasteServicePoint | None = one(only=SERVED)
    """Where its waste is fetched; null if it is not."""
    invoices: Connection[WasteInvoice] | None = connection()
    """What it owes, and owed."""
    payments: Connection[WastePayment] | None = connection()
    """What it paid."""
    pickup_points: list[WasteStopPoint] | None = many()
    """Where its waste is fetched, with the routes that pass there and their next pickups."""
    visits: Connection[WasteStopVisit] | None = connection()
    """What came of the visits of the collectors."""
    complaints: Connection[WasteComplaint] | None = connection(Complaint.household_id)
    """What its members reported while they lived in it."""


@door(Region)
class RegionWaste:
    """Waste in the villages of this region that enabled the program."""

    mass_by_stream: list[WasteMass] | None = aggregate(between=Intake.business_date)
    """The mass taken in, by stream, over those villages."""


@door(Resident)
class ResidentWaste:
    """What the resident's household handed in."""

    intakes: Connection[WasteIntake] | None = connection((tables.Resident.household_id, Intake.household_id))
    """The weighings of the household."""
    mass_by_stream: list[WasteMass] | None = aggregate(
        (tables.Resident.household_id, Intake.household_id), between=Intake.business_date
    )
    """The mass that the household handed in, by stream."""
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
    pickup_points: list[WasteStopPoint] | None = many(
        (tables.Resident.household_id, ServicePoint.household_id)
    )
    """Where the household's waste is fetched, with the routes that pass there and their next pickups."""
    visits: Connection[WasteStopVisit] | None = connection(
        (tables.Resident.household_id, StopVisit.household_id)
    )
    """What came of the visits of the collectors."""
    complaints: Connection[WasteComplaint] | None = connection(Complaint.resident_id)
    """What the resident reported."""


TYPES = (
    VillageWaste,
    HouseholdWaste,
    RegionWaste,
    ResidentWaste,
)
