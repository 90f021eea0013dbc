"""Reports of a period to the regency."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wantilan import Grams, PublishedTable, VillageTable, hash_of, rollup

from .collection import StopVisit
from .tps3r import Intake
from .words import WasteReportState


class PeriodReport(VillageTable):
    """The figures of a village's month. `figures` are frozen when it is submitted; they follow from the
    inputs whose hash is kept and from the version of the mapping. What comes after it is locked becomes a
    revision, and `late_at` says since when there is some.
    """

    __tablename__ = "waste_period_report"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "period", "revision"),
        sa.CheckConstraint("revision >= 1", name="revision"),
        sa.CheckConstraint("late_at IS NULL OR state = 'LOCKED'", name="late"),
        sa.CheckConstraint("(state = 'LOCKED') = (locked_at IS NOT NULL)", name="locked"),
        sa.CheckConstraint(
            "state IN ('DRAFT', 'RETURNED') OR (figures IS NOT NULL AND inputs_hash IS NOT NULL)",
            name="frozen",
        ),
        sa.CheckConstraint(
            "reviewed_by IS NULL OR submitted_by IS NULL OR reviewed_by <> submitted_by", name="four_eyes"
        ),
        sa.Index(None, "village_id", "state", "period", "id"),
        sa.Index(None, "village_id", "period", "id"),
    )

    period: Mapped[str]
    revision: Mapped[int]
    state: Mapped[WasteReportState]
    mapping_version: Mapped[str]
    figures: Mapped[dict[str, Any] | None]
    inputs_hash: Mapped[str | None] = hash_of("the inputs of a report's figures")
    note: Mapped[str | None]
    review_note: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None] = mapped_column()
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None] = mapped_column()
    locked_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]


class PublicMonth(PublishedTable):
    """What everybody may read of a month: of its last accepted report."""

    __tablename__ = "waste_public_month"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "period"),
        sa.Index(None, "village_id", "period", "id"),
    )

    period: Mapped[str]
    revision: Mapped[int]
    mass_in: Mapped[Grams]
    reduced: Mapped[Grams]
    handled: Mapped[Grams]
    residue_out: Mapped[Grams]
    points_surveyed: Mapped[int]
    points_sorting: Mapped[int]
    households: Mapped[int]
    households_served: Mapped[int]


INTAKE_METHOD_TOTAL = rollup(
    "waste_intake_method_total",
    Intake,
    day=Intake.business_date,
    by=[Intake.stream, Intake.method],
    sums=[Intake.mass_grams],
)
VISIT_TOTAL = rollup(
    "waste_visit_total", StopVisit, day=StopVisit.day, by=[StopVisit.outcome, StopVisit.sort_quality]
)
