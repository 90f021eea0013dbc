"""The limit: one hand-written statement a request, sent out as it comes. No token, no limits, no RLS.

Bare ASGI on the same uvicorn, the fastest forms known: text concatenation, joins instead of sub-selects for
the one, ordered sub-selects for the many. The mutation alone does the same work as ours, in one transaction
and as the role that the wall holds: the wall, the facility and household looked up, the row, the event, the
read-back.
"""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic_core import from_json

from ..ground import Deployment
from .pool import Pool
from .statements import DASHBOARD, FACTS, LOOKUP, PAGE, PAGE_AFTER, READ_BACK, RECORD, RECORD_AT_ONCE

Variables = Mapping[str, Any]
ZONE = ZoneInfo("Asia/Makassar")

deployment = Deployment.from_json(os.environ["BENCH_DEPLOYMENT"])
at_once = os.environ.get("BENCH_AT_ONCE") == "1"
"""The mutation as one statement instead of a transaction of five: as little as anybody can do."""
reads, writes = Pool(deployment.bypass_url), Pool(deployment.url)


def new_id() -> UUID:
    """Version 7, as ours: rows made together lie together."""
    random = int.from_bytes(os.urandom(10), "big")
    high, low = random >> 68, random & (1 << 62) - 1
    return UUID(int=time.time_ns() // 1_000_000 << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low)


def year_until_today() -> tuple[date, date]:
    """The last twelve months, both days inclusive."""
    today = datetime.now(ZONE).date()
    start = date(today.year - 1, today.month, min(today.day, 28)) + timedelta(days=max(0, today.day - 28))
    return start + timedelta(days=1), today


def village_page(given: Variables) -> Awaitable[str]:
    after = given.get("after")
    if after is None:
        return reads.value(PAGE, given["code"], *year_until_today())
    return reads.value(PAGE_AFTER, given["code"], *year_until_today(), after.partition(".")[2])


def lookup(given: Variables) -> Awaitable[str]:
    _, village, resident = given["id"].split("-")
    return reads.value(LOOKUP, village, resident)


def region_dashboard(given: Variables) -> Awaitable[str]:
    code = given["code"]
    return reads.value(DASHBOARD, code, *year_until_today(), f"{code}~")


async def record(given: Variables) -> str:
    weighed = given["input"]
    _, village, facility = weighed["facilityId"].split("-")
    household = weighed["householdId"].rpartition("-")[2]
    now = datetime.now(UTC)
    net, day = weighed["gross"] - weighed["tare"], now.astimezone(ZONE).date()
    row = (
        village, new_id(), facility, household, weighed["stream"], "RUMAH_TANGGA", weighed["gross"],
        weighed["tare"], net, now, day, new_id(),
    )  # fmt: skip
    if at_once:
        return await writes.value(RECORD_AT_ONCE, *row)
    return await in_transaction(row)


async def in_transaction(row: tuple[Any, ...]) -> str:
    village, intake, facility, household = row[:4]
    async with writes.enough:
        connection = writes.free.pop()
        try:
            async with connection.transaction():
                facts = await connection.fetchrow(FACTS, village, facility, household)
                assert facts is not None and facts[1] and facts[2]
                await connection.execute(RECORD, *row)
                return str(await connection.fetchval(READ_BACK, village, intake))
        finally:
            writes.free.append(connection)


ANSWERS: Mapping[str, Callable[[Variables], Awaitable[str]]] = {
    "query Villa": village_page,
    "query Looku": lookup,
    "query Regio": region_dashboard,
    "mutation Re": record,
}
"""By the first letters of the document."""


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    body = b""
    while True:
        message = await receive()
        body += message["body"]
        if not message.get("more_body"):
            break
    asked = from_json(body)
    text = await ANSWERS[asked["query"][:11]](asked["variables"])
    out = b'{"data":%b}' % text.encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(out))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": out})


async def lifespan(receive: Any, send: Any) -> None:
    await receive()
    for pool in (reads, writes):
        await pool.open()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    for pool in (reads, writes):
        await pool.close()
    await send({"type": "lifespan.shutdown.complete"})
