"""The peers' servers as child processes, each a file beside this one."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from ..deployment import Deployment
from ..serving import Server
from .installing import NODE, PACKAGES

START = b"ready"


@dataclass(frozen=True)
class NodePeer:
    """A server that Node runs."""

    name: str
    script: str


POSTGRAPHILE = NodePeer("PostGraphile 5", "postgraphile.mjs")
MERCURIUS = NodePeer("Mercurius, JIT, loaders", "mercurius.mjs")
PEERS = (POSTGRAPHILE, MERCURIUS)


@contextmanager
def running(peer: NodePeer, deployment: Deployment, core: int | None) -> Iterator[Server]:
    """Run it until the block ends, as the role past the walls. Raises RuntimeError when it does not start."""
    port = _free_port()
    environment = {
        **os.environ, "PG_DSN": deployment.bypass_url, "PORT": str(port), "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
    }  # fmt: skip
    # All threads of Node inherit the core only if it is set before the first of them.
    pinned = partial(os.sched_setaffinity, 0, {core}) if core is not None else None
    process = subprocess.Popen(
        [NODE, PACKAGES.sources / peer.script],
        cwd=PACKAGES.folder,
        env=environment,
        stdout=subprocess.PIPE,
        preexec_fn=pinned,
    )
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != START:
            raise RuntimeError(f"{peer.name} did not start; what it wrote above says why.")
        yield Server(peer.name, port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
