"""Plans of fees in a set-up, by name and first day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field, StringConstraints

from wantilan import FieldFault, Rupiah, Text, Unit

from ..models import FeePlan, FeePlanClass
from ..rules.texts import MOST_RUPIAH
from .words import Fault, FeePeriod, Name, Part, SourceClass

WHERE = "fee_plans"
ADDED = "waste.fee_plan_added"


Day = Annotated[date, Field(ge=date(1000, 1, 1), le=date(2999, 12, 31))]
"""What a date of the API can be: the very first and the very last are no days to a database."""


class PlanSetup(Part):
    """One plan from one first day on."""

    amount: Annotated[int, Field(strict=True, gt=0, le=MOST_RUPIAH)]
    period: FeePeriod
    valid_until: Day | None = None
    legal_basis: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    source_classes: Annotated[list[SourceClass], Field(min_length=1)]


Plans = Mapping[Name, Mapping[Day, PlanSetup]]


async def given(unit: Unit) -> dict[str, dict[date, PlanSetup]]:
    """Those that last, and those that are to come."""
    lasting = sa.or_(FeePlan.valid_until.is_(None), FeePlan.valid_until >= unit.today)
    rows = await unit.all(FeePlan, lasting)
    classes = await unit.all(FeePlanClass, FeePlanClass.plan_id.in_([row.id for row in rows]))
    made: dict[str, dict[date, PlanSetup]] = {}
    for row in sorted(rows, key=lambda row: (row.name, row.valid_from)):
        own = sorted((c.source_class for c in classes if c.plan_id == row.id), key=lambda one: one.name)
        made.setdefault(row.name, {})[row.valid_from] = PlanSetup(
            amount=row.amount,
            period=row.period,
            valid_until=row.valid_until,
            legal_basis=row.legal_basis,
            source_classes=own,
        )
    return made


def faults(wanted: Plans) -> list[Fault]:
    text = Text("Sebelum hari pertama.", "Before the first day.")
    return [
        FieldFault((WHERE, name, first.isoformat(), "valid_until"), "TOO_EARLY", text)
        for name, days in wanted.items()
        for first, one in days.items()
        if one.valid_until is not None and one.valid_until < first
    ]


async def take(unit: Unit, wanted: Plans) -> None:
    """Add those that are not there. One of the same name and first day stays as it is: people are under it,
    and its amount never changes.
    """
    known = {(row.name, row.valid_from) for row in await unit.all(FeePlan)}
    for name, days in wanted.items():
        for first, one in days.items():
            if (name, first) in known:
                continue
            plan = FeePlan(
                name=name,
                amount=Rupiah(one.amount),
                period=one.period,
                valid_from=first,
                valid_until=one.valid_until,
                legal_basis=one.legal_basis,
            )
            await unit.add(plan)
            classes = sorted(set(one.source_classes), key=lambda kind: kind.name)
            await unit.add(*(FeePlanClass(plan_id=plan.id, source_class=kind) for kind in classes))
            unit.announce(ADDED, plan=plan.id)
