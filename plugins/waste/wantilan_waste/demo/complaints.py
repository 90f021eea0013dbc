"""Complaints of the demo: what was reported, what was done, and what everybody may read of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from wantilan import new_code

from ..complaints import CHARACTERS
from ..models import Complaint, ComplaintStep, PublicComplaint
from ..models import WasteComplaintKind as About
from ..models import WasteComplaintState as State
from ..rules.complaints import deadline, may_become, rounded
from ..settings import WasteSettings
from .actors import OFFICER
from .history import History, Row
from .points import Points
from .timeline import DAY, Deed

OFTEN = 0.08
"""The share of days on which somebody complains."""
LONGEST = timedelta(days=45)
ANSWERED_AT = time(14, 10)
DONE = (State.CLOSED, State.REJECTED)
STAMPS = {
    State.ACKNOWLEDGED: "acknowledged_at", State.RESOLVED: "resolved_at", State.CLOSED: "closed_at",
    State.REJECTED: "closed_at",
}  # fmt: skip
NOTES = {
    State.ACKNOWLEDGED: "Aduan diterima, terima kasih.",
    State.IN_PROGRESS: "Petugas sedang ke lokasi.",
    State.RESOLVED: "Sudah ditangani.",
    State.CLOSED: "Selesai.",
    State.REJECTED: "Bukan wewenang desa.",
}


@dataclass(frozen=True)
class Case:
    """What somebody writes, what the office lets everybody read, and where it is."""

    about: About
    text: str
    public: str | None
    address: str | None = None


CASES = (
    Case(About.MISSED_PICKUP, "Sampah organik kami tidak diangkut hari ini.", None),
    Case(About.WILD_DUMP, "Ada tumpukan sampah di tepi subak.", "Tumpukan di tepi subak.", "Tepi subak"),
    Case(About.BURNING, "Ada yang membakar plastik tiap sore.", "Pembakaran plastik.", "Balai banjar"),
    Case(About.OVERFLOW, "Tempat sampah di depan pasar penuh.", "Tempat sampah penuh.", "Depan pasar"),
    Case(About.ODOUR_LEACHATE, "Bau menyengat dari TPS3R pada malam hari.", "Bau dari TPS3R.", "TPS3R"),
    Case(About.BILLING, "Iuran bulan lalu sudah saya bayar, tetapi masih tertagih.", None),
    Case(About.B3_FOUND, "Ada aki bekas di selokan.", "Aki bekas di selokan.", "Selokan jalan utama"),
    Case(About.OTHER, "Mohon jadwal pengangkutan ditempel di balai banjar.", None),
)  # fmt: skip


class Complaints:
    """The complaints that are not over, and how each goes on."""

    def __init__(self, history: History, points: Points) -> None:
        self.history, self.points = history, points
        self._agenda: dict[date, list[tuple[Row, State]]] = {}
        self._published: dict[UUID, Row] = {}
        self._place: tuple[float, float] | None = None
        self._settings = WasteSettings()

    async def load(self, since: date) -> None:
        self._settings = await self.history.unit.settings(WasteSettings)
        village = await self.history.unit.own_village()
        if village.longitude is not None and village.latitude is not None:
            self._place = (village.longitude, village.latitude)
        for row in await self.history.known(PublicComplaint):
            self._published[row["id"]] = row
        for row in await self.history.known(Complaint, Complaint.state.not_in(DONE)):
            opened = self.history.day_of(row["opened_at"])
            if since - opened <= LONGEST and row["opened_at"] == self._opened_at(opened):
                self._expect(row, opened)

    def _opened_at(self, day: date) -> datetime | None:
        """When somebody complains on a day, if somebody does."""
        rng = self.history.chance("complaint", day)
        if rng.random() >= OFTEN:
            return None
        return self.history.moment(day, time(rng.randrange(7, 14), rng.randrange(60), rng.randrange(60)))

    def deeds(self, day: date) -> list[Deed]:
        made = [Deed(self.history.moment(day, ANSWERED_AT), self._answer)]
        opened_at = self._opened_at(day)
        return [*made, Deed(opened_at, self._open)] if opened_at else made

    def _answer(self, at: datetime) -> None:
        """What is to be done today, also about what was reported this morning."""
        order = list(State)
        for row, state in self._agenda.pop(self.history.day_of(at), []):
            self._step(row, state, at + order.index(state) * timedelta(minutes=5))

    def _open(self, at: datetime) -> None:
        day = self.history.day_of(at)
        rng = self.history.chance("case", day)
        case = rng.choice(CASES)
        point = rng.choice([row for row in self.points.rows if row["household_id"] in self.points.heads])
        place = self._place
        near = case.address is not None and place is not None
        made = self.history.add(
            Complaint, tracking_code=new_code(self.history.code, CHARACTERS), kind=case.about,
            state=State.OPEN, text=case.text, address=case.address,
            longitude=round(place[0] + rng.uniform(-0.004, 0.004), 5) if near and place else None,
            latitude=round(place[1] + rng.uniform(-0.004, 0.004), 5) if near and place else None,
            point_id=point["id"] if case.address is None else None, household_id=point["household_id"],
            resident_id=self.points.heads[point["household_id"]], opened_at=at, updated_at=at,
            due_at=deadline(at, self._settings.complaint_hours.of(case.about)),
        )  # fmt: skip
        self._write_step(made, State.OPEN, at)
        self._expect(made, day)

    def _expect(self, row: Row, opened: date) -> None:
        """What is still to be done about it: most in time, some late, now and then nothing at all."""
        rng = self.history.chance("handled", opened)
        limit = max(1, (row["due_at"] - row["opened_at"]).days)
        seen = opened + rng.randint(0, 1) * DAY
        if rng.random() < 0.08:
            steps = [(seen, State.ACKNOWLEDGED), (seen + DAY, State.REJECTED)]
        else:
            begun = seen + rng.randint(0, 1) * DAY
            solved = begun + rng.randint(0, limit + 2) * DAY
            steps = [(seen, State.ACKNOWLEDGED), (begun, State.IN_PROGRESS), (solved, State.RESOLVED)]
            steps.append((solved + 7 * DAY, State.CLOSED))
        order = list(State)
        for day, state in steps:
            if order.index(state) > order.index(row["state"]):
                self._agenda.setdefault(day, []).append((row, state))

    def _step(self, row: Row, state: State, at: datetime) -> None:
        if not may_become(row["state"], state):
            return
        note = NOTES.get(state)
        values: Row = {"state": state, "updated_at": at, "public_text": public_text(row["text"])}
        if state in STAMPS:
            values[STAMPS[state]] = at
        if values["public_text"] is not None:
            values["public_note"] = note
        self.history.change(row, **values)
        self._write_step(row, state, at, note)
        self._publish(row)

    def _write_step(self, row: Row, state: State, at: datetime, note: str | None = None) -> None:
        by = None if state is State.OPEN else OFFICER
        self.history.add(
            ComplaintStep, complaint_id=row["id"], resident_id=row["resident_id"], state=state, note=note,
            at=at, by=by,
        )  # fmt: skip

    def _publish(self, row: Row) -> None:
        """What everybody may read is as the complaint is now."""
        if row["public_text"] is None:
            return
        seen = {
            "kind": row["kind"], "state": row["state"], "text": row["public_text"],
            "note": row["public_note"], "updated_at": row["updated_at"],
            "ended_at": row["resolved_at"] or row["closed_at"],
        }  # fmt: skip
        shown = self._published.get(row["id"])
        if shown is not None:
            self.history.change(shown, **seen)
            return
        self._published[row["id"]] = self.history.add(
            PublicComplaint, id=row["id"], tracking_code=row["tracking_code"],
            longitude=rounded(row["longitude"]), latitude=rounded(row["latitude"]),
            opened_at=row["opened_at"], due_at=row["due_at"], **seen,
        )  # fmt: skip


def public_text(text: str) -> str | None:
    """What the office lets everybody read of what somebody wrote."""
    return next((case.public for case in CASES if case.text == text), None)
