"""Visits are written down as they come from the collectors' phones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from wantilan import (
    FieldFault,
    File,
    Info,
    Judge,
    LimitExceeded,
    NotFound,
    Notice,
    Refusal,
    Text,
    WriteUnit,
    mutation,
    ref,
    take_file,
    uuid7,
)

from ..files import VISIT_PHOTO
from ..messages import REJECTED_UNSORTED
from ..models import Run, RunStop, ServicePoint, StopVisit, WasteStopOutcome, WasteVisitResult
from ..permissions import VISIT_RECORD
from ..planning import stop_row
from ..rules.syncing import Book, Sent, Verdict, verdicts
from ..rules.visits import MOST_VISITS, Named, moment_fault, moment_warning, visit_faults
from ..running import PROGRESSED
from ..telling import tell_households
from ..types.routes import WasteStopPoint
from ..types.runs import WasteRun
from .visit_input import (
    WasteRecordStopVisitsInput,
    WasteRecordStopVisitsPayload,
    WasteStopVisitInput,
    WasteStopVisitResult,
)

_DEVICE = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
PHOTO_NOT_TAKEN = Text("Foto tidak dapat dipakai.", "The photo cannot be used; the visit is kept without it.")


@mutation(needs=VISIT_RECORD)
async def waste_record_stop_visits(
    info: Info, input: WasteRecordStopVisitsInput
) -> WasteRecordStopVisitsPayload:
    """Write down the visits of a run that a device has kept; each is judged by itself.

    A batch may be sent again, also in parts or in another order: a visit is known by its device and number,
    and a run has one visit of each point. A house whose waste was left behind unsorted is told.
    """
    if len(input.visits) > MOST_VISITS:
        raise LimitExceeded("visitsPerBatch", MOST_VISITS)
    judge = Judge(input)
    # Each visit is judged by itself: one that is faulty holds up no other.
    judge.faults = [fault for fault in judge.faults if fault.path[1] != "visits"]
    key = judge.key(WasteRun, "run_id")
    if not _DEVICE.fullmatch(input.device):
        judge.refuse("device", "NOT_A_DEVICE", Text("Bukan nama perangkat.", "Not a name of a device."))
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        run = await unit.target(Run, key.id, lock=True)
        visits = [Visit(one, i, unit, run) for i, one in enumerate(input.visits)]
        book, homes = await _opened(unit, run, input.device, visits)
        found = verdicts([one.sent for one in visits], book)
        results = await _write(unit, run, input.device, visits, found, homes)
    counts = [one.result for one in results]
    return WasteRecordStopVisitsPayload(
        results=results,
        accepted=counts.count(WasteVisitResult.ACCEPTED),
        duplicates=counts.count(WasteVisitResult.DUPLICATE),
        rejected=counts.count(WasteVisitResult.REJECTED),
        run=ref(WasteRun, run),
    )


class Visit:
    """One visit of the batch: what was sent, judged as far as it can be without a look at the books."""

    def __init__(self, given: WasteStopVisitInput, index: int, unit: WriteUnit, run: Run) -> None:
        self.given, self.index = given, index
        self.at = datetime.min.replace(tzinfo=UTC)
        self.feedback = (given.feedback or "").strip() or None
        judge = Judge(given, "input", "visits", str(index))
        point = judge.key(WasteStopPoint, "point_id")
        self.photo = judge.key(File, "photo_id")
        for fault in visit_faults(
            given.outcome,
            given.sort_quality,
            given.mass if judge.good("mass") else None,
            self.feedback,
            given.device_seq,
        ):
            judge.refuse(*fault)
        warnings: list[Named] = []
        if judge.good("visited_at"):
            self.at = _to_millisecond(given.visited_at)
            if against := moment_fault(self.at, midnight(run, unit), unit.now):
                judge.refuse("visited_at", *against)
            elif noted := moment_warning(self.at, unit.business_date(self.at), run.day, unit.now):
                warnings.append(("visited_at", *noted))
        here = point is not None and point.village == unit.village.id
        # A point of another village is as unknown as one that never was.
        self.point = (point.id if here else UUID(int=0)) if point is not None else None
        self.sent = Sent(
            sequence=given.device_seq,
            point=self.point,
            content=(
                run.id, self.point, given.outcome, given.sort_quality, given.mass, self.feedback, self.at,
            ),
            faults=tuple((str(fault.path[-1]), fault.code, fault.text) for fault in judge.faults),
            warnings=tuple(warnings),
        )  # fmt: skip

    def notices(self, named: Iterable[Named]) -> list[Notice]:
        return [Notice.of(FieldFault(self._path(name), code, text)) for name, code, text in named]

    def _path(self, name: str) -> tuple[str | int, ...]:
        if name == "run_id":
            return ("input", "runId")
        return ("input", "visits", self.index, FIELDS.get(name, name))


FIELDS = {
    "point_id": "pointId",
    "device_seq": "deviceSeq",
    "visited_at": "visitedAt",
    "photo_id": "photoId",
}


def midnight(run: Run, unit: WriteUnit) -> datetime:
    """When the run's day begins."""
    return datetime.combine(run.day, time(), ZoneInfo(unit.village.time_zone))


def _to_millisecond(moment: datetime) -> datetime:
    """As it will be read from the books again."""
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


