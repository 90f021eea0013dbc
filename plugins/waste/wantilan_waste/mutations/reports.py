"""A month's report: drafted and submitted by the village, reviewed and locked by the regency."""

from __future__ import annotations

import strawberry

from wantilan import (
    Info,
    Judge,
    Month,
    NotFound,
    RegionCode,
    RuleViolated,
    Text,
    Unit,
    Village,
    VillageTask,
    input,
    mutation,
    payload,
    ref,
    start_task,
)

from ..models import PeriodReport, WasteReportState
from ..permissions import REPORT_READ, REPORT_REVIEW, REPORT_SUBMIT
from ..reporting import has_late_data, inputs_of
from ..rules.indicators import figures_of
from ..rules.reports import WasteReportDecision, check_transition, days_of, hash_of_inputs
from ..rules.reproducing import days_in
from ..settings import WasteSettings
from ..tasks import EXPORT_PROOF, EXPORT_REPORT, ExportingProof, ExportingReport
from ..types.reports import WasteReport

LONGEST_NOTE = 1000
State = WasteReportState

LOCKED = Text(
    "Bulan ini sudah dikunci, dan tidak ada data yang terlambat.",
    "This month is locked, and no data of it came late.",
)
NOT_OVER = Text("Bulan ini belum berakhir.", "This month is not over yet.")
OWN_REPORT = Text(
    "Yang mengajukan laporan tidak boleh memeriksanya.", "Who submitted a report must not review it."
)
TOO_LONG = Text("Paling banyak 1000 karakter.", "At most 1000 characters.")
SAY_WHY = Text("Tuliskan apa yang harus diubah.", "Say what is to be changed.")


@input
class WasteDraftReportInput:
    """Which month."""

    village_code: RegionCode
    """The village."""
    period: Month
    """The month. It must be over."""


@input
class WasteSubmitReportInput:
    """Which draft."""

    report_id: strawberry.ID
    """The draft."""
    note: str | None = None
    """What the village has to say to it, at most 1000 characters."""


@input
class WasteReviewReportInput:
    """What the regency says of a report."""

    report_id: strawberry.ID
    """The report."""
    decision: WasteReportDecision
    """Whether it is accepted."""
    note: str | None = None
    """What is to be changed; required for a report that is returned. At most 1000 characters."""


@input
class WasteLockReportInput:
    """Which report."""

    report_id: strawberry.ID
    """An accepted report."""


@input
class WasteExportReportInput:
    """Which report."""

    report_id: strawberry.ID
    """A report with figures."""


@input
class WasteExportProofInput:
    """Which month."""

    village_code: RegionCode
    """The village."""
    period: Month
    """The month. It must be over."""


@payload
class WasteDraftReportPayload:
    """What was drafted."""

    report: WasteReport | None
    """The draft, with its figures as they are today."""
    village: Village
    """The village."""


@payload
class WasteSubmitReportPayload:
    """What was submitted."""

    report: WasteReport | None
    """The report; its figures are frozen. Its warnings and gaps do not refuse it."""
    village: Village
    """The village."""


@payload
class WasteReviewReportPayload:
    """What was reviewed."""

    report: WasteReport | None
    """The report."""
    village: Village
    """The village."""


@payload
class WasteLockReportPayload:
    """What was locked."""

    report: WasteReport | None
    """The report; it changes no more."""
    village: Village
    """The village."""


@payload
class WasteExportReportPayload:
    """What is being written."""

    task: VillageTask | None
    """The task that does it. Its `result` has as `file_id` the file, for `requestDownload`."""


@payload
class WasteExportProofPayload:
    """What is being written."""

    task: VillageTask | None
    """The task that does it. Its `result` has as `file_id` the file, for `requestDownload`."""


@mutation(needs=REPORT_SUBMIT)
async def waste_draft_report(info: Info, input: WasteDraftReportInput) -> WasteDraftReportPayload:
    """Draft the report of a month, or draft it again: after it was returned, or, as a revision, when data
    came after it was locked.
    """
    judge = Judge(input)
    judge.check()
    async with info.context.write(input.village_code) as unit:
        _judge_period(judge, unit, input.period)
        judge.check()
        settings = await unit.settings(WasteSettings)
        report = await _standing(unit, input.period)
        if report is None:
            report = _new(input.period, 1)
            await unit.add(report)
        elif report.state is State.LOCKED:
            if not await has_late_data(unit, report):
                raise RuleViolated("waste.period_locked", LOCKED)
            report.late_at = report.late_at or unit.now
            report = _new(input.period, report.revision + 1)
            await unit.add(report)
        elif report.state is not State.DRAFT:
            check_transition(report.state, State.DRAFT)
            report.state = State.DRAFT
        await _figure(unit, report, settings.indicator_mapping)
        village = await unit.own_village()
    return WasteDraftReportPayload(report=ref(WasteReport, report), village=ref(Village, village))


