"""The other figures of the docs page, each beside its target: walls, growth, deep pages, and the like."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from wantilan.store.database import Database
from wantilan_waste.models import Intake

from . import statistics as people
from .dataset import PROVINCE, Size
from .deployment import Deployment, on_postgres, sqlite_deployment
from .operations import DOCUMENTS, REGION_TOTALS, Request, never_seen, requests_of
from .planning import plan_times
from .processor import resident_megabytes
from .report import FIGURES
from .report import Figure as Figure
from .rounds import Series, Window
from .searching import search
from .serving import HAND, OURS, OURS_BYPASSING, OURS_FROM_ROLLUPS, STRAWBERRY
from .stand import Options, Stand, postgres, stand, standing
from .statements import statements

Measured = Sequence[Figure]
CPU, RPS = FIGURES["cpu_us"], FIGURES["rps"]


def cost(name: str, window: Callable[[Callable[[Window], float]], float]) -> list[Figure]:
    """CPU and requests of one server, as they stand."""
    return [Figure(f"{name}: CPU", window(CPU), "us"), Figure(f"{name}: requests", window(RPS), "/s")]


async def walls(options: Options) -> Measured:
    """The second wall on against off: the same server by a role that row security does not hold."""
    aims = {"lookup": 0.72, "village_page": 0.92}
    found: list[Figure] = []
    async with stand(options, (OURS, OURS_BYPASSING)) as made:
        for operation, aim in aims.items():
            series = made.operation(operation, (OURS, OURS_BYPASSING))
            on, off = OURS.name, OURS_BYPASSING.name
            found.append(Figure(f"{operation}: requests on / off", series.ratio(RPS, on, off), at_least=aim))
            found.append(Figure(f"{operation}: CPU on / off", series.ratio(CPU, on, off)))
    return found


async def growth(options: Options) -> Measured:
    """Page and lookup in a deployment of one village against one of a thousand, 500 residents in each.

    By operators of one village, and by an officer who holds the whole province.
    """
    large = options.size.villages
    found: list[Figure] = []
    with postgres(options) as server:
        deployments = {}
        for villages in (1, large):
            options.tell(f"{villages} villages …")
            size = replace(options.size, villages=villages)
            deployments[villages] = await on_postgres(server, f"bench_{villages}", size)
        requests = {n: await requests_of(d) for n, d in deployments.items()}
        peers = {n: replace(OURS, name=f"{n} villages") for n in deployments}
        small, grown = peers[1].name, peers[large].name
        with (
            standing(options, deployments[1], requests[1], [peers[1]], server) as made,
            standing(options, deployments[large], requests[large], [peers[large]], server) as more,
        ):
            both = replace(made, servers={**made.servers, **more.servers})
            for operation in ("village_page", "lookup"):
                for who in ("operator", "officer"):
                    files = {
                        peers[n].name: made.bench.write(
                            _asked_by(who, requests[n][operation], deployments[n])
                        )
                        for n in deployments
                    }
                    series = both.paired(files, f"{operation} {who}")
                    aim = 1.15 if who == "operator" else None
                    name = (
                        f"{operation} by {'a village operator' if who == 'operator' else 'an officer of all'}"
                    )
                    ratio = series.ratio(CPU, grown, small)
                    found.append(Figure(f"{name}: CPU {large} / 1 villages", ratio, at_most=aim))
                    found += cost(f"{name}, {large} villages", partial(series.median, of=grown))
    return found


def _asked_by(who: str, requests: Sequence[Request], deployment: Deployment) -> Sequence[Request]:
    return requests if who == "operator" else [replace(r, token=deployment.officer) for r in requests]


ALL_OF_IT = 600.0
"""Seconds: as long as it takes."""
DEEP = """
query Deep($code: RegionCode!, $after: String) {
  village(code: $code) {
    waste {
      intakes(first: 20, after: $after, order: WEIGHED_AT_ASC) {
        nodes { id stream mass weighedAt }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
""".strip()
PAGE, DEEP_PAGE = 20, 2000


async def pages(options: Options) -> Measured:
    """Page 2,000 of a connection of 42,000 rows against page 1."""
    size = Size(villages=1, residents=500, intakes=336)
    async with stand(replace(options, size=size), (OURS,)) as made:
        file = made.bench.write
        code = made.requests["village_page"][0].variables["code"]
        asked = Request("village_page", {"code": code}, made.deployment.operator(0))
        rows = await _cursors(made.deployment, PAGE * (DEEP_PAGE - 1))
        second = replace(asked, variables={"code": code, "after": rows[0]})
        deep = replace(asked, variables={"code": code, "after": rows[1]})
        first_and_deep = {"page 1": asked, "page 2": second, "page 2000": deep}
        server = made.servers[OURS.name]
        for name, request in first_and_deep.items():
            answer = server.ask(request, DEEP)["data"]["village"]["waste"]["intakes"]
            assert len(answer["nodes"]) == PAGE, name
        same = replace(made, servers=dict.fromkeys(first_and_deep, server))
        series = same.paired({name: file([r], [DEEP]) for name, r in first_and_deep.items()}, "pages")
    return [
        Figure("CPU page 2,000 / page 1", series.ratio(CPU, "page 2000", "page 1"), at_most=1.2),
        Figure("CPU page 2,000 / page 2", series.ratio(CPU, "page 2000", "page 2")),
        *cost("page 2,000", partial(series.median, of="page 2000")),
    ]


async def _cursors(deployment: Deployment, deep: int) -> list[str]:
    """The cursors behind which page 2 and the deep page begin."""
    async with Database(deployment.bypass_url) as database, database.session() as session:
        ordered = sa.select(Intake.id).order_by(Intake.weighed_at, Intake.id)
        found: list[UUID | None] = [
            await session.scalar(ordered.offset(n - 1).limit(1)) for n in (PAGE, deep)
        ]
    return [f"WEIGHED_AT_ASC.{row.hex}" for row in found if row is not None]


async def plans(options: Options) -> Measured:
    """The time of a plan by the size of the selection."""
    times = await asyncio.to_thread(plan_times)
    small, large = min(times), max(times)
    each = {fields: seconds / fields for fields, seconds in times.items()}
    return [
        *[Figure(f"plan of {n} fields", seconds * 1000, "ms") for n, seconds in times.items()],
        Figure(f"a field among {large} / among {small}", each[large] / each[small], at_most=1.2),
    ]


async def memory(options: Options, *, documents: int = 12_000) -> Measured:
    """Resident memory of one server: at the start, when the caches are full, and long after."""
    async with stand(options, (OURS,)) as made:
        server = made.servers[OURS.name]
        seen = [resident_megabytes(server.pid)]
        stream = _varied(made)
        for _ in range(6):
            chunk = list(itertools.islice(stream, documents // 6))
            file = made.bench.write([r for r, _ in chunk], [text for _, text in chunk])
            made.bench.load(server, file, ALL_OF_IT, in_order=True)
            seen.append(resident_megabytes(server.pid))
            options.tell(f"{seen[-1]:.0f} MB", end=" ")
        options.tell("")
    full, last = seen[3], seen[-1]  # twice as many texts as the caches keep, and four times
    return [
        Figure("at the start", seen[0], "MB"),
        Figure("with full caches", full, "MB"),
        Figure("after all", last, "MB", at_most=150),
        Figure("after all / with full caches", last / full, at_most=1.03),
    ]


def _varied(made: Stand) -> Any:
    """All operations, each text new: more of them than the caches hold."""
    requests = itertools.cycle([r for name in DOCUMENTS for r in made.requests[name][:50]])
    for number, request in enumerate(requests):
        yield request, DOCUMENTS[request.operation].replace("{", f"{{ t{number}: __typename", 1)


async def cold(options: Options) -> Measured:
    """A never-seen text with every request, of the lookup; and a token that was not asked for lately."""
    servers = (OURS, STRAWBERRY)
    async with stand(options, (*servers, HAND)) as made:
        stream, each = never_seen(made.requests["lookup"]), int(options.seconds * 3000)
        fresh: dict[str, list[Window]] = {peer.name: [] for peer in servers}
        known: dict[str, list[Window]] = {peer.name: [] for peer in servers}
        warm = made.bench.write(made.requests["lookup"])
        for number in range(options.rounds):
            for peer in servers if number % 2 else reversed(servers):
                server = made.servers[peer.name]
                chunk = list(itertools.islice(stream, each))
                file = made.bench.write([r for r, _ in chunk], [text for _, text in chunk])
                made.bench.load(server, warm, 0.3)
                found = made.bench.measured(server, file, options.seconds, in_order=True)
                fresh[peer.name].append(found)
                known[peer.name].append(made.bench.window(server, warm, options.seconds))
            options.tell(".", end="")
        options.tell("")
    rounds = [
        {
            f"{name} {kind}": windows[name][i]
            for kind, windows in (("new", fresh), ("known", known))
            for name in fresh
        }
        for i in range(options.rounds)
    ]
    series = Series(rounds)
    new, old = f"{OURS.name} new", f"{OURS.name} known"
    theirs = f"{STRAWBERRY.name} new"
    return [
        *cost("never-seen lookup", partial(series.median, of=new)),
        *cost("the same lookup, known", partial(series.median, of=old)),
        Figure("never-seen: requests to Strawberry's", series.ratio(RPS, new, theirs)),
        Figure("never-seen CPU less known CPU", series.median(CPU, new) - series.median(CPU, old), "us"),
    ]


async def sqlite(options: Options) -> Measured:
    """Everything in one process on one core, beside Strawberry over the same file."""
    found: list[Figure] = []
    async with sqlite_deployment(options.size) as deployment:
        requests = await requests_of(deployment)
        with standing(options, deployment, requests, (OURS, STRAWBERRY), None) as made:
            for operation in options.operations:
                series = made.operation(operation, (OURS, STRAWBERRY))
                found += cost(f"{operation} on SQLite", partial(series.median, of=OURS.name))
                ratio = series.ratio(RPS, OURS.name, STRAWBERRY.name)
                found.append(Figure(f"{operation} on SQLite: requests to Strawberry's", ratio))
    return found


REGENCY = f"{PROVINCE}.01"
MILLION = Size(villages=500, residents=80, intakes=100)
"""A kabupaten with 1,000,000 weighings in 360 days."""


async def rollups(options: Options) -> Measured:
    """The totals of a kabupaten from rollups against the weighings, and what rollups cost a mutation.

    A gain of data, not of the executor.
    """
    peers, found = (OURS, OURS_FROM_ROLLUPS), list[Figure]()
    with postgres(options) as server:
        options.tell("1,000,000 weighings on PostgreSQL …")
        large = await on_postgres(server, "bench_totals", MILLION)
        with standing(options, large, {}, peers, server) as made:
            found += _totals(made, "PostgreSQL")
        small = replace(options.size, villages=20)
        with_, without = [await on_postgres(server, f"bench_{n}", small) for n in ("kept", "bare")]
        for event in ("insert", "update", "delete"):
            server.sql(f"DROP TRIGGER waste_intake_total_{event} ON waste_intake", "bench_bare")
        kept, bare = replace(OURS, name="with rollups"), replace(OURS, name="without")
        requests = {peer.name: await requests_of(d) for peer, d in ((kept, with_), (bare, without))}
        with (
            standing(options, with_, requests[kept.name], (kept,), server) as made,
            standing(options, without, requests[bare.name], (bare,), server) as more,
        ):
            both = replace(made, servers={**made.servers, **more.servers})
            files = {name: made.bench.write(asked["mutation"]) for name, asked in requests.items()}
            series = both.paired(files, "mutation")
            ratio = series.ratio(CPU, kept.name, bare.name)
            found.append(Figure("mutation: CPU with rollups / without", ratio, at_most=1.3))
    async with sqlite_deployment(MILLION) as deployment:
        with standing(options, deployment, {}, peers, None) as made:
            found += _totals(made, "SQLite")
    return found


def _totals(made: Stand, database: str) -> list[Figure]:
    """Both ways give the same answer; the one of rollups much sooner."""
    request = Request("region_totals", {"code": REGENCY}, made.deployment.officer)
    answers = [server.ask(request, REGION_TOTALS)["data"] for server in made.servers.values()]
    assert answers[0] == answers[1] and answers[0]["region"]["waste"]["villagesCounted"] == MILLION.villages
    file = made.bench.write([request], [REGION_TOTALS])
    made.bench.connections = 1  # more at a time would only wait for each other, past the statement's time
    series = made.paired(dict.fromkeys(made.servers, file), f"totals on {database}")
    rows, kept = OURS.name, OURS_FROM_ROLLUPS.name
    gain = series.ratio(CPU, rows, kept)
    return [
        Figure(f"totals of 500 villages on {database}: CPU from rows / from rollups", gain, at_least=20),
        *cost(f"totals from rollups on {database}", partial(series.median, of=kept)),
    ]


async def figures(options: Options) -> Measured:
    """The age pyramid of 100 villages of 2,000 residents, from kept totals against counting them."""
    with postgres(options) as server:
        found = await people.on_server(server)
    return [*found, *await people.on_sqlite()]


MEASURES: Mapping[str, Callable[[Options], Any]] = {
    "walls": walls, "growth": growth, "pages": pages, "plans": plans, "memory": memory, "cold": cold,
    "sqlite": sqlite, "rollups": rollups, "search": search, "figures": figures,
    "statements": statements,
}  # fmt: skip


def as_json(figures: Measured) -> list[dict[str, Any]]:
    return [{key: value for key, value in vars(figure).items() if value is not None} for figure in figures]


def write(name: str, figures: Measured, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(as_json(figures), indent=2) + "\n", encoding="utf-8")
