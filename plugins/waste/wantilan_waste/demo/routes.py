"""Routes of the demo: one for each hamlet, with a weekly day for organic waste and another on which what can
be used again and residue take turns; and the days on which a ceremony moves them.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from wantilan import tables

from ..models import Route, RouteStop, Schedule, ScheduleDate
from ..models import WasteScheduleDateKind as Single
from ..models import WasteStream as S
from ..rules.recurrence import Recurrence, read
from .history import History, Row
from .points import Points
from .timeline import DAY, Deed

ORGANIC_ON = (0, 1, 2, 3)
REST_ON = (4, 4, 5, 5)
"""Weekdays, Monday is 0, by the place of the hamlet among the others."""
VEHICLES = ("Motor roda tiga 1", "Motor roda tiga 2")
TOLD_AT = time(9, 0)
TOLD_BEFORE = timedelta(days=21)
CEREMONIES_EVERY = 61
CEREMONY = "Piodalan contoh"


class Routes:
    """The routes with their stops, and on which days each stream is fetched."""

    def __init__(self, history: History, points: Points) -> None:
        self.history, self.points = history, points
        self.rows: list[Row] = []
        self.stops: dict[UUID, list[Row]] = {}
        self._of_hamlet: dict[UUID, Row] = {}
        self._schedules: list[Row] = []
        self._moved: dict[tuple[UUID, date], Single] = {}

    async def load(self, since: date) -> None:
        self.rows = await self.history.known(Route)
        for stop in await self.history.known(RouteStop):
            self.stops.setdefault(stop["route_id"], []).append(stop)
        for stops in self.stops.values():
            stops.sort(key=lambda stop: int(stop["position"]))
        self._schedules = await self.history.known(Schedule)
        for row in await self.history.known(ScheduleDate):
            self._moved[row["schedule_id"], row["day"]] = row["kind"]
        if not self.rows:
            await self._found(since)
        self._know_hamlets()

    def _know_hamlets(self) -> None:
        """The route of a hamlet is that on which its first point stands."""
        hamlet_of = {row["id"]: row["hamlet_id"] for row in self.points.rows}
        for route in self.rows:
            for stop in self.stops.get(route["id"], [])[:1]:
                self._of_hamlet.setdefault(hamlet_of[stop["point_id"]], route)

    async def _found(self, since: date) -> None:
        hamlets = await self.history.unit.all(tables.Hamlet)
        for place, hamlet in enumerate(sorted(hamlets, key=lambda hamlet: hamlet.name_key)):
            route = self.history.add(
                Route, name=f"Rute {hamlet.name}", vehicle=VEHICLES[place % len(VEHICLES)], active=True
            )
            self.rows.append(route)
            self._of_hamlet[hamlet.id] = route
            self._schedule(route, place % len(ORGANIC_ON), since)
        for point in self.points.rows:
            self.take_along(point)

    def _schedule(self, route: Row, place: int, since: date) -> None:
        monday = since - timedelta(days=since.weekday())
        for stream, weekday, every, first, start in (
            (S.ORGANIK, ORGANIC_ON[place], 1, monday, 390),
            (S.ANORGANIK, REST_ON[place], 2, monday, 420 + 150 * (place % 2)),
            (S.RESIDU, REST_ON[place], 2, monday + 7 * DAY, 420 + 150 * (place % 2)),
        ):
            made = self.history.add(
                Schedule, route_id=route["id"], stream=stream, starts_on=first,
                rrule=str(Recurrence("WEEKLY", every, frozenset({(0, weekday)}))), window_start=start,
                window_end=start + 180, changed_at=self.history.moment(since, time(0, 0)),
            )  # fmt: skip
            self._schedules.append(made)

    def take_along(self, point: Row) -> None:
        """A point becomes the last stop of its hamlet's route, unless it brings its waste itself."""
        if self.points.brings_itself(point):
            return
        route = self._of_hamlet.get(point["hamlet_id"])
        if route is None:
            return
        stops = self.stops.setdefault(route["id"], [])
        position = stops[-1]["position"] + 1 if stops else 1
        stops.append(
            self.history.add(RouteStop, route_id=route["id"], position=position, point_id=point["id"])
        )

    def on(self, day: date) -> list[Row]:
        """The schedules that have a pickup on a day."""
        return [row for row in self._schedules if self._has(row, day)]

    def _has(self, schedule: Row, day: date) -> bool:
        single = self._moved.get((schedule["id"], day))
        if single is not None:
            return single is Single.EXTRA
        rule, ended_on = read(schedule["rrule"]), schedule["ended_on"]
        running = ended_on is None or day <= ended_on
        return running and isinstance(rule, Recurrence) and rule.gives(day, schedule["starts_on"])

    def deeds(self, day: date) -> list[Deed]:
        if day.toordinal() % CEREMONIES_EVERY:
            return []
        return [Deed(self.history.moment(day, TOLD_AT), partial(self._tell_of_ceremony, day + TOLD_BEFORE))]

    def _tell_of_ceremony(self, feast: date, at: datetime) -> None:
        """In the week of a ceremony one pickup is left out, and made good on the day after."""
        for day in (feast + n * DAY for n in range(7)):
            for schedule in self.on(day):
                following = day + DAY
                keys = ((schedule["id"], day), (schedule["id"], following))
                if schedule["stream"] is not S.ORGANIK or any(key in self._moved for key in keys):
                    continue
                for when, kind in ((day, Single.EXCLUDED), (following, Single.EXTRA)):
                    self._moved[schedule["id"], when] = kind
                    self.history.add(
                        ScheduleDate, schedule_id=schedule["id"], day=when, kind=kind, reason=CEREMONY
                    )
                self.history.change(schedule, changed_at=at)
                return
