"""`make bench-peers`: ours against PostGraphile 5 and Mercurius, in one run on one PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from wantilan.testing.postgres import PostgresServer

from ..deployment import BYPASS, on_postgres
from ..operations import Request, requests_of
from ..processor import resident_megabytes, tree
from ..rounds import Bench, Series
from ..serving import OURS
from ..stand import Options, Requests, Stand, postgres, standing
from .cold import NeverSeen
from .equality import verify
from .installing import PACKAGES
from .nodes import PEERS, running
from .translation import translated

COLD = "never_seen_text"
Asked = Mapping[str, Sequence[tuple[Request, str]]]
"""By the name of a server its requests and the documents to send with them."""


@dataclass(frozen=True)
class Measured:
    """The windows of every row, and what each server held in memory after it, in megabytes."""

    series: dict[str, Series] = field(default_factory=dict)
    memory: dict[str, dict[str, float]] = field(default_factory=dict)


async def compare(options: Options) -> Measured:
    """Verify, then measure each row."""
    with postgres(options) as server, ExitStack() as stack:
        size = options.size
        options.tell(f"{size.villages} villages of {size.residents} residents on PostgreSQL …")
        deployment = await on_postgres(server, "bench", size)
        add_functions(server, "bench")
        requests = await requests_of(deployment)
        stood = stack.enter_context(standing(options, deployment, requests, (OURS,), server))
        nodes = [stack.enter_context(running(peer, deployment, options.cores[0])) for peer in PEERS]
        made = replace(stood, servers={**stood.servers, **{node.name: node for node in nodes}})
        compared = verify(made.servers[OURS.name], nodes, requests)
        options.tell(f"{compared} answers compared, all the same.")
        return measure(made)


def add_functions(server: PostgresServer, database: str) -> None:
    """What PostGraphile needs beside the tables, in a schema of its own."""
    server.sql((PACKAGES.sources / "functions.sql").read_text(encoding="utf-8"), database)
    server.sql(f"GRANT USAGE ON SCHEMA peers TO {BYPASS}", database)
    server.sql(f"GRANT SELECT ON peers.open_card TO {BYPASS}", database)


def measure(made: Stand) -> Measured:
    """Each row in its paired rounds; those of the mutation last, since it changes the tables."""
    found = Measured()
    wanted = [name for name in made.requests if name in made.options.operations]
    for row in sorted([*wanted, COLD], key=lambda row: row == "mutation"):
        asked = asked_of(made.servers, made.requests, "lookup" if row == COLD else row)
        files = {
            name: made.bench.write([request for request, _ in pairs], [text for _, text in pairs])
            for name, pairs in asked.items()
        }
        loading = replace(made, bench=never_seen(made.bench, asked)) if row == COLD else made
        found.series[row] = loading.paired(files, row)
        found.memory[row] = {
            name: sum(resident_megabytes(pid) for pid in tree(server.pid))
            for name, server in made.servers.items()
        }
    return found


def asked_of(servers: Mapping[str, object], requests: Requests, operation: str) -> Asked:
    """The requests of one operation in the words of each server."""
    return {name: [translated(name, one) for one in requests[operation]] for name in servers}


def never_seen(bench: Bench, asked: Asked) -> Bench:
    """The same client, with texts of its own in every window."""
    folder: Path = bench.folder / COLD
    folder.mkdir()
    return NeverSeen(bench.client, folder, bench.postgres, asked=asked)
