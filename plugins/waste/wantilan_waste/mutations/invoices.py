"""Invoices of a month are issued, forgiven and made void."""

from __future__ import annotations

from datetime import date
from typing import cast
from uuid import UUID

import strawberry

from wantilan import (
    Info,
    InvalidTransition,
    Judge,
    Month,
    NotFound,
    RegionCode,
    Rupiah,
    Text,
    Village,
    WriteUnit,
    id_of,
    input,
    mutation,
    payload,
    ref,
)

from ..issuing import issue
from ..models import Invoice, WasteInvoiceState
from ..paying import OPEN, hold, hold_invoice
from ..permissions import FEE_MANAGE
from ..rules.issuing import WasteSkipReason
from ..rules.texts import text_fault
from ..settings import WasteSettings
from ..types.fees import WasteInvoice, WasteSubscription

MOST_LISTED = 100
LONGEST_REASON = 200


@input
class WasteIssueInvoicesInput:
    """Which month is to be invoiced."""

    village_code: RegionCode
    """The village."""
    period: Month
    """The month, none that lies ahead."""


@payload
class WasteSkipCount:
    """How many subscriptions got no invoice for one reason."""

    reason: WasteSkipReason
    """Why."""
    count: int
    """How many."""


@payload
class WasteSkippedSubscription:
    """A subscription that got no invoice."""

    subscription_id: strawberry.ID
    """Which one; `nodes(ids)` shows more of it."""
    reason: WasteSkipReason
    """Why."""


@payload
class WasteIssueInvoicesPayload:
    """What was issued."""

    issued: int
    """How many invoices."""
    total: Rupiah
    """Their sum."""
    from_credit: Rupiah
    """What of it is paid from credit already."""
    skips: list[WasteSkipCount]
    """How many subscriptions got none, by reason."""
    skipped: list[WasteSkippedSubscription]
    """At most a hundred of them; those first that an office has to look at."""
    village: Village
    """The village, for reading its invoices again."""


@input
class WasteWaiveInvoiceInput:
    """An invoice whose rest is to be forgiven."""

    invoice_id: strawberry.ID
    """Which one."""
    reason: str
    """Why, at most 200 characters."""


@payload
class WasteWaiveInvoicePayload:
    """What is so now."""

    invoice: WasteInvoice | None
    """The invoice; null for those who may manage but not read."""


@input
class WasteVoidInvoiceInput:
    """An invoice that was issued in error."""

    invoice_id: strawberry.ID
    """Which one."""
    reason: str
    """Why, at most 200 characters."""


@payload
class WasteVoidInvoicePayload:
    """What is so now."""

    invoice: WasteInvoice | None
    """The invoice; null for those who may manage but not read."""


@mutation(needs=FEE_MANAGE)
async def waste_issue_invoices(info: Info, input: WasteIssueInvoicesInput) -> WasteIssueInvoicesPayload:
    """Issue what is missing of a month's invoices for the whole village, all or nothing. A month is invoiced
    whole if the subscription ran on one of its days; a fee for each pickup when the month is over. It may be
    called again: then only what is missing is issued.
    """
    judge = Judge(input)
    judge.check()
    last = cast(date, input.period)  # a month arrives as its last day
    async with info.context.write(input.village_code) as unit:
        if last.replace(day=1) > unit.today:
            judge.refuse("period", "IN_FUTURE", Text("Bulan itu belum tiba.", "That month lies ahead."))
        judge.check()
        done = await issue(unit, last, (await unit.settings(WasteSettings)).fee_due_day)
        village = await unit.own_village()
    return WasteIssueInvoicesPayload(
        issued=done.invoices,
        total=Rupiah(done.total),
        from_credit=Rupiah(done.from_credit),
        skips=[WasteSkipCount(reason=reason, count=count) for reason, count in done.counts.items()],
        skipped=[
            WasteSkippedSubscription(
                subscription_id=id_of(WasteSubscription, village.id, subscription), reason=reason
            )
            for reason, subscription in done.first_skipped(MOST_LISTED)
        ],
        village=ref(Village, village),
    )


@mutation(needs=FEE_MANAGE)
async def waste_waive_invoice(info: Info, input: WasteWaiveInvoiceInput) -> WasteWaiveInvoicePayload:
    """Forgive what is left of an invoice; what was paid stays paid. INVALID_TRANSITION where nothing is."""
    village, key = _judged(input)
    async with info.context.write(village) as unit:
        invoice = await _held(unit, key)
        if invoice.state not in OPEN:
            raise InvalidTransition(Text("Tidak ada sisa tagihan.", "Nothing of it is left to be paid."))
        invoice.waived = Rupiah(invoice.waived + invoice.rest)
        invoice.rest, invoice.state = Rupiah(0), WasteInvoiceState.WAIVED
        invoice.reason = input.reason.strip()
        await unit.flush()
        unit.announce("waste.invoice_waived", invoice=invoice.id)
    return WasteWaiveInvoicePayload(invoice=ref(WasteInvoice, invoice))


@mutation(needs=FEE_MANAGE)
async def waste_void_invoice(info: Info, input: WasteVoidInvoiceInput) -> WasteVoidInvoicePayload:
    """Make an invoice void that was issued in error. There is none for that month then. INVALID_TRANSITION
    where something of it is paid or forgiven.
    """
    village, key = _judged(input)
    async with info.context.write(village) as unit:
        invoice = await _held(unit, key)
        if invoice.state is not WasteInvoiceState.ISSUED or invoice.waived:
            text = Text(
                "Hanya tagihan yang belum dibayar yang dapat dibatalkan.",
                "Only an invoice of which nothing is paid or forgiven can be void.",
            )
            raise InvalidTransition(text)
        invoice.rest, invoice.state = Rupiah(0), WasteInvoiceState.VOID
        invoice.reason = input.reason.strip()
        await unit.flush()
        unit.announce("waste.invoice_voided", invoice=invoice.id)
    return WasteVoidInvoicePayload(invoice=ref(WasteInvoice, invoice))


def _judged(input: WasteWaiveInvoiceInput | WasteVoidInvoiceInput) -> tuple[UUID, UUID]:
    """The village and the invoice."""
    judge = Judge(input)
    key = judge.key(WasteInvoice, "invoice_id")
    if fault := text_fault(input.reason, LONGEST_REASON):
        judge.refuse("reason", *fault)
    judge.check()
    if key is None:
        raise NotFound
    return key.village_id, key.id


async def _held(unit: WriteUnit, key: UUID) -> Invoice:
    """The invoice, held after its subscription."""
    invoice = await unit.target(Invoice, key)
    await hold(unit, invoice.subscription_id)
    return await hold_invoice(unit, key)


MUTATIONS = (waste_issue_invoices, waste_waive_invoice, waste_void_invoice)
