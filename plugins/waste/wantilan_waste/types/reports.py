"""Reports of a month to the regency, as clients see them."""

from __future__ import annotations

from datetime import datetime

from wantilan import (
    Json,
    Month,
    Village,
    computed,
    entity,
    one,
    within,
)

from ..models import PeriodReport, WasteReportState
from ..permissions import REPORT_READ
from ..rules import reports as rules
from ..rules import reproducing
from ..rules.reports import WasteReportGap, WasteReportWarning


@entity(
    PeriodReport,
    read=[within(REPORT_READ)],
    order=[PeriodReport.period],
    filter=[PeriodReport.period, PeriodReport.state],
)
class WasteReport:
    """The figures of a village's month. It names no person."""

    period: Month
    """The month."""
    revision: int
    """1, and one more for each time that data came after the report was locked."""
    state: WasteReportState
    """Where it stands between the village and the regency."""
    mapping_version: str
    """The version of the mapping from what was recorded to the indicators."""
    figures: Json | None
    """`indicators`, each with `code`, `value` (grams, or a percentage with two decimals), `unit` and
    `source`; and the `inputs`, the sums and counts from which all of them follow. Of a draft they may change
    yet.
    """
    warnings: list[WasteReportWarning] = computed(
        rules.warnings_of, needs=[PeriodReport.figures, PeriodReport.late_at]
    )
    """What a reader must know of the figures."""
    gaps: list[WasteReportGap] = computed(rules.gaps_of, needs=[PeriodReport.figures])
    """What is missing for figures that are whole."""
    inputs_hash: str | None
    """SHA-256 over the inputs, written as canonical JSON: keys in order, no spaces."""
    reproduces: bool | None = computed(
        reproducing.reproductions_of,
        needs=[
            PeriodReport.figures,
            PeriodReport.inputs_hash,
            PeriodReport.mapping_version,
            PeriodReport.period,
        ],
    )
    """Whether the figures follow again from the kept inputs and the version of the mapping, and the inputs
    have the kept hash; null without figures.
    """
    note: str | None
    """What the village wrote to it."""
    review_note: str | None
    """What the regency answered."""
    submitted_at: datetime | None
    """When it was submitted."""
    reviewed_at: datetime | None
    """When the regency looked at it."""
    locked_at: datetime | None
    """When it was locked: from then on it changes no more."""
    late_at: datetime | None
    """Since when it is known that something of the month was written down after that."""
    village: Village = one()
    """The village."""


TYPES = (WasteReport,)
