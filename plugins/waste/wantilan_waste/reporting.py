"""The inputs of a month's report, read from what was recorded, and what came after a month was locked."""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from wantilan import FieldFault, Finding, Notice, Severity, Text, Unit, tables

from .models import (
    Batch,
    Category,
    Complaint,
    Deposit,
    Intake,
    Invoice,
    Lot,
    Payment,
    PeriodReport,
    Sale,
    SaleLine,
    ServicePoint,
    SourceSurvey,
    StockMovement,
    StopVisit,
    Trip,
    WasteBatchKind,
    WasteBatchState,
    WasteDepositState,
    WasteInvoiceState,
    WasteReportState,
    WasteStockReason,
    WasteStopOutcome,
)
from .rules.reports import canonical, days_of, month_of
from .rules.reproducing import reproductions_of
from .settings import WasteSettings

Inputs = dict[str, Any]
LATE = Text(
    "Laporan bulan ini sudah dikunci; yang ini masuk ke revisinya.",
    "The report of this month is locked; this goes into a revision of it.",
)


async def inputs_of(unit: Unit, period: str, basis: Mapping[str, Any] | None = None) -> Inputs:
    """Sums and counts of a month: whole numbers and texts, each list in order, the same on both databases.

    `basis` is what the village had set when the figures were made; without it what is set now.
    """
    first, last = days_of(period)
    return {
        "basis": dict(basis) if basis is not None else basis_of(await unit.settings(WasteSettings)),
        **await _masses(unit, first, last),
        **await _people(unit, first, last),
        **await _money(unit, first, last),
    }


def basis_of(settings: WasteSettings) -> dict[str, Any]:
    """What the village has set, as far as figures follow from it."""
    return {
        "generation": settings.generation_basis,
        "household_grams": settings.grams_per_resident,
        "shop_grams": settings.grams_per_shop_worker,
        "office_grams": settings.grams_per_office_worker,
        "school_grams": settings.grams_per_pupil,
        "landfill_controlled": settings.landfill_is_controlled,
        "legal": [one for one in (settings.perdes_no, settings.pararem_no) if one],
    }


async def late_notices(unit: Unit, *days: date) -> list[Notice]:
    """For whoever writes something of these business dates: a warning when a month of them is locked. The
    locked report is marked, and keeps its figures.
    """
    periods = {month_of(day) for day in days} - {month_of(unit.today)}
    if not periods:
        return []
    locked = await unit.all(
        PeriodReport, PeriodReport.period.in_(periods), PeriodReport.state == WasteReportState.LOCKED
    )
    for report in locked:
        report.late_at = report.late_at or unit.now
    await unit.flush()
    return [Notice.of(FieldFault(("input",), "PERIOD_LOCKED", LATE))] if locked else []


async def has_late_data(unit: Unit, report: PeriodReport) -> bool:
    """Whether a month that was frozen would say something else today, with the same basis."""
    assert report.figures is not None, "its figures are frozen"
    frozen = report.figures["inputs"]
    return canonical(await inputs_of(unit, report.period, frozen["basis"])) != canonical(frozen)


async def report_findings(unit: Unit) -> AsyncIterator[Finding]:
    """Reports that do not follow from what is kept with them, and locked ones of which data came later."""
    frozen = await unit.all(PeriodReport, PeriodReport.figures.is_not(None))
    for report in frozen:
        kept = {key: getattr(report, key) for key in ("figures", "inputs_hash", "mapping_version", "period")}
        if report.figures is not None and reproductions_of([kept]) != [True]:
            yield Finding(
                Severity.ERROR,
                Text(
                    f"Laporan {report.period} tidak mengikuti masukannya.",
                    f"The report of {report.period} does not follow from its inputs.",
                ),
                Text("Pulihkan dari cadangan.", "Restore it from a backup."),
            )
        elif report.state is WasteReportState.LOCKED and await has_late_data(unit, report):
            yield Finding(
                Severity.WARNING,
                Text(
                    f"Data bulan {report.period} berubah setelah laporannya dikunci.",
                    f"Data of {report.period} came after its report was locked.",
                ),
                Text("Susun revisinya.", "Draft a revision."),
            )


# What was recorded


async def _rows(unit: Unit, *columns: Any, where: list[Any], joined: Any = None) -> list[list[Any]]:
    """Groups and sums: `columns` that are no aggregate are the groups. Null is an empty text."""
    plain = [column for column in columns if not isinstance(column, sa.sql.functions.FunctionElement)]
    query = sa.select(*columns).where(*where).group_by(*plain)
    found = await unit.session.execute(query.select_from(joined) if joined is not None else query)
    return sorted(([_plain(value) for value in row] for row in found), key=str)


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, enum.Enum):
        return value.name
    return value if isinstance(value, str) else int(value)


def _sum(column: Any) -> Any:
    return sa.func.coalesce(sa.func.sum(column), 0)


COUNT = sa.func.count()


def _within(unit: Unit, model: Any, day: Any, first: date, last: date) -> list[Any]:
    return [model.village_id == unit.village.id, day >= first, day <= last]


def _join(one: Any, other: Any, key: Any, *, outer: bool = False) -> Any:
    on = sa.and_(other.village_id == one.village_id, other.id == key)
    return sa.join(one, other, on, isouter=outer)


