"""Rules of issuing invoices: pure functions. A month is invoiced whole if the subscription ran on one of its
days.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wantilan import Rupiah

from ..models.words import WasteFeePeriod, WasteInvoiceState, WastePointStatus


class WasteSkipReason(enum.Enum):
    """Why a subscription gets no invoice for a month."""

    MONTH_NOT_OVER = "bulan belum berakhir"
    """Pickups are counted when the month is over."""
    PENDING = "belum dimulai"
    """It begins in this month, on a day to come."""
    SUSPENDED = "ditangguhkan"
    """It rested all the month."""
    EXEMPT = "dibebaskan"
    """It is exempt."""
    PLAN_ENDED = "tarif berakhir"
    """Its plan was over before the month; it needs another."""
    POINT_PAUSED = "titik layanan dijeda"
    """The service point is not served for a while."""
    NO_PICKUP = "tidak ada pengangkutan"
    """Nothing was fetched in the month."""
    VOIDED = "sudah dibatalkan"
    """It had an invoice for the month, which is void; there is one for a month."""
    NOT_YET_BEGUN = "dimulai sesudah bulan ini"
    """It began after the month."""
    ENDED = "berakhir sebelum bulan ini"
    """It was over before the month, or never began."""
    ALREADY_ISSUED = "sudah diterbitkan"
    """It has its invoice for the month."""


@dataclass(frozen=True)
class Subscribed:
    """What counts of one subscription in one month. `issued` is the state of its invoice, if it has one."""

    start_on: date
    end_on: date | None
    pauses: Sequence[tuple[date, date | None]]
    is_exempt: bool
    amount: int
    period: WasteFeePeriod
    plan_until: date | None
    point: WastePointStatus
    pickups: int
    issued: WasteInvoiceState | None


@dataclass(frozen=True)
class Due:
    """What is to be invoiced; `pickups` where they are what is paid for."""

    amount: Rupiah
    pickups: int | None


def judged(one: Subscribed, last: date, today: date) -> Due | WasteSkipReason:
    """What a subscription owes for the month of this last day, or why nothing."""
    first = last.replace(day=1)
    if one.issued is not None:
        return (
            WasteSkipReason.VOIDED if one.issued is WasteInvoiceState.VOID else WasteSkipReason.ALREADY_ISSUED
        )
    if one.start_on > last:
        return WasteSkipReason.NOT_YET_BEGUN
    if one.end_on is not None and one.end_on < max(first, one.start_on):
        return WasteSkipReason.ENDED
    if one.start_on > today:
        return WasteSkipReason.PENDING
    if not ran(one, first, last):
        return WasteSkipReason.SUSPENDED
    if one.is_exempt:
        return WasteSkipReason.EXEMPT
    if one.plan_until is not None and one.plan_until < first:
        return WasteSkipReason.PLAN_ENDED
    if one.period is WasteFeePeriod.MONTHLY:
        if one.point is WastePointStatus.PAUSED:
            return WasteSkipReason.POINT_PAUSED
        return Due(Rupiah(one.amount), None)
    if last >= today:
        return WasteSkipReason.MONTH_NOT_OVER
    if not one.pickups:
        return WasteSkipReason.NO_PICKUP
    return Due(Rupiah(one.amount * one.pickups), one.pickups)


def ran(one: Subscribed, first: date, last: date) -> bool:
    """Whether there was a day in the month on which it lasted and did not rest."""
    day, until = max(first, one.start_on), min(last, one.end_on or last)
    for begins, ends in sorted(one.pauses, key=lambda pause: pause[0]):
        if begins > day:
            break
        day = max(day, (ends or until) + timedelta(days=1))
    return day <= until
