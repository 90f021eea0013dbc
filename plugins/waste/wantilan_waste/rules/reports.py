"""A period's report: its months, its states, and the hash of its inputs. Pure functions."""

from __future__ import annotations

import calendar
import enum
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from wantilan import InvalidTransition, Row, Text

from ..models import WasteReportState

State = WasteReportState

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED}),
    State.SUBMITTED: frozenset({State.RETURNED, State.ACCEPTED}),
    State.RETURNED: frozenset({State.DRAFT}),
    State.ACCEPTED: frozenset({State.LOCKED}),
    State.LOCKED: frozenset(),
}
"""From each state, where it can go; nowhere else."""


class WasteReportDecision(enum.Enum):
    """What the regency says of a report."""

    ACCEPT = "terima"
    """It is accepted."""
    RETURN = "kembalikan"
    """The village is to change it."""


class WasteReportWarning(enum.Enum):
    """What a reader of a report must know of its figures."""

    OVER_100_PERCENT = "lebih dari 100 %"
    """Reduction and handling together are more than the generation: the basis is too low, or mass is counted
    twice.
    """
    MOSTLY_NOT_WEIGHED = "sebagian besar tidak ditimbang"
    """Less than half of the mass was weighed."""
    STOCK_GAP = "selisih stok"
    """What was taken in, sold and hauled away is not what the stock moved by."""
    LATE_DATA = "data terlambat"
    """Something of the month was written down after it was locked: draft it again, for a revision."""


class WasteReportGap(enum.Enum):
    """What is missing for figures that are whole."""

    NO_INTAKE = "tidak ada penimbangan"
    """No facility took in anything in the month."""
    NO_SURVEY = "tidak ada survei"
    """No service point was ever asked about sorting."""
    NO_VISIT = "tidak ada pengangkutan"
    """No stop of a collection run was visited."""
    NO_POPULATION = "tidak ada penduduk"
    """Nobody is a member of a household: the generation cannot be estimated."""
    UNKNOWN_COMPOSITION = "komposisi tidak lengkap"
    """A part of the mass has no category, and was not sorted into any."""
    NO_LEGAL_BASIS = "tidak ada dasar hukum"
    """Neither the number of a perdes nor that of a pararem is set."""


def check_transition(state: State, wanted: State) -> None:
    """Raises InvalidTransition."""
    if wanted not in TRANSITIONS[state]:
        raise InvalidTransition(
            Text(
                f"Laporan ini {state.value}; langkah ini tidak mungkin sekarang.",
                f"The report is {state.name}; this step is not possible now.",
            )
        )


def days_of(period: str) -> tuple[date, date]:
    """The first and the last day of a month, `2026-11`."""
    year, month = map(int, period.split("-"))
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def canonical(inputs: Mapping[str, Any]) -> bytes:
    """The one way to write inputs down: keys in order, no spaces, whole numbers and texts only."""
    return json.dumps(inputs, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of_inputs(inputs: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(inputs)).hexdigest()


def warnings_of(rows: list[Row]) -> list[list[WasteReportWarning]]:
    """Those of the frozen figures, and that data came late."""
    return [
        [
            *(WasteReportWarning[name] for name in (row["figures"] or {}).get("warnings", ())),
            *([WasteReportWarning.LATE_DATA] if row["late_at"] is not None else []),
        ]
        for row in rows
    ]


def gaps_of(rows: list[Row]) -> list[list[WasteReportGap]]:
    return [[WasteReportGap[name] for name in (row["figures"] or {}).get("gaps", ())] for row in rows]