async def _masses(unit: Unit, first: date, last: date) -> Inputs:
    intakes = _within(unit, Intake, Intake.business_date, first, last)
    moved = _within(unit, StockMovement, StockMovement.business_date, first, last)
    done = [Batch.state == WasteBatchState.FINISHED]
    sold = _join(SaleLine, Sale, SaleLine.sale_id).join(
        Lot, sa.and_(Lot.village_id == SaleLine.village_id, Lot.id == SaleLine.lot_id)
    )
    of_batches = _join(StockMovement, Batch, StockMovement.batch_id)
    with_category = of_batches.join(
        Lot, sa.and_(Lot.village_id == StockMovement.village_id, Lot.id == StockMovement.lot_id)
    ).join(Category, sa.and_(Category.village_id == Lot.village_id, Category.id == Lot.category_id))
    from_intake = sa.case((StockMovement.intake_id.is_not(None), 1), else_=0)
    return {
        "intakes": await _rows(
            unit, Intake.stream, Intake.source_class, Intake.method, Category.sipsn_class, COUNT,
            _sum(Intake.mass_grams), where=intakes,
            joined=_join(Intake, Category, Intake.category_id, outer=True),
        ),
        "sorted": await _rows(
            unit, Category.sipsn_class, _sum(StockMovement.delta), joined=with_category,
            where=[*moved, Batch.kind == WasteBatchKind.SORT],
        ),
        "processed": await _rows(
            unit, Batch.kind, StockMovement.stream, _sum(StockMovement.delta), joined=of_batches,
            where=[
                *_within(unit, Batch, Batch.finished_on, first, last), *done,
                Batch.kind != WasteBatchKind.SORT, StockMovement.reason == WasteStockReason.OUT,
            ],
        ),
        "movements": await _rows(
            unit, StockMovement.reason, from_intake, _sum(StockMovement.delta), where=moved
        ),
        "batches": await _rows(
            unit, Batch.kind, COUNT, _sum(Batch.input), _sum(Batch.output), _sum(Batch.loss),
            where=[*_within(unit, Batch, Batch.finished_on, first, last), *done],
        ),
        "sales": await _rows(
            unit, Lot.stream, COUNT, _sum(SaleLine.mass), _sum(SaleLine.value), joined=sold,
            where=_within(unit, Sale, Sale.business_date, first, last),
        ),
        "trips": await _rows(
            unit, Trip.kind, Trip.stream, Trip.method, COUNT, _sum(Trip.mass),
            where=_within(unit, Trip, Trip.business_date, first, last),
        ),
    }  # fmt: skip


async def _people(unit: Unit, first: date, last: date) -> Inputs:
    village = unit.village.id
    visited = _within(unit, StopVisit, StopVisit.day, first, last)
    member, home = tables.HouseholdMember, tables.Household
    taken = StopVisit.outcome.in_([WasteStopOutcome.COLLECTED, WasteStopOutcome.PARTIAL])
    served = sa.select(sa.func.count(StopVisit.household_id.distinct())).where(*visited, taken)
    homes = sa.select(COUNT).where(
        home.village_id == village, home.registered_on <= last, _lasts(home.closed_on, last)
    )
    people = sa.select(sa.func.count(member.resident_id.distinct())).where(
        member.village_id == village, member.since <= last, _lasts(member.until, last)
    )
    points = [ServicePoint.village_id == village, ServicePoint.opened_on <= last]
    return {
        "visits": await _rows(unit, StopVisit.stream, StopVisit.outcome, COUNT, where=visited),
        "judged": await _rows(
            unit, StopVisit.sort_quality, COUNT, where=[*visited, StopVisit.sort_quality.is_not(None)]
        ),
        "households": [await unit.session.scalar(served) or 0, await unit.session.scalar(homes) or 0],
        "population": await unit.session.scalar(people) or 0,
        "points": await _rows(
            unit, ServicePoint.source_class, COUNT, _sum(ServicePoint.people),
            where=[*points, _lasts(ServicePoint.closed_on, last)],
        ),
        "surveys": await surveys_until(unit, last),
    }  # fmt: skip


def _lasts(until: Any, day: date) -> Any:
    return sa.or_(until.is_(None), until >= day)


async def surveys_until(unit: Unit, last: date) -> list[list[Any]]:
    """Sorting (0 or 1), organic handling, how many points: the last survey of each point counts."""
    found = await unit.session.execute(
        sa.select(SourceSurvey.point_id, SourceSurvey.is_sorting, SourceSurvey.organic_handling)
        .where(SourceSurvey.village_id == unit.village.id, SourceSurvey.day <= last)
        .order_by(SourceSurvey.day)
    )
    latest = {point: (int(sorting), handling.name) for point, sorting, handling in found}
    said = list(latest.values())
    return sorted([*one, said.count(one)] for one in set(said))


async def _money(unit: Unit, first: date, last: date) -> Inputs:
    zone = ZoneInfo(unit.village.time_zone)
    begins = datetime.combine(first, datetime.min.time(), zone)
    ends = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    reverses = sa.case((Payment.reverses_id.is_not(None), 1), else_=0)
    owed = Invoice.state != WasteInvoiceState.VOID
    posted = Deposit.state == WasteDepositState.POSTED
    return {
        "invoices": await _rows(
            unit, COUNT, _sum(Invoice.amount),
            where=[*_within(unit, Invoice, Invoice.due_on, first, last), owed],
        ),
        "payments": await _rows(
            unit, reverses, COUNT, _sum(Payment.amount),
            where=_within(unit, Payment, Payment.business_date, first, last),
        ),
        "complaints": await _rows(
            unit, Complaint.kind, COUNT,
            where=[
                Complaint.village_id == unit.village.id,
                Complaint.opened_at >= begins, Complaint.opened_at < ends,
            ],
        ),
        "deposits": await _rows(
            unit, COUNT, _sum(Deposit.mass), _sum(Deposit.credited),
            where=[*_within(unit, Deposit, Deposit.business_date, first, last), posted],
        ),
    }  # fmt: skip
