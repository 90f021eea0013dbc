"""Everything of one measurement standing at once: PostgreSQL, data, servers, client; each on its core."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from wantilan.testing.postgres import PostgresServer

from .dataset import Size
from .deployment import Deployment, measured_postgres, on_postgres
from .operations import DOCUMENTS, Request, requests_of
from .processor import pin
from .rounds import FOREIGN, Bench, Series, bench, paired, postmaster
from .serving import Peer, Server, started

Requests = Mapping[str, Sequence[Request]]


@dataclass(frozen=True)
class Options:
    """How long and how much."""

    size: Size = field(default_factory=Size)
    rounds: int = 7
    seconds: float = 2.0
    operations: Sequence[str] = tuple(DOCUMENTS)
    quiet: bool = False
    pinned: bool = True
    foreign: float = FOREIGN

    @property
    def cores(self) -> tuple[int | None, int | None]:
        """The server has the first alone; PostgreSQL and the client share the second."""
        found = sorted(os.sched_getaffinity(0))
        return (found[0], found[1]) if self.pinned and len(found) > 1 else (None, None)

    def tell(self, text: str, end: str = "\n") -> None:
        if not self.quiet:
            print(text, end=end, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Stand:
    """What stands. `postgres` is None for SQLite."""

    options: Options
    deployment: Deployment
    requests: Requests
    servers: Mapping[str, Server]
    bench: Bench

    def paired(self, requests: Mapping[str, Path], what: str) -> Series:
        """Paired rounds over the servers that `requests` names."""
        self.options.tell(f"{what:24}", end=" ")
        series = paired(
            self.bench,
            {name: self.servers[name] for name in requests},
            requests,
            rounds=self.options.rounds,
            seconds=self.options.seconds,
            foreign=self.options.foreign,
            tell=lambda mark: self.options.tell(mark, end=""),
        )
        self.options.tell("")
        return series

    def operation(self, name: str, peers: Sequence[Peer]) -> Series:
        """One operation, by these peers."""
        file = self.bench.write(self.requests[name])
        return self.paired({peer.name: file for peer in peers}, name)


@contextmanager
def postgres(options: Options) -> Iterator[PostgresServer]:
    """The database server, on its core."""
    with measured_postgres() as server:
        core = options.cores[1]
        if core is not None:
            pin(postmaster(server), core)
        yield server


@asynccontextmanager
async def stand(options: Options, peers: Sequence[Peer]) -> AsyncIterator[Stand]:
    """On PostgreSQL, with these servers."""
    with postgres(options) as server:
        options.tell(
            f"{options.size.villages} villages of {options.size.residents} residents on PostgreSQL …"
        )
        deployment = await on_postgres(server, "bench", options.size)
        requests = await requests_of(deployment)
        with standing(options, deployment, requests, peers, server) as made:
            yield made


@contextmanager
def standing(
    options: Options,
    deployment: Deployment,
    requests: Requests,
    peers: Sequence[Peer],
    server: PostgresServer | None,
) -> Iterator[Stand]:
    """Servers and client over a deployment that is there."""
    own, other = options.cores
    with started(peers, deployment, own) as servers, bench(server, other) as measuring:
        yield Stand(options, deployment, requests, servers, measuring)
