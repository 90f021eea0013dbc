"""Runs of the demo: planned a week ahead, with a visit to each stop, weighed at the facility, and closed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from uuid import UUID

import sqlalchemy as sa

from ..models import Run, RunStop, StopVisit, WasteRunState
from ..models import WasteSourceClass as From
from ..models import WasteStopOutcome as Came
from ..models import WasteStream as S
from ..planning import DAYS_OF_RUNS
from .actors import COLLECTOR
from .history import History, Row
from .points import Points
from .routes import Routes
from .stock import Stock
from .timeline import DAY, Deed
from .weighings import Weighing, rounded, weekly_grams

PLANNED_BEFORE = timedelta(days=DAYS_OF_RUNS - 1)
PLANS_AT, CLOSES_AT = time(0, 0), time(15, 10)
EACH_STOP = timedelta(minutes=2)
CALLED_OFF = 0.012
"""The share of runs that do not take place: the vehicle is broken."""
CREW = 2
TAKEN = 0.86
"""The share of people whose waste is taken on an ordinary day."""
WITHOUT_WINDOW = 400
"""Minutes after midnight."""
CONTAINER = 60_000
"""Grams."""
WEEKLY_SHARES = {S.ORGANIK: 0.42, S.ANORGANIK: 0.11, S.RESIDU: 0.18}
"""What the runs of a stream bring of a week's waste."""
EACH_WEEK = {S.ORGANIK: 1.0, S.ANORGANIK: 0.5, S.RESIDU: 0.5}
"""Runs of a route in a week."""
UNSORTED = "Plastik tercampur dengan sisa dapur. Mohon dipilah, kami datang lagi pada jadwal berikutnya."
STREAMS = (S.ORGANIK, S.ANORGANIK, S.RESIDU)


