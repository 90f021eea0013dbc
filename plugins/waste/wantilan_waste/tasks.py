"""What the waste program writes out when somebody asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, Field

from wantilan import NotFound, RuleViolated, Task, TaskRun, Text, Unit, VillageFacts, keep_file

from .files import PROOF_SHEET, REPORT_SHEET
from .models import Intake, PeriodReport, Run, StopVisit, Trip
from .permissions import REPORT_READ
from .reporting import basis_of, surveys_until
from .rules.reports import days_of
from .rules.sheets import HAULAGE_COLUMNS, REPORT_COLUMNS, Cell, csv_of, report_rows, surveyed_rows
from .settings import WasteSettings

NO_FIGURES = Text("Laporan ini belum berisi angka.", "This report has no figures yet.")


class ExportingReport(BaseModel):
    """Which report."""

    report_id: UUID


class ExportingProof(BaseModel):
    """Which month."""

    period: Annotated[str, Field(max_length=7)]


class Written(BaseModel):
    """What was written."""

    rows: int
    file_id: Annotated[str, Field(max_length=100)]
    """The file: `requestDownload` gives it out."""


async def export_report(village: VillageFacts, run: TaskRun[Written], input: ExportingReport) -> None:
    if run.result is not None:
        return
    async with run.step() as unit:
        report = await unit.get(PeriodReport, input.report_id)
        if report is None:
            raise NotFound
        if report.figures is None:
            raise RuleViolated("waste.no_figures", NO_FIGURES)
        facts: dict[str, Cell] = {
            "VILLAGE_CODE": village.code,
            "VILLAGE": village.name,
            "PERIOD": report.period,
            "REVISION": report.revision,
            "STATE": report.state.name,
            "MAPPING_VERSION": report.mapping_version,
            "INPUTS_SHA256": report.inputs_hash,
        }
        rows = report_rows(facts, report.figures)
    await _keep(village, run, REPORT_SHEET, REPORT_COLUMNS, rows)


async def export_proof(village: VillageFacts, run: TaskRun[Written], input: ExportingProof) -> None:
    if run.result is not None:
        return
    async with run.step() as unit:
        basis = basis_of(await unit.settings(WasteSettings))
        legal: list[Sequence[Cell]] = [
            ("basis", "", "", "", "REGULATION", "", None, None, number) for number in basis["legal"]
        ]
        surveys = await surveys_until(unit, days_of(input.period)[1])
        rows = [
            ("basis", "", "", "", "VILLAGE", "", None, None, f"{village.code} {village.name}"),
            ("basis", "", "", "", "PERIOD", "", None, None, input.period),
            *legal,
            *surveyed_rows(surveys),
            *await _haulage(unit, input.period),
        ]
    await _keep(village, run, PROOF_SHEET, HAULAGE_COLUMNS, rows)


async def _keep(
    village: VillageFacts,
    run: TaskRun[Written],
    kind: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
) -> None:
    file_id = await keep_file(run, village, kind, csv_of(columns, rows))
    run.result = Written(rows=len(rows), file_id=file_id)
    async with run.step(done=1, total=1):
        pass


async def _haulage(unit: Unit, period: str) -> list[Sequence[Cell]]:
    """Runs with their stops, intakes and trips: by day and stream."""
    first, last = days_of(period)
    village = unit.village.id
    runs = await unit.session.execute(
        sa.select(Run.day, Run.stream, Run.vehicle, Run.state, sa.func.count(StopVisit.id))
        .outerjoin(StopVisit, sa.and_(StopVisit.village_id == Run.village_id, StopVisit.run_id == Run.id))
        .where(Run.village_id == village, Run.day >= first, Run.day <= last)
        .group_by(Run.id, Run.day, Run.stream, Run.vehicle, Run.state)
    )
    intakes = await unit.session.execute(
        sa.select(
            Intake.business_date, Intake.stream, Intake.source_class, Intake.method,
            sa.func.sum(Intake.mass_grams), sa.func.count(),
        )
        .where(Intake.village_id == village, Intake.business_date >= first, Intake.business_date <= last)
        .group_by(Intake.business_date, Intake.stream, Intake.source_class, Intake.method)
    )  # fmt: skip
    trips = await unit.all(Trip, Trip.business_date >= first, Trip.business_date <= last)
    made: list[Sequence[Cell]] = [
        ("haulage", str(day), stream.name, vehicle or "", "RUN", "", None, stops, state.name)
        for day, stream, vehicle, state, stops in runs
    ]
    made += [
        ("haulage", str(day), stream.name, "", f"INTAKE {source.name}", method.name, int(grams), count, "")
        for day, stream, source, method, grams, count in intakes
    ]
    made += [
        ("haulage", str(trip.business_date), trip.stream.name, trip.vehicle or "", f"TRIP {trip.kind.name}",
         trip.method.name, trip.mass, None, trip.ticket_no or "")
        for trip in trips
    ]  # fmt: skip
    return sorted(made, key=lambda row: [str(cell) for cell in row])


EXPORT_REPORT = Task(
    name="waste.export_report",
    run=export_report,
    description=Text("Menulis laporan bulanan sebagai CSV.", "Writes a month's report as CSV."),
    needs=REPORT_READ,
    input=ExportingReport,
    result=Written,
)
EXPORT_PROOF = Task(
    name="waste.export_proof",
    run=export_proof,
    description=Text("Menulis bukti pemilahan sebagai CSV.", "Writes the proof of separation as CSV."),
    needs=REPORT_READ,
    input=ExportingProof,
    result=Written,
)
TASKS = (EXPORT_REPORT, EXPORT_PROOF)
