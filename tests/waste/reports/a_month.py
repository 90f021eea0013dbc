"""A month of waste in one village, written down row by row: what dashboards and reports must say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from tests.waste.scene import a_facility

from wantilan import Grams, Rupiah, Unit, sort_key
from wantilan.registry.models import Household, HouseholdMember
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, World
from wantilan_waste.models import (
    Account,
    Batch,
    Category,
    Complaint,
    Deposit,
    Facility,
    FeePlan,
    Intake,
    Invoice,
    Payment,
    Route,
    Run,
    RunStop,
    Sale,
    SaleLine,
    ServicePoint,
    SourceSurvey,
    StopVisit,
    Subscription,
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
    WasteMeasure,
    WasteOrganicHandling,
    WastePaymentMethod,
    WastePointStatus,
    WastePpClass,
    WasteRunState,
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
from wantilan_waste.stock import move, standing_lot, take_in

PLANTED = "Ni Luh Rahasia"
"""Stands wherever a person could be named."""


@dataclass
class Month:
    """What tests need of it."""

    world: World
    period: str
    first: date
    last: date
    facility: UUID = field(default_factory=lambda: UUID(int=0))
    tokens: dict[str, str] = field(default_factory=dict)


def last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def noon(day: date) -> datetime:
    """Noon in Bali."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


async def a_month(world: World) -> Month:
    """Bengkel and its neighbour with the same month, the neighbour's twice as heavy."""
    await world.open(BENGKEL, "waste")
    await world.open(NEIGHBOUR, "waste")
    async with world.unit(BENGKEL) as unit:
        first, last = last_month(unit.today)
    made = Month(world, f"{first:%Y-%m}", first, last)
    for code, weight in ((BENGKEL, 1), (NEIGHBOUR, 2)):
        facility = await a_facility(world, code)
        homes = await homes_of(world, code, first)
        async with world.unit(code) as unit:
            await masses(unit, facility, first, weight)
            points = await visits(unit, homes, first)
            await money(unit, facility, points[0], homes[0], first)
        if code == BENGKEL:
            made.facility = facility.id
    for name, role, place in (
        ("operator", "village_operator", BENGKEL),
        ("perbekel", "perbekel", BENGKEL),
        ("tps3r", "waste_tps3r_operator", BENGKEL),
        ("collector", "waste_collector", BENGKEL),
        ("teller", "waste_bank_teller", BENGKEL),
        ("agency", "agency_officer", TABANAN),
        ("neighbour", "village_operator", NEIGHBOUR),
    ):
        made.tokens[name] = await world.token(role, place)
    return made


async def homes_of(world: World, code: str, first: date) -> list[Household]:
    """Four households that were there before the month; a resident with the planted name in each."""
    hamlet = await world.hamlet(code)
    homes = [await world.household(code, hamlet) for _ in range(4)]
    for number, home in enumerate(homes, start=1):
        await world.resident(code, hamlet, home, name=PLANTED, serial=number)
    async with world.unit(code) as unit:
        for home in await unit.all(Household):
            home.registered_on, home.address = first - timedelta(days=400), PLANTED
        for member in await unit.all(HouseholdMember):
            member.since = first - timedelta(days=400)
    return homes


async def masses(unit: Unit, facility: Facility, first: date, weight: int) -> None:
    """75 kg in, 60 of them weighed; 30 composted, 20 sorted, 12 sold, 8 to the landfill; times `weight`."""
    food = category("organik", WasteStream.ORGANIK, WasteSipsnClass.SISA_MAKANAN, WastePpClass.MUDAH_TERURAI)
    plastic = category(
        "plastik", WasteStream.ANORGANIK, WasteSipsnClass.PLASTIK, WastePpClass.DAPAT_DIDAUR_ULANG
    )
    await unit.add(food, plastic)
    day, at = first + timedelta(days=2), noon(first + timedelta(days=2))
    for stream, grams, method, of in (
        (WasteStream.ORGANIK, 40_000, WasteMeasure.WEIGHED, food),
        (WasteStream.ANORGANIK, 20_000, WasteMeasure.WEIGHED, None),
        (WasteStream.RESIDU, 10_000, WasteMeasure.VOLUME, None),
        (WasteStream.RESIDU, 5_000, WasteMeasure.ESTIMATE, None),
    ):
        await take_in(unit, intake(facility, stream, grams * weight, method, day, of), of)
    compost = await batch(unit, facility, WasteBatchKind.COMPOST, day, 30_000 * weight, 9_000 * weight)
    sorting = await batch(unit, facility, WasteBatchKind.SORT, day, 20_000 * weight, 18_000 * weight)
    organic = await standing_lot(unit, facility.id, WasteStream.ORGANIK, food)
    await move(unit, organic, -30_000 * weight, WasteStockReason.OUT, at=at, batch=compost)
    await move(unit, organic, 9_000 * weight, WasteStockReason.IN, at=at, batch=compost)
    mixed = await standing_lot(unit, facility.id, WasteStream.ANORGANIK)
    await move(unit, mixed, -20_000 * weight, WasteStockReason.OUT, at=at, batch=sorting)
    bales = await standing_lot(unit, facility.id, WasteStream.ANORGANIK, plastic)
    await move(unit, bales, 18_000 * weight, WasteStockReason.IN, at=at, batch=sorting)
    sale = Sale(
        facility_id=facility.id, buyer=PLANTED, receipt_no=f"J-{weight}", sold_at=at, business_date=day,
        mass=Grams(12_000 * weight), value=Rupiah(24_000 * weight),
    )  # fmt: skip
    await unit.add(sale)
    line = SaleLine(
        sale_id=sale.id, facility_id=facility.id, business_date=day, stream=WasteStream.ANORGANIK,
        method=WasteMeasure.WEIGHED, lot_id=bales.id, category_id=plastic.id, mass=Grams(12_000 * weight),
        price_per_kg=Rupiah(2_000), value=Rupiah(24_000 * weight),
    )  # fmt: skip
    await unit.add(line)
    await move(unit, bales, -12_000 * weight, WasteStockReason.SALE, at=at, sale_line=line)
    rest = await standing_lot(unit, facility.id, WasteStream.RESIDU)
    trip = Trip(
        facility_id=facility.id, lot_id=rest.id, kind=WasteTripKind.RESIDUE, stream=WasteStream.RESIDU,
        destination="TPA Mandung", vehicle="DK 8000 X", ticket_no="=1+1", mass=Grams(8_000 * weight),
        method=WasteMeasure.WEIGHED, left_at=at, business_date=day,
    )  # fmt: skip
    await unit.add(trip)
    await move(unit, rest, -8_000 * weight, WasteStockReason.RESIDUE, at=at, trip=trip)


