"""Rules of invoices: pure functions. What was paid and what was forgiven say in which state one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ..models.words import WasteInvoiceState


class Standing(NamedTuple):
    """The state of an invoice, and what is still to be paid of it, in rupiah."""

    state: WasteInvoiceState
    rest: int


def standing(amount: int, paid: int, waived: int) -> Standing:
    """Where an invoice stands that is not void."""
    rest = amount - paid - waived
    if rest > 0:
        return Standing(WasteInvoiceState.PARTIAL if paid else WasteInvoiceState.ISSUED, rest)
    return Standing(WasteInvoiceState.WAIVED if waived else WasteInvoiceState.PAID, 0)


def spread(amount: int, rests: Sequence[int]) -> list[int]:
    """How much of an amount goes into each of some rests, the first ones first. What their sum leaves over
    is credit.
    """
    parts = []
    for rest in rests:
        parts.append(min(amount, rest))
        amount -= parts[-1]
    return parts


def next_due(issued_on: date, day_of_month: int) -> date:
    """The first day of this number in its month that is not before the day of issue."""
    if issued_on.day <= day_of_month:
        return issued_on.replace(day=day_of_month)
    return (issued_on.replace(day=1) + timedelta(days=31)).replace(day=day_of_month)


def months(first: date, last: date) -> Iterator[date]:
    """The first days of the months from that of one day to that of another."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)
