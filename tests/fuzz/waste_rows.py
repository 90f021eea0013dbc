"""Rows of the waste program for one village: each nullable column null in some and filled in others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from wantilan import sort_key
from wantilan.registry.models import FileState
from wantilan_waste.models import (
    Account,
    Batch,
    Category,
    Complaint,
    ComplaintPhoto,
    ComplaintStep,
    Deposit,
    DepositLine,
    Feed,
    FeePlan,
    FeePlanClass,
    Intake,
    Invoice,
    LedgerEntry,
    Lot,
    Payment,
    PaymentPart,
    PeriodReport,
    Pickup,
    PriceItem,
    PublicComplaint,
    PublicMonth,
    Route,
    RouteStop,
    Run,
    RunStop,
    Sale,
    SaleLine,
    Schedule,
    ScheduleDate,
    ServicePoint,
    SourceSurvey,
    StockMovement,
    StopVisit,
    Subscription,
    SubscriptionPause,
    Tariff,
    Trip,
    WasteAccountKind,
    WasteAccountState,
    WasteBatchKind,
    WasteBatchState,
    WasteComplaintKind,
    WasteComplaintState,
    WasteDepositState,
    WasteFeePeriod,
    WasteInvoiceState,
    WasteLedgerKind,
    WasteMeasure,
    WasteOrganicHandling,
    WastePaymentMethod,
    WastePointStatus,
    WastePpClass,
    WasteRecipient,
    WasteReportState,
    WasteRunState,
    WasteScheduleDateKind,
    WasteSipsnClass,
    WasteSourceClass,
    WasteStockReason,
    WasteStopOutcome,
    WasteStream,
    WasteSubscriptionState,
    WasteTripKind,
    WasteWithdrawalMethod,
    WasteWithdrawalState,
    Withdrawal,
)

if TYPE_CHECKING:
    from tests.fuzz.scene import Filler

LATE = (Intake, StopVisit, ComplaintPhoto, DepositLine, StockMovement)
"""They point at files or at weighings, and are written after them, in this order."""
JUDGED = (WasteStopOutcome.COLLECTED, WasteStopOutcome.PARTIAL, WasteStopOutcome.REJECTED_UNSORTED)


class WasteFiller:
    """`make` adds to what the filler of the village has made: facilities and weighings are there."""

    def __init__(
        self,
        filler: Filler,
        facilities: list[Any],
        households: list[Any],
        people: list[Any],
        hamlets: list[Any],
    ) -> None:
        self.f, self.add, self.some, self.maybe = filler, filler.add, filler.some, filler.maybe
        self.facilities, self.households, self.people, self.hamlets = facilities, households, people, hamlets
        self.today = filler.today
        self.text = f'Catatan "{filler.mark}" 😀'
        self.intakes = [row for row in filler.made if isinstance(row, Intake)]

    def make(self) -> None:
        self.categories()
        self.points()
        self.fees()
        self.collection()
        self.stock()
        self.bank()
        self.complaints()
        self.reports()

    def late(self) -> None:
        """What points at files, once these are there."""
        for number, visit in enumerate(self.visits):
            if number % 2:
                visit.photo_id = self.f.file(
                    "waste", "waste.visit.read", FileState.TAKEN, household=self.some(self.households)
                ).id
        for complaint in self.reported[:4]:
            photo = self.f.file(
                "waste", "waste.complaint.read", FileState.TAKEN, resident=self.some(self.people)
            )
            self.add(
                ComplaintPhoto, complaint_id=complaint.id, file_id=photo.id, resident_id=complaint.resident_id
            )

    def day(self) -> Any:
        return self.today - timedelta(days=self.some([0, 1, 40, 365, 366]))

    def categories(self) -> None:
        self.kinds = []
        for number, (stream, above) in enumerate(
            ((WasteStream.ANORGANIK, None), (WasteStream.ANORGANIK, 0), (WasteStream.ORGANIK, None), (WasteStream.B3, None), (WasteStream.RESIDU, None))
        ):  # fmt: skip
            full = number % 2 == 1
            self.kinds.append(
                self.add(
                    Category, code=f"K{number}", name_id=f"Jenis {self.text}", name_en=f"Kind {number}", stream=stream,
                    sipsn_class=self.some(WasteSipsnClass), pp_class=self.some(WastePpClass), resin=1 if full else None,
                    parent_id=self.kinds[above].id if above is not None else None, grams_per_litre=30 if full else None,
                    accepted_by_bank=stream is WasteStream.ANORGANIK, active=number != 4,
                )
            )  # fmt: skip

    def points(self) -> None:
        self.served = []
        for number, home in enumerate([*self.households, None, None]):
            closed, placed = number % 3 == 2, number % 2 == 0
            label = f"{'Rumah' if home else 'Warung'} {number} {self.text}"
            self.served.append(
                self.add(
                    ServicePoint, code=f"{self.f.village.code.replace('.', '')}-{number:020d}", code_since=self.f.moment(),
                    household_id=home.id if home else None, business_name=None if home else label, label=label,
                    label_key=sort_key(label), hamlet_id=self.some(self.hamlets).id, source_class=self.some(WasteSourceClass),
                    people=number if placed else None, longitude=115.1 if placed else None,
                    latitude=-8.5 if placed else None, instructions=self.text if placed else None,
                    organic_handling=self.some(WasteOrganicHandling),
                    status=WastePointStatus.CLOSED if closed else self.some([WastePointStatus.ACTIVE, WastePointStatus.PAUSED]),
                    opened_on=self.today - timedelta(days=400), closed_on=self.day() if closed else None,
                )
            )  # fmt: skip
        for number, point in enumerate(self.served):
            for _day in {self.day() for _ in range(2)}:
                self.add(
                    SourceSurvey, point_id=point.id, household_id=point.household_id, day=_day,
                    is_sorting=number % 2 == 0, organic_handling=self.some(WasteOrganicHandling),
                    single_use_plastic=self.some([True, False, None]), recorded_by=None,
                )  # fmt: skip

    def fees(self) -> None:
        plans = [
            self.add(
                FeePlan, name=f"Iuran {number} {self.text}", amount=20_000, period=self.some(WasteFeePeriod),
                valid_from=self.today - timedelta(days=400), valid_until=self.day() if number else None, legal_basis="Perdes 3",
            )
            for number in range(2)
        ]  # fmt: skip
        for plan in plans:
            for kind in (WasteSourceClass.RUMAH_TANGGA, WasteSourceClass.WARUNG_TOKO):
                self.add(FeePlanClass, plan_id=plan.id, source_class=kind)
        under = []
        for number, point in enumerate(self.served):
            ended = number % 3 == 1
            under.append(
                self.add(
                    Subscription, point_id=point.id, plan_id=self.some(plans).id, household_id=point.household_id,
                    state=WasteSubscriptionState.ENDED if ended else self.some([s for s in WasteSubscriptionState if s.name != "ENDED"]),
                    start_on=self.today - timedelta(days=400), end_on=self.day() if ended else None,
                    exempt_reason=self.text if number % 2 else None, credit=number,
                )
            )  # fmt: skip
            self.add(
                SubscriptionPause, subscription_id=under[-1].id, household_id=point.household_id,
                first_day=self.today - timedelta(days=30), last_day=self.today if number % 2 else None,
            )  # fmt: skip
        states = {
            WasteInvoiceState.ISSUED: (0, 0), WasteInvoiceState.PARTIAL: (5_000, 0), WasteInvoiceState.PAID: (20_000, 0),
            WasteInvoiceState.VOID: (0, 0), WasteInvoiceState.WAIVED: (5_000, 15_000),
        }  # fmt: skip
        for number, (one, point) in enumerate(zip(under, self.served, strict=True)):
            bills = []
            for month, (state, (paid, waived)) in enumerate(list(states.items())[number % 3 :][:3]):
                rest = 0 if state is WasteInvoiceState.VOID else 20_000 - paid - waived
                bills.append(
                    self.add(
                        Invoice, subscription_id=one.id, point_id=point.id, household_id=point.household_id,
                        hamlet_id=point.hamlet_id, period=f"2026-{month + 1:02d}", pickups=month or None, amount=20_000,
                        paid=paid, waived=waived, rest=rest, issued_on=self.day(), due_on=self.day(), state=state,
                        reason=self.text if waived else None,
                    )
                )  # fmt: skip
            paid_ones = [
                self.add(
                    Payment, subscription_id=one.id, household_id=point.household_id, amount=5_000, unused=0,
                    method=self.some(WastePaymentMethod), receipt_no=f"I-{number}-{i}", paid_at=self.f.moment(),
                    business_date=self.day(), collected_by=None,
                )
                for i in range(2)
            ]  # fmt: skip
            back = self.add(
                Payment, subscription_id=one.id, household_id=point.household_id, amount=5_000, unused=0,
                method=WastePaymentMethod.CASH, receipt_no=f"I-{number}-back", paid_at=self.f.moment(),
                business_date=self.day(), collected_by=None, reverses_id=paid_ones[0].id, reason=self.text,
            )  # fmt: skip
            for payment in (*paid_ones, back):
                self.add(
                    PaymentPart, payment_id=payment.id, invoice_id=self.some(bills).id, household_id=point.household_id,
                    amount=5_000,
                )  # fmt: skip

    def collection(self) -> None:
        self.visits: list[Any] = []
        routes = [
            self.add(Route, name=f"Rute {number}", vehicle=self.text if number else None, active=number == 0)
            for number in range(2)
        ]
        for number, route in enumerate(routes):
            schedule = self.add(
                Schedule, route_id=route.id, stream=self.some(WasteStream), rrule="FREQ=WEEKLY;BYDAY=MO",
                starts_on=self.today - timedelta(days=400), ended_on=self.today if number else None, window_start=360,
                window_end=540, changed_at=self.f.moment(),
            )  # fmt: skip
            for ahead in range(3):
                self.add(
                    ScheduleDate, schedule_id=schedule.id, day=self.today + timedelta(days=ahead),
                    kind=self.some(WasteScheduleDateKind), reason=self.text if ahead else None,
                )  # fmt: skip
                self.add(
                    Pickup, schedule_id=schedule.id, route_id=route.id, stream=schedule.stream,
                    day=self.today + timedelta(days=ahead), window_start=360, window_end=540,
                )  # fmt: skip
            for position, point in enumerate(self.served[number::2], 1):
                self.add(RouteStop, route_id=route.id, position=position, point_id=point.id)
            point = self.served[number]
            self.add(
                Feed, secret_hash=self.f.hash(), point_id=point.id, household_id=point.household_id, made_at=self.f.moment(),
                revoked_at=self.f.moment() if number else None, made_by=None,
            )  # fmt: skip
            self.add(
                Feed, secret_hash=self.f.hash(), route_id=route.id, made_at=self.f.moment(), made_by=None
            )
            for turn, state in enumerate(WasteRunState):
                self.run(route, schedule, turn, state)

    def run(self, route: Any, schedule: Any, turn: int, state: WasteRunState) -> None:
        full, gone = turn % 2 == 0, state is WasteRunState.CANCELLED
        run = self.add(
            Run, route_id=route.id, schedule_id=schedule.id if full else None, stream=self.some(WasteStream),
            day=self.today - timedelta(days=turn), vehicle=self.text if full else None, crew=2 if full else None,
            window_start=360 if full else None, window_end=540 if full else None, state=state,
            started_at=self.f.moment() if turn else None, started_by=None, finished_at=self.f.moment() if turn > 1 else None,
            weighed_at=self.f.moment() if turn > 2 else None, closed_at=self.f.moment() if turn > 3 else None,
            cancelled_at=self.f.moment() if gone else None, cancel_reason=self.text if gone else None,
        )  # fmt: skip
        self.last_run = run
        for position, point in enumerate(self.f.rng.sample(self.served, 4), 1):
            stop = self.add(RunStop, run_id=run.id, day=run.day, position=position, point_id=point.id)
            if position == 4:
                continue  # nothing is told of it yet
            outcome = self.some(WasteStopOutcome)
            judged = outcome in JUDGED
            self.visits.append(
                self.add(
                    StopVisit, run_id=run.id, stop_id=stop.id, point_id=point.id, household_id=point.household_id,
                    stream=run.stream, day=run.day, outcome=outcome,
                    sort_quality=self.f.rng.randint(0, 3) if judged else None, mass=self.maybe(900),
                    feedback=self.maybe(self.text), visited_at=self.f.moment(), device=f"hp {route.name}",
                    device_seq=len(self.visits), recorded_by=None,
                )
            )  # fmt: skip

    def stock(self) -> None:
        lots = [
            self.add(
                Lot, facility_id=facility.id, label=kind.code, stream=kind.stream, category_id=kind.id if number else None,
                stock=1_000, movements=4, opened_on=self.day(),
            )
            for number, kind in enumerate(self.kinds)
            for facility in self.facilities
        ]  # fmt: skip
        for number, intake in enumerate(self.intakes):
            intake.run_id = self.last_run.id if number % 3 == 0 else None
            intake.point_id = self.some(self.served).id if number % 3 == 1 else None
            intake.category_id = self.some(self.kinds[:3]).id if number % 3 else None
        self.batches = []
        for number, state in enumerate((*WasteBatchState, *WasteBatchState)):
            ended = state is WasteBatchState.FINISHED
            self.batches.append(
                self.add(
                    Batch, facility_id=self.facilities[number % 2].id, label=f"P-{number}", kind=self.some(WasteBatchKind),
                    state=state, started_on=self.day(), finished_at=self.f.moment() if ended else None,
                    finished_on=self.day() if ended else None, input=500, output=400 if ended else 0,
                    loss=100 if ended else 0, note=self.maybe(self.text),
                )
            )  # fmt: skip
        lines, trips = [], []
        for number, lot in enumerate(lots):
            sale = self.add(
                Sale, facility_id=lot.facility_id, buyer=self.text, receipt_no=f"J-{number}", sold_at=self.f.moment(),
                business_date=self.day(), paid_on=self.day() if number % 2 else None, mass=600, value=1_800, recorded_by=None,
            )  # fmt: skip
            lines.append(
                self.add(
                    SaleLine, sale_id=sale.id, facility_id=lot.facility_id, business_date=sale.business_date, lot_id=lot.id,
                    category_id=lot.category_id, stream=lot.stream, method=self.some(WasteMeasure), mass=600,
                    price_per_kg=3_000, value=1_800,
                )
            )  # fmt: skip
            hazard = lot.stream is WasteStream.B3
            kind = (
                WasteTripKind.B3_HANDOVER
                if hazard
                else self.some([WasteTripKind.RESIDUE, WasteTripKind.GIVEN])
            )
            trips.append(
                self.add(
                    Trip, facility_id=lot.facility_id, lot_id=lot.id, kind=kind, destination=self.text,
                    vehicle="Truk" if kind is WasteTripKind.RESIDUE else None,
                    ticket_no="T-1" if kind is WasteTripKind.RESIDUE else None, stream=lot.stream, mass=400,
                    method=self.some(WasteMeasure), left_at=self.f.moment(), business_date=self.day(), recorded_by=None,
                    recipient=self.some(WasteRecipient) if hazard else None, licence_no="L-1" if hazard else None,
                )
            )  # fmt: skip
        for place, (lot, line, trip) in enumerate(zip(lots, lines, trips, strict=True)):
            fed, ready = (self.batches[(place + ahead) % len(self.batches)].id for ahead in (0, 3))
            mine = [one for one in self.intakes if one.facility_id == lot.facility_id][:1]
            steps: list[tuple[int, WasteStockReason, dict[str, Any]]] = [
                (2_000, WasteStockReason.IN, {"intake_id": mine[0].id if mine else None}),
                (-500, WasteStockReason.OUT, {"batch_id": fed}),
                (400, WasteStockReason.IN, {"batch_id": ready}),
                (-600, WasteStockReason.SALE, {"sale_line_id": line.id}),
                (-400, WasteStockReason.RESIDUE, {"trip_id": trip.id}),
                (150, WasteStockReason.ADJUST, {"note": self.text}),
                (-50, WasteStockReason.LOSS, {"note": self.text}),
            ]
            after = 0
            for number, (delta, reason, more) in enumerate(steps, 1):
                after += delta
                self.add(
                    StockMovement, lot_id=lot.id, facility_id=lot.facility_id, stream=lot.stream,
                    method=self.some(WasteMeasure), number=number, delta=delta, stock_after=after, reason=reason,
                    happened_at=self.f.moment(), business_date=self.day(), recorded_by=None, **more,
                )  # fmt: skip

    def bank(self) -> None:
        for kind in self.kinds[:2]:
            self.add(Tariff, category_id=kind.id)
            for ago, price in ((400, 2_000), (1, 3_000), (-30, 4_000)):
                self.add(
                    PriceItem, category_id=kind.id, price_per_kg=price, effective_from=self.f.moment() - timedelta(days=ago),
                    set_by=None,
                )  # fmt: skip
        owners: list[dict[str, Any]] = [
            *({"resident_id": person.id, "kind": WasteAccountKind.INDIVIDUAL} for person in self.people[:5]),
            *({"household_id": home.id, "kind": WasteAccountKind.INDIVIDUAL} for home in self.households[:3]),
            {"group_name": self.text, "kind": WasteAccountKind.COLLECTIVE},
        ]
        for number, owner in enumerate(owners):
            closed = number % 4 == 3
            account = self.add(
                Account, number=f"R-{number}", state=WasteAccountState.CLOSED if closed else WasteAccountState.ACTIVE,
                opened_on=self.day(), closed_on=self.day() if closed else None, balance=0 if closed else 5_000,
                reserved=0 if closed else 1_000, entries=3, entered_at=self.f.moment() if number % 2 else None, **owner,
            )  # fmt: skip
            whose = {key: owner.get(key) for key in ("resident_id", "household_id")}
            self.movements(account, whose, number)

    def movements(self, account: Any, whose: dict[str, Any], number: int) -> None:
        for i, state in enumerate(WasteDepositState):
            gone = state is WasteDepositState.REVERSED
            deposit = self.add(
                Deposit, account_id=account.id, facility_id=self.some(self.facilities).id, bag_code=self.maybe(self.text),
                state=state, mass=2_000, value=6_000, operator_share_bp=1_500, operator_share=900, credited=5_100,
                receipt_no=f"S-{number}-{i}", deposited_at=self.f.moment(), business_date=self.day(), posted_by=None,
                receipt_indonesian=self.text, receipt_english=self.text, reversed_at=self.f.moment() if gone else None,
                reason=self.text if gone else None, **whose,
            )  # fmt: skip
            self.add(
                DepositLine, deposit_id=deposit.id, category_id=self.kinds[1].id, intake_id=self.some(self.intakes).id,
                mass=2_000, price_per_kg=3_000, value=6_000, **whose,
            )  # fmt: skip
        asked = []
        for state in WasteWithdrawalState:
            approved, paid = state.name in ("APPROVED", "PAID"), state.name == "PAID"
            ended = state.name in ("REJECTED", "CANCELLED")
            asked.append(
                self.add(
                    Withdrawal, account_id=account.id, amount=1_000, method=self.some(WasteWithdrawalMethod), state=state,
                    requested_at=self.f.moment(), requested_by=account.id, approved_at=self.f.moment() if approved else None,
                    approved_by=deposit.id if approved else None, paid_at=self.f.moment() if paid else None,
                    reason=self.text if ended else None, ended_at=self.f.moment() if ended else None, **whose,
                )
            )  # fmt: skip
        first = self.add(
            LedgerEntry, account_id=account.id, number=1, kind=WasteLedgerKind.DEPOSIT, delta=5_100, balance_after=5_100,
            entered_at=self.f.moment(), business_date=self.day(), deposit_id=deposit.id, entered_by=None, **whose,
        )  # fmt: skip
        self.add(
            LedgerEntry, account_id=account.id, number=2, kind=WasteLedgerKind.REVERSAL, delta=-5_100, balance_after=0,
            entered_at=self.f.moment(), business_date=self.day(), deposit_id=deposit.id, reverses_id=first.id,
            entered_by=None, **whose,
        )  # fmt: skip
        payments = [row for row in self.f.made if isinstance(row, Payment) and row.reverses_id is None]
        paid = next(one for one in asked if one.state is WasteWithdrawalState.PAID)
        for place, more in enumerate(
            (
                {"kind": WasteLedgerKind.WITHDRAWAL, "withdrawal_id": paid.id},
                {"kind": WasteLedgerKind.FEE, "payment_id": self.some(payments).id},
            ),
            3,
        ):
            self.add(
                LedgerEntry, account_id=account.id, number=place, delta=-1_000, balance_after=9_000, entered_at=self.f.moment(),
                business_date=self.day(), entered_by=None, **more, **whose,
            )  # fmt: skip

    def complaints(self) -> None:
        self.reported = []
        for number, state in enumerate((*WasteComplaintState, *WasteComplaintState)):
            full = number % 2 == 0
            solved, closed = state.name in ("RESOLVED", "CLOSED"), state.name in ("CLOSED", "REJECTED")
            opened = self.f.moment()
            person = self.some(self.people) if number % 3 else None
            code = f"{self.f.village.code.replace('.', '')}-{number + 500:020d}"
            complaint = self.add(
                Complaint, tracking_code=code, kind=self.some(WasteComplaintKind), state=state, text=self.text,
                address=self.text if full else None, longitude=115.1 if full else None, latitude=-8.5 if full else None,
                point_id=self.some(self.served).id if full else None, resident_id=person.id if person else None,
                household_id=person.household_id if person else None, opened_at=opened, due_at=opened + timedelta(days=3),
                acknowledged_at=opened if number else None,
                resolved_at=opened + timedelta(days=self.some([1, 9])) if solved else None,
                closed_at=opened + timedelta(days=9) if closed else None, updated_at=self.f.moment(),
                public_text=self.text if full else None, public_note=self.text if full else None,
            )  # fmt: skip
            self.reported.append(complaint)
            for note in (None, self.text):
                self.add(
                    ComplaintStep, complaint_id=complaint.id, resident_id=complaint.resident_id, state=state, note=note,
                    at=self.f.moment(), by=None,
                )  # fmt: skip
            self.f.made.append(
                PublicComplaint(
                    village_id=self.f.village.id, id=complaint.id, tracking_code=code, kind=complaint.kind, state=state,
                    text=complaint.public_text, note=complaint.public_note, longitude=complaint.longitude,
                    latitude=complaint.latitude, opened_at=opened, due_at=complaint.due_at, updated_at=complaint.updated_at,
                    ended_at=complaint.closed_at,
                )
            )  # fmt: skip

    def reports(self) -> None:
        for number, state in enumerate(WasteReportState):
            sent, locked = state.name not in ("DRAFT", "RETURNED"), state.name == "LOCKED"
            self.add(
                PeriodReport, period=f"2026-0{number + 1}", revision=1, state=state, mapping_version="2026.1",
                figures={"é": 1, "mass": number} if sent else None, inputs_hash="ab" * 32 if sent else None,
                note=self.maybe(self.text), review_note=self.text if state.name == "RETURNED" else None,
                submitted_at=self.f.moment() if number else None, submitted_by=None,
                reviewed_at=self.f.moment() if number > 1 else None, locked_at=self.f.moment() if locked else None,
                late_at=self.f.moment() if locked else None,
            )  # fmt: skip
            self.f.made.append(
                PublicMonth(
                    village_id=self.f.village.id, period=f"2026-0{number + 1}", revision=1, mass_in=2000 + number,
                    reduced=900, handled=300, residue_out=800, points_surveyed=1, points_sorting=1, households=2,
                    households_served=1,
                )
            )  # fmt: skip
