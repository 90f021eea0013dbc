"""How long a plan takes, by the size of the selection: in this process, on the processor's own clock."""

from __future__ import annotations

import time
from datetime import date

from wantilan.access.actor import Actor, Held
from wantilan.access.permissions import PlaceKind
from wantilan.graph.documents import Documents
from wantilan.graph.engine import Engine
from wantilan.graph.selection import Request
from wantilan.settings import Limits, Settings
from wantilan.store.database import Database
from wantilan.store.ids import uuid7
from wantilan.web.application import host_of

COPIES = (4, 8, 16, 32, 64)
FIELDS = 12
"""Fields in one copy of the part below, its lists and objects included."""
PART = """
  p{n}: residents(first: 10) {{
    nodes {{ id fullName birthDate kartuCerdas {{ card {{ number status }} }} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
"""
REPEATS = 15


def plan_times() -> dict[int, float]:
    """Seconds for one plan, the least of several, by the number of fields."""
    host = host_of(Settings(strict=True))
    wide = Limits(aliases=1000, tokens=100_000, document_characters=1_000_000, rows=10**9)
    settings = Settings(database_url="postgresql://nobody@127.0.0.1/nowhere", limits=wide)
    database = Database(settings.database_url)

    async def nobody(token: str | None) -> Actor:
        raise NotImplementedError

    engine = Engine(host.schema, database, nobody, settings)
    role = host.catalogue.roles["village_operator"]
    held = Held(role.name, role.permissions, PlaceKind.REGION, "99.01.01.2001", None, None)
    actor = Actor(uuid7(), "operator", (held,), None)
    return {copies * FIELDS: _least(engine, wide, actor, copies) for copies in COPIES}


def _least(engine: Engine, limits: Limits, actor: Actor, copies: int) -> float:
    parts = "".join(PART.format(n=number) for number in range(copies))
    text = 'query { village(code: "99.01.01.2001") {' + parts + "} }"
    document = Documents(engine.schema.graphql, limits).load(text)
    times = []
    for _ in range(REPEATS):
        prepared = engine.preparations.of(document, None)
        request = Request(actor, {}, "en", date(2026, 1, 1))
        began = time.process_time_ns()
        plan = engine.planned(document, prepared, request)
        times.append((time.process_time_ns() - began) / 1e9)
        assert plan is not None
    return min(times)