async def _opened(
    unit: WriteUnit, run: Run, device: str, visits: Sequence[Visit]
) -> tuple[Book, dict[UUID, UUID | None]]:
    """The books, and whose household each point is: four looks, however many visits there are."""
    numbers = {one.sent.sequence for one in visits if one.sent.sequence >= 0}
    of_device = await unit.all(StopVisit, StopVisit.device == device, StopVisit.device_seq.in_(numbers))
    own = {"village": unit.village.id, "run": run.id}
    visited = await unit.session.scalars(_points_of(StopVisit), own)
    stops = await unit.session.scalars(_points_of(RunStop), own)
    points = await unit.session.execute(
        sa.select(ServicePoint.id, ServicePoint.status, ServicePoint.household_id).where(
            ServicePoint.village_id == unit.village.id,
            ServicePoint.id.in_({one.point for one in visits if one.point is not None}),
        )
    )
    rows = points.all()
    book = Book(
        state=run.state,
        by_sequence={one.device_seq: content_of(one) for one in of_device},
        visited=set(visited),
        stops=set(stops),
        points={id_: status for id_, status, _ in rows},
    )
    return book, {id_: household for id_, _, household in rows}


def _points_of(model: type[StopVisit] | type[RunStop]) -> sa.Select[UUID]:
    return sa.select(model.point_id).where(
        model.village_id == sa.bindparam("village"), model.run_id == sa.bindparam("run")
    )


def content_of(row: StopVisit) -> tuple[object, ...]:
    return (
        row.run_id, row.point_id, row.outcome, row.sort_quality, row.mass, row.feedback, row.visited_at,
    )  # fmt: skip


async def _write(
    unit: WriteUnit,
    run: Run,
    device: str,
    visits: Sequence[Visit],
    found: Sequence[Verdict],
    homes: dict[UUID, UUID | None],
) -> list[WasteStopVisitResult]:
    """Write what is accepted in one go, tell the houses, and announce the run once."""
    accepted = [
        (visit, verdict)
        for visit, verdict in zip(visits, found, strict=True)
        if verdict.result is WasteVisitResult.ACCEPTED
    ]
    notes: dict[int, list[Notice]] = {}
    if accepted:
        stops = await _stops(unit, run, [visit for visit, verdict in accepted if verdict.added])
        rows = []
        for visit, _ in accepted:
            assert visit.point is not None, "accepted"
            home = homes[visit.point]
            photo = await _photo(unit, visit, home, notes)
            rows.append(visit_row(unit, run, device, visit, stops[visit.point], home, photo))
        await unit.session.execute(sa.insert(StopVisit), rows, execution_options={"render_nulls": True})
        await _tell(unit, run, [visit for visit, _ in accepted], homes)
        unit.announce(PROGRESSED, run=run.id)
    return [
        WasteStopVisitResult(
            device_seq=visit.given.device_seq,
            result=verdict.result,
            code=verdict.faults[0][1] if verdict.faults else None,
            faults=visit.notices(verdict.faults),
            warnings=[*visit.notices(verdict.warnings), *notes.get(visit.index, ())],
        )
        for visit, verdict in zip(visits, found, strict=True)
    ]


async def _stops(unit: WriteUnit, run: Run, added: Sequence[Visit]) -> dict[UUID, UUID]:
    """The stop of each point of the run; what was visited beside them is added at its end."""
    known = await unit.session.execute(
        sa.select(RunStop.point_id, RunStop.id, RunStop.position).where(
            RunStop.village_id == unit.village.id, RunStop.run_id == run.id
        )
    )
    stops, last = {}, 0
    for point, id_, position in known:
        stops[point], last = id_, max(last, position)
    rows = []
    for position, visit in enumerate(added, last + 1):
        assert visit.point is not None, "accepted"
        rows.append(stop_row(unit, run.id, run.day, position, visit.point))
        stops[visit.point] = rows[-1]["id"]  # type: ignore[assignment]
    if rows:
        await unit.session.execute(sa.insert(RunStop), rows)
    return stops


async def _photo(
    unit: WriteUnit, visit: Visit, household: UUID | None, notes: dict[int, list[Notice]]
) -> UUID | None:
    """The visit is worth more than its photo: what is wrong with that is a warning."""
    if visit.photo is None:
        return None
    try:
        return (await take_file(unit, visit.photo, kind=VISIT_PHOTO, household=household)).id
    except Refusal:
        notes[visit.index] = visit.notices([("photo_id", "PHOTO_NOT_TAKEN", PHOTO_NOT_TAKEN)])
        return None


def visit_row(
    unit: WriteUnit,
    run: Run,
    device: str,
    visit: Visit,
    stop: UUID,
    household: UUID | None,
    photo: UUID | None,
) -> dict[str, object]:
    given = visit.given
    return {
        "village_id": unit.village.id,
        "id": uuid7(),
        "run_id": run.id,
        "stop_id": stop,
        "point_id": visit.point,
        "household_id": household,
        "stream": run.stream,
        "day": run.day,
        "outcome": given.outcome,
        "sort_quality": given.sort_quality,
        "mass": given.mass,
        "photo_id": photo,
        "feedback": visit.feedback,
        "visited_at": visit.at,
        "device": device,
        "device_seq": given.device_seq,
        "recorded_by": unit.actor_id,
    }


async def _tell(unit: WriteUnit, run: Run, accepted: Sequence[Visit], homes: dict[UUID, UUID | None]) -> None:
    """The head of each household whose waste was left behind, because it was not sorted."""
    told = {}
    for visit in accepted:
        home = homes[visit.point] if visit.point is not None else None
        if home is not None and visit.given.outcome is WasteStopOutcome.REJECTED_UNSORTED:
            told[home] = {"day": run.day, "feedback": visit.feedback or "-"}
    await tell_households(unit, REJECTED_UNSORTED, told)


MUTATIONS = (waste_record_stop_visits,)
