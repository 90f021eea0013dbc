"""Who may head a hamlet from which day on: pure rules over the terms of its heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ..errors import Text
from .numbers import Finding
from .rules import day_fault

HEAD_ALREADY = Finding("HEAD_ALREADY", Text("Sudah menjabat di banjar ini.", "Heads this hamlet already."))
HEAD_LATER = Finding(
    "HEAD_LATER",
    Text(
        "Pada hari itu atau sesudahnya sudah ada yang menjabat.",
        "Somebody else heads it on that day already, or began later.",
    ),
)
NOT_ALIVE_HERE = Finding(
    "NOT_ALIVE",
    Text(
        "Tidak hidup di desa ini pada tanggal itu, atau tidak lagi.",
        "Did not live in this village on that day, or does not any more.",
    ),
)
BEFORE_TERM = Finding("BEFORE_TERM", Text("Sebelum masa jabatannya dimulai.", "Lies before the term begins."))


@dataclass(frozen=True)
class Term:
    """That somebody heads a hamlet; `until` is the last day, None while it lasts."""

    resident: UUID
    since: date
    until: date | None


def appointment_faults(
    terms: Sequence[Term], resident: UUID | None, since: date, today: date
) -> Iterator[tuple[str, Finding]]:
    """What is wrong with a new term, each with its field. The term that lasts ends the day before."""
    fault = day_fault(since, today)
    if fault is not None:
        yield "since", fault
        return
    lasting = next((term for term in terms if term.until is None), None)
    if lasting is not None and lasting.resident == resident:
        yield "resident_id", HEAD_ALREADY
    if any(term.since >= since or (term.until is not None and term.until >= since) for term in terms):
        yield "since", HEAD_LATER


def ending_fault(term: Term, until: date, today: date) -> Finding | None:
    """What is wrong with the last day of a term that lasts."""
    return BEFORE_TERM if until < term.since else day_fault(until, today)
