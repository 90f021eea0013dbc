"""`/feeds/waste/<secret>.ics`: the pickups of a service point or of a route, for whoever has the address."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from wantilan import Endpoint, EndpointAnswer, EndpointRequest, Unit, new_code, read_code

from .calendars import Series, calendar
from .models import Feed, Route, RouteStop, ServicePoint, WastePointStatus
from .planning import cancelled, timetables

SECRET_CHARACTERS = 32
"""160 bits: an address that nobody guesses."""
FRESH = 300
"""Seconds for which a calendar may be shown without asking again."""


def new_secret(unit: Unit) -> str:
    """A secret that says of which village it is, and nothing else."""
    return new_code(unit.village.code, SECRET_CHARACTERS)


def hash_of_secret(secret: str) -> bytes:
    """What is kept of it. It is long and made by chance: a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode()).digest()


def address_of(secret: str) -> str:
    return f"/feeds/waste/{secret}.ics"


def village_of(request: EndpointRequest) -> str | None:
    found = read_code(request.parts["secret"])
    return found[0] if found is not None else None


async def pickups(request: EndpointRequest, unit: Unit) -> EndpointAnswer | None:
    """The calendar; nothing for an address that nobody made or that was revoked."""
    found = read_code(request.parts["secret"])
    feed = await unit.first(Feed, Feed.secret_hash == hash_of_secret(found[1])) if found else None
    if feed is None or feed.revoked_at is not None:
        return None
    series = await series_of(unit, await _routes(unit, feed))
    text = calendar(f"Angkut sampah {unit.village.name}", unit.village.time_zone, series)
    return EndpointAnswer(
        body=text,
        content_type="text/calendar; charset=utf-8",
        headers={"content-disposition": 'inline; filename="angkut-sampah.ics"'},
    )


async def _routes(unit: Unit, feed: Feed) -> list[UUID]:
    """The routes that are gone along and pass there; none at a point that is not served."""
    query = sa.select(Route.id).where(Route.village_id == unit.village.id, Route.active.is_(True))
    if feed.route_id is not None:
        query = query.where(Route.id == feed.route_id)
    else:
        stops = (
            sa.select(RouteStop.route_id)
            .join(
                ServicePoint,
                sa.and_(
                    ServicePoint.village_id == RouteStop.village_id, ServicePoint.id == RouteStop.point_id
                ),
            )
            .where(
                RouteStop.village_id == unit.village.id,
                RouteStop.point_id == feed.point_id,
                ServicePoint.status == WastePointStatus.ACTIVE,
            )
        )
        query = query.where(Route.id.in_(stops))
    return list((await unit.session.scalars(query.order_by(Route.id))).all())


async def series_of(unit: Unit, routes: Sequence[UUID]) -> list[Series]:
    """The schedules of these routes. A run that was cancelled is a day that falls out."""
    known = await timetables(unit, routes)
    if not known:
        return []
    off = await cancelled(unit, routes, min(row.starts_on for row, _ in known))
    found = []
    for row, table in known:
        out = {day for route, stream, day in off if route == row.route_id and stream is row.stream}
        found.append(
            Series(
                key=str(row.id),
                stream=row.stream,
                timetable=replace(table, excluded=table.excluded | out),
                window=(row.window_start, row.window_end),
                changed_at=row.changed_at,
            )
        )
    return found


ENDPOINTS = (Endpoint(path="/feeds/waste/{secret}.ics", village=village_of, answer=pickups, max_age=FRESH),)