@mutation(needs=REPORT_SUBMIT)
async def waste_submit_report(info: Info, input: WasteSubmitReportInput) -> WasteSubmitReportPayload:
    """Freeze the figures of a draft as they are now, and give it to the regency."""
    judge = Judge(input)
    key = judge.key(WasteReport, "report_id")
    _judge_note(judge, input.note)
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        report = await unit.target(PeriodReport, key.id, lock=True)
        check_transition(report.state, State.SUBMITTED)
        settings = await unit.settings(WasteSettings)
        await _figure(unit, report, settings.indicator_mapping)
        report.state, report.note = State.SUBMITTED, input.note
        report.submitted_at, report.submitted_by = unit.now, unit.actor_id
        report.reviewed_at = report.reviewed_by = report.review_note = None
        await unit.flush()
        unit.announce("waste.report_submitted", report=report.id)
        village = await unit.own_village()
    return WasteSubmitReportPayload(report=ref(WasteReport, report), village=ref(Village, village))


@mutation(needs=REPORT_REVIEW)
async def waste_review_report(info: Info, input: WasteReviewReportInput) -> WasteReviewReportPayload:
    """Accept a submitted report, or return it. Who submitted it must not."""
    judge = Judge(input)
    key = judge.key(WasteReport, "report_id")
    _judge_note(judge, input.note)
    if input.decision is WasteReportDecision.RETURN and not (input.note or "").strip():
        judge.refuse("note", "REQUIRED", SAY_WHY)
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        report = await unit.target(PeriodReport, key.id, lock=True)
        accepts = input.decision is WasteReportDecision.ACCEPT
        wanted = State.ACCEPTED if accepts else State.RETURNED
        check_transition(report.state, wanted)
        if report.submitted_by is not None and report.submitted_by == unit.actor_id:
            raise RuleViolated("waste.four_eyes", OWN_REPORT)
        report.state, report.review_note = wanted, input.note
        report.reviewed_at, report.reviewed_by = unit.now, unit.actor_id
        await unit.flush()
        unit.announce("waste.report_reviewed", report=report.id)
        village = await unit.own_village()
    return WasteReviewReportPayload(report=ref(WasteReport, report), village=ref(Village, village))


@mutation(needs=REPORT_REVIEW)
async def waste_lock_report(info: Info, input: WasteLockReportInput) -> WasteLockReportPayload:
    """Lock an accepted report for good."""
    judge = Judge(input)
    key = judge.key(WasteReport, "report_id")
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        report = await unit.target(PeriodReport, key.id, lock=True)
        check_transition(report.state, State.LOCKED)
        report.state, report.locked_at = State.LOCKED, unit.now
        if await has_late_data(unit, report):
            report.late_at = unit.now
        await unit.flush()
        unit.announce("waste.report_locked", report=report.id)
        village = await unit.own_village()
    return WasteLockReportPayload(report=ref(WasteReport, report), village=ref(Village, village))


@mutation(needs=REPORT_READ)
async def waste_export_report(info: Info, input: WasteExportReportInput) -> WasteExportReportPayload:
    """Write the figures of a report into a CSV file. It lies in store for a day."""
    judge = Judge(input)
    key = judge.key(WasteReport, "report_id")
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        report = await unit.target(PeriodReport, key.id)
        task = await start_task(unit, EXPORT_REPORT, ExportingReport(report_id=report.id))
    return WasteExportReportPayload(task=ref(VillageTask, task))


@mutation(needs=REPORT_READ)
async def waste_export_proof(info: Info, input: WasteExportProofInput) -> WasteExportProofPayload:
    """Write the proof of separation at the source of a month into a CSV file: the haulage of each category
    day by day, the share of households that sort, the village's regulations. It lies in store for a day.
    """
    judge = Judge(input)
    judge.check()
    async with info.context.write(input.village_code) as unit:
        _judge_period(judge, unit, input.period)
        judge.check()
        task = await start_task(unit, EXPORT_PROOF, ExportingProof(period=input.period))
    return WasteExportProofPayload(task=ref(VillageTask, task))


def _judge_period(judge: Judge, unit: Unit, period: str) -> None:
    if judge.good("period") and days_of(period)[1] >= unit.today:
        judge.refuse("period", "NOT_OVER", NOT_OVER)


def _judge_note(judge: Judge, note: str | None) -> None:
    if note is not None and len(note) > LONGEST_NOTE:
        judge.refuse("note", "LENGTH", TOO_LONG)


async def _standing(unit: Unit, period: str) -> PeriodReport | None:
    """The last revision of a month's report, held."""
    revisions = await unit.all(PeriodReport, PeriodReport.period == period)
    if not revisions:
        return None
    last = max(revisions, key=lambda report: report.revision)
    return await unit.get(PeriodReport, last.id, lock=True)


def _new(period: str, revision: int) -> PeriodReport:
    return PeriodReport(period=period, revision=revision, state=State.DRAFT, mapping_version="")


async def _figure(unit: Unit, report: PeriodReport, version: str) -> None:
    """The figures as they are now."""
    inputs = await inputs_of(unit, report.period)
    report.mapping_version = version
    report.figures = figures_of(inputs, version, days_in(report.period))
    report.inputs_hash = hash_of_inputs(inputs)
    await unit.flush()


MUTATIONS = (
    waste_draft_report,
    waste_submit_report,
    waste_review_report,
    waste_lock_report,
    waste_export_report,
    waste_export_proof,
)