def category(code: str, stream: WasteStream, sipsn: WasteSipsnClass, pp: WastePpClass) -> Category:
    return Category(
        code=code, name_id=code, name_en=code, stream=stream, sipsn_class=sipsn, pp_class=pp,
        accepted_by_bank=stream is WasteStream.ANORGANIK, active=True,
    )  # fmt: skip


def intake(
    facility: Facility,
    stream: WasteStream,
    grams: int,
    method: WasteMeasure,
    day: date,
    of: Category | None = None,
) -> Intake:
    weighed, by_volume = method is WasteMeasure.WEIGHED, method is WasteMeasure.VOLUME
    return Intake(
        facility_id=facility.id, stream=stream, source_class=WasteSourceClass.RUMAH_TANGGA, method=method,
        gross_grams=Grams(grams) if weighed else None, tare_grams=Grams(0) if weighed else None,
        millilitres=grams if by_volume else None, grams_per_litre=1_000 if by_volume else None,
        mass_grams=Grams(grams), category_id=of.id if of else None, weighed_at=noon(day), business_date=day,
    )  # fmt: skip


async def batch(
    unit: Unit,
    facility: Facility,
    kind: WasteBatchKind,
    day: date,
    taken: int,
    output: int,
    *,
    label: str | None = None,
) -> Batch:
    made = Batch(
        facility_id=facility.id, label=label or kind.name, kind=kind, state=WasteBatchState.FINISHED, started_on=day,
        finished_at=noon(day), finished_on=day, input=Grams(taken), output=Grams(output),
        loss=Grams(taken - output), note=PLANTED,
    )  # fmt: skip
    await unit.add(made)
    return made


async def visits(unit: Unit, homes: list[Household], first: date) -> list[ServicePoint]:
    """Four households and a stall. One run: two collected, one in part, one rejected, one not put out. Two
    points were surveyed, one of them twice: the later survey counts.
    """
    points = [point(home.hamlet_id, first, home) for home in homes]
    points.append(point(homes[0].hamlet_id, first, None))
    route = Route(name="Timur", active=True)
    await unit.add(route, *points)
    day = first + timedelta(days=3)
    run = Run(
        route_id=route.id, stream=WasteStream.ORGANIK, day=day, state=WasteRunState.CLOSED,
        vehicle="DK 8000 X", started_at=noon(day), finished_at=noon(day), weighed_at=noon(day), closed_at=noon(day),
    )  # fmt: skip
    await unit.add(run)
    outcomes = (
        (WasteStopOutcome.COLLECTED, 3), (WasteStopOutcome.COLLECTED, 1), (WasteStopOutcome.REJECTED_UNSORTED, 0),
        (WasteStopOutcome.NOT_PUT_OUT, None), (WasteStopOutcome.PARTIAL, 2),
    )  # fmt: skip
    for number, (stop, (outcome, quality)) in enumerate(zip(points, outcomes, strict=True), start=1):
        planned = RunStop(run_id=run.id, day=day, position=number, point_id=stop.id)
        await unit.add(planned)
        await unit.add(
            StopVisit(
                run_id=run.id, stop_id=planned.id, point_id=stop.id, household_id=stop.household_id,
                stream=run.stream, day=day, outcome=outcome, sort_quality=quality, feedback=PLANTED,
                visited_at=noon(day), device=f"d{first:%m}", device_seq=number,
            )
        )  # fmt: skip
    for who, when, sorting, handling in (
        (points[0], first, False, WasteOrganicHandling.TIDAK_ADA),
        (points[0], first + timedelta(days=5), True, WasteOrganicHandling.TEBA_MODERN),
        (points[1], first, False, WasteOrganicHandling.TIDAK_ADA),
    ):
        await unit.add(
            SourceSurvey(
                point_id=who.id, household_id=who.household_id, day=when, is_sorting=sorting,
                organic_handling=handling,
            )
        )  # fmt: skip
    return points


