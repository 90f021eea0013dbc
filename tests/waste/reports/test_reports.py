"""A month's report, from its draft to its lock, and what comes after it."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.waste.reports.a_month import PLANTED, Month, batch, intake, noon

from wantilan.registry.files.addresses import address_of
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Refused, Reply, check_refusals
from wantilan_waste.jobs import look_for_late_data
from wantilan_waste.models import (
    Category,
    Facility,
    PeriodReport,
    WasteBatchKind,
    WasteMeasure,
    WasteReportState,
    WasteStockReason,
    WasteStream,
)
from wantilan_waste.program import check
from wantilan_waste.rules import weighing
from wantilan_waste.stock import move, standing_lot, take_in

REPORT = """id period revision state mappingVersion figures warnings gaps inputsHash reproduces note reviewNote
  submittedAt reviewedAt lockedAt lateAt village { code }"""
DRAFT = f"""mutation($input: WasteDraftReportInput!) {{ wasteDraftReport(input: $input) {{
  report {{ {REPORT} }} village {{ code }} }} }}"""
SUBMIT = f"""mutation($input: WasteSubmitReportInput!) {{ wasteSubmitReport(input: $input) {{
  report {{ {REPORT} }} }} }}"""
REVIEW = f"""mutation($input: WasteReviewReportInput!) {{ wasteReviewReport(input: $input) {{
  report {{ {REPORT} }} }} }}"""
LOCK = f"mutation($input: WasteLockReportInput!) {{ wasteLockReport(input: $input) {{ report {{ {REPORT} }} }} }}"
EXPORT = """mutation($input: WasteExportReportInput!) { wasteExportReport(input: $input) {
  task { id } } }"""
PROOF = "mutation($input: WasteExportProofInput!) { wasteExportProof(input: $input) { task { id } } }"
REPORTS = f"""{{ village(code: "{BENGKEL}") {{ waste {{ reports(order: PERIOD_DESC) {{
  nodes {{ {REPORT} }} }} }} }} }}"""
REGION = f"""{{ region(code: "{TABANAN}") {{ waste {{ reports(filter: {{state: {{eq: SUBMITTED}}}}) {{
  nodes {{ period state warnings gaps village {{ code }} }} }} }} }} }}"""
TASKS = (
    f"""{{ village(code: "{BENGKEL}") {{ tasks(first: 1) {{ nodes {{ state result failureCode }} }} }} }}"""
)
CONFIGURE = f"""mutation($settings: JSON!) {{ configureProgram(input: {{
  villageCode: "{BENGKEL}", program: "waste", settings: $settings}}) {{ changed }} }}"""
DOWNLOAD = "mutation($id: ID!) { requestDownload(input: {fileId: $id}) { downloadUrl } }"
RECORD = """mutation($input: WasteRecordIntakeInput!) { wasteRecordIntake(input: $input) {
  warnings { code message } } }"""
HASH = "f21243ed064e6a253c0456e9a91263c353b4637ff4c07caf164bd161f88e267f"
"""Of the inputs of the month in Bengkel: the same on both databases, and on every day."""


class Desk:
    """The village and the regency over one month."""

    def __init__(self, month: Month) -> None:
        self.month, self.world, self.tokens = month, month.world, month.tokens

    async def ask(self, document: str, who: str, **given: Any) -> Reply:
        return await self.world.ask(document, self.tokens[who], input=given)

    async def drafted(self) -> dict[str, Any]:
        reply = await self.ask(DRAFT, "operator", villageCode=BENGKEL, period=self.month.period)
        return dict(reply.data["wasteDraftReport"]["report"])

    async def submitted(self) -> dict[str, Any]:
        reply = await self.ask(SUBMIT, "operator", reportId=(await self.drafted())["id"], note="Bulan biasa.")
        return dict(reply.data["wasteSubmitReport"]["report"])

    async def accepted(self) -> dict[str, Any]:
        report = await self.submitted()
        reply = await self.ask(REVIEW, "agency", reportId=report["id"], decision="ACCEPT")
        return dict(reply.data["wasteReviewReport"]["report"])

    async def locked(self) -> dict[str, Any]:
        report = await self.accepted()
        reply = await self.ask(LOCK, "agency", reportId=report["id"])
        return dict(reply.data["wasteLockReport"]["report"])

    async def returned(self) -> dict[str, Any]:
        report = await self.submitted()
        reply = await self.ask(REVIEW, "agency", reportId=report["id"], decision="RETURN", note="Lagi.")
        return dict(reply.data["wasteReviewReport"]["report"])

    async def all(self) -> list[dict[str, Any]]:
        reply = await self.world.ask(REPORTS, self.tokens["operator"])
        return list(reply.data["village"]["waste"]["reports"]["nodes"])

    async def rows(self) -> list[dict[str, Any]]:
        """What is kept, and how many events there are."""
        async with self.world.unit(BENGKEL) as unit:
            found = await unit.all(PeriodReport)
            events = await unit.session.scalar(sa.select(sa.func.count()).select_from(Event))
            return [{**{c.key: getattr(row, c.key) for c in sa.inspect(row).mapper.columns}, "events": events}
                    for row in found]  # fmt: skip

    async def late_intake(self) -> None:
        """A kilogram of the month that somebody writes down now."""
        async with self.world.unit(BENGKEL) as unit:
            facility = await unit.get(Facility, self.month.facility)
            assert facility is not None
            day = self.month.last
            await take_in(unit, intake(facility, WasteStream.RESIDU, 1_000, WasteMeasure.WEIGHED, day))

    async def written(self, document: str, who: str, **given: Any) -> list[list[str]]:
        """The rows of a CSV file that was asked for."""
        assert (await self.ask(document, who, **given)).data
        assert await self.world.do_tasks() == 1
        (task,) = (await self.world.ask(TASKS, self.tokens[who])).data["village"]["tasks"]["nodes"]
        assert task["state"] == "DONE", task
        return list(csv.reader(io.StringIO(await self.fetched(task["result"]["file_id"], who), newline="")))

    async def fetched(self, file_id: str, who: str) -> str:
        """What stands in a file, by its one-time address."""
        reply = await self.world.ask(DOWNLOAD, self.tokens[who], id=file_id)
        path, _, query = reply.data["requestDownload"]["downloadUrl"].partition("?")
        address = address_of(path, query.encode())
        assert address is not None
        application = self.world.application
        actor = await application.actors.resolve(self.tokens[who])
        stored = await application.desk.hand_out(actor, address)
        async with application.desk.contents.opened(stored.place) as pieces:
            return b"".join([piece async for piece in pieces]).decode()


@pytest.fixture
def desk(month: Month) -> Desk:
    return Desk(month)


def value_of(report: dict[str, Any], code: str) -> str | None:
    (found,) = [one["value"] for one in report["figures"]["indicators"] if one["code"] == code]
    assert found is None or isinstance(found, str)
    return found


async def test_a_report_goes_from_its_draft_to_its_lock(desk: Desk) -> None:
    draft = await desk.drafted()
    assert (draft["state"], draft["revision"], draft["reproduces"]) == ("DRAFT", 1, True)
    submitted = await desk.submitted()
    assert (submitted["state"], submitted["note"]) == ("SUBMITTED", "Bulan biasa.")
    assert submitted["id"] == draft["id"]
    (waiting,) = (await desk.world.ask(REGION, desk.tokens["agency"])).data["region"]["waste"]["reports"][
        "nodes"
    ]
    assert waiting["village"] == {"code": BENGKEL}
    accepted = await desk.ask(REVIEW, "agency", reportId=draft["id"], decision="ACCEPT", note="Baik.")
    assert accepted.data["wasteReviewReport"]["report"]["reviewNote"] == "Baik."
    locked = await desk.ask(LOCK, "agency", reportId=draft["id"])
    report = locked.data["wasteLockReport"]["report"]
    assert report["state"] == "LOCKED"
    assert (report["lateAt"], report["reproduces"]) == (None, True)
    assert report["figures"] == submitted["figures"] == draft["figures"]


async def test_the_figures_follow_from_what_was_recorded(desk: Desk) -> None:
    report = await desk.submitted()
    days = (desk.month.last - desk.month.first).days + 1
    expected = {
        "GENERATION_SNI": str((4 * 400 + 2 * 350) * days), "GENERATION_MEASURED": "75000",
        "REDUCTION_RECYCLED": "12000", "REDUCTION_COMPOSTED": "30000", "HANDLING_LANDFILLED": "8000",
        "REDUCTION": "42000", "HANDLING": "8000", "SIPSN_SISA_MAKANAN": "40000", "SIPSN_PLASTIK": "18000",
        "SIPSN_UNKNOWN": "17000", "SDG_CONTROLLED": "67000", "POINTS_SURVEYED": "2",
        "POINTS_SORTING_PERCENT": "50.00", "ORGANIC_TEBA_MODERN": "1", "STOPS_COLLECTED": "3",
        "HOUSEHOLDS_SERVED_PERCENT": "50.00",
    }  # fmt: skip
    assert {code: value_of(report, code) for code in expected} == expected
    assert report["warnings"] == []
    assert report["gaps"] == ["UNKNOWN_COMPOSITION", "NO_LEGAL_BASIS"]
    assert report["inputsHash"] == HASH


async def test_what_is_sorted_again_is_counted_once_in_the_composition(desk: Desk) -> None:
    """10 of the 18 kg of plastic are sorted again: 6 kg stay plastic, 3 kg are residue."""
    before = await desk.drafted()
    async with desk.world.unit(BENGKEL) as unit:
        facility = await unit.get(Facility, desk.month.facility)
        plastic = await unit.first(Category, Category.code == "plastik")
        assert facility is not None and plastic is not None
        day = desk.month.last
        again = await batch(unit, facility, WasteBatchKind.SORT, day, 10_000, 9_000, label="lagi")
        bales = await standing_lot(unit, facility.id, WasteStream.ANORGANIK, plastic)
        await take_in(
            unit, intake(facility, WasteStream.ANORGANIK, 10_000, WasteMeasure.WEIGHED, day, plastic), plastic
        )
        await move(unit, bales, -10_000, WasteStockReason.OUT, at=noon(day), batch=again)
        await move(unit, bales, 6_000, WasteStockReason.IN, at=noon(day), batch=again)
        rest = await standing_lot(unit, facility.id, WasteStream.RESIDU)
        await move(unit, rest, 3_000, WasteStockReason.IN, at=noon(day), batch=again)
    after = await desk.drafted()
    assert value_of(before, "SIPSN_PLASTIK") == "18000"
    assert value_of(after, "SIPSN_PLASTIK") == str(18_000 + 10_000 - 10_000 + 6_000)
    assert value_of(after, "SIPSN_UNKNOWN") == str(int(value_of(before, "SIPSN_UNKNOWN") or 0) + 4_000)


async def test_what_is_shredded_and_sold_is_recycled_once(desk: Desk) -> None:
    before = await desk.drafted()
    async with desk.world.unit(BENGKEL) as unit:
        facility = await unit.get(Facility, desk.month.facility)
        plastic = await unit.first(Category, Category.code == "plastik")
        assert facility is not None and plastic is not None
        day = desk.month.last
        shredding = await batch(unit, facility, WasteBatchKind.OTHER, day, 5_000, 5_000)
        bales = await standing_lot(unit, facility.id, WasteStream.ANORGANIK, plastic)
        await move(unit, bales, -5_000, WasteStockReason.OUT, at=noon(day), batch=shredding)
        await move(unit, bales, 5_000, WasteStockReason.IN, at=noon(day), batch=shredding)
    after = await desk.drafted()
    for code in ("REDUCTION_RECYCLED", "REDUCTION_COMPOSTED", "REDUCTION"):
        assert value_of(after, code) == value_of(before, code)


async def test_a_returned_report_is_drafted_again_and_keeps_its_revision(desk: Desk) -> None:
    report = await desk.returned()
    assert (report["state"], report["reviewNote"]) == ("RETURNED", "Lagi.")
    await desk.late_intake()
    again = await desk.drafted()
    assert (again["id"], again["state"], again["revision"]) == (report["id"], "DRAFT", 1)
    assert value_of(again, "GENERATION_MEASURED") == "76000"
    assert (await desk.submitted())["reviewNote"] is None


@pytest.mark.parametrize(
    ("state", "refused"),
    [
        ("drafted", ("ACCEPT", "RETURN", "LOCK")),
        ("submitted", ("DRAFT", "SUBMIT", "LOCK")),
        ("returned", ("SUBMIT", "ACCEPT", "RETURN", "LOCK")),
        ("accepted", ("DRAFT", "SUBMIT", "ACCEPT", "RETURN")),
        ("locked", ("SUBMIT", "ACCEPT", "RETURN", "LOCK")),
    ],
)
async def test_no_other_step_is_possible_and_nothing_changes(
    desk: Desk, state: str, refused: tuple[str, ...]
) -> None:
    report = await getattr(desk, state)()
    given = {"reportId": report["id"]}
    steps = {
        "DRAFT": (DRAFT, "operator", {"villageCode": BENGKEL, "period": desk.month.period}),
        "SUBMIT": (SUBMIT, "operator", given),
        "ACCEPT": (REVIEW, "agency", {**given, "decision": "ACCEPT"}),
        "RETURN": (REVIEW, "agency", {**given, "decision": "RETURN", "note": "-"}),
        "LOCK": (LOCK, "agency", given),
    }  # fmt: skip
    for step in refused:
        document, who, asked = steps[step]
        line = Refused(f"{who}: {step}", desk.tokens[who], "INVALID_TRANSITION", {"input": asked})
        await check_refusals(desk.world, document, [line], unchanged=desk.rows)


async def test_who_submitted_a_report_does_not_review_it(desk: Desk) -> None:
    admin = await desk.world.token("platform_admin", TABANAN)
    report = await desk.drafted()
    assert (await desk.world.ask(SUBMIT, admin, input={"reportId": report["id"]})).data
    asked = {"input": {"reportId": report["id"], "decision": "ACCEPT"}}
    line = Refused("who submitted it", admin, "RULE_VIOLATED", asked)
    await check_refusals(desk.world, REVIEW, [line], unchanged=desk.rows)
    assert (await desk.world.ask(REVIEW, desk.tokens["agency"], **asked)).data  # the control


async def test_a_month_that_is_not_over_has_no_report(desk: Desk) -> None:
    async with desk.world.unit(BENGKEL) as unit:
        today = unit.today
    for document in (DRAFT, PROOF):
        for period in (f"{today:%Y-%m}", "2999-01"):
            reply = await desk.ask(document, "operator", villageCode=BENGKEL, period=period)
            assert reply.faults == {"input.period": "NOT_OVER"}
    assert (await desk.ask(DRAFT, "operator", villageCode=BENGKEL, period="2025-13")).codes == [
        "BAD_USER_INPUT"
    ]
    assert await desk.rows() == []


async def test_a_return_says_why_and_notes_are_short(desk: Desk) -> None:
    report = await desk.submitted()
    empty = await desk.ask(REVIEW, "agency", reportId=report["id"], decision="RETURN", note=" ")
    assert empty.faults == {"input.note": "REQUIRED"}
    long = await desk.ask(REVIEW, "agency", reportId=report["id"], decision="ACCEPT", note="x" * 1001)
    assert long.faults == {"input.note": "LENGTH"}
    assert (await desk.all())[0]["state"] == "SUBMITTED"


async def test_who_drafts_at_once_drafts_one_report(desk: Desk) -> None:
    given = {"villageCode": BENGKEL, "period": desk.month.period}
    replies = await asyncio.gather(*(desk.ask(DRAFT, "operator", **given) for _ in range(6)))
    assert len(await desk.rows()) == 1
    codes = [code for reply in replies for code in reply.codes]
    assert set(codes) <= {"CONFLICT"} and len(codes) < 6


async def test_who_drafts_while_it_is_submitted_changes_nothing_that_is_frozen(desk: Desk) -> None:
    draft = await desk.drafted()
    async with desk.world.unit(BENGKEL) as unit:
        report = await unit.first(PeriodReport, lock=True)
        assert report is not None
        again = asyncio.create_task(
            desk.ask(DRAFT, "operator", villageCode=BENGKEL, period=desk.month.period)
        )
        await asyncio.sleep(0.3)  # by now it waits
        report.state = WasteReportState.SUBMITTED
        report.figures = {**draft["figures"], "warnings": ["STOCK_GAP"]}
    assert (await again).codes == ["INVALID_TRANSITION"]
    assert [one["warnings"] for one in await desk.all()] == [["STOCK_GAP"]]


async def test_of_two_decisions_at_once_one_counts(desk: Desk) -> None:
    report = (await desk.submitted())["id"]
    other = await desk.world.token("agency_officer", TABANAN)
    replies = await asyncio.gather(
        desk.ask(REVIEW, "agency", reportId=report, decision="ACCEPT"),
        desk.world.ask(REVIEW, other, input={"reportId": report, "decision": "RETURN", "note": "Lagi."}),
    )
    codes = [reply.codes for reply in replies]
    assert sorted(codes) == [[], ["INVALID_TRANSITION"]]
    decided = ("ACCEPTED", "RETURNED")[codes.index([])]
    assert [row["state"].name for row in await desk.rows()] == [decided]


# After the lock


async def test_a_locked_month_is_not_drafted_again_without_late_data(desk: Desk) -> None:
    await desk.locked()
    before = await desk.rows()
    reply = await desk.ask(DRAFT, "operator", villageCode=BENGKEL, period=desk.month.period)
    assert reply.codes == ["RULE_VIOLATED"]
    assert reply.errors[0]["extensions"]["rule"] == "waste.period_locked"
    assert await desk.rows() == before


async def test_late_data_is_taken_with_a_warning_and_becomes_a_revision(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weighing, "OLDEST", timedelta(days=40))  # also on the last of a month
    first = await desk.locked()
    facility = await desk.world.id_of("WasteFacility", await a_row(desk))
    asked = {"facilityId": facility, "stream": "RESIDU", "method": "WEIGHED", "gross": 1_000}
    late = await desk.ask(RECORD, "operator", **asked, weighedAt=noon(desk.month.last).isoformat())
    assert [w["code"] for w in late.data["wasteRecordIntake"]["warnings"]] == ["PERIOD_LOCKED"]
    now = await desk.ask(RECORD, "operator", **asked)
    assert now.data["wasteRecordIntake"]["warnings"] == []  # of this month nothing is locked
    (marked,) = await desk.all()
    assert marked["warnings"] == [*first["warnings"], "LATE_DATA"]
    assert marked["figures"] == first["figures"]
    revision = await desk.submitted()
    assert (revision["revision"], value_of(revision, "GENERATION_MEASURED")) == (2, "76000")
    kept = next(report for report in await desk.all() if report["revision"] == 1)
    assert {**kept, "lateAt": None, "warnings": first["warnings"]} == first
    assert kept["reproduces"] is True


async def a_row(desk: Desk) -> Facility:
    async with desk.world.unit(BENGKEL) as unit:
        found = await unit.get(Facility, desk.month.facility)
    assert found is not None
    return found


async def test_late_data_that_came_another_way_is_found_at_night_and_by_the_check(desk: Desk) -> None:
    await desk.locked()
    async with desk.world.unit(BENGKEL) as unit:
        await look_for_late_data(unit)
        assert [finding async for finding in check(unit)] == []
    assert (await desk.all())[0]["lateAt"] is None
    await desk.late_intake()
    async with desk.world.unit(BENGKEL) as unit:
        (finding,) = [finding async for finding in check(unit)]
        assert finding.severity.name == "WARNING"
        await look_for_late_data(unit)
    (report,) = await desk.all()
    assert report["lateAt"] is not None
    assert "LATE_DATA" in report["warnings"]


async def test_a_report_whose_figures_were_changed_is_found(desk: Desk) -> None:
    await desk.locked()
    async with desk.world.unit(BENGKEL) as unit:
        (row,) = await unit.all(PeriodReport)
        assert row.figures is not None
        row.figures = {**row.figures, "warnings": ["STOCK_GAP"]}
    async with desk.world.unit(BENGKEL) as unit:
        (finding,) = [finding async for finding in check(unit)]
    assert finding.severity.name == "ERROR"
    assert (await desk.all())[0]["reproduces"] is False


async def test_an_old_report_keeps_the_version_of_its_mapping(desk: Desk) -> None:
    old = await desk.locked()
    perbekel = desk.tokens["perbekel"]
    assert (await desk.world.ask(CONFIGURE, perbekel, settings={"indicator_mapping": "2025-2"})).data
    async with desk.world.unit(BENGKEL) as unit:
        await look_for_late_data(unit)  # other settings are no late data
    kept = next(iter(await desk.all()))
    assert kept == old
    assert (kept["mappingVersion"], value_of(kept, "REDUCTION")) == ("2025-1", "42000")
    await desk.late_intake()
    revision = await desk.drafted()
    assert (revision["mappingVersion"], value_of(revision, "REDUCTION")) == ("2025-2", "0")
    assert value_of(revision, "HANDLING") == "50000"
    assert revision["reproduces"] is True


# Who


async def test_each_step_is_refused_to_everybody_else(desk: Desk) -> None:
    tokens = desk.tokens
    draft = {"input": {"villageCode": BENGKEL, "period": desk.month.period}}
    nobody = [("collector", "FORBIDDEN"), ("teller", "FORBIDDEN"), ("tps3r", "FORBIDDEN")]
    lines = [
        Refused("a visitor", None, "FORBIDDEN", draft),
        Refused("the agency", tokens["agency"], "FORBIDDEN", draft),
    ]
    lines += [Refused(who, tokens[who], code, draft) for who, code in (*nobody, ("neighbour", "NOT_FOUND"))]
    await check_refusals(desk.world, DRAFT, lines, unchanged=desk.rows)
    report = {"reportId": (await desk.submitted())["id"]}
    review = {"input": {**report, "decision": "ACCEPT"}}
    lines = [
        Refused("a visitor", None, "FORBIDDEN", review),
        Refused("the operator", tokens["operator"], "FORBIDDEN", review),
    ]
    lines += [Refused(who, tokens[who], code, review) for who, code in nobody]
    other = await desk.world.token("agency_officer", NEIGHBOUR)
    lines.append(Refused("the agency of another place", other, "NOT_FOUND", review))
    await check_refusals(desk.world, REVIEW, lines, unchanged=desk.rows)
    for document, whose in ((LOCK, "operator"), (SUBMIT, "agency")):
        one = Refused(whose, tokens[whose], "FORBIDDEN", {"input": report})
        far = Refused("a visitor", None, "FORBIDDEN", {"input": report})
        await check_refusals(desk.world, document, [one, far], unchanged=desk.rows)
    for document, given in ((EXPORT, {"input": report}), (PROOF, draft)):
        lines = [Refused("a visitor", None, "FORBIDDEN", given)]
        lines += [
            Refused(who, tokens[who], code, given) for who, code in (*nobody, ("neighbour", "NOT_FOUND"))
        ]
        await check_refusals(desk.world, document, lines, unchanged=desk.rows)


async def test_reports_are_read_by_the_village_and_the_agency_alone(desk: Desk) -> None:
    await desk.submitted()
    for who, found in (("operator", 1), ("perbekel", 1), ("agency", 1)):
        reply = await desk.world.ask(REPORTS, desk.tokens[who])
        assert len(reply.data["village"]["waste"]["reports"]["nodes"]) == found
    for who in ("collector", "teller", "tps3r"):
        assert (await desk.world.ask(REPORTS, desk.tokens[who])).codes == ["FORBIDDEN"]
    reply = await desk.world.ask(REPORTS, desk.tokens["neighbour"])
    assert reply.codes == ["FORBIDDEN"]
    assert reply.body["data"]["village"]["waste"]["reports"] is None


async def test_everybody_reads_the_sums_of_an_accepted_month_and_nothing_earlier(desk: Desk) -> None:
    public = f"""{{ village(code: "{BENGKEL}") {{ waste {{ publicMonths {{ nodes {{ period revision massIn reduced
      handled residueOut diversionRate pointsSurveyed pointsSorting sortingRate households householdsServed
      village {{ code }} }} }} }} }} }}"""
    await desk.submitted()
    hidden = await desk.world.ask(public, None)
    assert hidden.data["village"]["waste"]["publicMonths"]["nodes"] == []
    report = (await desk.all())[0]["id"]
    assert (await desk.ask(REVIEW, "agency", reportId=report, decision="ACCEPT")).data
    shown = (await desk.world.ask(public, None)).data["village"]["waste"]["publicMonths"]["nodes"]
    assert shown == [{
        "period": desk.month.period, "revision": 1, "massIn": 75_000, "reduced": 42_000, "handled": 8_000,
        "residueOut": 8_000, "diversionRate": 89.33, "pointsSurveyed": 2, "pointsSorting": 1, "sortingRate": 50.0,
        "households": 4, "householdsServed": 2, "village": {"code": BENGKEL},
    }]  # fmt: skip
    assert (await desk.ask(LOCK, "agency", reportId=report)).data
    await desk.late_intake()
    again = (await desk.submitted())["id"]
    assert (await desk.ask(REVIEW, "agency", reportId=again, decision="ACCEPT")).data
    (shown,) = (await desk.world.ask(public, None)).data["village"]["waste"]["publicMonths"]["nodes"]
    assert (shown["revision"], shown["massIn"]) == (2, 76_000)


# Sheets


async def test_the_figures_are_written_out_with_their_sources(desk: Desk) -> None:
    report = await desk.locked()
    rows = await desk.written(EXPORT, "agency", reportId=report["id"])
    assert rows[0] == ["section", "code", "value", "unit", "source"]
    found = {(row[0], row[1]): row[2] for row in rows[1:]}
    assert found["report", "PERIOD"] == desk.month.period
    assert found["report", "INPUTS_SHA256"] == report["inputsHash"]
    assert found["indicator", "REDUCTION"] == "42000"
    assert found["intake", "ORGANIK/RUMAH_TANGGA/WEIGHED/SISA_MAKANAN"] == "40000"
    assert found["trip", "RESIDUE/RESIDU/WEIGHED"] == "8000"
    assert all(row[4] for row in rows[1:] if row[0] == "indicator")


async def test_the_proof_of_separation_shows_the_haulage_by_stream_and_the_regulations(desk: Desk) -> None:
    settings = {"perdes_no": "3/2025", "pararem_no": "=HYPERLINK(1)"}
    assert (await desk.world.ask(CONFIGURE, desk.tokens["perbekel"], settings=settings)).data
    rows = await desk.written(PROOF, "operator", villageCode=BENGKEL, period=desk.month.period)
    day = str(desk.month.first + timedelta(days=2))
    run = str(desk.month.first + timedelta(days=3))
    for row in (
        ["basis", "", "", "", "REGULATION", "", "", "", "3/2025"],
        ["basis", "", "", "", "REGULATION", "", "", "", "'=HYPERLINK(1)"],
        ["sorting", "", "", "", "POINTS_SORTING_PERCENT", "", "", "", "50.00"],
        ["haulage", run, "ORGANIK", "DK 8000 X", "RUN", "", "", "5", "CLOSED"],
        ["haulage", day, "ORGANIK", "", "INTAKE RUMAH_TANGGA", "WEIGHED", "40000", "1", ""],
        ["haulage", day, "RESIDU", "DK 8000 X", "TRIP RESIDUE", "WEIGHED", "8000", "", "'=1+1"],
    ):
        assert row in rows


async def test_no_report_and_no_sheet_names_a_person(desk: Desk) -> None:
    report = await desk.locked()
    said = [
        (await desk.world.ask(REPORTS, desk.tokens["agency"])).text,
        (await desk.world.ask(REGION, desk.tokens["agency"])).text,
        str(await desk.written(EXPORT, "agency", reportId=report["id"])),
        str(await desk.written(PROOF, "agency", villageCode=BENGKEL, period=desk.month.period)),
    ]
    assert not any(PLANTED in text for text in said)
    sales = f'{{ village(code: "{BENGKEL}") {{ waste {{ sales {{ nodes {{ buyer }} }} }} }} }}'
    assert PLANTED in (await desk.world.ask(sales, desk.tokens["operator"])).text  # it is there to be found
