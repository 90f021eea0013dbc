"""What the demo tells could have happened."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from tests.waste.demo.books import Books
from tests.waste.demo.scene import NOW, Scene

from wantilan.testing import BENGKEL
from wantilan_waste.demo.weighings import is_ceremony
from wantilan_waste.models import (
    Complaint,
    ComplaintStep,
    Deposit,
    Intake,
    Invoice,
    Payment,
    PaymentPart,
    PeriodReport,
    PublicComplaint,
    Run,
    Schedule,
    ScheduleDate,
    ServicePoint,
    SourceSurvey,
    StockMovement,
    StopVisit,
    Subscription,
    WasteComplaintState,
    WasteInvoiceState,
    WasteMeasure,
    WasteReportState,
    WasteRunState,
    WasteScheduleDateKind,
    WasteSourceClass,
    WasteStockReason,
    WasteStopOutcome,
    WasteWithdrawalState,
    Withdrawal,
)
from wantilan_waste.reporting import report_findings
from wantilan_waste.rules.complaints import AT_A_PLACE
from wantilan_waste.rules.invoices import months

TODAY = date(2026, 5, 20)


async def test_sorting_gets_better_over_the_year(books: Books) -> None:
    def mean(first: date, last: date) -> float:
        seen = [
            row.sort_quality
            for row in books[StopVisit]
            if row.sort_quality is not None and first <= row.day < last
        ]
        assert len(seen) > 100
        return sum(seen) / len(seen)

    begun = min(row.day for row in books[StopVisit])
    early = mean(begun, begun + timedelta(days=60))
    late = mean(TODAY - timedelta(days=60), TODAY)
    assert early + 0.5 < late < 3


async def test_most_stops_are_collected_and_some_are_not(books: Books) -> None:
    came = Counter(row.outcome for row in books[StopVisit])
    assert 0.75 < came[WasteStopOutcome.COLLECTED] / came.total() < 0.95
    assert {
        WasteStopOutcome.PARTIAL, WasteStopOutcome.REJECTED_UNSORTED, WasteStopOutcome.NOT_PUT_OUT,
        WasteStopOutcome.NO_ACCESS,
    } <= came.keys()  # fmt: skip
    assert all(row.feedback for row in books[StopVisit] if row.outcome is WasteStopOutcome.REJECTED_UNSORTED)


async def test_most_is_weighed_and_the_rest_says_how_it_is_known(books: Books) -> None:
    methods = Counter(row.method for row in books[Intake])
    assert methods.keys() == set(WasteMeasure)
    assert methods[WasteMeasure.WEIGHED] / methods.total() > 0.9


async def test_every_way_out_is_taken(books: Books) -> None:
    assert {row.reason for row in books[StockMovement]} == set(WasteStockReason)


async def test_most_invoices_are_paid_and_some_people_owe(books: Books) -> None:
    old = [row for row in books[Invoice] if row.due_on < TODAY - timedelta(days=30)]
    states = Counter(row.state for row in old)
    assert 0.85 < states[WasteInvoiceState.PAID] / states.total() < 1
    assert len({row.method for row in books[Payment]}) == 4
    payments, invoices = books.ids(Payment), books.ids(Invoice)
    assert any(
        payments[row.payment_id].business_date < invoices[row.invoice_id].issued_on
        for row in books[PaymentPart]
    )  # somebody paid ahead
    assert any(row.exempt_reason for row in books[Subscription])


async def test_a_ceremony_moves_a_pickup_by_a_day_and_leaves_its_own_waste(books: Books) -> None:
    schedules = books.ids(Schedule)
    runs = {(row.schedule_id, row.day) for row in books[Run]}
    moved = [row for row in books[ScheduleDate] if row.day < TODAY]
    assert {row.kind for row in moved} == set(WasteScheduleDateKind)
    for row in moved:
        begun = row.day >= min(run.day for run in books[Run])
        extra = row.kind is WasteScheduleDateKind.EXTRA
        assert ((row.schedule_id, row.day) in runs) == (extra and begun)
        assert schedules[row.schedule_id].rrule.startswith("FREQ=WEEKLY")
    days = {row.business_date for row in books[Intake] if row.source_class is WasteSourceClass.UPAKARA_EVENT}
    assert len(days) > 20 and all(is_ceremony(day) for day in days)


async def test_complaints_go_their_way_and_some_are_published_without_what_was_written(books: Books) -> None:
    steps = books.by(ComplaintStep, "complaint_id")
    order = list(WasteComplaintState)
    for complaint in books[Complaint]:
        own = sorted(steps[complaint.id], key=lambda step: step.at)
        assert own[0].state is WasteComplaintState.OPEN and own[-1].state is complaint.state
        assert [order.index(step.state) for step in own] == sorted(order.index(step.state) for step in own)
        assert complaint.address or complaint.kind not in AT_A_PLACE
        assert (complaint.resolved_at is not None) == any(
            step.state is WasteComplaintState.RESOLVED for step in own
        )
    written = books.ids(Complaint)
    shown = books[PublicComplaint]
    assert 0 < len(shown) < len(written)
    for row in shown:
        assert row.text != written[row.id].text and row.state is written[row.id].state


async def test_every_whole_month_has_its_report_and_the_old_ones_are_locked(
    scene: Scene, books: Books
) -> None:
    states = {row.period: row.state for row in books[PeriodReport]}
    begun = min(row.business_date for row in books[StockMovement])
    assert list(states) == [f"{month:%Y-%m}" for month in months(begun + timedelta(days=31), TODAY)][:-1]
    assert states.pop("2026-04") is WasteReportState.LOCKED and TODAY.day == 20
    assert set(states.values()) == {WasteReportState.LOCKED}
    for row in books[PeriodReport]:
        assert row.submitted_by != row.reviewed_by
    async with scene.world.unit(BENGKEL) as unit:
        unit.now = NOW
        assert [finding async for finding in report_findings(unit)] == []


async def test_money_is_asked_for_decided_and_paid(books: Books) -> None:
    states = Counter(row.state for row in books[Withdrawal])
    assert states[WasteWithdrawalState.PAID] > 10
    assert any(row.resident_id for row in books[Deposit]) and any(row.household_id for row in books[Deposit])


async def test_runs_that_were_called_off_say_why(books: Books) -> None:
    off = [row for row in books[Run] if row.state is WasteRunState.CANCELLED]
    assert off and all(row.cancel_reason and row.cancelled_at for row in off)


async def test_surveys_are_of_points_that_were_there(books: Books) -> None:
    points = books.ids(ServicePoint)
    assert len(books[SourceSurvey]) > len(points)
    for row in books[SourceSurvey]:
        point = points[row.point_id]
        assert row.day > point.opened_on and row.household_id == point.household_id
    last: dict[object, SourceSurvey] = {}
    for row in sorted(books[SourceSurvey], key=lambda row: row.day):
        last[row.point_id] = row
    assert all(points[key].organic_handling is row.organic_handling for key, row in last.items())


async def test_nothing_lies_in_the_future(books: Books) -> None:
    for model, name in MOMENTS.items():
        assert max(getattr(row, name) for row in books[model]) <= NOW, model.__name__


MOMENTS = {
    Intake: "weighed_at", StockMovement: "happened_at", StopVisit: "visited_at", Payment: "paid_at",
    Deposit: "deposited_at", Withdrawal: "requested_at", Complaint: "updated_at",
}  # fmt: skip
