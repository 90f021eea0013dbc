"""Everything that the demo tells obeys the rules of the program; and each of these checks sees what breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from tests.waste.demo.books import INVARIANTS, Books, gap

from wantilan_waste.models import (
    MODELS,
    Account,
    Batch,
    Deposit,
    DepositLine,
    Intake,
    Invoice,
    LedgerEntry,
    Lot,
    Payment,
    PaymentPart,
    Run,
    Sale,
    StockMovement,
    StopVisit,
    Subscription,
    Trip,
    WasteRunState,
    WasteStockReason,
    WasteStream,
    WasteWithdrawalState,
    Withdrawal,
)

TODAY = date(2026, 5, 20)


@pytest.mark.parametrize("holds", INVARIANTS, ids=lambda function: function.__name__)
async def test_after_two_starts_it_still_holds_that(
    books: Books, holds: Callable[[Books], Iterator[str]]
) -> None:
    assert list(holds(books)) == []


async def test_the_mass_balance_of_the_year_and_of_any_days_closes_to_the_gram(books: Books) -> None:
    year = TODAY - timedelta(days=400)
    assert gap(books, year, TODAY) == 0
    rng = Random(14)
    for _ in range(40):
        first = TODAY - timedelta(days=rng.randrange(370))
        assert gap(books, first, first + timedelta(days=rng.randrange(90))) == 0


async def test_an_intake_that_is_missing_is_a_gap_of_its_mass(books: Books) -> None:
    lost = next(row for row in books[Intake] if row.run_id is not None)
    lacking = without(books, Intake, lost)
    assert gap(lacking, lost.business_date, lost.business_date) == -lost.mass_grams
    assert gap(lacking, lost.business_date + timedelta(days=1), TODAY) == 0


# The checks see what is wrong


def without(books: Books, model: type[Any], lost: Any) -> Books:
    return Books({one: [r for r in books[one] if one is not model or r is not lost] for one in MODELS})


def changed(books: Books, model: type[Any], row: Any, **values: Any) -> Books:
    """The books with one row that says something else."""
    other = copy(row)
    for name, value in values.items():
        other.__dict__[name] = value
    return Books({one: [other if r is row else r for r in books[one]] for one in MODELS})


Spoil = Callable[[Books], Books]


def first(books: Books, model: type[Any], **having: Any) -> Any:
    return next(row for row in books[model] if all(getattr(row, n) == v for n, v in having.items()))


def spoilt(model: type[Any], change: Callable[[Any], dict[str, Any]], **having: Any) -> Spoil:
    def spoil(books: Books) -> Books:
        row = first(books, model, **having)
        return changed(books, model, row, **change(row))

    return spoil


SPOILS: dict[str, tuple[Spoil, ...]] = {
    "stock_is_the_sum_of_its_movements": (
        spoilt(Lot, lambda row: {"stock": row.stock + 1}),
        spoilt(StockMovement, lambda row: {"stock_after": row.stock_after + 1}),
    ),
    "every_movement_has_its_record": (
        spoilt(Intake, lambda row: {"mass_grams": row.mass_grams + 1}),
        spoilt(Sale, lambda row: {"value": row.value + 1}),
        lambda books: without(books, StockMovement, first(books, StockMovement)),
    ),
    "a_batch_says_what_it_lost": (spoilt(Batch, lambda row: {"loss": row.loss - 1}),),
    "hazardous_waste_is_only_handed_over": (
        spoilt(Trip, lambda row: {"stream": WasteStream.B3}),
        spoilt(StockMovement, lambda row: {"stream": WasteStream.B3}, reason=WasteStockReason.SALE),
    ),
    "the_ledger_adds_up": (
        spoilt(Account, lambda row: {"balance": row.balance + 1}),
        spoilt(LedgerEntry, lambda row: {"delta": row.delta + 1}),
        spoilt(Withdrawal, lambda row: {"state": WasteWithdrawalState.APPROVED}),
    ),
    "every_entry_has_its_record": (
        spoilt(Deposit, lambda row: {"credited": row.credited + 1}),
        lambda books: without(books, LedgerEntry, first(books, LedgerEntry)),
    ),
    "a_deposit_is_worth_what_the_prices_of_its_moment_say": (
        spoilt(DepositLine, lambda row: {"price_per_kg": row.price_per_kg + 1000}),
        spoilt(Deposit, lambda row: {"credited": row.credited - 1, "operator_share": row.operator_share + 1}),
    ),
    "nobody_approves_what_he_asked_for": (
        spoilt(
            Withdrawal, lambda row: {"approved_by": row.requested_by}, state=WasteWithdrawalState.PAID
        ),
    ),
    "what_is_paid_of_an_invoice_is_the_sum_of_its_parts": (
        spoilt(Invoice, lambda row: {"paid": row.paid + 1}),
        lambda books: without(books, PaymentPart, first(books, PaymentPart)),
    ),
    "a_payment_is_its_parts_and_the_rest_is_credit": (
        spoilt(Payment, lambda row: {"unused": row.unused + 1}),
        spoilt(Subscription, lambda row: {"credit": row.credit + 1}),
    ),
    "a_point_is_visited_once_in_a_run_where_the_run_stops": (
        lambda books: changed(
            books, StopVisit, books[StopVisit][0], point_id=books[StopVisit][1].point_id
        ),
        spoilt(StopVisit, lambda row: {"device_seq": row.device_seq + 1}),
    ),
    "a_run_that_is_over_was_visited_and_weighed": (
        lambda books: without(books, StopVisit, books[StopVisit][0]),
        spoilt(Run, lambda row: {"state": WasteRunState.CLOSED}, state=WasteRunState.PLANNED),
    ),
    "numbers_of_receipts_have_no_gap": (
        lambda books: without(books, Payment, books[Payment][3]),
    ),
}  # fmt: skip


async def test_each_check_sees_what_breaks_it(books: Books) -> None:
    assert SPOILS.keys() == {holds.__name__ for holds in INVARIANTS}
    for holds in INVARIANTS:
        for spoil in SPOILS[holds.__name__]:
            assert list(holds(spoil(books))), holds.__name__
