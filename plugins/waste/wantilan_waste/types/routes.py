"""Routes, their stops, and when they are gone along, as clients see it."""

from __future__ import annotations

from datetime import date, datetime

from wantilan import (
    Connection,
    GeoJSONPoint,
    Row,
    Village,
    computed,
    connection,
    entity,
    many,
    one,
    own_household,
    own_village,
    point,
    tables,
    within,
)

from ..models import (
    Feed,
    Pickup,
    Route,
    RouteStop,
    Schedule,
    ScheduleDate,
    ServicePoint,
    WastePointStatus,
    WasteScheduleDateKind,
    WasteSourceClass,
    WasteStream,
)
from ..permissions import RUN_PLAN, RUN_READ
from ..rules.schedules import clock


def window_starts(rows: list[Row]) -> list[str | None]:
    """The beginning of each window as a time of day."""
    return [_clock(row["window_start"]) for row in rows]


def window_ends(rows: list[Row]) -> list[str | None]:
    """The end of each window as a time of day."""
    return [_clock(row["window_end"]) for row in rows]


def _clock(minutes: object) -> str | None:
    return clock(minutes) if isinstance(minutes, int) else None


@entity(tables.Hamlet, read=[within(RUN_READ), own_village()], tag="waste_stop_hamlet")
class WasteStopHamlet:
    """A hamlet as its collector sees it."""

    name: str
    """Its name."""


@entity(
    ServicePoint,
    read=[within(RUN_READ), own_household(ServicePoint.household_id)],
    tag="waste_stop_point",
)
class WasteStopPoint:
    """A service point as its collector sees it: where to stop and what to mind there, no money and no
    person.
    """

    label: str
    """What collectors call it."""
    source_class: WasteSourceClass
    """What kind of place it is."""
    place: GeoJSONPoint | None = point(ServicePoint.longitude, ServicePoint.latitude)
    """Where it is."""
    instructions: str | None
    """What the collector has to know: behind the gate, beware of the dog."""
    status: WastePointStatus
    """Whether it is served."""
    hamlet: WasteStopHamlet | None = one()
    """The hamlet in which it lies."""
    stops: list[WasteRouteStop] | None = many()
    """On which routes it is."""
    feeds: list[WasteFeed] | None = many(order=Feed.made_at)
    """The calendar addresses that were made for it."""


@entity(RouteStop, read=[within(RUN_READ), own_village()])
class WasteRouteStop:
    """A stop on a route. Residents see that it is there, and its point only if it is their own."""

    position: int
    """Its place on the route, from 1."""
    point: WasteStopPoint | None = one()
    """Where it is."""
    route: WasteRoute = one()
    """The route."""


@entity(Route, read=[within(RUN_READ), own_village()])
class WasteRoute:
    """A way past service points."""

    name: str
    """Its name, unique in the village."""
    vehicle: str | None
    """The vehicle that usually goes along it."""
    active: bool
    """Whether it is gone along; its schedules give nothing while it is not."""
    stops: list[WasteRouteStop] = many(order=RouteStop.position)
    """Its stops in their order."""
    schedules: list[WasteSchedule] = many(order=Schedule.stream)
    """When it is gone along, by stream."""
    next_pickups: Connection[WastePickup] = connection()
    """The pickups along it in the next 60 days, the next one first."""
    village: Village = one()
    """The village it belongs to."""


@entity(Schedule, read=[within(RUN_READ), own_village()])
class WasteSchedule:
    """When one stream is fetched along a route."""

    stream: WasteStream
    """What is fetched."""
    rrule: str
    """The days, as an RRULE of iCalendar (RFC 5545) that begins on `startsOn`."""
    starts_on: date
    """The first day on which it may give a pickup."""
    ended_on: date | None
    """The last such day; null while it goes on."""
    window_start: str | None = computed(window_starts, needs=[Schedule.window_start])
    """From when on waste is fetched, `HH:MM` by the village's clock."""
    window_end: str | None = computed(window_ends, needs=[Schedule.window_end])
    """Until when it is fetched, `HH:MM` by the village's clock."""
    changed_at: datetime
    """When it or one of its dates was changed last."""
    dates: list[WasteScheduleDate] = many(order=ScheduleDate.day)
    """Single days that were added or taken out."""
    pickups: Connection[WastePickup] = connection()
    """Its pickups in the next 60 days, the next one first."""
    route: WasteRoute = one()
    """The route."""


@entity(ScheduleDate, read=[within(RUN_READ), own_village()])
class WasteScheduleDate:
    """A single day that was added to a schedule or taken out of it."""

    day: date
    """The day."""
    kind: WasteScheduleDateKind
    """Whether there is a pickup on it."""
    reason: str | None
    """Why: a ceremony."""


@entity(
    Pickup,
    read=[within(RUN_READ), own_village()],
    order=[Pickup.day],
    filter=[Pickup.stream, Pickup.day],
)
class WastePickup:
    """A day on which a stream will be fetched. A run that was cancelled is none."""

    stream: WasteStream
    """What will be fetched."""
    day: date
    """When."""
    window_start: str | None = computed(window_starts, needs=[Pickup.window_start])
    """From when on, `HH:MM` by the village's clock."""
    window_end: str | None = computed(window_ends, needs=[Pickup.window_end])
    """Until when, `HH:MM` by the village's clock."""
    route: WasteRoute = one()
    """Along which route."""


@entity(Feed, read=[within(RUN_PLAN), own_household(Feed.household_id)], order=[Feed.made_at])
class WasteFeed:
    """A calendar address of a service point or of a route. The address itself was shown once, when it was
    made.
    """

    made_at: datetime
    """When it was made."""
    revoked_at: datetime | None
    """When it was revoked; null while it can be read."""
    point: WasteStopPoint | None = one()
    """The service point of whose pickups it tells."""
    route: WasteRoute | None = one()
    """The route of whose pickups it tells."""


TYPES = (
    WasteStopHamlet,
    WasteStopPoint,
    WasteRouteStop,
    WasteRoute,
    WasteSchedule,
    WasteScheduleDate,
    WastePickup,
    WasteFeed,
)
