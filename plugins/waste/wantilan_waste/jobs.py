"""What the waste program does by the clock."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from wantilan import Job, Text, Unit

from .models import Facility, Intake, WasteFacilityKind
from .subscribing import let_days_take_effect

NO_INTAKE = "waste.no_intake_yesterday"


async def look_for_gaps(unit: Unit) -> None:
    """A TPS3R works every day but Sunday. Where nothing was weighed, somebody forgot to, or the scale or the
    truck is broken; the sooner the office hears of it, the less is lost from the books.
    """
    yesterday = unit.today - timedelta(days=1)
    weighed = sa.select(Intake.facility_id).where(
        Intake.village_id == unit.village.id, Intake.business_date == yesterday
    )
    idle = await unit.all(
        Facility,
        Facility.kind == WasteFacilityKind.TPS3R,
        sa.or_(Facility.opened_on.is_(None), Facility.opened_on <= yesterday),
        Facility.id.not_in(weighed),
    )
    for facility in idle:
        unit.announce(NO_INTAKE, facility=facility.id)


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
        run=let_days_take_effect,
        description=Text(
            "Memulai langganan yang tiba harinya dan mengakhiri yang lewat.",
            "Begins the subscriptions whose day has come and ends those whose last day is over.",
        ),
    ),
)