def point(hamlet: UUID, first: date, home: Household | None) -> ServicePoint:
    return ServicePoint(
        code=f"{home.id.hex if home else 'stall'}", code_since=noon(first),
        household_id=home.id if home else None, business_name=None if home else PLANTED,
        label=PLANTED, label_key=sort_key(PLANTED), hamlet_id=hamlet,
        source_class=WasteSourceClass.RUMAH_TANGGA if home else WasteSourceClass.WARUNG_TOKO,
        people=4 if home else 2, organic_handling=WasteOrganicHandling.TIDAK_ADA,
        status=WastePointStatus.ACTIVE, opened_on=first - timedelta(days=30), instructions=PLANTED,
    )  # fmt: skip


async def money(unit: Unit, facility: Facility, stop: ServicePoint, home: Household, first: date) -> None:
    """30,000 invoiced, 10,000 paid of it and 5,000 paid and reversed; two complaints, one resolved in time and
    one late; 6,000 credited at the bank and 1,000 paid out.
    """
    day = first + timedelta(days=4)
    plan = FeePlan(
        name="Rumah", amount=Rupiah(30_000), period=WasteFeePeriod.MONTHLY, valid_from=first,
        legal_basis="Perdes 1/2025",
    )  # fmt: skip
    await unit.add(plan)
    under = Subscription(
        point_id=stop.id, plan_id=plan.id, household_id=home.id, state=WasteSubscriptionState.ACTIVE,
        start_on=first, credit=Rupiah(0),
    )  # fmt: skip
    await unit.add(under)
    await unit.add(
        Invoice(
            subscription_id=under.id, point_id=stop.id, household_id=home.id, hamlet_id=stop.hamlet_id,
            period=f"{first:%Y-%m}", amount=Rupiah(30_000), paid=Rupiah(10_000), waived=Rupiah(0),
            rest=Rupiah(20_000), issued_on=first, due_on=day, state=WasteInvoiceState.PARTIAL,
        )
    )  # fmt: skip
    paid = [payment(under, home, amount, number, day) for number, amount in enumerate((10_000, 5_000))]
    await unit.add(*paid)
    back = payment(under, home, 5_000, 2, day)
    back.reverses_id, back.reason = paid[1].id, PLANTED
    await unit.add(back)
    for number, (late, kind) in enumerate(
        ((False, WasteComplaintKind.MISSED_PICKUP), (True, WasteComplaintKind.BURNING))
    ):
        opened = noon(day)
        await unit.add(
            Complaint(
                tracking_code=f"K{number}", kind=kind, state=WasteComplaintState.RESOLVED, text=PLANTED,
                household_id=home.id, opened_at=opened, due_at=opened + timedelta(days=3),
                resolved_at=opened + timedelta(days=5 if late else 1), updated_at=opened,
            )
        )  # fmt: skip
    account = Account(
        number="B-1", kind=WasteAccountKind.INDIVIDUAL, household_id=home.id, state=WasteAccountState.ACTIVE,
        opened_on=first, balance=Rupiah(0), reserved=Rupiah(0), entries=0,
    )  # fmt: skip
    await unit.add(account)
    await unit.add(
        Deposit(
            account_id=account.id, household_id=home.id, facility_id=facility.id, mass=Grams(4_000),
            state=WasteDepositState.POSTED, value=Rupiah(8_000), operator_share_bp=2_500,
            operator_share=Rupiah(2_000), credited=Rupiah(6_000), receipt_no="S-1", deposited_at=noon(day),
            business_date=day, receipt_indonesian=PLANTED, receipt_english=PLANTED,
        ),
        Withdrawal(
            account_id=account.id, household_id=home.id, amount=Rupiah(1_000),
            method=WasteWithdrawalMethod.CASH, state=WasteWithdrawalState.PAID, requested_at=noon(day),
            requested_by=UUID(int=1), approved_at=noon(day), approved_by=UUID(int=2), paid_at=noon(day),
            paid_by=UUID(int=2),
        ),
    )  # fmt: skip


def payment(under: Subscription, home: Household, amount: int, number: int, day: date) -> Payment:
    return Payment(
        subscription_id=under.id, household_id=home.id, amount=Rupiah(amount), unused=Rupiah(0),
        method=WastePaymentMethod.CASH, receipt_no=f"R-{number}", paid_at=noon(day), business_date=day,
    )  # fmt: skip
