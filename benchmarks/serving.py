"""Servers as child processes: started, asked once in a while, ended; what each has used of the processor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .deployment import Deployment
from .operations import Request

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Peer:
    """A server to be started: the module below `benchmarks.servers`, and what its environment says more."""

    name: str
    module: str
    environment: Mapping[str, str]


OURS = Peer("ours", "ours", {})
OURS_BYPASSING = Peer("ours, second wall off", "ours", {"BENCH_BYPASS": "1"})
HAND = Peer("hand-written SQL", "hand", {})
HAND_AT_ONCE = Peer("hand-written, one statement", "hand", {"BENCH_AT_ONCE": "1"})
STRAWBERRY = Peer("Strawberry + ORM + DataLoaders", "strawberry_orm", {})


@dataclass(frozen=True)
class Server:
    """A running one."""

    name: str
    port: int
    pid: int

    def ask(self, request: Request, document: str | None = None) -> Any:
        """The answer to one request, read whole."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            request.body(document),
            {"content-type": "application/json", "authorization": f"Bearer {request.token}"},
        )
        with urllib.request.urlopen(asked, timeout=60) as response:
            return json.load(response)


@contextmanager
def started(peer: Peer, deployment: Deployment, core: int | None) -> Iterator[Server]:
    """Run it until the block ends. Raises RuntimeError when it does not start."""
    environment = {
        **os.environ, **peer.environment, "BENCH_DEPLOYMENT": deployment.to_json(),
        "BENCH_CORE": "" if core is None else str(core),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.servers.run", peer.module],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        told = process.stdout.readline().strip()
        if not told.isdigit():
            raise RuntimeError(f"The server {peer.name!r} did not start; its log says why.")
        yield Server(peer.name, int(told), process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def all_started(
    peers: Sequence[Peer], deployment: Deployment, core: int | None
) -> Iterator[Mapping[str, Server]]:
    """Several side by side, by name: rounds go from one to the next."""
    with ExitStack() as stack:
        yield {peer.name: stack.enter_context(started(peer, deployment, core)) for peer in peers}
