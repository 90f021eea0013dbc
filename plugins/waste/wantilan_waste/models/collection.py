"""Collection: routes, schedules, runs, and what came of each stop."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wantilan import Grams, VillageTable, hash_of, reference, staying, tables

from .points import ServicePoint
from .words import (
    WasteRunState,
    WasteScheduleDateKind,
    WasteStopOutcome,
    WasteStream,
)


class Route(VillageTable):
    """A way past service points."""

    __tablename__ = "waste_route"
    __table_args__ = (sa.UniqueConstraint("village_id", "name"),)

    name: Mapped[str]
    vehicle: Mapped[str | None]
    active: Mapped[bool]


class RouteStop(VillageTable):
    """A service point on a route; `position` counts from 1."""

    __tablename__ = "waste_route_stop"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "route_id", "position"),
        sa.UniqueConstraint("village_id", "route_id", "point_id"),
        sa.CheckConstraint("position >= 1", name="position"),
        sa.Index(None, "village_id", "point_id"),
    )

    route_id: Mapped[UUID] = reference(Route)
    position: Mapped[int]
    point_id: Mapped[UUID] = reference(ServicePoint)


class Schedule(VillageTable):
    """When one stream is fetched along a route: an RRULE of iCalendar from its first day on. The window is
    in minutes after midnight, by the village's clock. `changed_at`: when it or one of its dates changed last.
    """

    __tablename__ = "waste_schedule"
    __table_args__ = (
        sa.CheckConstraint(
            "window_start >= 0 AND window_start < window_end AND window_end <= 1440", name="window"
        ),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= starts_on", name="days"),
        sa.Index(None, "village_id", "route_id", "stream"),
    )

    route_id: Mapped[UUID] = reference(Route)
    stream: Mapped[WasteStream]
    rrule: Mapped[str]
    starts_on: Mapped[date]
    ended_on: Mapped[date | None]
    window_start: Mapped[int]
    window_end: Mapped[int]
    changed_at: Mapped[datetime]


class ScheduleDate(VillageTable):
    """A single day that is added to a schedule or taken out of it: a ceremony."""

    __tablename__ = "waste_schedule_date"
    __table_args__ = (sa.UniqueConstraint("village_id", "schedule_id", "day"),)

    schedule_id: Mapped[UUID] = reference(Schedule)
    day: Mapped[date]
    kind: Mapped[WasteScheduleDateKind]
    reason: Mapped[str | None]


class Pickup(VillageTable):
    """A day on which a schedule will fetch its stream: what the schedules give for the next weeks, written
    down so that a question for the next pickups is one look.
    """

    __tablename__ = "waste_pickup"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "schedule_id", "day"),
        sa.Index(None, "village_id", "route_id", "day", "id"),
        sa.Index(None, "village_id", "stream", "day"),
        sa.Index(None, "village_id", "day", "id"),
    )

    schedule_id: Mapped[UUID] = reference(Schedule)
    route_id: Mapped[UUID] = reference(Route)
    stream: Mapped[WasteStream]
    day: Mapped[date]
    window_start: Mapped[int]
    window_end: Mapped[int]


class Feed(VillageTable):
    """A calendar address of a service point or a route. Whoever has it reads its pickup days; only its hash
    is kept, and it may be revoked. `household_id` is the point's.
    """

    __tablename__ = "waste_feed"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "secret_hash"),
        sa.CheckConstraint("(point_id IS NULL) <> (route_id IS NULL)", name="one_subject"),
        sa.Index(None, "village_id", "point_id"),
        sa.Index(None, "village_id", "route_id"),
        sa.Index(None, "village_id", "household_id"),
        sa.Index(None, "village_id", "made_at", "id"),
        staying("the addresses of calendars are served by this deployment"),
    )

    secret_hash: Mapped[bytes] = hash_of("the secret of a calendar address")
    point_id: Mapped[UUID | None] = reference(ServicePoint)
    route_id: Mapped[UUID | None] = reference(Route)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None] = mapped_column()
    revoked_at: Mapped[datetime | None]


class Run(VillageTable):
    """One way of the collectors along a route for one stream. The window is the schedule's; a run that was
    planned by itself has neither.
    """

    __tablename__ = "waste_run"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "route_id", "stream", "day"),
        sa.CheckConstraint(
            "window_start >= 0 AND window_start < window_end AND window_end <= 1440", name="window"
        ),
        sa.CheckConstraint("(window_start IS NULL) = (window_end IS NULL)", name="whole_window"),
        sa.CheckConstraint("crew BETWEEN 1 AND 50", name="crew"),
        sa.Index(None, "village_id", "schedule_id"),
        sa.Index(None, "village_id", "day", "id"),
        sa.Index(None, "village_id", "state", "day", "id"),
        sa.Index(None, "village_id", "stream", "day", "id"),
    )

    route_id: Mapped[UUID] = reference(Route)
    schedule_id: Mapped[UUID | None] = reference(Schedule)
    stream: Mapped[WasteStream]
    day: Mapped[date]
    vehicle: Mapped[str | None]
    crew: Mapped[int | None]
    window_start: Mapped[int | None]
    window_end: Mapped[int | None]
    state: Mapped[WasteRunState]
    started_at: Mapped[datetime | None]
    started_by: Mapped[UUID | None] = mapped_column()
    finished_at: Mapped[datetime | None]
    weighed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]


class RunStop(VillageTable):
    """A stop of a run: the route's until the run starts, then as the collectors went. `day` is the run's."""

    __tablename__ = "waste_run_stop"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "run_id", "position"),
        sa.UniqueConstraint("village_id", "run_id", "point_id"),
        sa.Index(None, "village_id", "point_id"),
    )

    run_id: Mapped[UUID] = reference(Run)
    day: Mapped[date]
    position: Mapped[int]
    point_id: Mapped[UUID] = reference(ServicePoint)


class StopVisit(VillageTable):
    """What came of one stop of a run. A device numbers its visits, so that one that is sent again is known.
    `stream` and `day` are the run's, `household_id` is the point's.
    """

    __tablename__ = "waste_stop_visit"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "run_id", "point_id"),
        sa.UniqueConstraint("village_id", "stop_id"),
        sa.UniqueConstraint("village_id", "device", "device_seq"),
        sa.CheckConstraint("sort_quality BETWEEN 0 AND 3", name="sort_quality"),
        sa.CheckConstraint("device_seq >= 0", name="device_seq"),
        sa.Index(
            "uq_waste_stop_visit_photo",
            "village_id",
            "photo_id",
            unique=True,
            sqlite_where=sa.text("photo_id IS NOT NULL"),
            postgresql_where=sa.text("photo_id IS NOT NULL"),
        ),
        sa.Index(None, "village_id", "point_id", "visited_at", "id"),
        sa.Index(None, "village_id", "household_id", "visited_at", "id"),
        sa.Index(None, "village_id", "visited_at", "id"),
        sa.Index(None, "village_id", "day", "outcome"),
        sa.Index(None, "village_id", "outcome", "visited_at", "id"),
        sa.Index(None, "village_id", "run_id", "visited_at", "id"),
    )

    run_id: Mapped[UUID] = reference(Run)
    stop_id: Mapped[UUID] = reference(RunStop)
    point_id: Mapped[UUID] = reference(ServicePoint)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    stream: Mapped[WasteStream]
    day: Mapped[date]
    outcome: Mapped[WasteStopOutcome]
    sort_quality: Mapped[int | None]
    mass: Mapped[Grams | None]
    photo_id: Mapped[UUID | None] = reference(tables.File)
    feedback: Mapped[str | None]
    visited_at: Mapped[datetime]
    device: Mapped[str]
    device_seq: Mapped[int]
    recorded_by: Mapped[UUID | None] = mapped_column()