class Runs:
    """The runs that are not closed, with their stops; and what comes of each stop."""

    def __init__(self, history: History, stock: Stock, points: Points, routes: Routes, people: int) -> None:
        self.history, self.stock, self.points, self.routes = history, stock, points, routes
        self.people = people
        self._runs: dict[tuple[UUID, S, date], Row] = {}
        self._stops: dict[UUID, list[Row]] = {}
        self._visited: set[tuple[UUID, UUID]] = set()
        self._skill: dict[UUID, float] = {}
        self._began = date.max

    async def load(self, since: date) -> None:
        unfinished = Run.state.not_in((WasteRunState.CLOSED, WasteRunState.CANCELLED))
        for run in await self.history.known(Run, sa.or_(unfinished, Run.day >= since)):
            self._runs[run["route_id"], run["stream"], run["day"]] = run
        ids = [run["id"] for run in self._runs.values()]
        for stop in await self.history.known(RunStop, RunStop.run_id.in_(ids)):
            self._stops.setdefault(stop["run_id"], []).append(stop)
        visits = await self.history.known(StopVisit, StopVisit.run_id.in_(ids))
        self._visited = {(row["run_id"], row["point_id"]) for row in visits}
        here = Run.village_id == self.history.unit.village.id
        first = await self.history.unit.session.scalar(sa.select(sa.func.min(Run.day)).where(here))
        self._began = first or since
        if first is None:
            # A day of which a part is over already has no run that begins in the middle.
            begin = since if self.history.last is None else since + DAY
            for ahead in range(PLANNED_BEFORE.days):
                self._plan(begin + ahead * DAY)

    def deeds(self, day: date) -> list[Deed]:
        made = [Deed(self.history.moment(day, PLANS_AT), lambda at: self._plan(day + PLANNED_BEFORE))]
        for (_, stream, when), run in self._runs.items():
            if when == day and self._is_ours(run):
                minutes = run["window_start"] or WITHOUT_WINDOW
                start = self.history.moment(day, time(0, 0)) + timedelta(minutes=minutes)
                made += self._run(run, stream, start)
        return made

    def _is_ours(self, run: Row) -> bool:
        return run["started_by"] == COLLECTOR or run["state"] is WasteRunState.PLANNED

    def _plan(self, day: date) -> None:
        for schedule in self.routes.on(day):
            key = (schedule["route_id"], schedule["stream"], day)
            stops = self.routes.stops.get(schedule["route_id"], [])
            if key in self._runs or not stops:
                continue
            route = next(row for row in self.routes.rows if row["id"] == schedule["route_id"])
            run = self._runs[key] = self.history.add(
                Run, route_id=route["id"], schedule_id=schedule["id"], stream=schedule["stream"], day=day,
                window_start=schedule["window_start"], window_end=schedule["window_end"],
                state=WasteRunState.PLANNED,
            )  # fmt: skip
            self._stops[run["id"]] = [
                self.history.add(
                    RunStop, run_id=run["id"], day=day, position=place, point_id=stop["point_id"]
                )
                for place, stop in enumerate(stops, 1)
            ]

    def _run(self, run: Row, stream: S, start: datetime) -> list[Deed]:
        """From the start to the close; called off at the start, now and then."""
        stops = self._stops.get(run["id"], [])
        rng = self._chance(run)
        if rng.random() < CALLED_OFF:
            return [Deed(start, partial(self._call_off, run))]
        deeds = [Deed(start, partial(self._start, run))]
        at, taken = start, 0
        points = {row["id"]: row for row in self.points.rows}
        for stop in stops:
            at += EACH_STOP
            point = points[stop["point_id"]]
            outcome, quality = self._outcome(rng, point, run["day"])
            taken += (point["people"] or 5) * (outcome is Came.COLLECTED) * 2 + (outcome is Came.PARTIAL)
            deeds.append(Deed(at, partial(self._visit, run, stop, point, outcome, quality)))
        grams = self._mass(rng, stream, taken)
        at += EACH_STOP
        return [
            *deeds,
            Deed(at, partial(self._step, run, WasteRunState.FINISHED)),
            Deed(at + 6 * EACH_STOP, partial(self._weigh, run, grams), weighs=True),
            Deed(self.history.moment(run["day"], CLOSES_AT), partial(self._step, run, WasteRunState.CLOSED)),
        ]

    def _chance(self, run: Row) -> Random:
        return self.history.chance("run", run["day"], self._place(run), run["stream"].name)

    def _place(self, run: Row) -> int:
        """The place of its route among the others."""
        return next(place for place, row in enumerate(self.routes.rows) if row["id"] == run["route_id"])

    def _mass(self, rng: Random, stream: S, taken: int) -> int:
        """What the whole village gives in a run of this stream, by how many people's waste was taken."""
        everybody = weekly_grams(self.people) * WEEKLY_SHARES[stream] / EACH_WEEK[stream]
        expected = (
            sum((row["people"] or 5) * 2 for row in self.points.rows if not self.points.brings_itself(row))
            * TAKEN
        )
        return rounded(everybody * taken / expected * rng.uniform(0.93, 1.07)) if taken else 0

    def _outcome(self, rng: Random, point: Row, day: date) -> tuple[Came, int | None]:
        """Some are better at sorting than others, and all learn over the year."""
        skill = self._skill.get(point["id"])
        if skill is None:
            skill = self.history.chance("skill", self.points.number_of(point)).random()
            self._skill[point["id"]] = skill
        learnt = min(1.0, (day - self._began).days / 365)
        drawn = rng.random()
        if drawn < 0.07:
            return Came.NOT_PUT_OUT, None
        if drawn < 0.08:
            return Came.NO_ACCESS, None
        quality = min(3, max(0, round(1.9 * skill + 1.0 * learnt + rng.gauss(0.35, 0.6))))
        if quality == 0 and rng.random() < 0.7:
            return Came.REJECTED_UNSORTED, 0
        return (Came.PARTIAL if drawn < 0.1 else Came.COLLECTED), quality

    def _start(self, run: Row, at: datetime) -> None:
        route = next(row for row in self.routes.rows if row["id"] == run["route_id"])
        self.history.change(
            run, state=WasteRunState.STARTED, started_at=at, started_by=COLLECTOR, crew=CREW,
            vehicle=route["vehicle"],
        )  # fmt: skip

    def _call_off(self, run: Row, at: datetime) -> None:
        self.history.change(
            run, state=WasteRunState.CANCELLED, cancelled_at=at, cancel_reason="Kendaraan rusak"
        )

    def take_along(self, point: Row, day: date) -> None:
        """A new last stop of a route is one of its runs to come, too."""
        for (route, _, when), run in self._runs.items():
            stops = self.routes.stops.get(route, [])
            if when > day and stops and stops[-1]["point_id"] == point["id"]:
                there = self._stops[run["id"]]
                there.append(
                    self.history.add(
                        RunStop, run_id=run["id"], day=when, position=len(there) + 1, point_id=point["id"]
                    )
                )

    def _visit(
        self, run: Row, stop: Row, point: Row, outcome: Came, quality: int | None, at: datetime
    ) -> None:
        key = (run["id"], point["id"])
        if key in self._visited:
            return
        self._visited.add(key)
        self.history.add(
            StopVisit, run_id=run["id"], stop_id=stop["id"], point_id=point["id"],
            household_id=point["household_id"], stream=run["stream"], day=run["day"], outcome=outcome,
            sort_quality=quality, feedback=UNSORTED if outcome is Came.REJECTED_UNSORTED else None,
            visited_at=at, device=f"hp-petugas-{self._place(run) + 1}",
            device_seq=run["day"].toordinal() * 2000 + STREAMS.index(run["stream"]) * 500 + stop["position"],
            recorded_by=COLLECTOR,
        )  # fmt: skip

    def _step(self, run: Row, state: WasteRunState, at: datetime) -> None:
        moments = {WasteRunState.FINISHED: "finished_at", WasteRunState.CLOSED: "closed_at"}
        stamp = {moments[state]: at} if state in moments else {}
        self.history.change(run, state=state, **stamp)

    def _weigh(self, run: Row, grams: int, at: datetime) -> None:
        if grams:
            load = Weighing(at.time(), run["stream"], From.RUMAH_TANGGA, grams, CONTAINER)
            self.stock.take_in(load, at, run=run["id"])
        self.history.change(run, state=WasteRunState.WEIGHED, weighed_at=at)
