"""What must hold of the waste of a village, by plain Python over all rows: each function names what does not."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from wantilan import Unit
from wantilan_waste.models import (
    MODELS,
    Account,
    Batch,
    Category,
    Deposit,
    DepositLine,
    FeePlan,
    Intake,
    Invoice,
    LedgerEntry,
    Lot,
    Payment,
    PaymentPart,
    PriceItem,
    Run,
    RunStop,
    Sale,
    SaleLine,
    ServicePoint,
    StockMovement,
    StopVisit,
    Subscription,
    Trip,
    WasteBatchState,
    WasteInvoiceState,
    WasteLedgerKind,
    WasteRunState,
    WasteStockReason,
    WasteStream,
    WasteTripKind,
    WasteWithdrawalState,
    Withdrawal,
)
from wantilan_waste.models import Counter as NumberCounter

Rows = Sequence[Any]


class Books:
    """All rows of one village, by table."""

    def __init__(self, rows: dict[type[Any], list[Any]]) -> None:
        self._rows = rows

    def __getitem__(self, model: type[Any]) -> list[Any]:
        return self._rows[model]

    def by(self, model: type[Any], column: str) -> dict[Any, list[Any]]:
        found: dict[Any, list[Any]] = defaultdict(list)
        for row in self[model]:
            found[getattr(row, column)].append(row)
        return found

    def ids(self, model: type[Any]) -> dict[UUID, Any]:
        return {row.id: row for row in self[model]}


async def books_of(unit: Unit) -> Books:
    rows = {}
    for model in MODELS:
        found = list(await unit.all(model))
        rows[model] = sorted(found, key=lambda row: row.id)
    unit.session.expunge_all()
    return Books(rows)


# Stock


def stock_is_the_sum_of_its_movements(books: Books) -> Iterator[str]:
    moved = books.by(StockMovement, "lot_id")
    for lot in books[Lot]:
        rows = sorted(moved[lot.id], key=lambda row: row.number)
        stock = 0
        for number, row in enumerate(rows, 1):
            stock += row.delta
            if row.number != number or row.stock_after != stock or stock < 0 or row.stream is not lot.stream:
                yield f"{lot.label}: movement {row.number}"
        if any(one.happened_at > two.happened_at for one, two in itertools.pairwise(rows)):
            yield f"{lot.label}: not in the order of time"
        if lot.stock != stock or lot.movements != len(rows):
            yield f"{lot.label}: holds {lot.stock}, not {stock}"


def gap(books: Books, first: date, last: date) -> int:
    """opening + intake + outputs - inputs - sold - trips - lost +- counted - closing, by the records of what was
    done against the stock that the movements show; 0 when the books close.
    """
    opening = sum(row.delta for row in books[StockMovement] if row.business_date < first)
    closing = sum(row.delta for row in books[StockMovement] if row.business_date <= last)

    def total(rows: Rows, day: str, mass: str) -> int:
        return sum(getattr(r, mass) for r in rows if getattr(r, day) and first <= getattr(r, day) <= last)

    within = [row for row in books[StockMovement] if first <= row.business_date <= last]
    finished = [row for row in books[Batch] if row.state is WasteBatchState.FINISHED]
    # A batch that takes in over several days is read by its movements; those of the batch are compared with it.
    put_in = -sum(row.delta for row in within if row.reason is WasteStockReason.OUT)
    counted = sum(
        row.delta for row in within if row.reason in (WasteStockReason.ADJUST, WasteStockReason.LOSS)
    )
    return (
        opening
        + total(books[Intake], "business_date", "mass_grams")
        + total(finished, "finished_on", "output")
        - put_in
        - total(books[Sale], "business_date", "mass")
        - total(books[Trip], "business_date", "mass")
        + counted
        - closing
    )


def every_movement_has_its_record(books: Books) -> Iterator[str]:
    intakes, batches, trips = books.ids(Intake), books.ids(Batch), books.ids(Trip)
    lines, sold = books.ids(SaleLine), books.by(SaleLine, "sale_id")
    seen: Counter[UUID] = Counter()
    for row in books[StockMovement]:
        cause = row.intake_id or row.sale_line_id or row.trip_id
        if cause is not None:
            seen[cause] += 1
            record = intakes.get(cause) or lines.get(cause) or trips.get(cause)
            mass = record.mass_grams if cause in intakes else -record.mass
            if row.delta != mass or row.business_date != record.business_date:
                yield f"a movement of {row.delta} is not that of its record"
        elif row.batch_id is None and not row.note:
            yield "a movement without a cause"
        elif row.batch_id is not None and batches[row.batch_id].facility_id != row.facility_id:
            yield "a batch of another facility"
    for record in (*books[Intake], *books[SaleLine], *books[Trip]):
        if seen[record.id] != 1:
            yield f"{type(record).__name__} is moved {seen[record.id]} times"
    for sale in books[Sale]:
        own = sold[sale.id]
        if (sum(r.mass for r in own), sum(r.value for r in own)) != (sale.mass, sale.value):
            yield f"{sale.receipt_no}: not the sum of its lines"
        if any(r.value != r.mass * r.price_per_kg // 1000 for r in own):
            yield f"{sale.receipt_no}: a value is not that of its mass"


def a_batch_says_what_it_lost(books: Books) -> Iterator[str]:
    moved = books.by(StockMovement, "batch_id")
    for batch in books[Batch]:
        put_in = -sum(row.delta for row in moved[batch.id] if row.reason is WasteStockReason.OUT)
        came_out = sum(row.delta for row in moved[batch.id] if row.reason is WasteStockReason.IN)
        if (batch.input, batch.output) != (put_in, came_out):
            yield f"{batch.label}: {batch.input} in and {batch.output} out"
        if batch.state is WasteBatchState.FINISHED and batch.input != batch.output + batch.loss:
            yield f"{batch.label}: not closed"


def hazardous_waste_is_only_handed_over(books: Books) -> Iterator[str]:
    for row in books[StockMovement]:
        allowed = (WasteStockReason.IN, WasteStockReason.HANDOVER)
        if row.stream is WasteStream.B3 and (row.reason not in allowed or row.batch_id):
            yield f"hazardous waste: {row.reason.name}"
    for trip in books[Trip]:
        if (trip.stream is WasteStream.B3) is not (trip.kind is WasteTripKind.B3_HANDOVER):
            yield "hazardous waste went elsewhere"
    for category in books[Category]:
        if category.stream is WasteStream.B3 and category.accepted_by_bank:
            yield "the bank takes hazardous waste"


# The bank


def the_ledger_adds_up(books: Books) -> Iterator[str]:
    entered = books.by(LedgerEntry, "account_id")
    reserved: Counter[UUID] = Counter()
    for row in books[Withdrawal]:
        reserved[row.account_id] += row.amount if row.state is WasteWithdrawalState.APPROVED else 0
    for account in books[Account]:
        rows = sorted(entered[account.id], key=lambda row: row.number)
        balance = 0
        for number, row in enumerate(rows, 1):
            balance += row.delta
            if row.number != number or row.balance_after != balance or balance < 0:
                yield f"{account.number}: entry {row.number}"
        if any(one.entered_at >= two.entered_at for one, two in itertools.pairwise(rows)):
            yield f"{account.number}: not in the order of time"
        if (account.balance, account.entries) != (balance, len(rows)):
            yield f"{account.number}: has {account.balance}, not {balance}"
        if account.reserved != reserved[account.id] or account.reserved > account.balance:
            yield f"{account.number}: {account.reserved} reserved"


def every_entry_has_its_record(books: Books) -> Iterator[str]:
    deposits, withdrawals, payments = books.ids(Deposit), books.ids(Withdrawal), books.ids(Payment)
    seen: Counter[UUID] = Counter()
    for row in books[LedgerEntry]:
        cause = row.deposit_id or row.withdrawal_id or row.payment_id
        seen[cause] += 1
        expected = {
            WasteLedgerKind.DEPOSIT: lambda cause: deposits[cause].credited,
            WasteLedgerKind.WITHDRAWAL: lambda cause: -withdrawals[cause].amount,
            WasteLedgerKind.FEE: lambda cause: -payments[cause].amount,
        }[row.kind](cause)
        if row.delta != expected:
            yield f"an entry of {row.delta} is not that of its record"
    paid = [row for row in books[Withdrawal] if row.state is WasteWithdrawalState.PAID]
    from_balance = [row for row in books[Payment] if row.method.name == "BANK_SAMPAH_BALANCE"]
    for record in (*books[Deposit], *paid, *from_balance):
        if seen[record.id] != 1:
            yield f"{type(record).__name__} is entered {seen[record.id]} times"


def a_deposit_is_worth_what_the_prices_of_its_moment_say(books: Books) -> Iterator[str]:
    prices, lines = books.by(PriceItem, "category_id"), books.by(DepositLine, "deposit_id")
    intakes, categories = books.ids(Intake), books.ids(Category)
    for deposit in books[Deposit]:
        own = lines[deposit.id]
        for line in own:
            begun = [row for row in prices[line.category_id] if row.effective_from <= deposit.deposited_at]
            price = max(begun, key=lambda row: row.effective_from).price_per_kg
            intake = intakes[line.intake_id]
            if line.price_per_kg != price or line.value != line.mass * price // 1000:
                yield f"{deposit.receipt_no}: {line.value}"
            if (intake.mass_grams, intake.category_id) != (line.mass, line.category_id):
                yield f"{deposit.receipt_no}: something else was weighed"
            if not categories[line.category_id].accepted_by_bank:
                yield f"{deposit.receipt_no}: not accepted"
        share = deposit.value * deposit.operator_share_bp // 10_000
        if (deposit.mass, deposit.value) != (sum(r.mass for r in own), sum(r.value for r in own)):
            yield f"{deposit.receipt_no}: not the sum of its lines"
        if (deposit.operator_share, deposit.credited) != (share, deposit.value - share):
            yield f"{deposit.receipt_no}: shared out wrongly"


def nobody_approves_what_he_asked_for(books: Books) -> Iterator[str]:
    for row in books[Withdrawal]:
        if row.approved_by is not None and row.approved_by == row.requested_by:
            yield f"{row.amount} approved by who asked"
        if row.state is WasteWithdrawalState.PAID and not row.requested_at < row.approved_at < row.paid_at:
            yield f"{row.amount} paid too early"


# Fees


def what_is_paid_of_an_invoice_is_the_sum_of_its_parts(books: Books) -> Iterator[str]:
    parts = books.by(PaymentPart, "invoice_id")
    plans, subscriptions = books.ids(FeePlan), books.ids(Subscription)
    seen: set[tuple[UUID, str]] = set()
    for invoice in books[Invoice]:
        key = (invoice.subscription_id, invoice.period)
        if key in seen:
            yield f"two invoices for {invoice.period}"
        seen.add(key)
        paid = sum(row.amount for row in parts[invoice.id])
        if invoice.paid != paid or paid > invoice.amount or invoice.rest != invoice.amount - paid:
            yield f"{invoice.period}: {invoice.paid} paid of {invoice.amount}"
        state = (
            WasteInvoiceState.PAID if paid == invoice.amount
            else WasteInvoiceState.PARTIAL if paid else WasteInvoiceState.ISSUED
        )  # fmt: skip
        if invoice.state is not state:
            yield f"{invoice.period}: {invoice.state.name} with {paid} of {invoice.amount}"
        subscription = subscriptions[invoice.subscription_id]
        if invoice.amount != plans[subscription.plan_id].amount or subscription.exempt_reason:
            yield f"{invoice.period}: not what the plan says"


def a_payment_is_its_parts_and_the_rest_is_credit(books: Books) -> Iterator[str]:
    parts, invoices = books.by(PaymentPart, "payment_id"), books.ids(Invoice)
    credit: Counter[UUID] = Counter()
    for payment in books[Payment]:
        own = parts[payment.id]
        credit[payment.subscription_id] += payment.unused
        if payment.amount != payment.unused + sum(row.amount for row in own):
            yield f"{payment.receipt_no}: not the sum of its parts"
        if any(invoices[row.invoice_id].subscription_id != payment.subscription_id for row in own):
            yield f"{payment.receipt_no}: pays for somebody else"
    owes = {row.subscription_id for row in books[Invoice] if row.rest}
    for row in books[Subscription]:
        if row.credit != credit[row.id]:
            yield f"credit {row.credit}, not {credit[row.id]}"
        if row.credit and row.id in owes:
            yield "credit beside an open invoice"


# Collection


def a_point_is_visited_once_in_a_run_where_the_run_stops(books: Books) -> Iterator[str]:
    runs, points = books.ids(Run), books.ids(ServicePoint)
    stops = {(row.run_id, row.point_id): row for row in books[RunStop]}
    seen: set[tuple[object, ...]] = set()
    for visit in books[StopVisit]:
        run, stop = runs[visit.run_id], stops.get((visit.run_id, visit.point_id))
        for key in ((visit.run_id, visit.point_id), (visit.device, visit.device_seq)):
            if key in seen:
                yield f"twice: {key}"
            seen.add(key)
        if stop is None or visit.stop_id != stop.id or stop.day != run.day:
            yield "a visit where the run does not stop"
        if (visit.stream, visit.day) != (run.stream, run.day):
            yield "a visit of another day or stream"
        if visit.household_id != points[visit.point_id].household_id:
            yield "a visit of another household"
        if run.started_at is None or visit.visited_at < run.started_at:
            yield "a visit before the start"


def a_run_that_is_over_was_visited_and_weighed(books: Books) -> Iterator[str]:
    loads, visits, stops = (books.by(model, "run_id") for model in (Intake, StopVisit, RunStop))
    for run in books[Run]:
        weighed = run.state in (WasteRunState.WEIGHED, WasteRunState.CLOSED)
        if weighed and len(visits[run.id]) != len(stops[run.id]):
            yield f"{run.day}: {len(visits[run.id])} of {len(stops[run.id])} stops"
        if len(loads[run.id]) != weighed:
            yield f"{run.day}: {len(loads[run.id])} loads of a run that is {run.state.name}"
        if any(load.stream is not run.stream for load in loads[run.id]):
            yield f"{run.day}: another stream"


def numbers_of_receipts_have_no_gap(books: Books) -> Iterator[str]:
    given = [
        *(row.receipt_no for model in (Payment, Deposit, Sale) for row in books[model]),
        *(row.number for row in books[Account]),
    ]
    for counter in books[NumberCounter]:
        start = f"{counter.name}-{counter.year}-"
        own = sorted(number for number in given if number.startswith(start))
        if own != [f"{start}{number:06d}" for number in range(1, counter.last + 1)]:
            yield f"{start}: {len(own)} of {counter.last}"


INVARIANTS: tuple[Callable[[Books], Iterator[str]], ...] = (
    stock_is_the_sum_of_its_movements,
    every_movement_has_its_record,
    a_batch_says_what_it_lost,
    hazardous_waste_is_only_handed_over,
    the_ledger_adds_up,
    every_entry_has_its_record,
    a_deposit_is_worth_what_the_prices_of_its_moment_say,
    nobody_approves_what_he_asked_for,
    what_is_paid_of_an_invoice_is_the_sum_of_its_parts,
    a_payment_is_its_parts_and_the_rest_is_credit,
    a_point_is_visited_once_in_a_run_where_the_run_stops,
    a_run_that_is_over_was_visited_and_weighed,
    numbers_of_receipts_have_no_gap,
)
