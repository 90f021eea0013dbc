"""Paired rounds: every server in turn under the same load, forward and backward; ratios inside one round.

CPU is that of the server and of PostgreSQL together. A round during which somebody else used the machine is
thrown away and run again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

from wantilan.testing.postgres import PostgresServer

from .operations import Request
from .processor import TICK, busy_seconds, used_seconds
from .serving import ROOT, Server

CONNECTIONS = 16
WARM_SECONDS = 0.4
FOREIGN = 0.12
"""A round is disturbed when others have used more than so much of one core."""
ATTEMPTS = 2
"""So many times the wanted rounds are tried; then the least disturbed are taken."""


@dataclass(frozen=True)
class Window:
    """One server under load for some seconds. CPU in microseconds per request."""

    rps: float
    server_us: float
    postgres_us: float
    client_us: float
    p50_ms: float
    p99_ms: float
    requests: int

    @property
    def cpu_us(self) -> float:
        return self.server_us + self.postgres_us


@dataclass
class Series:
    """The rounds of one operation: windows by server."""

    rounds: list[dict[str, Window]] = field(default_factory=list)
    discarded: int = 0
    disturbed: int = 0
    """How many of the rounds above were kept although others had used the machine."""

    def ratio(self, what: Callable[[Window], float], of: str, to: str) -> float:
        """The median over the rounds of a figure of one server divided by that of another."""
        return median(what(one[of]) / what(one[to]) for one in self.rounds)

    def median(self, what: Callable[[Window], float], of: str) -> float:
        return median(what(one[of]) for one in self.rounds)


class Refused(Exception):
    """A server refused what it was asked under load."""


@dataclass
class Bench:
    """The client, and where CPU is read: on PostgreSQL's processes too, if there is one."""

    client: subprocess.Popen[str]
    folder: Path
    postgres: int | None
    files: int = 0
    connections: int = CONNECTIONS

    def write(self, requests: Sequence[Request], documents: Sequence[str] | None = None) -> Path:
        """A file of requests for the client."""
        self.files += 1
        path = self.folder / f"{self.files}.json"
        bodies = [
            (request.token, request.body(documents[i] if documents else None).decode())
            for i, request in enumerate(requests)
        ]
        path.write_text(json.dumps(bodies), encoding="utf-8")
        return path

    def load(self, server: Server, requests: Path, seconds: float, **order: Any) -> dict[str, float]:
        """Have the client load a server; its figures. Raises Refused."""
        told = {
            "port": server.port, "requests": str(requests), "seconds": seconds,
            "connections": self.connections, **order,
        }  # fmt: skip
        assert self.client.stdin is not None and self.client.stdout is not None
        self.client.stdin.write(json.dumps(told) + "\n")
        self.client.stdin.flush()
        figures: dict[str, float] = json.loads(self.client.stdout.readline())
        if figures["refused"] or not figures["requests"]:
            raise Refused(f"{server.name!r} refused {figures['refused']:.0f} of {figures['requests']:.0f}.")
        return figures

    def window(self, server: Server, requests: Path, seconds: float, **order: Any) -> Window:
        """The same, with what it cost. Before it a short one that does not count.

        A server that has stood still while others were asked finds its caches cold, and every token of ours
        five seconds old: what looking a token up costs is a figure of its own.
        """
        if seconds > WARM_SECONDS:
            self.load(server, requests, WARM_SECONDS, **order)
        return self.measured(server, requests, seconds, **order)

    def measured(self, server: Server, requests: Path, seconds: float, **order: Any) -> Window:
        """Without the short one before it: for requests that may be sent once only."""
        before = used_seconds(server.pid), self._postgres()
        got = self.load(server, requests, seconds, **order)
        after = used_seconds(server.pid), self._postgres()
        each = 1_000_000 / got["requests"]
        return Window(
            rps=got["requests"] / got["seconds"],
            server_us=max(after[0] - before[0], 1 / TICK) * each,
            postgres_us=(after[1] - before[1]) * each,
            client_us=got["cpu_seconds"] * each,
            p50_ms=got["p50_ms"],
            p99_ms=got["p99_ms"],
            requests=int(got["requests"]),
        )

    def _postgres(self) -> float:
        return used_seconds(self.postgres) if self.postgres is not None else 0.0


@contextmanager
def bench(postgres: PostgresServer | None, core: int | None) -> Iterator[Bench]:
    """Start the client, pinned to a core."""
    environment = {**os.environ, "BENCH_CORE": "" if core is None else str(core)}
    with (
        tempfile.TemporaryDirectory(prefix="wantilan-bench-") as folder,
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.client"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as client,
    ):
        try:
            yield Bench(client, Path(folder), postmaster(postgres) if postgres is not None else None)
        finally:
            client.terminate()


def postmaster(server: PostgresServer) -> int:
    """The process id of the server's first process."""
    return int((server.folder / "data" / "postmaster.pid").read_text().split()[0])


def paired(
    bench: Bench,
    servers: Mapping[str, Server],
    requests: Mapping[str, Path],
    *,
    rounds: int,
    seconds: float,
    tell: Callable[[str], None] = lambda line: None,
    foreign: float = FOREIGN,
) -> Series:
    """So many rounds over the servers; `requests` holds the file for each of them, by its name."""
    for name, server in servers.items():
        bench.load(server, requests[name], seconds / 2)
    series, spare = Series(), []
    for attempt in range(rounds * ATTEMPTS):
        names = list(servers)[:: -1 if attempt % 2 else 1]
        mine, began, busy = used_seconds(os.getpid()), monotonic(), busy_seconds()
        windows = {name: bench.window(servers[name], requests[name], seconds) for name in names}
        # Server, client and PostgreSQL are all children of this process.
        strange = (busy_seconds() - busy - (used_seconds(os.getpid()) - mine)) / (monotonic() - began)
        if strange <= foreign:
            series.rounds.append(windows)
            tell(".")
        else:
            spare.append((strange, windows))
            tell("x")
        if len(series.rounds) == rounds:
            break
    spare.sort(key=lambda one: one[0])
    series.disturbed = rounds - len(series.rounds)
    series.rounds += [windows for _, windows in spare[: series.disturbed]]
    series.discarded = len(spare) - series.disturbed
    return series
