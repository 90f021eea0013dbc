"""`python -m benchmarks.servers.run NAME`: one server in this process, on a free port that it prints.

The way `wantilan serve` runs it: one process of uvicorn, uvloop, httptools. BENCH_CORE pins it to a core.
"""

from __future__ import annotations

import importlib
import os
import socket
import sys

import uvicorn


class Server(uvicorn.Server):
    """Says its port when it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            print(sockets[0].getsockname()[1], flush=True)


def main(name: str) -> None:
    core = os.environ.get("BENCH_CORE")
    if core:
        os.sched_setaffinity(0, {int(core)})
    module = importlib.import_module(f"benchmarks.servers.{name}")
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        module.app, loop="uvloop", http="httptools", lifespan="on", access_log=False, log_level="warning",
        server_header=False, ws="none",
    )  # fmt: skip
    Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1])
