"""Calendar addresses are made and revoked."""

from __future__ import annotations

import strawberry

from wantilan import (
    Info,
    InvalidTransition,
    Judge,
    LimitExceeded,
    NotFound,
    Text,
    WriteUnit,
    input,
    mutation,
    own_household,
    payload,
    ref,
    within,
)

from ..feeds import address_of, hash_of_secret, new_secret
from ..models import Feed, Route, ServicePoint
from ..permissions import RUN_PLAN
from ..types.routes import WasteFeed, WasteRoute, WasteStopPoint

MOST_FEEDS = 10
"""Addresses of one point or route that can be read at the same time."""


@input
class WasteMakeFeedInput:
    """Of whose pickups the calendar tells: of a point or of a route."""

    point_id: strawberry.ID | None = None
    """A service point: of all routes that pass it."""
    route_id: strawberry.ID | None = None
    """A route; for those who plan."""


@payload
class WasteMakeFeedPayload:
    """Where the calendar is read."""

    __secrets__ = frozenset({"address"})

    feed: WasteFeed | None
    """What is kept of it, for revoking it."""
    address: str | None
    """The path of the calendar on this server, `/feeds/waste/….ics`, to subscribe to. Whoever has it reads
    the days. It is shown this once; null when the request is repeated.
    """


@input
class WasteRevokeFeedInput:
    """Which calendar address."""

    feed_id: strawberry.ID
    """What was kept of it."""


@payload
class WasteRevokeFeedPayload:
    """What was revoked."""

    feed: WasteFeed | None
    """The feed."""


@mutation(needs=[within(RUN_PLAN), own_household(ServicePoint.household_id)])
async def waste_make_feed(info: Info, input: WasteMakeFeedInput) -> WasteMakeFeedPayload:
    """Make a secret address at which calendar programs read the pickups of a point or a route."""
    judge = Judge(input)
    point_key, route_key = judge.key(WasteStopPoint, "point_id"), judge.key(WasteRoute, "route_id")
    if (input.point_id is None) is (input.route_id is None):
        text = Text("Isi tepat satu: titik atau rute.", "Give exactly one: a point or a route.")
        judge.refuse("point_id", "EXACTLY_ONE", text)
    judge.check()
    key = point_key or route_key
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        secret = new_secret(unit)
        feed = Feed(secret_hash=hash_of_secret(secret), made_at=unit.now, made_by=unit.actor_id)
        if point_key is not None:
            point = await unit.target(ServicePoint, point_key.id, lock=True)
            feed.point_id, feed.household_id = point.id, point.household_id
        else:
            route = await unit.target(Route, key.id, needs=[within(RUN_PLAN)], lock=True)
            feed.route_id = route.id
        await _count(unit, feed)
        await unit.add(feed)
    return WasteMakeFeedPayload(feed=ref(WasteFeed, feed), address=address_of(secret))


async def _count(unit: WriteUnit, feed: Feed) -> None:
    of = Feed.point_id == feed.point_id if feed.point_id is not None else Feed.route_id == feed.route_id
    if len(await unit.all(Feed, of, Feed.revoked_at.is_(None))) >= MOST_FEEDS:
        raise LimitExceeded("feedsAtATime", MOST_FEEDS)


@mutation(needs=[within(RUN_PLAN), own_household(Feed.household_id)])
async def waste_revoke_feed(info: Info, input: WasteRevokeFeedInput) -> WasteRevokeFeedPayload:
    """Make a calendar address worthless."""
    judge = Judge(input)
    key = judge.key(WasteFeed, "feed_id")
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        feed = await unit.target(Feed, key.id, lock=True)
        if feed.revoked_at is not None:
            raise InvalidTransition(Text("Sudah dicabut.", "It is revoked already."))
        feed.revoked_at = unit.now
        await unit.flush()
    return WasteRevokeFeedPayload(feed=ref(WasteFeed, feed))


MUTATIONS = (waste_make_feed, waste_revoke_feed)
