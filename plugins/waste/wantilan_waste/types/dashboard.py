"""The figures of a period on one page: of a village, and of a region without anybody's name."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from wantilan import (
    Grams,
    Rupiah,
    aggregate,
    count,
    count_of,
    derived,
    figures,
    first_day,
    last_day,
    sum_of,
    summary,
    tables,
    within,
)

from ..models import (
    Batch,
    Complaint,
    Deposit,
    Intake,
    Invoice,
    Payment,
    Sale,
    ServicePoint,
    SourceSurvey,
    StopVisit,
    Trip,
    WasteBatchKind,
    WasteBatchState,
    WasteDepositState,
    WasteGrade,
    WasteInvoiceState,
    WasteMeasure,
    WasteStopOutcome,
    WasteTripKind,
    WasteWithdrawalState,
    Withdrawal,
)
from ..permissions import FIGURES
from ..rules import figures as rules
from .facilities import WasteMassByMethod

COLLECTED = (WasteStopOutcome.COLLECTED, WasteStopOutcome.PARTIAL)
PROCESSES = (WasteBatchKind.COMPOST, WasteBatchKind.MAGGOT, WasteBatchKind.OTHER)
WELL_SORTED = 2
"""The least sorting quality, of 0 to 3, that counts as sorted."""

Condition = ColumnElement[bool]


def by_method(method: WasteMeasure) -> Any:
    return lambda t: t.c.method == method


def is_processed(t: FromClause) -> Condition:
    done: Condition = t.c.state == WasteBatchState.FINISHED
    return done & t.c.kind.in_(PROCESSES)


def is_finished(t: FromClause) -> Condition:
    return t.c.state == WasteBatchState.FINISHED


def trips_of(kind: WasteTripKind) -> Any:
    return lambda t: t.c.kind == kind


def is_collected(t: FromClause) -> Condition:
    return t.c.outcome.in_(COLLECTED)


def is_posted(t: FromClause) -> Condition:
    return t.c.state == WasteDepositState.POSTED


@summary(StopVisit, read=[within(FIGURES)])
class WasteVisitCount:
    """How many stops had one outcome."""

    outcome: WasteStopOutcome
    """What came of the stop."""
    visits: int = count()
    """How many."""


@figures(read=[within(FIGURES)])
class WasteDashboard:
    """The waste of a village or a region in a period: sums, and no person. Money of fees and of the bank is
    in rupiah; percentages have two decimals, and are null where there is nothing to divide by.
    """

    first_day: date = first_day()
    """The first day of the period."""
    last_day: date = last_day()
    """The last day of the period, included."""

    mass_in: Grams = sum_of(Intake.mass_grams, day=Intake.business_date)
    """What the facilities took in."""
    weighed: Grams = sum_of(
        Intake.mass_grams, day=Intake.business_date, where=by_method(WasteMeasure.WEIGHED)
    )
    """How much of it was weighed."""
    by_volume: Grams = sum_of(
        Intake.mass_grams, day=Intake.business_date, where=by_method(WasteMeasure.VOLUME)
    )
    """How much of it is known from its volume and a density."""
    counted: Grams = sum_of(Intake.mass_grams, day=Intake.business_date, where=by_method(WasteMeasure.COUNT))
    """How much of it is known from the number of pieces."""
    estimated: Grams = sum_of(
        Intake.mass_grams, day=Intake.business_date, where=by_method(WasteMeasure.ESTIMATE)
    )
    """How much of it was estimated."""
    by_stream: list[WasteMassByMethod] = aggregate(between=Intake.business_date)
    """What was taken in, by stream and by how its mass became known."""
    data_quality: WasteGrade | None = derived(
        rules.grades, needs=["weighed", "by_volume", "counted", "estimated"]
    )
    """How good the figure of what came in is, by how the masses became known; null where nothing came in."""

    sold: Grams = sum_of(Sale.mass, day=Sale.business_date)
    """What was sold."""
    sales: Rupiah = sum_of(Sale.value, day=Sale.business_date)
    """What buyers pay for it."""
    processed: Grams = sum_of(Batch.input, day=Batch.finished_on, where=is_processed)
    """What went into composting, larvae and other processes that finished in the period; sorting aside."""
    products: Grams = sum_of(Batch.output, day=Batch.finished_on, where=is_processed)
    """What came out of these: compost, larvae."""
    process_loss: Grams = sum_of(Batch.loss, day=Batch.finished_on, where=is_finished)
    """What batches that finished in the period lost: water, gas, spillage."""
    residue_out: Grams = sum_of(Trip.mass, day=Trip.business_date, where=trips_of(WasteTripKind.RESIDUE))
    """Residue that went to a landfill."""
    handed_over: Grams = sum_of(Trip.mass, day=Trip.business_date, where=trips_of(WasteTripKind.B3_HANDOVER))
    """Hazardous waste that was handed over."""
    given: Grams = sum_of(Trip.mass, day=Trip.business_date, where=trips_of(WasteTripKind.GIVEN))
    """What was given away."""
    diversion_rate: float | None = derived(rules.diversion_rates, needs=["mass_in", "residue_out"])
    """Percentage of what came in that did not go to the landfill: (massIn - residueOut) / massIn. It is below
    0 where residue of earlier days went out.
    """

    visits: list[WasteVisitCount] = aggregate(between=StopVisit.day)
    """The stops of collection runs, by what came of them."""
    visits_judged: int = count_of(StopVisit, day=StopVisit.day, where=lambda t: t.c.sort_quality.is_not(None))
    """How many stops had their sorting judged."""
    visits_well_sorted: int = count_of(
        StopVisit, day=StopVisit.day, where=lambda t: t.c.sort_quality >= WELL_SORTED
    )
    """At how many of these the quality was 2 or 3."""
    sorting_rate: float | None = derived(rules.sorting_rates, needs=["visits_well_sorted", "visits_judged"])
    """Percentage of judged stops that were sorted well: visitsWellSorted / visitsJudged."""

    households: int = count_of(
        tables.Household, as_of=(tables.Household.registered_on, tables.Household.closed_on)
    )
    """The households of the register on the last day."""
    households_served: int = count_of(
        StopVisit, distinct=StopVisit.household_id, day=StopVisit.day, where=is_collected
    )
    """Households whose waste was taken at least once."""
    coverage: float | None = derived(rules.coverages, needs=["households_served", "households"])
    """Percentage of all households that were served: householdsServed / households."""
    points: int = count_of(ServicePoint, as_of=(ServicePoint.opened_on, ServicePoint.closed_on))
    """The service points on the last day."""
    points_served: int = count_of(
        StopVisit, distinct=StopVisit.point_id, day=StopVisit.day, where=is_collected
    )
    """Service points, businesses too, whose waste was taken at least once."""
    surveys: int = count_of(SourceSurvey, day=SourceSurvey.day)
    """How many times it was asked at a service point whether waste is sorted there."""
    surveys_sorting: int = count_of(SourceSurvey, day=SourceSurvey.day, where=lambda t: t.c.is_sorting)
    """How many times it was."""
    surveyed_rate: float | None = derived(rules.surveyed_rates, needs=["surveys_sorting", "surveys"])
    """Percentage of surveys that found sorting: surveysSorting / surveys."""

    invoiced: Rupiah = sum_of(
        Invoice.amount, day=Invoice.due_on, where=lambda t: t.c.state != WasteInvoiceState.VOID
    )
    """Fees that fell due in the period."""
    taken: Rupiah = sum_of(
        Payment.amount, day=Payment.business_date, where=lambda t: t.c.reverses_id.is_(None)
    )
    """Fees that were paid in the period, those of other periods too."""
    taken_back: Rupiah = sum_of(
        Payment.amount, day=Payment.business_date, where=lambda t: t.c.reverses_id.is_not(None)
    )
    """Payments that were reversed in the period."""
    paid: Rupiah = derived(rules.payments, needs=["taken", "taken_back"])
    """What was paid less what was reversed."""
    arrears: Rupiah = sum_of(Invoice.rest, until=Invoice.due_on)
    """What is still to be paid today of invoices that fell due up to the last day."""

    complaints: int = count_of(Complaint, day=Complaint.opened_at)
    """Complaints that came in."""
    complaints_in_time: int = count_of(
        Complaint, day=Complaint.opened_at, where=lambda t: t.c.resolved_at <= t.c.due_at
    )
    """How many of these were resolved in time."""
    complaints_late: int = count_of(
        Complaint, day=Complaint.opened_at, where=lambda t: t.c.resolved_at > t.c.due_at
    )
    """How many of these were resolved too late."""
    in_time_rate: float | None = derived(rules.in_time_rates, needs=["complaints_in_time", "complaints_late"])
    """Percentage of resolved complaints that were in time."""

    bank_mass: Grams = sum_of(Deposit.mass, day=Deposit.business_date, where=is_posted)
    """What savers brought to the waste bank."""
    bank_credited: Rupiah = sum_of(Deposit.credited, day=Deposit.business_date, where=is_posted)
    """What was credited to them for it."""
    bank_paid_out: Rupiah = sum_of(
        Withdrawal.amount,
        day=Withdrawal.paid_at,
        where=lambda t: t.c.state == WasteWithdrawalState.PAID,
    )
    """What was paid out to them."""
    bank_turnover: Rupiah = derived(rules.turnovers, needs=["bank_credited", "bank_paid_out"])
    """What was credited and what was paid out, together."""


TYPES = (WasteVisitCount, WasteDashboard)
