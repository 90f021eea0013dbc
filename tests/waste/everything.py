"""A row, or a few that belong together, in every table of the waste program: all about one household."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from wantilan import Grams, GramsChange, Rupiah, RupiahChange, Unit, new_code, sort_key, uuid7
from wantilan.registry.models import File, FileState, Household, Resident
from wantilan_waste.models import (
    Account,
    Batch,
    Category,
    Complaint,
    ComplaintPhoto,
    ComplaintStep,
    Counter,
    Deposit,
    DepositLine,
    Facility,
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
    WasteFacilityKind,
    WasteFeePeriod,
    WasteInvoiceState,
    WasteLedgerKind,
    WasteMeasure,
    WasteOrganicHandling,
    WastePaymentMethod,
    WastePointStatus,
    WastePpClass,
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

TELLER, CHIEF, SAVER = UUID(int=11), UUID(int=12), UUID(int=13)
"""Actors; by id alone, so that what they did stands there without them."""
PRICE = 3000


async def everything(unit: Unit, household: Household, resident: Resident) -> None:
    """`resident` belongs to the household, saves for himself and has complained. Written as it stands: no rule
    of a mutation is asked, only the database's own.
    """
    facility, plastic = await _facility(unit)
    point = await _point(unit, household, resident)
    run = await _collection(unit, household, resident, point)
    intake = await _stock(unit, facility, plastic, household, run, point)
    payment = await _fees(unit, household, point)
    await _bank(unit, facility, plastic, intake, household, resident, payment)
    await _complaint(unit, household, resident, point)
    await unit.add(
        PeriodReport(
            period=_month(unit), revision=1, state=WasteReportState.SUBMITTED, mapping_version="2026.1",
            figures={"mass": 2000}, inputs_hash="02" * 32, note="Bulan biasa", submitted_at=unit.now,
            submitted_by=TELLER,
        ),
        PublicMonth(
            period=_month(unit), revision=1, mass_in=Grams(2000), reduced=Grams(500), handled=Grams(500),
            residue_out=Grams(1000), points_surveyed=1, points_sorting=1, households=1, households_served=1,
        ),
    )  # fmt: skip


def _month(unit: Unit) -> str:
    return unit.today.isoformat()[:7]


def photo(unit: Unit, resident: Resident, kind: str) -> File:
    """A file about him whose content is gone already."""
    return File(
        village_id=unit.village.id, id=uuid7(), kind=kind, program="waste", opens="waste.visit.read",
        household=True, state=FileState.GONE, created_at=unit.now, resident_id=resident.id,
    )  # fmt: skip


async def _facility(unit: Unit) -> tuple[Facility, Category]:
    facility = Facility(
        name="TPS3R Semua", kind=WasteFacilityKind.TPS3R, longitude=115.1, latitude=-8.5, opened_on=unit.today,
        address="Banjar Contoh", area_square_metres=400, daily_capacity=Grams(2_000_000), staff=4,
    )  # fmt: skip
    common: dict[str, Any] = {
        "stream": WasteStream.ANORGANIK, "sipsn_class": WasteSipsnClass.PLASTIK,
        "pp_class": WastePpClass.DAPAT_DIDAUR_ULANG, "active": True,
    }  # fmt: skip
    above = Category(
        code="PLASTIK",
        name_id="Plastik",
        name_en="Plastic",
        accepted_by_bank=False,
        grams_per_litre=30,
        **common,
    )
    await unit.add(facility, above)
    plastic = Category(
        code="PET", name_id="Botol PET", name_en="PET bottles", accepted_by_bank=True, resin=1,
        parent_id=above.id, **common,
    )  # fmt: skip
    await unit.add(plastic)
    await unit.add(Counter(name="deposit", year=unit.today.year, last=1))
    return facility, plastic


async def _point(unit: Unit, household: Household, resident: Resident) -> ServicePoint:
    label = f"Rumah {resident.full_name}"
    point = ServicePoint(
        code=new_code(unit.village.code, 20), code_since=unit.now, household_id=household.id, label=label,
        label_key=sort_key(label), hamlet_id=household.hamlet_id, source_class=WasteSourceClass.RUMAH_TANGGA,
        people=4, longitude=115.1, latitude=-8.5, instructions=f"Panggil {resident.full_name}",
        organic_handling=WasteOrganicHandling.TEBA_MODERN, status=WastePointStatus.ACTIVE, opened_on=unit.today,
    )  # fmt: skip
    business = ServicePoint(
        code=new_code(unit.village.code, 20), code_since=unit.now, business_name="Warung Contoh",
        label="Warung Contoh", label_key=sort_key("Warung Contoh"), hamlet_id=household.hamlet_id,
        source_class=WasteSourceClass.WARUNG_TOKO, organic_handling=WasteOrganicHandling.TIDAK_ADA,
        status=WastePointStatus.CLOSED, opened_on=unit.today, closed_on=unit.today,
    )  # fmt: skip
    await unit.add(point, business)
    await unit.add(
        SourceSurvey(
            point_id=point.id, household_id=household.id, day=unit.today, is_sorting=True,
            organic_handling=WasteOrganicHandling.TEBA_MODERN, single_use_plastic=False, recorded_by=TELLER,
        )
    )  # fmt: skip
    return point


async def _collection(unit: Unit, household: Household, resident: Resident, point: ServicePoint) -> Run:
    route = Route(name="Rute Utara", vehicle="Pikap", active=True)
    await unit.add(route)
    schedule = Schedule(
        route_id=route.id, stream=WasteStream.ANORGANIK, rrule="FREQ=WEEKLY;BYDAY=MO", starts_on=unit.today,
        window_start=360, window_end=540, changed_at=unit.now,
    )  # fmt: skip
    await unit.add(RouteStop(route_id=route.id, position=1, point_id=point.id), schedule)
    run = Run(
        route_id=route.id, schedule_id=schedule.id, stream=WasteStream.ANORGANIK, day=unit.today, vehicle="Pikap",
        crew=2, window_start=360, window_end=540, state=WasteRunState.STARTED, started_at=unit.now,
        started_by=TELLER,
    )  # fmt: skip
    await unit.add(
        ScheduleDate(
            schedule_id=schedule.id, day=unit.today, kind=WasteScheduleDateKind.EXTRA, reason="Galungan"
        ),
        Pickup(
            schedule_id=schedule.id, route_id=route.id, stream=WasteStream.ANORGANIK, day=unit.today,
            window_start=360, window_end=540,
        ),
        Feed(
            secret_hash=b"\x03" * 32, point_id=point.id, household_id=household.id, made_at=unit.now,
            made_by=TELLER,
        ),
        run,
    )  # fmt: skip
    stop = RunStop(run_id=run.id, day=run.day, position=1, point_id=point.id)
    picture = photo(unit, resident, "waste.visit.photo")
    await unit.add(stop, picture)
    await unit.add(
        StopVisit(
            run_id=run.id, stop_id=stop.id, point_id=point.id, household_id=household.id, stream=run.stream,
            day=run.day, outcome=WasteStopOutcome.REJECTED_UNSORTED, sort_quality=0, mass=Grams(900),
            photo_id=picture.id, feedback=f"{resident.full_name}: pilah dahulu", visited_at=unit.now,
            device="hp-1", device_seq=1, recorded_by=TELLER,
        )
    )  # fmt: skip
    return run


async def _stock(
    unit: Unit, facility: Facility, plastic: Category, household: Household, run: Run, point: ServicePoint
) -> Intake:
    """2,000 grams come in, 500 are sorted, of which 100 are lost, 600 sold and 400 go to the landfill."""
    intake = Intake(
        facility_id=facility.id, household_id=household.id, stream=WasteStream.ANORGANIK,
        source_class=WasteSourceClass.RUMAH_TANGGA, gross_grams=Grams(2100), tare_grams=Grams(100),
        mass_grams=Grams(2000), weighed_at=unit.now, business_date=unit.today, category_id=plastic.id,
        run_id=run.id, point_id=point.id, method=WasteMeasure.WEIGHED, recorded_by=TELLER,
    )  # fmt: skip
    lot = Lot(
        facility_id=facility.id, label="PET", stream=WasteStream.ANORGANIK, category_id=plastic.id,
        stock=Grams(900), movements=5, opened_on=unit.today,
    )  # fmt: skip
    batch = Batch(
        facility_id=facility.id, label="P-1", kind=WasteBatchKind.SORT, state=WasteBatchState.FINISHED,
        started_on=unit.today, finished_at=unit.now, finished_on=unit.today, input=Grams(500), output=Grams(400),
        loss=Grams(100), note="Hujan",
    )  # fmt: skip
    sale = Sale(
        facility_id=facility.id, buyer="Pengepul Contoh", receipt_no="J-1", sold_at=unit.now,
        business_date=unit.today, paid_on=unit.today, mass=Grams(600), value=Rupiah(1800), recorded_by=TELLER,
    )  # fmt: skip
    trip = Trip(
        facility_id=facility.id, kind=WasteTripKind.RESIDUE, destination="TPA Contoh", vehicle="Truk",
        ticket_no="T-1", stream=WasteStream.ANORGANIK, mass=Grams(400), method=WasteMeasure.WEIGHED,
        left_at=unit.now, business_date=unit.today, recorded_by=TELLER, lot_id=uuid4(),
    )  # fmt: skip
    await unit.add(intake, lot, batch, sale)
    line = SaleLine(
        sale_id=sale.id, facility_id=facility.id, business_date=unit.today, lot_id=lot.id,
        category_id=plastic.id, stream=lot.stream, method=WasteMeasure.WEIGHED, mass=Grams(600),
        price_per_kg=Rupiah(PRICE), value=Rupiah(1800),
    )  # fmt: skip
    trip.lot_id = lot.id
    await unit.add(line, trip)
    stock = 0
    for number, (delta, reason, more) in enumerate(
        (
            (2000, WasteStockReason.IN, {"intake_id": intake.id}),
            (-500, WasteStockReason.OUT, {"batch_id": batch.id}),
            (400, WasteStockReason.IN, {"batch_id": batch.id}),
            (-600, WasteStockReason.SALE, {"sale_line_id": line.id}),
            (-400, WasteStockReason.RESIDUE, {"trip_id": trip.id, "note": "Penuh"}),
        ),
        1,
    ):
        stock += delta
        await unit.add(
            StockMovement(
                lot_id=lot.id, facility_id=facility.id, stream=lot.stream, method=WasteMeasure.WEIGHED,
                number=number, delta=GramsChange(delta), stock_after=Grams(stock), reason=reason,
                happened_at=unit.now, business_date=unit.today, recorded_by=TELLER, **more,
            )
        )  # fmt: skip
    return intake


async def _fees(unit: Unit, household: Household, point: ServicePoint) -> Payment:
    """Of 20,000 rupiah the household has paid 5,000."""
    plan = FeePlan(
        name="Rumah tangga", amount=Rupiah(20_000), period=WasteFeePeriod.MONTHLY, valid_from=unit.today,
        legal_basis="Perdes 3/2025",
    )  # fmt: skip
    await unit.add(plan)
    subscription = Subscription(
        point_id=point.id, plan_id=plan.id, household_id=household.id, state=WasteSubscriptionState.ACTIVE,
        start_on=unit.today, exempt_reason="Kata I Wayan Contoh", credit=Rupiah(0),
    )  # fmt: skip
    await unit.add(FeePlanClass(plan_id=plan.id, source_class=WasteSourceClass.RUMAH_TANGGA), subscription)
    invoice = Invoice(
        subscription_id=subscription.id, point_id=point.id, household_id=household.id,
        hamlet_id=household.hamlet_id, period=_month(unit), amount=Rupiah(20_000), paid=Rupiah(5_000),
        waived=Rupiah(0), rest=Rupiah(15_000), issued_on=unit.today, due_on=unit.today + timedelta(days=10),
        state=WasteInvoiceState.PARTIAL, reason="Kata I Wayan Contoh",
    )  # fmt: skip
    common: dict[str, Any] = {
        "subscription_id": subscription.id, "household_id": household.id, "amount": Rupiah(5_000),
        "unused": Rupiah(0), "paid_at": unit.now, "business_date": unit.today, "collected_by": TELLER,
    }  # fmt: skip
    wrong = Payment(receipt_no="I-1", method=WastePaymentMethod.CASH, **common)
    await unit.add(
        SubscriptionPause(
            subscription_id=subscription.id, household_id=household.id, first_day=unit.today, last_day=unit.today
        ),
        invoice,
        wrong,
    )  # fmt: skip
    back = Payment(
        receipt_no="I-2", method=WastePaymentMethod.CASH, reverses_id=wrong.id, reason="Bukan I Wayan Contoh",
        **common,
    )  # fmt: skip
    payment = Payment(receipt_no="I-3", method=WastePaymentMethod.BANK_SAMPAH_BALANCE, **common)
    await unit.add(back, payment)
    for one in (wrong, back, payment):
        await unit.add(
            PaymentPart(
                payment_id=one.id, invoice_id=invoice.id, household_id=household.id, amount=Rupiah(5_000)
            )
        )
    return payment


async def _bank(
    unit: Unit,
    facility: Facility,
    plastic: Category,
    intake: Intake,
    household: Household,
    resident: Resident,
    payment: Payment,
) -> None:
    """Two deposits of 6,000, one of them taken back; 1,000 were paid out and 5,000 went into the fee."""
    mine = {"resident_id": resident.id}
    account = Account(
        number="R-1", kind=WasteAccountKind.INDIVIDUAL, state=WasteAccountState.ACTIVE, opened_on=unit.today,
        balance=Rupiah(0), reserved=Rupiah(0), entries=5, entered_at=unit.now, **mine,
    )  # fmt: skip
    of_house = Account(
        number="R-2", kind=WasteAccountKind.INDIVIDUAL, household_id=household.id, state=WasteAccountState.ACTIVE,
        opened_on=unit.today, balance=Rupiah(0), reserved=Rupiah(0), entries=0,
    )  # fmt: skip
    of_group = Account(
        number="R-3", kind=WasteAccountKind.COLLECTIVE, group_name="STT Contoh", state=WasteAccountState.CLOSED,
        opened_on=unit.today, closed_on=unit.today, balance=Rupiah(0), reserved=Rupiah(0), entries=0,
    )  # fmt: skip
    await unit.add(
        account, of_house, of_group, Tariff(category_id=plastic.id),
        PriceItem(
            category_id=plastic.id, price_per_kg=Rupiah(PRICE), effective_from=unit.now, set_by=TELLER
        ),
    )  # fmt: skip
    deposits = []
    for number, state in enumerate((WasteDepositState.POSTED, WasteDepositState.REVERSED), 1):
        gone = state is WasteDepositState.REVERSED
        deposit = Deposit(
            account_id=account.id, facility_id=facility.id, bag_code=f"WAYAN-{number}", state=state,
            mass=Grams(2000), value=Rupiah(6000), operator_share_bp=0, operator_share=Rupiah(0),
            credited=Rupiah(6000), receipt_no=f"S-{number}", deposited_at=unit.now, business_date=unit.today,
            posted_by=TELLER, receipt_indonesian="Rekening R-1", receipt_english="Account R-1",
            reversed_at=unit.now if gone else None, reversed_by=TELLER if gone else None,
            reason="Bukan I Wayan Contoh" if gone else None, **mine,
        )  # fmt: skip
        await unit.add(deposit)
        await unit.add(
            DepositLine(
                deposit_id=deposit.id, category_id=plastic.id, intake_id=intake.id, mass=Grams(2000),
                price_per_kg=Rupiah(PRICE), value=Rupiah(6000), **mine,
            )
        )  # fmt: skip
        deposits.append(deposit)
    asked: dict[str, Any] = {
        "account_id": account.id, "amount": Rupiah(1000), "method": WasteWithdrawalMethod.CASH,
        "requested_at": unit.now, "requested_by": SAVER, **mine,
    }  # fmt: skip
    paid = Withdrawal(
        state=WasteWithdrawalState.PAID, approved_at=unit.now, approved_by=CHIEF, paid_at=unit.now,
        paid_by=TELLER, **asked,
    )  # fmt: skip
    refused = Withdrawal(
        state=WasteWithdrawalState.REJECTED, reason="Kata I Wayan Contoh", ended_at=unit.now, ended_by=CHIEF,
        **asked,
    )  # fmt: skip
    await unit.add(paid, refused)
    balance, first = 0, None
    for number, (kind, delta, more) in enumerate(
        (
            (WasteLedgerKind.DEPOSIT, 6000, {"deposit_id": deposits[1].id}),
            (WasteLedgerKind.REVERSAL, -6000, {"deposit_id": deposits[1].id}),
            (WasteLedgerKind.DEPOSIT, 6000, {"deposit_id": deposits[0].id}),
            (WasteLedgerKind.WITHDRAWAL, -1000, {"withdrawal_id": paid.id}),
            (WasteLedgerKind.FEE, -5000, {"payment_id": payment.id}),
        ),
        1,
    ):
        balance += delta
        entry = LedgerEntry(
            account_id=account.id, number=number, kind=kind, delta=RupiahChange(delta),
            balance_after=Rupiah(balance), entered_at=unit.now, business_date=unit.today, entered_by=TELLER,
            reverses_id=first if kind is WasteLedgerKind.REVERSAL else None, **mine, **more,
        )  # fmt: skip
        await unit.add(entry)
        first = first or entry.id


async def _complaint(unit: Unit, household: Household, resident: Resident, point: ServicePoint) -> None:
    code = new_code(unit.village.code, 20)
    complaint = Complaint(
        tracking_code=code, kind=WasteComplaintKind.MISSED_PICKUP, state=WasteComplaintState.ACKNOWLEDGED,
        text="Kata I Wayan Contoh", address="Jalan Contoh 1", longitude=115.1, latitude=-8.5, point_id=point.id,
        resident_id=resident.id, household_id=household.id, opened_at=unit.now,
        due_at=unit.now + timedelta(days=3), acknowledged_at=unit.now, updated_at=unit.now,
        public_text="Tidak diangkut", public_note="Sedang dicek",
    )  # fmt: skip
    picture = photo(unit, resident, "waste.complaint.photo")
    await unit.add(complaint, picture)
    mine = {"resident_id": resident.id}
    await unit.add(
        ComplaintStep(
            complaint_id=complaint.id, state=complaint.state, note="Telepon I Wayan Contoh", at=unit.now,
            by=TELLER, **mine,
        ),
        ComplaintPhoto(complaint_id=complaint.id, file_id=picture.id, **mine),
        PublicComplaint(
            id=complaint.id, tracking_code=code, kind=complaint.kind, state=complaint.state,
            text=complaint.public_text, note=complaint.public_note, longitude=115.1, latitude=-8.5,
            opened_at=unit.now, due_at=complaint.due_at, updated_at=unit.now,
        ),
    )  # fmt: skip
