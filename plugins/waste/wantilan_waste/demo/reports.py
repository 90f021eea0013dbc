"""Reports of the demo's past months: each is drafted, submitted, accepted and locked within a month."""

from __future__ import annotations

from datetime import datetime, time

import sqlalchemy as sa

from wantilan import Unit

from ..models import PeriodReport, StockMovement
from ..models import WasteReportState as State
from ..reporting import inputs_of
from ..rules.indicators import figures_of
from ..rules.invoices import months
from ..rules.reports import hash_of_inputs
from ..rules.reproducing import days_in
from ..settings import WasteSettings
from .actors import AGENCY, OFFICER
from .history import History
from .timeline import DAY

STEPS = ((State.DRAFT, 3), (State.SUBMITTED, 5), (State.ACCEPTED, 12), (State.LOCKED, 20))
"""On which day of the month after it a report comes into each state."""
AT = time(9, 0)


async def report_months(history: History) -> None:
    """The reports of all whole months of the history, as far as they should be today. What somebody else has
    submitted or returned is his.
    """
    unit = history.unit
    first = sa.select(sa.func.min(StockMovement.business_date))
    begun = await unit.session.scalar(first.where(StockMovement.village_id == unit.village.id))
    known = {(row.period, row.revision): row for row in await unit.all(PeriodReport)}
    for month in months(begun or unit.today, unit.today):
        period, after = f"{month:%Y-%m}", (month + 31 * DAY).replace(day=1)
        if begun is None or month < begun or (period, 2) in known:
            continue
        report = known.get((period, 1))
        for state, day in STEPS:
            at = history.moment(after.replace(day=day), AT)
            if at <= unit.now and (report is None or _comes_next(report, state)):
                report = await _step(unit, report, period, state, at)


def _comes_next(report: PeriodReport, state: State) -> bool:
    submitted = report.state is State.DRAFT or report.submitted_by == OFFICER
    reviewed = state is not State.LOCKED or report.reviewed_by == AGENCY
    order = [one for one, _ in STEPS]
    follows = report.state in order and order.index(state) == order.index(report.state) + 1
    return follows and submitted and reviewed


async def _step(
    unit: Unit, report: PeriodReport | None, period: str, state: State, at: datetime
) -> PeriodReport:
    if report is None:
        report = PeriodReport(period=period, revision=1, state=state, mapping_version="")
        await _figure(unit, report)
        await unit.add(report)
        return report
    report.state = state
    if state is State.SUBMITTED:
        report.submitted_at, report.submitted_by = at, OFFICER
    elif state is State.ACCEPTED:
        report.reviewed_at, report.reviewed_by = at, AGENCY
    elif state is State.LOCKED:
        report.locked_at = at
    await unit.flush()
    return report


async def _figure(unit: Unit, report: PeriodReport) -> None:
    """The figures as they are now, by the program's own rules. The month is over, and nothing of the demo's
    comes into it any more.
    """
    version = (await unit.settings(WasteSettings)).indicator_mapping
    inputs = await inputs_of(unit, report.period)
    report.mapping_version = version
    report.figures = figures_of(inputs, version, days_in(report.period))
    report.inputs_hash = hash_of_inputs(inputs)
