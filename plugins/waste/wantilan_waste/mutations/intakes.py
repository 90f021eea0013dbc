"""What a facility takes in is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from wantilan import (
    File,
    Household,
    Info,
    Judge,
    NotFound,
    Text,
    Village,
    WriteUnit,
    mutation,
    read_code,
    ref,
    tables,
    take_file,
)

from ..files import PHOTO
from ..messages import RECEIVED
from ..models import Category, Facility, Intake, Run, ServicePoint, WasteMeasure, WasteStream
from ..permissions import RECORD
from ..rules.categories import RETIRED
from ..rules.measuring import Measured, density_fault, mass_of, measure_faults
from ..running import weigh_run
from ..settings import WasteSettings
from ..stock import take_in
from ..telling import tell_household
from ..types.categories import WasteCategory
from ..types.facilities import WasteFacility
from ..types.intakes import WasteIntake
from ..types.runs import WasteRun
from .intake_input import WasteRecordIntakeInput, WasteRecordIntakePayload
from .judging import found, judge_moment

CLOSED = Text("Fasilitas ini sudah ditutup pada hari itu.", "The facility was closed on that day.")
RUN_OF_OTHER_STREAM = Text("Pengangkutan dari aliran lain.", "The run is of another stream.")
NO_SUCH_POINT = Text("Bukan kode titik layanan di desa ini.", "Not the code of a service point here.")
OTHER_STREAM = Text("Kategori dari aliran lain.", "The category is of another stream.")


@mutation(needs=RECORD)
async def waste_record_intake(info: Info, input: WasteRecordIntakeInput) -> WasteRecordIntakePayload:
    """Record what a facility took in, and put it into its stock."""
    judge = Judge(input)
    place, home = judge.key(WasteFacility, "facility_id"), judge.key(Household, "household_id")
    photo_key, category_key = judge.key(File, "photo_id"), judge.key(WasteCategory, "category_id")
    run_key = judge.key(WasteRun, "run_id")
    measured = _judge_measured(judge, input)
    judge_moment(judge, "weighed_at", input.weighed_at)
    if place is None:
        judge.check()
        raise NotFound
    async with info.context.write(place.village_id) as unit:
        facility = await unit.get(Facility, place.id)
        household = (
            await unit.get(tables.Household, home.id) if home and home.village == unit.village.id else None
        )
        category = (
            await unit.get(Category, category_key.id)
            if category_key and category_key.village == unit.village.id
            else None
        )
        run = await found(unit, Run, run_key, lock=True) if run_key is not None else None
        point = await _point(unit, judge, input.point_code) if input.point_code is not None else None
        weighed_at = input.weighed_at if input.weighed_at and judge.good("weighed_at") else unit.now
        _judge_facility(judge, facility, unit.business_date(weighed_at))
        _judge_category(judge, category, input.stream)
        if run is not None and run.stream is not input.stream:
            judge.refuse("run_id", "OTHER_STREAM", RUN_OF_OTHER_STREAM)
        density = None
        if input.method is WasteMeasure.VOLUME:
            density = await _density(unit, category)
            if judge.good("millilitres") and (fault := density_fault(measured, density)):
                judge.refuse(*fault)
        judge.check()
        missing = (home is not None and household is None) or (category_key is not None and category is None)
        if facility is None or missing:
            raise NotFound
        if household is None and point is not None and point.household_id is not None:
            household = await unit.get(tables.Household, point.household_id)
        if run is not None:
            await weigh_run(unit, run, weighed_at)
        photo = None
        if photo_key is not None:
            photo = await take_file(
                unit, photo_key, kind=PHOTO, household=household.id if household else None
            )
        intake = Intake(
            facility_id=facility.id,
            household_id=household.id if household else None,
            category_id=category.id if category else None,
            run_id=run.id if run else None,
            point_id=point.id if point else None,
            stream=input.stream,
            source_class=input.source_class,
            method=input.method,
            gross_grams=input.gross,
            tare_grams=measured.tare,
            millilitres=input.millilitres,
            grams_per_litre=density,
            pieces=input.pieces,
            grams_per_piece=input.grams_per_piece,
            mass_grams=mass_of(measured, density),
            weighed_at=weighed_at,
            business_date=unit.business_date(weighed_at),
            photo_id=photo.id if photo else None,
            recorded_by=unit.actor_id,
        )
        await take_in(unit, intake, category)
        unit.announce("waste.intake_recorded", intake=intake.id, facility=facility.id)
        if household is not None and (await unit.settings(WasteSettings)).notify_households:
            await tell_household(
                unit,
                household.id,
                RECEIVED,
                facility=facility.name,
                mass=intake.mass_grams,
                day=intake.business_date,
            )
        village = await unit.own_village()
    return WasteRecordIntakePayload(
        intake=ref(WasteIntake, intake), facility=ref(WasteFacility, facility), village=ref(Village, village)
    )


def _judge_measured(judge: Judge, input: WasteRecordIntakeInput) -> Measured:
    """What was measured, with every fault that can be told before anything is read."""
    given = {
        name: getattr(input, name) if judge.good(name) else None
        for name in ("gross", "tare", "millilitres", "pieces", "grams_per_piece", "mass")
    }
    measured = Measured(input.method, **given)
    for fault in measure_faults(measured):
        if judge.good(fault[0]):
            judge.refuse(*fault)
    return measured if input.method is WasteMeasure.WEIGHED else replace(measured, tare=None)


def _judge_facility(judge: Judge, facility: Facility | None, day: date) -> None:
    if facility is not None and facility.closed_on is not None and facility.closed_on < day:
        judge.refuse("facility_id", "CLOSED", CLOSED)


def _judge_category(judge: Judge, category: Category | None, stream: WasteStream) -> None:
    if category is None:
        return
    if category.stream is not stream:
        judge.refuse("category_id", "OTHER_STREAM", OTHER_STREAM)
    elif not category.active:
        judge.refuse("category_id", "RETIRED", RETIRED)


async def _point(unit: WriteUnit, judge: Judge, text: str) -> ServicePoint | None:
    """The point that a scanned or typed code says; a fault is noted if it is none here."""
    read = read_code(text)
    if read is not None and read[0] == unit.village.code:
        point = await unit.first(ServicePoint, ServicePoint.code == read[1])
        if point is not None:
            return point
    judge.refuse("point_code", "NO_SUCH_POINT", NO_SUCH_POINT)
    return None


async def _density(unit: WriteUnit, category: Category | None) -> int | None:
    """That of the category, else that of the village, in grams per litre."""
    if category is not None and category.grams_per_litre is not None:
        return category.grams_per_litre
    return (await unit.settings(WasteSettings)).grams_per_litre


MUTATIONS = (waste_record_intake,)
