"""What the waste program does by the clock."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from wantilan import Job, Text, Unit

from .models import (
    Facility,
    Intake,
    PeriodReport,
    WasteFacilityKind,
    WasteReportState,
)
from .planning import hold_routes, renew
from .reporting import has_late_data
from .subscribing import let_days_take_effect

NO_INTAKE = "waste.no_intake_yesterday"


async def look_for_gaps(unit: Unit) -> None:
    """A TPS3R works every day but Sunday, until it is closed. Where nothing was weighed, somebody forgot to,
    or the scale or the truck is broken; the sooner the office hears of it, the less is lost from the books.
    """
    yesterday = unit.today - timedelta(days=1)
    weighed = sa.select(Intake.facility_id).where(
        Intake.village_id == unit.village.id, Intake.business_date == yesterday
    )
    idle = await unit.all(
        Facility,
        Facility.kind == WasteFacilityKind.TPS3R,
        sa.or_(Facility.opened_on.is_(None), Facility.opened_on <= yesterday),
        sa.or_(Facility.closed_on.is_(None), Facility.closed_on >= yesterday),
        Facility.id.not_in(weighed),
    )
    for facility in idle:
        unit.announce(NO_INTAKE, facility=facility.id)


async def begin_and_end_subscriptions(unit: Unit) -> None:
    """Also where nobody looks at them on that day."""
    await let_days_take_effect(unit)


async def plan_ahead(unit: Unit) -> None:
    """The runs of the next days and the pickups of the next weeks, as the schedules give them."""
    await renew(unit, await hold_routes(unit))


async def look_for_late_data(unit: Unit) -> None:
    """A locked report that would say something else today is marked; its figures stay."""
    locked = await unit.all(
        PeriodReport, PeriodReport.state == WasteReportState.LOCKED, PeriodReport.late_at.is_(None)
    )
    for report in locked:
        if await has_late_data(unit, report):
            report.late_at = unit.now


JOBS = (
    Job(
        name="waste.look_for_gaps",
        cron="0 6 * * 2-7",  # in the morning after each working day
        run=look_for_gaps,
        description=Text(
            "Mengabarkan TPS3R yang kemarin tidak menimbang apa pun.",
            "Tells of each TPS3R that weighed nothing yesterday.",
        ),
    ),
    Job(
        name="waste.begin_and_end_subscriptions",
        cron="5 0 * * *",
        run=begin_and_end_subscriptions,
        description=Text(
            "Memulai langganan yang tiba harinya dan mengakhiri yang lewat.",
            "Begins the subscriptions whose day has come and ends those whose last day is over.",
        ),
    ),
    Job(
        name="waste.plan_ahead",
        cron="10 0 * * *",
        run=plan_ahead,
        description=Text(
            "Merencanakan pengangkutan tujuh hari dan jadwal enam puluh hari ke depan.",
            "Plans the runs of the next seven days and the pickups of the next sixty.",
        ),
    ),
    Job(
        name="waste.look_for_late_data",
        cron="30 2 * * *",
        run=look_for_late_data,
        description=Text(
            "Menandai laporan terkunci yang datanya berubah sesudahnya.",
            "Marks locked reports of which data came later.",
        ),
    ),
)
