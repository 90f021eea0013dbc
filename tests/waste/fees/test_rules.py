"""The rules of fees, without a database."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from wantilan_waste.models import WasteFeePeriod, WasteInvoiceState, WastePointStatus
from wantilan_waste.rules.invoices import next_due, spread, standing
from wantilan_waste.rules.issuing import Due, Subscribed, WasteSkipReason, judged
from wantilan_waste.rules.points import default_label
from wantilan_waste.rules.texts import ahead_fault, amount_fault, past_fault, text_fault

RUPIAH = st.integers(0, 10**12)
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@given(RUPIAH, st.lists(RUPIAH, max_size=8))
def test_what_is_spread_is_never_more_than_there_is_or_is_owed_and_the_first_come_first(
    amount: int, rests: list[int]
) -> None:
    parts = spread(amount, rests)
    assert sum(parts) == min(amount, sum(rests))
    assert all(0 <= part <= rest for part, rest in zip(parts, rests, strict=True))
    for index, part in enumerate(parts):
        if part < rests[index]:
            assert not any(parts[index + 1 :])


@given(st.integers(1, 10**12), RUPIAH, RUPIAH)
def test_the_state_of_an_invoice_follows_from_what_was_paid_and_forgiven(
    amount: int, paid: int, waived: int
) -> None:
    assume(paid + waived <= amount)
    state, rest = standing(amount, paid, waived)
    assert rest == amount - paid - waived
    assert (state is WasteInvoiceState.PAID) == (paid == amount)
    assert (state is WasteInvoiceState.WAIVED) == (rest == 0 and waived > 0)
    assert (state is WasteInvoiceState.PARTIAL) == (rest > 0 and paid > 0)
    assert (state is WasteInvoiceState.ISSUED) == (rest > 0 and paid == 0)


@given(DAYS, st.integers(1, 28))
def test_what_is_issued_is_due_on_the_next_such_day(issued: date, day: int) -> None:
    due = next_due(issued, day)
    assert due.day == day
    assert timedelta(0) <= due - issued < timedelta(days=32)
    between = (issued + timedelta(days=n) for n in range((due - issued).days))
    assert not any(one.day == day for one in between)


PAUSES = st.lists(st.tuples(DAYS, st.integers(0, 90) | st.none()), max_size=3)


def one_of(
    start: date, end: date | None, pauses: list[tuple[date, date | None]], **more: object
) -> Subscribed:
    given_ = {
        "is_exempt": False, "amount": 20_000, "period": WasteFeePeriod.MONTHLY, "plan_until": None,
        "point": WastePointStatus.ACTIVE, "pickups": 0, "issued": None,
    } | more  # fmt: skip
    return Subscribed(start_on=start, end_on=end, pauses=pauses, **given_)  # type: ignore[arg-type]


@given(DAYS, DAYS | st.none(), PAUSES, DAYS)
def test_a_month_is_invoiced_exactly_if_the_subscription_ran_on_one_of_its_days(
    start: date, end: date | None, rests: list[tuple[date, int | None]], in_month: date
) -> None:
    """Against every day of the month, looked at one by one."""
    pauses = [(first, None if n is None else first + timedelta(days=n)) for first, n in rests]
    first = in_month.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    found = judged(one_of(start, end, pauses), last, today=date(2027, 1, 31))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    lasted = [day for day in days if start <= day and (end is None or day <= end)]
    ran = [day for day in lasted if not any(a <= day and (b is None or day <= b) for a, b in pauses)]
    assert isinstance(found, Due) == bool(ran)
    if not ran:
        assert (found is WasteSkipReason.SUSPENDED) == bool(lasted)


def test_the_first_reason_counts() -> None:
    start, last, today = date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 2)
    exempt = one_of(start, None, [(start, None)], is_exempt=True)
    assert judged(exempt, last, today) is WasteSkipReason.SUSPENDED
    per = WasteFeePeriod.PER_PICKUP
    for more, expected in (
        ({"issued": WasteInvoiceState.PAID}, WasteSkipReason.ALREADY_ISSUED),
        ({"issued": WasteInvoiceState.VOID}, WasteSkipReason.VOIDED),
        ({"is_exempt": True, "plan_until": start}, WasteSkipReason.EXEMPT),
        ({"plan_until": start, "point": WastePointStatus.PAUSED}, WasteSkipReason.PLAN_ENDED),
        ({"point": WastePointStatus.PAUSED}, WasteSkipReason.POINT_PAUSED),
        ({"period": per, "point": WastePointStatus.PAUSED}, WasteSkipReason.NO_PICKUP),
        ({"period": per, "pickups": 3, "point": WastePointStatus.PAUSED}, Due(60_000, 3)),
        ({"plan_until": date(2026, 3, 1)}, Due(20_000, None)),
    ):  # fmt: skip
        assert judged(one_of(start, None, [], **more), last, today) == expected, more
    early = one_of(start, None, [], period=per, pickups=3)
    assert judged(early, last, last) is WasteSkipReason.MONTH_NOT_OVER
    assert judged(one_of(date(2026, 3, 20), None, []), last, date(2026, 3, 19)) is WasteSkipReason.PENDING


def test_values_of_clients_at_their_limits() -> None:
    today = date(2026, 5, 1)
    assert [bool(text_fault(text, 3)) for text in ("", " ", "a", "abc", " abc ", "abcd")] == [
        True, True, False, False, False, True,
    ]  # fmt: skip
    assert [bool(amount_fault(n)) for n in (0, 1, 10**9, 10**9 + 1)] == [True, False, False, True]
    assert past_fault(today, today) is None
    assert ahead_fault(today + timedelta(days=366), today, today) is None
    assert ahead_fault(today + timedelta(days=367), today, today) is not None
    assert default_label(None, None, "Banjar Kaja", 7) == "Banjar Kaja 7"
    assert default_label(None, "Jl. Raya 1", "Banjar Kaja", 7) == "Jl. Raya 1"
    assert default_label("Warung", None, "Banjar Kaja", 7) == "Warung"
