"""What a search costs beside a page: one village of 10,000 residents, and everything by which one looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import sqlalchemy as sa

from wantilan.registry.models import Resident
from wantilan.registry.numbers import fictitious_nik
from wantilan.store.database import Database

from .dataset import Size, village_code
from .deployment import Deployment, on_postgres, sqlite_deployment
from .operations import Request
from .report import FIGURES, Figure
from .serving import OURS
from .stand import Options, Stand, postgres, standing

CROWD = Size(villages=1, residents=10_000, intakes=0, searched=True)
KEYS = 200
PAGE = """
query Page($code: RegionCode!) {
  village(code: $code) { residents(first: 20) { nodes { id fullName } } }
}
""".strip()
SEARCH = """
query Search($code: RegionCode!, $text: String) {
  village(code: $code) { residents(first: 20, search: $text) { nodes { id fullName } } }
}
""".strip()
COMMON = ("wayan", "WY", "I Made", "ni ketut", "nyoman", "kt", "nym", "luh")
"""Names that one in ten to one in four have."""
MOST = 3.0


async def search(options: Options) -> Sequence[Figure]:
    """The first page of a search among 10,000 residents against a page of the same list without one."""
    found: list[Figure] = []
    with postgres(options) as server:
        options.tell(f"{CROWD.residents:,} residents on PostgreSQL …")
        deployment = await on_postgres(server, "bench_search", CROWD)
        texts = await texts_of(deployment)
        with standing(options, deployment, {}, [OURS], server) as made:
            found += _measured(made, texts, "PostgreSQL")
    async with sqlite_deployment(CROWD) as deployment:
        texts = await texts_of(deployment)
        with standing(options, deployment, {}, [OURS], None) as made:
            found += _measured(made, texts, "SQLite")
    return found


def _measured(made: Stand, texts: Mapping[str, Sequence[str]], database: str) -> list[Figure]:
    code, token = village_code(0), made.deployment.operator(0)
    server, files = made.servers[OURS.name], {}
    page = Request("page", {"code": code}, token)
    assert len(server.ask(page, PAGE)["data"]["village"]["residents"]["nodes"]) == 20
    files["page"] = made.bench.write([page], [PAGE])
    for kind, words in texts.items():
        requests = [Request(kind, {"code": code, "text": text}, token) for text in words]
        for request in requests[:10]:
            assert server.ask(request, SEARCH)["data"]["village"]["residents"]["nodes"], kind
        files[kind] = made.bench.write(requests, [SEARCH] * len(requests))
    same = replace(made, servers=dict.fromkeys(files, server))
    series = same.paired(files, f"search on {database}")
    cpu = FIGURES["cpu_us"]
    return [
        Figure(f"page of 20 on {database}: CPU", series.median(cpu, "page"), "us"),
        *[
            Figure(
                f"search by {kind} on {database}: CPU to the page",
                series.ratio(cpu, kind, "page"),
                at_most=MOST,
            )
            for kind in texts
        ],
    ]


async def texts_of(deployment: Deployment, seed: int = 1) -> Mapping[str, Sequence[str]]:
    """What is searched for, by kind; each finds somebody."""
    rng = Random(seed)
    async with Database(deployment.bypass_url) as database, database.session() as session:
        rows = (await session.execute(sa.select(Resident).order_by(Resident.id))).scalars().all()
    chosen = rng.sample(rows, min(KEYS, len(rows)))
    given = [one.full_name.split()[-1] for one in chosen]
    order = [one.full_name.split()[1] for one in chosen]
    digits = [str(one.nik_masked)[-4:] for one in chosen]
    return {
        "a common name": COMMON,
        "a given name": given,
        "a name that begins": [name[: rng.randint(2, 4)] for name in given],
        "two names": [f"{first[:1]}{first[2:3]} {last}" if first == "Wayan" else f"{last} {first}"
                      for first, last in zip(order, given, strict=True)],
        "a common name and a hamlet": [f"{first} uji" for first in order],
        "four digits": digits,
        "a whole NIK": [fictitious_nik(one.birth_date, one.sex, int(end))
                        for one, end in zip(chosen, digits, strict=True)],
    }  # fmt: skip
