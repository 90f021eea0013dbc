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
OURS_FROM_ROLLUPS = Peer("ours, from rollups", "ours", {"BENCH_ROLLUPS": "1"})
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
def started(
    peers: Sequence[Peer], deployment: Deployment, core: int | None
) -> Iterator[Mapping[str, Server]]:
    """Run them side by side, by name, until the block ends. Raises RuntimeError when one does not start."""
    with ExitStack() as stack:
        processes = {peer.name: stack.enter_context(_process(peer, deployment, core)) for peer in peers}
        yield {name: Server(name, _port(name, process), process.pid) for name, process in processes.items()}


@contextmanager
def _process(peer: Peer, deployment: Deployment, core: int | None) -> Iterator[subprocess.Popen[str]]:
    environment = {
        **os.environ, **peer.environment, "BENCH_DEPLOYMENT": deployment.to_json(),
        "BENCH_CORE": "" if core is None else str(core),
    }  # fmt: skip
    command = [sys.executable, "-m", "benchmarks.servers.run", peer.module]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def _port(name: str, process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    told = process.stdout.readline().strip()
    if not told.isdigit():
        raise RuntimeError(f"The server {name!r} did not start; its log says why.")
    return int(told)
